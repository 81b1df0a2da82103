"""Amounts, dates and identifiers as people print them."""

from datetime import date
from decimal import Decimal

import pytest

from usance.domain.capture import identifiers
from usance.domain.capture.amounts import amount_of
from usance.domain.capture.dates import date_of, month_comes_first


@pytest.mark.parametrize(
    ("printed", "worth"),
    [
        ("1 234,50", "1234.50"),  # Swedish, Norwegian, Finnish, French.
        ("1\u00a0234\u00a0567,89", "1234567.89"),
        ("1.234,50", "1234.50"),  # German, Danish, Dutch.
        ("12.345.678,00", "12345678.00"),
        ("1,234.50", "1234.50"),  # English.
        ("1,234,567.8", "1234567.8"),
        ("1'234.50", "1234.50"),  # Swiss.
        ("1’234.50", "1234.50"),
        ("1234,50", "1234.50"),
        ("1234:50", "1234.50"),  # Swedish, of old.
        ("1.234", "1234"),
        ("1,234", "1234"),
        ("0,125", "0.125"),
        ("0,0205", "0.0205"),
        ("9", "9"),
        ("-50,00", "-50.00"),
        ("− 50,00", "-50.00"),
        ("50,00-", "-50.00"),
        ("(50.00)", "-50.00"),
        ("€ 50.00", "50.00"),
        ("50,00 €", "50.00"),
        ("SEK 1 000,00", "1000.00"),
        ("1 000 kr", "1000"),
        ("1.200,-", "1200"),
        ("EUR -12,10", "-12.10"),
    ],
)
def test_an_amount_is_worth_what_it_says(printed: str, worth: str) -> None:
    found = amount_of(printed)
    assert found is not None
    assert found.value == Decimal(worth)


@pytest.mark.parametrize(
    "printed",
    [
        "1.23.456,00",
        "12,34,5",
        "19 %",
        "19%",
        "2026-03-05",
        "05.03.2026",
        "A-17",
        "1/2",
        "",
        "12:30:15",
    ],
)
def test_what_is_no_amount_is_none(printed: str) -> None:
    assert amount_of(printed) is None


@pytest.mark.parametrize(
    ("printed", "currency"),
    [("5,00 €", "EUR"), ("5.00 GBP", "GBP"), ("£5.00", "GBP"), ("5,00 kr", ""), ("5,00", "")],
)
def test_a_currency_beside_the_amount_is_kept_if_it_is_sure(printed: str, currency: str) -> None:
    found = amount_of(printed)
    assert found is not None
    assert found.currency == currency


@pytest.mark.parametrize(
    "printed",
    [
        "2026-03-05", "2026/03/05", "2026.3.5", "05.03.2026", "5.3.2026", "05.03.26", "5. 3. 2026",
        "05-03-2026", "05/03/2026", "5 March 2026", "March 5, 2026", "5th of March 2026", "5 Mar 2026",
        "5 mars 2026", "5. mars 2026", "5. marts 2026", "5. März 2026", "5. Mrz 2026", "5 maart 2026",
        "5. maaliskuuta 2026", "5-Mar-26", "20260305",
    ],
)  # fmt: skip
def test_a_date_is_read_in_every_spelling(printed: str) -> None:
    found = date_of(printed)
    assert found is not None
    assert found.day == date(2026, 3, 5)


@pytest.mark.parametrize(
    ("printed", "month"),
    [
        ("1 januari 2026", 1), ("1. helmikuuta 2026", 2), ("1. februar 2026", 2), ("1 avril 2026", 4),
        ("1. Mai 2026", 5), ("1 maj 2026", 5), ("1 mei 2026", 5), ("1 juin 2026", 6), ("1 juillet 2026", 7),
        ("1 augusti 2026", 8), ("1 août 2026", 8), ("1 septembre 2026", 9), ("1. lokakuuta 2026", 10),
        ("1. oktober 2026", 10), ("1. Dezember 2026", 12), ("1 décembre 2026", 12), ("1 déc. 2026", 12),
    ],
)  # fmt: skip
def test_months_have_names_in_eight_languages(printed: str, month: int) -> None:
    found = date_of(printed)
    assert found is not None
    assert found.day == date(2026, month, 1)


@pytest.mark.parametrize(
    "printed", ["31.02.2026", "2026-13-01", "12.2026", "99.99.9999", "1.2.3.4"]
)
def test_what_is_no_date_is_none(printed: str) -> None:
    assert date_of(printed) is None


def test_a_document_that_writes_the_month_first_is_read_so() -> None:
    assert month_comes_first("Date 11/03/2026, paid 11/17/2026")
    assert not month_comes_first("Date 11/03/2026, paid 17/11/2026")
    american = date_of("11/03/2026", month_first=True)
    assert american is not None
    assert american.day == date(2026, 11, 3)
    assert american.other == date(2026, 3, 11)


@pytest.mark.parametrize(
    ("printed", "plain", "checks"),
    [
        ("DE 136 695 976", "DE136695976", True), ("DE123456789", "DE123456789", False),
        ("SE556703748501", "SE556703748501", True), ("FI01120389", "FI01120389", True),
        ("DK13585628", "DK13585628", True), ("FR40303265045", "FR40303265045", True),
        ("NL004495445B01", "NL004495445B01", None), ("ATU13585627", "ATU13585627", None),
    ],
)  # fmt: skip
def test_a_vat_id_has_its_countrys_shape_and_digits(
    printed: str, plain: str, checks: bool | None
) -> None:
    assert identifiers.vat_id(printed) == (plain, checks)


@pytest.mark.parametrize("printed", ["DE12345", "XX123456789", "SE5567037485", "1234567890"])
def test_another_shape_is_no_vat_id(printed: str) -> None:
    assert identifiers.vat_id(printed) is None


@pytest.mark.parametrize(
    ("number", "country"),
    [("556703-7485", "SE"), ("556703-7486", ""), ("923 609 016", "NO"), ("0112038-9", "FI"),
     ("13585628", "DK"), ("732 829 320", "FR"), ("73282932000074", "FR"), ("12345678", "")],
)  # fmt: skip
def test_a_company_number_is_known_by_its_check_digit(number: str, country: str) -> None:
    assert identifiers.company_number(number) == country


def test_an_iban_has_its_countrys_length_and_digits() -> None:
    assert identifiers.is_iban("SE4550000000058398257466")
    assert not identifiers.is_iban("SE4550000000058398257467")
    assert not identifiers.is_iban("SE45500000000583982574")
