"""Who sells and who buys: by headings, address blocks, letterheads, and who is known."""

import re
from collections.abc import Iterator, Sequence
from statistics import median

from .addresses import BRITISH, CONTACT, POSTCODE, blocks, cells
from .companies import BANK, LEGAL_FORM, SPLIT, company_key, company_of, weighed
from .headings import headings, is_table
from .known import Known, KnownParty
from .marks import Label, Marked, fields_of, key
from .narrow import columns, parted, whole
from .proposals import Candidate
from .reading import Box, Reason
from .rows import Cell, Row, around
from .territories import SECTIONS, cell_of, territories, territory
from .titles import title_kind

_HALF = "half"  # The code of a name that may be the end of one.
_UNSURE = 1.6  # What such a name weighs at most.
_NO_NAMES = frozenset(
    [
        "nummer",
        "number",
        "numero",
        "nr",
        "gln",
        "glnnr",
        "id",
        "name",
        "navn",
        "namn",
        "nimi",
        "nom",
        "naam",
        "ansprechpartner",
        "kontakt",
        "contact",
        "anschrift",
        "adresse",
        "address",
        "handelsname",
        "globalenummer",
        "seite",
        "page",
        "sida",
        "side",
        "sivu",
        "datum",
        "date",
        "tel",
        "ustid",
        "ustidnr",
        "kundennr",
        "kundennummer",
        "ihrenummer",
        "amount",
        "menge",
        "lieferschein",
        "inhalt",
        "firma",
    ]
)


def named(m: Marked, known: Known) -> dict[str, list[Candidate]]:
    """Candidates for seller_name and buyer_name."""
    sections = territories(m)
    found: dict[str, list[Candidate]] = {"seller_name": [], "buyer_name": []}
    for side, text, box, code, says, weight in (*_headed(m, sections), *_placed(m, sections)):
        if _is_name(_clean(text)):
            reason = Reason(code=code, says=says, weight=weight)
            found[side].append(Candidate(side, _clean(text), (reason,), box))
    _sort_out(found)
    halves = {(side, one.box) for side, ones in found.items() for one in ones
              if one.reasons[0].code == _HALF}  # fmt: skip
    weighed(m, found)
    _doubt(found, halves)
    for side, parties in (("seller_name", known.sellers), ("buyer_name", known.buyers)):
        for text, box, says in _known_on(m, parties):
            reason = Reason(code="known_party", says=says, weight=3.0)
            found[side].append(Candidate(side, text, (reason,), box))
    return found


def _doubt(found: dict[str, list[Candidate]], halves: set[tuple[str, Box | None]]) -> None:
    """What may be half a name is never sure, whoever else is named; only the register rights it."""
    says = "Its first words may stand in the line above."
    for side, ones in found.items():
        found[side] = [
            one.because("doubt", says, _UNSURE - one.score)
            if (side, one.box) in halves and one.score > _UNSURE else one for one in ones
        ]  # fmt: skip


Said = tuple[str, str, Box, str, str, float]  # Field, name, place, code, reason, weight.


def _headed(m: Marked, sections: Sequence[Label]) -> Iterator[Said]:
    """Names that a label announces."""
    for label in sections:
        if label.field == "_elsewhere":
            continue
        side = "seller_name" if label.field == "_seller" else "buyer_name"
        for text, box, code, weight in _under(m, label, sections):
            yield side, text, box, code, f"Stands under “{label.phrase}”.", weight
    for label in m.labels:
        heads = label.field == "_holder" and not is_table(headings(m.rows[label.row]))
        if heads and (right := _right_text(m, label)):
            yield "seller_name", *right, "label", f"Stands right of “{label.phrase}”.", 0.9


def _placed(m: Marked, sections: Sequence[Label]) -> Iterator[Said]:
    """Names by where they stand."""
    lines = [line for row in m.rows if (line := _sender_row(row))][:1]
    found = list(blocks(m, sections, said=bool(lines)))
    for sender, box in lines:
        says, weight = "Begins a line with a whole address.", 1.4
        if _reached_below(m, box) or any(
            side == "buyer_name" and _is_window(box, cell) for side, cell, _ in found
        ):
            says, weight = "Begins the sender's line, with what belongs below it.", 1.9
        yield "seller_name", sender, box, "position", says, weight
    usual = median([row.height for row in m.rows] or [0.0])
    for row, cell in cells(m):
        yield from _from_letterhead(m, row, cell, sections, usual)
    senders = {company_key(sender) for sender, _ in lines}
    buyers = {company_key(cell.text) for side, cell, _ in found if side == "buyer_name"}
    for side, cell, weight in found:
        says = "Begins an address" + (" with ways to reach it." if side[0] == "s" else ".")
        if side == "buyer_name" and lines and len(buyers - senders) == 1:
            says, weight = "Begins the only address beside the sender's.", weight + 0.3
        yield side, cell.text, cell.box, "position", says, weight


def _sender_row(row: Row) -> tuple[str, Box] | None:
    for text, words in ((row.text, row.words), *((c.text, c.words) for c in row.cells)):
        if sender := _sender_line(text):
            return sender, around(words)
    return None


def _reached_below(m: Marked, box: Box) -> bool:
    """Do ways to reach somebody stand right below a line, and begin where it does?"""
    return any(
        row.page == box.page and -2 < row.top - box.bottom < 14
        and abs(row.cells[0].box.left - box.left) < 15 and CONTACT.search(row.text)
        for row in m.rows
    )  # fmt: skip


def _is_window(box: Box, block: Cell) -> bool:
    """Does an address stand right below a line, as both do in the window of an envelope?"""
    aside = max(block.box.left, box.left) > min(block.box.right, box.right)
    return block.box.page == box.page and not aside and -2 < block.box.top - box.bottom < 24


def _sort_out(found: dict[str, list[Candidate]]) -> None:
    """A name that writes the sender's line does not buy; an address of it speaks for the sender."""
    lines = {company_key(one.text) for one in found["seller_name"] if one.score >= 1.3
             and one.reasons[0].code == "position"}  # fmt: skip
    for one in tuple(found["buyer_name"]):
        if one.reasons[0].code == "position" and company_key(one.text) in lines:
            found["buyer_name"].remove(one)
            found["seller_name"].append(
                Candidate("seller_name", one.text, one.reasons, one.box))  # fmt: skip


def _clean(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip(" ,;:-–·•*|●")


def _is_name(text: str) -> bool:
    letters = sum(ch.isalpha() for ch in text)
    if not 2 < len(text) < 80 or letters < 0.5 * len(text) or title_kind(text):
        return False
    plain, first = key(text), key(text.split()[0].rstrip(":"))
    parts = [plain, *(key(part) for part in text.split("/"))]  # "Kunde / Customer"
    is_label = any(field in SECTIONS for part in parts for field in fields_of(part))
    is_label = is_label or plain in _NO_NAMES
    only_form = not LEGAL_FORM.sub("", text).strip(" .,&")
    return not (is_label or only_form or (first in _NO_NAMES and ":" in text))


def _right_text(m: Marked, label: Label) -> tuple[str, Box] | None:
    """What stands right of a label: the rest of its cell, or the next cell."""
    row = m.rows[label.row]
    cell = cell_of(row, label.first)
    rest = [w for w in cell.words[label.last - cell.first :] if w.text.strip(" :.-#")]
    if not rest:
        at = row.cells.index(cell) + 1
        rest = list(row.cells[at].words) if at < len(row.cells) else []
    rest = [word for word in rest if word.text.strip(" :")]
    if not rest:
        return None
    text = " ".join(word.text for word in rest)
    return text.lstrip(": "), Box(
        page=row.page, left=rest[0].box.left, top=min(w.box.top for w in rest),
        right=rest[-1].box.right, bottom=max(w.box.bottom for w in rest),
    )  # fmt: skip


def _under(
    m: Marked, section: Label, sections: Sequence[Label]
) -> Iterator[tuple[str, Box, str, float]]:
    """Names in a party's lines: right of "Name:", else the first line that is no number."""
    inside = [
        label for label in m.labels
        if label.field == "_name" and label.row > section.row
        and territory(sections, label.box) is section
    ]  # fmt: skip
    for label in inside[:1]:
        right = _right_text(m, label)
        if right and not _runs_on(m, label, right[0]):
            yield (*right, "label", 3.0)
            return
    page = m.rows[section.row].page
    if (right := _right_text(m, section)) and (
        right[1].left - section.box.right < 160 and not _looks_numbered(m, section.row, right[0])
        and _is_name(right[0])
    ):  # fmt: skip
        yield (*right, "label", 1.9)
        return
    edges = columns(m, section)
    for row in m.rows[section.row + 1 : section.row + 9]:
        if row.page != page:
            return
        for cell in parted(row, edges):
            if abs(cell.box.left - section.box.left) < 45 and territory(
                sections, cell.box
            ) is section and not _looks_numbered(m, row.number, cell.text) and _is_name(
                _clean(cell.text)
            ):  # fmt: skip
                name = whole(m, row, cell, edges)
                below = _company_below(m, row, cell) if len(name.words) == len(cell.words) else None
                code, weight = (_HALF, 0.9) if _is_half(below) else ("label", 2.3)
                yield (below or name).text, (below or name).box, code, weight
                return


def _is_half(below: Cell | None) -> bool:
    """Below "De Vries", is "Transport B.V." a person's company, or the end of its name?"""
    return below is not None and len(LEGAL_FORM.sub("", below.text).split()) < 2


def _runs_on(m: Marked, label: Label, text: str) -> bool:
    """Is it the word of a sentence: "Company registered in England no. 4711"?"""
    word = m.rows[label.row].words[label.last - 1].text
    return text[0].islower() and not word.endswith(":")


def _company_below(m: Marked, row: Row, cell: Cell) -> Cell | None:
    """The company in the next line, where a person stands above it."""
    if LEGAL_FORM.search(cell.text):
        return None
    for below in m.rows[row.number + 1 : row.number + 3]:
        if below.page == row.page and below.top - row.bottom < row.height:
            for one in below.cells:
                if abs(one.box.left - cell.box.left) < 4:
                    return one if company_of(one.text) else None
    return None


def _looks_numbered(m: Marked, row: int, text: str) -> bool:
    return (any(ch.isdigit() for ch in text) and not LEGAL_FORM.search(text)) or any(
        text.startswith(label.phrase) or text.endswith(label.phrase)
        for label in m.labels_by_row.get(row, ()) if label.field not in SECTIONS
    )  # fmt: skip


def _from_letterhead(m: Marked, row: Row, cell: Cell, sections: Sequence[Label],
                     usual: float) -> Iterator[Said]:  # fmt: skip
    """Companies at the head and at the foot. `usual`: the height of most rows."""
    text, box = cell.text, cell.box
    page = m.pages[row.page - 1]
    section = territory(sections, box)
    if section is not None and section.field != "_seller":
        return
    name = company_of(text)
    if not name or title_kind(text):
        return
    weight = 0.4
    if box.top < 0.14 * page.height or box.top > 0.85 * page.height:
        weight = 1.0
    says = "A company in the letterhead."
    if box.top < 0.14 * page.height and box.bottom - box.top > 1.25 * usual:
        says, weight = "A company in the letterhead, in large letters.", 1.4
    yield "seller_name", name, box, "position", says, weight


def _sender_line(text: str) -> str:
    """The name at the head of "Name · Street 1 · 12345 Town", the line above a window; or empty."""
    parts = [part.strip() for part in SPLIT.split(text) if part.strip(" ●•·|")]
    whole = len(parts) >= 3 and (POSTCODE.search(text) or BRITISH.search(text))
    if not whole or BANK.search(parts[0]) or _has_digit(parts[0]) or len(parts[0].split()) > 9:
        return ""
    return parts[0]


def _has_digit(text: str) -> bool:
    return any(ch.isdigit() for ch in text)


def _known_on(m: Marked, parties: Sequence[KnownParty]) -> Iterator[tuple[str, Box, str]]:
    """Known parties whose identifiers or whole names stand on the pages."""
    if not parties:
        return
    spots = {re.sub(r"\W", "", value.text).upper(): value.box for value in m.values}
    names = {company_key(part): cell.box for _, cell in cells(m)
             for part in (cell.text, *SPLIT.split(cell.text))}  # fmt: skip
    for party in parties:
        marks = {re.sub(r"\W", "", one).upper(): one for one in (*party.ids, *party.accounts)}
        hit = next((plain for plain in marks if plain in spots), None)
        if hit is not None:
            yield party.name, spots[hit], f"{marks[hit]} is known to be theirs."
            continue
        wanted = company_key(party.name)
        if len(wanted) > 3 and wanted in names:
            yield party.name, names[wanted], "The name is in the register."
