"""Whether a PDF keeps a print house's rules: everything that is wrong with it, all at once.

For PDFs of our own press and an operator's files. A stranger's goes through `preview`, whose child
process has limits.
"""

import math
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

import pikepdf
import pypdfium2

from usance.domain.finding import Finding
from usance.domain.refusal import Refusal

from . import fitting
from .printing import A4, Printing
from .windows import Zone

MM = 72 / 25.4  # Points.
PIXEL = 0.5  # Millimetres: fine enough for a margin, and twenty pages take a tenth of a second.
WHITE = 250  # Of 255; below it there is ink, a grey hair line included.
PLAY = 0.4  # Millimetres by which a letter's box may leave its zone.
A4_PLAY = 1.5  # Points; houses take half a millimetre.
_reader = threading.Lock()  # The PDF reader knows no threads.


class NotPrintable(Refusal):
    """Carries every finding; the sentence says them one after the other."""

    code = "not_printable"
    todo = (
        "Correct what it says, at the debtor's address or the carrier's settings, and release it."
    )

    def __init__(self, found: Sequence[Finding]) -> None:
        super().__init__(" ".join(one.says for one in found))
        self.findings = tuple(found)


def checked(pdf: bytes, printing: Printing, *, address: Sequence[str]) -> bytes:
    """The same bytes of our own press, if the house takes them.

    Ink is not looked for: the press has no way to print into a margin or the franking zone, as the
    tests show for every window, and drawing the pages costs as much as printing them. Nor is an
    address that surely fits: to read a page costs a third of printing it.

    :raises NotPrintable: with all findings.
    """
    is_sure = fitting.in_window(printing.window.recipient, address)
    found = findings(pdf, printing, address=() if is_sure else address, drawn=False)
    if found:
        raise NotPrintable(found)
    return pdf


def findings(
    pdf: bytes, printing: Printing, *, address: Sequence[str] = (), drawn: bool = True
) -> tuple[Finding, ...]:
    """What the house would refuse. `address`: the recipient's lines; empty: not looked for.

    `drawn`: pages are drawn to look for ink where there should be none.
    """
    if len(pdf) > printing.largest_bytes:  # Not opened: that alone may cost more than we have.
        return (
            _finding(
                "too_large",
                f"The PDF has {len(pdf) / 1e6:.1f} MB; the house takes"
                f" {printing.largest_bytes / 1e6:.0f} MB.",
                todo="Leave attachments out, or make pictures and logos smaller.",
            ),
        )
    try:
        with pikepdf.open(BytesIO(pdf)) as document:
            if document.is_encrypted:
                return (_finding("encrypted", "The PDF is encrypted."),)
            found = [*_sizes(document), *_fonts(document), *_sheets(document, printing)]
    except pikepdf.PdfError as broken:
        return (_finding("unreadable", f"The PDF cannot be opened: {broken}."),)
    if not (address or drawn):
        return tuple(found)
    with _reader:
        shown = pypdfium2.PdfDocument(pdf)
        try:
            for nth in range(len(shown) if drawn else 1):
                page = shown[nth]
                found += _address(page, printing, address) if address and nth == 0 else []
                found += _ink(page, nth, printing) if drawn else []
        finally:
            shown.close()
    return tuple(found)


def _sizes(document: pikepdf.Pdf) -> Iterator[Finding]:
    for nth, page in enumerate(document.pages, start=1):
        left, low, right, high = (float(side) for side in page.trimbox)
        size = (right - left, high - low)
        turned = int(page.obj.get("/Rotate", 0)) % 360
        if turned or any(abs(is_ - a4) > A4_PLAY for is_, a4 in zip(size, A4, strict=True)):
            wide, tall = (side / MM for side in size)
            says = f"Page {nth} measures {wide:.0f} x {tall:.0f} mm, turned by {turned} degrees."
            yield _finding("page_not_a4", says, todo="Make it A4 upright, 210 x 297 mm.")


def _sheets(document: pikepdf.Pdf, printing: Printing) -> Iterator[Finding]:
    pages = len(document.pages)
    if printing.sheets(pages) > printing.most_sheets:
        yield _finding(
            "too_many_sheets",
            f"{pages} pages are {printing.sheets(pages)} sheets; an envelope holds"
            f" {printing.most_sheets}.",
            todo="Send it by another channel, or print on both sides.",
        )
    if printing.duplex and printing.blank_back and pages % 2:
        yield _finding("back_missing", "The back of the last sheet is no page of its own.")


def _fonts(document: pikepdf.Pdf) -> Iterator[Finding]:
    """Every font of every page brings its outlines. Source: ISO 32000-1 §9.9."""
    bare = set()
    for page in document.pages:
        for resources in _resources(page.obj, depth=0):
            for font in dict(resources.get("/Font", {})).values():
                bare |= _bare(font)
    for name in sorted(bare):
        todo = "Make the PDF with embedded fonts, or as PDF/A."
        yield _finding("font_not_embedded", f"The font {name} is not embedded.", todo=todo)


def _bare(font: Any) -> set[str]:
    """The font's name, unless it or what stands below it is embedded."""
    if str(font.get("/Subtype", "")) == "/Type3":
        return set()  # Its glyphs are drawings of the page.
    for each in font.get("/DescendantFonts", [font]):
        described = each.get("/FontDescriptor", {})
        if any(file in described for file in ("/FontFile", "/FontFile2", "/FontFile3")):
            return set()
    return {str(font.get("/BaseFont", "/unnamed")).lstrip("/")}


def _resources(holder: Any, *, depth: int) -> Iterator[Any]:
    """Those of a page and of the forms that it draws."""
    resources = holder.get("/Resources", None)
    if resources is None or depth > 5:
        return
    yield resources
    for drawn in dict(resources.get("/XObject", {})).values():
        if str(drawn.get("/Subtype", "")) == "/Form":
            yield from _resources(drawn, depth=depth + 1)


def _address(page: Any, printing: Printing, address: Sequence[str]) -> Iterator[Finding]:
    zone = printing.window.recipient
    words, tall = page.get_textpage(), page.get_height()
    box = (
        (zone.x - PLAY) * MM,
        tall - (zone.bottom + PLAY) * MM,
        (zone.right + PLAY) * MM,
        tall - (zone.y - PLAY) * MM,
    )
    seen = _plain(words.get_text_bounded(*box))
    for line in filter(_plain, address):
        if _plain(line) not in seen:
            todo = "Shorten the address, or name the carrier's window."
            says = f"The address line {line!r} is not wholly in the window."
            yield _finding("address_outside_window", says, todo=todo)
        seen = seen.replace(_plain(line), "", 1)
    if seen and not set(seen) <= set("".join(map(_plain, address))):
        says = f"The window shows more than the address: {seen[:60]!r}."
        yield _finding("window_not_clean", says)


def _plain(text: str) -> str:
    """Without blanks and marks, so that a line broken in two is still found."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(char for char in folded if unicodedata.category(char)[0] not in "ZC")


def _ink(page: Any, nth: int, printing: Printing) -> Iterator[Finding]:
    bitmap = page.render(scale=1 / (PIXEL * MM), grayscale=True)
    wide, tall = bitmap.width, bitmap.height
    rows = bytes(bitmap.buffer)
    stride = bitmap.stride
    edges = printing.edges
    wide_mm, tall_mm = wide * PIXEL, tall * PIXEL
    for name, zone in (
        ("left", Zone(x=0, y=0, width=edges.left, height=tall_mm)),
        ("top", Zone(x=0, y=0, width=wide_mm, height=edges.top)),
        ("right", Zone(x=wide_mm - edges.right, y=0, width=edges.right, height=tall_mm)),
        ("bottom", Zone(x=0, y=tall_mm - edges.bottom, width=wide_mm, height=edges.bottom)),
    ):
        if _inked(rows, stride, zone):
            says = f"Page {nth + 1} prints within the {name} {_deep(name, zone)} mm."
            yield _finding("ink_in_margin", says, todo="Move it inwards.")
    if nth == 0 and _inked(rows, stride, printing.window.franking):
        zone = printing.window.franking
        says = f"Ink lies where the carrier puts its mark: {zone.width:g} x {zone.height:g} mm at"
        yield _finding(
            "ink_in_franking_zone", f"{says} ({zone.x:g}, {zone.y:g}).", todo="Leave it white."
        )


def _deep(name: str, zone: Zone) -> str:
    return f"{zone.width if name in {'left', 'right'} else zone.height:g}"


def _inked(rows: bytes, stride: int, zone: Zone) -> bool:
    """Whether a pixel wholly within the zone is darker than paper."""
    first, last = _up(zone.x), int(zone.right / PIXEL)
    for row in range(_up(zone.y), int(zone.bottom / PIXEL)):
        line = rows[row * stride + first : row * stride + last]
        if line and min(line) < WHITE:
            return True
    return False


def _up(millimetres: float) -> int:
    return math.ceil(millimetres / PIXEL)


def _finding(code: str, says: str, *, todo: str = "") -> Finding:
    return Finding(code=code, says=says, todo=todo)
