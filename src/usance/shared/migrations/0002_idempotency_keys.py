"""What programs asked for under keys of their own."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("shared", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=255)),
                ("asked", models.CharField(max_length=300)),
                ("sha256", models.CharField(max_length=64)),
                ("state", models.CharField(default="running", max_length=7)),
                ("status", models.SmallIntegerField(null=True)),
                ("answer", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(db_index=True)),
                (
                    "api_key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="requests",
                        to="shared.apikey",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("api_key", "key"), name="idempotency_key_once"),
                    models.CheckConstraint(
                        condition=Q(("state", "running"), ("status", None))
                        | Q(("state", "done"), ("status__gte", 200), ("status__lt", 300)),
                        name="idempotency_key_state",
                    ),
                ],
            },
        ),
    ]
