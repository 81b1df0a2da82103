"""Us: the company whose book this is, as it stands on paper."""

from django.db import models
from django.db.models import Q

from usance.domain.payment import Rule


class Factor(models.Model):
    """One row: a book is the ledger of one company."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=200)
    legal_id = models.CharField(max_length=40, blank=True)
    vat_id = models.CharField(max_length=20, blank=True)
    street = models.CharField(max_length=200)
    postcode = models.CharField(max_length=20)
    city = models.CharField(max_length=100)
    country = models.CharField(max_length=2)
    email = models.EmailField()
    phone = models.CharField(max_length=40, blank=True)
    web = models.CharField(max_length=100, blank=True)
    colour = models.CharField(max_length=7, default="#22303f")
    # In which the book is closed and reported. Empty: no amount is valued in another currency.
    home_currency = models.CharField(max_length=3, blank=True, default="", db_default="")
    # How long a new account of a payee waits before anything is paid to it.
    account_wait_days = models.SmallIntegerField(default=3, db_default=3)
    # What is paid first where it is not enough for claim and late interest.
    allocation_rule = models.CharField(
        max_length=5, default=Rule.CLAIM_FIRST, db_default=Rule.CLAIM_FIRST
    )
    # What debtors pay us on invoices that clients bought back is the client's without a person.
    passes_on_released = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "factor"
        constraints = [
            models.CheckConstraint(
                condition=Q(allocation_rule__in=list(Rule)), name="factor_allocation_rule"
            ),
            models.CheckConstraint(condition=Q(id=1), name="factor_one_row"),
            models.CheckConstraint(
                condition=Q(account_wait_days__gte=1, account_wait_days__lte=30),
                name="factor_account_wait",
            ),
        ]

    def __str__(self) -> str:
        return self.name
