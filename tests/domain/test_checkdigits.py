"""Check digits as the artefacts of Peppol compute them."""

from collections.abc import Callable

import pytest

from usance.domain.verification import checkdigits


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (checkdigits.gln, "7300010000001", "7300010000002"),
        (checkdigits.modulo_11, "987654325", "987654324"),
        (checkdigits.belgian, "0202239951", "0202239952"),
        (checkdigits.swedish, "5567321707", "5567321708"),
        (checkdigits.australian, "51824753556", "51824753557"),
        (checkdigits.italian_vat, "IT12345670017", "IT12345670018"),
        (checkdigits.italian_office, "UFK8Q1", "UFK8Q"),
        (checkdigits.italian_tax_code, "RSSMRA85T10A562S", "RSSMRA85T10A5621"),
        (checkdigits.italian_tax_code, "12345670017", "1234567001"),
        (checkdigits.italian_tax_code, "RSSMRA85T10A562S", "RSSMRA85TX0A562S"),
    ],
)
def test_a_number_checks_and_an_altered_one_does_not(
    check: Callable[[str], bool], good: str, bad: str
) -> None:
    assert check(good)
    assert not check(bad)
