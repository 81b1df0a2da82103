"""DATEV format: a batch of postings (Buchungsstapel, category 21, version 13) with header 700.

Source: DATEV developer portal, "DATEV-Format", pages Einstieg, Header and Buchungsstapel, read
2026-11. A line is one move of ours: debited account, credited account, "S". Amounts have two
decimals and at most ten digits before the comma; days have no year, so that a file stays within
one fiscal year; a file has at most 99 999 lines. Windows-1252, fields by semicolon, lines by CR LF.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from usance.domain.money import Money, exponent

from . import Head, Posting, Unwritable, Voucher
from ._plain import plain

CONFIG = {
    "consultant": "Number of the tax consultant (Beraternummer), 1001 to 9999999.",
    "client_number": "Number of the client there (Mandantennummer), 1 to 99999.",
}
SUFFIX = "csv"
MEDIA_TYPE = "text/csv"
MOST = 90_000
LARGEST_FILE = 99_999  # Lines that DATEV takes.
CHARSET = "cp1252"
DIGITS = 2
LARGEST = Decimal(10) ** 10
TOGETHER = 1000
FIELDS = 125
FORMAT_VERSION = 13
HEADER = 700
CATEGORY = 21
BOOKKEEPING = 1  # Buchungstyp: financial bookkeeping, not an annual account.

_PAIRS = (("Beleginfo - Art", "Beleginfo - Inhalt", 8), ("Zusatzinformation - Art",
          "Zusatzinformation- Inhalt", 20))  # fmt: skip


def _pairs(place: int) -> list[str]:
    one, other, count = _PAIRS[place]
    return [f"{name} {n}" for n in range(1, count + 1) for name in (one, other)]


COLUMNS = (
    "Umsatz (ohne Soll/Haben-Kz)", "Soll/Haben-Kennzeichen", "WKZ Umsatz", "Kurs", "Basis-Umsatz",
    "WKZ Basis-Umsatz", "Konto", "Gegenkonto (ohne BU-Schlüssel)", "BU-Schlüssel", "Belegdatum",
    "Belegfeld 1", "Belegfeld 2", "Skonto", "Buchungstext", "Postensperre",
    "Diverse Adressnummer", "Geschäftspartnerbank", "Sachverhalt", "Zinssperre", "Beleglink",
    *_pairs(0),
    "KOST1 - Kostenstelle", "KOST2 - Kostenstelle", "Kost-Menge",
    "EU-Land u. UStID (Bestimmung)", "EU-Steuersatz (Bestimmung)", "Abw. Versteuerungsart",
    "Sachverhalt L+L", "Funktionsergänzung L+L", "BU 49 Hauptfunktionstyp",
    "BU 49 Hauptfunktionsnummer", "BU 49 Funktionsergänzung",
    *_pairs(1),
    "Stück", "Gewicht", "Zahlweise", "Forderungsart", "Veranlagungsjahr",
    "Zugeordnete Fälligkeit", "Skontotyp", "Auftragsnummer", "Buchungstyp",
    "USt-Schlüssel (Anzahlungen)", "EU-Land (Anzahlungen)", "Sachverhalt L+L (Anzahlungen)",
    "EU-Steuersatz (Anzahlungen)", "Erlöskonto (Anzahlungen)", "Herkunft-Kz", "Buchungs GUID",
    "KOST-Datum", "SEPA-Mandatsreferenz", "Skontosperre", "Gesellschaftername",
    "Beteiligtennummer", "Identifikationsnummer", "Zeichnernummer", "Postensperre bis",
    "Bezeichnung SoBil-Sachverhalt", "Kennzeichen SoBil-Buchung", "Festschreibung",
    "Leistungsdatum", "Datum Zuord. Steuerperiode", "Fälligkeit", "Generalumkehr (GU)",
    "Steuersatz", "Land", "Abrechnungsreferenz", "BVV-Position",
    "EU-Land u. UStID (Ursprung)", "EU-Steuersatz (Ursprung)", "Abw. Skontokonto",
)  # fmt: skip
assert len(COLUMNS) == FIELDS, "version 13 has 125 fields"
_REST = ";" * (FIELDS - 1 - COLUMNS.index("Beleginfo - Inhalt 1"))


def check(head: Head) -> None:
    if exponent(head.currency) > DIGITS:
        raise Unwritable(f"DATEV has two decimals, {head.currency} has {exponent(head.currency)}")
    _number(head, "consultant", 1001, 9_999_999)
    _number(head, "client_number", 1, 99_999)
    lengths = {len(one.number) for one in head.accounts}
    digits = all(one.number.isascii() and one.number.isdigit() for one in head.accounts)
    if len(lengths) != 1 or not digits or not 4 <= max(lengths) <= 8:
        raise Unwritable("DATEV takes account numbers of one length, four to eight digits")


def write(vouchers: Iterable[Voucher], head: Head) -> Iterator[bytes]:
    check(head)
    lines = [_head(head), ";".join(COLUMNS)]
    count = 0
    for voucher in vouchers:
        for posting in voucher.postings:
            count += 1
            if count > LARGEST_FILE:
                raise Unwritable(f"DATEV takes {LARGEST_FILE} lines in a file")
            lines.append(_line(voucher, posting))
        if len(lines) >= TOGETHER:
            yield _bytes(lines)
            lines = []
    yield _bytes(lines)


def _head(head: Head) -> str:
    said: list[str] = [
        '"EXTF"', str(HEADER), str(CATEGORY), '"Buchungsstapel"', str(FORMAT_VERSION),
        f"{head.made_at:%Y%m%d%H%M%S}{head.made_at.microsecond // 1000:03d}", "", '"US"', '""',
        '""', head.settings["consultant"], head.settings["client_number"],
        f"{head.year_from:%Y%m%d}", str(len(head.accounts[0].number)), f"{head.first_on:%Y%m%d}",
        f"{head.last_on:%Y%m%d}", _text(head.name, 30), '""', str(BOOKKEEPING), "0", "0",
        f'"{head.currency}"', "", '""', "", "", _text(_skr(head.chart), 4), "", "", '""', '""',
    ]  # fmt: skip
    return ";".join(said)


def _line(voucher: Voucher, posting: Posting) -> str:
    said = voucher.text.split()  # Sixty characters are few: no number stands there twice.
    about = [part for part in posting.text.split(" · ") if part not in said]
    text = f"{voucher.text} {' · '.join(about)}".strip()
    sums = f'{_amount(posting.amount)};"S";"{posting.amount.currency}";;;""'
    if posting.original:
        foreign = _foreign(posting.original, posting.amount)
        sums, text = foreign or sums, text if foreign else f"{posting.original} {text}"
    number = f"{voucher.series}-{voucher.number}"
    return (
        f'{sums};{posting.debit};{posting.credit};"";{voucher.on:%d%m};'
        f'{_text(number, 36)};"";;{_text(text, 60)};;"";;;;"";'
        f'"usance";{_text(voucher.entry, 210)}{_REST}'
    )


def _foreign(original: Money, amount: Money) -> str:
    """The fields 1 to 6 of a turnover in another currency: its rate is units for one of the base
    currency, from 1 to 9999 (fields 4 to 6 go together). Empty: they cannot say it."""
    if exponent(original.currency) > DIGITS or not amount or original.decimal >= LARGEST:
        return ""
    rate = (original.decimal / amount.decimal).quantize(Decimal("0.000001"))
    if not 1 <= rate < 10_000:
        return ""
    said = f"{rate:.6f}".replace(".", ",")
    return (
        f'{_amount(original)};"S";"{original.currency}";{said};{_amount(amount)};'
        f'"{amount.currency}"'
    )


def _amount(amount: Money) -> str:
    value = amount.decimal
    if value >= LARGEST:
        raise Unwritable(f"{amount} has more digits than DATEV takes in one posting")
    return f"{value:.2f}".replace(".", ",")


def _number(head: Head, name: str, least: int, most: int) -> None:
    said = head.settings.get(name, "")
    if not (said.isascii() and said.isdigit() and least <= int(said) <= most):
        raise Unwritable(f"DATEV needs {name}, a number from {least} to {most}")


def _skr(chart: str) -> str:
    return chart.removeprefix("skr") if chart.startswith("skr") else ""


def _text(text: str, most: int) -> str:
    return f'"{plain(text, CHARSET, most).replace(chr(34), chr(34) * 2)}"'


def _bytes(lines: list[str]) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode(CHARSET)
