"""What persons made of reports that could not be placed."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from usance.domain.distribution import Outcome
from usance.engine import APP

GUARD = f"""
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON report_decision
  FOR EACH STATEMENT EXECUTE FUNCTION append_only();
REVOKE UPDATE, DELETE, TRUNCATE ON report_decision FROM {APP};
"""


class Migration(migrations.Migration):
    dependencies = [("usance", "0002_append_only")]

    operations = [
        migrations.CreateModel(
            name="ReportDecision",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="decision",
                        serialize=False,
                        to="usance.deliveryevent",
                    ),
                ),
                (
                    "dispatch",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="usance.dispatch",
                    ),
                ),
                ("means", models.CharField(blank=True, max_length=10)),
                ("remark", models.CharField(blank=True, max_length=400)),
                ("decided_at", models.DateTimeField()),
                ("decided_by", models.CharField(max_length=64)),
            ],
            options={"db_table": "report_decision"},
        ),
        migrations.AddConstraint(
            "reportdecision",
            models.CheckConstraint(
                condition=Q(means__in=["", *Outcome]), name="report_decision_means"
            ),
        ),
        migrations.AddConstraint(
            "reportdecision",
            models.CheckConstraint(
                condition=Q(means="", dispatch__isnull=True)
                | (~Q(means="") & Q(dispatch__isnull=False)),
                name="report_decision_whole",
            ),
        ),
        migrations.RunSQL(GUARD, migrations.RunSQL.noop),
    ]
