"""The ladder of channels: what is tried for a debtor and a paper, in which order, and why.

Facts in, rungs out; each rung and each channel that is left out carries its reason. What stands in
the way of a channel is a function in REASONS_NOT, asked in order: the first that speaks decides.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from usance.domain.finding import sentence
from usance.domain.money import Money
from usance.domain.refusal import Refusal

from .because import because
from .parcels import Kind, Paper
from .reach import Duty, Known, Reach, Sort
from .registrations import is_bank

RUNGS = (Kind.EINVOICE, Kind.MAILBOX, Kind.EMAIL, Kind.LETTER)  # The letter is the last.
ACCOMPANIES = (Kind.SMS, Kind.PUSH)  # Sent beside a rung, never instead of one.
MOST_HOURS = 24 * 60
_SPOKEN = {
    Kind.EINVOICE: "e-invoice",
    Kind.MAILBOX: "digital mailbox",
    Kind.EMAIL: "e-mail",
    Kind.LETTER: "letter",
}
assert set(_SPOKEN) == set(RUNGS), "every rung has its name in a sentence"


class BadLadder(Refusal):
    code = "ladder_unusable"
    todo = "Leave at least one channel on, and give each between 1 and 1440 hours."


class Enough(StrEnum):
    """What has to be known when the time of a rung is over, so that the ladder stays."""

    ACCEPTED = "accepted"  # The carrier took it: it tells of failures only.
    SENT = "sent"  # Posted, or passed to the receiver's provider.
    CONFIRMED = "confirmed"  # The receiver's side has it.


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a factor decided about one kind of channel."""

    kind: Kind
    enabled: bool = True
    hours: int  # From planning until `enough` has to be known.
    enough: Enough
    beside: tuple[Kind, ...] = ()  # Messages that accompany it.
    cost: Money | None = None  # Of one piece, by the factor's own contracts. None: not stated.


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A ladder as somebody set it up: the kinds in their order."""

    whose: str  # As people read it: "the factor", "client Acme".
    rungs: tuple[Setting, ...]
    cheapest_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that the rule looks at."""

    reach: Reach
    settings: Settings
    paper: Paper = Paper.INVOICE
    is_credit_note: bool = False
    capabilities: Mapping[Kind, Known] = field(default_factory=dict)  # Missing: never asked.
    suppressed: Mapping[Kind, str] = field(default_factory=dict)  # Why each must not be used.
    duty: Duty | None = None  # That holds for this invoice.
    carried: frozenset[Kind] = frozenset(Kind)  # Kinds that somebody carries to such an address.
    sort: Sort = Sort.BUSINESS
    tried: Mapping[Kind, str] = field(default_factory=dict)  # Since the walk began: what came.


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    kind: Kind
    because: str
    hours: int = 24
    enough: Enough = Enough.ACCEPTED
    beside: tuple[Kind, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A channel that is not tried. `code` never changes; `because` is for people."""

    kind: Kind
    code: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """The rungs from the first to try; no rung: nobody can be reached, a person is asked."""

    whose: str
    rungs: tuple[Rung, ...]
    left_out: tuple[LeftOut, ...]


def default() -> Settings:
    """The ladder where nobody set one up: the most certain channel first, the letter last.

    The hours are ours, not the law's. A network passes an invoice on within minutes and a mailbox
    confirms within days; for mail and post silence is the good news.
    """
    return Settings(
        whose="usance, as nobody set one up",
        rungs=(
            Setting(kind=Kind.EINVOICE, hours=24, enough=Enough.SENT),
            Setting(kind=Kind.MAILBOX, hours=72, enough=Enough.CONFIRMED),
            Setting(kind=Kind.EMAIL, hours=24, enough=Enough.ACCEPTED),
            Setting(kind=Kind.LETTER, hours=240, enough=Enough.ACCEPTED),
        ),
    )


def checked(settings: Settings) -> Settings:
    """The settings, if a ladder can be made of them.

    :raises BadLadder: if a kind stands twice or is no rung, no kind is on, or hours are odd.
    """
    kinds = [one.kind for one in settings.rungs]
    if len(set(kinds)) != len(kinds) or not set(kinds) <= set(RUNGS):
        raise BadLadder("each channel stands once, and messages only accompany")
    if not any(one.enabled for one in settings.rungs):
        raise BadLadder("no channel is on")
    for one in settings.rungs:
        if not 1 <= one.hours <= MOST_HOURS:
            raise BadLadder(
                f"a delivery by {_SPOKEN[one.kind]} has {one.hours} hours until it counts as late;"
                f" from 1 to {MOST_HOURS} are possible"
            )
        if not set(one.beside) <= set(ACCOMPANIES):
            raise BadLadder(f"only messages accompany a delivery by {_SPOKEN[one.kind]}")
        if one.cost is not None and one.cost.minor < 0:
            raise BadLadder(f"a delivery by {_SPOKEN[one.kind]} costs less than nothing")
    return settings


def ladder(facts: Facts) -> Ladder:
    """The channels to try, the debtor's wish first, then in the order that was set up."""
    rungs, left_out = [], []
    set_up = {one.kind for one in facts.settings.rungs}
    missing = [Setting(kind=kind, enabled=False, hours=1, enough=Enough.ACCEPTED)
               for kind in RUNGS if kind not in set_up]  # fmt: skip
    for setting in (*_ordered(facts), *missing):
        no = _why_not(setting, facts)
        if no is not None:
            left_out.append(no)
            continue
        rungs.append(
            Rung(
                kind=setting.kind,
                because=_because(setting, facts),
                hours=setting.hours,
                enough=setting.enough,
                beside=tuple(kind for kind in setting.beside if _accompanies(kind, facts)),
            )
        )
    return Ladder(whose=facts.settings.whose, rungs=tuple(rungs), left_out=tuple(left_out))


def _ordered(facts: Facts) -> list[Setting]:
    """Wished first; then by cost if that was set, a channel without a figure behind the others."""
    rungs = list(facts.settings.rungs)
    if facts.settings.cheapest_first:
        rungs.sort(key=lambda one: (one.cost is None, one.cost.minor if one.cost else 0))
    rungs.sort(key=lambda one: one.kind != facts.reach.wish)
    return rungs


def _accompanies(kind: Kind, facts: Facts) -> bool:
    if facts.paper in (Paper.RELEASE, Paper.NOTICE):
        return False  # The short words are about what is to be paid to us by when.
    reached = {Kind.SMS: facts.reach.phone, Kind.PUSH: facts.reach.push}[kind]
    return bool(reached) and kind in facts.carried and kind not in facts.suppressed


def _address(kind: Kind, reach: Reach) -> str:
    return {
        Kind.EINVOICE: reach.einvoice,
        Kind.MAILBOX: reach.mailbox,
        Kind.EMAIL: reach.email,
        Kind.LETTER: "complete" if reach.postal else "",
    }[kind]


def _because(setting: Setting, facts: Facts) -> str:
    kind, known = setting.kind, facts.capabilities.get(setting.kind)
    asked_on = f"{known.asked_at:%Y-%m-%d}" if known is not None else ""
    said = [because(kind)]
    if kind is Kind.EINVOICE and is_bank(facts.reach.einvoice):
        said = [because("bank_on", day=asked_on) if known is not None else because("bank")]
    elif known is not None and known.capability.receives:
        said = [because("directory", day=asked_on)]
    elif known is not None and known.capability.receives is None:
        said.append(because("not_asked"))
    if kind == facts.reach.wish:
        said = [because("wish")]
    if (duty := facts.duty) is not None and _binds(facts):
        told = {"country": duty.name, "network": duty.network, "day": duty.since}
        said.append(because("duty", **told))
    if facts.settings.cheapest_first and setting.cost is not None:
        said.append(because("cost", cost=setting.cost))
    return " ".join(said)


def _binds(facts: Facts) -> bool:
    """A duty is about invoices and credit notes; reminders and notices are letters."""
    return facts.paper is Paper.INVOICE


def _why_not(setting: Setting, facts: Facts) -> LeftOut | None:
    for reason in REASONS_NOT:
        if says := reason(setting, facts):
            code = reason.__name__.lstrip("_")
            return LeftOut(kind=setting.kind, code=code, because=says)
    return None


def no_invoice(setting: Setting, facts: Facts) -> str:
    """Networks for e-invoices carry invoices and credit notes, no letters."""
    if setting.kind is Kind.EINVOICE and facts.paper is not Paper.INVOICE:
        return f"A network for e-invoices carries no {facts.paper}."
    return ""


def duty_not_fulfilled(setting: Setting, facts: Facts) -> str:
    """Where the network is mandatory nothing else fulfils the duty."""
    duty = facts.duty
    if duty is None or not _binds(facts) or setting.kind is Kind.EINVOICE:
        return ""
    return (
        f"{duty.name} demands {duty.network} since {duty.since}:"
        f" this does not fulfil the duty ({duty.source})."
    )


def switched_off(setting: Setting, facts: Facts) -> str:
    """The ladder that holds here does not use it."""
    return "" if setting.enabled else f"The ladder of {facts.settings.whose} does not use it."


def no_address(setting: Setting, facts: Facts) -> str:
    """No address of this kind is registered."""
    if _address(setting.kind, facts.reach):
        return ""
    if setting.kind is Kind.EINVOICE and facts.sort is Sort.CONSUMER:
        return "The debtor has not asked its internet bank for e-invoices."
    return {
        Kind.EINVOICE: "No e-invoice address is known.",
        Kind.MAILBOX: "No digital mailbox is known.",
        Kind.EMAIL: "No e-mail address is known.",
        Kind.LETTER: "The postal address is not complete.",
    }[setting.kind]


def suppressed(setting: Setting, facts: Facts) -> str:
    """The address failed for good and nobody has said since that it is good."""
    why = facts.suppressed.get(setting.kind, "")
    return why and f"{sentence(why)} A person can lift it."


def cannot_receive(setting: Setting, facts: Facts) -> str:
    """A directory was asked and said no. That it could not be asked stops nothing."""
    known = facts.capabilities.get(setting.kind)
    if known is None or known.capability.receives is None:
        return ""
    asked = f"asked {known.asked_at:%Y-%m-%d}"
    if not known.capability.receives:
        return f"The directory says that it does not receive ({asked})."
    if setting.kind is Kind.EINVOICE and not _takes(known.capability.documents, facts):
        document = "credit notes" if facts.is_credit_note else "invoices"
        return f"The directory says that it receives no {document} ({asked})."
    return ""


def nobody_carries(setting: Setting, facts: Facts) -> str:
    """No carrier is set up for it, or none for such an address."""
    if setting.kind in facts.carried:
        return ""
    if setting.kind is Kind.EINVOICE and is_bank(facts.reach.einvoice):
        return "No carrier is set up for e-invoices to internet banks."
    return "No carrier is set up for it."


def tried(setting: Setting, facts: Facts) -> str:
    """It was tried for this paper already."""
    came = facts.tried.get(setting.kind)
    return "" if came is None else f"It was tried: {came or 'without success'}"


def _takes(documents: frozenset[str], facts: Facts) -> bool:
    """Whether the paper is among the documents. Names of Peppol document types hold the root
    element, as "…:Invoice-2::Invoice##…"; where none is written so, the directory does not say."""
    roots = {name.partition("##")[0].rpartition("::")[2] for name in documents if "::" in name}
    return not roots or ("CreditNote" if facts.is_credit_note else "Invoice") in roots


REASONS_NOT: tuple[Callable[[Setting, Facts], str], ...] = (
    no_invoice,
    duty_not_fulfilled,
    switched_off,
    no_address,
    suppressed,
    cannot_receive,
    nobody_carries,
    tried,
)
