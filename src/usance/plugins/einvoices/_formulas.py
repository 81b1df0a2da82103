"""Formulas in tables of invoices: none is computed, and whoever reads the file is warned."""

from collections.abc import Iterator, Mapping, Sequence

from usance.domain.finding import Finding, Severity
from usance.domain.intake import fields

from ._csv_values import FORMULA_SIGNS, Row

MOST_TOLD = 20


def outside(dangers: Sequence[tuple[str, str]], *, place: str) -> Iterator[Finding]:
    """What a workbook's formulas fetch, start or call.

    :param dangers: the cell and the text of each, as `_workbook.sheets` gives them.
    """
    for cell, text in dangers[:MOST_TOLD]:
        yield Finding(
            code="formula_dangerous",
            says=f"A formula reaches outside of the file: {text!r}. Its last value is read, it is "
            "not computed.",
            where=f"{place}cell {cell}",
            severity=Severity.WARNING,
            todo="Do not open the file in a spreadsheet; ask the client where it comes from.",
        )


def as_text(row: Row, cells: Sequence[str], columns: Mapping[str, int]) -> None:
    """Text that a spreadsheet would compute. Here it is text; whoever exports it is warned."""
    for name, at in columns.items():
        text = cells[at] if at < len(cells) else ""
        if not text.startswith(FORMULA_SIGNS) or name in fields.AMOUNTS or name in fields.DAYS:
            continue
        if text[0] in "=@＝" or any(ch in text for ch in "(|!"):
            row.findings.append(
                Finding(
                    code="formula_cell",
                    says=f"{text[:40]!r} begins like a formula; it is kept as text.",
                    where=f"{row.where}, column {at + 1} ({name})",
                    severity=Severity.WARNING,
                    todo="Ask the client for the text that is meant.",
                )
            )
