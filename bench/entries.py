"""Entries booked in batches and singly, beside a bare COPY of the same rows on the same server:
`python -m bench.entries`.

A bare COPY writes the rows into tables without index, key, trigger or sums, in one transaction: the
most that this server takes. The books add keys that are booked once, the closed months, balances by
account and party, the totals of days. Each entry is a purchase of two moves.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from . import house, seed
from .house import ACTOR, NOW, TODAY, House
from .measure import Row, heading, rounds, show

if TYPE_CHECKING:
    from usance.domain.journal import Entry

BATCH, SINGLY, ROUNDS = 500, 100, 4
BARE = """
CREATE TABLE bare_entry (id uuid, key text, content text, booked_on date, because text,
  voucher text, at timestamptz, actor text);
CREATE TABLE bare_move (id uuid, entry_id uuid, booked_on date, debit text, credit text,
  amount_minor bigint, currency text, client_id uuid, debtor_id uuid, invoice_id uuid)
"""


def main(size: int = 20_000) -> None:
    with house.opened() as opened:
        seed.fill(opened, upto=size)
        heading(f"Entries of two moves, {size:,} invoices in the database")
        for row in rows(opened):
            show(row)


def rows(opened: House) -> Iterator[Row]:
    """A bare COPY, one batch a transaction, one entry a transaction."""
    import psycopg

    made = _entries(opened, (ROUNDS + 1) * (2 * BATCH + SINGLY))
    with psycopg.connect(opened.cluster.superuser_url) as bare:
        bare.execute("SET search_path = book_main, public")
        for statement in BARE.split(";"):
            bare.execute(statement.encode())
        bare.commit()
        yield rounds("bare COPY of the same rows", "entries", BATCH,
                     [_copied(bare, made[n * BATCH : (n + 1) * BATCH]) for n in range(ROUNDS + 1)],
                     bare.info.backend_pid)  # fmt: skip
    rest = made[(ROUNDS + 1) * BATCH :]
    yield rounds("booked, 500 in a transaction", "entries", BATCH,
                 [_booked([rest[n * BATCH : (n + 1) * BATCH]]) for n in range(ROUNDS + 1)],
                 opened.backend)  # fmt: skip
    rest = rest[(ROUNDS + 1) * BATCH :]
    yield rounds("booked, one in a transaction", "entries", SINGLY,
                 [_booked([[e] for e in rest[n * SINGLY : (n + 1) * SINGLY]])
                  for n in range(ROUNDS + 1)], opened.backend)  # fmt: skip


def _entries(opened: House, count: int) -> "list[Entry]":
    from usance import models
    from usance.domain import ledger
    from usance.domain.finance import Offer
    from usance.domain.journal import About
    from usance.domain.money import Money

    found = models.Invoice.objects.order_by("pk").values_list("pk", "client_id", "debtor_id")
    offer = Offer(advance=Money(80_000, "EUR"), reserve=Money(20_000, "EUR"), fee=Money(1, "EUR"))
    made = [
        ledger.purchase(f"E-{n}", offer, on=TODAY, voucher=f"bench:{n}",
                        about=About(invoice=pk, client=client, debtor=debtor))
        for n, (pk, client, debtor) in enumerate(found[:count])
    ]  # fmt: skip
    assert len(made) == count, "the book is too small"
    from dataclasses import replace

    return [replace(entry, key=f"bench:{n}") for n, entry in enumerate(made)]


def _booked(batches: "list[list[Entry]]") -> Callable[[], None]:
    from usance.actions.ledger import book

    def act() -> None:
        for batch in batches:
            book(batch, at=NOW, actor=ACTOR)

    return act


def _copied(bare: "object", entries: "list[Entry]") -> Callable[[], None]:
    import psycopg

    from usance.models.ids import new_id

    assert isinstance(bare, psycopg.Connection)
    rows = [(new_id(), e.key, "0" * 64, e.booked_on, e.because, e.voucher, NOW, ACTOR)
            for e in entries]  # fmt: skip
    moves = [
        (new_id(), row[0], e.booked_on, m.debit.value, m.credit.value,
         m.amount.minor, m.amount.currency, m.about.client, m.about.debtor, m.about.invoice)
        for row, e in zip(rows, entries, strict=True) for m in e.moves
    ]  # fmt: skip

    def act() -> None:
        with bare.cursor() as cursor:
            for name, these in (("bare_entry", rows), ("bare_move", moves)):
                with cursor.copy(f"COPY {name} FROM STDIN") as into:
                    for row in these:
                        into.write_row(row)
        bare.commit()

    return act


if __name__ == "__main__":
    main()
