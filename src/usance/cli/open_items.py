"""Open items from a CSV file.

The first row names the columns; case, blanks and punctuation do not count. Needed are a number or
a payment reference, the outstanding amount and the currency (or `--currency`):

- number: number, invoice number, invoice no, billing number, document number, invoice id,
  fakturanummer, fakturanr, rechnungsnummer, belegnummer, laskunumero …
- payment reference: payment reference, reference, assignment number, ocr, kid, viite, referens,
  zahlungsreferenz, verwendungszweck …
- outstanding: outstanding, open amount, amount due, amount, total, belopp, betrag, offen …
- currency, debtor id (customer id …), debtor name (customer name …), debtor accounts (IBANs with
  blanks, commas or bars between them), due date.

Of two columns that mean the same, the one counts whose name stands first in `COLUMNS`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from uuid import UUID

from usance.domain.money import Money, NotMoney
from usance.domain.payment import OpenItem
from usance.plugins import Unreadable
from usance.plugins._table import Amounts, Days, decoded, folded, header, rows

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "number": (
        "invoice number", "invoice no", "invoice nr", "number", "billing number", "bill number",
        "document number", "document no", "fakturanummer", "fakturanr", "rechnungsnummer",
        "rechnungsnr", "belegnummer", "belegnr", "laskunumero", "laskun numero", "vbeln", "belnr",
        "invoice", "faktura", "rechnung", "lasku", "nummer", "invoice id",
    ),
    "reference": (
        "payment reference", "structured reference", "creditor reference", "reference",
        "assignment number", "assignment", "remittance", "ocr", "ocr nummer", "kid", "kid nummer",
        "viite", "viitenumero", "referens", "betalningsreferens", "referanse", "zahlungsreferenz",
        "referenz", "verwendungszweck", "zuordnung", "zuonr",
    ),
    "outstanding": (
        "outstanding", "outstanding amount", "open amount", "amount open", "open", "balance",
        "remaining", "amount due", "utestående", "restbelopp", "offener betrag", "offen",
        "restbetrag", "avoin", "avoinna", "utestående belopp", "utestående beløp", "amount",
        "total", "gross", "belopp", "betrag", "beløp", "beløb", "summa", "määrä", "wrbtr",
    ),
    "currency": (
        "currency", "currency code", "ccy", "valuta", "valutakod", "währung", "waehrung",
        "valuutta", "waers",
    ),
    "debtor": (
        "debtor id", "debtor number", "debtor no", "customer id", "customer number", "customer no",
        "buyer id", "kundnummer", "kundnr", "kundennummer", "kundennr", "debitorennummer",
        "asiakasnumero", "kundenummer", "kunnr", "debtor", "customer", "gäldenär", "debitor",
    ),
    "name": (
        "debtor name", "customer name", "buyer name", "name", "kundnamn", "kundenname", "buyer",
        "namn", "firma", "asiakas", "nimi", "navn", "kunde", "kund", "name1",
    ),
    "accounts": (
        "debtor accounts", "debtor account", "accounts", "payer account", "payer accounts", "iban",
        "account", "konto", "kontonummer", "tilinumero",
    ),
    "due_on": (
        "due date", "due on", "due", "förfallodatum", "förfallodag", "fälligkeitsdatum",
        "fälligkeit", "fällig am", "eräpäivä", "forfallsdato", "forfaldsdato", "zfbdt",
    ),
}  # fmt: skip
HEADER_WITHIN = 20  # Lines.
_BETWEEN = re.compile(r"[|,;\s]+")


def read(data: bytes, *, currency: str = "") -> list[OpenItem]:
    """Every row as an open item.

    :param currency: of the rows that name none.
    :raises Unreadable: with row and column of what cannot be read; no row is skipped.
    """
    text = decoded(data)
    found = header(text.splitlines(keepends=True)[:HEADER_WITHIN], _accepts)
    if found is None:
        raise Unreadable(
            "the first row must name a number or reference, and an amount", where="row 1"
        )
    at, separator, names = found
    columns = _columns(names)
    table = [
        (row, {ours: cells[c].strip() if c < len(cells) else "" for ours, c in columns.items()})
        for row, cells in rows(text, separator, after=at)
    ]
    amounts = Amounts(_cells(table, columns, "outstanding", every=True))
    days = Days(_cells(table, columns, "due_on"))
    debtors: dict[str, UUID] = {}
    items = []
    for number, (row, cells) in enumerate(table):
        where = f"row {row}"
        key = cells.get("debtor") or cells.get("name") or f"\x1f{number}"
        accounts = _BETWEEN.split(cells.get("accounts", ""))
        due = cells.get("due_on", "")
        due_on: date | None = days.read(due, where) if due else None
        if not (cells.get("number") or cells.get("reference")):
            raise Unreadable("neither a number nor a payment reference", where=where)
        items.append(OpenItem(
            invoice=UUID(int=number), number=cells.get("number") or cells.get("reference", ""),
            payment_reference=cells.get("reference", ""),
            outstanding=_money(
                amounts, cells["outstanding"], cells.get("currency") or currency, where
            ),
            debtor=debtors.setdefault(key, UUID(int=len(debtors))),
            debtor_accounts=frozenset(account for account in accounts if account),
            debtor_name=cells.get("name", ""), due_on=due_on,
        ))  # fmt: skip
    return items


def _accepts(names: list[str]) -> bool:
    found = _columns(names)
    return "outstanding" in found and ("number" in found or "reference" in found)


def _columns(names: list[str]) -> dict[str, int]:
    """Where our columns stand."""
    places = {folded(name): at for at, name in reversed(list(enumerate(names)))}
    found = {}
    for ours, known in COLUMNS.items():
        here = [places[folded(name)] for name in known if folded(name) in places]
        if here:
            found[ours] = here[0]
    return found


def _cells(
    table: Iterable[tuple[int, Mapping[str, str]]], columns: Mapping[str, int], name: str,
    *, every: bool = False,
) -> Iterator[tuple[str, str]]:  # fmt: skip
    for row, cells in table:
        if cells.get(name) or every:
            yield cells.get(name, ""), f"row {row}, column {columns[name] + 1}"


def _money(amounts: Amounts, text: str, currency: str, where: str) -> Money:
    code = currency.upper()
    if len(code) != 3 or not (code.isascii() and code.isalpha()):
        raise Unreadable(f"{currency!r} is no currency: add a column or --currency", where=where)
    try:
        return Money.of(amounts.read(text), code)
    except NotMoney as broken:
        raise Unreadable(str(broken), where=where) from broken
