"""Names of companies as they are compared: without legal form, in two spellings, by keys."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# Legal forms by the words they are written with, to the short one that is compared. Sources: the
# lists of legal forms that the national registers publish; ISO 20275.
FORMS: dict[str, str] = {
    "gmbh": "gmbh", "mbh": "gmbh", "gesellschaft mit beschrankter haftung": "gmbh",
    "gesmbh": "gmbh", "ges mbh": "gmbh", "gesellschaft mbh": "gmbh",
    "ag": "ag", "aktiengesellschaft": "ag", "kg": "kg", "kommanditgesellschaft": "kg",
    "ohg": "ohg", "gbr": "gbr", "ug": "ug", "ug haftungsbeschrankt": "ug",
    "unternehmergesellschaft haftungsbeschrankt": "ug", "eg": "eg", "ev": "ev", "ek": "ek",
    "ekfm": "ek", "ekfr": "ek", "partgmbb": "partgmbb", "partg mbb": "partgmbb", "kgaa": "kgaa",
    "se": "se", "gmbh co kg": "gmbh co kg", "gmbh cokg": "gmbh co kg", "gmbh co": "gmbh co kg",
    "gmbh co kgaa": "gmbh co kgaa", "ag co kg": "ag co kg", "ug co kg": "ug co kg",
    "se co kg": "se co kg", "mbh co kg": "gmbh co kg", "gesellschaft mbh co kg": "gmbh co kg",
    "ges mbh co kg": "gmbh co kg", "gmbh co ohg": "gmbh co ohg", "se co kgaa": "se co kgaa",
    "ab": "ab", "aktiebolag": "ab", "aktiebolaget": "ab", "ab publ": "ab", "aktiebolag publ": "ab",
    "ek for": "ek for", "ekonomisk forening": "ek for", "hb": "hb", "handelsbolag": "hb",
    "kb": "kb", "kommanditbolag": "kb",
    "as": "as", "aksjeselskap": "as", "aktieselskab": "as", "asa": "asa", "ans": "ans",
    "aps": "aps", "anpartsselskab": "aps", "ivs": "ivs",
    "oy": "oy", "oy ab": "oy", "ab oy": "oy", "osakeyhtio": "oy", "oyj": "oyj",
    "julkinen osakeyhtio": "oyj", "abp": "oyj",
    "oyj abp": "oyj", "abp oyj": "oyj", "ky": "ky", "kommandiittiyhtio": "ky", "tmi": "tmi",
    "ltd": "ltd", "limited": "ltd", "co ltd": "ltd", "plc": "plc", "llp": "llp", "llc": "llc",
    "inc": "inc", "incorporated": "inc", "corp": "corp", "corporation": "corp",
    "sa": "sa", "societe anonyme": "sa", "sarl": "sarl", "sa rl": "sarl", "sas": "sas",
    "sasu": "sasu", "eurl": "eurl", "snc": "snc", "bv": "bv",
    "besloten vennootschap": "bv", "nv": "nv", "naamloze vennootschap": "nv", "bvba": "bv",
    "srl": "srl", "vof": "vof",
    "spa": "spa", "societa per azioni": "spa", "societa a responsabilita limitata": "srl",
    "sl": "sl", "slu": "sl", "lda": "lda", "sp zoo": "sp zoo", "sp z oo": "sp zoo",
    "spolka z ograniczona odpowiedzialnoscia": "sp zoo", "sro": "sro", "spol s ro": "sro",
    "spol sro": "sro",
    "kft": "kft", "zrt": "zrt", "nyrt": "nyrt", "ood": "ood",
    "eood": "eood", "ad": "ad", "doo": "doo", "uab": "uab", "sia": "sia", "ou": "ou",
    "osauhing": "ou", "ae": "ae", "epe": "epe",
}  # fmt: skip
LONGEST_FORM = max(form.count(" ") + 1 for form in FORMS)
MIDST = frozenset({"ab", "oy", "gmbh", "ag", "as"})  # Also between words: Bostads AB Linden.
FIRST = MIDST | {"uab", "sia", "ou"}
FINNISH = frozenset({"ab", "oy"})  # Oy Linden Ab: the form in both languages, around the name.
# Words that people add and drop; the bracket behind the AB of a listed company, too.
LINKS = frozenset({"and", "und", "och", "og", "ja", "et", "u", "o", "publ"})
SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "æ": "ae"})
PLAIN = str.maketrans({"ø": "o", "æ": "a", "œ": "o", "ß": "ss", "ł": "l", "đ": "d", "ð": "d",
                       "þ": "th", "ı": "i"})  # fmt: skip
# Greek by ELOT 743, Cyrillic as Bulgarian passports have it (the two other alphabets of the EU).
_GREEK_LATIN = "a v g d e z i th i k l m n x o p r s s t y f ch ps o"
_CYRILLIC_LATIN = "a b v g d e zh z i y k l m n o p r s t u f h ts ch sh sht a y yu ya y e"
_GREEK = dict(zip("αβγδεζηθικλμνξοπρσςτυφχψω", _GREEK_LATIN.split(" "), strict=True))
_CYRILLIC = dict(zip("абвгдежзийклмнопрстуфхцчшщъьюяыэ", _CYRILLIC_LATIN.split(" "), strict=True))
OTHER_ALPHABETS = str.maketrans(_GREEK | _CYRILLIC)
_SOUNDS = str.maketrans({"c": "k", "q": "k", "z": "s", "v": "f", "w": "f", "d": "t", "b": "p",
                         "g": "k"})  # fmt: skip
_DOTTED = re.compile(r"(?<=\b\w)[./](?=\w\b)|(?<=\b\w)\.(?=\w)")
_WORDS = re.compile(r"[^\W_]+")
LONGEST_KEY = 60


@dataclass(frozen=True, slots=True)
class Name:
    """A name taken apart. Two are the same if they share a key and have the same form."""

    keys: frozenset[str]  # Without the form: "muller" and "mueller" for Müller.
    form: str  # As in FORMS; empty: none was written.
    words: tuple[str, ...]

    @property
    def key(self) -> str:
        """The plain spelling."""
        return "".join(self.words)


@lru_cache(maxsize=32_768)
def taken_apart(written: str) -> Name:
    """
    >>> taken_apart("MÜLLER & Söhne G.m.b.H.") == taken_apart("Müller und Söhne GmbH")
    True
    >>> taken_apart("Bostads AB Linden").form
    'ab'
    """
    form, words = _parted(_folded(written, spell=False))
    _, spelled = _parted(_folded(written, spell=True))
    keys = frozenset({"".join(words), "".join(spelled)} - {""})
    return Name(keys, form, tuple(words))


def found_by(written: str, *, country: str, postcode: str) -> tuple[str, ...]:
    """Keys under which a company is looked for, however its name is misspelt: the whole name, its
    beginning, the sound of its two longest words, its postcode with the initial."""
    name = taken_apart(written)
    keys = {f"n:{key[:LONGEST_KEY]}" for key in name.keys}
    keys |= {f"b:{key[:6]}" for key in name.keys if len(key) >= 6}
    longest = sorted(name.words, key=lambda word: (-len(word), word))[:2]
    keys |= {f"s:{sound(word)[:LONGEST_KEY]}" for word in longest if len(word) >= 4}
    if postcode and name.words:
        keys.add(f"p:{country}{postcode_key(postcode)[:16]}{name.words[0][0]}")
    return tuple(sorted(keys))


def sound(word: str) -> str:
    """What is left when vowels, doubled letters and near consonants no longer count.

    >>> sound("lindqvist") == sound("lindkwist")
    True
    """
    heard = word.replace("ph", "f").replace("th", "t").replace("ck", "k").replace("x", "ks")
    heard = heard.translate(_SOUNDS)
    kept = [heard[:1]]
    for letter in heard[1:]:
        if letter not in "aeiouyjh" and letter != kept[-1]:
            kept.append(letter)
    return "".join(kept)


@lru_cache(maxsize=8_192)
def postcode_key(postcode: str) -> str:
    """Digits and letters; a country's sign before them does not count: "SE-414 58" is 41458."""
    compact = "".join(ch for ch in postcode.upper() if ch.isalnum())
    return re.sub(r"^[A-Z]{1,2}(?=\d{4,6}$)", "", compact)


@lru_cache(maxsize=32_768)
def street_key(street: str) -> str:
    """A street and its number: case, accents, blanks and the word for street do not count."""
    return re.sub(r"(strasse|str|gatan|gata|g|vagen|vag|v)(?=\d|$)", "", city_key(street))


@lru_cache(maxsize=8_192)
def city_key(city: str) -> str:
    """Beside a name it is enough that ö, oe and o are one letter."""
    return re.sub("(?<=[aou])e", "", "".join(_folded(city, spell=False)))


def _folded(written: str, *, spell: bool) -> list[str]:
    text = unicodedata.normalize("NFC", written).casefold().replace("&", " and ")
    text = _DOTTED.sub("", text)
    text = text.translate(SPELLED if spell else {}).translate(PLAIN)
    text = unicodedata.normalize("NFKD", text)
    text = "".join(ch for ch in text if not unicodedata.combining(ch))
    return _WORDS.findall(text.translate(OTHER_ALPHABETS))


def _parted(words: list[str]) -> tuple[str, list[str]]:
    """The legal form, and the words without it; a name that is nothing else keeps its words."""
    words = _joined(words)
    words = [word for word in words if word not in LINKS] or words
    if len(words) > 2 and {words[0], words[-1]} == FINNISH:
        return "oy", words[1:-1]
    for length in range(min(LONGEST_FORM, len(words) - 1), 0, -1):
        for start in (len(words) - length, 0):
            form = FORMS.get(" ".join(words[start : start + length]))
            if form and (start or form in FIRST):
                return form, words[:start] + words[start + length :]
    for place in range(1, len(words) - 1):
        if (form := FORMS.get(words[place], "")) in MIDST:
            return form, words[:place] + words[place + 1 :]
    return "", words


def _joined(words: list[str]) -> list[str]:
    """With a form at the end in one word that was written letter by letter: "s. r. o."."""
    alone = len(words)
    while alone > 1 and len(words[alone - 1]) == 1:
        alone -= 1
    for start in range(alone, len(words) - 1):
        form = "".join(words[start:])
        if form in FORMS or form == "zoo":  # Sp. z o. o.
            return [*words[:start], form]
    return words
