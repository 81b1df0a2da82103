"""How many bank lines a core matches in a second with many open items, and how many wrongly.

Of twenty lines nine quote the reference in a field, four in the text and four the number; one has
a slip of the pen, one pays two invoices with their numbers in a row, one pays a part.
Prints a table; asserts nothing but that none is wrong.

Run: PYTHONPATH=src python bench/matching.py [open items, without it 100000]
"""

import gc
import resource
import sys
import time
from collections.abc import Iterator
from datetime import date
from uuid import UUID

from usance.domain import reference
from usance.domain.money import Money
from usance.domain.payment import BankLine, OpenItem, OpenItems, Reference, Verdict

LINES = 10_000
PER_DEBTOR = 500
DAY = date(2026, 3, 31)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    began = time.process_time()
    items = OpenItems(_item(number) for number in range(count))
    indexed = time.process_time() - began
    cases = list(_lines(count))
    gc.freeze()  # Millions of items that stay need not be looked through for garbage.
    began = time.process_time()
    found = items.take_all([line for line, _ in cases])
    took = time.process_time() - began
    certain = [n for n, match in enumerate(found) if match.verdict is Verdict.CERTAIN]
    wrong = sum(
        {share.item.invoice.int for share in found[n].allocations} != cases[n][1] for n in certain
    )
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"{count:>10,} open items indexed in {indexed:.1f} s, {memory:.2f} GiB")
    print(f"{LINES / took:>10,.0f} lines per core-second; {len(certain)} of {LINES} certain, "
          f"{wrong} wrongly")  # fmt: skip
    assert wrong == 0


def _number(number: int) -> str:
    return str(4_000_000_000 + number * 7_919 % 5_999_999_929)


def _owed(number: int) -> int:
    return 100_00 + number * 104_729 % 9_999_991


def _item(number: int) -> OpenItem:
    return OpenItem(
        invoice=UUID(int=number), number=_number(number), due_on=DAY,
        debtor=UUID(int=number // PER_DEBTOR), debtor_name=f"Debtor {number // PER_DEBTOR} GmbH",
        payment_reference=reference.of(number, currency="EUR"),
        outstanding=Money(_owed(number), "EUR"),
    )  # fmt: skip


def _lines(count: int) -> Iterator[tuple[BankLine, set[int]]]:
    """Each with the invoices that it pays."""
    for n in range(LINES):
        one = n * (count // LINES)
        told, number, paid = reference.of(one, currency="EUR"), _number(one), _owed(one)
        texts: tuple[str, ...] = (f"Rechnung {number} vom 01.03.",)
        references: tuple[Reference, ...] = ()
        true = {one}
        match n % 20:
            case 0:  # A digit is lost.
                texts = (f"Rechnung {number[:4]}{number[5:]}",)
            case 1:  # Two invoices, one number behind the other.
                texts, paid = (f"{number}{_number(one + 1)}",), paid + _owed(one + 1)
                true.add(one + 1)
            case 2:
                texts, paid = (f"Rechnung {number}",), paid // 2
            case kind if kind < 12:
                texts, references = (), (Reference(scheme="scor", value=told),)
            case kind if kind < 16:
                texts = (f"Rechnung vom 01.03., Ref {told}",)
        yield (
            BankLine(
                amount=Money(paid, "EUR"), booked_on=DAY, texts=texts, references=references,
                counterparty=f"Debtor {one // PER_DEBTOR} GmbH",
                counterparty_account=f"DE00{one // PER_DEBTOR:018d}",
            ),
            true,
        )  # fmt: skip


if __name__ == "__main__":
    main()
