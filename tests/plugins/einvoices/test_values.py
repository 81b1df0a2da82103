"""The rules about values: rows of tables, and other formats. What is not known is not judged."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from tests.plugins.einvoices.papers import FULL, LEAST
from usance.domain.finding import Severity
from usance.domain.invoice.document import Totals
from usance.domain.invoice.terms import stated
from usance.plugins.einvoices import _isolated
from usance.plugins.einvoices._values import judge_values
from usance.plugins.einvoices._verdict import verdict

TODAY = date(2026, 11, 22)
HERE = Path(__file__).parent


def table(*rows: str) -> bytes:
    head = "number;issue date;due date;currency;net;vat;gross;customer;description"
    return "\n".join((head, *rows)).encode()


def test_a_good_row_is_valid_and_the_rules_about_other_terms_are_named() -> None:
    found = verdict(
        table("R-1;2026-03-31;2026-04-30;EUR;100.00;25.00;125.00;Bolt AG;Nails"),
        profile=None, today=TODAY,
    )  # fmt: skip

    assert (found.syntax, found.profile, found.valid) == ("csv_schedule", "en16931", True)
    assert found.findings == ()
    assert {"BR-08", "BR-S-08", "BR-CO-16"} <= set(found.not_judged)
    assert not {"BR-02", "BR-05", "BR-CO-15", "BR-DEC-14"} & set(found.not_judged)


def test_a_wrong_row_is_named_with_the_terms_that_are_wrong() -> None:
    found = verdict(
        table(
            "R-1;2026-03-31;2026-04-30;EUR;100.00;25.00;125.00;Bolt AG;Nails",
            "R-2;2026-03-31;2026-04-30;EURO;100.00;25.00;126.00;;Nails",
        ),
        profile=None, today=TODAY,
    )  # fmt: skip

    rules = {one.code: one.where for one in found.findings}
    assert rules["BR-CO-15"] == "invoice 2 (R-2): BT-109, BT-110, BT-112"
    assert rules["BR-CL-04"] == "invoice 2 (R-2): BT-5"
    assert rules["BR-07"] == "invoice 2 (R-2): BT-44"  # Another row names its buyer.
    assert not found.valid


def test_what_a_page_did_not_say_breaks_no_rule() -> None:
    paper = replace(LEAST, number="", totals=Totals(net=Decimal(100), tax=Decimal(25)))
    findings, left = judge_values(paper, on=TODAY)

    assert not {"BR-02", "BR-14", "BR-CO-15"} & {one.code for one in findings}
    assert {"BR-02", "BR-14", "BR-CO-15"} <= set(left)


def test_what_was_looked_for_and_is_missing_breaks_its_rule() -> None:
    paper = replace(LEAST, number="")
    findings, left = judge_values(paper, known=frozenset({"BT-1"}), on=TODAY)

    assert [(one.code, one.where) for one in findings] == [("BR-02", "BT-1")]
    assert "BR-03" in left


def test_rules_about_the_writing_are_never_asked_of_values() -> None:
    findings, left = judge_values(FULL, on=TODAY)

    codes = {one.code for one in findings} | set(left)
    assert not {code for code in codes if code.startswith(("UBL-", "CII-"))}


def test_an_invoice_states_its_terms() -> None:
    found = stated(FULL)

    assert {"BT-1", "BT-9", "BT-31", "BT-84", "BT-92", "BT-115", "BT-131", "BG-23"} <= found
    assert not {"BT-111"} & stated(LEAST)


def test_another_format_is_judged_by_its_values_and_only_warned_about() -> None:
    for sample in sorted((HERE / "svefaktura").glob("*.xml")):
        found = verdict(sample.read_bytes(), profile=None, today=TODAY)
        rules = [one for one in found.findings if one.code.startswith("BR-")]

        assert all(one.severity is Severity.WARNING for one in rules), sample.name


def test_a_workbook_is_opened_in_a_child_process() -> None:
    sample = min((HERE / "xlsx_schedule").glob("*.xlsx"))
    _isolated.child.end()

    found = verdict(sample.read_bytes(), profile=None, today=TODAY)

    assert found.syntax == "xlsx_schedule"
    assert _isolated.child.pid is not None


def test_a_pdf_is_judged_by_the_invoice_inside() -> None:
    found = verdict((HERE / "facturx/every_term.pdf").read_bytes(), profile=None, today=TODAY)

    assert found.syntax == "cii"
