"""What was decided about an invoice: each outcome a record of its own, with its reasons."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from usance.domain import settlement
from usance.domain.collection.disputes import Ending, Reason
from usance.domain.finance import FULL, Cost, Extent, Offer
from usance.domain.money import Money

from .facility import Facility
from .ids import new_id
from .invoice import Invoice
from .schedule import Schedule


class Verification(models.Model):
    """One run of the checks over an invoice."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # Looked up once a statement, not once a row (trigger refers): docs/adr/0019.
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, related_name="verifications", db_constraint=False
    )
    passed = models.BooleanField()
    findings = models.JSONField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)

    class Meta:
        db_table = "verification"

    def __str__(self) -> str:
        return f"{self.invoice_id} {'passed' if self.passed else 'held'}"


class CreditDecision(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # Looked up once a statement, not once a row (trigger refers): docs/adr/0019.
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, related_name="decisions", db_constraint=False
    )
    approved = models.BooleanField()
    reasons = models.JSONField()  # Of every rule, for and against.
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)

    class Meta:
        db_table = "credit_decision"

    def __str__(self) -> str:
        return f"{self.invoice_id} {'approved' if self.approved else 'declined'}"


class Hold(models.Model):
    """An invoice waits for a person: the rules found something, or a step failed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="holds")
    step = models.CharField(max_length=40)  # The step that goes on when it is released.
    subject_id = models.UUIDField()  # What the step is to be run for.
    because = models.CharField(max_length=8)
    findings = models.JSONField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=64, blank=True)
    decision = models.CharField(max_length=8, blank=True)
    remark = models.CharField(max_length=400, blank=True)

    class Meta:
        db_table = "hold"
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "step"], condition=Q(closed_at=None), name="hold_open_once"
            ),
            models.CheckConstraint(
                condition=Q(because__in=["findings", "error"]), name="hold_because"
            ),
            models.CheckConstraint(
                condition=Q(decision__in=["", "released", "rejected", "resolved"]),
                name="hold_decision",
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(closed_at=None), name="hold_open")]

    def __str__(self) -> str:
        return f"{self.invoice_id} at {self.step}"


class Funding(models.Model):
    """The purchase: what was paid at once, what is kept back, what we earn."""

    invoice = models.OneToOneField(
        Invoice, on_delete=models.PROTECT, primary_key=True, related_name="funding"
    )
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT)
    face_minor = models.BigIntegerField()
    advance_minor = models.BigIntegerField()
    reserve_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    recourse_days = models.IntegerField(null=True)  # Of this purchase alone. None: the facility's.
    funded_on = models.DateField(db_index=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    # None: it was bought before schedules were kept.
    schedule = models.ForeignKey(
        Schedule, on_delete=models.PROTECT, null=True, related_name="fundings"
    )

    class Meta:
        db_table = "funding"
        constraints = [
            models.CheckConstraint(
                condition=Q(face_minor=F("advance_minor") + F("reserve_minor")),
                name="funding_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(advance_minor__gte=0, reserve_minor__gte=0, fee_minor__gte=0),
                name="funding_signs",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id} {self.advance_minor}"

    def recourse(self) -> Extent | None:
        """How far recourse goes. For want of cover, for one purchase: for all. None: without."""
        if self.recourse_days is not None:
            return FULL
        return None if self.facility.recourse_days is None else self.facility.extent()

    @property
    def advance_rate(self) -> Decimal:
        """The share of the face that was advanced, by the terms it was bought by."""
        return self.facility.terms_in(self.currency).advance_rate

    @property
    def is_flat(self) -> bool:
        """Whether it was bought at a discount, and nothing comes to that later."""
        return self.facility.priced().flat

    def offer(self) -> Offer:
        return Offer(
            advance=Money(self.advance_minor, self.currency),
            reserve=Money(self.reserve_minor, self.currency),
            fee=Money(self.fee_minor, self.currency),
        )


class Settlement(models.Model):
    """The end: the reserve was released, or the client took the receivable back."""

    invoice = models.OneToOneField(
        Invoice, on_delete=models.PROTECT, primary_key=True, related_name="settlement"
    )
    fee_minor = models.BigIntegerField()  # All that the client paid: interest and tax included.
    interest_minor = models.BigIntegerField(db_default=0)
    vat_minor = models.BigIntegerField(db_default=0)
    rebate_minor = models.BigIntegerField()
    claim_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    settled_on = models.DateField(db_index=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)

    class Meta:
        db_table = "settlement"

    def __str__(self) -> str:
        return f"{self.invoice_id}"

    def release(self) -> settlement.Release:
        """The row as a value that the rules can read."""
        return settlement.Release(
            fee=Money(self.fee_minor, self.currency),
            rebate=Money(self.rebate_minor, self.currency),
            claim=Money(self.claim_minor, self.currency),
        )

    def cost(self) -> Cost:
        """What the charges consisted of; all fees that bear tax stand as one."""
        interest, vat = (
            Money(self.interest_minor, self.currency),
            Money(self.vat_minor, self.currency),
        )
        nothing = Money(0, self.currency)
        return Cost(
            service=Money(self.fee_minor, self.currency) - interest - vat,
            brackets=nothing, interest=interest, adjustment=nothing, vat=vat,
        )  # fmt: skip


class Dispute(models.Model):
    """The debtor objects, to all of it or to a part. What is disputed nobody asks for meanwhile."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="disputes")
    code = models.CharField(max_length=8, default=Reason.OTHER)
    amount_minor = models.BigIntegerField(null=True)  # None: all of it.
    reason = models.CharField(max_length=400)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=64)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=64, blank=True)
    ended_as = models.CharField(max_length=11, blank=True)  # Empty: open, or from before codes.
    outcome = models.CharField(max_length=400, blank=True)

    class Meta:
        db_table = "dispute"
        constraints = [
            models.UniqueConstraint(
                fields=["invoice"], condition=Q(closed_at=None), name="dispute_open_once"
            ),
            models.CheckConstraint(condition=Q(code__in=list(Reason)), name="dispute_code"),
            models.CheckConstraint(
                condition=Q(amount_minor=None) | Q(amount_minor__gt=0), name="dispute_amount"
            ),
            models.CheckConstraint(
                condition=Q(ended_as="") | Q(ended_as__in=list(Ending), closed_at__isnull=False),
                name="dispute_ended_as",
            ),
        ]

    def __str__(self) -> str:
        return self.reason
