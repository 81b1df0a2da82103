"""Traits name their client and debtor unchecked: what they are about, the invoice, is checked."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0032_recourse"),
    ]

    operations = [
        migrations.AlterField(
            model_name="trait",
            name="client",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="usance.client",
            ),
        ),
        migrations.AlterField(
            model_name="trait",
            name="debtor",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="usance.debtor",
            ),
        ),
    ]
