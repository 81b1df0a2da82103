"""Reports as of any day: moves of a client by day, and entries by the moment they were written."""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("usance", "0010_issuing")]

    operations = [
        migrations.AlterField(
            model_name="move",
            name="client",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="usance.client",
            ),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=django.contrib.postgres.indexes.BrinIndex(
                fields=["at"], name="entry_by_moment", pages_per_range=16
            ),
        ),
        migrations.AddIndex(
            model_name="move",
            index=models.Index(fields=["client", "booked_on"], name="move_by_client"),
        ),
    ]
