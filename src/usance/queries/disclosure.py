"""Whose debtor is not told that an invoice is ours, by the terms that it was bought by and those
that hold."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from usance import models
from usance.domain.distribution import Paper
from usance.domain.finance import SILENT, Product, tells_the_debtor
from usance.domain.invoice import Kind, Stage
from usance.letters import facts

from . import facilities, foreign
from .standings import end_of

_Days = list[tuple[int | None, int | None]]

TELLS = (Paper.INVOICE, Paper.NOTICE)  # Anything else is about what its debtor knows already.

# Bought in confidence, and nothing was ever sent of it: no reminder and no debit comes first.
UNTOLD = Exists(
    models.Funding.objects.filter(invoice=OuterRef("pk"), facility__product__in=sorted(SILENT))
) & ~Exists(models.Dispatch.objects.filter(invoice=OuterRef("pk")))


def quiet() -> "QuerySet[models.Invoice]":
    """All whose debtor knows nothing of us."""
    return models.Invoice.objects.filter(UNTOLD)


def untold(invoices: Collection[UUID]) -> dict[UUID, models.Facility]:
    """Those of these whose debtor knows nothing of us, with the terms that they were bought by."""
    rows = quiet().filter(pk__in=invoices)
    return {row.pk: row.funding.facility for row in rows.select_related("funding__facility")}


def withheld(wanted: Iterable[tuple[UUID, Paper]], *, on: date) -> set[UUID]:
    """The invoices of these papers that are not sent."""
    papers = dict(wanted)
    found = untold(papers)
    telling = _telling(found.values(), on=on)
    decided = set(
        models.Disclosure.objects.filter(invoice__in=found)
        .exclude(told_at=None)
        .values_list("invoice_id", flat=True)
    )
    return {
        pk
        for pk, terms in found.items()
        if (terms.pk not in telling and pk not in decided) or papers[pk] not in TELLS
    }


def unasked(rows: Sequence[models.Invoice], *, on: date) -> set[UUID]:
    """Those of these that are not bought yet whose debtor must not be asked about them."""
    terms = foreign.terms({row.client_id for row in rows}, on=on)
    return {
        row.pk
        for row in rows
        if (holds := terms.get((row.client_id, row.currency)))
        and not tells_the_debtor(None, holds=Product(holds.product))
    }


def is_silent(client: UUID, currency: str, *, on: date) -> bool:
    """Whether debtors of what the client sells in that currency that day are not told."""
    holds = foreign.terms([client], on=on).get((client, currency))
    return holds is not None and not tells_the_debtor(None, holds=Product(holds.product))


def to_tell(*, on: date) -> list[UUID]:
    """Bought in confidence and open, while terms hold by now that tell, or a person decided so:
    the oldest first. Whom nothing reaches waits for a person."""
    terms = models.Facility.objects.filter(product__in=sorted(SILENT))
    held = models.Hold.objects.filter(invoice=OuterRef("pk"), closed_at=None)
    rows = quiet().filter(
        ~Exists(held),
        Q(funding__facility__in=_telling(terms, on=on)) | Q(disclosure__told_at__isnull=False),
        stage=Stage.FUNDED, kind=Kind.INVOICE, debtor__isnull=False,
    )  # fmt: skip
    return list(rows.order_by("pk").values_list("pk", flat=True))


def late(*, today: date) -> "QuerySet[models.Invoice]":
    """Bought in confidence and so late that the client is asked, or the debtor may be told: the
    oldest due date first. What a person decided on already is left out."""
    return _late(_agreed(), today)


def to_do(*, today: date) -> "QuerySet[models.Invoice]":
    """Of these, those whose client nobody has asked, or whose client had its days."""
    agreed = _agreed()
    over = Q(disclosure=None)
    for days in {tell for _, tell in agreed if tell is not None}:
        asked = end_of(today - timedelta(days=days))
        over |= Q(funding__facility__tell_days=days, disclosure__asked_at__lt=asked)
    return _late(agreed, today).filter(over)


def _late(agreed: _Days, today: date) -> "QuerySet[models.Invoice]":
    asked = Q(pk=None)
    for days in {ask for ask, _ in agreed if ask is not None}:
        before = today - timedelta(days=days)
        asked |= Q(funding__facility__ask_days=days, due_on__lte=before)
    rows = quiet().filter(asked, stage=Stage.FUNDED, kind=Kind.INVOICE)
    rows = rows.filter(disclosure__told_at=None)
    return rows.select_related("client", "debtor", "disclosure", "funding__facility").order_by(
        "due_on", "pk"
    )


def _agreed() -> _Days:
    """The days that were agreed with anybody, until the client is asked and until its debtor may
    be told: few, and an index finds each."""
    rows = models.Facility.objects.exclude(ask_days=None, tell_days=None).order_by()
    return list(rows.values_list("ask_days", "tell_days").distinct())


def told(
    row: models.Dispatch, *, factor: facts.Brand, client: facts.Brand, to: facts.Recipient,
    account: facts.Account,
) -> facts.Notice:  # fmt: skip
    """The facts of a notice: that this one invoice, bought in confidence, was assigned to us."""
    sold = row.invoice
    return facts.Notice(
        written_on=row.planned_at.date(),
        client=client,
        factor=factor,
        debtor=to,
        account=account,
        assigned_on=sold.funding.funded_on,
        reference=sold.payment_reference,
        claims=(
            facts.Claim(
                number=sold.number, issued_on=sold.issued_on, due_on=sold.due_on, face=sold.face
            ),
        ),
    )


def _telling(terms: Iterable[models.Facility], *, on: date) -> set[UUID]:
    """Those of these terms whose debtors may be told that day of what was bought by them."""
    asked = {one.pk: one for one in terms}
    if not asked:
        return set()
    holding = {
        (row.client_id, row.currency): Product(row.product)
        for row in facilities.holding({one.client_id for one in asked.values()}, on=on)
    }
    return {
        pk
        for pk, one in asked.items()
        if tells_the_debtor(Product(one.product), holds=holding.get((one.client_id, one.currency)))
    }
