"""How long the questions of office and doctor take at this size of the book."""

from collections.abc import Callable, Iterator

from .house import TODAY, House
from .measure import Row, rounds


def rows(house: House, *, many: int) -> Iterator[Row]:
    from usance.queries import doctor, invoices, trial
    from usance.queries.invoices import Filter, View

    def page(view: View, order: str = "-received") -> Callable[[], object]:
        return lambda: invoices.listed(Filter(view=view), order=order, today=TODAY)

    asked: dict[str, Callable[[], object]] = {
        "trial balance": trial.balance,
        "trial balance as of a day": lambda: trial.balance(as_of=TODAY),
        "books balanced (header badge)": doctor.balanced,
        "invoice list, newest": page(View.ALL),
        "invoice list, overdue by due date": page(View.OVERDUE, "due"),
        "counts of all views": lambda: invoices.counts(today=TODAY),
    }
    for name, question in asked.items():
        yield rounds(name, "question", 1, [question] * (many * 3 + 1), house.backend)
    yield rounds("doctor, everything", "question", 1, [doctor.examine] * 2, house.backend)
