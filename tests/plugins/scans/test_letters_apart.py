"""Letters that a printer sets one by one: the library parts them, and no blank does."""

import pytest

from usance.plugins.scans._text_child import BREAK, Character, _forwards, _words

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


def test_what_stands_on_its_head_is_put_round_and_the_rest_kept() -> None:
    backwards = letters("Print Ltd", between=BREAK)[::-1]
    lower = letters("A Company", between="", fall=0.01)
    blanks = [(*one[:2], one[2] - 14, one[3], one[4] - 14) for one in lower]
    blanks.insert(1, BLANK)
    found = [word for word, *_ in _words(_forwards([*backwards, *blanks]))]
    assert found == ["Print", "Ltd", "A", "Company"]
