"""Tables as CSV, XLSX or ODS: a row for each invoice, headings in the words of `_rows`.

The headings stand in the first thirty rows. Workbooks are opened by a child process with limits.
Source: RFC 4180 (CSV); ECMA-376 and OpenDocument as `plugins.einvoices` reads them.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from usance.domain.payment import Advice
from usance.plugins import Unreadable
from usance.plugins._table import decoded, header, rows

from . import _rows

HEADING_WITHIN = 30
_ARCHIVE = b"PK\x03\x04"
_OTHER = (b"%PDF", b"<", b"{", b"[")
_IN_HEADING = re.compile(r"[\s(\[]([A-Z]{3})[)\]]?\s*$")


def sniff(data: bytes) -> bool:
    start = data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(_ARCHIVE):
        return True
    is_utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not start or start.startswith(_OTHER) or (b"\0" in data[:2048] and not is_utf16):
        return False
    return header(_head(data), _rows.is_heading) is not None


def read(data: bytes) -> list[Advice]:
    """:raises Unreadable: as `_rows.advice`, and for a workbook that is broken or too large."""
    found = _of_workbook(data) if data[:64].startswith(_ARCHIVE) else [_of_text(data)]
    return [one for one in found if one is not None]


def _of_text(data: bytes) -> Advice | None:
    found = header(_head(data), _rows.is_heading)
    assert found, "sniffed"
    at, separator, names = found
    listed = [
        _rows.Row(where=f"row {row}", cells=tuple(cells))
        for row, cells in rows(decoded(data), separator, after=at)
    ]
    return _with_currency(_rows.advice(names, listed), names)


def _of_workbook(data: bytes) -> list[Advice | None]:
    from usance.plugins import einvoices  # Late: few advices are workbooks.

    found = []
    for one in einvoices.tables(data):
        table = one.table
        above = [(table.headed_by, table.names), *table.rows[:HEADING_WITHIN]]
        heading = next((n for n, (_, cells) in enumerate(above) if _rows.is_heading(cells)), None)
        if heading is None:
            continue
        if one.dangers:
            raise Unreadable("a formula reaches outside of the file", where=one.dangers[0][0])
        names = above[heading][1]
        listed = [
            _rows.Row(where=table.where(row), cells=cells) for row, cells in table.rows[heading:]
        ]
        found.append(_with_currency(_rows.advice(names, listed), names))
    return found


def _head(data: bytes) -> list[str]:
    return decoded(data[: 64 * 1024]).splitlines()[:HEADING_WITHIN]


def _with_currency(found: Advice | None, names: Sequence[str]) -> Advice | None:
    """The currency that a heading names, if no column does."""
    if found is None or found.currency:
        return found
    said = {hit[1] for name in names if (hit := _IN_HEADING.search(name))}
    said = {one for one in said if _rows.is_currency(one)}
    return replace(found, currency=said.pop()) if len(said) == 1 else found
