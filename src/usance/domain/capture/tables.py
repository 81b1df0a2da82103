"""Invoice lines where they are tabular: a row of headings, and rows below that add up."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from usance.domain.invoice.document import Line

from .headings import headings, is_table
from .marks import Marked, Value
from .proposals import over
from .reading import Box
from .rows import Row

_TOTALS = frozenset({"net", "gross", "tax", "payable", "_prepaid"})
_MOST = 400  # Lines.
_GAP = 90.0  # Points without a line: the table has ended.


def lines_of(m: Marked, net: Decimal | None) -> tuple[tuple[Line, ...], bool]:
    """The lines of the first table that adds up, else of the first, and whether it does.

    Empty where no table is found.
    """
    best: tuple[Line, ...] = ()
    rows = iter(m.rows)
    for row in rows:
        columns = headings(row)
        if not is_table(columns):
            continue
        found = tuple(_lines(m, row, columns))
        if found and net is not None and _is_proven(m, found, net):
            return found, True
        best = best or found
    return best, False


def _is_proven(m: Marked, lines: Sequence[Line], net: Decimal) -> bool:
    """The lines make the net amount; or each is quantity by price, and what is missing is"
    " printed."""
    missing = abs(_total(lines) - net)
    if not missing:
        return True
    printed = {abs(Decimal(value.text)) for value in m.values if value.kind == "amount"}
    return missing in printed and all(line.price is not None for line in lines)


def _total(lines: Sequence[Line]) -> Decimal:
    return sum((line.net for line in lines if line.net is not None), Decimal(0))


def _lines(m: Marked, heading: Row, columns: dict[str, Box]) -> Iterator[Line]:
    line: Line | None = None
    count, edge, page = 0, heading.bottom, heading.page
    for row in m.rows[heading.number + 1 :]:
        if row.page != page:
            page, edge = row.page, 0.0
        if row.page != heading.page and headings(row):
            continue
        amounts = [v for v in m.values_by_row.get(row.number, ()) if v.kind == "amount"]
        net = _in_column(amounts, columns["amount"])
        if _ends(m, row, net) or (edge and row.top - edge > _GAP) or count >= _MOST:
            break
        name = " ".join(
            cell.text for cell in row.cells
            if over(cell.box, columns["name"]) and any(ch.isalpha() for ch in cell.text)
        )  # fmt: skip
        if net is not None and net.is_money:
            if line is not None:
                yield line
            count += 1
            line = _line(row, amounts, net, columns, str(count), name)
            edge = row.bottom
        elif line is not None and name and len(line.name) + len(line.description) < 300:
            line = (replace(line, name=name) if not line.name else
                    replace(line, description=f"{line.description} {name}".strip()))  # fmt: skip
            edge = row.bottom
    if line is not None:
        yield line


def _line(row: Row, amounts: Sequence[Value], net: Value, columns: dict[str, Box], number: str,
          name: str) -> Line:  # fmt: skip
    others = [value for value in amounts if value is not net and value.last <= net.first]
    quantity = _in_column(others, columns["quantity"]) if "quantity" in columns else None
    price = _in_column(others, columns["price"]) if "price" in columns else None
    worth = Decimal(net.text)
    if not _multiplies(quantity, price, worth):
        pair = next(((q, p) for q in others for p in others
                     if q.first < p.first and _multiplies(q, p, worth)), None)  # fmt: skip
        quantity, price = pair or (None, None)
    return Line(
        number=number, name=name, net=worth,
        quantity=Decimal(quantity.text) if quantity else None,
        price=abs(Decimal(price.text)) if price else None,
    )  # fmt: skip


def _multiplies(quantity: Value | None, price: Value | None, worth: Decimal) -> bool:
    if quantity is None or price is None or quantity is price:
        return False
    return abs(abs(Decimal(quantity.text) * Decimal(price.text)) - abs(worth)) <= Decimal("0.01")


def _in_column(values: Sequence[Value], column: Box) -> Value | None:
    inside = [value for value in values if over(value.box, column)]
    return min(inside, key=lambda value: abs(value.box.right - column.right)) if inside else None


def _ends(m: Marked, row: Row, net: Value | None) -> bool:
    """Is this a total? Then its label stands before the amount, with no other amount between."""
    if net is None:
        return False
    before = [v.last for v in m.values_by_row.get(row.number, ())
              if v.kind == "amount" and v.last <= net.first]  # fmt: skip
    return any(
        label.field in _TOTALS and max(before, default=0) <= label.first and label.last <= net.first
        for label in m.labels_by_row.get(row.number, ())
    )
