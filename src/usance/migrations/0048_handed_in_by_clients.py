"""Batches that a client handed in on its own pages."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0047_across"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="batch", name="batch_way"),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "way__in",
                        [
                            "office",
                            "client",
                            "cli",
                            "api",
                            "folder",
                            "sftp",
                            "email",
                            "issued",
                            "demo",
                        ],
                    )
                ),
                name="batch_way",
            ),
        ),
    ]
