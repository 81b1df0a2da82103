"""Invoices as a list: saved views, filters, what each row needs. Counts and pages stay cheap."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from usance import models
from usance.domain.days import days_overdue
from usance.domain.invoice import Stage
from usance.domain.money import Money
from usance.domain.party import name_key
from usance.domain.payment import compact

from . import cash, pages
from .pages import Cursor

AT_ONCE = 1_000  # Rows read at a time for an export.
HELD = Exists(models.Hold.objects.filter(invoice=OuterRef("pk"), closed_at=None))
DISPUTED = Exists(models.Dispute.objects.filter(invoice=OuterRef("pk"), closed_at=None))


class View(StrEnum):
    """Saved views; each is a question that an index answers."""

    ALL = "all"
    RECEIVED = "received"
    HELD = "held"
    APPROVED = "approved"
    FUNDED = "funded"
    OVERDUE = "overdue"
    DISPUTED = "disputed"
    SETTLED = "settled"
    REJECTED = "rejected"


# What sorts, by which columns; each has an index. The id decides between equals.
ORDERS: dict[str, tuple[str, ...]] = {
    "received": ("id",),
    "due": ("due_on", "id"),
    "issued": ("issued_on", "id"),
    "amount": ("face_minor", "id"),
}
NEWEST = "-received"
SORTS = {f"{sign}{name}": None for name in ORDERS for sign in ("", "-")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What a list is narrowed to. None and empty: not narrowed by this."""

    view: View = View.ALL
    client: UUID | None = None
    debtor: UUID | None = None
    debtor_name: str = ""  # Debtors whose name begins so.
    currency: str = ""
    words: str = ""  # A number, a payment reference, or an amount.
    due_from: date | None = None
    due_to: date | None = None
    issued_from: date | None = None
    issued_to: date | None = None
    purchased_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the list."""

    id: UUID
    number: str
    kind: str
    client: str
    debtor: str  # Empty: not resolved yet.
    face: Money
    outstanding: Money | None  # None: not bought, or ended.
    issued_on: date
    due_on: date
    days_overdue: int
    stage: Stage
    held: bool
    disputed: bool
    payment_reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    rows: tuple[Row, ...]
    count: int  # Of the whole filter, counted as far as pages.counted does.
    page: pages.Page


def listed(chosen: Filter, cursor: Cursor, *, sort: str, today: date) -> Listed:
    """A page of the filter, sorted by a key of SORTS. The queries do not grow with the rows."""
    rows = matching(chosen, today=today)
    page = _page(rows, cursor, sort=sort, size=pages.SIZE)
    return Listed(rows=_rows(page.rows, today=today), count=pages.counted(rows), page=page)


def every(chosen: Filter, *, sort: str, today: date) -> Iterator[Row]:
    """All rows of the filter, some at a time: for exports. Memory does not grow with them."""
    cursor: Cursor | None = Cursor()
    rows = matching(chosen, today=today)
    while cursor is not None:
        page = _page(rows, cursor, sort=sort, size=AT_ONCE)
        yield from _rows(page.rows, today=today)
        cursor = Cursor(after=page.after) if page.after else None


def counts(*, today: date, client: UUID | None = None) -> dict[View, int]:
    """Rows of each view (of one client), counted as far as pages.counted does, in one query."""
    rows = [matching(Filter(view=view, client=client), today=today) for view in View]
    return dict(zip(View, pages.counted_each(rows), strict=True))


def matching(chosen: Filter, *, today: date) -> "QuerySet[models.Invoice]":
    """The invoices of a filter, in no order yet."""
    rows = _of_view(chosen.view, today)
    for column, value in (
        ("client_id", chosen.client),
        ("debtor_id", chosen.debtor),
        ("currency", chosen.currency or None),
        ("due_on__gte", chosen.due_from),
        ("due_on__lte", chosen.due_to),
        ("issued_on__gte", chosen.issued_from),
        ("issued_on__lte", chosen.issued_to),
        ("funding__funded_on", chosen.purchased_on),
    ):
        if value is not None:
            rows = rows.filter(**{column: value})
    if chosen.debtor_name:
        rows = rows.filter(debtor_id__in=debtors_named(chosen.debtor_name))
    return rows.filter(by_words(chosen.words)) if chosen.words.strip() else rows


def by_words(words: str) -> Q:
    """Invoices that a few words may mean: number or reference by their beginning, or the amount."""
    key = compact(words)[:80]
    found = Q(number_key__startswith=key) | Q(payment_reference__startswith=key) if key else Q()
    minor = amount_of(words)
    if minor is not None:
        found |= Q(face_minor__in=minor)
    return found or Q(pk__in=[])


def amount_of(words: str) -> list[int] | None:
    """Minor units that an amount typed by a person may stand for; None: it is no amount.

    "1,234.50", "1.234,50" and "1 234.50" are the same; without a fraction whole units are meant,
    and for currencies without minor units the number itself.
    """
    text = words.strip().replace("\u00a0", " ").replace("'", "").replace(" ", "")
    if not text or not text.replace(".", "").replace(",", "").isdigit() or len(text) > 18:
        return None
    mark = max(text.rfind("."), text.rfind(","))
    fraction = text[mark + 1 :] if mark >= 0 else ""
    if mark >= 0 and len(fraction) <= 2 and fraction:
        whole = text[:mark].replace(".", "").replace(",", "") or "0"
        return [int(whole) * 100 + int(fraction.ljust(2, "0"))]
    plain = int(text.replace(".", "").replace(",", ""))
    return [plain * 100, plain]


def parties(chosen: Filter) -> dict[str, str]:
    """The names of the client and the debtor that a filter names."""
    found = {}
    if chosen.client:
        names = models.Client.objects.filter(pk=chosen.client).values_list("name", flat=True)
        found["client"] = names.first() or "?"
    if chosen.debtor:
        names = models.Debtor.objects.filter(pk=chosen.debtor).values_list("name", flat=True)
        found["debtor"] = names.first() or "?"
    return found


def choices(most: int = 200) -> tuple[tuple[tuple[UUID, str], ...], tuple[str, ...]]:
    """The clients and the currencies that a list can be narrowed to."""
    clients = models.Client.objects.order_by("name_key").values_list("pk", "name")[:most]
    currencies = models.BankAccount.objects.order_by("currency").values_list("currency", flat=True)
    return tuple(clients), tuple(currencies)


def debtors_named(words: str, most: int = 20) -> list[UUID]:
    """Debtors whose name begins so."""
    key = name_key(words)
    if not key:
        return []
    rows = models.Debtor.objects.filter(name_key__startswith=key).order_by("name_key")
    return list(rows.values_list("pk", flat=True)[:most])


def _page(rows: "QuerySet[models.Invoice]", cursor: Cursor, *, sort: str, size: int) -> pages.Page:
    return pages.page(
        rows.select_related("client", "debtor"), cursor, by=ORDERS[sort.lstrip("-")],
        newest_first=sort.startswith("-"), size=size,
    )  # fmt: skip


def _of_view(view: View, today: date) -> "QuerySet[models.Invoice]":
    rows = models.Invoice.objects.all()
    if view is View.ALL:
        return rows
    if view is View.HELD:
        return rows.filter(HELD)
    if view is View.DISPUTED:
        return rows.filter(DISPUTED)
    if view is View.OVERDUE:
        return rows.filter(stage=Stage.FUNDED, due_on__lt=today)
    if view is View.RECEIVED:
        return rows.filter(stage__in=[Stage.RECEIVED, Stage.VERIFIED])
    if view is View.SETTLED:
        return rows.filter(stage__in=[Stage.SETTLED, Stage.APPLIED, Stage.REPURCHASED])
    return rows.filter(stage=view.value)


def _rows(found: Sequence[models.Invoice], *, today: date) -> tuple[Row, ...]:
    pks = [row.pk for row in found]
    left = cash.outstanding(pks)
    held, disputed = open_of(models.Hold, pks), open_of(models.Dispute, pks)
    return tuple(
        _row(row, left, held=row.pk in held, disputed=row.pk in disputed, today=today)
        for row in found
    )


def _row(
    row: models.Invoice, left: Mapping[UUID, int], *, held: bool, disputed: bool, today: date
) -> Row:
    bought = row.stage == Stage.FUNDED
    return Row(
        id=row.pk,
        number=row.number,
        kind=row.kind,
        client=row.client.name,
        debtor=row.debtor.name if row.debtor else "",
        face=row.face,
        outstanding=Money(left.get(row.pk, 0), row.currency) if bought else None,
        issued_on=row.issued_on,
        due_on=row.due_on,
        days_overdue=days_overdue(row.due_on, today=today) if bought else 0,
        stage=Stage(row.stage),
        held=held,
        disputed=disputed,
        payment_reference=row.payment_reference,
    )


def open_of(
    model: type[models.Hold] | type[models.Dispute], invoices: Collection[UUID]
) -> set[UUID]:
    """Those of the invoices that have an open hold (or dispute)."""
    rows = model.objects.filter(invoice_id__in=invoices, closed_at=None)
    return set(rows.values_list("invoice_id", flat=True))
