"""Recourse that is put off, and the accounts of pledged claims: the loan and its contras."""

import django.db.models.deletion
from django.db import migrations, models

import usance.domain.events
import usance.models.ids
from usance.engine import APP

# What was charged for putting recourse off stays.
GUARDED = f"""
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON refactored
  FOR EACH STATEMENT EXECUTE FUNCTION append_only();
REVOKE UPDATE, DELETE, TRUNCATE ON refactored FROM {APP};
"""


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0036_cash"),
    ]

    operations = [
        migrations.CreateModel(
            name="Refactored",
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
                ("turn", models.SmallIntegerField()),
                ("until", models.DateField()),
                ("outstanding_minor", models.BigIntegerField()),
                ("fee_minor", models.BigIntegerField()),
                ("vat_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=64)),
                (
                    "invoice",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refactored",
                        to="usance.invoice",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "refactored",
                "db_table": "refactored",
                "constraints": [
                    models.UniqueConstraint(fields=("invoice", "turn"), name="refactored_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("fee_minor__gte", 0),
                            ("outstanding_minor__gt", 0),
                            ("turn__gte", 1),
                            ("vat_minor__gte", 0),
                        ),
                        name="refactored_amounts",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="facility",
            name="refactoring",
            field=models.JSONField(default=dict),
        ),
        migrations.RunSQL(GUARDED, migrations.RunSQL.noop),
    ]
