"""How carriers stand, what people said of their shares, and why one was chosen."""

from django.db import migrations, models

import usance.domain.carriers
import usance.domain.distribution
import usance.domain.events
import usance.models.ids


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0002_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="Carrier",
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
                ("name", models.CharField(max_length=20, unique=True)),
                (
                    "breaker",
                    models.CharField(
                        default=usance.domain.carriers.Breaker["CLOSED"], max_length=9
                    ),
                ),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
                ("pauses", models.IntegerField(default=0)),
                ("recent", models.CharField(blank=True, max_length=40)),
                ("lowered", models.IntegerField(default=0)),
                ("moved_at", models.DateTimeField(null=True)),
                ("spent_until", models.DateTimeField(null=True)),
                ("says", models.CharField(blank=True, max_length=400)),
            ],
            options={
                "db_table": "carrier",
            },
        ),
        migrations.CreateModel(
            name="CarrierPin",
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
                ("kind", models.CharField(max_length=8)),
                ("carrier", models.CharField(max_length=20)),
                ("weight", models.IntegerField()),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=64)),
            ],
            options={
                "db_table": "carrier_pin",
            },
        ),
        migrations.RemoveConstraint(
            model_name="diary",
            name="diary_kind",
        ),
        migrations.AddField(
            model_name="dispatch",
            name="carrier_because",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddConstraint(
            model_name="diary",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", list(usance.domain.events.Kind))), name="diary_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="carrier",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "breaker__in",
                        [
                            usance.domain.carriers.Breaker["CLOSED"],
                            usance.domain.carriers.Breaker["OPEN"],
                            usance.domain.carriers.Breaker["HALF_OPEN"],
                        ],
                    )
                ),
                name="carrier_breaker",
            ),
        ),
        migrations.AddConstraint(
            model_name="carrier",
            constraint=models.CheckConstraint(
                condition=models.Q(("lowered__gte", 0), ("lowered__lt", 10)),
                name="carrier_keeps_weight",
            ),
        ),
        migrations.AddConstraint(
            model_name="carrier",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("breaker", usance.domain.carriers.Breaker["CLOSED"]),
                    ("until__isnull", False),
                    _connector="OR",
                ),
                name="carrier_pause_ends",
            ),
        ),
        migrations.AddConstraint(
            model_name="carrierpin",
            constraint=models.UniqueConstraint(fields=("kind", "carrier"), name="carrier_pin_once"),
        ),
        migrations.AddConstraint(
            model_name="carrierpin",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            usance.domain.distribution.Kind["EINVOICE"],
                            usance.domain.distribution.Kind["MAILBOX"],
                            usance.domain.distribution.Kind["EMAIL"],
                            usance.domain.distribution.Kind["LETTER"],
                            usance.domain.distribution.Kind["SMS"],
                            usance.domain.distribution.Kind["PUSH"],
                            usance.domain.distribution.Kind["PORTAL"],
                        ],
                    )
                ),
                name="carrier_pin_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="carrierpin",
            constraint=models.CheckConstraint(
                condition=models.Q(("weight__gte", 0), ("weight__lte", 100)),
                name="carrier_pin_weight",
            ),
        ),
    ]
