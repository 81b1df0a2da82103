"""What is a slip of the pen in a number, and what another number of the same series."""

import re
from functools import lru_cache
from operator import ne

from .quoting import SHORTEST_PIECE

MOST_TOO_MANY = 2


def alike(written: str, meant: str) -> bool:
    """Signs lost, too many or exchanged, but none that is wrong: an end of six or more signs that
    is at least half of it, a beginning that lacks three, all of it with up to three signs lost or
    too many and two exchanged, or its own signs in another order, three slips away at most.

    A wrong sign is rather another number of the same series, see `differs`; and so is a number that
    has further digits before or behind it.
    """
    longer = len(written) - len(meant)
    if len(written) < 6 or longer > MOST_TOO_MANY or longer < -len(written) or written == meant:
        return False
    if longer < 0 and (meant.endswith(written) or (longer >= -3 and meant.startswith(written))):
        return True
    if len(meant) < 8 or longer < -3:
        return False
    few, many = (signs(written), signs(meant)) if longer <= 0 else (signs(meant), signs(written))
    if ((many | _GUARDS) - few) & _GUARDS != _GUARDS:  # Much cheaper than the distance.
        return False
    if slips(written, meant) > (abs(longer) + 1 if longer else 3):
        return False
    return longer <= 0 or not _is_within(meant, written)


def _is_within(meant: str, written: str) -> bool:
    """Do the digits of a number stand in another, and further digits with them?"""
    own = max(_RUN.findall(meant), key=len, default="")
    more = sum(map(str.isdigit, written)) > sum(map(str.isdigit, meant))
    return own != "" and own in written and more


_RUN = re.compile(r"\d+")


def differs(written: str, meant: str) -> bool:
    """One sign of eight or more is another."""
    if len(meant) < 8 or len(written) != len(meant):
        return False
    wrong: int = sum(map(ne, written, meant))
    return wrong == 1


def is_one_slip(written: str, meant: str) -> bool:
    """One sign of nine or more is wrong, missing or too many, or two neighbours are exchanged."""
    if len(meant) < 9 or (written[:4] != meant[:4] and written[-4:] != meant[-4:]):
        return False
    return abs(len(written) - len(meant)) <= 1 and slips(written, meant) == 1


def is_longer(written: str, meant: str) -> bool:
    """All digits of a number stand in it, with a few further digits directly beside them."""
    few = len(meant) < len(written) <= len(meant) + LONGER
    return few and len(meant) >= SHORTEST_PIECE and _is_within(meant, written)


LONGER = 6


@lru_cache(maxsize=65536)
def signs(text: str) -> int:
    """How often each sign stands in it: six bits a sign, the highest of them free, so that one
    subtraction says whether a text has all the signs of another. Rare signs share their bits."""
    return sum(1 << 6 * (ord(sign) % 43) for sign in text[:31])


_GUARDS = sum(32 << 6 * place for place in range(43))  # 0-9 and A-Z fall into places of their own.


@lru_cache(maxsize=65536)
def slips(written: str, meant: str) -> int:
    """How many signs are wrong, missing or too many, or two neighbours exchanged (the distance of
    Damerau and Levenshtein between texts that are not changed twice in one place)."""
    start = 0
    while start < min(len(written), len(meant)) and written[start] == meant[start]:
        start += 1
    written, meant = written[start:], meant[start:]
    before: list[int] = []
    row = list(range(len(meant) + 1))
    for at, sign in enumerate(written, start=1):
        older, before, row = before, row, [at]
        for place, own in enumerate(meant, start=1):
            least = min(row[-1] + 1, before[place] + 1, before[place - 1] + (sign != own))
            if at > 1 < place and sign == meant[place - 2] and written[at - 2] == own:
                least = min(least, older[place - 2] + 1)
            row.append(least)
    return row[-1]
