"""Letters about a list of claims: the notice, the reminders, the schedule of assignment."""

from typing import Any

from usance.domain.invoice.square import Payable

from . import figures, qr
from .facts import CONFIRMED, Claim, Notice, Overdue, Recipient, Release, Reminder, Schedule
from .languages import Texts, paragraphs, words
from .sheet import Row, Sheet, payment, percent, sheet
from .told import sentences, title, told


def notice(said: Texts, language: str, facts: Notice) -> dict[str, Any]:
    """Input for `claims.typ`. The client writes, whom the debtor knows already."""
    own = words(language)["words"]
    parts = Sheet(
        title=title(said, language, facts),
        written_on=facts.written_on,
        leads=facts.client,
        beside=facts.factor,
        beside_says=own["assigned_to"],
        recipient=facts.debtor,
        info=[
            (own["written"], figures.short_day(facts.written_on, language)),
            (own["debtor_number"], facts.debtor.number),
        ],
    )
    heads, rows, foot = _claims(facts.claims, language, with_debtor=False)
    return sheet(parts, language) | _text(said, language, facts) | {
        "salutation": own["salutation"],
        "heads": heads, "rows": rows, "foot": foot, "sums": [],
        "payment": {
            "head": own["pay_to"].replace("{factor}", facts.factor.name),
            "large": [],
            "rows": payment(facts.account, facts.reference, language),
            "scan": own["scan"],
        },
        "regards": own["regards"],
        "signatories": [facts.client.name, facts.factor.name],
    }  # fmt: skip


def release(said: Texts, language: str, facts: Release) -> dict[str, Any]:
    """Input for `claims.typ`. The factor writes: its notice said that only its word ends it."""
    own = words(language)["words"]
    parts = Sheet(
        title=title(said, language, facts),
        written_on=facts.written_on,
        leads=facts.factor,
        beside=facts.client,
        beside_says=own["for_client"],
        recipient=facts.debtor,
        info=[
            (own["written"], figures.short_day(facts.written_on, language)),
            (own["debtor_number"], facts.debtor.number),
        ],
    )
    heads, rows, foot = _claims(facts.claims, language, with_debtor=False)
    box = None
    if facts.account is not None:
        head = own["pay_to"].replace("{factor}", facts.client.name)
        rows_ = payment(facts.account, "", language)
        box = {"head": head, "large": [], "rows": rows_, "scan": ""}
    return sheet(parts, language) | _text(said, language, facts) | {
        "salutation": own["salutation"],
        "heads": heads, "rows": rows, "foot": foot, "sums": [],
        "payment": box,
        "regards": own["regards"],
        "signatories": [facts.factor.name],
    }  # fmt: skip


def reminder(letter: str, said: Texts, language: str, facts: Reminder) -> dict[str, Any]:
    """Input for `claims.typ`. The factor writes, being the creditor."""
    own = words(language)["words"]
    demand = letter in {"final_demand", CONFIRMED["final_demand"]}
    parts = Sheet(
        title=title(said, language, facts),
        written_on=facts.written_on,
        leads=facts.factor,
        beside=facts.client,
        beside_says=own["for_client"],
        recipient=facts.debtor,
        info=[
            (own["written"], figures.short_day(facts.written_on, language)),
            (own["debtor_number"], facts.debtor.number),
            (own["reference"], facts.reference),
            (own["pay_by"], figures.short_day(facts.pay_by, language)),
            (own["creditor"], facts.factor.name if demand else ""),
            (own["original_creditor"], facts.client.name if demand else ""),
        ],
    )
    heads = [own[key] for key in ("invoice", "issued", "due", "days", "face", "outstanding")]
    return sheet(parts, language) | _text(said, language, facts) | {
        "salutation": own["salutation"],
        "heads": heads,
        "rows": [_overdue(claim, language) for claim in facts.claims],
        "foot": [],
        "sums": _sums(facts, language),
        "payment": {
            "head": own["pay_to"].replace("{factor}", facts.factor.name),
            "large": [
                (own["to_pay"], figures.money(facts.payable, language)),
                (own["pay_by"], figures.short_day(facts.pay_by, language)),
            ],
            "rows": payment(facts.account, facts.reference, language),
            "scan": own["scan"],
        },
        "regards": own["regards"],
        "signatories": [facts.factor.name],
    }  # fmt: skip


def schedule(said: Texts, language: str, facts: Schedule) -> dict[str, Any]:
    """Input for `claims.typ`. The factor's paper, addressed to the client who signs it."""
    own = words(language)["words"]
    parts = Sheet(
        title=title(said, language, facts),
        written_on=facts.written_on,
        leads=facts.factor,
        beside=facts.client,
        beside_says=own["client"],
        recipient=assignor(facts),
        info=[
            (own["schedule_number"], facts.number),
            (own["written"], figures.short_day(facts.written_on, language)),
            (own["contract"], facts.contract),
            (own["purchased"], figures.short_day(facts.purchased_on, language)),
            (own["count"], str(len(facts.claims))),
            (own["total"], figures.money(facts.total, language)),
        ],
    )
    heads, rows, foot = _claims(facts.claims, language, with_debtor=True)
    _priced(facts.claims, language, heads, rows, foot)
    text = _text(said, language, facts)
    if facts.pledged:
        text["opening"] = paragraphs([own["pledged"]], told(language, facts))
    return sheet(parts, language) | text | {
        "salutation": "", "heads": heads, "rows": rows, "foot": foot, "sums": [],
        "payment": None,
        "parties": [(own["client"], facts.client.name), (own["factor"], facts.factor.name)],
        "digest": (own["digest"], facts.digest),
        "signature": _signature(facts, language),
        "regards": "", "signatories": [],
    }  # fmt: skip


def payable(facts: Reminder) -> Payable:
    """What a square asks for: outstanding, interest and fees together."""
    return qr.payable(
        facts.account,
        facts.payable,
        facts.reference,
        issued_on=facts.written_on,
        due_on=facts.pay_by,
        payer=facts.debtor,
    )


def _text(
    said: Texts, language: str, facts: Notice | Release | Reminder | Schedule
) -> dict[str, Any]:
    known = told(language, facts)
    return {
        part: paragraphs(sentences(said, language, facts, said, part), known)
        for part in ("opening", "closing")
    }


def _claims(
    claims: tuple[Claim, ...], language: str, *, with_debtor: bool
) -> tuple[list[str], list[list[str]], list[str]]:
    own = words(language)["words"]
    if not claims:
        return [], [], []
    heads = [own[key] for key in ("invoice", "debtor", "issued", "due", "face")]
    rows = [
        [
            claim.number, claim.debtor, figures.short_day(claim.issued_on, language),
            figures.short_day(claim.due_on, language), figures.money(claim.face, language),
        ]
        for claim in claims
    ]  # fmt: skip
    amount = sum((claim.face for claim in claims[1:]), start=claims[0].face)
    foot = [own["total"], "", "", "", figures.money(amount, language)]
    if not with_debtor:
        for row in (heads, foot, *rows):
            del row[1]
    return heads, rows, foot


def _priced(
    claims: tuple[Claim, ...], language: str, heads: list[str], rows: list[list[str]],
    foot: list[str],
) -> None:  # fmt: skip
    """Two columns more, where it is known what is paid of each claim and what is kept back. There
    the amounts stand without their currency, which is the total's: a line has room for six words.
    """
    own = words(language)["words"]
    more = [(name, [getattr(claim, name) for claim in claims]) for name in ("advance", "reserve")]
    if not claims or any(amount is None for _, amounts in more for amount in amounts):
        return
    for row, claim in zip(rows, claims, strict=True):
        row[-1] = figures.amount(claim.face.decimal, claim.face.currency, language)
    for name, amounts in more:
        heads.append(own[name])
        for row, amount in zip(rows, amounts, strict=True):
            row.append(figures.amount(amount.decimal, amount.currency, language))
        whole = sum(amounts[1:], start=amounts[0])
        foot.append(figures.amount(whole.decimal, whole.currency, language))


def _overdue(claim: Overdue, language: str) -> list[str]:
    return [
        claim.number,
        figures.short_day(claim.issued_on, language),
        figures.short_day(claim.due_on, language),
        str(claim.days_overdue),
        figures.money(claim.face, language),
        figures.money(claim.outstanding, language),
    ]


def _sums(facts: Reminder, language: str) -> list[dict[str, Any]]:
    own, fees = words(language)["words"], words(language)["fees"]
    rows: list[Row] = [(own["outstanding"], figures.money(facts.outstanding, language))]
    if facts.disputed:
        rows.append((own["disputed"], figures.money(-facts.disputed, language)))
    if facts.interest:
        said = own["interest_until" if facts.rate is None else "interest_rate"]
        said = said.replace("{day}", figures.short_day(facts.interest_until, language))
        said = said.replace("{rate}", percent(facts.rate, language))
        rows.append((said, figures.money(facts.interest, language)))
    rows += [(fees[fee.kind], figures.money(fee.amount, language)) for fee in facts.fees]
    steps = [{"label": label, "value": value, "last": False} for label, value in rows]
    payable = figures.money(facts.payable, language)
    return [*steps, {"label": own["to_pay"], "value": payable, "last": True}]


def assignor(facts: Schedule) -> Recipient:
    """The client, who signs it."""
    return Recipient(name=facts.client.name, address=facts.client.address)


def _signature(facts: Schedule, language: str) -> str:
    own = words(language)["words"]
    if not facts.signed:
        return str(own["sign_here"])
    return "\n".join(
        str(own["signed"]).replace("{name}", name).replace("{moment}", figures.moment(at, language))
        for name, at in facts.signed
    )
