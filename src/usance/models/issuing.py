"""Invoices that we write for clients: drafts, number series, who lets them out, what recurs."""

from hashlib import sha256
from typing import Any

import msgspec
from django.db import models
from django.db.models import Q

from usance.domain.intake.entry import Entry
from usance.domain.intake.issuing import State
from usance.domain.money import Money

from .batch import Batch
from .ids import new_id
from .invoice import Invoice
from .party import Client, Debtor


def plain(entry: Entry) -> Any:
    """The entry as a JSON column keeps it: decimals and days as text."""
    return msgspec.to_builtins(entry)


def digest(content: Any, due_days: int | None) -> str:
    """What a second person has seen: SHA-256 of what would be issued."""
    return sha256(msgspec.json.encode([content, due_days], order="sorted")).hexdigest()


class NumberSeries(models.Model):
    """How a client's invoices or credit notes are numbered. Its counter is named by its id."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="series")
    kind = models.CharField(max_length=12)
    pattern = models.CharField(max_length=40)
    first = models.IntegerField(default=1)

    class Meta:
        db_table = "number_series"
        verbose_name_plural = "number series"
        constraints = [
            models.UniqueConstraint(fields=["client", "kind"], name="number_series_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["invoice", "credit_note"]), name="number_series_kind"
            ),
            models.CheckConstraint(condition=Q(first__gte=1), name="number_series_first"),
        ]

    def __str__(self) -> str:
        return self.pattern


class IssuingRule(models.Model):
    """Below this amount a client's drafts go out at once, if the debtor is in the register."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="issuing_rules")
    currency = models.CharField(max_length=3)
    below_minor = models.BigIntegerField()

    class Meta:
        db_table = "issuing_rule"
        constraints = [
            models.UniqueConstraint(fields=["client", "currency"], name="issuing_rule_once"),
            models.CheckConstraint(condition=Q(below_minor__gte=0), name="issuing_rule_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.below}"

    @property
    def below(self) -> Money:
        return Money(self.below_minor, self.currency)


class Recurring(models.Model):
    """An invoice that is written each month. Its texts may name the period."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="recurring")
    debtor = models.ForeignKey(Debtor, on_delete=models.PROTECT, null=True, db_index=False)
    name = models.CharField(max_length=80)
    content = models.JSONField()  # domain.intake.entry.Entry
    due_days = models.IntegerField()
    day = models.IntegerField()  # Of the month; 31: its end.
    since = models.DateField()
    until = models.DateField(null=True)  # The last day. None: until it is stopped.
    written_by = models.CharField(max_length=64)
    written_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    stopped_by = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "recurring"
        verbose_name_plural = "recurring"
        constraints = [
            models.CheckConstraint(condition=Q(day__gte=1, day__lte=31), name="recurring_day"),
            models.CheckConstraint(condition=Q(due_days__gte=0), name="recurring_due"),
        ]

    def __str__(self) -> str:
        return self.name

    def entry(self) -> Entry:
        return msgspec.convert(self.content, Entry)


class Draft(models.Model):
    """An invoice or credit note before it is issued, and what became of it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="drafts")
    debtor = models.ForeignKey(
        Debtor, on_delete=models.PROTECT, null=True, db_index=False
    )  # None: not in the register.
    kind = models.CharField(max_length=12)
    state = models.CharField(max_length=9, default=State.DRAFT)
    content = models.JSONField()  # domain.intake.entry.Entry
    digest = models.CharField(max_length=64)  # What a second person has to have seen.
    due_days = models.IntegerField(null=True)  # Where the content has no due date.
    gross_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    credits = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, null=True, related_name="credit_drafts"
    )
    recurring = models.ForeignKey(
        Recurring, on_delete=models.PROTECT, null=True, related_name="drafts", db_index=False
    )
    period_on = models.DateField(null=True)
    prepared_by = models.CharField(max_length=64)
    prepared_at = models.DateTimeField()
    because = models.CharField(max_length=400, blank=True)  # Why a second person is asked.
    number = models.CharField(max_length=30, blank=True)
    issued_by = models.CharField(max_length=64, blank=True)
    issued_at = models.DateTimeField(null=True)
    by_rule = models.BooleanField(default=False)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, db_index=False)
    invoice = models.OneToOneField(
        Invoice, on_delete=models.PROTECT, null=True, related_name="draft"
    )

    class Meta:
        db_table = "draft"
        constraints = [
            models.UniqueConstraint(fields=["recurring", "period_on"], name="draft_once_a_period"),
            models.CheckConstraint(condition=Q(state__in=list(State)), name="draft_state"),
            models.CheckConstraint(
                condition=Q(kind__in=["invoice", "credit_note"]), name="draft_kind"
            ),
            models.CheckConstraint(
                condition=Q(state=State.ISSUED, invoice__isnull=False, issued_at__isnull=False)
                & ~Q(number="")
                | ~Q(state=State.ISSUED) & Q(invoice=None, issued_at=None, number=""),
                name="draft_issued_whole",
            ),
            models.CheckConstraint(
                condition=Q(by_rule=True) | ~Q(issued_by=models.F("prepared_by")),
                name="draft_four_eyes",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="draft_by_state"),
            models.Index(fields=["credits"], condition=~Q(credits=None), name="draft_credits"),
        ]

    def __str__(self) -> str:
        return self.number or f"draft {self.id}"

    @property
    def gross(self) -> Money:
        return Money(self.gross_minor, self.currency)

    def entry(self) -> Entry:
        return msgspec.convert(self.content, Entry)
