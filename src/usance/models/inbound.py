"""Mails that came to us."""

from django.db import models
from django.db.models import Q

from usance.domain.distribution import FOR_PEOPLE, Heard

from .batch import Batch
from .dispatch import Dispatch
from .document import Document
from .ids import new_id
from .party import Client


class InboundMail(models.Model):
    """One mail that came to us. Its bytes are the document; what it reports are DeliveryEvents."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    carrier = models.CharField(max_length=20)  # Whose mail it answers.
    document = models.ForeignKey(Document, on_delete=models.PROTECT, db_index=False)
    envelope_to = models.CharField(max_length=320, blank=True)  # Empty: who brought it did not say.
    heard = models.CharField(max_length=10)
    dispatch = models.ForeignKey(
        Dispatch, on_delete=models.PROTECT, null=True, related_name="mails"
    )  # None: it is about nothing that we sent.
    client = models.ForeignKey(
        Client, on_delete=models.PROTECT, null=True, db_index=False
    )  # Whose invoices it brings; None: it brings none, or nobody said whose.
    batch = models.OneToOneField(
        Batch, on_delete=models.PROTECT, null=True, related_name="mail"
    )  # What it became; None: nothing (yet), or it came before.
    same = models.CharField(max_length=64, blank=True)  # Hash of Message-ID and attached files.
    verdict = models.CharField(max_length=400, blank=True)  # What is known of who sent it.
    sender = models.CharField(max_length=300, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()  # As it says itself.
    received_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)  # When a person had done what it asks for.
    closed_by = models.CharField(max_length=64, blank=True)
    remark = models.CharField(max_length=400, blank=True)

    class Meta:
        db_table = "inbound_mail"
        constraints = [
            # The same bytes at the same address are one mail, however often they come.
            models.UniqueConstraint(fields=["document", "envelope_to"], name="inbound_mail_once"),
            # A mail that was carried twice has other bytes each time, and is one batch.
            models.UniqueConstraint(
                fields=["client", "same"],
                condition=Q(batch__isnull=False),
                name="inbound_mail_batch_once",
            ),
            models.CheckConstraint(condition=Q(heard__in=list(Heard)), name="inbound_mail_heard"),
        ]
        indexes = [
            models.Index(
                fields=["received_at"],
                condition=Q(closed_at=None, heard__in=sorted(FOR_PEOPLE)),
                name="inbound_mail_open",
            ),
            models.Index(fields=["-received_at"], name="inbound_mail_newest"),
        ]

    def __str__(self) -> str:
        return self.subject or self.sender


class Acknowledgement(models.Model):
    """What a client's sender is told about the mail that became a batch."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    mail = models.OneToOneField(InboundMail, on_delete=models.PROTECT, related_name="answer")
    address = models.CharField(max_length=320)
    language = models.CharField(max_length=2)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    state = models.CharField(max_length=8, default="due")
    detail = models.CharField(max_length=400, blank=True)
    made_at = models.DateTimeField()
    called_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "acknowledgement"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["due", "calling", "sent", "refused", "unknown", "left_out"]),
                name="acknowledgement_state",
            ),
        ]
        indexes = [
            models.Index(fields=["made_at"], condition=Q(state="due"), name="acknowledgement_due"),
            models.Index(fields=["address", "made_at"], name="acknowledgement_rate"),
        ]

    def __str__(self) -> str:
        return self.subject
