"""Wordings of letters, version by version; rows are only added, as 0002 has it."""

import django.db.models.deletion
from django.db import migrations, models

import usance.models.ids
from usance.engine import APP

GUARD = f"""
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON template
  FOR EACH STATEMENT EXECUTE FUNCTION append_only();
REVOKE UPDATE, DELETE, TRUNCATE ON template FROM {APP};
"""


class Migration(migrations.Migration):
    dependencies = [("usance", "0002_append_only")]

    operations = [
        migrations.CreateModel(
            name="Template",
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
                ("letter", models.CharField(max_length=40)),
                ("language", models.CharField(max_length=2)),
                ("version", models.IntegerField()),
                ("fields", models.JSONField()),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=150)),
                (
                    "client",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="templates",
                        to="usance.client",
                    ),
                ),
            ],
            options={
                "db_table": "template",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("client", "letter", "language", "version"),
                        name="template_version_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("version__gte", 1)), name="template_version_counts"
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARD, migrations.RunSQL.noop),
    ]
