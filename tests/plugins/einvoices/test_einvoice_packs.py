"""Invoices that others wrote are read, or the place that is wrong is named.

The packs lie beside the repository or where USANCE_PACKS says; they are not ours to ship.
"""

import json
import os
from pathlib import Path

import pytest
from lxml import etree

from usance.plugins import Unreadable
from usance.plugins.einvoices import read_any

ROOT = Path(__file__).parents[3]
PACKS = Path(os.environ.get("USANCE_PACKS") or ROOT.parent / "shared" / "packs") / "einvoices"
# What lies among the invoices and is none, or none of a format that we read.
STRANGERS = ("CBFBUY", "application response")


def listed(name: str) -> list[dict[str, object]]:
    path = PACKS / name
    if not path.exists():
        pytest.skip(f"no packs at {PACKS}: set USANCE_PACKS to measure against others' invoices")
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("name", ["whole.jsonl", "cases.jsonl"])
def test_every_invoice_of_the_packs_is_read(name: str) -> None:
    strange = []
    for entry in listed(name):
        path = PACKS / str(entry["path"])
        try:
            ((invoice, findings),) = read_any(path.read_bytes())[1]
        except Unreadable as refused:
            strange.append(refused.says)
            continue
        assert all(finding.where for finding in findings), path
        if not entry.get("partial") and entry.get("xsd_valid"):
            assert invoice.number, path
            assert invoice.currency, path
            assert invoice.totals.payable is not None, path

    assert all(any(word in says for word in STRANGERS) for says in strange), strange


def test_number_and_amounts_are_those_of_a_plain_search() -> None:
    """A second, slower way to the same values: no table, only the names of the elements."""
    for entry in listed("whole.jsonl"):
        path = PACKS / str(entry["path"])
        try:
            name, ((invoice, _),) = read_any(path.read_bytes())
        except Unreadable:
            continue
        if name == "svefaktura":
            continue  # Has names of its own; its samples are read word by word.
        root = etree.fromstring(path.read_bytes())
        payable = "PayableAmount" if name == "ubl" else "DuePayableAmount"
        line = "'InvoiceLine' or local-name()='CreditNoteLine'"
        line = line if name == "ubl" else "'IncludedSupplyChainTradeLineItem'"
        found = root.xpath(f"//*[local-name()='{payable}'][not(ancestor::*[local-name()='X'])]")
        lines = root.xpath(
            f"//*[local-name()={line}]"
            "[not(.//*[local-name()='LineStatusReasonCode'][.='GROUP' or .='INFORMATION'])]"
        )
        assert str(invoice.totals.payable) == (found[0].text.strip() if found else "None"), path
        assert len(invoice.lines) == len(lines), path
