"""KTL: Finnish incoming reference payments (viitemaksutapahtumat), 90 columns.

Source: Finance Finland, Viitesiirtopalvelu, records 0 (batch), 3 (payment), 5 (direct debit
payment), 9 (totals). A correction takes back an earlier payment.
"""

import re
from collections.abc import Iterator

from usance.domain.money import Money, total
from usance.domain.payment import BankLine, Reference, Statement

from ._fixed import day, nordic_rows, refuse, whole

CURRENCY = "EUR"
CORRECTION = "1"
_FIRST = re.compile(rb"0\d{6}\d{4}[0-9A-Z ]{2}[0-9A-Z]{9}[1 ][ -~]{0,67}\r?\n")


def sniff(data: bytes) -> bool:
    return bool(_FIRST.match(data.removeprefix(b"\xef\xbb\xbf")[:100]))


def read(data: bytes) -> list[Statement]:
    """A statement for each account of each batch (records 0 to 9).

    :raises Unreadable: for unknown records, broken numbers, and totals that are not right.
    """
    found: list[Statement] = []
    lines: list[tuple[str, BankLine]] | None = None
    row = 1
    for row, line in nordic_rows(data):
        line = line.ljust(90)
        match line[0]:
            case "0":
                lines = []
            case "3" | "5" if lines is not None:
                lines.append(_line(row, line))
            case "9" if lines is not None:
                _check(row, line, [x for _, x in lines])
                found.extend(_statements(lines))
                lines = None
            case _:
                raise refuse(row, f"record {line[0]!r} is not expected here")
    if lines is not None:
        raise refuse(row, "the batch ends without its totals (record 9)")
    return found


def _statements(lines: list[tuple[str, BankLine]]) -> Iterator[Statement]:
    for account in dict.fromkeys(account for account, _ in lines):
        own = tuple(line for name, line in lines if name == account)
        yield Statement(
            account=account, currency=CURRENCY, lines=own,
            closed_on=max(line.booked_on for line in own),
        )  # fmt: skip


def _line(row: int, line: str) -> tuple[str, BankLine]:
    amount = Money(whole(row, line, 77, 87), CURRENCY)
    undone = line[87] == CORRECTION
    archive = line[27:43].strip()
    return line[1:15].strip(), BankLine(
        amount=-amount if undone else amount,
        booked_on=day(row, line, 15, "ymd"),
        value_on=day(row, line, 21, "ymd") if line[21:27].strip("0 ") else None,
        reversal=undone,
        bank_reference=archive,
        entry_reference=archive,
        counterparty=line[63:75].strip(),
        references=(Reference(scheme="scor", value=line[43:63].strip().lstrip("0")),),
        code=line[0],
        raw=line.rstrip(),
    )


def _check(row: int, line: str, lines: list[BankLine]) -> None:
    paid = [x.amount for x in lines if not x.reversal]
    undone = [-x.amount for x in lines if x.reversal]
    for start, amounts in ((1, paid), (18, undone)):
        if whole(row, line, start, start + 6) != len(amounts):
            raise refuse(row, "the count is not that of the payments", column=start + 1)
        if whole(row, line, start + 6, start + 17) != total(amounts, CURRENCY).minor:
            raise refuse(row, "the total is not that of the payments", column=start + 7)
