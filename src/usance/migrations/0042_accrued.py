"""Accruals are not checked against their invoices one by one: the doctor asks for all at once."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0041_esign"),
    ]

    operations = [
        migrations.AlterField(
            model_name="accrual",
            name="invoice",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="accruals",
                to="usance.invoice",
            ),
        ),
    ]
