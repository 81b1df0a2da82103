"""Dates as people print them: 2026-03-05, 05.03.26, 5. März 2026, den 5 mars 2026, March 5, 2026."""

import re
from dataclasses import dataclass
from datetime import date

_MONTHS = (
    "january jan januari januar janvier januar jänner tammikuu tammikuuta janv januar januaris",
    "february feb februari februar février helmikuu helmikuuta févr fév febr fevrier",
    "march mar mars märz maart maaliskuu maaliskuuta marts mrt mär maerz mrz",
    "april apr avril huhtikuu huhtikuuta avr",
    "may maj mai mei toukokuu toukokuuta",
    "june jun juni juin kesäkuu kesäkuuta",
    "july jul juli juillet heinäkuu heinäkuuta juil",
    "august aug augusti août augustus elokuu elokuuta aout",
    "september sep sept septembre syyskuu syyskuuta",
    "october oct oktober okt octobre lokakuu lokakuuta",
    "november nov novembre marraskuu marraskuuta",
    "december dec dezember dez desember des décembre joulukuu joulukuuta déc decembre",
)
MONTHS = {name: at for at, names in enumerate(_MONTHS, 1) for name in names.split()}
_NAME = "|".join(sorted(MONTHS, key=len, reverse=True))
DATE = re.compile(
    r"(?<![\w.,/\-])(?:"
    r"(?P<y1>(?:19|20)\d\d)(?P<s1>[-./])(?P<m1>\d{1,2})(?P=s1)(?P<d1>\d{1,2})"
    r"|(?P<a>\d{1,2})(?P<s2>[-./]) ?(?P<b>\d{1,2})(?P=s2) ?(?P<y2>(?:19|20)?\d\d)"
    r"|(?P<d3>\d{1,2})(?:\.|er|st|nd|rd|th|:e)?[ \-./]?(?:of |de )?"
    rf"(?P<n3>{_NAME})\.?,?[ \-./]?(?P<y3>(?:19|20)\d\d|(?<=[-./])\d\d)"
    rf"|(?P<n4>{_NAME})\.? (?P<d4>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y4>(?:19|20)\d\d)"
    r"|(?P<y5>20\d\d)(?P<m5>0[1-9]|1[0-2])(?P<d5>0[1-9]|[12]\d|3[01])"
    r")(?![\w/]|[.\-,]\d)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Printed:
    """A date and, where day and month could be exchanged, the other reading."""

    day: date
    other: date | None = None
    is_compact: bool = False  # "20260305": may be a number.


def date_of(text: str, *, month_first: bool = False) -> Printed | None:
    """The date that is the whole text, or None."""
    found = DATE.fullmatch(text.strip())
    return matched(found, month_first=month_first) if found else None


def matched(found: re.Match[str], *, month_first: bool = False) -> Printed | None:
    """The date of a match of DATE; None for a 31st of February."""
    if found["y1"]:
        return _printed(found["y1"], found["m1"], found["d1"])
    if found["y2"]:
        one = _printed(found["y2"], found["b"], found["a"])
        two = _printed(found["y2"], found["a"], found["b"]) if found["s2"] == "/" else None
        if month_first and two:
            one, two = two, one
        if one and two and one.day != two.day:
            return Printed(one.day, two.day)
        return one or two
    if found["y3"]:
        return _printed(found["y3"], str(MONTHS[found["n3"].casefold()]), found["d3"])
    if found["y4"]:
        return _printed(found["y4"], str(MONTHS[found["n4"].casefold()]), found["d4"])
    said = _printed(found["y5"], found["m5"], found["d5"])
    return Printed(said.day, is_compact=True) if said else None


def month_comes_first(text: str) -> bool:
    """Does a text write 11/17/2026 somewhere, and nowhere 17/11/2026?"""
    pairs = re.findall(r"(?<![\d/])(\d{1,2})/(\d{1,2})/(?:20)?\d\d(?![\d/])", text)
    firsts, seconds = [int(a) for a, _ in pairs], [int(b) for _, b in pairs]
    return any(b > 12 for b in seconds) and not any(a > 12 for a in firsts)


def _printed(year: str, month: str, day: str) -> Printed | None:
    full = int(year) + (2000 if len(year) == 2 else 0)
    try:
        return Printed(date(full, int(month), int(day)))
    except ValueError:
        return None
