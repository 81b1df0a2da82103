"""BAI2 cash management reports: comma-separated records, amounts in minor units without a sign.

Source: BAI, Cash Management Balance Reporting Specifications, Version 2, and its successor BTRS
(ANSI X9.121, version 3 in the file's header): 01 file, 02 group, 03 account, 16 transaction, 88
continuation, 49, 98, 99 totals. The type code gives the direction: 101 to 399 credit, 401 to 699
debit.
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
_FIRST = re.compile(rb"01,[^,\r\n]*,[^,\r\n]*,\d{6},\d*,[^\r\n]*,[23]\s*/")
# Returned to whom paid us, or to us by whom we paid (appendix A, uniform type codes).
_RETURNS = frozenset({"255", "257", "266", "555", "557", "566"})
_REVERSALS = frozenset({"254", "258", "554", "558"})
# Words that some banks begin a continuation with: its own references, and who is on each side.
_WORD = re.compile(r"(EREF|REMI|CRNM|DBNM|CACT|DACT)\s*:(.*)", re.DOTALL)
_NOT_TO_BOOK = {"2": "a deletion", "4": "a test"}  # Status of a group.
_INTERIM = "3"  # As-of-date modifier: of the same day, so it comes once more.


def sniff(data: bytes) -> bool:
    return bool(_FIRST.match(data.removeprefix(b"\xef\xbb\xbf")[:200]))


def read(data: bytes) -> list[Statement]:
    """A statement for each account record.

    :raises Unreadable: for unknown records, type codes and amounts.
    """
    return [_statement(one) for one in _accounts(data)]


def check(data: bytes) -> list[Finding]:
    """The file's end record (99) must be there, each account's total (49) be what it holds, and no
    group be a test or take back what an earlier file said."""
    found = [finding for one in _accounts(data) for finding in _disagreement(one)]
    records = list(_records(data))
    found += [Finding(
        code="group_status", where=f"line {one.row}",
        says=f"The bank says that this group is {_NOT_TO_BOOK[_at(one.fields, 2)]}.",
        todo="Ask the bank what is to be done with it; it is not booked.",
    ) for one in records if one.kind == "02" and _at(one.fields, 2) in _NOT_TO_BOOK]  # fmt: skip
    if not any(record.kind == "99" for record in records):
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

    @property
    def is_open(self) -> bool:
        """Has a transaction ended before its text, so that its fields go on in an 88?"""
        last = self.fields[-1].rstrip()
        if not last.endswith("/"):
            return False
        rest = [*self.fields[2:-1], last.rstrip("/")]
        if self.fields[2:] == [] or (rest[:1] == ["D"] and len(rest) < 2):
            return True
        return len(rest) <= _funds(self, rest) + 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Account:
    head: _Record
    transactions: tuple[_Record, ...]
    end: _Record
    currency: str
    booked_on: date
    is_interim: bool = False


def _physical(data: bytes) -> Iterator[tuple[int, str]]:
    """Records as they stand: a slash ends one; where line ends were lost, another follows it."""
    for row, line in rows(data):
        for part in _JOINED.split(line):
            yield row, part.strip()


def _records(data: bytes) -> Iterator[_Record]:
    """Logical records: 88 continues an account's fields, or those of a transaction and its text."""
    last: _Record | None = None
    for row, plain in _physical(data):
        kind, _, rest = plain.partition(",")
        if plain.startswith("88:"):  # Slips of the pen in a bank's own texts.
            kind, rest = "88", plain[3:]
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
            if last.kind == "16" and last.is_open:
                last.fields[-1] = last.fields[-1].rstrip().rstrip("/")
                last.fields += rest.split(",")
            elif last.kind == "16":
                last.texts.append(rest.removesuffix("/").strip())
            else:
                last.fields += rest.rstrip("/").split(",")
    if last:
        yield last


def _accounts(data: bytes) -> Iterator[_Account]:
    currency, booked_on, is_interim = "USD", None, False
    account: _Record | None = None
    transactions: list[_Record] = []
    for record in _records(data):
        match record.kind:
            case "02":
                booked_on = day(record.row, _at(record.fields, 3), 0, "ymd")
                currency = _at(record.fields, 5) or "USD"
                is_interim = _at(record.fields, 6).rstrip("/") == _INTERIM
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
                    is_interim=is_interim,
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
    lines = [
        _line(x, one.currency, one.booked_on, pending=one.is_interim) for x in one.transactions
    ]
    return Statement(
        account=_at(one.head.fields, 0),
        currency=one.currency,
        opening=balances.get(OPENING),
        closing=None if one.is_interim else balances.get(CLOSING),
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


def _line(
    record: _Record, currency: str, booked_on: date, *, pending: bool = False
) -> BankLine | None:
    code = _at(record.fields, 0)
    if code in NO_MONEY:
        return None
    amount = _amount(record, _at(record.fields, 1), currency)
    if not _is_credit(record, code):
        amount = -amount
    rest = record.fields[2:]
    taken = _funds(record, rest)
    valued = rest[0] == "V" if rest else False
    bank, customer = (_reference(_at(rest, taken + place)) for place in (1, 2))
    text = ",".join(rest[taken + 3 :]).strip()
    told, texts = _told((text.removesuffix("/").strip(), *record.texts))
    other = "DB" if amount.minor > 0 else "CR"  # Who sends what comes in, and takes what goes out.
    return BankLine(
        amount=amount,
        booked_on=booked_on,
        value_on=day(record.row, _at(rest, 1), 0, "ymd") if valued else None,
        pending=pending,
        reversal=code in _REVERSALS,
        bank_reference=bank,
        entry_reference=bank,
        end_to_end=told.get("EREF", "") or customer,
        counterparty=told.get(f"{other}NM", ""),
        counterparty_account=told.get(f"{other[0]}ACT", ""),
        texts=texts,
        return_reason="unstated" if code in _RETURNS else "",
        code=code,
        raw=record.raw,
    )


def _is_credit(record: _Record, code: str) -> bool:
    """By the range of the type code; 920 to 999 are those that banks add for themselves."""
    number = int(code) if _CODE.fullmatch(code) else 0
    if 101 <= number <= 399 or 920 <= number <= 959:
        return True
    if 401 <= number <= 699 or 960 <= number <= 999:
        return False
    raise refuse(record.row, f"type {code!r} is neither credit nor debit", column=4)


def _reference(text: str) -> str:
    plain = text.rstrip("/")
    return plain if plain.strip("0") else ""


def _told(texts: tuple[str, ...]) -> tuple[dict[str, str], tuple[str, ...]]:
    """What the words in the texts say, and the texts that are left, the payer's own first."""
    said: dict[str, str] = {}
    left: list[str] = []
    for text in texts:
        found = _WORD.fullmatch(text)
        if found is None:
            left.append(text)
        else:
            said.setdefault(found[1], found[2].strip())
    return said, tuple(text for text in (said.get("REMI", ""), *left) if text)


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
