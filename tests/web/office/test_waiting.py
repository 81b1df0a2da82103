"""Nothing waits silently: what a row may wait as has its line on the first screen."""

from dataclasses import fields
from typing import Any

import pytest
from django.apps import apps
from django.db.models import CheckConstraint, Q

from usance.queries.waiting import Elsewhere
from usance.queries.work import Waiting
from usance.web.office import today

# For each state that a row may be in the line that counts it. "": nobody has to do anything then,
# or it is done by time, by the other side, or by a step of the belt that is parked when it fails.
STATES: dict[str, dict[str, str]] = {
    "AccountWarning": {"due": "", "calling": "", "sent": "", "refused": "warnings",
                       "unknown": "warnings"},
    "Acknowledgement": {"due": "", "calling": "", "sent": "", "left_out": "",
                        "refused": "", "unknown": ""},  # The batch shows it, the client's page too.
    "BuyBack": {"quoted": "buy_backs", "done": "", "declined": ""},
    "Checkout": dict.fromkeys(["begun", "open", "paid", "ended", "returned"], ""),
    "Debit": {"planned": "untold", "announced": "announced", "released": "", "sent": "",
              "collected": "", "rejected": "debits_back", "returned": "debits_back",
              "cancelled": ""},
    "DebitNotice": {"due": "", "calling": "", "sent": "", "refused": "untold", "unknown": "untold"},
    "DebitRecall": {"due": "", "calling": "", "sent": "", "refused": "unrecalled",
                    "unknown": "unrecalled"},
    "Dispatch": {"queued": "", "calling": "", "accepted": "", "sent": "", "delivered": "",
                 "opened": "", "failed": "", "unknown": "unknown", "cancelled": ""},
    "Draft": {"draft": "", "waiting": "drafts", "issued": "", "discarded": ""},
    "ExchangeRate": {"proposed": "rates", "known": "", "declined": ""},
    "FeeNotice": {"due": "", "calling": "", "sent": "", "refused": "fee_notices",
                  "unknown": "fee_notices"},
    "Merger": {"proposed": "mergers", "merged": "", "declined": "", "undone": ""},
    "Offer": {"asked": "offers", "prepared": "offers", "offered": "", "accepted": "",
              "declined": "", "refused": "", "expired": ""},
    "OverAdvance": {"proposed": "over_advances", "approved": "overdrawn", "declined": ""},
    "Payout": {"proposed": "payouts", "released": "late", "sent": "late", "paid": "",
               "rejected": "payouts_back", "returned": "payouts_back"},
    "MissingPayout": {"said": "missing", "agreed": "", "withdrawn": ""},
    "Period": {"open": "", "soft": "periods", "hard": "periods"},
    "Plan": {"asked": "plans", "agreed": "", "declined": "", "broken": "", "kept": ""},
    "ProviderPayout": {"told": "", "arrived": "", "failed": "", "odd": "odd_payouts"},
    "ProviderRefund": {"proposed": "provider_refunds", "withdrawn": "", "released": "", "asked": "",
                       "done": "", "failed": ""},  # The money of a failed one is unapplied again.
    "Question": {"to_ask": "questions", "asked": "", "confirmed": "", "objected": "held",
                 "silent": "", "passed": "", "waived": ""},
    "QuestionMail": {"queued": "", "calling": "", "accepted": "", "sent": "", "delivered": "",
                     "opened": "", "failed": "", "unknown": "", "cancelled": ""},
    "Reading": {"unread": "", "waiting": "readings", "postponed": "readings", "passed": "",
                "confirmed": "", "rejected": "", "unreadable": "readings"},
    "Voucher": {"pending": "", "exported": "", "booked": "", "failed": "vouchers"},
    "WriteOff": {"proposed": "write_offs", "done": "", "declined": ""},
}  # fmt: skip
# Rows that wait while nothing is written into them, and lines that count no state.
OPEN = {
    "AddressProposal": "addresses", "BankLine": "matches", "Carrier": "carriers",
    "ClientAccount": "accounts", "DeliveryEvent": "reports", "Dispute": "disputes",
    "Explanation": "unpayable", "Facility": "unheld", "TrustAccount": "unchecked",
    "FacilityProposal": "terms", "HeldStatement": "statements", "Hold": "held",
    "InboundMail": "mails", "Disclosure": "quiet", "OpenDifference": "differences",
    "OpenList": "awaited",  # It is not there yet.
    "ReferenceRate": "unpriced",  # Nor is it.
    "Registration": "registrations", "Schedule": "unsigned", "Supporting": "papers",
    "WaitingTable": "tables",
}  # fmt: skip
# What is written later into these is no decision of a person of ours.
AT_REST = {
    "Alias", "Allocation", "ColumnMapping", "DebitFile", "DebitMandate", "Difference",
    "LearnedLayout", "PayerRule", "PaymentAdvice", "PayoutFile", "Proof",
    "ProviderEvent", "PushSubscription", "Recurring", "Suppression", "Undertaking",
    "VoucherTarget",
}  # fmt: skip
LINES = {one.name for one in (*fields(Waiting), *fields(Elsewhere))}
MODELS = {model.__name__: model for model in apps.get_app_config("usance").get_models()}


def _states(model: Any) -> set[str]:
    """Those that the database allows: its widest rule about them."""
    rules = [one.condition for one in model._meta.constraints if isinstance(one, CheckConstraint)]
    told = [
        {str(one) for one in value}
        for rule in rules
        for name, value in _leaves(rule)
        if name == "state__in"
    ]
    return max(told, key=len, default=set())


def _leaves(condition: Any) -> list[tuple[str, Any]]:
    found = []
    for child in condition.children:
        found += _leaves(child) if isinstance(child, Q) else [child]
    return found


def test_a_model_whose_rows_may_wait_says_where_they_are_seen() -> None:
    may_wait = {
        name
        for name, model in MODELS.items()
        if any(
            field.name == "state" or (field.name.endswith("_at") and field.null)
            for field in model._meta.fields
        )
    }
    told = STATES.keys() | OPEN.keys() | AT_REST
    assert may_wait - told == set(), "say in this table where a person sees them"
    assert told - MODELS.keys() == set()


@pytest.mark.parametrize("name", sorted(STATES))
def test_each_state_that_waits_is_counted(name: str) -> None:
    allowed = _states(MODELS[name])
    assert allowed == set(STATES[name]) or name in {"OverAdvance", "Period", "ProviderPayout"}
    assert {*STATES[name].values()} - {""} <= LINES


def test_each_count_is_a_line_of_the_first_screen() -> None:
    waits = Waiting(**dict.fromkeys([one.name for one in fields(Waiting)], 1))
    beside = Elsewhere(**dict.fromkeys([one.name for one in fields(Elsewhere)], 1))
    lines = [*today._views(waits), *today._elsewhere(beside)]
    assert len(lines) == len(LINES)
    assert all(one["url"] for one in lines)
    used = {line for of in STATES.values() for line in of.values()} | {*OPEN.values()}
    assert LINES - used == set(), "and nothing is counted that no row waits as"
