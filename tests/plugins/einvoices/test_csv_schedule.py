"""Schedules: what a row means, in three languages and two ways to write an amount."""

from collections import deque
from dataclasses import replace
from decimal import Decimal

import pytest

from tests.plugins.einvoices.papers import CREDIT_NOTE, FULL, LEAST, in_currency
from usance.domain.invoice import Invoice
from usance.domain.invoice.document import Tax
from usance.plugins import Unreadable
from usance.plugins.einvoices import csv_schedule


def row(**cells: str) -> tuple[Invoice, list[str]]:
    given = {"number": "1", "gross": "10.00", **cells}
    text = "\n".join(";".join(line) for line in (given.keys(), given.values()))
    ((invoice, findings),) = csv_schedule.read(text.encode())
    return invoice, [finding.code for finding in findings]


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("1234.50", "1234.50"),
        ("1234,5", "1234.5"),
        ("1 234,50", "1234.50"),
        ("1\u00a0234,50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1'234.50", "1234.50"),
        ("1.234.567", "1234567"),
        ("−7,00", "-7.00"),
        ("7,00-", "-7.00"),
        ("0.125", "0.125"),
        ("12", "12"),
    ],
)
def test_amounts_as_people_write_them(written: str, amount: str) -> None:
    invoice, codes = row(gross=written, kind="381")

    assert codes == []
    assert invoice.totals.payable == abs(Decimal(amount))


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("1.234", "amount_ambiguous"),
        ("1,234", "amount_ambiguous"),
        ("1.2.3", "number_unreadable"),
        ("12 kr", "number_unreadable"),
        ("1e5", "number_unreadable"),
        ("=1+1", "number_unreadable"),
        ("NaN", "number_unreadable"),
        ("١٢", "number_unreadable"),
    ],
)
def test_what_may_be_two_amounts_or_none_is_said(written: str, code: str) -> None:
    invoice, codes = row(gross=written)

    assert (invoice.totals.payable, codes) == (None, [code])


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-03-31", "2026-03-31"),
        ("20260331", "2026-03-31"),
        ("31.03.2026", "2026-03-31"),
        ("1.3.2026", "2026-03-01"),
        ("2026-03-31 00:00:00", "2026-03-31"),
        ("03/04/2026", None),
        ("30.02.2026", None),
        ("31.03.26", None),
    ],
)
def test_dates_have_one_meaning_or_none(written: str, day: str | None) -> None:
    invoice, codes = row(**{"due date": written})

    assert (str(invoice.due_on) if invoice.due_on else None) == day
    assert codes == ([] if day else ["date_unreadable"])


@pytest.mark.parametrize(
    ("kind", "gross", "code", "findings"),
    [
        ("", "10.00", "380", []),
        ("", "-10.00", "381", []),
        ("Gutschrift", "10.00", "381", []),
        ("Kreditfaktura", "-10.00", "381", []),
        ("Rechnung", "-10.00", "381", ["kind_contradicts"]),
        ("389", "10.00", "389", []),
        ("pie", "10.00", "", ["kind_unknown"]),
    ],
)
def test_a_credit_note_is_known_by_its_kind_or_its_sign(
    kind: str, gross: str, code: str, findings: list[str]
) -> None:
    invoice, codes = row(kind=kind, gross=gross)

    assert (invoice.type_code, codes) == (code, findings)
    assert invoice.totals.payable == Decimal("10.00")


@pytest.mark.parametrize(
    ("net", "tax", "rate"),
    [
        ("100.00", "25.00", "25"),
        ("33.33", "8.33", "25"),  # 24.99 per cent; with 25 the tax is right to the cent.
        ("100.00", "5.50", "5.5"),
        ("100.00", "0.00", "0"),
        ("100.00", "17.77", None),  # Two rates in one invoice, or an error: not guessed.
    ],
)
def test_the_rate_is_told_only_when_it_gives_the_tax(net: str, tax: str, rate: str | None) -> None:
    invoice, _ = row(net=net, tax=tax, gross="")

    said = invoice.taxes[0].rate
    if rate is None:
        assert said is None
    else:
        assert said == Decimal(rate)


@pytest.mark.parametrize(
    ("reference", "codes"), [("=cmd|' /C calc'!A0", ["formula_cell"]), ("-1", []), ("'=1+1", [])]
)
def test_text_that_a_spreadsheet_would_compute_is_said(reference: str, codes: list[str]) -> None:
    assert row(reference=reference)[1] == codes


def test_no_row_is_skipped() -> None:
    data = b"number;gross\n1;1,00\n\n;;;\n ;x\n2;2,00;3\n"

    read = csv_schedule.read(data)

    assert [invoice.number for invoice, _ in read] == ["1", "", "2"]
    assert [[finding.where for finding in findings] for _, findings in read] == [
        [], ["row 5, column 2 (gross)"], ["row 6"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"number;gross\n1;" + b"1" * 33_000, "row 2: a cell has more than 32,768 characters"),
        (b"number;gross\n1;" + b"1" * 140_000, "row 2: a row is broken: field larger"),
        (b'number;gross\n1;"1', "row 2: a row is broken: unexpected end of data"),
        (b"number;gross\n" + b"1;1\n" * 50_001, "row 50002: more than 50,000 rows"),
        (b"number;gross\n" + b"1;1\n" * 14_000_000, "more than the 52,428,800 we take"),
        ("number;gross;köpare\n1;1;".encode() + b"\xe5\n", "row 2: the file begins as UTF-8"),
    ],
)
def test_a_file_that_cannot_be_cut_into_rows_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(Unreadable) as refused:
        deque(csv_schedule.stream(data), maxlen=0)

    assert says in str(refused.value)


def test_what_is_written_is_read_back() -> None:
    papers = [LEAST, CREDIT_NOTE, in_currency("KWD", "1.234"), replace(LEAST, number="=cmd|x")]

    written = csv_schedule.write_rows(papers)
    read = csv_schedule.read(written)

    assert b";'=cmd|x" in written.replace(b"\n", b"\n;")
    assert [findings for _, findings in read] == [()] * 4
    for paper, (invoice, _) in zip(papers, read, strict=True):
        assert (invoice.number, invoice.type_code) == (paper.number, paper.type_code)
        assert (invoice.issued_on, invoice.due_on) == (paper.issued_on, paper.due_on)
        assert invoice.totals == paper.totals
        assert invoice.taxes == (
            Tax(**{name: getattr(paper.taxes[0], name) for name in
                   ("taxable", "tax", "category", "rate")}),
        )  # fmt: skip
        assert (invoice.buyer.name, invoice.buyer.vat_id) == (paper.buyer.name, paper.buyer.vat_id)
        assert invoice.buyer.address == paper.buyer.address
        assert invoice.payment_means[0].reference == paper.payment_means[0].reference


def test_the_stream_gives_each_row_before_the_next_is_read() -> None:
    rows = csv_schedule.stream(b'number;gross\n1;1\n2;"')

    assert next(rows)[0].number == "1"
    with pytest.raises(Unreadable):
        next(rows)


def test_a_full_invoice_keeps_what_a_schedule_holds() -> None:
    ((invoice, _),) = csv_schedule.read(csv_schedule.write_rows([FULL]))

    assert invoice.seller.name == "Müller Maschinen GmbH"
    assert invoice.totals.gross == Decimal("246.10")
