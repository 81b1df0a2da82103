"""Our bank accounts, their statements, and what each line pays."""

from datetime import time
from decimal import Decimal

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from usance.domain.money import Money
from usance.domain.payment import Ordered, Was
from usance.domain.payment.checkouts import FINAL_DAYS, LONGEST_FINAL

from .document import Document
from .ids import new_id
from .invoice import Invoice
from .json import Json
from .party import Client, Debtor
from .quick import ReadByTheThousand

OF_LINE = Coalesce(F("line_minor"), F("amount_minor") + F("interest_minor"))  # Of an allocation.


class OfBanks(models.Manager["BankAccount"]):
    """Without what we have at payment providers."""

    def get_queryset(self) -> "models.QuerySet[BankAccount]":
        return super().get_queryset().filter(provider="")


class BankAccount(models.Model):
    """An account of ours at a bank; or, with a provider, what we have there in a currency."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=80)
    iban = models.CharField(max_length=34, unique=True)
    bic = models.CharField(max_length=11, blank=True)
    currency = models.CharField(max_length=3)
    bank = models.CharField(max_length=20, default="http")  # Name of the bank plug-in.
    order_version = models.CharField(
        max_length=2, default="09", db_default="09"
    )  # Of pain.001.001, as this bank takes it.
    # At the bank's place: until when an order is paid on the same day, and on the eve of a holiday.
    cut_off = models.TimeField(default=time(14), db_default=time(14))
    eve_cut_off = models.TimeField(default=time(10), db_default=time(10))
    # Other ways to pay into it, where the country has them. Empty: there is none.
    bankgiro = models.CharField(max_length=9, blank=True, default="")
    swish = models.CharField(max_length=15, blank=True, default="")
    qr_iban = models.CharField(max_length=34, blank=True, default="")
    # Direct debits. Without an identifier nothing is collected to this account.
    creditor_id = models.CharField(max_length=35, blank=True, default="", db_default="")
    debit_version = models.CharField(
        max_length=2, default="08", db_default="08"
    )  # Of pain.008.001, as this bank takes it.
    debit_finality = models.CharField(
        max_length=12, default="refund", db_default="refund"
    )  # How long reserves wait, as domain.collection.debits.Finality.
    # A payment provider, whose movements are booked like a bank's. Empty: it is a bank.
    provider = models.CharField(max_length=20, blank=True, default="", db_default="")
    final_days = models.SmallIntegerField(
        default=FINAL_DAYS, db_default=FINAL_DAYS
    )  # How long reserves wait for what was paid by this provider.

    objects = OfBanks()
    every = models.Manager["BankAccount"]()

    class Meta:
        db_table = "bank_account"
        constraints = [
            models.CheckConstraint(
                condition=Q(order_version__in=["03", "09"]), name="bank_account_version"
            ),
            models.CheckConstraint(
                condition=Q(debit_version__in=["02", "08"]), name="bank_account_debit_version"
            ),
            models.CheckConstraint(
                condition=Q(debit_finality__in=["refund", "unauthorised"]),
                name="bank_account_debit_finality",
            ),
            models.CheckConstraint(
                condition=Q(creditor_id="") | Q(currency="EUR"), name="bank_account_creditor"
            ),
            # One account a currency: a second needs a rule which of them pays.
            models.UniqueConstraint(
                fields=["currency"], condition=Q(provider=""), name="bank_account_currency"
            ),
            models.CheckConstraint(
                condition=Q(final_days__gte=0, final_days__lte=LONGEST_FINAL),
                name="bank_account_final_days",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.iban}"


class Statement(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="statements")
    document = models.ForeignKey(Document, on_delete=models.PROTECT)
    reference = models.CharField(max_length=80, blank=True)
    sequence = models.CharField(max_length=40, blank=True)
    opening_minor = models.BigIntegerField(null=True)
    closing_minor = models.BigIntegerField(null=True)
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True, db_index=True)
    imported_at = models.DateTimeField()
    actor = models.CharField(max_length=64)

    class Meta:
        db_table = "statement"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "document", "reference"], name="statement_once"
            )
        ]

    def __str__(self) -> str:
        return self.reference or str(self.closed_on)


class HeldStatement(models.Model):
    """What a bank's connection brought of a day and was refused: a person decides, or it is taken
    once what it waits for is there."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, db_index=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, db_index=False)
    on = models.DateField()  # The day that the bank was asked about.
    code = models.CharField(max_length=40)  # Of the Refusal.
    says = models.TextField()
    todo = models.CharField(max_length=300)
    held_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=64, blank=True)
    laid_aside = models.CharField(max_length=200, blank=True)  # Why. Empty: it was imported.

    class Meta:
        db_table = "held_statement"
        constraints = [
            models.UniqueConstraint(fields=["account", "on"], name="held_statement_day"),
        ]
        indexes = [
            models.Index(fields=["on"], condition=Q(closed_at=None), name="held_statement_open"),
        ]

    def __str__(self) -> str:
        return f"{self.account.iban} {self.on}"


class BankLine(ReadByTheThousand):
    """One movement. What came in is positive; `unapplied_minor` is what of it is not explained."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, db_index=False)
    statement = models.ForeignKey(
        Statement, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    identity = models.CharField(max_length=120)  # The same movement in every file.
    ordinal = models.IntegerField()  # Place in the statement.
    amount_minor = models.BigIntegerField()
    unapplied_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    booked_on = models.DateField()
    value_on = models.DateField(null=True)
    counterparty = models.CharField(max_length=140, blank=True)
    counterparty_account = models.CharField(max_length=40, blank=True)
    texts = Json(default=list)
    references = Json(default=list)
    bank_reference = models.CharField(max_length=80, blank=True)
    entry_reference = models.CharField(max_length=80, blank=True, default="")  # Of the whole entry.
    end_to_end = models.CharField(max_length=40, blank=True)
    charges_minor = models.BigIntegerField(null=True)  # What the bank says that it took.
    reversal = models.BooleanField(default=False, db_default=False)
    return_reason = models.CharField(max_length=40, blank=True, default="", db_default="")
    verdict = models.CharField(max_length=10, blank=True)  # Empty: not looked at yet.
    says = models.CharField(max_length=200, blank=True)
    proposals = Json(default=list)
    # What the payer ordered in another currency, and the bank's rate: minor, currency, rate, unit.
    ordered = Json(null=True)
    short = Json(null=True)  # Why less was paid than was owed: minor, reason, says.

    class Meta:
        db_table = "bank_line"
        constraints = [
            models.UniqueConstraint(fields=["account", "identity"], name="bank_line_once"),
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0, unapplied_minor__gte=0)
                & Q(unapplied_minor__lte=F("amount_minor"))
                | Q(amount_minor__lt=0, unapplied_minor__lte=0)
                & Q(unapplied_minor__gte=F("amount_minor")),
                name="bank_line_unapplied",
            ),
        ]
        indexes = [
            models.Index(
                fields=["booked_on"], condition=~Q(unapplied_minor=0), name="bank_line_open"
            ),
            models.Index(fields=["statement", "ordinal"], name="bank_line_order"),
            models.Index(
                fields=["account", "entry_reference"],
                condition=~Q(entry_reference=""),
                name="bank_line_entry",
            ),
            models.Index(
                fields=["counterparty_account", "id"],
                condition=Q(amount_minor__gt=0) & ~Q(counterparty_account=""),
                name="bank_line_payer",
            ),
            # Lines that wait, by who paid them: they are few, and an account's lines become many.
            models.Index(
                fields=["counterparty_account"],
                condition=Q(amount_minor__gt=0, verdict="probable")
                & ~Q(unapplied_minor=0)
                & ~Q(counterparty_account=""),
                name="bank_line_waiting",
            ),
            # Lines that wait, by the invoices that are proposed for them.
            GinIndex(
                fields=["proposals"],
                opclasses=["jsonb_path_ops"],
                fastupdate=False,
                condition=Q(amount_minor__gt=0) & ~Q(unapplied_minor=0),
                name="bank_line_proposed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.booked_on} {self.amount}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    def told(self) -> Ordered | None:
        """What the bank says that the payer ordered in another currency."""
        if not self.ordered:
            return None
        minor, currency = self.ordered["minor"], self.ordered["currency"]
        rate = self.ordered["rate"]
        return Ordered(
            amount=None if minor is None else Money(minor, currency),
            rate=Decimal(rate) if rate else None, unit=self.ordered["unit"],
        )  # fmt: skip


class Allocation(models.Model):
    """A part of a bank line that pays an invoice, and why we think so."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # Both are looked up once a statement, not once a row (trigger refers): docs/adr/0019.
    line = models.ForeignKey(
        BankLine, on_delete=models.PROTECT, related_name="allocations", db_index=False,
        db_constraint=False,
    )  # fmt: skip
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, related_name="allocations", db_constraint=False
    )
    amount_minor = models.BigIntegerField()
    interest_minor = models.BigIntegerField(default=0)  # Late interest, paid beyond the amount.
    # What of the line it took, where the line is in another currency. None: both amounts.
    line_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    score = models.DecimalField(max_digits=4, decimal_places=3)
    because = models.JSONField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    turn = models.SmallIntegerField(default=0, db_default=0)  # How often it was undone before.
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=64, blank=True, default="", db_default="")
    undone_because = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta:
        db_table = "allocation"
        constraints = [
            models.UniqueConstraint(fields=["line", "invoice", "turn"], name="allocation_turn"),
            models.UniqueConstraint(
                fields=["line", "invoice"], condition=Q(undone_at=None), name="allocation_once"
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, interest_minor__gte=0), name="allocation_positive"
            ),
            models.CheckConstraint(
                condition=Q(line_minor=None) | Q(line_minor__gt=0, interest_minor=0),
                name="allocation_across",
            ),
        ]
        indexes = [
            # What was taken back: hardly anything, and asked for each line that pays.
            models.Index(
                fields=["line"], condition=Q(undone_at__isnull=False), name="allocation_undone"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} pays {self.invoice_id}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def interest(self) -> Money:
        return Money(self.interest_minor, self.currency)

    @property
    def of_line_minor(self) -> int:
        """What it took of its line, in the line's currency."""
        both = self.amount_minor + self.interest_minor
        return both if self.line_minor is None else self.line_minor


class Explanation(models.Model):
    """What a part of a bank line was, if it pays no invoice; and why we think so."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    line = models.ForeignKey(BankLine, on_delete=models.PROTECT, related_name="explanations")
    was = models.CharField(max_length=12)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    debtor = models.ForeignKey(Debtor, on_delete=models.PROTECT, null=True, db_index=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True, db_index=False)
    other = models.ForeignKey(
        BankLine, on_delete=models.PROTECT, null=True, related_name="explains", db_index=False
    )  # Of a return the movement that it takes back, and the other way round.
    write_off = models.ForeignKey(
        "WriteOff", on_delete=models.PROTECT, null=True, related_name="recoveries"
    )  # Of what is recovered: what was written off.
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, null=True, related_name="+"
    )  # Of what is passed on by itself: what its client bought back.
    because = models.CharField(max_length=200)
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        db_table = "explanation"
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="explanation_positive"),
            models.CheckConstraint(condition=Q(was__in=list(Was)), name="explanation_was"),
            models.CheckConstraint(
                condition=Q(was=Was.RECOVERED, write_off__isnull=False)
                | (~Q(was=Was.RECOVERED) & Q(write_off=None)),
                name="explanation_recovers",
            ),
            models.CheckConstraint(
                condition=Q(was=Was.MISDIRECTED) | Q(invoice=None), name="explanation_passes_on"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.was}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)
