"""How long the questions of office and doctor take at this size of the book."""

from collections.abc import Callable, Iterator
from uuid import UUID

from .house import TODAY, House
from .measure import Row, rounds


def rows(house: House, *, many: int) -> Iterator[Row]:
    from usance.queries import availability, doctor, invoices, trial
    from usance.queries.invoices import Filter, View
    from usance.queries.pages import Cursor

    def page(view: View, sort: str = "-received") -> Callable[[], object]:
        return lambda: invoices.listed(Filter(view=view), Cursor(), sort=sort, today=TODAY)

    client = _largest_client()

    def waterfall() -> object:
        found = availability.ledger(*client, on=TODAY)
        return found and found.waterfall()

    asked: dict[str, Callable[[], object]] = {
        "trial balance": trial.balance,
        "trial balance as of a day": lambda: trial.balance(as_of=TODAY),
        "books balanced (header badge)": doctor.balanced,
        "invoice list, newest": page(View.ALL),
        "invoice list, overdue by due date": page(View.OVERDUE, "due"),
        "counts of all views": lambda: invoices.counts(today=TODAY),
        "availability of the largest client": waterfall,
    }
    for name, question in asked.items():
        yield rounds(name, "question", 1, [question] * (many * 3 + 1), house.backend)
    yield rounds("doctor, everything", "question", 1, [doctor.examine] * 2, house.backend)


def _largest_client() -> tuple[UUID, str]:
    """With the most open invoices; by currency."""
    from django.db.models import Count, F

    from usance import models

    found = (
        models.Balance.objects.filter(account="1200", client__isnull=False)
        .exclude(debit_minor=F("credit_minor"))
        .values_list("client_id", "currency")
        .annotate(open=Count("pk"))
        .order_by("-open")
        .first()
    )
    assert found is not None, "the book is empty"
    return found[0], found[1]
