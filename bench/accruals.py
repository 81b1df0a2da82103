"""A day's charges for time on many open invoices: computed from the beginning, written, booked."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from .house import ACTOR, NOW, TODAY, House
from .measure import Row, rounds

AGREED = """UPDATE facility SET charges = '{"interest": {"margin": "0.08"}}'"""
# As if the day had ended: what is measured is one day, not the year before it.
BEFORE = """
INSERT INTO accrual (id, invoice_id, fee, day, amount_minor, total_minor, currency, at)
SELECT gen_random_uuid(), id, 'interest', %s, 0, 0, currency, %s FROM invoice
 WHERE stage = 'funded' AND number_key LIKE 'S%%'
    ON CONFLICT DO NOTHING
"""


def rows(house: House, *, most: int = 5_000) -> Iterator[Row]:
    """The open invoices of the seeded book, at most so many a round; two rounds, two days."""
    from usance import models
    from usance.actions import accruals

    agreed(house)
    found = models.Invoice.objects.filter(stage="funded", number_key__startswith="S")
    ids = list(found.order_by("pk").values_list("pk", flat=True)[:most])

    def ended(days: int) -> Callable[[], object]:
        through = TODAY + timedelta(days=days)
        return lambda: accruals.accrue(ids, through=through, at=NOW, actor=ACTOR)

    yield rounds("a day's charges for time accrued", "invoices", len(ids),
                 [ended(1), ended(2), ended(3)], house.backend)  # fmt: skip


def agreed(house: House, *, through: date = TODAY) -> None:
    """Every client owes interest on funds in use, and has been accrued to the end of that day."""
    import psycopg

    with psycopg.connect(house.cluster.superuser_url, autocommit=True) as connection:
        connection.execute("SET search_path = book_main, public")
        connection.execute(AGREED)
        connection.execute(BEFORE, [through, NOW])
