"""What is said to fit surely does, in the letters that the setter makes of it."""

from dataclasses import replace

import pytest

from usance.domain.party import Address
from usance.letters import fitting, invoice, render, window_lines
from usance.letters.languages import texts
from usance.letters.press import typeset
from usance.letters.printing import printing_of
from usance.letters.sheet import FOOTER_EM, placed
from usance.letters.windows import WINDOWS, window_of

from . import samples
from .reading import boxes

NAMES = (
    "Kund AB",
    "Müller & Söhne Großhandels GmbH & Co. KG",
    "WWWWWWWWWWWWWWWWWWWWWWW AB",
    "Åkeriaktiebolaget Östgöta Väderkvarnar och Vattenhjul",
    "Zażółć gęślą jaźń sp. z o.o.",
    "株式会社 AB",
)


@pytest.mark.parametrize(("text", "wide"), [("", 0.0), ("株", None)])
def test_nothing_is_said_of_letters_beyond_the_western_ones(text: str, wide: float | None) -> None:
    assert fitting.width(text) == wide


@pytest.mark.parametrize(
    ("address", "lines"),
    [
        ("faktura@nordhav.example", ["faktura@nordhav.example"]),
        (
            "leverantorsreskontra@nordhav-mobler.example",
            ["leverantorsreskontra", "@nordhav-mobler.example"],
        ),
        (
            "kreditoren@nahrungsmittel-grosshandel-suedwest.example",
            ["kreditoren", "@nahrungsmittel-grosshandel", "-suedwest.example"],
        ),
        ("www.nahrungsmittelgrosshandel-suedwest.example", [
            "www.nahrungsmittelgrosshandel", "-suedwest.example",
        ]),
        ("株" * 40 + "@a.example", ["株" * 40 + "@a.example"]),  # The setter breaks it.
    ],
)  # fmt: skip
def test_an_address_breaks_where_its_reader_sees_it(address: str, lines: list[str]) -> None:
    assert fitting.in_lines(address, FOOTER_EM) == lines
    assert "".join(lines) == address
    letter = samples.german(1)
    pdf = render("invoice", "de", replace(letter, client=replace(letter.client, email=address)))
    footer = [word.text for word in boxes(pdf) if word.top > 265]
    assert "株" in address or all(any(line in word for word in footer) for line in lines)


@pytest.mark.parametrize("name", WINDOWS)
def test_an_address_that_surely_fits_stands_in_the_window(name: str) -> None:
    printing = printing_of({"window": name}, country="DE")
    zone, sure = printing.window.recipient, 0
    for called in NAMES:
        home = Address(street="Lange Straße 118", postcode="20097", city="Hamburg", country="DE")
        letter = samples.german(1)
        whom = replace(samples.DE_DEBTOR, name=called, attention="", address=home)
        letter = replace(letter, recipient=whom)
        lines = window_lines("de", letter)
        if not fitting.in_window(zone, lines):
            continue
        sure += 1
        seen = boxes(render("invoice", "de", letter, printing=printing))
        for line in lines:
            (box,) = [one for one in seen if one.text.strip() == line and one.top < 100]
            assert zone.x - 0.4 <= box.left <= box.right <= zone.right + 0.4, (line, box)
            assert zone.y - 0.4 <= box.top <= box.bottom <= zone.bottom + 0.4, (line, box)
    assert sure, f"{name} says of nobody that he fits"


def test_a_row_of_a_known_height_is_as_tall_as_the_setter_makes_it() -> None:
    letter = samples.german(6)
    page = invoice.page("invoice", texts("invoice", "de"), "de", letter)
    page |= {"window": placed(window_of("DE"), folds=True), "data_line": None, "slip": None}
    files = dict.fromkeys(("logo", "beside_logo", "qr", "slip"), "")
    told, found = (
        boxes(typeset("invoice.typ", page | {"heights": heights}, files).pdf)
        for heights in (page["heights"], [None] * 6)
    )
    assert None not in page["heights"]
    assert [one.text for one in told] == [one.text for one in found]
    assert [one.top for one in told] == pytest.approx([one.top for one in found], abs=0.05)


def test_a_long_description_is_left_to_the_setter() -> None:
    lines = [{"name": "Montage", "below": []}, {"name": "Montage vor Ort " * 9, "below": []}]
    short, long = fitting.heights(lines, [15.0] * 5)
    assert short == pytest.approx(6.459)
    assert long is None
    assert fitting.heights(lines, []) == [None, None]
