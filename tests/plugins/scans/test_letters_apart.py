"""Letters that a printer sets one by one: the library takes each for a line of its own."""

import pytest

from usance.plugins.scans._text_child import BREAK, Character, _words

WIDE, TALL = 6.0, 11.0
BLANK = (" ", 0.0, 0.0, 0.0, 0.0)


def letters(text: str, *, between: str, gap: float = 0.0, fall: float = 0.0) -> list[Character]:
    """Each letter of the text with `between` behind it; `gap` points to the next, `fall` lower."""
    found: list[Character] = []
    for at, letter in enumerate(text):
        left, bottom = 45 + at * (WIDE + gap), 700 - at * fall
        if letter != " ":
            found.append((letter, left, bottom + TALL, left + WIDE, bottom))
            found += [(between, 0.0, 0.0, 0.0, 0.0)] * bool(between)
    return found


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (letters("Print Ltd", between=BREAK), ["Print", "Ltd"]),
        (letters("Ltd", between=BREAK, gap=2.7), ["L", "t", "d"]),  # Not as far as words are else.
        (letters("Ltd", between=BREAK, fall=14), ["L", "t", "d"]),
        (letters("Ltd", between="", gap=2.7), ["Ltd"]),
        ([*letters("P", between=""), BLANK, *letters("  L", between="")], ["P", "L"]),
    ],
)
def test_letters_are_a_word_where_they_touch(found: list[Character], words: list[str]) -> None:
    assert [word for word, *_ in _words(found)] == words
