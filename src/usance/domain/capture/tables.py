"""Invoice lines where they are tabular: a row of headings, and rows below that add up."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from usance.domain.invoice.document import Line

from .marks import Marked, Value, key
from .proposals import _over
from .reading import Box
from .rows import Cell, Row

# Headings of columns, as `marks.key` writes them; a heading may be several words of one cell.
HEADINGS = {
    "name": "beschreibung bezeichnung artikel artikelbezeichnung produkt description beskrivning"
            " benamning tuote kuvaus selite omschrijving designation libelle item varenavn tekst"
            " beskrivelse artikkel leistung positionmaterialbeschreibung vare product nimike ydelse"
            " specifikation text materialbeschreibung bezeichnungleistung",
    "quantity": "menge anzahl quantity qty antal antall maara kpl aantal quantite qte stk units hours"
                " stunden timer timmar",
    "price": "einzelpreis nettopreis preis preiseinh preiseinheit unitprice price apris pris enhedspris"
             " enhetspris ahinta yksikkohinta hinta prijs stukprijs prixunitaire puht prix epreis"
             " ahintaalv0 prisenhet prisstk styckpris unitcost rate apriser netprice",
    "amount": "betrag gesamt nettobetrag nettowert summe gesamtpreis amount total linetotal belopp summa"
              " belop belob bedrag totaal yhteensa montant montantht totalht prixht entgelt gesamtbetrag"
              " netamount veroton sum gesamteur betrageur betragineur radsumma linjesum wert warenwert",
    "rate": "ust mwst steuer steuersatz moms mva alv btw tva vat tax vatrate momssats ustsatz taxrate"
            " mwstsatz verokanta mvasats steuersatzin",
    "number": "pos position posnr nr rad rivi ligne line",
    "article": "artnr artikelnr artikelnummer articleno itemno artnrlief sku gtin varenr tuotenro"
               " artnrkunde",
}  # fmt: skip
_COLUMN_OF = {word: column for column, words in HEADINGS.items() for word in words.split()}
_TOTALS = frozenset({"net", "gross", "tax", "payable", "_prepaid"})
_MOST = 400  # Lines.
_GAP = 90.0  # Points without a line: the table has ended.


def lines_of(m: Marked, net: Decimal | None) -> tuple[tuple[Line, ...], bool]:
    """The lines of the first table that has some, and whether they add up to the net amount.

    Empty where no table is found.
    """
    best: tuple[Line, ...] = ()
    rows = iter(m.rows)
    for row in rows:
        columns = _headings(row)
        if not {"amount", "name"} <= columns.keys() or len(columns) < 3:
            continue
        found = tuple(_lines(m, row, columns))
        if found and net is not None and _total(found) == net:
            return found, True
        best = best or found
    return best, False


def _total(lines: Sequence[Line]) -> Decimal:
    return sum((line.net for line in lines if line.net is not None), Decimal(0))


def _headings(row: Row) -> dict[str, Box]:
    found: dict[str, Box] = {}
    for cell in row.cells:
        for column, box in _headings_in(cell):
            if column == "amount" or column not in found:  # The last sum is the line's.
                found[column] = box
    return found


def _headings_in(cell: Cell) -> Iterator[tuple[str, Box]]:
    whole = key(cell.text)
    if whole in _COLUMN_OF:
        yield _COLUMN_OF[whole], cell.box
        return
    for at, word in enumerate(cell.words):
        pair = key(word.text + (cell.words[at + 1].text if at + 1 < len(cell.words) else ""))
        column = _COLUMN_OF.get(pair) or _COLUMN_OF.get(key(word.text))
        if column:
            yield column, word.box


def _lines(m: Marked, heading: Row, columns: dict[str, Box]) -> Iterator[Line]:
    line: Line | None = None
    count, edge, page = 0, heading.bottom, heading.page
    for row in m.rows[heading.number + 1 :]:
        if row.page != page:
            page, edge = row.page, 0.0
        if row.page != heading.page and _headings(row):
            continue
        amounts = [v for v in m.values_by_row.get(row.number, ()) if v.kind == "amount"]
        net = _in_column(amounts, columns["amount"])
        if _ends(m, row, net) or (edge and row.top - edge > _GAP) or count >= _MOST:
            break
        name = " ".join(
            cell.text for cell in row.cells
            if _over(cell.box, columns["name"]) and any(ch.isalpha() for ch in cell.text)
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
    inside = [value for value in values if _over(value.box, column)]
    return min(inside, key=lambda value: abs(value.box.right - column.right)) if inside else None


def _ends(m: Marked, row: Row, net: Value | None) -> bool:
    """Is this a total? Then its label stands before the amount, as the row's first words."""
    if net is None:
        return False
    return any(
        label.field in _TOTALS and label.last <= net.first and label.first <= 1
        for label in m.labels_by_row.get(row.number, ())
    )
