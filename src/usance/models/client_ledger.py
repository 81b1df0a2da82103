"""What is open in a client's own ledger, what differs from ours, and whose debtor may be told."""

from django.db import models
from django.db.models import F, Q

from usance.domain.finance.client_ledger import Differs
from usance.domain.money import Money

from .document import Document
from .ids import new_id
from .invoice import Invoice
from .party import Client


class OpenList(models.Model):
    """The open items of a client's own ledger at the end of a day, as it handed them in."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="open_lists")
    as_of = models.DateField()
    document = models.ForeignKey(Document, on_delete=models.PROTECT, db_index=False)
    rows = models.IntegerField()
    taken_at = models.DateTimeField()
    actor = models.CharField(max_length=64)

    class Meta:
        db_table = "open_list"
        constraints = [
            models.UniqueConstraint(fields=["client", "as_of", "document"], name="open_list_once"),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.as_of}"


class OpenDifference(models.Model):
    """In what a list differs from our books, until a person has dealt with it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    of = models.ForeignKey(OpenList, on_delete=models.PROTECT, related_name="differences")
    kind = models.CharField(max_length=20)
    number = models.CharField(max_length=100)  # As the list or, without one, the invoice has it.
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, null=True, related_name="+")
    ours_minor = models.BigIntegerField(null=True)  # None: it is not open here.
    ours_currency = models.CharField(max_length=3, blank=True)
    theirs_minor = models.BigIntegerField(null=True)  # None: the list does not have it.
    theirs_currency = models.CharField(max_length=3, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=64, blank=True)
    remark = models.CharField(max_length=400, blank=True)

    class Meta:
        db_table = "open_difference"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(Differs)), name="open_difference_is"),
            models.CheckConstraint(
                condition=Q(closed_at=None) | ~Q(remark=""), name="open_difference_says_why"
            ),
        ]
        indexes = [
            models.Index(fields=["of"], condition=Q(closed_at=None), name="open_difference_open"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"

    @property
    def ours(self) -> Money | None:
        return None if self.ours_minor is None else Money(self.ours_minor, self.ours_currency)

    @property
    def theirs(self) -> Money | None:
        return None if self.theirs_minor is None else Money(self.theirs_minor, self.theirs_currency)


class Disclosure(models.Model):
    """Bought in confidence and late: the client was asked, and then the debtor may be told."""

    invoice = models.OneToOneField(
        Invoice, on_delete=models.PROTECT, primary_key=True, related_name="disclosure"
    )
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=64)
    answer = models.CharField(max_length=400)  # What the client says.
    told_at = models.DateTimeField(null=True)  # None: the debtor is not told.
    told_by = models.CharField(max_length=64, blank=True)
    because = models.CharField(max_length=400, blank=True)

    class Meta:
        db_table = "disclosure"
        constraints = [
            models.CheckConstraint(
                condition=Q(told_at=None) | (Q(told_at__gte=F("asked_at")) & ~Q(because="")),
                name="disclosure_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id}"
