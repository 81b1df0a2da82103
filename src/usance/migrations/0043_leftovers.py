"""What debtors pay on invoices that clients bought back may pass to the client by itself."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0042_accrued"),
    ]

    operations = [
        migrations.AddField(
            model_name="factor",
            name="passes_on_released",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="explanation",
            name="invoice",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="usance.invoice",
            ),
        ),
        migrations.AddConstraint(
            model_name="explanation",
            constraint=models.CheckConstraint(
                condition=models.Q(was="misdirected") | models.Q(invoice=None),
                name="explanation_passes_on",
            ),
        ),
    ]
