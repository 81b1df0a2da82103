"""JSON of bookkeeping systems: exact amounts, exact places, and nothing half read."""

from decimal import Decimal

import pytest

from usance.plugins import Unreadable
from usance.plugins.einvoices import erp_json, read_any, read_placed

FORTNOX = (
    '{"DocumentNumber":"1","CustomerName":"Å AB","InvoiceDate":"2026-03-02","Currency":"SEK",'
    '"TotalToPay":%s,"TotalVAT":0.10}'
)


@pytest.mark.parametrize(
    ("written", "payable"),
    [("0.30", "0.30"), ("1e2", None), ("1250", "1250"), ('"99,50"', "99.50"), ("null", None),
     ("123456789012345.67", "123456789012345.67")],
)  # fmt: skip
def test_amounts_keep_every_digit(written: str, payable: str | None) -> None:
    data = (FORTNOX % written).encode()
    if written == "1e2":
        with pytest.raises(Unreadable):
            erp_json.read(data)
        return
    ((invoice, findings),) = erp_json.read(data)
    assert invoice.totals.payable == (Decimal(payable) if payable else None)
    assert findings == ()


@pytest.mark.parametrize(
    ("around", "places"),
    [
        ("%s", [""]),
        ("[%s]", ["/0"]),
        ('{"Invoice":%s}', ["/Invoice"]),
        ('{"Invoices":[%s]}', ["/Invoices/0"]),
        ('[{"Invoice":%s}]', ["/0/Invoice"]),
    ],
)
def test_one_a_list_or_an_answer_of_an_api(around: str, places: list[str]) -> None:
    name, placed = read_placed((around % (FORTNOX % "1")).encode())
    assert (name, [place for place, _, _ in placed]) == ("erp_json", places)


def test_a_document_in_each_line() -> None:
    lines = "\n".join([FORTNOX % "1", "", FORTNOX % "2.50", FORTNOX % "true"])
    _, placed = read_placed(lines.encode())
    assert [place for place, _, _ in placed] == ["/0", "/2", "/3"]
    assert [invoice.totals.payable for _, invoice, _ in placed] == [1, Decimal("2.50"), None]
    assert [[f.where for f in findings] for _, _, findings in placed] == [
        [], [], ["/3/TotalToPay"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b'{"DocumentNumber":"1","CustomerName":"A",}', "line 1, column"),
        (
            b'{"DocumentNumber":"1","CustomerName":"A\\u0000"}',
            "/CustomerName: a text here has a NUL",
        ),
        (b'{"DocumentNumber":"1","CustomerName":"A","N":[{"\\ud800":1}]}', "/N/0/?: a text here"),
        ((FORTNOX % '1,"Total":1,"Total":2').encode(), "'Total' twice"),
        ((FORTNOX % "NaN").encode(), "NaN is no number"),
        ((FORTNOX % ("9" * 50)).encode(), "is no amount"),
        (("[" * 80 + FORTNOX % "1" + "]" * 80).encode(), "more than 60 brackets"),
        (b'[{"DocumentNumber":"1","CustomerName":"A"},{"a":1}]', "/1: none of the field sets"),
        (b'[{"DocumentNumber":"1","CustomerName":"A"},7]', "/1: this is no object"),
        ((FORTNOX % "1").encode("latin-1"), "line 1: a byte here is no UTF-8"),
        (b'{"a":1}', "JSON with none of the field sets"),
    ],
)
def test_what_is_no_such_json_is_refused_with_its_place(data: bytes, says: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_any(data)
    assert says in str(refused.value)


def test_a_draft_and_a_cancelled_invoice_are_stopped() -> None:
    draft = (
        b'{"number":"1","customerName":"A","customerNumber":"2","invoiceDate":"2026-03-02",'
        b'"totalAmountIncludingTax":1,"status":"Draft"}'
    )
    ((_, findings),) = erp_json.read(draft)
    assert [(f.code, f.where, f.blocks) for f in findings] == [
        ("invoice_not_issued", "/status", True)
    ]
    ((_, findings),) = erp_json.read((FORTNOX % '1,"Cancelled":true').encode())
    assert [f.code for f in findings] == ["invoice_cancelled"]
