"""Who may do what: every act of every role, and what takes two people."""

import pytest

from usance.domain.mandate import (
    Act,
    ContentChanged,
    NotAllowed,
    Role,
    SecondPersonNeeded,
    by_key,
    may,
    name_of,
    require,
    two_people,
)
from usance.domain.refusal import Refusal

# A row for each act: who may, besides the administrator. Written out again on purpose.
TABLE = {
    Act.TAKE_IN: "intake verification operations",
    Act.HAND_IN: "client",
    Act.PREPARE_DRAFT: "intake verification operations",
    Act.ISSUE: "verification operations",
    Act.SET_ISSUING: "operations",
    Act.REVIEW: "intake verification operations",
    Act.RELEASE_HOLD: "verification credit operations",
    Act.REJECT_INVOICE: "verification credit",
    Act.SET_LIMIT: "credit",
    Act.SET_ELIGIBILITY: "credit",
    Act.OVER_ADVANCE: "credit finance",
    Act.ASK_OFFER: "client finance operations",
    Act.DECIDE_OFFER: "credit finance",
    Act.ANSWER_OFFER: "client finance operations",
    Act.PROPOSE_PAYOUT: "finance operations",
    Act.RELEASE_PAYOUT: "finance",
    Act.STOP_ACCOUNT: "intake credit finance operations",
    Act.REFUND: "cash finance",
    Act.SET_TOLERANCE: "collection finance",
    Act.SIGN_SCHEDULE: "client",
    Act.TAKE_UNDERTAKING: "credit verification",
    Act.SET_PAYING: "operations",
    Act.SET_VOUCHER_TARGET: "finance",
    Act.EXPORT_VOUCHERS: "finance operations",
    Act.CLOSE_PERIOD: "finance",
    Act.SET_EXCHANGE: "finance",
    Act.CORRECT_BOOKS: "finance",
    Act.IMPORT_STATEMENT: "cash finance",
    Act.ALLOCATE_PAYMENT: "cash",
    Act.SEND_REMINDER: "collection",
    Act.AGREE_PLAN: "collection",
    Act.COMPARE_LEDGER: "collection credit operations client",
    Act.CLOSE_DIFFERENCE: "collection credit",
    Act.DISCLOSE: "collection credit",
    Act.RESEND: "collection operations",
    Act.SET_LADDER: "operations",
    Act.WRITE_TEMPLATE: "operations",
    Act.DISPUTE: "collection verification",
    Act.WRITE_OFF: "collection finance",
    Act.APPROVE_WRITE_OFF: "collection finance",
    Act.SET_AUTHORITY: "",
    Act.QUOTE_BUY_BACK: "finance operations",
    Act.BUY_BACK: "finance",
    Act.INVOICE_FEES: "finance",
    Act.EDIT_PARTY: "intake credit operations",
    Act.SET_TRUST: "credit operations",
    Act.RUN_DAY: "operations",
    Act.KEEP_DEBIT_MANDATES: "intake credit collection",
    Act.PLAN_DEBITS: "collection finance operations",
    Act.RELEASE_DEBITS: "finance",
}


@pytest.mark.parametrize("act", list(Act))
@pytest.mark.parametrize("role", list(Role))
def test_each_role_may_do_what_its_row_says_and_nothing_else(act: Act, role: Role) -> None:
    allowed = role is Role.ADMIN or role.value in TABLE[act].split()
    assert may(role, act) is allowed
    if allowed:
        require(role, act)
    else:
        with pytest.raises(NotAllowed) as refusal:
            require(role, act)
        assert refusal.value.code == "not_allowed"


def test_money_out_and_the_limits_behind_it_are_different_desks() -> None:
    for role in set(Role) - {Role.ADMIN}:
        assert not (may(role, Act.SET_LIMIT) and may(role, Act.RELEASE_PAYOUT)), role
        assert not (may(role, Act.ALLOCATE_PAYMENT) and may(role, Act.RELEASE_PAYOUT)), role


def test_nobody_releases_what_he_prepared() -> None:
    with pytest.raises(SecondPersonNeeded):
        two_people(prepared_by="user:a", released_by="user:a", prepared="x", seen="x")


def test_nobody_releases_what_he_has_not_seen() -> None:
    with pytest.raises(ContentChanged):
        two_people(prepared_by="user:a", released_by="user:b", prepared="x", seen="y")


def test_another_person_releases_exactly_what_was_prepared() -> None:
    two_people(prepared_by="user:a", released_by="user:b", prepared="x", seen="x")


@pytest.mark.parametrize(
    ("prepared_by", "released_by", "code"),
    [
        # A person's session and keys are one person.
        ("user:a via us_1", "user:a via us_2", "second_person_needed"),
        ("user:a via us_1", "user:a", "second_person_needed"),
        ("user:a", "user:a via us_2", "second_person_needed"),
        ("user:a via us_1", "user:b via us_2", ""),
        ("day", "user:a via us_1", ""),
        # Whose they are nobody knows.
        ("key:us_1", "user:b", "nobody_behind_key"),
        ("user:a", "key:us_1", "nobody_behind_key"),
        ("day", "key:us_1", "nobody_behind_key"),
        # Long names are cut alike, with a key and without.
        (by_key("x" * 60, "us_1"), f"user:{'x' * 60}", "second_person_needed"),
    ],
)
def test_two_keys_of_one_person_are_one_person(
    prepared_by: str, released_by: str, code: str
) -> None:
    said = {"prepared_by": prepared_by, "released_by": released_by, "prepared": "x", "seen": "x"}
    if not code:
        two_people(**said)
        return
    with pytest.raises(Refusal) as no:
        two_people(**said)
    assert no.value.code == code


def test_an_actor_fits_beside_its_key() -> None:
    assert by_key("anna", "us_4f2a91c0de") == "user:anna via us_4f2a91c0de"
    assert len(by_key("x" * 150, "us_4f2a91c0de")) <= 64


@pytest.mark.parametrize(
    ("actor", "name"),
    [
        ("user:anna", "anna"),
        (by_key("anna", "us_1"), "anna"),
        ("belt", "the belt"),
        ("debtor:response", "the buyer, by its answer"),
        ("carrier:kivra", "kivra"),
    ],
)
def test_a_sentence_calls_who_did_it_by_name(actor: str, name: str) -> None:
    assert name_of(actor) == name
