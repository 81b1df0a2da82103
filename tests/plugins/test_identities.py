"""Personal and organisation numbers of Sweden and Norway, as mailboxes want them."""

import pytest

from usance.plugins._identities import NoIdentity, norwegian, swedish


@pytest.mark.parametrize(
    ("written", "kind", "number"),
    [
        ("191212121212", "ssn", "191212121212"),
        ("19121212-1212", "ssn", "191212121212"),
        ("19701063 2391", "ssn", "197010632391"),  # A coordination number: born on the third.
        ("5560001116", "vat_number", "SE556000111601"),
        ("556000-1116", "vat_number", "SE556000111601"),
        ("SE556000111601", "vat_number", "SE556000111601"),
        ("se 556840-2266 01", "vat_number", "SE556840226601"),
    ],
)
def test_a_swede_is_known_by_a_number(written: str, kind: str, number: str) -> None:
    assert swedish(written) == (kind, number)


@pytest.mark.parametrize(
    "written",
    [
        "", "Kund AB", "1212121212", "121212+1212", "191212121213", "191312121212", "191212401217",
        "5560001111", "SE556000111101", "SE556000111602", "55600011160", "5560001116" * 50,
        "５５６０００１１１６",
    ],
)  # fmt: skip
def test_what_is_no_number_of_a_swede_is_refused(written: str) -> None:
    with pytest.raises(NoIdentity):
        swedish(written)


@pytest.mark.parametrize(
    ("written", "kind", "number"),
    [
        ("01019000083", "personal-identification-number", "01019000083"),
        ("010190 00083", "personal-identification-number", "01019000083"),
        ("910 000 004", "organisation-number", "910000004"),
        ("NO910000004MVA", "organisation-number", "910000004"),
        ("Ola.Nordmann#1234", "digipost-address", "ola.nordmann#1234"),
    ],
)
def test_a_norwegian_is_known_by_a_number_or_an_address(
    written: str, kind: str, number: str
) -> None:
    assert norwegian(written) == (kind, number)


@pytest.mark.parametrize(
    "written",
    ["", "Kunde AS", "01019000084", "32019000083", "910000005", "91000000", "ola.nordmann", "#1234",
     "ola<b>#1234"],
)  # fmt: skip
def test_what_is_no_number_of_a_norwegian_is_refused(written: str) -> None:
    with pytest.raises(NoIdentity):
        norwegian(written)
