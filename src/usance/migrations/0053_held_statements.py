"""What a bank's connection brought and was refused is kept for a person."""

import django.db.models.deletion
from django.db import migrations, models

import usance.models.ids


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0052_confirming"),
    ]

    operations = [
        migrations.CreateModel(
            name="HeldStatement",
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
                ("on", models.DateField()),
                ("code", models.CharField(max_length=40)),
                ("says", models.TextField()),
                ("todo", models.CharField(max_length=300)),
                ("held_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_by", models.CharField(blank=True, max_length=64)),
                ("laid_aside", models.CharField(blank=True, max_length=200)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="usance.bankaccount",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="usance.document",
                    ),
                ),
            ],
            options={
                "db_table": "held_statement",
                "constraints": [
                    models.UniqueConstraint(fields=("account", "on"), name="held_statement_day"),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at", None)),
                        fields=["on"],
                        name="held_statement_open",
                    ),
                ],
            },
        ),
    ]
