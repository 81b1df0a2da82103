"""Browsers that asked to be told."""

import django.db.models.deletion
from django.db import migrations, models

import usance.models.ids


class Migration(migrations.Migration):
    dependencies = [("usance", "0002_append_only")]

    operations = [
        migrations.CreateModel(
            name="PushSubscription",
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
                ("endpoint", models.CharField(max_length=800)),
                ("p256dh", models.CharField(max_length=90)),
                ("auth", models.CharField(max_length=24)),
                ("page", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("because", models.CharField(blank=True, max_length=200)),
                (
                    "debtor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="browsers",
                        to="usance.debtor",
                    ),
                ),
            ],
            options={
                "db_table": "push_subscription",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("endpoint",),
                        name="push_subscription_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("endpoint__startswith", "https://")),
                        name="push_subscription_https",
                    ),
                ],
            },
        ),
    ]
