"""What a person corrected once is read right next time: where a sender prints a field."""

from collections.abc import Iterator, Mapping

from usance.domain.finding import Finding, Severity

from .hint import Hint
from .marks import Marked, key, marked
from .proposals import TAKES
from .reading import Box, Reading, Reason, Word
from .rows import around

# The same on each of a sender's invoices, so that the value itself may be remembered.
CONSTANT = frozenset({
    "currency", "seller_name", "seller_vat_id", "seller_number", "seller_tax_number", "iban", "bic",
    "bankgiro", "plusgiro",
})  # fmt: skip
KIND = "kind"  # No field: what the sender's papers without a title are.
UNTITLED, BY_LEARNING = "other", "kind_learned"
_IDENTIFYING = ("seller_vat_id", "seller_number", "seller_tax_number", "bankgiro", "plusgiro",
                "iban")  # fmt: skip
_MOST_LABEL = 5  # Words.
_NEAR = 3.0  # Heights of a line: how far above a value its heading may stand.
_CLOSE = 0.06  # Of the page: how far a value may move from where it stood before.


def sender_of(reading: Reading) -> str:
    """What identifies the sender of a reading, as one key; empty where nothing does."""
    for name in _IDENTIFYING:
        if (field := reading.fields.get(name)) and field.value:
            return f"{name}:{field.value}"
    return ""


def hint_of(reading: Reading, name: str, value: str, *, box: Box | None = None) -> Hint:
    """What a person's correction of one field teaches about its sender.

    `value` is plain text as Field.value has it; `box` is where the person pointed. Without it the
    value is looked for on the pages.
    """
    if name == KIND:
        return Hint(value=value)
    constant = value if name in CONSTANT else ""
    m = marked(reading.pages)
    spot = box or _spot(m, name, value)
    if spot is None:
        return Hint(value=constant)
    page = next(page for page in m.pages if page.number == spot.page)
    label, side = _label_of(m, spot)
    last = len(m.pages) > 1 and spot.page == m.pages[-1].number
    return Hint(
        label=label, side=side, page=-1 if last else spot.page, value=constant,
        across=round(spot.left / page.width, 4), down=round(spot.top / page.height, 4),
    )  # fmt: skip


def kind(seen: str, hints: Mapping[str, Hint]) -> tuple[str, tuple[Finding, ...]]:
    """What kind of paper it is, and why, where its title says nothing and a person once did.

    A title is always believed: a sender's reminders stay reminders.
    """
    if seen != UNTITLED or KIND not in hints:
        return seen, ()
    told = hints[KIND].value
    finding = Finding(
        code=BY_LEARNING, severity=Severity.WARNING, where="page 1",
        says=f"No title says what it is; a person said of this sender's papers: {told}.",
        todo="Nothing, if that is right; else say so, and the newest word stands.",
    )  # fmt: skip
    return told, (finding,)


def is_kind_open(reading: Reading) -> bool:
    """Whether no title said the kind, so that a person's word about it teaches."""
    return reading.kind == UNTITLED or any(one.code == BY_LEARNING for one in reading.findings)


def hinted(m: Marked, hints: Mapping[str, Hint]) -> Iterator[tuple[str, str, Box | None, Reason]]:
    """Field, value, place and reason for every hint that finds something on these pages."""
    for name, hint in hints.items():
        if name == KIND:
            continue
        if hint.value:
            yield from _constant(m, name, hint.value)
            continue
        beside = list(_beside_label(m, name, hint)) if hint.label else []
        for text, box in beside[:1]:
            yield name, text, box, _learned("Stands where a person showed it: by its label.", 4.0)
        if not beside:
            for text, box in list(_at_place(m, name, hint))[:1]:
                yield name, text, box, _learned("Stands where a person showed it.", 2.2)


def _learned(says: str, weight: float) -> Reason:
    return Reason(code="learned", says=says, weight=weight)


def _constant(m: Marked, name: str, value: str) -> Iterator[tuple[str, str, Box | None, Reason]]:
    wanted = key(value)
    for row in m.rows:
        for first in range(len(row.words)):
            joined = ""
            for last in range(first, min(first + 10, len(row.words))):
                joined += key(row.words[last].text)
                if joined == wanted:
                    box = around(row.words[first : last + 1])
                    yield name, value, box, _learned("A person said so before.", 4.0)
                    return
                if not wanted.startswith(joined):
                    break
    if name in ("seller_name", "currency"):  # A logo says it; an account must be printed.
        yield name, value, None, _learned("A person said so before; it is not printed.", 3.0)


def _of_field(m: Marked, name: str) -> Iterator[tuple[str, Box]]:
    """Everything that may be a value of this field: typed values, or phrases."""
    kinds = TAKES.get(name) or TAKES.get(_KIND_OF.get(name, ""))
    if kinds:
        yield from ((value.text, value.box) for value in m.values if value.kind in kinds)
    else:
        yield from ((cell.text, cell.box) for row in m.rows for cell in row.cells)


_KIND_OF = {
    "seller_vat_id": "vat_id", "buyer_vat_id": "vat_id", "seller_number": "org_number",
    "buyer_number": "org_number", "seller_tax_number": "tax_number",
}  # fmt: skip


def _spot(m: Marked, name: str, value: str) -> Box | None:
    wanted = key(value)
    return next((box for text, box in _of_field(m, name) if key(text) == wanted), None)


def _label_of(m: Marked, spot: Box) -> tuple[str, str]:
    """The words left of a place, else those above it, and on which side of them it stands."""
    for row in m.rows:
        if row.page != spot.page or not row.top - 2 < (spot.top + spot.bottom) / 2 < row.bottom + 2:
            continue
        before = [word for word in row.words if word.box.right <= spot.left + 2]
        cell: list[Word] = []
        for word in reversed(before):
            wide = cell and cell[0].box.left - word.box.right > 1.2 * row.height
            if wide or len(cell) == _MOST_LABEL:
                break
            cell.insert(0, word)
        label = "".join(key(word.text) for word in cell)
        if any(ch.isalpha() for ch in label):
            return label, "right"
    for row in reversed(m.rows):
        height = max(row.height, 6.0)
        if row.page != spot.page or not 0 < spot.top - row.top < _NEAR * height:
            continue
        for cell_ in row.cells:
            label = key(cell_.text)
            if abs(cell_.box.left - spot.left) < 15 and any(ch.isalpha() for ch in label):
                return label, "below"
    return "", ""


def _beside_label(m: Marked, name: str, hint: Hint) -> Iterator[tuple[str, Box]]:
    values = list(_of_field(m, name))
    for row in m.rows:
        for first in range(len(row.words)):
            joined, last = "", first
            while last < len(row.words) and len(joined) < len(hint.label):
                joined += key(row.words[last].text)
                last += 1
            if joined != hint.label:
                continue
            label = around(row.words[first:last])
            near = [(text, box) for text, box in values if _follows(box, label, hint.side)]
            yield from sorted(near, key=lambda one: one[1].left + 20 * one[1].top)[:1]


def _follows(box: Box, label: Box, side: str) -> bool:
    if box.page != label.page:
        return False
    height = max(label.bottom - label.top, 6.0)
    if side == "right":
        return abs(box.top + box.bottom - label.top - label.bottom) < height and (
            -2 <= box.left - label.right < 300
        )
    return 0 < box.top - label.top < _NEAR * height and abs(box.left - label.left) < 25


def _at_place(m: Marked, name: str, hint: Hint) -> Iterator[tuple[str, Box]]:
    number = m.pages[-1].number if hint.page < 0 else hint.page
    page = next((page for page in m.pages if page.number == number), None)
    if page is None:
        return

    def far(box: Box) -> float:
        return abs(box.left / page.width - hint.across) + abs(box.top / page.height - hint.down)

    near = [one for one in _of_field(m, name) if one[1].page == number and far(one[1]) < _CLOSE]
    yield from sorted(near, key=lambda one: far(one[1]))
