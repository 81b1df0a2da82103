"""BAI2 cash management reports: comma-separated records, amounts in minor units without a sign.

Source: BAI, Cash Management Balance Reporting Specifications, Version 2 (ANSI X9.121): 01 file,
02 group, 03 account, 16 transaction, 88 continuation, 49, 98, 99 totals. The type code gives the
direction: 101 to 399 credit, 401 to 699 debit.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from usance.domain.finding import Finding
from usance.domain.money import Money
from usance.domain.payment import BankLine, Statement
from usance.plugins import Unreadable

from ._fixed import day, refuse, rows

OPENING, CLOSING = "010", "015"  # Ledger balances of the account record.
NO_MONEY = frozenset({"890"})  # Text only.
_JOINED = re.compile(r"(?<=/)\s+(?=(?:0[23]|16|49|88|9[89]),)")
_KIND = re.compile(r"\d\d(?!\d)")
_CODE = re.compile(r"[0-9]{3}")
_FIRST = re.compile(rb"01,[^,\r\n]*,[^,\r\n]*,\d{6},\d*,[^\r\n]*,2\s*/")


def sniff(data: bytes) -> bool:
    return bool(_FIRST.match(data.removeprefix(b"\xef\xbb\xbf")[:200]))


def read(data: bytes) -> list[Statement]:
    """A statement for each account record.

    :raises Unreadable: for unknown records, type codes and amounts.
    """
    return [_statement(one) for one in _accounts(data)]


def check(data: bytes) -> list[Finding]:
    """The file's end record (99) must be there, and each account's total (49) be what it holds."""
    found = [finding for one in _accounts(data) for finding in _disagreement(one)]
    if not any(record.kind == "99" for record in _records(data)):
        found.append(Finding(
            code="file_truncated", says="The end record (99) is missing.",
            todo="Ask the bank for the file again: its end is missing.",
        ))  # fmt: skip
    return found


def _disagreement(one: "_Account") -> Iterator[Finding]:
    """The control total adds signed balances and unsigned transactions."""
    _, totals = _summaries(one.head, one.currency)
    lines = [line for x in one.transactions if (line := _line(x, one.currency, one.booked_on))]
    stated = _amount(one.end, _at(one.end.fields, 0), one.currency)
    held = sum(totals) + sum(abs(line.amount.minor) for line in lines)
    if stated.minor != held:
        yield Finding(
            code="control_total",
            where=f"line {one.end.row}, column 4",
            says=f"The account's control total {stated.minor} is not {held}.",
            todo="Ask the bank for the file again: something is missing or was altered.",
        )


@dataclass(slots=True)
class _Record:
    row: int
    kind: str
    fields: list[str]
    raw: str
    texts: list[str] = field(default_factory=list)  # Of 88 records after a transaction.


@dataclass(frozen=True, slots=True, kw_only=True)
class _Account:
    head: _Record
    transactions: tuple[_Record, ...]
    end: _Record
    currency: str
    booked_on: date


def _physical(data: bytes) -> Iterator[tuple[int, str]]:
    """Records as they stand: a slash ends one; where line ends were lost, another follows it."""
    for row, line in rows(data):
        for part in _JOINED.split(line):
            yield row, part.strip()


def _records(data: bytes) -> Iterator[_Record]:
    """Logical records: 88 continues an account's fields, or a transaction's text."""
    last: _Record | None = None
    for row, plain in _physical(data):
        kind, _, rest = plain.partition(",")
        if not _KIND.match(plain) and last and last.kind == "16":
            kind, rest = "88", plain  # A text that was wrapped without a record of its own.
        if kind != "88":
            if last:
                yield last
            # A text is the last field of a 16; it may hold commas and slashes.
            ended = rest if kind == "16" else rest.rstrip("/")
            last = _Record(row=row, kind=kind, fields=ended.split(","), raw=plain)
        elif last is None:
            raise refuse(row, "a continuation of nothing")
        else:
            last.raw += "\n" + plain
            if last.kind == "16":
                last.texts.append(rest.removesuffix("/").strip())
            else:
                last.fields += rest.rstrip("/").split(",")
    if last:
        yield last


def _accounts(data: bytes) -> Iterator[_Account]:
    currency, booked_on = "USD", None
    account: _Record | None = None
    transactions: list[_Record] = []
    for record in _records(data):
        match record.kind:
            case "02":
                booked_on = day(record.row, _at(record.fields, 3), 0, "ymd")
                currency = _at(record.fields, 5) or "USD"
            case "03":
                account, transactions = record, []
            case "16" if account:
                transactions.append(record)
            case "49" if account and booked_on:
                yield _Account(
                    head=account,
                    transactions=tuple(transactions),
                    end=record,
                    currency=_at(account.fields, 1) or currency,
                    booked_on=booked_on,
                )
                account = None
            case "01" | "98" | "99":
                pass
            case _:
                raise refuse(record.row, f"record {record.kind!r} is not expected here")
    if account:
        raise refuse(account.row, "the account ends without its total (record 49)")


def _statement(one: _Account) -> Statement:
    balances, _ = _summaries(one.head, one.currency)
    lines = [_line(x, one.currency, one.booked_on) for x in one.transactions]
    return Statement(
        account=_at(one.head.fields, 0),
        currency=one.currency,
        opening=balances.get(OPENING),
        closing=balances.get(CLOSING),
        closed_on=one.booked_on,
        lines=tuple(line for line in lines if line is not None),
    )


def _summaries(account: _Record, currency: str) -> tuple[dict[str, Money], list[int]]:
    """Balances by type code, and every amount of the record for the control total."""
    balances: dict[str, Money] = {}
    amounts: list[int] = []
    rest = account.fields[2:]
    while rest:
        code, amount = rest[0].strip(), _at(rest, 1)
        if code and amount:
            balances[code] = _amount(account, amount, currency)
            amounts.append(balances[code].minor)
        rest = rest[3 + _funds(account, rest[3:]) + 1 :]
    return balances, amounts


def _funds(record: _Record, rest: list[str]) -> int:
    """How many further fields the funds type takes: none, three for S, one pair for each day of
    D, two for V."""
    kind = rest[0].strip() if rest else ""
    match kind:
        case "" | "0" | "1" | "2" | "Z":
            return 0
        case "V":
            return 2
        case "S":
            return 3
        case "D":
            if not (_at(rest, 1).isascii() and _at(rest, 1).isdigit() and len(_at(rest, 1)) < 3):
                raise refuse(record.row, f"{_at(rest, 1)!r} is no number of days")
            return 1 + 2 * int(_at(rest, 1))
    raise refuse(record.row, f"{kind!r} is no funds type")


def _line(record: _Record, currency: str, booked_on: date) -> BankLine | None:
    code = _at(record.fields, 0)
    if code in NO_MONEY:
        return None
    if not _CODE.fullmatch(code) or not (101 <= int(code) <= 399 or 401 <= int(code) <= 699):
        raise refuse(record.row, f"type {code!r} is neither credit nor debit", column=4)
    amount = _amount(record, _at(record.fields, 1), currency)
    rest = record.fields[2:]
    taken = _funds(record, rest)
    valued = rest[0] == "V" if rest else False
    bank, customer = _at(rest, taken + 1), _at(rest, taken + 2)
    text = ",".join(rest[taken + 3 :]).strip()
    text = text.removesuffix("/").strip()
    bank, customer = bank.rstrip("/"), customer.rstrip("/")
    return BankLine(
        amount=amount if int(code) < 400 else -amount,
        booked_on=booked_on,
        value_on=day(record.row, _at(rest, 1), 0, "ymd") if valued else None,
        bank_reference="" if not bank.strip("0") else bank,
        entry_reference="" if not bank.strip("0") else bank,
        end_to_end="" if not customer.strip("0") else customer,
        texts=tuple(found for found in (text, *record.texts) if found),
        code=code,
        raw=record.raw,
    )


def _at(fields: list[str], place: int) -> str:
    return fields[place].strip() if place < len(fields) else ""


def _amount(record: _Record, text: str, currency: str) -> Money:
    plain = text.strip().rstrip("/")
    digits = plain.removeprefix("-").removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        raise Unreadable(
            f"{text!r} is not an amount",
            where=f"line {record.row}, column {record.raw.find(text) + 1}",
        )
    return Money(int(plain), currency)
