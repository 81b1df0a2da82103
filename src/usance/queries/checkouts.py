"""What debtors pay online: offered on their pages, waiting, paid, taken back."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from usance import models
from usance.domain.collection.debits import UNDER_WAY
from usance.domain.payment.checkouts import WAITING, State

from . import outside
from .pages import counted

ASKED_AFTER = timedelta(minutes=5)  # A provider tells at once; then we ask.
VIEWS: dict[str, tuple[str, ...]] = {
    "all": tuple(State),
    "waiting": tuple(sorted(WAITING)),
    "paid": (State.PAID,),
    "back": (State.RETURNED,),
    "ended": (State.ENDED,),
}


def found(view: str) -> "QuerySet[models.Checkout]":
    rows = models.Checkout.objects.filter(state__in=VIEWS[view])
    return rows.select_related("account", "invoice__debtor", "line")


def counts() -> dict[str, int]:
    return {view: counted(found(view)) for view in VIEWS if view != "all"}


def to_ask(*, at: datetime, most: int = 200) -> list[models.Checkout]:
    """Those that wait since a while, the oldest first."""
    rows = found("waiting").filter(begun_at__lte=at - ASKED_AFTER)
    return list(rows.order_by("begun_at", "pk")[:most])


def of_page(invoice: UUID) -> models.Checkout | None:
    """The last one of an invoice that is open or was paid."""
    rows = models.Checkout.objects.filter(invoice=invoice).exclude(state=State.ENDED)
    return rows.select_related("account").order_by("-pk").first()


def is_collected(invoice: UUID) -> bool:
    """The bank is collecting it by direct debit: whoever pays online as well pays twice."""
    rows = models.Debit.objects.filter(invoice=invoice, state__in=sorted(UNDER_WAY))
    return rows.exists()


def offered(currency: str) -> outside.Provider | None:
    """Who lets this currency be paid online; None: nobody is set up."""
    return outside.provider(currency)


def came_back(today: date, most: int = 10) -> list[models.Checkout]:
    """Taken back within the last month, the newest first."""
    rows = found("back").filter(return_line__booked_on__gte=today - timedelta(days=31))
    return list(rows.order_by("-return_line__booked_on", "-pk")[:most])
