"""CODA: statements of Belgian banks, 128 columns, versions 1 and 2.

Source: Febelfin, Standard for coded statement of account (CODA) 2.6. An entry that the bank made
of several (globalised) is replaced by its parts where they are all of it, else it stays.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from usance.domain.finding import Finding
from usance.domain.money import Money, NotMoney
from usance.domain.payment import BankLine, Reference, Statement

from ._fixed import day, either, refuse, rows, split, whole

_FIRST = re.compile(r"00000\d{6}[0-9 ]{3}\d\d[D ].{7}")
_DEBIT = "1"
CREDITOR_REFERENCES = frozenset({"100", "101", "102"})  # ISO 11649 and the national +++…+++.
DIRECT_DEBIT = "127"
_RETURNS, _REVERSAL = "123", "4"  # Rejected, returned, refunded; taken back by the creditor.


def sniff(data: bytes) -> bool:
    # Columns are signs: a converter may have made two bytes of one.
    first = next((line for _, line in rows(data[:300].partition(b"\n")[0])), "")
    return bool(_FIRST.match(first)) and len(first) == 128


def read(data: bytes) -> list[Statement]:
    """A statement for each old balance (record 1) to new balance (record 8).

    :raises Unreadable: for another version, unknown records and broken numbers.
    """
    return list(_statements(data))


def check(data: bytes) -> list[Finding]:
    """The trailer (9) must be there and count the records between it and the header."""
    held, last = 0, ""
    for row, line in rows(data):
        last = line[0]
        held = 0 if last == "0" else held + (last in "12348")
        if last == "9" and whole(row, line, 16, 22) != held:
            return [Finding(
                code="file_count", where=f"line {row}",
                says=f"The file says {line[16:22]} records but holds {held}.",
                todo="Ask the bank for the file again: something may be missing.",
            )]  # fmt: skip
    if last == "9":
        return []
    return [Finding(
        code="file_truncated", says="The trailer (9) is missing.",
        todo="Ask the bank for the file again: its end is missing.",
    )]  # fmt: skip


@dataclass(slots=True)
class _Movement:
    row: int
    first: str
    communication: str = ""
    information: str = ""
    client_reference: str = ""
    account: str = ""
    name: str = ""
    reason: str = ""
    raw: list[str] = field(default_factory=list)


def _statements(data: bytes) -> Iterator[Statement]:
    head, movements = (0, ""), list[_Movement]()
    row = 1
    for row, line in rows(data):
        line = line.ljust(128)
        match line[0]:
            case "0":
                if line[127] not in "12":
                    raise refuse(row, f"version {line[127]!r} is not known", column=128)
            case "1":
                head, movements = (row, line), []
            case "2" | "3" if head[0]:
                _take(movements, row, line)
            case "8" if head[0]:
                yield _statement(head, movements, row, line)
                head = (0, "")
            case "4" | "9":
                pass
            case _:
                raise refuse(row, f"record {line[0]!r} is not expected here")
    if head[0]:
        raise refuse(row, "the statement ends without its new balance (record 8)")


def _take(movements: list[_Movement], row: int, line: str) -> None:
    kind = line[:2]
    if kind == "21":
        movements.append(_Movement(row=row, first=line, communication=line[62:115]))
    elif not movements or (line[2:10] != movements[-1].first[2:10] and kind[0] == "2"):
        raise refuse(row, f"record {kind!r} belongs to no movement")
    movement = movements[-1]
    movement.raw.append(line.rstrip())
    if kind == "22":
        movement.communication += line[10:63]
        movement.client_reference = line[63:98].strip()
        movement.reason = line[113:117].strip() if line[112] not in " 0" else ""
    elif kind == "23":
        movement.account = line[10:44].split(" ")[0].strip()
        movement.name = line[47:82].strip()
        movement.communication += line[82:125]
    elif kind == "31":
        movement.information += line[43:113] if line[39] == "1" else line[40:113]
    elif kind == "32":
        movement.information += line[10:115]
    elif kind == "33":
        movement.information += line[10:100]


def _statement(head: tuple[int, str], movements: list[_Movement], row: int, end: str) -> Statement:
    at, first = head
    account, currency = _account(first[1], first[5:42])
    opening = _amount(at, first, 42, currency)
    lines: list[BankLine] = []
    for group in _groups(movements):
        parent, *parts = (_line(movement, currency, first[2:5]) for movement in group)
        lines.extend(split(parent, parts))
    return Statement(
        account=account,
        currency=currency,
        sequence=first[2:5],
        opening=opening,
        closing=_amount(row, end, 41, currency),
        opened_on=day(at, first, 58, "dmy"),
        closed_on=day(row, end, 57, "dmy"),
        lines=tuple(lines),
    )


def _groups(movements: list[_Movement]) -> Iterator[list[_Movement]]:
    """A movement and the details that carry its sequence number."""
    group: list[_Movement] = []
    for movement in movements:
        if group and movement.first[2:6] != group[0].first[2:6]:
            yield group
            group = []
        group.append(movement)
    if group:
        yield group


def _account(structure: str, text: str) -> tuple[str, str]:
    if structure == "0":
        return text[:12].strip(), text[13:16]
    return text[:34].strip(), text[34:37]


def _amount(row: int, line: str, sign: int, currency: str) -> Money:
    """A sign (0 in hand, 1 owed) and 15 digits, three of them decimals."""
    thousandths = whole(row, line, sign + 1, sign + 16)
    try:
        amount = Money.of(f"{thousandths // 1000}.{thousandths % 1000:03d}", currency)
    except NotMoney as broken:
        raise refuse(row, str(broken), column=sign + 2) from broken
    return either(amount, negative=line[sign] == _DEBIT)


def _line(movement: _Movement, currency: str, number: str) -> BankLine:
    row, first = movement.row, movement.first
    booked_on = day(row, first, 115, "dmy")
    structured = first[61] == "1"
    kind, value = movement.communication[:3], movement.communication[3:].strip()
    reference = value[:12] if kind in ("101", "102") else value
    known = structured and kind in CREDITOR_REFERENCES
    text = value if structured else " ".join(movement.communication.split())
    reason, reversal = movement.reason, False
    if structured and kind == DIRECT_DEBIT:
        text, said, reversal = _direct_debit(movement.communication[3:])
        reason = reason or said
    information = " ".join(movement.information.split())
    bank = first[10:31].strip()
    detail = first[6:10].strip("0")
    return BankLine(
        amount=_amount(row, first, 31, currency),
        booked_on=booked_on,
        value_on=day(row, first, 47, "dmy") if first[47:53].strip("0 ") else None,
        bank_reference=bank,
        entry_reference=f"{booked_on.year}-{number}-{first[2:6]}" if detail else bank,
        end_to_end=movement.client_reference,
        counterparty=movement.name,
        counterparty_account=movement.account,
        texts=tuple(found for found in ("" if known else text, information) if found),
        references=(Reference(scheme="scor", value=reference),) if known else (),
        reversal=reversal,
        return_reason=reason,
        code=first[53:61],
        raw="\n".join(movement.raw),
    )


def _direct_debit(told: str) -> tuple[str, str, bool]:
    """What the creditor wrote (62 signs behind day, kinds, creditor and mandate), why the payment
    came back if it did, and whether it was the creditor who took it back."""
    kind = told[141:142]
    reason = told[142:146].strip() or "unstated"
    return told[79:141].strip(), reason if kind and kind in _RETURNS else "", kind == _REVERSAL
