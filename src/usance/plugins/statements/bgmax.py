"""BgMax: Bankgirot's file of incoming payments. For history: the format ends in November 2026.

A deposit (records 05 to 15) is a statement of the bankgiro number; a deduction (21) is a line of
its own. Source: Bankgirot, Bankgiro Inbetalningar, technical manual; record lay-out in 80 columns,
ISO 8859-1.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from usance.domain.finding import Finding
from usance.domain.money import Money, total
from usance.domain.payment import BankLine, Reference, Statement

from ._fixed import day, either, refuse, rows, whole

OCR = "2"  # Reference code: checked and found right. Others are what the payer wrote.
_INCOMING, _DEDUCTION = "20", "21"


def sniff(data: bytes) -> bool:
    return data.removeprefix(b"\xef\xbb\xbf")[:7] == b"01BGMAX"


def read(data: bytes) -> list[Statement]:
    """A statement for each deposit.

    :raises Unreadable: for unknown records, broken numbers, and a deposit whose total or count is
        not that of its payments.
    """
    return list(_deposits(data))


def check(data: bytes) -> list[Finding]:
    """What the end record (70) says against what the file holds."""
    counts = {"20": 0, "21": 0, "22": 0, "15": 0}
    for row, line in rows(data):
        kind = {"23": "22"}.get(line[:2], line[:2])
        if kind in counts:
            counts[kind] += 1
        if kind == "70":
            said = [whole(row, line, start, start + 8) for start in (2, 10, 18, 26)]
            held = [counts[kind] for kind in ("20", "21", "22", "15")]
            if said == held:
                return []
            return [Finding(
                code="file_count", where=f"line {row}",
                says=f"The file says {said} payments, deductions, references and deposits, "
                     f"but holds {held}.",
                todo="Ask the bank for the file again: something may be missing.",
            )]  # fmt: skip
    return [Finding(
        code="file_truncated", says="The end record (70) is missing.",
        todo="Ask the bank for the file again: its end is missing.",
    )]  # fmt: skip


@dataclass(slots=True)
class _Payment:
    row: int
    line: str
    texts: list[str] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    name: str = ""
    raw: list[str] = field(default_factory=list)


def _deposits(data: bytes) -> Iterator[Statement]:
    opening, payments = "", list[_Payment]()
    for row, line in rows(data):
        kind = line[:2]
        if kind == "05":
            opening, payments = line, []
        elif kind in (_INCOMING, _DEDUCTION) and opening:
            payments.append(_Payment(row=row, line=line.ljust(80)))
        elif kind in ("22", "23", "25", "26", "27", "28", "29") and payments:
            _add(payments[-1], row, line.ljust(80), opening[22:25])
        elif kind == "15" and opening:
            yield _statement(row, line, opening, payments)
            opening, payments = "", []
        elif kind not in ("01", "70"):
            raise refuse(row, f"record {kind!r} is not expected here")
        if payments:
            payments[-1].raw.append(line.rstrip())
    if opening:
        raise refuse(row, "the deposit ends without its total (record 15)")


def _add(payment: _Payment, row: int, line: str, currency: str) -> None:
    kind, text = line[:2], line[2:].strip()
    if kind in ("22", "23"):
        amount = Money(whole(row, line, 37, 55), currency)
        payment.references.append(_reference(
            line, either(amount, negative=kind == "23") if amount else None
        ))  # fmt: skip
    elif kind == "25":
        payment.texts.append(text)
    elif kind == "26":
        payment.name = line[2:37].strip()


def _reference(line: str, amount: Money | None = None) -> Reference:
    checked = line[55] == OCR
    return Reference(
        scheme="scor" if checked else "other", value=line[12:37].strip(), amount=amount
    )


def _statement(row: int, line: str, opening: str, payments: list[_Payment]) -> Statement:
    currency = opening[22:25]
    booked_on = day(row, line, 37, "Ymd")
    serial = line[45:50]
    lines = tuple(
        BankLine(
            amount=either(
                Money(whole(payment.row, payment.line, 37, 55), currency),
                negative=payment.line[:2] == _DEDUCTION,
            ),
            booked_on=booked_on,
            bank_reference=_own(payment.line[57:69], f"{booked_on:%Y%m%d}-{serial}"),
            counterparty=payment.name,
            counterparty_account=payment.line[2:12].strip().lstrip("0"),
            texts=_texts(payment),
            references=_references(payment),
            code=payment.line[56],
            raw="\n".join(payment.raw),
        )
        for payment in payments
    )
    stated = Money(whole(row, line, 50, 68), currency)
    if total((x.amount for x in lines), currency) != stated:
        raise refuse(row, f"the deposit's total {stated} is not that of its payments", column=51)
    if whole(row, line, 71, 79) != len(lines):
        raise refuse(row, "the deposit's count is not that of its payments", column=72)
    return Statement(
        account=opening[2:12].lstrip("0"),
        currency=currency,
        reference=line[2:37].lstrip("0"),  # The bank account that the deposit went to.
        sequence=serial,
        closed_on=booked_on,
        lines=lines,
    )


def _own(serial: str, deposit: str) -> str:
    """Bankgirot's serial number is unique within a deposit only."""
    return f"{deposit}-{serial.strip()}" if serial.strip() else ""


def _references(payment: _Payment) -> tuple[Reference, ...]:
    own = _reference(payment.line)
    return (own, *payment.references) if own.value else tuple(payment.references)


def _texts(payment: _Payment) -> tuple[str, ...]:
    """A reference that was not checked is free text as well: "657866 658765"."""
    own = _reference(payment.line)
    free = [own.value] if own.value and own.scheme == "other" else []
    return tuple(free + payment.texts)
