"""Columns of clients' tables as they were confirmed, files that wait for that, and the client's
totals in more than one currency."""

import django.db.models.deletion
from django.db import migrations, models

import usance.models.ids

KEEP = """
UPDATE batch SET control_totals = jsonb_build_object(control_currency, control_total_minor)
 WHERE control_currency <> '' AND control_total_minor IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("usance", "0002_append_only")]

    operations = [
        migrations.AddField("batch", "control_totals", models.JSONField(default=dict)),
        migrations.RunSQL(KEEP, migrations.RunSQL.noop, elidable=True),
        migrations.RemoveField("batch", "control_total_minor"),
        migrations.RemoveField("batch", "control_currency"),
        migrations.CreateModel(
            name="ColumnMapping",
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
                ("fingerprint", models.CharField(max_length=32)),
                ("headings", models.JSONField()),
                ("columns", models.JSONField()),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("decimal", models.CharField(blank=True, max_length=1)),
                ("days", models.CharField(blank=True, max_length=3)),
                ("confirmed_at", models.DateTimeField()),
                ("confirmed_by", models.CharField(max_length=64)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("withdrawn_by", models.CharField(blank=True, max_length=64)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mappings",
                        to="usance.client",
                    ),
                ),
            ],
            options={
                "db_table": "column_mapping",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at", None)),
                        fields=("client", "fingerprint"),
                        name="column_mapping_one_holds",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("decimal__in", ["", ",", "."])),
                        name="column_mapping_decimal",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("days__in", ["", "dmy", "mdy"])),
                        name="column_mapping_days",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WaitingTable",
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
                ("fingerprint", models.CharField(max_length=32)),
                ("since", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_by", models.CharField(blank=True, max_length=64)),
                (
                    "client",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="usance.client"
                    ),
                ),
                (
                    "file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="waiting",
                        to="usance.receivedfile",
                    ),
                ),
                (
                    "mapping",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="usance.columnmapping",
                    ),
                ),
            ],
            options={
                "db_table": "waiting_table",
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at", None)),
                        fields=["client", "fingerprint"],
                        name="waiting_table_open",
                    ),
                ],
            },
        ),
    ]
