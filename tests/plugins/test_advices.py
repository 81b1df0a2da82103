"""Every advice format reads its own samples to the cent, and refuses what may be read in two ways.

A sample is a pair in tests/plugins/advices/<name>/: the payer's file, and what it says as JSON. All
samples were written by us.
"""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from tests.plugins.einvoices.test_xlsx_schedule import workbook
from usance import plugins
from usance.cli.advice import _plain
from usance.plugins import advices

SAMPLES = Path(__file__).parent / "advices"
DOCS = Path(__file__).parents[2] / "docs" / "plugins.md"
NAMES = plugins.names("advices")
PAIRS = sorted(SAMPLES.glob("*/*.json"))


@pytest.mark.parametrize("name", NAMES)
def test_format_has_a_sample_and_its_line_of_docs(name: str) -> None:
    assert list((SAMPLES / name).glob("*.json")), f"add a sample to {SAMPLES / name}"
    assert f"| advices | `{name}` |" in DOCS.read_text()


@pytest.mark.parametrize("said", PAIRS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_sample(said: Path) -> None:
    reading = advices.examine(_file(said))
    assert (reading.format, reading.findings) == (said.parent.name, ())
    assert [_plain(one) for one in reading.advices] == json.loads(said.read_text())


def test_a_workbook_is_a_table_like_any_other() -> None:
    head = '<row><c t="str"><v>{}</v></c><c t="str"><v>{}</v></c></row>'
    body = "".join(
        f'<row><c t="str"><v>{number}</v></c><c><v>{amount}</v></c></row>'
        for number, amount in (("70012345", "980"), ("70054321", "2500.5"), ("Total", "3480.5"))
    )
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        f"{head.format('Invoice no', 'Amount paid EUR')}{body}</sheetData></worksheet>"
    )
    reading = advices.examine(workbook("", {"xl/worksheets/sheet1.xml": sheet}))
    assert (reading.format, reading.findings) == ("tables", ())
    (one,) = reading.advices
    assert (str(one.total), one.currency, len(one.parts)) == ("3480.5", "EUR", 2)


MAIL = "From: a@b.example\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n"
TWICE = "Invoice 70012345 1,000.00 980.00\nTotal 980.00 EUR\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"{MAIL}Invoice 70012345  1,000.00  980.00", "several amounts, and no total"),
        (f"{MAIL}Invoice 70012345  980.00\nTotal 981.00", "do not make its total"),
        (f"{MAIL}Invoice 70012345  980.00\n70054321 1.000,00\nTotal 1980.00", "decimal sign"),
        (f"{MAIL}Hello, when will you answer?", "No list of invoices"),
        ("Invoice;Paid\n1001;1,234\n", "thousands or a fraction"),
        ("Invoice;Paid;Currency\n1001;1.00;EUR\n1002;2.00;SEK\n", "EUR and SEK"),
        ("<RemittanceAdvice><TotalPaymentAmount>1</TotalPaymentAmount></RemittanceAdvice>",
         "its lines make 0"),
        ("<!DOCTYPE x><RemittanceAdvice/>", "a DOCTYPE"),
    ],
)  # fmt: skip
def test_what_may_be_read_in_two_ways_is_refused(text: str, says: str) -> None:
    reading = advices.examine(text.encode())
    assert reading.advices == ()
    assert says in reading.findings[0].says


def test_amounts_in_one_line_count_where_their_sum_is_the_total() -> None:
    (one,) = advices.examine((MAIL + TWICE).encode()).advices
    assert [(part.number, str(part.amount)) for part in one.parts] == [("70012345", "980.00")]


def test_a_character_set_that_is_none_is_a_finding() -> None:
    text = MAIL.replace("utf-8", "ut\0f-8") + "Rechnung 70012345 für 980.00 EUR"
    (finding,) = advices.examine(text.encode()).findings
    assert finding.code == "advice_unknown_format"


def test_numbers_side_by_side_are_all_kept() -> None:
    text = f"{MAIL}Order 4500099 invoice 70012345 of 12.02.2026: 980.00 EUR"
    (one,) = advices.examine(text.encode()).advices
    assert (one.parts[0].number, one.parts[0].also) == ("4500099", ("70012345",))


@pytest.mark.parametrize("said", PAIRS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_cut_or_altered_file_is_a_finding_or_reads_on(said: Path) -> None:
    """Whatever is cut off or overwritten: an answer, never another error."""
    data, luck = _file(said), random.Random(7)  # noqa: S311 - The same each time.
    tries = 6 if said.parent.name == "pages" else 120  # A child process opens each PDF.
    for _ in range(tries):
        at, size = luck.randrange(len(data)), luck.randrange(1, 40)
        broken = luck.choice((data[:at], data[at:], data[:at] + luck.randbytes(3) + data[at + 3 :],
                              data[:at] + data[at + size :], data[:at] + data[at : at + size] * 3
                              + data[at:]))  # fmt: skip
        reading = advices.examine(broken)
        assert bool(reading.advices) != bool(reading.findings)


def _file(said: Path) -> bytes:
    (found,) = (path for path in said.parent.glob(f"{said.stem}.*") if path.suffix != ".json")
    return found.read_bytes()


def said_of(path: Path) -> list[dict[str, Any]]:
    """What a sample says now, to be written beside a new one."""
    return [_plain(one) for one in advices.examine(path.read_bytes()).advices]
