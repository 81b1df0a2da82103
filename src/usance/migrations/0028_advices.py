"""Payment advices, and what payments pay first."""

import django.db.models.deletion
from django.db import migrations, models

import usance.domain.events
import usance.domain.payment.order
import usance.models.ids


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0027_providers"),
    ]

    operations = [
        migrations.CreateModel(
            name="PaymentAdvice",
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
                ("way", models.CharField(max_length=8)),
                ("format", models.CharField(max_length=20)),
                ("identity", models.CharField(max_length=64, unique=True)),
                ("payer", models.CharField(blank=True, max_length=140)),
                ("payer_account", models.CharField(blank=True, max_length=40)),
                ("reference", models.CharField(blank=True, max_length=80)),
                ("paid_on", models.DateField(null=True)),
                ("total_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("parts", models.JSONField()),
                ("received_at", models.DateTimeField()),
                ("actor", models.CharField(max_length=64)),
                ("matched_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("withdrawn_by", models.CharField(blank=True, default="", max_length=64)),
                ("withdrawn_because", models.CharField(blank=True, default="", max_length=200)),
                (
                    "document",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="usance.document",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="advices",
                        to="usance.bankline",
                    ),
                ),
            ],
            options={
                "db_table": "payment_advice",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("total_minor__gt", 0)), name="payment_advice_total"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("line", None), ("matched_at", None)),
                            models.Q(
                                ("line__isnull", False),
                                ("matched_at__isnull", False),
                                ("withdrawn_at", None),
                            ),
                            _connector="OR",
                        ),
                        name="payment_advice_used",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("line", None), ("withdrawn_at", None)),
                        fields=["total_minor", "currency"],
                        name="payment_advice_waits",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="factor",
            name="allocation_rule",
            field=models.CharField(
                db_default=usance.domain.payment.order.Rule["CLAIM_FIRST"],
                default=usance.domain.payment.order.Rule["CLAIM_FIRST"],
                max_length=5,
            ),
        ),
        migrations.AddConstraint(
            model_name="factor",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "allocation_rule__in",
                        [
                            usance.domain.payment.order.Rule["CLAIM_FIRST"],
                            usance.domain.payment.order.Rule["LAW"],
                        ],
                    )
                ),
                name="factor_allocation_rule",
            ),
        ),
        # Last: made anew when events of others come in.
    ]
