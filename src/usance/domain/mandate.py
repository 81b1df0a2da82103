"""Who may do what, and what takes two people."""

from collections.abc import Mapping
from enum import StrEnum

from .refusal import Refusal


class Role(StrEnum):
    INTAKE = "intake"
    VERIFICATION = "verification"
    CREDIT = "credit"
    FINANCE = "finance"
    COLLECTION = "collection"
    CASH = "cash"
    OPERATIONS = "operations"
    ADMIN = "admin"
    CLIENT = (
        "client"  # A client's own user: hands in and sees that client's invoices, takes offers.
    )


class Act(StrEnum):
    TAKE_IN = "take_in"
    HAND_IN = "hand_in"
    REVIEW = "review"
    PREPARE_DRAFT = "prepare_draft"
    ISSUE = "issue"
    SET_ISSUING = "set_issuing"
    RELEASE_HOLD = "release_hold"
    TAKE_UNDERTAKING = "take_undertaking"
    REJECT_INVOICE = "reject_invoice"
    SET_LIMIT = "set_limit"
    SET_ELIGIBILITY = "set_eligibility"
    OVER_ADVANCE = "over_advance"
    ASK_OFFER = "ask_offer"
    DECIDE_OFFER = "decide_offer"
    ANSWER_OFFER = "answer_offer"
    SIGN_SCHEDULE = "sign_schedule"
    PROPOSE_PAYOUT = "propose_payout"
    RELEASE_PAYOUT = "release_payout"
    STOP_ACCOUNT = "stop_account"
    REFUND = "refund"
    SET_PAYING = "set_paying"
    KEEP_DEBIT_MANDATES = "keep_debit_mandates"
    PLAN_DEBITS = "plan_debits"
    RELEASE_DEBITS = "release_debits"
    IMPORT_STATEMENT = "import_statement"
    SET_TOLERANCE = "set_tolerance"
    ALLOCATE_PAYMENT = "allocate_payment"
    SEND_REMINDER = "send_reminder"
    AGREE_PLAN = "agree_plan"
    COMPARE_LEDGER = "compare_ledger"
    CLOSE_DIFFERENCE = "close_difference"
    DISCLOSE = "disclose"
    RESEND = "resend"
    SET_LADDER = "set_ladder"
    SET_TRUST = "set_trust"
    DISPUTE = "dispute"
    WRITE_OFF = "write_off"
    APPROVE_WRITE_OFF = "approve_write_off"
    SET_AUTHORITY = "set_authority"
    QUOTE_BUY_BACK = "quote_buy_back"
    BUY_BACK = "buy_back"
    EDIT_PARTY = "edit_party"
    WRITE_TEMPLATE = "write_template"
    RUN_DAY = "run_day"
    SET_VOUCHER_TARGET = "set_voucher_target"
    EXPORT_VOUCHERS = "export_vouchers"
    INVOICE_FEES = "invoice_fees"
    CLOSE_PERIOD = "close_period"
    CORRECT_BOOKS = "correct_books"
    SET_EXCHANGE = "set_exchange"


ALLOWED: dict[Act, frozenset[Role]] = {
    Act.TAKE_IN: frozenset({Role.INTAKE, Role.VERIFICATION, Role.OPERATIONS}),
    Act.HAND_IN: frozenset({Role.CLIENT}),  # Its own invoices, and nobody else's.
    Act.REVIEW: frozenset({Role.INTAKE, Role.VERIFICATION, Role.OPERATIONS}),
    Act.PREPARE_DRAFT: frozenset({Role.INTAKE, Role.VERIFICATION, Role.OPERATIONS}),
    Act.ISSUE: frozenset({Role.VERIFICATION, Role.OPERATIONS}),  # And never who prepared it.
    Act.SET_ISSUING: frozenset({Role.OPERATIONS}),
    Act.RELEASE_HOLD: frozenset({Role.VERIFICATION, Role.CREDIT, Role.OPERATIONS}),
    Act.TAKE_UNDERTAKING: frozenset({Role.VERIFICATION, Role.CREDIT}),
    Act.REJECT_INVOICE: frozenset({Role.VERIFICATION, Role.CREDIT}),
    Act.SET_LIMIT: frozenset({Role.CREDIT}),
    Act.SET_ELIGIBILITY: frozenset({Role.CREDIT}),
    Act.OVER_ADVANCE: frozenset({Role.CREDIT, Role.FINANCE}),  # Proposes or says yes, never both.
    Act.ASK_OFFER: frozenset({Role.CLIENT, Role.FINANCE, Role.OPERATIONS}),
    Act.DECIDE_OFFER: frozenset({Role.CREDIT, Role.FINANCE}),  # Above the mandate it takes two.
    Act.ANSWER_OFFER: frozenset({Role.CLIENT, Role.FINANCE, Role.OPERATIONS}),
    Act.SIGN_SCHEDULE: frozenset({Role.CLIENT}),
    Act.PROPOSE_PAYOUT: frozenset({Role.FINANCE, Role.OPERATIONS}),
    Act.RELEASE_PAYOUT: frozenset({Role.FINANCE}),
    Act.STOP_ACCOUNT: frozenset({Role.INTAKE, Role.CREDIT, Role.FINANCE, Role.OPERATIONS}),
    Act.REFUND: frozenset({Role.CASH, Role.FINANCE}),  # Proposes it; another one releases it.
    Act.SET_PAYING: frozenset({Role.OPERATIONS}),
    Act.KEEP_DEBIT_MANDATES: frozenset({Role.INTAKE, Role.CREDIT, Role.COLLECTION}),
    Act.PLAN_DEBITS: frozenset({Role.COLLECTION, Role.FINANCE, Role.OPERATIONS}),
    Act.RELEASE_DEBITS: frozenset({Role.FINANCE}),  # And never who planned them.
    Act.IMPORT_STATEMENT: frozenset({Role.CASH, Role.FINANCE}),
    # What we bear ourselves takes who may write off as much: domain.settlement.losses.Band.
    Act.SET_TOLERANCE: frozenset({Role.COLLECTION, Role.FINANCE}),
    Act.ALLOCATE_PAYMENT: frozenset({Role.CASH}),
    Act.SEND_REMINDER: frozenset({Role.COLLECTION}),
    Act.AGREE_PLAN: frozenset({Role.COLLECTION}),
    Act.COMPARE_LEDGER: frozenset(
        {Role.COLLECTION, Role.CREDIT, Role.OPERATIONS, Role.CLIENT}
    ),  # A client its own.
    Act.CLOSE_DIFFERENCE: frozenset({Role.COLLECTION, Role.CREDIT}),
    Act.DISCLOSE: frozenset({Role.COLLECTION, Role.CREDIT}),
    Act.RESEND: frozenset({Role.COLLECTION, Role.OPERATIONS}),
    Act.SET_LADDER: frozenset({Role.OPERATIONS}),
    Act.SET_TRUST: frozenset({Role.CREDIT, Role.OPERATIONS}),  # Not who releases what it holds.
    Act.DISPUTE: frozenset({Role.COLLECTION, Role.VERIFICATION}),
    # How much each of them may agree to is domain.settlement.losses.Band.
    Act.WRITE_OFF: frozenset({Role.COLLECTION, Role.FINANCE}),
    Act.APPROVE_WRITE_OFF: frozenset({Role.COLLECTION, Role.FINANCE}),
    Act.SET_AUTHORITY: frozenset(),  # An administrator.
    Act.QUOTE_BUY_BACK: frozenset({Role.FINANCE, Role.OPERATIONS}),
    Act.BUY_BACK: frozenset({Role.FINANCE}),  # And, where it takes two, never who quoted it.
    Act.EDIT_PARTY: frozenset({Role.INTAKE, Role.CREDIT, Role.OPERATIONS}),
    Act.WRITE_TEMPLATE: frozenset({Role.OPERATIONS}),
    Act.RUN_DAY: frozenset({Role.OPERATIONS}),
    Act.SET_VOUCHER_TARGET: frozenset({Role.FINANCE}),
    Act.EXPORT_VOUCHERS: frozenset({Role.FINANCE, Role.OPERATIONS}),
    Act.INVOICE_FEES: frozenset({Role.FINANCE}),
    Act.CLOSE_PERIOD: frozenset({Role.FINANCE}),
    Act.CORRECT_BOOKS: frozenset({Role.FINANCE}),
    Act.SET_EXCHANGE: frozenset({Role.FINANCE}),  # A typed rate takes two of them.
}
assert set(ALLOWED) == set(Act), "every act has its row"


class NotAllowed(Refusal):
    code = "not_allowed"
    todo = "Ask an administrator for the role that this takes."


class SecondPersonNeeded(Refusal):
    code = "second_person_needed"
    todo = "Ask a colleague who did not prepare it to release it."


class ContentChanged(Refusal):
    code = "content_changed"
    todo = "Look at the new content and decide again."


class NobodyBehind(Refusal):
    code = "nobody_behind_key"
    todo = "Use a key of your own: Settings, API keys, or usance key add --owner."


VIA = " via "  # Between a person and the key that acted for him.
# Who acts and is no user of ours, as people say it; carriers and providers go by their names.
SPOKEN: Mapping[str, str] = {
    "asking": "the mailing of questions",
    "bank": "the connection to the bank",
    "belt": "the belt",
    "cli": "the command line",
    "day": "the day's end",
    "debtor": "the debtor",
    "debtor:link": "the debtor, by its link",
    "debtor:portal": "the debtor, on its page",
    "debtor:response": "the buyer, by its answer",
    "demo:clients": "the demo's clients",
    "inbox": "the mailbox of ours",
    "janitor": "the watch over deliveries",
    "notices": "the mailing of notices",
    "online": "the watch over online payments",
    "rates": "the fetching of rates",
    "sweep": "the sweep of folders",
}
NAMED = 41  # Letters of a name that stand in an actor beside a key: of 64 in all.


def by_key(person: str, key: str) -> str:
    """The actor of what a program does with the key of a person: "user:anna via us_4f2a91c0de"."""
    return f"user:{person[:NAMED]}{VIA}{key}"


def person(actor: str) -> str:
    """Who answers for what an actor did: the same for his session and his keys."""
    kind, _, who = actor.partition(":")
    return f"{kind}:{who.partition(VIA)[0][:NAMED]}"


def name_of(actor: str) -> str:
    """As a sentence says who did it: "anna" of "user:anna", "the belt" of "belt"."""
    return SPOKEN.get(actor) or person(actor).partition(":")[2] or actor


def nobody_behind(actor: str) -> bool:
    """Whether it is a key without an owner: it may be anybody's."""
    return actor.startswith("key:")


def may(role: Role, act: Act) -> bool:
    return role is Role.ADMIN or role in ALLOWED[act]


def require(role: Role, act: Act) -> None:
    """:raises NotAllowed: if the role may not."""
    if not may(role, act):
        raise NotAllowed(f"the role {role} may not {act.replace('_', ' ')}")


def two_people(*, prepared_by: str, released_by: str, prepared: str, seen: str) -> None:
    """Four eyes: another person releases exactly what was prepared (content hashes).

    A person's session and keys are one person. A key that nobody owns may be anybody's: it can
    neither release, nor is what it prepared surely another's.

    :raises NobodyBehind: if one of both was a key without an owner.
    :raises SecondPersonNeeded: if it is the same person.
    :raises ContentChanged: if what was seen is not what was prepared.
    """
    for actor in (prepared_by, released_by):
        if nobody_behind(actor):
            raise NobodyBehind(f"{actor} has no owner: nobody knows whose word it is")
    if person(prepared_by) == person(released_by):
        raise SecondPersonNeeded(f"{person(released_by)} prepared it")
    if prepared != seen:
        raise ContentChanged("it was changed after it was shown")
