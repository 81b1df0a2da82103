"""The row of headings above invoice lines: which column says what."""

from collections.abc import Iterator, Mapping

from .amounts import CODES
from .marks import key
from .reading import Box
from .rows import Cell, Row

# Headings of columns, as `marks.key` writes them; a heading may be several words of one cell.
HEADINGS = {
    "name": "beschreibung bezeichnung artikel artikelbezeichnung produkt description beskrivning"
            " benamning tuote kuvaus selite omschrijving designation libelle item varenavn tekst"
            " beskrivelse artikkel leistung positionmaterialbeschreibung vare product nimike ydelse"
            " specifikation text materialbeschreibung bezeichnungleistung tatigkeit gegenstand vara"
            " service tjanst arbete charge details leistungsbeschreibung prestation werkzaamheden"
            " toimenpide",
    "quantity": "menge anzahl anz quantity qty antal antall maara kpl aantal quantite qte stk units"
              " hours"
                " stunden timer timmar",
    "price": "einzelpreis einzel nettopreis preis preiseinh preiseinheit unitprice price apris pris"
              " enhedspris"
             " enhetspris ahinta yksikkohinta hinta prijs stukprijs prixunitaire puht prix epreis"
             " ahintaalv0 prisenhet prisstk styckpris unitcost rate apriser netprice",
    "amount": "betrag gesamt nettobetrag nettowert summe gesamtpreis amount total linetotal"
              " belopp summa"
              " belop belob bedrag totaal yhteensa montant montantht totalht prixht entgelt"
              " gesamtbetrag"
              " netamount veroton sum gesamteur betrageur betragineur radsumma linjesum wert"
              " warenwert",
    "rate": "ust mwst steuer steuersatz moms mva alv btw tva vat tax vatrate momssats ustsatz"
              " taxrate"
            " mwstsatz verokanta mvasats steuersatzin",
    "number": "pos position posnr nr rad rivi ligne line",
    "article": "artnr artikelnr artikelnummer articleno itemno artnrlief sku gtin varenr tuotenro"
               " artnrkunde",
}  # fmt: skip
# Whose money stands below: "Summa kr", "Betrag in €".
_MONEY = frozenset(CODES) | {"€", "£", "$", "kr", "kr.", "Kr", "in", "i"}
_COLUMN_OF = {word: column for column, words in HEADINGS.items() for word in words.split()}


def headings(row: Row) -> dict[str, Box]:
    found: dict[str, Box] = {}
    for cell in row.cells:
        for column, box in _headings_in(cell):
            if column == "amount" or column not in found:  # The last sum is the line's.
                found[column] = box
    return found


def _headings_in(cell: Cell) -> Iterator[tuple[str, Box]]:
    whole = "".join(key(word.text) for word in cell.words if word.text.strip("()[],") not in _MONEY)
    if whole in _COLUMN_OF:
        yield _COLUMN_OF[whole], cell.box
        return
    for at, word in enumerate(cell.words):
        pair = key(word.text + (cell.words[at + 1].text if at + 1 < len(cell.words) else ""))
        column = _COLUMN_OF.get(pair) or _COLUMN_OF.get(key(word.text))
        if column:
            yield column, word.box


def is_table(columns: Mapping[str, Box]) -> bool:
    """Do these headings begin a table of lines? It names what was sold, and what it came to."""
    return {"amount", "name"} <= columns.keys() and len(columns) >= 3
