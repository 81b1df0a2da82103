"""The certificate of delivery: what was sent, when, by whom, to where, and how well it is proved.

It is no letter: nobody puts it into an envelope. It states records, and how they can be checked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from usance.domain.distribution import Evidence, Kind, Outcome, Paper, State, reasons
from usance.domain.money import Money

from . import figures
from .brands import accent, logo_svg
from .facts import LANGUAGES, Brand, Recipient
from .languages import paragraph, words_of
from .press import typeset
from .sheet import address_lines, country_name

TEMPLATE = "certificate.typ"
OTHERWISE = "en"  # Where we have no words of ours.


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One report of a carrier."""

    outcome: Outcome
    carrier: str
    code: str
    detail: str
    at: datetime
    received_at: datetime
    proves: Evidence
    is_estimated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A document as it went out."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """One delivery by one channel."""

    key: str
    paper: Paper
    kind: Kind
    carrier: str
    because: str
    address: tuple[str, ...]
    country: str = ""  # Of a postal address, which names it abroad.
    reference: str
    state: State
    evidence: Evidence
    planned_at: datetime
    handed_at: datetime | None  # None: not handed over.
    documents: tuple[Sealed, ...]
    reports: tuple[Said, ...]  # By the carrier's clock.
    proof: str = ""  # SHA-256 of what the carrier itself holds of it. Empty: we have nothing.


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A sealed block of the diary that holds events of this invoice."""

    id: int
    hash: str
    sealed_at: datetime
    rows: int  # Events of this invoice in it.


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    number: str
    is_credit_note: bool
    face: Money
    issued_on: date
    due_on: date
    factor: Brand
    client: Brand
    debtor: Recipient
    deliveries: tuple[Carried, ...]  # In the order in which they were planned.
    blocks: tuple[Block, ...]
    unsealed: int  # Events that are newer than the last block.
    made_at: datetime
    is_outward: bool = False  # For people outside: who of us did something stays with us.


def certificate(language: str, facts: Certificate) -> bytes:
    """The certificate as PDF/A-3b, the same bytes for the same facts.

    A language that has no words of ours is answered in English.

    :raises UnusableBrand: if the factor's colour or logo cannot be used.
    """
    spoken = language if language in LANGUAGES and _has_words(language) else OTHERWISE
    page = _page(spoken, facts)
    return typeset(TEMPLATE, page, {"logo": logo_svg(facts.factor)}).pdf


def best(deliveries: tuple[Carried, ...]) -> Carried | None:
    """The best proved one of the invoice itself, of equals the latest; a reminder speaks for the
    invoice only if nothing else was sent. None: nothing was sent."""
    return max(
        deliveries,
        key=lambda one: (one.paper is not Paper.REMINDER, one.evidence, one.planned_at),
        default=None,
    )


def _has_words(language: str) -> bool:
    return words_of("certificate", language) is not None


def _page(language: str, facts: Certificate) -> dict[str, Any]:
    own = words_of("certificate", language)
    assert own is not None, language
    name, home = facts.factor.name, facts.factor.address.country
    labels: Mapping[str, str] = own["labels"]
    return {
        "language": language,
        "title": own["title"],
        "over": own["over"].format(number=facts.number),
        "accent": accent(facts.factor),
        "factor": name,
        "written": [facts.made_at.year, facts.made_at.month, facts.made_at.day],
        "intro": own["credit_intro" if facts.is_credit_note else "intro"].format(factor=name),
        "said": _said(language, own, facts),
        "grade": int(top.evidence) if (top := best(facts.deliveries)) else 0,
        "grade_head": own["grade_head"],
        "grades": own["grades"],
        "grades_mean": own["grades_mean"],
        "facts": [
            [labels["number"], facts.number],
            [labels["face"], figures.money(facts.face, language)],
            [labels["issued"], figures.short_day(facts.issued_on, language)],
            [labels["due"], figures.short_day(facts.due_on, language)],
        ],
        "parties": [
            [labels["client"], _party(facts.client, home, language)],
            [labels["debtor"], _party(facts.debtor, home, language)],
            [labels["factor"], _party(facts.factor, home, language)],
        ],
        "labels": dict(labels),
        "deliveries": [
            _delivery(place, one, language, own, facts)
            for place, one in enumerate(facts.deliveries, start=1)
        ],
        "check_head": own["check_head"],
        "check": own["check"].format(factor=name),
        "blocks": [
            [own["block"].format(id=b.id, at=_moment(b.sealed_at), rows=b.rows), b.hash]
            for b in facts.blocks
        ],
        "unsealed": own["unsealed"].format(rows=facts.unsealed) if facts.unsealed else "",
        "made": own["made"].format(at=_moment(facts.made_at)),
        "footer": [name, *address_lines(facts.factor.address, home=home)],
        "pages": own["page"].replace("{page}", "|").replace("{pages}", "|"),
    }


def _said(language: str, own: Mapping[str, Any], facts: Certificate) -> list[Any]:
    """The certificate in one sentence."""
    top = best(facts.deliveries)
    if top is None:
        return list(paragraph(own["said"][Evidence.NONE], {}))
    proving = [one.at for one in top.reports if one.proves is top.evidence]
    moment = min(proving) if proving else top.handed_at or top.planned_at
    told = {
        "paper": own["papers"][top.paper],
        "kind": own["kinds"][top.kind],
        "debtor": facts.debtor.name,
        "at": f"{figures.day(moment.astimezone(UTC).date(), language)}, {_time(moment)}",
    }
    return list(paragraph(own["said"][top.evidence], told))


def _delivery(
    place: int, one: Carried, language: str, own: Mapping[str, Any], facts: Certificate
) -> dict[str, Any]:
    labels = own["labels"]
    kind, paper = own["kinds"][one.kind], own["papers"][one.paper]
    is_home = one.country in ("", facts.factor.address.country)
    abroad = () if is_home else (country_name(one.country, language),)
    rows = [
        [labels["sent_to"], ", ".join((*one.address, *abroad))],
        [labels["state"], own["states"][one.state]],
        [labels["planned"], _moment(one.planned_at)],
        [labels["handed"], _moment(one.handed_at)],
        [labels["carrier"], one.carrier],
        [labels["reference"], one.reference],
        [own["key"], " ".join(one.key[at : at + 8] for at in range(0, len(one.key), 8))],
        [labels["why"], _why(one.because, own, is_outward=facts.is_outward)],
    ]
    return {
        "name": f"{place}  {_first(paper)} · {_first(kind)}",
        "grade": int(one.evidence),
        "grade_word": own["grades"][one.evidence],
        "rows": [row for row in rows if row[1]],
        "documents": [[labels["document"], doc.name, doc.sha256] for doc in one.documents]
        + ([[labels["held"], one.carrier, one.proof]] if one.proof else []),
        "reports": [_report(each, own) for each in one.reports],
    }


def _why(because: str, own: Mapping[str, Any], *, is_outward: bool) -> str:
    """The reasons in this language."""
    said = []
    for code, told in reasons(because):
        if "kind" in told:
            told = {**told, "kind": own["kinds"].get(told["kind"], told["kind"])}
        sentences = own["reasons"] | (own["outside"] if is_outward else {})
        said.append(sentences.get(code, "{text}").format(**told))
    return " ".join(said)


def _report(one: Said, own: Mapping[str, Any]) -> dict[str, str]:
    more = " · ".join(part for part in (one.carrier, one.code, one.detail) if part)
    proves = own["grades"][one.proves] if one.proves else "–"
    if one.is_estimated:
        proves += f" ({own['labels']['estimated']})"
    return {
        "says": own["outcomes"][one.outcome],
        "more": more,
        "at": _moment(one.at),
        "received": _moment(one.received_at),
        "proves": proves,
    }


def _party(party: Brand | Recipient, home: str, language: str) -> list[str]:
    return [party.name, *address_lines(party.address, home=home, language=language)]


def _first(text: str) -> str:
    return text[:1].upper() + text[1:]


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if at else ""


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%H:%M} UTC"
