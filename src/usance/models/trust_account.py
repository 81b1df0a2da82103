"""Accounts that clients hold in trust for us, into which debtors pay who are not told."""

from django.db import models
from django.db.models import F, Q

from .ids import new_id
from .party import Client


class TrustAccount(models.Model):
    """Entered by one person, checked by another; it counts from the check until it is closed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="trust_accounts")
    iban = models.CharField(max_length=34)
    bank = models.CharField(max_length=120)  # Its name: who confirms the trust.
    currency = models.CharField(max_length=3)
    entered_at = models.DateTimeField()
    entered_by = models.CharField(max_length=64)
    checked_at = models.DateTimeField(null=True)  # None: nobody has seen that it is held for us.
    checked_by = models.CharField(max_length=64, blank=True)
    proof = models.CharField(max_length=400, blank=True)  # What shows that it is held for us.
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=64, blank=True)
    closed_because = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "trust_account"
        constraints = [
            models.UniqueConstraint(
                fields=["iban", "currency"],
                condition=Q(closed_at=None),
                name="trust_account_open_once",
            ),
            models.CheckConstraint(
                condition=Q(checked_at=None, checked_by="")
                | (Q(checked_at__isnull=False) & ~Q(checked_by=F("entered_by")) & ~Q(proof="")),
                name="trust_account_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | ~Q(closed_because=""),
                name="trust_account_closed_because",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.iban} of {self.client_id}"
