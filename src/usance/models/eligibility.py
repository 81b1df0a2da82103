"""What of a client's ledger we lend against: the agreed set, marks, over-advances, and the proof
that each purchase fitted. All of it is dated: any day can be told again."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from usance.domain.credit.eligibility import OF_INVOICES, Agreed, Base, Mark
from usance.domain.money import Money

from .ids import new_id
from .invoice import Invoice
from .party import Client, Debtor


class EligibilitySet(models.Model):
    """The rules agreed with a client in a currency, for a time. Fields: domain.credit.Agreed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="eligibility_sets")
    currency = models.CharField(max_length=3)
    past_due_days = models.IntegerField(null=True)
    since_issue_days = models.IntegerField(null=True)
    cross_age_share = models.DecimalField(max_digits=7, decimal_places=6, null=True)
    concentration_share = models.DecimalField(max_digits=7, decimal_places=6, null=True)
    concentration_base = models.CharField(max_length=10, default=Base.ELIGIBLE)
    countries = ArrayField(models.CharField(max_length=2), default=list)
    government = models.BooleanField(default=True)
    confirmed_from_minor = models.BigIntegerField(null=True)
    notice_days = models.IntegerField(null=True)
    ledger_days = models.IntegerField(null=True)
    dilution_share = models.DecimalField(max_digits=7, decimal_places=6, null=True)
    retention_minor = models.BigIntegerField(default=0)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)  # The last day. None: until further notice.
    reason = models.CharField(max_length=400)
    agreed_at = models.DateTimeField()
    agreed_by = models.CharField(max_length=64)

    class Meta:
        db_table = "eligibility_set"
        constraints = [
            models.UniqueConstraint(
                fields=["client", "currency"],
                condition=Q(valid_to=None),
                name="eligibility_set_open_once",
            ),
            models.CheckConstraint(
                condition=Q(concentration_base__in=list(Base)), name="eligibility_set_base"
            ),
            models.CheckConstraint(
                condition=Q(retention_minor__gte=0)
                & (
                    Q(concentration_share=None)
                    | Q(concentration_share__gt=0, concentration_share__lte=1)
                ),
                name="eligibility_set_figures",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="eligibility_set_span",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.currency} from {self.valid_from}"

    def agreed(self) -> Agreed:
        return Agreed(
            past_due_days=self.past_due_days,
            since_issue_days=self.since_issue_days,
            cross_age_share=_exact(self.cross_age_share),
            concentration_share=_exact(self.concentration_share),
            concentration_base=Base(self.concentration_base),
            countries=frozenset(self.countries),
            government=self.government,
            confirmed_from_minor=self.confirmed_from_minor,
            notice_days=self.notice_days,
            ledger_days=self.ledger_days,
            dilution_share=_exact(self.dilution_share),
            retention_minor=self.retention_minor,
        )


class EligibilityMark(models.Model):
    """A person's word about a debtor, or about one invoice, of a client."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="eligibility_marks")
    debtor = models.ForeignKey(Debtor, on_delete=models.PROTECT, null=True, related_name="+")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=20)
    amount_minor = models.BigIntegerField(null=True)  # Contra: what the client owes the debtor.
    currency = models.CharField(max_length=3, blank=True)
    reason = models.CharField(max_length=400)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)  # The last day. None: until it is ended.
    said_at = models.DateTimeField()
    said_by = models.CharField(max_length=64)
    ended_by = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "eligibility_mark"
        constraints = [
            models.UniqueConstraint(
                fields=["client", "debtor", "invoice", "kind", "currency"],
                condition=Q(valid_to=None),
                nulls_distinct=False,
                name="eligibility_mark_open_once",
            ),
            models.CheckConstraint(
                condition=Q(debtor__isnull=False, invoice=None)
                | Q(debtor=None, invoice__isnull=False, kind__in=list(OF_INVOICES)),
                name="eligibility_mark_of_one",
            ),
            models.CheckConstraint(
                condition=Q(kind=Mark.CONTRA, amount_minor__gt=0)
                | (Q(kind__in=[one for one in Mark if one is not Mark.CONTRA], amount_minor=None)),
                name="eligibility_mark_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.kind

    @property
    def amount(self) -> Money | None:
        return None if self.amount_minor is None else Money(self.amount_minor, self.currency)


class OverAdvance(models.Model):
    """Beyond what the ledger covers, for a reason and until a day; a second person says yes."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="over_advances")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=400)
    valid_to = models.DateField()  # The last day.
    state = models.CharField(max_length=9, default="proposed")
    content = models.CharField(max_length=64)  # What the second person must have seen.
    proposed_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=64)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, blank=True)
    # After its last day: what the client draws beyond its ledger. None: it was not looked at.
    uncovered_minor = models.BigIntegerField(null=True)

    class Meta:
        db_table = "over_advance"
        constraints = [
            models.UniqueConstraint(
                fields=["client", "currency"],
                condition=Q(state="proposed"),
                name="over_advance_proposed_once",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0) & ~Q(reason=""), name="over_advance_says_why"
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_at=None)
                | Q(state__in=["approved", "declined"], decided_at__isnull=False),
                name="over_advance_state",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | ~Q(decided_by=F("proposed_by")),
                name="over_advance_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(uncovered_minor=None) | Q(state="approved", uncovered_minor__gte=0),
                name="over_advance_uncovered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} until {self.valid_to}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def uncovered(self) -> Money | None:
        """None: it holds, or was never approved."""
        if self.uncovered_minor is None:
            return None
        return Money(self.uncovered_minor, self.currency)


class Headroom(models.Model):
    """What was available after a purchase, beside it. Rows are only added."""

    invoice = models.OneToOneField(
        Invoice, on_delete=models.PROTECT, primary_key=True, related_name="headroom"
    )
    available_minor = models.BigIntegerField()  # Before over-advances.
    over_advance_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    at = models.DateTimeField()

    class Meta:
        db_table = "headroom"

    def __str__(self) -> str:
        return f"{self.invoice_id} {self.available_minor}"


def _exact(share: Decimal | None) -> Decimal | None:
    """Without the zeros that the column adds."""
    return None if share is None else share.normalize()
