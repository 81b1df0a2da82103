"""Mandates, notices, days and reasons of direct debits."""

from datetime import date

import pytest

from usance.domain.collection import debits, signed
from usance.domain.collection.debits import Finality, Then
from usance.domain.collection.signed import Scheme, Sequence
from usance.domain.invoice.square import SEPA


@pytest.mark.parametrize("text", [
    "DE98ZZZ09999999999",  # Deutsche Bundesbank's sample.
    "DE98 ABC 09999999999",  # The three signs of our own do not count.
    "AT61ZZZ01234567890", "FR72ZZZ123456", "NL79ZZZ999999990000", "BE68ZZZ0123456789",
])  # fmt: skip
def test_a_creditor_identifier_has_check_digits(text: str) -> None:
    assert signed.creditor_identifier(text) == text.replace(" ", "")
    wrong = text[:-1] + str((int(text[-1]) + 1) % 10)
    with pytest.raises(signed.CreditorWrong):
        signed.creditor_identifier(wrong)


@pytest.mark.parametrize("text", ["", "DE98", "DE98ZZZ", "9898ZZZ09999999999", "DE98ZZZ0999é"])
def test_what_has_not_its_shape_is_no_creditor_identifier(text: str) -> None:
    with pytest.raises(signed.CreditorWrong):
        signed.creditor_identifier(text)


@pytest.mark.parametrize(("text", "stored"), [
    ("m-2026/17", "M-2026/17"), (" ABC ", "ABC"), ("a b", None), ("", None), ("/x", None),
    ("x//y", None), ("x/", None), ("ä", None), ("x" * 35, "X" * 35), ("x" * 36, None),
])  # fmt: skip
def test_a_reference_is_what_banks_take(text: str, stored: str | None) -> None:
    if stored is not None:
        assert signed.reference(text) == stored
        return
    with pytest.raises(signed.ReferenceWrong):
        signed.reference(text)


@pytest.mark.parametrize(
    "text", ["DE89370400440532013001", "US00", "BR1800360305000010009795493C1"]
)
def test_only_accounts_of_sepa_are_collected_from(text: str) -> None:
    assert signed.account("DE89 3704 0044 0532 0130 00", SEPA) == "DE89370400440532013000"
    with pytest.raises(signed.AccountNotInSepa):
        signed.account(text, SEPA)


@pytest.mark.parametrize(("signed_on", "last_on", "lapses_on"), [
    ("2026-03-02", None, "2029-03-02"),
    ("2023-03-02", "2026-03-02", "2029-03-02"),
    ("2024-02-29", None, "2027-02-28"),
    ("2026-03-02", "2025-01-01", "2029-03-02"),  # Signed anew.
])  # fmt: skip
def test_a_mandate_lapses_36_months_after_its_last_use(
    signed_on: str, last_on: str | None, lapses_on: str
) -> None:
    last = date.fromisoformat(last_on) if last_on else None
    found = signed.lapses_on(date.fromisoformat(signed_on), last)
    assert found.isoformat() == lapses_on


@pytest.mark.parametrize(("one_off", "collected", "ends", "said"), [
    (True, False, False, Sequence.OOFF), (False, False, False, Sequence.FRST),
    (False, True, False, Sequence.RCUR), (False, True, True, Sequence.FNAL),
    (False, False, True, Sequence.FNAL),
])  # fmt: skip
def test_each_collection_has_its_place_in_the_sequence(
    one_off: bool, collected: bool, ends: bool, said: Sequence
) -> None:
    assert signed.sequence(one_off=one_off, collected=collected, ends=ends) is said


@pytest.mark.parametrize(("before", "reference", "account"), [
    (("", ""), "", False), (("M-1", "A"), "", False), (("M-0", "A"), "M-0", False),
    (("M-1", "B"), "", True), (("M-0", "B"), "M-0", True),
])  # fmt: skip
def test_the_next_collection_says_what_was_amended(
    before: tuple[str, str], reference: str, account: bool
) -> None:
    found = signed.amendment(
        reference="M-1", account="A", before_reference=before[0], before_account=before[1]
    )
    assert found == signed.Amendment(reference=reference, account=account)
    assert bool(found) is bool(reference or account)


@pytest.mark.parametrize(("due_on", "notice", "today", "collects_on"), [
    ("2026-04-30", 14, "2026-03-02", "2026-04-30"),
    ("2026-03-10", 14, "2026-03-02", "2026-03-17"),  # The notice first, and a day to send it.
    ("2026-03-10", 5, "2026-03-02", "2026-03-10"),
    ("2026-05-01", 14, "2026-03-02", "2026-05-04"),  # Labour Day, a Friday.
    ("2026-04-03", 14, "2026-03-02", "2026-04-07"),  # Good Friday to Easter Monday.
])  # fmt: skip
def test_it_is_collected_when_due_noticed_and_settled(
    due_on: str, notice: int, today: str, collects_on: str
) -> None:
    found = debits.collects_on(
        date.fromisoformat(due_on), notice_days=notice, today=date.fromisoformat(today)
    )
    assert found.isoformat() == collects_on


@pytest.mark.parametrize(("collect_on", "leaves_by"), [
    ("2026-04-30", "2026-04-29"), ("2026-05-04", "2026-04-30"), ("2026-04-07", "2026-04-02"),
])  # fmt: skip
def test_it_leaves_one_banking_day_before(collect_on: str, leaves_by: str) -> None:
    assert debits.leaves_by(date.fromisoformat(collect_on)).isoformat() == leaves_by


@pytest.mark.parametrize(("scheme", "finality", "final_on"), [
    (Scheme.CORE, Finality.REFUND, "2026-06-29"),
    (Scheme.CORE, Finality.UNAUTHORISED, "2027-07-06"),
    (Scheme.B2B, Finality.REFUND, "2026-05-05"),
    (Scheme.B2B, Finality.UNAUTHORISED, "2027-07-06"),
])  # fmt: skip
def test_what_was_collected_is_final_some_day(
    scheme: Scheme, finality: Finality, final_on: str
) -> None:
    found = debits.final_on(date(2026, 4, 30), scheme=scheme, finality=finality)
    assert found.isoformat() == final_on


@pytest.mark.parametrize(("code", "then"), [
    ("AM04", Then.AGAIN), ("md01", Then.ENDS), ("AC04 Account closed", Then.ENDS),
    ("MS03", Then.LOOK), ("ZZ99", Then.LOOK), ("", Then.LOOK),
])  # fmt: skip
def test_a_reason_says_what_comes_next(code: str, then: Then) -> None:
    assert debits.reason(code).then is then
