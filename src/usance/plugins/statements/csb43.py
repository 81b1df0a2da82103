"""Cuaderno 43 (Norma 43): statements of Spanish banks, 80 columns, Latin-1.

Source: AEB/CECA, Cuaderno 43, records 11 (account), 22 (entry), 23 (texts), 24 (other currency),
33 (end of account), 88 (end of file).
"""

import re
from collections.abc import Iterator

from usance.domain.finding import Finding
from usance.domain.money import Money
from usance.domain.payment import BankLine, Reference, Statement

from ._fixed import day, either, refuse, rows, whole

CURRENCIES = {  # ISO 4217 numeric, of those that Spanish banks keep accounts in.
    "978": "EUR", "840": "USD", "826": "GBP", "756": "CHF", "392": "JPY", "752": "SEK",
    "578": "NOK", "208": "DKK", "985": "PLN", "124": "CAD", "036": "AUD", "724": "ESP",
    "484": "MXN", "986": "BRL", "156": "CNY", "504": "MAD", "203": "CZK", "348": "HUF",
}  # fmt: skip
_FIRST = re.compile(rb"11\d{18}\d{6}\d{6}[12]\d{14}\d{3}[ \d]")
_DEBIT = "1"


def sniff(data: bytes) -> bool:
    return bool(_FIRST.match(data.removeprefix(b"\xef\xbb\xbf")[:80]))


def read(data: bytes) -> list[Statement]:
    """A statement for each account.

    :raises Unreadable: for unknown records, broken numbers and unknown currencies.
    """
    return list(_accounts(data))


def check(data: bytes) -> list[Finding]:
    """The end of file (88) must be there."""
    if any(line[:2] == "88" for _, line in rows(data)):
        return []
    return [Finding(
        code="file_truncated", says="The end record (88) is missing.",
        todo="Ask the bank for the file again: its end is missing.",
    )]  # fmt: skip


def _accounts(data: bytes) -> Iterator[Statement]:
    head, entries = (0, ""), list[list[tuple[int, str]]]()
    row = 1
    for row, line in rows(data):
        kind = line[:2]
        if kind == "11":
            head, entries = (row, line), []
        elif kind == "22" and head[0]:
            entries.append([(row, line.ljust(80))])
        elif kind in ("23", "24") and entries:
            entries[-1].append((row, line.ljust(80)))
        elif kind == "33" and head[0]:
            yield _statement(head, entries, row, line)
            head = (0, "")
        elif kind not in ("88", "00"):
            raise refuse(row, f"record {kind!r} is not expected here")
    if head[0]:
        raise refuse(row, "the account ends without its balance (record 33)")


def _statement(
    head: tuple[int, str], entries: list[list[tuple[int, str]]], row: int, end: str
) -> Statement:
    at, first = head
    currency = _currency(at, first[47:50])
    return Statement(
        account=first[2:20],
        currency=currency,
        opening=_amount(at, first, 32, currency),
        closing=_amount(row, end, 58, currency),
        opened_on=day(at, first, 20, "ymd"),
        closed_on=day(at, first, 26, "ymd"),
        lines=tuple(_line(entry, currency) for entry in entries),
    )


def _currency(row: int, number: str) -> str:
    if number not in CURRENCIES:
        raise refuse(row, f"{number!r} is no currency that we know", column=48)
    return CURRENCIES[number]


def _amount(row: int, line: str, sign: int, currency: str) -> Money:
    """A sign (1 owed, 2 in hand) and 14 digits, two of them decimals."""
    amount = Money(whole(row, line, sign + 1, sign + 15), currency)
    # Some banks leave out the sign of a balance in hand; that it is one, the entries must show.
    if line[sign] not in ("12" if line[:2] == "22" else "012 "):
        raise refuse(row, f"{line[sign]!r} is no sign", column=sign + 1)
    return either(amount, negative=line[sign] == _DEBIT)


def _line(records: list[tuple[int, str]], currency: str) -> BankLine:
    row, first = records[0]
    texts = [part.strip() for _, line in records[1:] if line[:2] == "23"
             for part in (line[4:42], line[42:80])]  # fmt: skip
    one, other = first[52:64].strip(), first[64:80].strip()
    document = first[42:52].strip()
    given = [value for value in (one, other) if value.strip("0")]
    return BankLine(
        amount=_amount(row, first, 27, currency),
        booked_on=day(row, first, 10, "ymd"),
        value_on=day(row, first, 16, "ymd"),
        end_to_end=document if document.strip("0") else "",
        texts=tuple(text for text in texts if text),
        references=tuple(Reference(scheme="other", value=value) for value in given),
        code=f"{first[22:24]}/{first[24:27]}",
        raw="\n".join(line.rstrip() for _, line in records),
    )
