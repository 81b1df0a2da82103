"""What people said of payers, so that the next line is matched by itself."""

from django.db import models
from django.db.models import Q

from usance.domain.payment import By

from .bank import BankLine
from .ids import new_id
from .party import Client, Debtor


class PayerRule(models.Model):
    """What a person said of a payer: for whom it pays, or whose its money is."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    by = models.CharField(max_length=8)
    value = models.CharField(max_length=140)  # As domain.payment.rules.key writes it.
    says = models.CharField(max_length=140)  # As the bank wrote it.
    debtor = models.ForeignKey(Debtor, on_delete=models.PROTECT, null=True, db_index=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True, db_index=False)
    line = models.ForeignKey(
        BankLine, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )  # The choice that it was learned from. None: written by hand.
    said_at = models.DateTimeField()
    said_by = models.CharField(max_length=64)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        db_table = "payer_rule"
        constraints = [
            models.UniqueConstraint(
                fields=["by", "value", "debtor", "client"], nulls_distinct=False,
                condition=Q(withdrawn_at=None), name="payer_rule_once",
            ),
            models.CheckConstraint(condition=Q(by__in=list(By)), name="payer_rule_by"),
            models.CheckConstraint(
                condition=Q(debtor=None, client__isnull=False)
                | Q(debtor__isnull=False, client=None),
                name="payer_rule_whose",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.by} {self.says}"
