"""A table that any bookkeeping reads: a row for each side of a move, RFC 4180, UTF-8.

A text that begins like a formula gets an apostrophe before it, so that no spreadsheet runs what a
debtor wrote into a payment text.
"""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

from . import Head, Voucher

CONFIG: dict[str, str] = {}
SUFFIX = "csv"
MEDIA_TYPE = "text/csv"
MOST = 90_000
TOGETHER = 500
FORMULA = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = ("series", "number", "booked_on", "account", "account_name", "debit", "credit",
           "currency", "text", "about", "proof", "entry", "original",
           "original_currency")  # fmt: skip


def check(head: Head) -> None:
    """Everything can be said."""


def write(vouchers: Iterable[Voucher], head: Head) -> Iterator[bytes]:
    names = {one.number: _safe(one.name) for one in head.accounts}
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for count, voucher in enumerate(vouchers, start=1):
        writer.writerows(_rows(voucher, names))
        if count % TOGETHER == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _rows(voucher: Voucher, names: dict[str, str]) -> Iterator[tuple[object, ...]]:
    for posting in voucher.postings:
        was = posting.original
        own = (f"{was.decimal:f}", was.currency) if was else ("", "")
        amount = f"{posting.amount.decimal:f}"
        for number, debit, credit in ((posting.debit, amount, ""), (posting.credit, "", amount)):
            yield (
                voucher.series, voucher.number, voucher.on.isoformat(), number, names[number],
                debit, credit, posting.amount.currency, _safe(voucher.text), _safe(posting.text),
                _safe(voucher.proof), voucher.entry, *own,
            )  # fmt: skip


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


def _taken(buffer: StringIO) -> bytes:
    data = buffer.getvalue().encode("utf-8", "replace")
    buffer.seek(0)
    buffer.truncate()
    return data
