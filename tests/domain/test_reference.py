"""Payment references: published vectors, and that one altered digit is always refused."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usance.domain import reference


def test_published_vectors() -> None:
    assert reference.luhn("10045") == "3"
    assert reference.ocr("10045") == "1004571"
    assert reference.luhn("60224") == "3"
    assert reference.is_rf("RF18539007547034")
    assert reference.is_rf("RF18 5390 0754 7034")
    assert reference.rf("539007547034") == "RF18539007547034"
    assert reference.is_kid("602243")
    assert reference.is_viite("1234561")
    assert reference.is_qrr("210000000003139471430009017")
    assert reference.is_ogm("+++312/4013/98067+++")


@pytest.mark.parametrize(
    "text", ["", "RF", "RF18", "RF18539007547035", "XX18539007547034", "RFAB1"]
)
def test_no_iso_11649(text: str) -> None:
    assert not reference.is_rf(text)


def _altered(digits: str, at: int, by: int) -> str:
    place = at % len(digits)
    return digits[:place] + str((int(digits[place]) + by) % 10) + digits[place + 1 :]


DIGITS = st.text("0123456789", min_size=4, max_size=20)


@given(DIGITS, st.integers(0, 24), st.integers(1, 9))
def test_an_ocr_with_one_altered_digit_is_refused(body: str, at: int, by: int) -> None:
    issued = reference.ocr(body)

    assert reference.is_ocr(issued)
    assert not reference.is_ocr(_altered(issued, at, by))


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=21),
       st.integers(0, 1), st.integers(1, 9))  # fmt: skip
def test_an_rf_with_one_altered_check_digit_is_refused(body: str, at: int, by: int) -> None:
    issued = reference.rf(body)

    assert reference.is_rf(issued)
    altered = "RF" + _altered(issued[2:4], at, by) + issued[4:]
    assert not reference.is_rf(altered) or (int(altered[2:4]) - int(issued[2:4])) % 97 == 0


@given(DIGITS, st.integers(0, 20), st.integers(1, 9))
def test_an_rf_with_one_altered_digit_is_refused(body: str, at: int, by: int) -> None:
    issued = reference.rf(body)

    assert not reference.is_rf(issued[:4] + _altered(issued[4:], at, by))


@pytest.mark.parametrize(("check", "valid"), [
    (reference.is_viite, "1234561"),
    (reference.is_qrr, "210000000003139471430009017"),
])  # fmt: skip
def test_every_single_altered_digit_is_refused(check: Callable[[str], bool], valid: str) -> None:
    assert check(valid)
    for at in range(len(valid)):
        for by in range(1, 10):
            assert not check(_altered(valid, at, by)), (at, by)


def test_issued_references_are_valid_and_differ() -> None:
    assert reference.is_ocr(reference.of(17, currency="SEK"))
    assert reference.is_rf(reference.of(17, currency="EUR"))
    assert len({reference.of(n, currency="SEK") for n in range(1000)}) == 1000


@pytest.mark.parametrize(
    ("asked", "is_one", "length"),
    [
        ({"currency": "SEK"}, reference.is_ocr, 10),
        ({"currency": "SEK", "account": "SE", "debtor": "NO"}, reference.is_ocr, 10),
        ({"currency": "NOK", "account": "NO", "debtor": "NO"}, reference.is_kid, 16),
        ({"currency": "NOK", "account": "DE"}, reference.is_rf, 14),
        ({"currency": "EUR", "account": "FI", "debtor": "FI"}, reference.is_viite, 14),
        ({"currency": "EUR", "account": "FI", "debtor": "DE"}, reference.is_rf, 14),
        ({"currency": "EUR", "account": "DE", "debtor": "FI"}, reference.is_rf, 14),
        ({"currency": "EUR", "account": "BE", "debtor": "BE"}, reference.is_ogm, 12),
        ({"currency": "EUR", "account": "BE", "debtor": "NL"}, reference.is_rf, 14),
        ({"currency": "CHF", "account": "CH", "qr_iban": "CH4431999123000889012"},
         reference.is_qrr, 27),
        ({"currency": "CHF", "account": "CH", "debtor": "CH"}, reference.is_rf, 14),
        ({"currency": "DKK"}, reference.is_rf, 14),
    ],
)  # fmt: skip
def test_the_standard_follows_the_account_and_the_debtor(
    asked: dict[str, str], is_one: Callable[[str], bool], length: int
) -> None:
    for number in (10_000_017, reference.BIGGEST):
        issued = reference.of(number, **asked)  # type: ignore[arg-type]  # The table's words.
        assert is_one(issued)
        assert len(issued) in (length, length + 1 if "SEK" in asked.values() else length)
        assert issued.isalnum()
        assert issued[0] != "0"


@given(st.lists(st.integers(10_000_000, reference.BIGGEST), min_size=2, unique=True, max_size=40))
def test_no_two_numbers_ever_have_one_reference(numbers: list[int]) -> None:
    ways = (
        {"currency": "SEK"}, {"currency": "NOK", "account": "NO"},
        {"currency": "EUR", "account": "FI"}, {"currency": "EUR", "account": "BE"},
        {"currency": "CHF", "qr_iban": "CH4431999123000889012"}, {"currency": "EUR"},
    )  # fmt: skip
    issued = {reference.of(n, **way) for n in numbers for way in ways}  # type: ignore[arg-type]  # As above.
    assert len(issued) == len(numbers) * len(ways)


@pytest.mark.parametrize(
    ("issued", "shown"),
    [
        ("RF18539007547034", "RF18 5390 0754 7034"),
        ("210000000003139471430009017", "21 00000 00003 13947 14300 09017"),
        ("312401398067", "+++312/4013/98067+++"),
        ("1000001000456", "1000001000456"),
        ("1000001000", "1000001000"),
    ],
)
def test_references_are_printed_as_their_country_reads_them(issued: str, shown: str) -> None:
    assert reference.printed(issued) == shown


def test_the_issued_numbers_check() -> None:
    assert reference.kid("60224") == "602243"
    assert reference.viite("123456") == "1234561"
    assert reference.qrr("21000000000313947143000901") == "210000000003139471430009017"
    assert reference.ogm("3124013980") == "312401398067"
    assert reference.is_ogm(reference.ogm("0000000097"))
