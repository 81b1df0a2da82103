"""Nets OCR giro (Norway): incoming payments with KID, 80 columns, amounts in øre.

Being replaced by camt.054. Source: Nets, OCR giro system specification, service 09: amount item 1
(30), 2 (31) and, for payments with text, 3 (32).
"""

from collections.abc import Iterator

from usance.domain.finding import Finding
from usance.domain.money import Money, total
from usance.domain.payment import BankLine, Reference, Statement

from ._fixed import day, either, refuse, rows, whole

CURRENCY = "NOK"
OCR_GIRO = "09"


def sniff(data: bytes) -> bool:
    return data.removeprefix(b"\xef\xbb\xbf")[:8] == b"NY000010"


def read(data: bytes) -> list[Statement]:
    """A statement for each assignment (records 20 to 88).

    :raises Unreadable: for unknown records, broken numbers, and totals that are not right.
    """
    return list(_assignments(data))


def check(data: bytes) -> list[Finding]:
    """The file's own end record (89) must be there and count the payments."""
    held = 0
    for row, line in rows(data):
        held += line[6:8] == "30"
        if line[:8] == "NY000089":
            said = whole(row, line, 8, 16)
            if said == held:
                return []
            return [Finding(
                code="file_count", where=f"line {row}",
                says=f"The file says {said} payments but holds {held}.",
                todo="Ask the bank for the file again: something may be missing.",
            )]  # fmt: skip
    return [Finding(
        code="file_truncated", says="The end record (89) is missing.",
        todo="Ask the bank for the file again: its end is missing.",
    )]  # fmt: skip


def _assignments(data: bytes) -> Iterator[Statement]:
    start, payments = "", list[list[tuple[int, str]]]()
    row = 1
    for row, line in rows(data):
        service, kind = line[2:4], line[6:8]
        if line[:2] != "NY" or service not in ("00", OCR_GIRO):
            raise refuse(row, f"{line[:8]!r} is no record of OCR giro")
        if kind == "20":
            start, payments = line, []
        elif kind == "30" and start:
            payments.append([(row, line)])
        elif kind in ("31", "32") and payments:
            payments[-1].append((row, line))
        elif kind == "88" and start:
            yield _statement(row, line, start, payments)
            start = ""
        elif kind not in ("10", "89"):
            raise refuse(row, f"record {kind!r} is not expected here", column=7)
    if start:
        raise refuse(row, "the assignment ends without its total (record 88)")


def _statement(row: int, line: str, start: str, payments: list[list[tuple[int, str]]]) -> Statement:
    lines = tuple(_line(payment, start) for payment in payments)
    stated = Money(whole(row, line, 24, 41), CURRENCY)
    if total((x.amount for x in lines), CURRENCY) != stated:
        raise refuse(row, f"the total {stated} is not that of the payments", column=25)
    return Statement(
        account=start[24:35],
        currency=CURRENCY,
        reference=start[8:17],  # The agreement.
        sequence=start[17:24],
        closed_on=day(row, line, 41, "dmy"),
        lines=lines,
    )


def _line(records: list[tuple[int, str]], start: str) -> BankLine:
    row, first = records[0]
    others = {line[6:8]: line for _, line in records[1:]}
    second, third = others.get("31", ""), others.get("32", "")
    amount = Money(whole(row, first, 32, 49), CURRENCY)
    kid = first[49:74].strip()
    archive = second[25:34].strip("0 ")
    booked_on = day(row, first, 15, "dmy")
    text = third[15:55].strip()
    return BankLine(
        amount=either(amount, negative=first[31] == "-"),
        booked_on=booked_on,
        bank_reference=f"{booked_on:%Y%m%d}-{start[17:24]}-{first[8:15]}",
        entry_reference=archive,
        counterparty_account=second[47:58].strip() if second[47:58].strip("0 ") else "",
        texts=(text,) if text else (),
        references=(Reference(scheme="scor", value=kid),) if kid else (),
        code=first[4:6],  # 10 giro … 21 with text: how it was paid.
        raw="\n".join(line.rstrip() for _, line in records),
    )
