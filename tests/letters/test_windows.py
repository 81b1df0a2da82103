"""The address is seen through the window, all of it, and the carrier's place stays free."""

from dataclasses import replace
from datetime import date

import pytest

from usance.domain.invoice.document import Period, Preceding
from usance.domain.party import Address
from usance.letters import Facts, render
from usance.letters.facts import Recipient
from usance.letters.printing import Printing
from usance.letters.windows import (
    BY_COUNTRY,
    DIN_5008_B,
    SWEDISH_RIGHT,
    WINDOWS,
    UnknownWindow,
    Window,
    Zone,
    window_named,
    window_of,
)

from . import samples
from .reading import Word, boxes


def inside(word: Word, zone: Zone, play: float = 0.3) -> bool:
    return (
        zone.x - play <= word.left
        and word.right <= zone.x + zone.width + play
        and zone.y - play <= word.top
        and word.bottom <= zone.y + zone.height + play
    )


def touches(word: Word, zone: Zone) -> bool:
    beside = word.right <= zone.x or word.left >= zone.x + zone.width
    above = word.bottom <= zone.y or word.top >= zone.y + zone.height
    return not (beside or above)


def found(words: list[Word], text: str) -> Word:
    return next(word for word in words if text in word.text)


@pytest.mark.parametrize(
    ("letter", "language", "facts", "window"),
    [
        ("invoice", "de", samples.german(), DIN_5008_B),
        ("invoice", "sv", samples.swedish(), SWEDISH_RIGHT),
        ("final_demand", "sv", samples.reminder(), SWEDISH_RIGHT),
        ("notice", "sv", samples.notice(), SWEDISH_RIGHT),
    ],
)
def test_the_address_stands_in_the_window(
    letter: str, language: str, facts: Facts, window: Window
) -> None:
    words = boxes(render(letter, language, facts))
    debtor = samples.DE_DEBTOR if window is DIN_5008_B else samples.SE_DEBTOR
    for line in (debtor.name, debtor.attention, debtor.address.street, debtor.address.city):
        seen = [word for word in words if line in word.text and inside(word, window.recipient)]
        assert seen, line
    street = facts.client.address.street if letter != "final_demand" else "Skeppsbron 8"
    assert window.sender is not None
    assert inside(found(words, f"· {street} ·"), window.sender)
    strangers = [word for word in words if touches(word, window.franking)]
    assert not strangers


def test_a_long_address_is_set_smaller_and_stays_in_the_window() -> None:
    long = Recipient(
        name="Gesellschaft für grenzüberschreitende Großhandelsdienstleistungen mbH & Co. KG",
        attention="Kreditorenbuchhaltung, Frau Dr. Maximiliane von und zu Habsburg-Lothringen",
        address=Address(
            street="Straße des Siebzehnten Juni 1135", extra="Gebäude 4, Aufgang C",
            third="Postfach 12 34", postcode="1010", city="Wien", country="AT",
        ),
    )  # fmt: skip
    words = boxes(render("invoice", "de", replace(samples.german(), recipient=long)))
    for line in ("Gesellschaft für", "Habsburg-Lothringen", "Postfach 12 34", "1010 Wien"):
        assert inside(found(words, line), DIN_5008_B.recipient), line
    assert inside(found(words, "AUSTRIA"), DIN_5008_B.recipient)


def test_the_house_that_fills_envelopes_may_lie_elsewhere() -> None:
    words = boxes(render("invoice", "sv", samples.swedish(), printing=Printing(window=DIN_5008_B)))
    assert inside(found(words, "Östra Sjukhusets"), DIN_5008_B.recipient)


def test_a_country_that_we_do_not_know_gets_the_german_window() -> None:
    assert window_of("PT") is DIN_5008_B
    assert window_of("se") is SWEDISH_RIGHT


def test_eleven_numbers_beside_the_window_end_above_the_title() -> None:
    letter = samples.swedish()
    full = replace(
        letter.invoice,
        contract="R-2025-18",
        preceding=(Preceding(number="2026-04001"),),
        period=Period(start=date(2026, 10, 1), end=date(2026, 10, 31)),
    )
    words = boxes(render("invoice", "sv", replace(letter, invoice=full)))
    last = found(words, "Ert momsreg.nr")
    assert last.bottom < found(words, "Faktura 2026-04810").top


@pytest.mark.parametrize("name", WINDOWS)
def test_the_parts_of_a_window_do_not_lie_on_each_other(name: str) -> None:
    window = WINDOWS[name]
    parts = [window.recipient, window.franking, window.info]
    parts += [window.sender] if window.sender else []
    for nth, one in enumerate(parts):
        assert one.x >= 18, "a Norwegian house prints its bar code left of that"
        assert one.right <= 210
        assert one.bottom < window.subject_y
        for other in parts[nth + 1 :]:
            beside = one.right <= other.x or other.right <= one.x
            assert beside or one.bottom <= other.y or other.bottom <= one.y, (one, other)
    assert window.source


def test_every_country_has_a_window_that_exists() -> None:
    assert set(BY_COUNTRY.values()) <= set(WINDOWS)
    assert window_named("epost") is WINDOWS["epost"]
    with pytest.raises(UnknownWindow, match="'h2'"):
        window_named("h2")
