"""Exports read back by strict readers: nothing is lost, every amount is exact, every text fits."""

import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO

import pytest

from tests.plugins.vouchers import sie_reading
from usance import plugins
from usance.domain.charts import CHARTS, accounts
from usance.domain.journal import Account
from usance.domain.money import Money
from usance.plugins.vouchers import (
    KIND,
    Head,
    Posting,
    Standing,
    Unwritable,
    Voucher,
    csv_vouchers,
    datev,
    sie4,
)

BAS = {one.ours: one.number for one in accounts("bas", {})}


def head(chart: str = "bas", currency: str = "SEK", **more: object) -> Head:
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    plain = Head(
        made_at=datetime(2026, 3, 4, 5, 6, 7, 89_000, tzinfo=UTC), company='Åkes "Factoring" AB',
        organisation="556677-8899", chart=chart, currency=currency, year_from=first, year_to=last,
        first_on=date(2026, 3, 2), last_on=date(2026, 3, 31), name="V260304-000001",
        accounts=accounts(chart, {}), settings={"consultant": "29098", "client_number": "55003"},
    )  # fmt: skip
    return replace(plain, **more)  # type: ignore[arg-type]  # Fields of a head.


def voucher(
    number: int = 1,
    text: str = "Köp av faktura",
    *,
    chart: str = "bas",
    currency: str = "SEK",
    minors: tuple[int, ...] = (800_000, 200_000),
) -> Voucher:
    named = {one.ours: one.number for one in accounts(chart, {})}
    sides = ((Account.FACTORED_RECEIVABLES, Account.DUE_TO_CLIENTS),
             (Account.FACTORED_RECEIVABLES, Account.CLIENT_RESERVES))  # fmt: skip
    return Voucher(
        series="U", number=number, entry=f"entry-{number}", on=date(2026, 3, 2), proof="invoice:1",
        written_on=date(2026, 3, 3), text=text, actor="belt",
        postings=tuple(
            Posting(debit=named[debit], credit=named[credit], amount=Money(minor, currency),
                    text="R-1 · Acme · Bolt")
            for minor, (debit, credit) in zip(minors, sides, strict=False)
        ),
    )  # fmt: skip


def test_every_account_has_a_number_of_its_own_in_every_chart() -> None:
    for chart in CHARTS:
        named = accounts(chart, {})
        assert {one.ours for one in named} == {*Account, None}
        assert len({one.number for one in named}) == len(named)


@pytest.mark.parametrize(("numbers", "says"), [
    ({"1200": "1684"}, "1684 stands for"),
    ({"retained": "1930"}, "1930 stands for"),
])  # fmt: skip
def test_two_accounts_never_share_a_number(numbers: dict[str, str], says: str) -> None:
    with pytest.raises(Unwritable, match=says):
        accounts("bas", numbers)


@pytest.mark.parametrize("name", plugins.names(KIND))
def test_the_same_vouchers_make_the_same_bytes_piece_by_piece(name: str) -> None:
    format = plugins.load(KIND, name)
    chart, currency = ("skr03", "EUR") if name == "datev" else ("bas", "SEK")
    many = [voucher(n, chart=chart, currency=currency) for n in range(1, 3001)]
    pieces = list(format.write(iter(many), head(chart, currency)))
    assert len(pieces) > 2
    assert b"".join(format.write(many, head(chart, currency))) == b"".join(pieces)
    assert max(map(len, pieces)) < 1_000_000


@pytest.mark.parametrize(("text", "reads"), [
    ("Köp av faktura Å-1", "Köp av faktura Å-1"),
    ('Sagt: "nej"', 'Sagt: "nej"'),
    ("C:\\temp\\", "C:/temp/"),
    ("Two\nlines\tand\x00more", "Two lines and more"),
    ("Őrség {x} \N{SNOWMAN}", "Orség {x} ?"),
    ("", ""),
])  # fmt: skip
def test_sie_keeps_every_text_that_code_page_437_can_say(text: str, reads: str) -> None:
    found = sie_reading.read(b"".join(sie4.write([voucher(7, text)], head())))
    (ver,) = found.vers
    assert (ver.series, ver.number, ver.on, ver.text) == ("U", "7", date(2026, 3, 2), reads)
    assert ver.rows == [
        (BAS[Account.FACTORED_RECEIVABLES], Decimal("8000.00"), "R-1 · Acme · Bolt"),
        (BAS[Account.DUE_TO_CLIENTS], Decimal("-8000.00"), "R-1 · Acme · Bolt"),
        (BAS[Account.FACTORED_RECEIVABLES], Decimal("2000.00"), "R-1 · Acme · Bolt"),
        (BAS[Account.CLIENT_RESERVES], Decimal("-2000.00"), "R-1 · Acme · Bolt"),
    ]
    assert found.facts["FNAMN"] == ['Åkes "Factoring" AB']
    assert found.facts["VALUTA"] == ["SEK"]
    assert found.facts["RAR"] == ["0", "20260101", "20261231"]


@pytest.mark.parametrize(("number", "reads"), [
    ("5566778899", "556677-8899"), ("556677-8899", "556677-8899"),
    ("HRB 12345", '"HRB 12345"'), ("DE123456789", '"DE123456789"'),
])  # fmt: skip
def test_sie_names_a_swedish_company_with_its_hyphen(number: str, reads: str) -> None:
    said = b"".join(sie4.write([voucher()], head(organisation=number))).decode("cp437")
    assert f"\r\n#ORGNR {reads}\r\n" in said
    assert sie_reading.read(said.encode("cp437")).facts["ORGNR"] == [reads.strip('"')]


def test_a_whole_year_in_sie_has_its_balances() -> None:
    def standing(account: Account, before: int, after: int) -> Standing:
        return Standing(number=BAS[account], before=Money(before, "SEK"), after=Money(after, "SEK"))

    told = head(standings=(
        standing(Account.FACTORED_RECEIVABLES, 500, 1_000_500),
        standing(Account.CLIENT_RESERVES, -500, -200_500),
        standing(Account.DUE_TO_CLIENTS, 0, -800_000),
    ))  # fmt: skip
    found = sie_reading.read(b"".join(sie4.write([voucher()], told)))
    assert found.opening[BAS[Account.CLIENT_RESERVES]] == Decimal("-5.00")
    assert found.closing[BAS[Account.FACTORED_RECEIVABLES]] == Decimal("10005.00")


@pytest.mark.parametrize(("format", "chart"), [(sie4, "bas"), (datev, "skr03")])
def test_a_currency_with_three_decimals_is_refused(format: object, chart: str) -> None:
    with pytest.raises(Unwritable, match="two decimals, BHD has 3"):
        format.check(head(chart, "BHD"))  # type: ignore[attr-defined]  # Both are formats.


def test_yen_have_no_decimals_in_sie_and_two_in_datev() -> None:
    one = voucher(currency="JPY", minors=(1234,))
    found = sie_reading.read(b"".join(sie4.write([one], head(currency="JPY"))))
    assert found.vers[0].rows[0][1] == Decimal(1234)
    one = voucher(currency="JPY", minors=(1234,), chart="skr04")
    _, row = _datev([one], "skr04", "JPY")
    assert row["Umsatz (ohne Soll/Haben-Kz)"] == "1234,00"


def test_a_line_of_datev_is_a_move() -> None:
    parts, row = _datev([voucher(12, 'Kauf der Rechnung "R-1" für Łódź', chart="skr03",
                                 currency="EUR")], "skr03", "EUR")  # fmt: skip
    assert parts[:6] == ['"EXTF"', "700", "21", '"Buchungsstapel"', "13", "20260304050607089"]
    assert parts[10:16] == ["29098", "55003", "20260101", "4", "20260302", "20260331"]
    assert (parts[21], parts[26], len(parts)) == ('"EUR"', '"03"', 31)
    assert {key: value for key, value in row.items() if value} == {
        "Umsatz (ohne Soll/Haben-Kz)": "8000,00", "Soll/Haben-Kennzeichen": "S",
        "WKZ Umsatz": "EUR", "Konto": "1410", "Gegenkonto (ohne BU-Schlüssel)": "1700",
        "Belegdatum": "0203", "Belegfeld 1": "U-12",
        "Buchungstext": 'Kauf der Rechnung "R-1" für ?ódz R-1 · Acme · Bolt',
        "Beleginfo - Art 1": "usance", "Beleginfo - Inhalt 1": "entry-12",
    }  # fmt: skip


@pytest.mark.parametrize(("said", "reads"), [
    ("Purchase of invoice R-1", "Purchase of invoice R-1 Acme · Bolt"),
    ("Purchase of R-11", "Purchase of R-11 R-1 · Acme · Bolt"),
])  # fmt: skip
def test_sixty_characters_of_datev_name_an_invoice_once(said: str, reads: str) -> None:
    _, row = _datev([voucher(1, said, chart="skr03", currency="EUR")], "skr03", "EUR")
    assert row["Buchungstext"] == reads


@pytest.mark.parametrize(("settings", "says"), [
    ({}, "needs consultant"),
    ({"consultant": "29098"}, "needs client_number"),
    ({"consultant": "1000", "client_number": "1"}, "from 1001"),
    ({"consultant": "٢٩٠٩٨", "client_number": "1"}, "needs consultant"),
])  # fmt: skip
def test_datev_says_which_setting_is_missing(settings: dict[str, str], says: str) -> None:
    with pytest.raises(Unwritable, match=says):
        datev.check(head("skr03", "EUR", settings=settings))


def test_an_amount_that_datev_cannot_say_is_refused() -> None:
    one = voucher(minors=(10**12,), chart="skr03", currency="EUR")
    with pytest.raises(Unwritable, match="more digits"):
        list(datev.write([one], head("skr03", "EUR")))


def test_datev_takes_no_more_lines_than_it_can() -> None:
    def many() -> Iterator[Voucher]:
        one = voucher(minors=(1,), chart="skr03", currency="EUR")
        yield from (one for _ in range(100_000))

    with pytest.raises(Unwritable, match="99999 lines"):
        sum(map(len, datev.write(many(), head("skr03", "EUR"))))


def test_the_table_has_a_row_for_each_side_and_runs_no_formula() -> None:
    data = b"".join(csv_vouchers.write([voucher(3, "=HYPERLINK(1)")], head())).decode()
    rows = list(csv.DictReader(StringIO(data)))
    assert [(row["account"], row["debit"], row["credit"]) for row in rows] == [
        ("1510", "8000.00", ""), ("2890", "", "8000.00"), ("1510", "2000.00", ""),
        ("2897", "", "2000.00"),
    ]  # fmt: skip
    assert {row["text"] for row in rows} == {"'=HYPERLINK(1)"}
    assert {row["account_name"] for row in rows} >= {"Kundfordringar, förvärvade"}


def _datev(vouchers: list[Voucher], chart: str, currency: str) -> tuple[list[str], dict[str, str]]:
    """The header's fields as they stand, and the first line by its headings."""
    data = b"".join(datev.write(vouchers, head(chart, currency))).decode("cp1252")
    assert data.endswith("\r\n")
    lines = data.split("\r\n")[:-1]
    assert all(not re.search(r"[\x00-\x1f]", line) for line in lines)
    rows = list(csv.reader(lines[1:], delimiter=";"))
    assert {len(row) for row in rows} == {125}
    return lines[0].split(";"), dict(zip(rows[0], rows[1], strict=True))
