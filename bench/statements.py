"""How many payments a core reads and matches in a second. Prints a table; asserts nothing.

Run: PYTHONPATH=src python bench/statements.py
"""

import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime
from uuid import UUID

from usance.domain import payment, reference
from usance.domain.money import Money, total
from usance.domain.payment import BankLine, OpenItem, Reference, Statement
from usance.plugins.statements import camt, mt940
from usance.plugins.statements._camt_write import write_camt053

PAYMENTS = 10_000
PER_ENTRY = 5
DAY = date(2026, 3, 31)


def main() -> None:
    lines = tuple(_line(number) for number in range(PAYMENTS))
    opening = Money(0, "EUR")
    statement = Statement(
        account="DE89370400440532013000", currency="EUR", reference="B", opening=opening,
        closing=total((x.amount for x in lines), "EUR"), lines=lines,
    )  # fmt: skip
    xml = write_camt053(statement, datetime(2026, 3, 31, tzinfo=UTC))
    swift = _mt940(lines)
    _rate(f"camt.053 of {len(xml) / 1e6:.1f} MB, payments read", lambda: camt.read(xml))
    _rate(f"MT940 of {len(swift) / 1e6:.1f} MB, payments read", lambda: mt940.read(swift))
    items = {reference.of(n, currency="EUR"): _item(n) for n in range(PAYMENTS)}
    by_form: dict[str, list[OpenItem]] = defaultdict(list)
    for item in items.values():
        by_form[payment.compact(item.payment_reference)].append(item)
        by_form[payment.compact(item.number)].append(item)

    def match_all() -> None:
        for line in lines:
            found = {item.invoice: item for form in payment.references(line)
                     for item in by_form.get(form, ())}  # fmt: skip
            assert payment.match(line, list(found.values())).verdict is payment.Verdict.CERTAIN

    _rate("lines matched, candidates from an index", match_all)


def _rate(what: str, run: Callable[[], object]) -> None:
    best = float("inf")
    for _ in range(3):
        began = time.process_time()
        run()
        best = min(best, time.process_time() - began)
    print(f"{what:<48} {PAYMENTS / best:>10,.0f} per core-second")


def _line(number: int) -> BankLine:
    told = reference.of(number, currency="EUR")
    structured = number % 2 == 0
    return BankLine(
        amount=Money(100_00 + number, "EUR"), booked_on=DAY, value_on=DAY,
        entry_reference=f"E{number // PER_ENTRY}",
        bank_reference=f"E{number // PER_ENTRY}/{number % PER_ENTRY + 1}",
        end_to_end=f"E2E-{number}", counterparty=f"Debtor {number % 997} GmbH",
        counterparty_account="DE89370400440532013000",
        texts=() if structured else (f"Rechnung {10_000 + number} vom 01.03., Ref {told}",),
        references=(Reference(scheme="scor", value=told),) if structured else (),
        code="PMNT/RCDT/ESCT",
    )  # fmt: skip


def _item(number: int) -> OpenItem:
    return OpenItem(
        invoice=UUID(int=number), number=str(10_000 + number), debtor=UUID(int=number % 997),
        payment_reference=reference.of(number, currency="EUR"),
        outstanding=Money(100_00 + number, "EUR"), due_on=DAY,
    )  # fmt: skip


def _mt940(lines: tuple[BankLine, ...]) -> bytes:
    entries = "\n".join(
        f":61:2603310331C{line.amount.minor // 100},{line.amount.minor % 100:02d}NTRFNONREF//"
        f"{line.bank_reference}\n:86:166?00GUTSCHRIFT?20EREF+{line.end_to_end}?21SVWZ+"
        f"{line.texts[0][:26] if line.texts else line.references[0].value}"
        f"?31{line.counterparty_account}?32{line.counterparty}"
        for line in lines
    )
    closing = sum(line.amount.minor for line in lines)
    head = ":20:BENCH\n:25:37040044/0532013000\n:28C:1/1\n:60F:C260331EUR0,00\n"
    return f"{head}{entries}\n:62F:C260331EUR{closing // 100},{closing % 100:02d}\n".encode()


if __name__ == "__main__":
    main()
