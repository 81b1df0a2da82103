"""From facts to the PDF. One warm typst compiler for each process; it lets go of the GIL.

A compiler that has worked cannot survive a fork (its thread pool hangs), so a forked child is told
so instead of waiting for ever. Spawn workers, or use threads.
"""

import json
import os
import re
import threading
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import typst

from usance.domain.finding import Finding
from usance.domain.invoice.square import Payable, Standard, square

from . import claims, fitting, glyphs, invoice, paging, qr, slip
from .brands import logo_svg
from .facts import LETTERS, Facts, InvoiceLetter, Notice, Release, Reminder, Schedule
from .facturx import LEVELS, marked
from .glyphs import FONTS
from .languages import Texts, texts
from .printing import DATA_LINE, Printing, filled_up
from .sheet import Row, placed, recipient_lines, zone
from .windows import window_of

TEMPLATES = Path(__file__).parent / "templates"
STANDARD: Final = "a-3b"
_MAIN = '#import "/frame.typ": opened\n#import "/{template}": letter\n#letter(opened("{told}"))'
_LONG_WORD = re.compile(r"[^\s\"]{34}")  # As the template breaks them; looked for in JSON.


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A printed letter, and what could not be printed as it was written."""

    pdf: bytes
    findings: tuple[Finding, ...]


def render(
    letter: str,
    language: str,
    facts: Facts,
    *,
    wording: Texts | None = None,
    printing: Printing | None = None,
    online: Row | None = None,
) -> bytes:
    """The letter as PDF/A-3b, the same bytes for the same facts.

    `wording` is what it says; None: our own sentences. `printing` is for which house; None: for a
    screen, with the window of the factor's country and marks for whoever folds it. `online` is the
    address of the reader's own page behind a word for it: a small square at the foot of page 1.

    :raises UnknownLetter, UnknownLanguage, UnusableBrand: Refusals, before anything is set.
    """
    return proof(letter, language, facts, wording=wording, printing=printing, online=online).pdf


def proof(
    letter: str,
    language: str,
    facts: Facts,
    *,
    wording: Texts | None = None,
    printing: Printing | None = None,
    online: Row | None = None,
) -> Proof:
    """As `render`, with the findings: characters that no font of ours has."""
    made = _printed(letter, language, facts, wording, printing, {}, online)
    return made if printing is None else replace(made, pdf=filled_up(made.pdf, printing))


def render_facturx(
    letter: str,
    language: str,
    facts: InvoiceLetter,
    *,
    xml: bytes,
    level: str = "EN 16931",
    wording: Texts | None = None,
    printing: Printing | None = None,
    online: Row | None = None,
) -> bytes:
    """An invoice or credit note as PDF/A-3b that carries `xml` (CII, UTF-8) as factur-x.xml.

    :raises UnknownLetter, UnknownLanguage, UnusableBrand: as `render`.
    """
    assert level in LEVELS, level
    carried = {"xml": xml.decode("utf-8")}
    printed = _printed(letter, language, facts, wording, printing, carried, online)
    pdf = marked(printed.pdf, level)
    return pdf if printing is None else filled_up(pdf, printing)


def _printed(
    letter: str,
    language: str,
    facts: Facts,
    wording: Texts | None,
    printing: Printing | None,
    more: dict[str, str],
    online: Row | None,
) -> Proof:
    own = texts(letter, language)  # Refuses what we do not write.
    assert isinstance(facts, LETTERS[letter]), f"{letter} does not take {type(facts).__name__}"
    page = _page(letter, wording or own, language, facts) | _on_paper(facts, printing)
    leads, beside = _brands(facts)
    if online is not None:
        page |= {"link": online[0]}
        more = more | {"link": qr.svg(online[1], error="l")}
    page |= {"slip": None}
    if isinstance(facts, Schedule) and facts.manifest:
        more = more | {"manifest": facts.manifest, "signatures": facts.signatures}
    squares = {"qr": "", "slip": ""}
    asked = _payable(letter, facts)
    if asked is not None and (found := square(asked)):
        # A Swiss square has a payment part of its own, and stands nowhere else.
        is_swiss = found.standard is Standard.SWISS
        squares["slip" if is_swiss else "qr"] = qr.drawn(found)
        page["slip"] = slip.slip(asked, found, language) if is_swiss else None
    files = more | {"logo": logo_svg(leads), "beside_logo": logo_svg(beside)} | squares
    template = "invoice.typ" if isinstance(facts, InvoiceLetter) else "claims.typ"
    return typeset(template, page, files)


def typeset(template: str, page: dict[str, Any], files: dict[str, str]) -> Proof:
    """A page of plain values set by a template of ours, with what could not be printed as it is.

    `files` are pictures and the invoice that the PDF carries, as text; they are never cleaned.
    """
    data, missing = glyphs.cleaned(page)
    if "window" in data:
        data["sure"] = fitting.sure(data)
    told = paging.told(template, data, has_square=bool(files.get("qr")))
    try:
        pdf = _compiled(template, _json(data | told, files))
        if not paging.is_as_told(pdf, told):
            pdf = _compiled(template, _json(data | paging.UNTOLD, files))
    except typst.TypstError as refused:
        # A mark on a letter that no font has together: simpler letters always print.
        if "could not be displayed" not in f"{refused} {refused.diagnostic}":
            raise
        data, missing = glyphs.cleaned(page | {"sure": {}} | paging.UNTOLD, simple=True)
        pdf = _compiled(template, _json(data, files))
    return Proof(pdf=pdf, findings=glyphs.findings(missing))


def _page(letter: str, said: Texts, language: str, facts: Facts) -> dict[str, Any]:
    match facts:
        case InvoiceLetter():
            return invoice.page(letter, said, language, facts)
        case Notice():
            return claims.notice(said, language, facts)
        case Release():
            return claims.release(said, language, facts)
        case Reminder():
            return claims.reminder(letter, said, language, facts)
        case Schedule():
            return claims.schedule(said, language, facts)


def _on_paper(facts: Facts, printing: Printing | None) -> dict[str, Any]:
    """Where its parts stand, and the house's own line."""
    if printing is None:
        window = window_of(facts.factor.address.country)
        return {"window": placed(window, folds=True), "data_line": None}
    line = {"zone": zone(DATA_LINE), "key": printing.key, "duplex": printing.duplex}
    return {
        "window": placed(printing.window, folds=False),
        "data_line": line if printing.data_line else None,
    }


def _payable(letter: str, facts: Facts) -> Payable | None:
    if isinstance(facts, InvoiceLetter):
        return invoice.payable(letter, facts)
    return claims.payable(facts) if isinstance(facts, Reminder) else None


def _brands(facts: Facts) -> tuple[Any, Any]:
    if isinstance(facts, (InvoiceLetter, Notice)):
        return facts.client, facts.factor
    return facts.factor, facts.client


def window_lines(language: str, facts: Facts) -> list[str]:
    """The recipient as it stands in the window, for whoever checks the print."""
    match facts:
        case InvoiceLetter():
            whom = facts.recipient or invoice.buyer(facts.invoice)
        case Schedule():
            whom = claims.assignor(facts)
        case _:
            whom = facts.debtor
    home = _brands(facts)[0].address.country
    lines, _ = glyphs.cleaned(recipient_lines(whom, language, home=home))
    return list(lines)


def _json(data: dict[str, Any], files: dict[str, str]) -> str:
    said = json.dumps(data, ensure_ascii=False)
    more = {"files": files, "long_words": bool(_LONG_WORD.search(said))}
    return f"{said[:-1]}, {json.dumps(more, ensure_ascii=False)[1:]}"


def _compiled(template: str, data: str) -> bytes:
    """The facts stand in the source: as inputs of the system they would make every letter a new
    world to the setter, which then reads its templates and draws the same logo again."""
    quoted = data.replace("\\", "\\\\").replace('"', '\\"')
    pdf = _warm().compile(
        input=_MAIN.format(template=template, told=quoted).encode(),
        format="pdf",
        pdf_standards=[STANDARD],
    )
    assert isinstance(pdf, bytes)
    return pdf


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)]
    )


_own = threading.local()  # A compiler is changed by each compile: one for each thread.
_forked = False


def _warm() -> typst.Compiler:
    assert not _forked, "typst hangs in a forked process: spawn workers instead"
    found: typst.Compiler | None = getattr(_own, "compiler", None)
    if found is None:
        found = _own.compiler = typst.Compiler(
            root=str(TEMPLATES), font_paths=_fonts(), ignore_system_fonts=True
        )
    return found


def _say_forked() -> None:
    global _forked
    _forked = getattr(_own, "compiler", None) is not None


os.register_at_fork(after_in_child=_say_forked)
