"""How many pages a letter takes, told before it is set.

A setter that is asked on which page it is lays out the whole letter twice, a sixth of its work. So
the pages are guessed and told to it. Whoever prints counts what came out, and lets the setter ask
where the guess was wrong; only a break that would not have come by itself could not be seen, so one
is told only where the parts before it are taller than the paper at the very least.
"""

import re
from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

from . import fitting
from .fitting import PT

BOTTOM = 265.0  # Millimetres from the top: the sheet without its lower margin.
SPARE = 0.5  # By so much an invoice must be too tall for one page.
ROWS = 8  # Of a table of claims, on one page with what stands around it.
UNTOLD = {"pages_told": 0, "payment_apart": False}
_PAGE = re.compile(rb"/Type\s*/Page\b")
# Millimetres, as the templates have them.
_TITLE, _HEAD_BELOW, _ROW_INSET = 17, 5.0, 2.1
_SUMS_ABOVE, _STEP, _LAST = 6.0, 1.9, 3.0
_NOTES_ABOVE, _PAYMENT_ABOVE, _SQUARE = 6.0, 7.0, 27.0


def told(template: str, page: Mapping[str, Any], *, has_square: bool) -> dict[str, Any]:
    """What a template wants to know: pages, 0 if nobody knows, and whether the payment box stands
    on a page of its own."""
    if page.get("slip") is not None or "window" not in page:
        return UNTOLD
    if template == "invoice.typ":
        return _invoice(page, has_square)
    rows = page.get("rows") or [row for part in page.get("parts", ()) for row in part["rows"]]
    return {"pages_told": 1, "payment_apart": False} if len(rows) <= ROWS else UNTOLD


def is_as_told(pdf: bytes, said: Mapping[str, Any]) -> bool:
    """Whether the press made as many pages as it was told."""
    pages: int = said["pages_told"]
    return not pages or len(_PAGE.findall(pdf)) == pages


def _invoice(page: Mapping[str, Any], has_square: bool) -> dict[str, Any]:
    body = page["window"]["subject"] + least_body(page)
    if body > BOTTOM:
        return UNTOLD
    apart = body + _PAYMENT_ABOVE + least_payment(page, has_square) > BOTTOM + SPARE
    return {"pages_told": 2 if apart else 1, "payment_apart": apart}


def least_body(page: Mapping[str, Any]) -> float:
    """Millimetres from the title to the end of the notes, at the very least."""
    row = 2 * _ROW_INSET
    title = _tall(_TITLE) + _HEAD_BELOW
    table = row + _tall(7.2) + sum(one or row + _tall(fitting.NAME) for one in page["heights"])
    steps = len(page["sums"])
    sums = _SUMS_ABOVE + (steps - 1) * _tall(8.8) + (steps - 2) * _STEP + _LAST + _tall(10.5)
    return (
        title
        + table
        + sums
        + (_NOTES_ABOVE if page["notes"] else 0)
        + _lines(page["notes"], 8.4, leading=0.55, spacing=0.6, room=fitting.TEXT_MM)
    )


def least_payment(page: Mapping[str, Any], has_square: bool) -> float:
    """Millimetres of the payment box, at the very least."""
    payment = page["payment"]
    large, pair = (_tall(7.2) + 0.65 * size * PT + _tall(size) for size in (14, 9.4))
    pairs = (len(payment["rows"]) + 1) // 2
    rows = (large + 4.2 if payment["large"] else 0) + pairs * pair + (pairs - 1) * 3.6
    square = _SQUARE if has_square else 0
    clause = [["".join(run[1] for run in runs)] for runs in page["clause"]]
    said = _lines(
        [one for part in clause for one in part], 8.8, leading=0.55, spacing=0.7, room=153
    )
    return 10 + max(_tall(10.5) + 4.2 + rows, square) + (8 + said if clause else 0)


def _lines(
    texts: Sequence[str], size: float, *, leading: float, spacing: float, room: float
) -> float:
    """Paragraphs, each with as many lines as its letters fill if every line were full."""
    tall = 0.0
    for text in texts:
        em = fitting.width(text) or 0.0
        lines = max(1, ceil(em * size * PT / fitting.SPARE / room))
        tall += lines * _tall(size) + (lines - 1) * leading * size * PT
    return tall + max(len(texts) - 1, 0) * spacing * size * PT


def _tall(size: float) -> float:
    """Millimetres of a line: a capital of so many points."""
    return fitting.cap() * size * PT
