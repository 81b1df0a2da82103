"""What a carrier holds as proof of a delivery, and when it is asked for it again."""

from django.db import models
from django.db.models import Q

from .dispatch import Dispatch
from .document import Document


class Proof(models.Model):
    """A carrier was asked for its evidence of a delivery. There is an end to asking."""

    dispatch = models.OneToOneField(
        Dispatch, on_delete=models.PROTECT, primary_key=True, related_name="proof"
    )
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, db_index=False
    )  # As the carrier gave it, byte for byte. None: it had none so far.
    tries = models.IntegerField()
    asked_at = models.DateTimeField()  # The last time.
    ask_at = models.DateTimeField(null=True, db_index=True)  # None: never again.

    class Meta:
        db_table = "proof"
        constraints = [
            models.CheckConstraint(
                condition=Q(document__isnull=True) | Q(ask_at__isnull=True), name="proof_ends"
            )
        ]

    def __str__(self) -> str:
        return f"{self.dispatch_id} {self.document_id or '-'}"
