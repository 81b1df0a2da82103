"""Offers to buy invoices: who asked, who decided, what each line says, until when it holds."""

from django.db import models
from django.db.models import F, Q

from usance.domain.finance.offering import OPEN, State
from usance.domain.money import Money

from .facility import Facility
from .ids import new_id
from .invoice import Invoice
from .party import Client


class Offer(models.Model):
    """Some invoices of one client in one currency, priced by its terms."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="offers")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, default=State.ASKED)
    currency = models.CharField(max_length=3)
    face_minor = models.BigIntegerField()
    advance_minor = models.BigIntegerField()
    cost_minor = models.BigIntegerField()
    priced_on = models.DateField()  # The purchase that the figures are for.
    content = models.CharField(max_length=64)  # See domain.finance.offering.content.
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=64)
    prepared_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)  # Offered, or refused.
    decided_by = models.CharField(max_length=64, blank=True)
    instant = models.BooleanField(default=False)  # No person was needed.
    remark = models.CharField(max_length=400, blank=True)
    valid_through = models.DateField(null=True)  # The last day. None: it is not offered yet.
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "offer"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(State)), name="offer_state"),
            models.CheckConstraint(
                condition=Q(face_minor__gt=0, advance_minor__gt=0, cost_minor__gte=0),
                name="offer_amounts",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.OFFERED, State.ACCEPTED, State.EXPIRED])
                | Q(instant=True)
                | (~Q(prepared_by="") & ~Q(decided_by="") & ~Q(prepared_by=F("decided_by"))),
                name="offer_four_eyes",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.OFFERED, State.ACCEPTED, State.EXPIRED])
                | Q(valid_through__isnull=False),
                name="offer_ends",
            ),
        ]
        indexes = [
            models.Index(fields=["client", "id"], name="offer_by_client"),
            models.Index(fields=["id"], condition=Q(state__in=sorted(OPEN)), name="offer_open"),
        ]

    def __str__(self) -> str:
        return f"{self.face} {self.state}"

    @property
    def face(self) -> Money:
        return Money(self.face_minor, self.currency)

    @property
    def advance(self) -> Money:
        return Money(self.advance_minor, self.currency)

    @property
    def cost(self) -> Money:
        return Money(self.cost_minor, self.currency)


class OfferLine(models.Model):
    """What an offer says of one invoice. While the offer is open no other one has the invoice."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="lines", db_index=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="offer_lines")
    advance_minor = models.BigIntegerField()
    reserve_minor = models.BigIntegerField()
    fees_minor = models.BigIntegerField()
    interest_minor = models.BigIntegerField()
    vat_minor = models.BigIntegerField()
    rebate_minor = models.BigIntegerField()
    paid_on = models.DateField()  # When the debtor is taken to pay.
    recourse_days = models.IntegerField(null=True)  # After the due date. None: without recourse.
    fallback = models.BooleanField(default=False)  # With recourse, though the terms are without.
    is_open = models.BooleanField(default=True)

    class Meta:
        db_table = "offer_line"
        constraints = [
            models.UniqueConstraint(fields=["offer", "invoice"], name="offer_line_once"),
            models.UniqueConstraint(
                fields=["invoice"], condition=Q(is_open=True), name="offer_line_open_once"
            ),
            models.CheckConstraint(
                condition=Q(advance_minor__gt=0, reserve_minor__gte=0, fees_minor__gte=0),
                name="offer_line_amounts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id} {self.advance_minor}"
