"""What a print house takes: its window, how it folds sheets into envelopes, what it prints itself.

A letter that goes out by mail or portal has none of this.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from io import BytesIO

from usance.domain.refusal import Refusal

from .windows import Window, Zone, window_named, window_of

A4 = (595.276, 841.89)  # Points.
# The house's cameras read it there: above everything else, right of the middle. Millimetres.
DATA_LINE = Zone(x=125, y=7, width=65, height=3)


class WrongPrinting(Refusal):
    code = "printing_wrong"
    todo = "Correct the carrier's setting: docs/letters.md says what it may be."


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """Millimetres from each edge that stay free of ink on every page."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Printing:
    """How one house prints. Sheets count, not pages: an envelope holds so many."""

    window: Window
    duplex: bool = False
    blank_back: bool = False  # The house wants the back of the last sheet as a page of its own.
    data_line: bool = False  # Sheet, page and our key in small type, for the house's cameras.
    most_sheets: int = 9  # Of 80 g in C5, filled by machine. Source: ipost.fi/faq.
    largest_bytes: int = 30_000_000
    edges: Edges = Edges(left=5, top=5, right=5, bottom=5)
    key: str = ""  # Of this letter, for its data line.

    def sheets(self, pages: int) -> int:
        return (pages + 1) // 2 if self.duplex else pages

    def of(self, key: str) -> "Printing":
        """The same for the letter with this key."""
        return replace(self, key=key)


SETTINGS: Mapping[str, str] = {
    "window": "name of the envelope's window (docs/letters.md); without it the factor's country's",
    "duplex": "yes: both sides are printed",
    "blank_back": "yes: an odd number of pages is filled up with an empty one",
    "data_line": "yes: sheet, page and key in small type at the top right of each page",
    "most_sheets": "in one envelope; without it 9",
    "largest_mb": "of one PDF; without it 30",
    "edges_mm": "left, top, right and bottom that stay white, such as 18 5 5 5; without it 5",
}


def printing_of(config: Mapping[str, str], *, country: str) -> Printing:
    """How a carrier prints, by its settings. `country`: whose window it has if it names none.

    :raises UnknownWindow, WrongPrinting: if a setting cannot be meant.
    """
    named = config.get("window", "")
    sides = config.get("edges_mm", "") or "5 5 5 5"
    try:
        left, top, right, bottom = (float(part) for part in sides.split())
    except ValueError as wrong:
        raise WrongPrinting(f"edges_mm is {sides!r}, not four numbers") from wrong
    return Printing(
        window=window_named(named) if named else window_of(country),
        duplex=_yes(config, "duplex"),
        blank_back=_yes(config, "blank_back"),
        data_line=_yes(config, "data_line"),
        most_sheets=_whole(config, "most_sheets", 9),
        largest_bytes=_whole(config, "largest_mb", 30) * 1_000_000,
        edges=Edges(left=left, top=top, right=right, bottom=bottom),
    )


def filled_up(pdf: bytes, printing: Printing) -> bytes:
    """With an empty last page if the house prints both sides, wants that, and the last is odd.

    The same bytes for the same letter: a carrier may compare attempts of one key.
    """
    if not (printing.duplex and printing.blank_back):
        return pdf
    import pikepdf  # Most letters never need it, and every start would wait for it.

    with pikepdf.open(BytesIO(pdf)) as document:
        if len(document.pages) % 2 == 0:
            return pdf
        document.add_blank_page(page_size=A4)
        out = BytesIO()
        document.save(out, deterministic_id=True)
    return out.getvalue()


def _yes(config: Mapping[str, str], name: str) -> bool:
    said = config.get(name, "").lower()
    if said not in {"", "yes", "no"}:
        raise WrongPrinting(f"{name} is {said!r}, not yes or no")
    return said == "yes"


def _whole(config: Mapping[str, str], name: str, otherwise: int) -> int:
    said = config.get(name, "")
    if not said:
        return otherwise
    if not said.isdigit() or not int(said):
        raise WrongPrinting(f"{name} is {said!r}, not a number above 0")
    return int(said)
