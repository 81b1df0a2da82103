"""What debtors signed so that we may debit them, and every debit: planned, ordered, its end."""

from django.db import models
from django.db.models import F, Q

from usance.domain.collection.debits import OPEN, State
from usance.domain.collection.signed import Scheme, Sequence
from usance.domain.money import Money

from .bank import BankAccount, BankLine
from .document import Document
from .ids import new_id
from .invoice import Invoice
from .party import Debtor

MAIL_STATES = ["due", "calling", "sent", "refused", "unknown"]
SIGNED_STATES = ["entered", "live", "closed"]


class DebitMandate(models.Model):
    """One signed mandate. What is changed of it is a row of its own that amends the one before."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    debtor = models.ForeignKey(Debtor, on_delete=models.PROTECT, related_name="debit_mandates")
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )  # Of a mandate for one collection. None: it is for all that come.
    reference = models.CharField(max_length=35)
    scheme = models.CharField(max_length=4)
    iban = models.CharField(max_length=34)
    bic = models.CharField(max_length=11, blank=True)
    signed_on = models.DateField()
    notice_days = models.SmallIntegerField()
    evidence = models.CharField(max_length=200)  # Where the signed paper lies.
    ends = models.BooleanField(default=False)  # After its next collection.
    entered_at = models.DateTimeField()
    entered_by = models.CharField(max_length=64)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=64, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=64, blank=True)
    closed_because = models.CharField(max_length=200, blank=True)
    amends = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="amended_by"
    )

    class Meta:
        db_table = "debit_mandate"
        constraints = [
            models.UniqueConstraint(
                fields=["reference"],
                condition=Q(closed_at=None, confirmed_at__isnull=False),
                name="debit_mandate_reference",
            ),
            models.UniqueConstraint(
                fields=["debtor"],
                condition=Q(closed_at=None, confirmed_at__isnull=False, invoice=None),
                name="debit_mandate_live",
            ),
            models.UniqueConstraint(
                fields=["amends"], condition=Q(closed_at=None), name="debit_mandate_amended_once"
            ),
            models.CheckConstraint(
                condition=Q(scheme__in=list(Scheme)), name="debit_mandate_scheme"
            ),
            models.CheckConstraint(
                condition=Q(notice_days__gte=1, notice_days__lte=60), name="debit_mandate_notice"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None)
                | (~Q(confirmed_by="") & ~Q(confirmed_by=F("entered_by"))),
                name="debit_mandate_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def state(self) -> str:
        """One of SIGNED_STATES."""
        if self.closed_at is not None:
            return "closed"
        return "live" if self.confirmed_at is not None else "entered"


class DebitFile(models.Model):
    """A pain.008 to the bank: debits of one scheme."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=31, unique=True)
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT)
    document = models.ForeignKey(Document, on_delete=models.PROTECT)
    scheme = models.CharField(max_length=4)
    creditor_id = models.CharField(max_length=35)
    made_at = models.DateTimeField()
    handed_at = models.DateTimeField(null=True)  # None: the bank has not got it yet.
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "debit_file"

    def __str__(self) -> str:
        return self.name


class Debit(models.Model):
    """What an invoice asks for, taken from its debtor's account. Its id is the bank's key."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    mandate = models.ForeignKey(DebitMandate, on_delete=models.PROTECT, related_name="debits")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="debits")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    collect_on = models.DateField()
    notice_days = models.SmallIntegerField()
    short_minor = models.BigIntegerField(
        default=0, db_default=0
    )  # Of it, what the bank kept as a charge.
    state = models.CharField(max_length=9, default=State.PLANNED)
    content = models.CharField(max_length=64)  # Hash of what is taken from whom.
    planned_at = models.DateTimeField()
    planned_by = models.CharField(max_length=64)
    announced_at = models.DateTimeField(null=True)
    announced_how = models.CharField(max_length=200, blank=True)
    sequence = models.CharField(max_length=4, blank=True)
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=64, blank=True)
    file = models.ForeignKey(DebitFile, on_delete=models.PROTECT, null=True, related_name="debits")
    line = models.ForeignKey(
        BankLine, on_delete=models.PROTECT, null=True, related_name="collected_debits"
    )  # What came in: its own line, or one for several.
    return_line = models.OneToOneField(
        BankLine, on_delete=models.PROTECT, null=True, related_name="returned_debit"
    )  # What took it back.
    final_on = models.DateField(null=True)  # The reserve waits for this day.
    closed_on = models.DateField(null=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "debit"
        constraints = [
            models.UniqueConstraint(
                fields=["invoice"],
                condition=Q(state__in=sorted(OPEN)),
                name="debit_open_once",
            ),
            models.CheckConstraint(condition=Q(state__in=list(State)), name="debit_state"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="debit_positive"),
            models.CheckConstraint(
                condition=Q(sequence__in=["", *Sequence]), name="debit_sequence"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "announced", "cancelled"])
                | (Q(file__isnull=False, released_at__isnull=False) & ~Q(released_by="")
                   & ~Q(released_by=F("planned_by"))),
                name="debit_four_eyes",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["collected", "returned"]) | Q(line__isnull=False),
                name="debit_collected",
            ),
            models.CheckConstraint(
                condition=Q(return_line=None) | Q(state="returned"), name="debit_returned"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "cancelled"]) | Q(announced_at__isnull=False),
                name="debit_announced",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["state", "collect_on"], name="debit_by_state")]

    def __str__(self) -> str:
        return f"{self.amount} on {self.collect_on}"

    @property
    def key(self) -> str:
        """What the bank gets and gives back: 32 characters."""
        return self.id.hex

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class DebitMail(models.Model):
    """A short mail to a debtor about a debit."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    address = models.EmailField()
    language = models.CharField(max_length=2)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    state = models.CharField(max_length=7, default="due")
    detail = models.CharField(max_length=400, blank=True)
    made_at = models.DateTimeField()
    called_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.address} {self.state}"


class DebitNotice(DebitMail):
    """The mail that tells a debtor what will be taken from its account, and when."""

    debit = models.OneToOneField(Debit, on_delete=models.PROTECT, related_name="notice")

    class Meta:
        db_table = "debit_notice"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MAIL_STATES), name="debit_notice_state")
        ]
        indexes = [
            models.Index(
                fields=["made_at"],
                condition=Q(state__in=["due", "calling"]),
                name="debit_notice_due",
            )
        ]


class DebitRecall(DebitMail):
    """The mail that tells a debtor that what was announced is not taken."""

    debit = models.OneToOneField(Debit, on_delete=models.PROTECT, related_name="recall")

    class Meta:
        db_table = "debit_recall"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MAIL_STATES), name="debit_recall_state")
        ]
        indexes = [
            models.Index(
                fields=["made_at"],
                condition=Q(state__in=["due", "calling"]),
                name="debit_recall_due",
            )
        ]
