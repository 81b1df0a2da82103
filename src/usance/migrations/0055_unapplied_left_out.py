"""What was unapplied and paid an invoice never closes: the indexes of what is open leave it out."""

from django.db import migrations, models

SUMMED = ("currency", "debit_minor", "credit_minor")
OPEN = models.Q(("debit_minor", models.F("credit_minor")), _negated=True) & models.Q(
    ("account", "2300"), _negated=True
)
BY = {
    "balance_open_by_debtor": {"fields": ["debtor", "account"], "include": SUMMED},
    "balance_open_by_client": {"fields": ["client", "account"], "include": SUMMED},
    "balance_open_by_account": {"fields": ["account"]},
}


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0054_client_ledgers"),
    ]

    operations = [
        one
        for name, told in BY.items()
        for one in (
            migrations.RemoveIndex(model_name="balance", name=name),
            migrations.AddIndex(
                model_name="balance", index=models.Index(condition=OPEN, name=name, **told)
            ),
        )
    ]
