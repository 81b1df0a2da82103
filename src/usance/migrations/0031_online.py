"""Debits that came in one sum share a line; debtors are told that one is cancelled."""

import django.db.models.deletion
from django.db import migrations, models

import usance.models.ids


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0030_more_kinds"),
    ]

    operations = [
        migrations.AlterField(
            model_name="debit",
            name="line",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="collected_debits",
                to="usance.bankline",
            ),
        ),
        migrations.CreateModel(
            name="DebitRecall",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=usance.models.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("address", models.EmailField(max_length=254)),
                ("language", models.CharField(max_length=2)),
                ("subject", models.CharField(max_length=200)),
                ("text", models.TextField()),
                ("state", models.CharField(default="due", max_length=7)),
                ("detail", models.CharField(blank=True, max_length=400)),
                ("made_at", models.DateTimeField()),
                ("called_at", models.DateTimeField(null=True)),
                (
                    "debit",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recall",
                        to="usance.debit",
                    ),
                ),
            ],
            options={
                "db_table": "debit_recall",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["due", "calling"])),
                        fields=["made_at"],
                        name="debit_recall_due",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["due", "calling", "sent", "refused", "unknown"])
                        ),
                        name="debit_recall_state",
                    )
                ],
            },
        ),
    ]
