"""How many places and parts a text message takes."""

import pytest

from usance.domain.texting import length, plain


@pytest.mark.parametrize(
    ("text", "places", "parts", "is_unicode"),
    [
        ("", 0, 1, False),
        ("a" * 160, 160, 1, False),
        ("a" * 161, 161, 2, False),
        ("a" * 306, 306, 2, False),
        ("a" * 307, 307, 3, False),
        ("åäöÅÄÖæøÆØßéèùìòñü" * 8, 144, 1, False),
        ("€" * 80, 160, 1, False),  # Two places each.
        ("€" * 81, 162, 2, False),
        ("a" * 152 + "€" + "a" * 7, 161, 2, False),  # Not torn apart: the first part ends early.
        ("a" * 152 + "€" + "a" * 152, 306, 3, False),
        ("ç" + "a" * 69, 70, 1, True),
        ("ç" + "a" * 70, 71, 2, True),
        ("ж" * 134, 134, 2, True),
        ("ж" * 135, 135, 3, True),
        ("😀" * 35, 70, 1, True),  # A pair in UTF-16.
        ("😀" * 36, 72, 2, True),
        ("a" * 66 + "😀" + "a" * 66, 134, 3, True),
    ],
)
def test_a_text_is_paid_for_by_the_part(
    text: str, places: int, parts: int, is_unicode: bool
) -> None:
    assert length(text) == (places, parts, is_unicode)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Łódź sp. z o.o.", "Lodz sp. z o.o."),
        ("1\u00a0234,50\u202fkr", "1 234,50 kr"),
        ("français, très «bien»", "francais, très «bien»"),
        ("Åkeri Öst – Ängö", "Åkeri Öst - Ängö"),
        ("Œuvre d’été", "OEuvre d'été"),
        ("Café ☕", "Café ☕"),  # Nothing is alike: it stays.
        ("Ελλάδα", "Ελλάδα"),
    ],
)
def test_letters_that_telephones_lack_become_the_ones_alike(text: str, said: str) -> None:
    assert plain(text) == said
