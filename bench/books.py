"""The books at size: trial balance on both axes of time, an account's page, exports as vouchers.

Run: PYTHONPATH=src python -m bench.books 1000000    (moves; in a home of its own)
With --trial nothing is exported, which takes long with ten million. Seeded by the database itself:
entries of one move over three years, each fiftieth written a month late, their day totals in
sixteen lanes.
"""

import sys
from collections.abc import Callable
from datetime import date

from . import house
from .house import NOW
from .measure import heading, measured, peak_mb, rounds, show

ON, KNOWN = date(2025, 6, 30), date(2025, 7, 15)
PART = 1_000_000  # Moves seeded in one transaction.

# Keys grow with time, as ours do; each move is known to have its entry.
UNCHECKED = "SET session_replication_role = replica"
SEED = """
CREATE TEMP TABLE seeded AS SELECT n,
  (lpad(to_hex(n), 12, '0') || '7000800000000000000' || 0)::uuid AS id,
  (lpad(to_hex(n), 12, '0') || '7000800000000000000' || 1)::uuid AS move,
  DATE '2023-01-01' + (n % 1095)::int AS day,
  DATE '2023-01-01' + (n % 1095)::int + CASE WHEN n % 50 = 0 THEN 30 ELSE 0 END AS written,
  (ARRAY['1000','1200','2200','2250','2300'])[1 + n % 5] AS debit,
  (ARRAY['2300','2100','2250','1000','1200'])[1 + n % 5] AS credit
  FROM generate_series({first}, {last}) AS n;
INSERT INTO entry (id, key, content, booked_on, because, voucher, at, actor)
SELECT id, 'bench:' || n, '', day, 'Payment of invoice R-' || n, 'seed', written, 'belt'
  FROM seeded;
INSERT INTO move (id, entry_id, booked_on, debit, credit, amount_minor, currency)
SELECT move, id, day, debit, credit, 1 + n, 'EUR' FROM seeded;
INSERT INTO day_total (account, currency, booked_on, written_on, lane, debit_minor, credit_minor)
SELECT account, 'EUR', day, written, lane, sum(d), sum(c) FROM (
  SELECT debit AS account, day, written, (n / 5) % 16 AS lane, 1 + n AS d, 0 AS c FROM seeded
  UNION ALL SELECT credit, day, written, (n / 5) % 16, 0, 1 + n FROM seeded) side
  GROUP BY 1, 3, 4, 5 ON CONFLICT (booked_on, account, currency, lane, written_on) DO UPDATE
  SET debit_minor = day_total.debit_minor + EXCLUDED.debit_minor,
      credit_minor = day_total.credit_minor + EXCLUDED.credit_minor;
DROP TABLE seeded
"""


def main(moves: int, *, trial: bool) -> None:
    with house.opened() as opened:
        with measured() as took:
            for first in range(1, moves + 1, PART):
                last = min(first + PART - 1, moves)
                opened.as_superuser(UNCHECKED, SEED.format(first=first, last=last))
            opened.as_superuser("ANALYZE entry", "ANALYZE move", "ANALYZE day_total")
        heading(f"With {moves:,} moves (seeded in {took.wall:.0f} s)")
        for name, question in _questions().items():
            show(rounds(name, "question", 1, [question] * 6, opened.backend))
        if not trial:
            _year(opened.backend, moves)
            _export(opened.backend, moves)


def _questions() -> dict[str, Callable[[], object]]:
    from usance.domain.journal import Account
    from usance.queries import ledger

    return {
        "trial balance as of a day": lambda: ledger.trial(on=ON),
        "trial balance, by what was known": lambda: ledger.trial(on=ON, known=KNOWN),
        "a page of an account": lambda: ledger.moves(
            Account.BANK, "EUR", on=ON, since=None, after=None
        ),
        "a page of it, by what was known": lambda: ledger.moves(
            Account.BANK, "EUR", on=ON, since=None, after=None, known=KNOWN
        ),
    }


def _target() -> object:
    from usance.actions import vouchers
    from usance.domain.mandate import Role

    return vouchers.set_target(
        name="Bench", format="sie4", chart="bas", series="U", year_begins=1,
        since=date(2023, 1, 1), numbers={}, settings={}, role=Role.ADMIN, at=NOW, actor="bench",
    )  # fmt: skip


def _year(backend: int, moves: int) -> None:
    """A fiscal year written as SIE with its balances, streamed; and the memory that it takes."""
    from django.db import transaction

    from usance.plugins.vouchers import sie4
    from usance.queries import vouchers

    row, before = _target(), peak_mb()
    with transaction.atomic(), measured(backend) as took:
        head = vouchers.head(
            row, currency="EUR", year=2024, first_on=date(2024, 1, 1), last_on=date(2024, 12, 31),
            name="year", made_at=NOW, with_standings=True,
        )  # fmt: skip
        size = sum(map(len, sie4.write(vouchers.of_year(row, "EUR", 2024), head)))
    print(f"a fiscal year as SIE 4E: {size / 1e6:.0f} MB, {moves / 3 / took.core:,.0f} entries a"
          f" core and second, memory + {peak_mb() - before:.0f} MB")  # fmt: skip


def _export(backend: int, moves: int) -> None:
    """Everything exported, each entry once, in as many files as it takes."""
    from usance.actions import vouchers
    from usance.domain.mandate import Role

    row, before = _target(), peak_mb()
    by = {"role": Role.ADMIN, "at": NOW, "actor": "bench"}
    with measured(backend) as took:
        made = vouchers.export(row.pk, until=date(2025, 12, 31), **by)
    with measured(backend) as again:
        assert vouchers.export(row.pk, until=date(2025, 12, 31), **by) == []
    print(f"exported in {len(made)} files: {moves / took.core:,.0f} entries a core and second,"
          f" memory + {peak_mb() - before:.0f} MB; asked again: {again.wall:.2f} s")  # fmt: skip


if __name__ == "__main__":
    given = sys.argv[1:]
    sizes = [int(word) for word in given if word.isdigit()]
    main(sizes[0] if sizes else 1_000_000, trial="--trial" in given)
