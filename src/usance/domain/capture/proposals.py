"""Which values may be which fields: by the labels beside them, with a weight for each reason."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from .headings import headings, is_table
from .marks import STRONG, Label, Marked, Value, key
from .reading import Box, Reason
from .rows import Row
from .titles import title_numbers

RIGHT, BELOW, FURTHER, COLUMN = 2.2, 1.5, 0.8, 0.6  # How much it says that a value stands there.
TAKES: Mapping[str, tuple[str, ...]] = {
    "number": ("number",), "issued_on": ("date",), "due_on": ("date",),
    "_delivered_on": ("date",), "net": ("amount",), "tax": ("amount",), "gross": ("amount",),
    "payable": ("amount",), "_prepaid": ("amount",), "_rounding": ("amount",),
    "_discount": ("amount",), "vat_id": ("vat_id", "vat_like"), "org_number": ("number",),
    "tax_number": ("number",), "iban": ("iban",), "bic": ("bic",), "bankgiro": ("bankgiro",),
    "plusgiro": ("plusgiro",), "account_no": ("number",), "payment_reference": ("rf", "number"),
    "order_number": ("number",), "_other_number": ("number", "date"),
}  # fmt: skip
AMOUNTS = frozenset({"net", "tax", "gross", "payable", "_prepaid", "_rounding", "_discount"})
# "incl. VAT" and "without VAT" announce no amount of tax.
_WITH = frozenset({"inkl", "incl", "inklusive", "including", "inclusive", "ohne", "exkl", "excl",
                   "ex", "eks", "ekskl", "excluding", "without", "sans", "ink", "sis", "hors", "before",
                   "fore", "utan", "uten", "uden", "of"})  # fmt: skip
# "45 days from the date of the invoice" says no date, "credit of invoice no. 4711" another number.
_BEFORE = {
    "issued_on": frozenset({"jours", "ab", "nach", "from", "after", "fra", "fran", "efter", "etter",
                            "na", "vanaf", "depuis", "days"}),
    "number": frozenset({"sur", "zur", "zu", "gjelder", "gaelder", "avser", "against", "koskee"}),
}  # fmt: skip
_DEEPEST = 6  # Rows below a heading that are looked at.
_ALIGNED = 12.0  # Points.


@dataclass(frozen=True, slots=True)
class Candidate:
    field: str
    text: str
    reasons: tuple[Reason, ...]
    box: Box | None
    mark: Value | None = None

    @property
    def score(self) -> float:
        return sum(reason.weight for reason in self.reasons)

    def because(self, code: str, says: str, weight: float) -> "Candidate":
        return replace(self, reasons=(*self.reasons, Reason(code=code, says=says, weight=weight)))


def proposed(m: Marked) -> dict[str, list[Candidate]]:
    """Candidates of each field, and of the fields that are none of ours ("_…")."""
    found: dict[str, list[Candidate]] = {}
    for label in m.labels:
        if label.field not in TAKES or is_aside(m, label) or _heads_a_column(m, label):
            continue
        for value, side, weight in _beside(m, label):
            says = f"Stands {side} “{label.phrase}”."
            reason = Reason(code="label", says=says, weight=weight * label.weight)
            found.setdefault(label.field, []).append(
                Candidate(label.field, value.text, (reason,), value.box, value)
            )
    for field, value, reason in title_numbers(m):
        found.setdefault(field, []).append(
            Candidate(field, value.text, (reason,), value.box, value)
        )
    return found


def _heads_a_column(m: Marked, label: Label) -> bool:
    """Is "Date" the heading of a column of lines: hours by their days?"""
    if label.field != "issued_on" or label.weight >= STRONG:
        return False
    return is_table(headings(m.rows[label.row]))


def is_aside(m: Marked, label: Label) -> bool:
    """Is the word part of another phrase: "incl. VAT", "VAT id"?"""
    words = m.rows[label.row].words
    if label.field in ("tax", "vat_id", "net") and label.first:
        return key(words[label.first - 1].text) in _WITH
    if label.field in _BEFORE and label.first:
        before = words[label.first - 1]
        near = label.box.left - before.box.right < label.box.bottom - label.box.top
        return near and key(before.text) in _BEFORE[label.field]
    return False


def _beside(m: Marked, label: Label) -> Iterator[tuple[Value, str, float]]:
    """Values right of a label and below it, how they stand, and what that weighs."""
    kinds = TAKES[label.field]
    right = list(right_of(m, label, kinds))
    if label.field in AMOUNTS:
        for value in right:
            # "VAT 19 % on 804.35: 152.83": the last amount of the row is meant.
            weight = RIGHT if value is right[-1] else FURTHER
            yield value, "right of", weight - (0 if value.is_money else 1.2)
    elif right:
        yield right[0], "right of", RIGHT - (0.4 if _gap(label, right[0]) > 220 else 0)
    weight = BELOW - (0.9 if right else 0)
    if label.field in AMOUNTS and is_table(headings(m.rows[label.row])):
        weight = COLUMN  # The heading of a column of lines: no sum stands below it.
    for at, value in enumerate(below(m, label, kinds)):
        if at and label.field not in AMOUNTS:
            break
        yield value, "below", weight - 0.1 * at - (0 if value.is_money or value.kind != "amount"
                                                   else 1.0)  # fmt: skip


def _gap(label: Label, value: Value) -> float:
    return value.box.left - label.box.right


def right_of(m: Marked, label: Label, kinds: Sequence[str]) -> Iterator[Value]:
    stop = next(
        (
            other.first
            for other in m.labels_by_row.get(label.row, ())
            if other.first >= label.last and other.field != label.field and not is_aside(m, other)
            and other.weight >= STRONG and _parts(m, label, other)
        ),
        10_000,
    )  # fmt: skip
    for value in m.values_by_row.get(label.row, ()):
        if value.kind in kinds and label.last <= value.first < stop:
            yield value


def _parts(m: Marked, label: Label, other: Label) -> bool:
    """Does the other label begin something of its own? Not if it goes on with this one's phrase."""
    words = m.rows[label.row].words[label.last : other.first]
    return bool(words) or other.box.left - label.box.right > 6 or label.field not in AMOUNTS


def below(m: Marked, label: Label, kinds: Sequence[str]) -> Iterator[Value]:
    page, height = m.rows[label.row].page, max(label.box.bottom - label.box.top, 6.0)
    edge = label.box.bottom
    for row in m.rows[label.row + 1 : label.row + 1 + 2 * _DEEPEST]:
        if row.page != page or row.top - edge > 3.2 * height:
            return
        if row.top < edge - 0.6 * height:
            continue  # Hardly lower: the other half of a row that leans.
        if any(over(other.box, label.box) and other.field in TAKES
               for other in m.labels_by_row.get(row.number, ())):  # fmt: skip
            return
        aligned = [
            value for value in m.values_by_row.get(row.number, ())
            if value.kind in kinds and over(value.box, label.box)
        ]  # fmt: skip
        yield from aligned[:1]
        if aligned or _anything_below(row, label):
            edge = row.bottom


def _anything_below(row: Row, label: Label) -> bool:
    return any(over(cell.box, label.box) for cell in row.cells)


def over(one: Box, other: Box) -> bool:
    """Do two boxes stand in one column: by an edge, or by the middle of one of them?"""
    if abs(one.left - other.left) < _ALIGNED or abs(one.right - other.right) < _ALIGNED:
        return True
    return other.left < (one.left + one.right) / 2 < other.right or (
        one.left < (other.left + other.right) / 2 < one.right
    )


def merged(candidates: Sequence[Candidate]) -> list[Candidate]:
    """One for each text, best first: of several places the best, and a little for each other."""
    by_text: dict[str, list[Candidate]] = {}
    for one in candidates:
        by_text.setdefault(one.text, []).append(one)
    found = []
    for same in by_text.values():
        same.sort(key=lambda one: -one.score)
        best = same[0]
        places = {one.box for one in same if one.box}
        if len(places) > 1 and same[1].score > 0.5:
            best = best.because("repeated", f"Stands at {len(places)} places.",
                                min(0.3 * (len(places) - 1), 0.6))  # fmt: skip
        found.append(best)
    return sorted(found, key=lambda one: -one.score)
