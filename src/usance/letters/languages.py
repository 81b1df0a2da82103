"""Our sentences: one file for each letter and language, `words.<language>` for labels and units.

In a sentence `{name}` is filled in and `*so*` is printed strong. What is filled in stays text, and
nothing else can be said in braces: no attribute, no format, no logic.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from usance.domain.refusal import Refusal

from .facts import LANGUAGES, LETTERS

TEXTS = Path(__file__).parent / "texts"

Run = tuple[str, str]  # ("b", text) is strong, ("", text) is not.
Paragraph = tuple[Run, ...]
Texts = Mapping[str, Any]  # A letter's sentences in one language, as its file has them.

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_LIKE = {"no": "nb", "nn": "nb"}  # Whoever reads the key reads the value.


class UnknownLetter(Refusal):
    code = "letter_unknown"
    todo = f"Ask for one of {', '.join(LETTERS)}."


class UnknownLanguage(Refusal):
    code = "language_unknown"
    todo = f"Ask for one of {', '.join(LANGUAGES)}."


@cache
def texts(letter: str, language: str) -> dict[str, Any]:
    """The file of a letter in a language.

    :raises UnknownLetter, UnknownLanguage: for names that we do not have.
    """
    if letter not in LETTERS:
        raise UnknownLetter(f"There is no letter {letter!r}.")
    return _read(letter, language)


@cache
def words(language: str) -> dict[str, Any]:
    """Labels, units and taxes of a language: tables `words`, `fees`, `taxes`, `units`, …

    :raises UnknownLanguage: for a language that we do not write.
    """
    return _read("words", language)


def unit(code: str, language: str) -> str:
    """A unit of UN/ECE Recommendation 20 as people write it, "h" of HUR; the code where we have
    no word. What is not our language is written in the nearest."""
    word: str = words(nearest(language))["units"].get(code, code)
    return word


def nearest(language: str) -> str:
    """What we write to somebody who reads `language`: the same, a near one, or English."""
    found = _LIKE.get(language, language)
    return found if found in LANGUAGES else "en"


@cache
def words_of(name: str, language: str) -> dict[str, Any] | None:
    """The words of something that is no letter; None: we have none in this language."""
    place = TEXTS / f"{name}.{language}.toml"
    return tomllib.loads(place.read_text(encoding="utf-8")) if place.exists() else None


def paragraph(sentence: str, told: Mapping[str, str]) -> Paragraph:
    """The sentence in runs, with its names filled in after the strong parts were cut out.

    :raises KeyError: for a name that this letter is not told; letters.wording refuses it before.
    """
    return tuple(
        ("b" if nth % 2 else "", PLACEHOLDER.sub(lambda found: told[found[1]], part))
        for nth, part in enumerate(sentence.split("*"))
        if part
    )


def paragraphs(sentences: list[str], told: Mapping[str, str]) -> list[Paragraph]:
    return [paragraph(sentence, told) for sentence in sentences]


def plain(runs: Paragraph) -> str:
    return "".join(text for _, text in runs)


def _read(name: str, language: str) -> dict[str, Any]:
    if language not in LANGUAGES:
        raise UnknownLanguage(f"We write no {language!r}.")
    return tomllib.loads((TEXTS / f"{name}.{language}.toml").read_text(encoding="utf-8"))
