"""CFONB 120: statements of French banks, 120 columns, amounts with an overpunched sign.

Source: CFONB, Relevé de compte sur support informatique, records 01 (old balance), 04 (entry),
05 (texts), 07 (new balance). The last digit of an amount carries the sign: "{", A to I for
credit, "}", J to R for debit.
"""

import re
from collections.abc import Iterator

from usance.domain.money import Money, NotMoney
from usance.domain.payment import BankLine, Reference, Statement

from ._fixed import day, refuse, rows, whole

_FIRST = re.compile(rb"01\d{5}.{4}\d{5}[A-Z]{3}\d.{1}[0-9A-Z]{11}.{2}\d{6}")
_POSITIVE, _NEGATIVE = "{ABCDEFGHI", "}JKLMNOPQR"


def sniff(data: bytes) -> bool:
    return bool(_FIRST.match(data.removeprefix(b"\xef\xbb\xbf")[:60]))


def read(data: bytes) -> list[Statement]:
    """A statement for each old balance (01) to new balance (07).

    :raises Unreadable: for unknown records, broken numbers and a missing new balance.
    """
    return list(_statements(data))


def _statements(data: bytes) -> Iterator[Statement]:
    head, entries = (0, ""), list[list[tuple[int, str]]]()
    row = 1
    for row, line in rows(data):
        line = line.ljust(120)
        kind = line[:2]
        if kind == "01":
            head, entries = (row, line), []
        elif kind == "04" and head[0]:
            entries.append([(row, line)])
        elif kind == "05" and entries:
            entries[-1].append((row, line))
        elif kind == "07" and head[0]:
            yield _statement(head, entries, row, line)
            head = (0, "")
        else:
            raise refuse(row, f"record {kind!r} is not expected here")
    if head[0]:
        raise refuse(row, "the account ends without its new balance (record 07)")


def _statement(
    head: tuple[int, str], entries: list[list[tuple[int, str]]], row: int, end: str
) -> Statement:
    at, first = head
    currency = first[16:19]
    return Statement(
        account=_account(first),
        currency=currency,
        opening=_amount(at, first, currency),
        closing=_amount(row, end, currency),
        opened_on=day(at, first, 34, "dmy"),
        closed_on=day(row, end, 34, "dmy"),
        lines=tuple(_line(entry, currency) for entry in entries),
    )


def _account(line: str) -> str:
    """The IBAN of the bank, branch and account number; both check digits follow from them."""
    bank, branch, account = line[2:7], line[11:16], line[21:32]
    digits = account.translate(str.maketrans(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "12345678912345678923456789"
    ))  # fmt: skip
    whole_number = bank + branch + digits
    if not (whole_number.isascii() and whole_number.isdigit()):
        return bank + branch + account
    key = 97 - (89 * int(bank) + 15 * int(branch) + 3 * int(digits)) % 97
    body = f"{bank}{branch}{account}{key:02d}"
    check = 98 - int("".join(str(int(ch, 36)) for ch in body + "FR00")) % 97
    return f"FR{check:02d}{body}"


def _amount(row: int, line: str, currency: str) -> Money:
    """14 characters in column 91, with as many decimals as column 20 says."""
    last = line[103]
    digit = max(_POSITIVE.find(last), _NEGATIVE.find(last))
    if digit < 0:
        raise refuse(row, f"{line[90:104]!r} is not an amount", column=91)
    decimals = whole(row, line, 19, 20)
    number = whole(row, line, 90, 103) * 10 + digit
    text = f"{number:0{decimals + 1}d}"
    try:
        amount = Money.of(f"{text[: len(text) - decimals]}.{text[len(text) - decimals :]}"
                          if decimals else text, currency)  # fmt: skip
    except NotMoney as broken:
        raise refuse(row, str(broken), column=91) from broken
    return -amount if last in _NEGATIVE else amount


# Qualifiers of record 05. Source: CFONB, annex "Qualifiants".
_NAMES = ("NPY", "NBE")


def _line(records: list[tuple[int, str]], currency: str) -> BankLine:
    row, first = records[0]
    said: dict[str, str] = {}
    texts = [first[48:79].strip()]
    for _, line in records[1:]:
        kind, text = line[45:48].strip(), line[48:118].strip()
        said[kind] = f"{said.get(kind, '')} {text}".strip()
        if kind not in (*_NAMES, "RCN", "REF", "IPY", "IBE", "MMO"):
            texts.append(text)
    end_to_end = said.get("RCN", "")[:35].strip()
    reference = first[104:120].strip()
    return BankLine(
        amount=_amount(row, first, currency),
        booked_on=day(row, first, 34, "dmy"),
        value_on=day(row, first, 42, "dmy") if first[42:48].strip("0 ") else None,
        end_to_end="" if end_to_end.upper() == "NOTPROVIDED" else end_to_end,
        counterparty=next((said[name] for name in _NAMES if name in said), ""),
        texts=tuple(text for text in texts if text),
        references=tuple(
            Reference(scheme="other", value=value)
            for value in (reference, said.get("REF", ""))
            if value
        ),
        return_reason=first[40:42].strip(),
        code=first[32:34],
        raw="\n".join(line.rstrip() for _, line in records),
    )
