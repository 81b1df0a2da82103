"""Whose account it is: numbers, evidence of a call, and the wait."""

from datetime import UTC, datetime, timedelta

import pytest

from usance.domain import payee
from usance.domain.payee import CallBack, Scheme

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
CALL = CallBack(person="Anna", number="+46 8 123 45 67", remark="Read it out.")


@pytest.mark.parametrize(("text", "scheme", "currency", "number"), [
    ("de89 3704 0044 0532 0130 00", Scheme.IBAN, "EUR", "DE89370400440532013000"),
    ("5050-7052", Scheme.BANKGIRO, "SEK", "50507052"),
    ("991-2346", Scheme.BANKGIRO, "SEK", "9912346"),
    ("416 5-7", Scheme.PLUSGIRO, "SEK", "41657"),
])  # fmt: skip
def test_a_number_is_stored_bare(text: str, scheme: Scheme, currency: str, number: str) -> None:
    assert payee.numbered(text, scheme, currency=currency) == number


@pytest.mark.parametrize(("text", "scheme", "currency"), [
    ("DE89370400440532013001", Scheme.IBAN, "EUR"),
    ("", Scheme.IBAN, "EUR"),
    ("5050-7053", Scheme.BANKGIRO, "SEK"),
    ("5050-7052", Scheme.BANKGIRO, "EUR"),  # A giro carries kronor alone.
    ("505070521", Scheme.BANKGIRO, "SEK"),
    ("4", Scheme.PLUSGIRO, "SEK"),
    ("٤١٦٥٧", Scheme.PLUSGIRO, "SEK"),
])  # fmt: skip
def test_a_number_that_is_none_is_refused(text: str, scheme: Scheme, currency: str) -> None:
    with pytest.raises(payee.AccountWrong):
        payee.numbered(text, scheme, currency=currency)


@pytest.mark.parametrize("part", ["person", "number", "remark"])
def test_a_call_without_a_part_is_no_evidence(part: str) -> None:
    said = {"person": "Anna", "number": "+46 8 123 45 67", "remark": "Read it out."} | {part: " "}

    with pytest.raises(payee.CallBackMissing):
        payee.check_call(CallBack(**said), fresh=[])


@pytest.mark.parametrize("fresh", ["08-123 45 67", "0046812 345 67", "+46 8 123 45 67"])
def test_a_number_that_came_lately_is_no_evidence(fresh: str) -> None:
    with pytest.raises(payee.NumberTooFresh):
        payee.check_call(CALL, fresh=["+46 8 765 43 21", fresh])


@pytest.mark.parametrize("fresh", ["+46 8 765 43 21", "67", ""])
def test_a_number_that_was_known_before_is_evidence(fresh: str) -> None:
    payee.check_call(CALL, fresh=[fresh])


@pytest.mark.parametrize(("verified_at", "usable_at", "code"), [
    (None, AT, "unverified"),
    (AT, AT + timedelta(seconds=1), "quarantined"),
    (AT, AT, None),
    (AT, None, None),  # From before accounts had to wait.
])  # fmt: skip
def test_an_account_waits(
    verified_at: datetime | None, usable_at: datetime | None, code: str | None
) -> None:
    found = payee.waits(verified_at=verified_at, usable_at=usable_at, at=AT)

    assert (found.code if found else None) == code


def test_every_contact_is_told_once() -> None:
    told = payee.told(["new@acme.example", " Old@acme.example", "", "old@ACME.example "])

    assert told == ("new@acme.example", "old@ACME.example")
