"""The books. Rows are only added, by actions.ledger alone; balances follow in the same step."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

from usance.domain.journal import Account

from .ids import new_id

ACCOUNTS = [account.value for account in Account]


class Entry(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=120)
    content = models.CharField(max_length=64)  # Hash of the moves: one key, one content.
    booked_on = models.DateField()  # The day it counts for.
    because = models.CharField(max_length=200)
    voucher = models.CharField(max_length=120)
    at = models.DateTimeField()  # When it was written.
    actor = models.CharField(max_length=64)

    class Meta:
        db_table = "entry"
        verbose_name_plural = "entries"
        constraints = [models.UniqueConstraint(fields=["key"], name="entry_once")]
        # Entries are written in the order of their moments: a few pages tell which came later.
        indexes = [BrinIndex(fields=["at"], name="entry_by_moment", pages_per_range=16)]

    def __str__(self) -> str:
        return self.key


class Move(models.Model):
    """So much from the credited account to the debited one. Parties are ids: books refer to them
    and never the other way round."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # Looked up once a statement, not once a row (trigger refers): docs/adr/0019.
    entry = models.ForeignKey(
        Entry, on_delete=models.PROTECT, related_name="moves", db_constraint=False
    )
    booked_on = models.DateField()
    debit = models.CharField(max_length=8)
    credit = models.CharField(max_length=8)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    # The invoice holds its client and debtor; parties are never deleted (doctor, M1a).
    client = models.ForeignKey(
        "Client", on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False
    )
    debtor = models.ForeignKey(
        "Debtor", on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False
    )
    invoice = models.ForeignKey("Invoice", on_delete=models.PROTECT, null=True, db_constraint=False)

    class Meta:
        db_table = "move"
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="move_positive"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="move_two_accounts"),
            models.CheckConstraint(
                condition=Q(debit__in=ACCOUNTS, credit__in=ACCOUNTS), name="move_in_chart"
            ),
        ]
        indexes = [
            models.Index(fields=["booked_on", "id"], name="move_by_day"),
            models.Index(fields=["client", "booked_on"], name="move_by_client"),
        ]

    def __str__(self) -> str:
        return f"{self.debit} <- {self.credit} {self.amount_minor} {self.currency}"


# Kept in the indexes too: what a client or a debtor owes is summed from them alone, however many
# invoices it has, and the rows beside them are not read.
SUMMED = ("currency", "debit_minor", "credit_minor")
# What of a receipt pays an invoice is taken from unapplied cash in the name of that invoice, and
# never comes back: with it these indexes would grow by every invoice that was ever paid.
OPEN = ~Q(debit_minor=F("credit_minor")) & ~Q(account=Account.UNAPPLIED_CASH)


class Balance(models.Model):
    """Sums of moves for one account and one subject. Null means: about nobody of that kind.

    A trigger refuses a receivable paid beyond its amount and a reserve spent beyond its own: a
    CHECK would look at the row proposed for insertion, before it meets the one that is there.
    """

    id = models.BigAutoField(primary_key=True)
    account = models.CharField(max_length=8)
    currency = models.CharField(max_length=3)
    # Sums of moves, which hold whom they are about: to check it again for each sum is dear.
    client = models.ForeignKey(
        "Client", on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False
    )
    debtor = models.ForeignKey(
        "Debtor", on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False
    )
    invoice = models.ForeignKey(
        "Invoice", on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False
    )
    debit_minor = models.BigIntegerField()
    credit_minor = models.BigIntegerField()

    class Meta:
        db_table = "balance"
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "account", "client", "debtor", "currency"],
                nulls_distinct=False,
                name="balance_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["debtor", "account"],
                include=SUMMED,
                condition=OPEN,
                name="balance_open_by_debtor",
            ),
            models.Index(
                fields=["client", "account"],
                include=SUMMED,
                condition=OPEN,
                name="balance_open_by_client",
            ),
            models.Index(
                fields=["account"],
                condition=OPEN,
                name="balance_open_by_account",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.debit_minor - self.credit_minor} {self.currency}"


class DayTotal(models.Model):
    """Turnover of an account on a day, by the day it was written: reports as of any day, by what
    was known on any day, add these up and not the moves.

    `lane` keeps writers apart: each transaction adds to its own, readers add all of them.
    """

    id = models.BigAutoField(primary_key=True)
    account = models.CharField(max_length=8)
    currency = models.CharField(max_length=3)
    booked_on = models.DateField()
    written_on = models.DateField()  # In UTC. What was known at the end of a day is asked by it.
    lane = models.SmallIntegerField()
    debit_minor = models.BigIntegerField()
    credit_minor = models.BigIntegerField()

    class Meta:
        db_table = "day_total"
        constraints = [
            models.UniqueConstraint(
                fields=["booked_on", "account", "currency", "lane", "written_on"],
                name="day_total_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.booked_on} {self.account}"
