"""What a client or a debtor owes is summed from an index alone."""

from django.db import migrations, models

SUMMED = ("currency", "debit_minor", "credit_minor")
OPEN = models.Q(("debit_minor", models.F("credit_minor")), _negated=True)
BY = {"balance_open_by_debtor": "debtor", "balance_open_by_client": "client"}


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0049_lines_booked"),
    ]

    operations = [
        one
        for name, whose in BY.items()
        for one in (
            migrations.RemoveIndex(model_name="balance", name=name),
            migrations.AddIndex(
                model_name="balance",
                index=models.Index(
                    fields=[whose, "account"], include=SUMMED, condition=OPEN, name=name
                ),
            ),
        )
    ]
