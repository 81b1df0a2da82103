"""Rows of an advice that nobody described: which column is the number, which the amount.

Nothing is guessed: an amount column counts because of its heading, or because its amounts make the
total that the advice states.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from usance.domain.payment import Advice, Part
from usance.plugins import Unreadable
from usance.plugins._table import Amounts, Days, by_name, folded

# What a column is called, without case, blanks and signs.
COLUMNS: Mapping[str, Sequence[str]] = {
    "number": (
        "invoice", "invoice number", "invoice no", "invoice nr", "invoice id", "document",
        "document number", "document no", "our reference", "your document", "your reference",
        "faktura", "fakturanummer", "fakturanr", "faktura nr", "verifikat", "rechnung",
        "rechnungsnummer", "rechnungsnr", "rechnungs nr", "rechnung nr", "beleg", "belegnummer",
        "belegnr", "ihr beleg", "ihre belegnummer", "lasku", "laskunumero", "laskun numero",
        "facture", "numéro de facture", "no facture", "factuur", "factuurnummer", "fattura",
        "numero fattura", "factura", "número de factura", "number", "nummer",
    ),
    "amount": (
        "amount paid", "paid", "paid amount", "payment", "payment amount", "amount", "net amount",
        "zahlbetrag", "zahlungsbetrag", "betrag", "gezahlt", "nettobetrag", "zahlung", "belopp",
        "betalt belopp", "betalt", "betalat", "att betala", "beløp", "betalt beløp", "beløb",
        "betalt beløb", "maksettu", "summa", "maksu", "montant", "montant payé", "bedrag",
        "betaald", "betaald bedrag", "importo", "importo pagato", "importe", "importe pagado",
    ),
    "deducted": (
        "discount", "cash discount", "deduction", "deductions", "deducted", "skonto", "abzug",
        "abzüge", "skontobetrag", "avdrag", "rabatt", "kassarabatt", "fradrag", "alennus",
        "vähennys", "escompte", "déduction", "korting", "aftrek", "sconto", "descuento",
    ),
    "gross": (
        "gross", "gross amount", "invoice amount", "original amount", "document amount",
        "bruttobetrag", "brutto", "rechnungsbetrag", "belegbetrag", "fakturabelopp",
        "bruttobelopp", "fakturabeløp", "fakturabeløb", "laskun summa", "montant brut",
        "factuurbedrag", "importo lordo", "importe bruto",
    ),
    "reason": (
        "reason", "reason code", "remark", "remarks", "note", "comment", "text", "grund",
        "abzugsgrund", "bemerkung", "verwendungszweck", "orsak", "anmärkning", "kommentar",
        "årsag", "årsak", "syy", "motif", "reden", "opmerking", "motivo",
    ),
    "currency": (
        "currency", "ccy", "valuta", "währung", "whg", "devise", "valuutta", "divisa", "moneda",
    ),
    "paid_on": (
        "payment date", "paid on", "value date", "zahlungsdatum", "zahldatum", "betaldatum",
        "betalningsdatum", "betalingsdato", "maksupäivä", "date de paiement", "betaaldatum",
        "data pagamento", "fecha de pago",
    ),
    "reference": (
        "payment reference", "payment id", "payment number", "payment no", "zahlungsreferenz",
        "betalningsreferens", "betalingsreferanse", "maksuviite", "référence de paiement",
        "betalingskenmerk",
    ),
}  # fmt: skip
SUMS = frozenset(
    folded(word) for word in (
        "total", "totals", "grand total", "total paid", "total payment", "payment total", "sum",
        "total amount", "amount paid", "summe", "gesamt", "gesamtsumme", "gesamtbetrag",
        "endsumme", "zahlbetrag", "zahlungsbetrag", "überweisungsbetrag", "summa",
        "totalt", "totalbelopp", "summa att betala", "utbetalt", "sum total", "i alt", "yhteensä",
        "maksettu yhteensä", "somme", "total général", "totaal", "totale", "importe total",
    )
)  # fmt: skip
NAMES = by_name(COLUMNS)
MOST_ROWS = 20_000
# ISO 4217 codes of the countries in which factors of Europe and North America are paid.
_CURRENCIES = frozenset({
    "AUD", "BGN", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ISK", "JPY",
    "NOK", "NZD", "PLN", "RON", "SEK", "SGD", "TRY", "UAH", "USD",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    where: str
    cells: tuple[str, ...]


def columns(names: Iterable[str]) -> dict[str, int]:
    """Which column is which, by its heading; the first of two that mean the same."""
    found: dict[str, int] = {}
    for place, name in enumerate(names):
        ours = NAMES.get(folded(_bare_heading(name)))
        if ours:
            found.setdefault(ours, place)
    return found


def is_heading(names: Iterable[str]) -> bool:
    return {"number", "amount"} <= columns(names).keys()


def is_currency(text: str) -> bool:
    return text in _CURRENCIES


def advice(names: Sequence[str], rows: Sequence[Row], **known: str) -> Advice | None:
    """The advice in a table with headings; None if it lists nothing.

    :param known: payer, payer_account, reference, as they stand beside the table.
    :raises Unreadable: for a row without its number or amount, an amount that is none, two
        currencies, or a sum of its own that its rows do not make.
    """
    at = columns(names)
    listed, sums = list[Row](), list[Row]()
    for row in rows:
        if _is_sum(row, at):
            sums.append(row)
        elif _cell(row, at, "number"):
            listed.append(row)
        elif _cell(row, at, "amount"):
            raise Unreadable("an amount without an invoice", where=row.where)
    if len(listed) > MOST_ROWS:
        raise Unreadable(f"more than {MOST_ROWS:,} rows; split the list")
    if not listed:
        return None
    amounts = _amounts([*listed, *sums], at)
    parts = tuple(_part(row, at, amounts) for row in listed)
    total = sum((part.amount for part in parts), Decimal(0))
    for row in sums:
        stated = _cell(row, at, "amount")
        if stated and amounts.read(stated) != total:
            raise Unreadable(f"its own sum is {stated}, its rows make {total}", where=row.where)
    return Advice(
        parts=parts, total=total, currency=_only(listed, at, "currency"),
        payer=known.get("payer", ""), payer_account=known.get("payer_account", ""),
        reference=known.get("reference", "") or _first(listed, at, "reference"),
        paid_on=_paid_on(listed, at),
    )  # fmt: skip


def _is_sum(row: Row, at: Mapping[str, int]) -> bool:
    """A word for a sum stands in it, and no number where one would stand."""
    number = folded(_cell(row, at, "number").rstrip(":"))
    worded = any(folded(cell.rstrip(":")) in SUMS for cell in row.cells if cell)
    return worded and (not number or number in SUMS)


def _part(row: Row, at: Mapping[str, int], amounts: Amounts) -> Part:
    stated = _cell(row, at, "amount")
    if not stated:
        raise Unreadable("an invoice without an amount", where=row.where)
    kept_back = _cell(row, at, "deducted")
    return Part(
        number=_cell(row, at, "number")[:80],
        amount=amounts.read(stated),
        deducted=abs(amounts.read(kept_back)) if kept_back else Decimal(0),
        reason=_cell(row, at, "reason")[:140],
    )


def _amounts(rows: Iterable[Row], at: Mapping[str, int]) -> Amounts:
    return Amounts(
        (text, row.where)
        for row in rows
        for name in ("amount", "deducted", "gross")
        if (text := _cell(row, at, name))
    )


def _paid_on(rows: Sequence[Row], at: Mapping[str, int]) -> date | None:
    stated = [(text, row.where) for row in rows if (text := _cell(row, at, "paid_on"))]
    days = Days(stated)
    found = {days.read(text, where) for text, where in stated}
    return found.pop() if len(found) == 1 else None


def _only(rows: Iterable[Row], at: Mapping[str, int], name: str) -> str:
    found = {text.upper() for row in rows if (text := _cell(row, at, name))}
    if len(found) > 1:
        raise Unreadable(f"{' and '.join(sorted(found))[:60]} stand in one list")
    text = found.pop() if found else ""
    return text if is_currency(text) else ""


def _first(rows: Sequence[Row], at: Mapping[str, int], name: str) -> str:
    """What stands in a column if it is the same in every row."""
    found = {_cell(row, at, name) for row in rows}
    return found.pop()[:80] if len(found) == 1 else ""


def _cell(row: Row, at: Mapping[str, int], name: str) -> str:
    place = at.get(name)
    return row.cells[place].strip() if place is not None and place < len(row.cells) else ""


def _bare_heading(name: str) -> str:
    """Without the currency behind it: "Amount (EUR)", "Betrag EUR"."""
    return re.sub(r"[\s(\[]+[A-Z]{3}[)\]]?\s*$", "", name)
