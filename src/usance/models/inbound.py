"""Mails that came to us."""

from django.db import models
from django.db.models import Q

from usance.domain.distribution import FOR_PEOPLE, Heard

from .dispatch import Dispatch
from .document import Document
from .ids import new_id


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
