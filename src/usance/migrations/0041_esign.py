"""Schedules of assignment: kept, signed and printed; whether a purchase is on one."""

import django.db.models.deletion
from django.db import migrations, models

import usance.domain.events
import usance.models.ids
from usance.engine import APP

# What was assigned, and who signed it, stays.
GUARDED = "".join(
    f"""
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION append_only();
REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {APP};
"""
    for table in ("schedule", "schedule_signature", "schedule_paper")
)


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0038_currency"),
    ]

    operations = [
        migrations.CreateModel(
            name="Schedule",
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
                ("number", models.CharField(max_length=24)),
                ("currency", models.CharField(max_length=3)),
                ("bought_on", models.DateField()),
                ("invoices", models.IntegerField()),
                ("face_minor", models.BigIntegerField()),
                ("advance_minor", models.BigIntegerField()),
                ("manifest", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("signers", models.SmallIntegerField()),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=64)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="schedules",
                        to="usance.client",
                    ),
                ),
                (
                    "facility",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="usance.facility",
                    ),
                ),
            ],
            options={
                "db_table": "schedule",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("advance_minor__gte", 0),
                            ("advance_minor__lte", models.F("face_minor")),
                            ("face_minor__gt", 0),
                            ("invoices__gt", 0),
                            ("signers__gte", 0),
                            ("signers__lte", 2),
                        ),
                        name="schedule_amounts",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("signers__gt", 0)),
                        fields=["client"],
                        name="schedule_to_sign",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SchedulePaper",
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
                ("signatures", models.SmallIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "document",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="usance.document",
                    ),
                ),
                (
                    "schedule",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="papers",
                        to="usance.schedule",
                    ),
                ),
            ],
            options={
                "db_table": "schedule_paper",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("schedule", "signatures"), name="schedule_paper_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ScheduleSignature",
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
                ("signer", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=200)),
                ("digest", models.CharField(max_length=64)),
                ("words", models.TextField()),
                ("address", models.GenericIPAddressField(null=True)),
                ("agent", models.CharField(blank=True, max_length=400)),
                ("at", models.DateTimeField()),
                (
                    "schedule",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatures",
                        to="usance.schedule",
                    ),
                ),
            ],
            options={
                "db_table": "schedule_signature",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("schedule", "signer"), name="schedule_signer_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("signer", ""), _negated=True),
                            models.Q(("words", ""), _negated=True),
                        ),
                        name="schedule_signature_says",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="funding",
            name="schedule",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="fundings",
                to="usance.schedule",
            ),
        ),
        migrations.RunSQL(GUARDED, migrations.RunSQL.noop),
        migrations.AddField(
            model_name="facility",
            name="schedule_signers",
            field=models.SmallIntegerField(default=0),
        ),
    ]
