"""Which bought invoices count when we lend against a client's ledger, and why the others do not.

A rule answers for one invoice; its docstring is the sentence that people read. The rules stand in
the order in which they are told: the first that speaks is the invoice's one primary reason (aged
first), the others are told beside it. What a debtor's ledger as a whole decides (cross-ageing,
contra, limit, concentration) is in `availability`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum


class Because(StrEnum):
    """Why an invoice, or a part of it, does not count. In the order in which they are told."""

    AGED_PAST_DUE = "aged_past_due"
    AGED_SINCE_ISSUE = "aged_since_issue"
    CROSS_AGED = "cross_aged"
    DEBTOR_INSOLVENT = "debtor_insolvent"
    NO_LIMIT = "no_limit"
    DISPUTED = "disputed"
    AFFILIATE = "affiliate"
    ASSIGNMENT_BANNED = "assignment_banned"
    EXCLUDED = "excluded"
    SALE_OR_RETURN = "sale_or_return"
    PROGRESS_BILLING = "progress_billing"
    PRE_BILLED = "pre_billed"
    UNVERIFIED = "unverified"
    NOT_NOTIFIED = "not_notified"
    FOREIGN = "foreign"
    GOVERNMENT = "government"
    LEDGER_LATE = "ledger_late"
    NO_TRUST_ACCOUNT = "no_trust_account"
    CREDIT_NOTE = "credit_note"
    CONTRA = "contra"
    OVER_LIMIT = "over_limit"
    CONCENTRATION = "concentration"


class Mark(StrEnum):
    """What a person says of a debtor or of one invoice; no paper tells it."""

    AFFILIATE = "affiliate"
    ASSIGNMENT_BANNED = "assignment_banned"
    EXCLUDED = "excluded"
    SALE_OR_RETURN = "sale_or_return"
    PROGRESS_BILLING = "progress_billing"
    PRE_BILLED = "pre_billed"
    CONTRA = "contra"  # Of a debtor, with what the client owes it.


# The others are said of a debtor as a whole.
OF_INVOICES = (
    Mark.ASSIGNMENT_BANNED,
    Mark.EXCLUDED,
    Mark.SALE_OR_RETURN,
    Mark.PROGRESS_BILLING,
    Mark.PRE_BILLED,
)


class Base(StrEnum):
    """What a debtor's share is a share of."""

    GROSS = "gross"  # All that is outstanding.
    ELIGIBLE = "eligible"  # What counts before concentration is looked at.
    REMAINING = "remaining"  # What counts after it: the base shrinks with what is cut.


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """The eligibility set of a client. None: this is not looked at."""

    past_due_days: int | None = 90
    since_issue_days: int | None = None
    cross_age_share: Decimal | None = Decimal("0.5")  # Of the debtor's ledger that is over age.
    concentration_share: Decimal | None = None
    concentration_base: Base = Base.ELIGIBLE
    countries: frozenset[str] = frozenset()  # Of debtors; empty: any.
    government: bool = True  # Public bodies count.
    confirmed_from_minor: int | None = None  # From here on the debtor must have said yes.
    notice_days: int | None = None  # After the purchase; then a delivery must be proved.
    ledger_days: int | None = None  # After a month the client's own ledger must be compared.
    dilution_share: Decimal | None = None  # What of the turnover may dilute without a reserve.
    retention_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A debtor as the rules see it on the day."""

    name: str
    country: str
    public: bool = False
    insolvent: bool = False
    limit_minor: int | None = None  # None: no limit holds.
    elsewhere_minor: int = 0  # What it owes us on other clients' invoices.
    contra_minor: int = 0  # What the client owes it.
    ledger_late: bool = False  # Of the client, so of all of its debtors alike.
    no_trust_account: bool = False  # As the one before.
    marks: frozenset[Mark] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One invoice on one day."""

    on: date
    issued_on: date
    due_on: date
    disputed: bool
    unconfirmed: bool  # As large as the set asks for, and the debtor has not said yes.
    unnotified_days: int | None  # Since the purchase. None: a delivery is proved.
    marks: frozenset[Mark]
    debtor: Standing
    cross_aged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What would make it count again. `on` None: an act does it, no day."""

    says: str
    on: date | None = None


Rule = Callable[[Facts, Agreed], bool]


def aged_past_due(facts: Facts, agreed: Agreed) -> bool:
    """It is further past its due date than was agreed."""
    most = agreed.past_due_days
    return most is not None and (facts.on - facts.due_on).days > most


def aged_since_issue(facts: Facts, agreed: Agreed) -> bool:
    """It is older, counted from its issue, than was agreed."""
    most = agreed.since_issue_days
    return most is not None and (facts.on - facts.issued_on).days > most


def cross_aged(facts: Facts, agreed: Agreed) -> bool:
    """So much of what its debtor owes is over age that all of it is left out."""
    return facts.cross_aged


def debtor_insolvent(facts: Facts, agreed: Agreed) -> bool:
    """Its debtor is insolvent."""
    return facts.debtor.insolvent


def no_limit(facts: Facts, agreed: Agreed) -> bool:
    """Its debtor has no credit limit that holds on the day."""
    return facts.debtor.limit_minor is None


def disputed(facts: Facts, agreed: Agreed) -> bool:
    """Its debtor objects, and the dispute is open."""
    return facts.disputed


def affiliate(facts: Facts, agreed: Agreed) -> bool:
    """Its debtor and the client belong together."""
    return Mark.AFFILIATE in facts.debtor.marks


def assignment_banned(facts: Facts, agreed: Agreed) -> bool:
    """The contract forbids the assignment: the debtor may still pay the client."""
    return _marked(Mark.ASSIGNMENT_BANNED, facts)


def excluded(facts: Facts, agreed: Agreed) -> bool:
    """We do not lend against it, as was said to the client."""
    return _marked(Mark.EXCLUDED, facts)


def sale_or_return(facts: Facts, agreed: Agreed) -> bool:
    """The goods may be given back: consignment, or sale or return."""
    return _marked(Mark.SALE_OR_RETURN, facts)


def progress_billing(facts: Facts, agreed: Agreed) -> bool:
    """It bills a part of a work that is not finished."""
    return _marked(Mark.PROGRESS_BILLING, facts)


def pre_billed(facts: Facts, agreed: Agreed) -> bool:
    """It was written before the delivery, or for a day that has not come."""
    return _marked(Mark.PRE_BILLED, facts) or facts.issued_on > facts.on


def unverified(facts: Facts, agreed: Agreed) -> bool:
    """It is so large that its debtor must have confirmed it, and has not."""
    return facts.unconfirmed


def not_notified(facts: Facts, agreed: Agreed) -> bool:
    """No delivery to its debtor was proved in time: it may not know of the assignment."""
    most, days = agreed.notice_days, facts.unnotified_days
    return most is not None and days is not None and days > most


def foreign(facts: Facts, agreed: Agreed) -> bool:
    """Its debtor sits in a country that was not agreed."""
    return bool(agreed.countries) and facts.debtor.country not in agreed.countries


def government(facts: Facts, agreed: Agreed) -> bool:
    """Its debtor is a public body, and those were not agreed."""
    return facts.debtor.public and not agreed.government


def ledger_late(facts: Facts, agreed: Agreed) -> bool:
    """The client has not handed in the open items of its own ledger in time."""
    return agreed.ledger_days is not None and facts.debtor.ledger_late


def no_trust_account(facts: Facts, agreed: Agreed) -> bool:
    """The client must hold an account in trust for us, and none is checked and open."""
    return facts.debtor.no_trust_account


RULES: dict[Because, Rule] = {
    Because.AGED_PAST_DUE: aged_past_due,
    Because.AGED_SINCE_ISSUE: aged_since_issue,
    Because.CROSS_AGED: cross_aged,
    Because.DEBTOR_INSOLVENT: debtor_insolvent,
    Because.NO_LIMIT: no_limit,
    Because.DISPUTED: disputed,
    Because.AFFILIATE: affiliate,
    Because.ASSIGNMENT_BANNED: assignment_banned,
    Because.EXCLUDED: excluded,
    Because.SALE_OR_RETURN: sale_or_return,
    Because.PROGRESS_BILLING: progress_billing,
    Because.PRE_BILLED: pre_billed,
    Because.UNVERIFIED: unverified,
    Because.NOT_NOTIFIED: not_notified,
    Because.FOREIGN: foreign,
    Because.GOVERNMENT: government,
    Because.LEDGER_LATE: ledger_late,
    Because.NO_TRUST_ACCOUNT: no_trust_account,
}

AGED = frozenset({Because.AGED_PAST_DUE, Because.AGED_SINCE_ISSUE})
assert set(list(RULES)[: len(AGED) + 1]) == AGED | {Because.CROSS_AGED}, "age comes first"

# What leaves out a part of an amount: after all rules above, in this order.
PARTS: dict[Because, str] = {
    Because.CREDIT_NOTE: "A credit note waits for it: that part will not be paid.",
    Because.CONTRA: "The client owes its debtor so much, who may set it off.",
    Because.OVER_LIMIT: "Its debtor owes more than its credit limit; the newest bear it.",
    Because.CONCENTRATION: "Its debtor is more of the ledger than was agreed; the newest bear it.",
}
assert (*RULES, *PARTS) == tuple(Because), "every reason stands in one table, in its order"


def reasons(facts: Facts, agreed: Agreed) -> tuple[Because, ...]:
    """Every rule that leaves the whole invoice out; the first is the primary one."""
    return tuple([because for because, rule in RULES.items() if rule(facts, agreed)])


def cross_aging(found: tuple[Because, ...]) -> tuple[Because, ...]:
    """The same invoice, now that all of its debtor is left out for what is over age."""
    aged = tuple([one for one in found if one in AGED])
    return (*aged, Because.CROSS_AGED, *found[len(aged) :])


def sentence(because: Because) -> str:
    """The reason as people read it."""
    if because in PARTS:
        return PARTS[because]
    return (RULES[because].__doc__ or "").strip()


def is_aged(found: Iterable[Because]) -> bool:
    return any(one in AGED for one in found)


def counts_until(facts: Facts, agreed: Agreed) -> date | None:
    """The last day on which its age lets it count; None: age is not looked at."""
    ends = []
    if agreed.past_due_days is not None:
        ends.append(facts.due_on + timedelta(days=agreed.past_due_days))
    if agreed.since_issue_days is not None:
        ends.append(facts.issued_on + timedelta(days=agreed.since_issue_days))
    return min(ends, default=None)


ACTS: dict[Because, str] = {
    Because.AGED_PAST_DUE: "Age is not cured: the debtor pays, or the client takes it back.",
    Because.AGED_SINCE_ISSUE: "Age is not cured: the debtor pays, or the client takes it back.",
    Because.CROSS_AGED: "The debtor pays what is over age, or the client takes that back.",
    Because.DEBTOR_INSOLVENT: "The insolvency ends.",
    Because.NO_LIMIT: "A limit is given to the debtor.",
    Because.DISPUTED: "The dispute is closed.",
    Because.AFFILIATE: "The mark on the debtor is ended.",
    Because.ASSIGNMENT_BANNED: "The debtor consents, and the mark is ended.",
    Because.EXCLUDED: "The mark is ended.",
    Because.SALE_OR_RETURN: "The goods are accepted for good, and the mark is ended.",
    Because.PROGRESS_BILLING: "The work is accepted, and the mark is ended.",
    Because.PRE_BILLED: "The goods are delivered, and the mark is ended.",
    Because.UNVERIFIED: "The debtor confirms it.",
    Because.NOT_NOTIFIED: "A delivery to the debtor is proved.",
    Because.FOREIGN: "The country is agreed on.",
    Because.GOVERNMENT: "Public bodies are agreed on.",
    Because.LEDGER_LATE: "The client hands in its open items.",
    Because.NO_TRUST_ACCOUNT: "A trust account of the client is entered and checked.",
    Because.CREDIT_NOTE: "The credit note is applied.",
    Because.CONTRA: "The client pays what it owes its debtor.",
    Because.OVER_LIMIT: "The debtor pays, or its limit is raised.",
    Because.CONCENTRATION: "The debtor pays, or others owe more.",
}
assert set(ACTS) == set(Because), "every reason says what releases it"


def release(because: Because, facts: Facts) -> Release:
    """What would let it count again."""
    if because is Because.PRE_BILLED and facts.issued_on > facts.on:
        return Release(says="Its day of issue comes.", on=facts.issued_on)
    return Release(says=ACTS[because])


def _marked(mark: Mark, facts: Facts) -> bool:
    return mark in facts.marks or mark in facts.debtor.marks
