"""What buyers answer belongs to an invoice, also where no delivery of ours brought it."""

import django.db.models.deletion
from django.db import migrations, models

# Rows are only ever added; this column is new, so the wall stands aside for its first value.
FILLED = """
ALTER TABLE response DISABLE TRIGGER append_only;
UPDATE response SET invoice_id = dispatch.invoice_id
  FROM dispatch WHERE dispatch.id = response.dispatch_id;
ALTER TABLE response ENABLE TRIGGER append_only;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0060_missing_payouts"),
    ]

    operations = [
        migrations.AddField(
            model_name="response",
            name="invoice",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="responses",
                to="usance.invoice",
            ),
        ),
        migrations.RunSQL(FILLED, migrations.RunSQL.noop, elidable=True),
    ]
