"""Refunds by payment providers, tolerances of payments, and what became of short ones."""

import django.db.models.deletion
from django.db import migrations, models

import usance.domain.events
import usance.domain.payment.differences
import usance.domain.payment.paid_back
import usance.domain.payment.was
import usance.models.ids


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0033_belt"),
    ]

    operations = [
        migrations.CreateModel(
            name="ProviderRefund",
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
                ("payment", models.CharField(max_length=100)),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("content", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        default=usance.domain.payment.paid_back.State["PROPOSED"], max_length=9
                    ),
                ),
                ("proposed_at", models.DateTimeField()),
                ("proposed_by", models.CharField(max_length=64)),
                ("released_at", models.DateTimeField(null=True)),
                ("released_by", models.CharField(blank=True, max_length=64)),
                ("asked_at", models.DateTimeField(null=True)),
                ("reference", models.CharField(blank=True, max_length=100)),
                ("closed_at", models.DateTimeField(null=True)),
                ("detail", models.CharField(blank=True, max_length=200)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="usance.bankaccount",
                    ),
                ),
                (
                    "line",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="provider_refund",
                        to="usance.bankline",
                    ),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="provider_refunds",
                        to="usance.bankline",
                    ),
                ),
            ],
            options={
                "db_table": "provider_refund",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state", usance.domain.payment.paid_back.State["PROPOSED"])
                        ),
                        fields=("receipt",),
                        name="provider_refund_proposed_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    usance.domain.payment.paid_back.State["PROPOSED"],
                                    usance.domain.payment.paid_back.State["WITHDRAWN"],
                                    usance.domain.payment.paid_back.State["RELEASED"],
                                    usance.domain.payment.paid_back.State["ASKED"],
                                    usance.domain.payment.paid_back.State["DONE"],
                                    usance.domain.payment.paid_back.State["FAILED"],
                                ],
                            )
                        ),
                        name="provider_refund_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="provider_refund_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("released_at", None),
                                (
                                    "state__in",
                                    [
                                        usance.domain.payment.paid_back.State["PROPOSED"],
                                        usance.domain.payment.paid_back.State["WITHDRAWN"],
                                    ],
                                ),
                            ),
                            models.Q(
                                models.Q(
                                    (
                                        "state__in",
                                        [
                                            usance.domain.payment.paid_back.State["PROPOSED"],
                                            usance.domain.payment.paid_back.State["WITHDRAWN"],
                                        ],
                                    ),
                                    _negated=True,
                                ),
                                models.Q(("released_by", ""), _negated=True),
                                ("released_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="provider_refund_released",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("line__isnull", False),
                                ("state", usance.domain.payment.paid_back.State["DONE"]),
                            ),
                            ("state", usance.domain.payment.paid_back.State["FAILED"]),
                            models.Q(
                                models.Q(
                                    (
                                        "state__in",
                                        [
                                            usance.domain.payment.paid_back.State["DONE"],
                                            usance.domain.payment.paid_back.State["FAILED"],
                                        ],
                                    ),
                                    _negated=True,
                                ),
                                ("line", None),
                            ),
                            _connector="OR",
                        ),
                        name="provider_refund_gone",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    usance.domain.payment.paid_back.State["ASKED"],
                                    usance.domain.payment.paid_back.State["RELEASED"],
                                ],
                            )
                        ),
                        fields=["asked_at"],
                        name="provider_refund_under_way",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Tolerance",
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
                ("currency", models.CharField(max_length=3)),
                ("most_minor", models.BigIntegerField()),
                ("share", models.DecimalField(decimal_places=6, max_digits=7, null=True)),
                ("bears", models.CharField(max_length=6)),
                ("reason", models.CharField(max_length=400)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=64)),
                ("ended_by", models.CharField(blank=True, max_length=64)),
                (
                    "client",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="usance.client",
                    ),
                ),
                (
                    "debtor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="usance.debtor",
                    ),
                ),
            ],
            options={
                "db_table": "tolerance",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("valid_to", None)),
                        fields=("client", "debtor", "currency"),
                        name="tolerance_open_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("most_minor__gt", 0),
                            models.Q(
                                ("share", None),
                                models.Q(("share__gt", 0), ("share__lte", 1)),
                                _connector="OR",
                            ),
                        ),
                        name="tolerance_amounts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("bears", usance.domain.payment.differences.Bears["FACTOR"]),
                            models.Q(
                                ("bears", usance.domain.payment.differences.Bears["CLIENT"]),
                                ("client__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="tolerance_bears",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to", None),
                            ("valid_to__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="tolerance_span",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Difference",
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
                ("reason", models.CharField(max_length=19)),
                ("follows", models.CharField(max_length=11)),
                ("over", models.BooleanField(default=False)),
                ("amount_minor", models.BigIntegerField()),
                ("client_minor", models.BigIntegerField(default=0)),
                ("reserve_minor", models.BigIntegerField(default=0)),
                ("currency", models.CharField(max_length=3)),
                ("because", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=64)),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_by", models.CharField(blank=True, max_length=64)),
                (
                    "dispute",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="usance.dispute",
                    ),
                ),
                (
                    "explanation",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="difference",
                        to="usance.explanation",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="differences",
                        to="usance.invoice",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="differences",
                        to="usance.bankline",
                    ),
                ),
                (
                    "tolerance",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="usance.tolerance",
                    ),
                ),
            ],
            options={
                "db_table": "difference",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at", None)),
                        fields=("line", "invoice"),
                        name="difference_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "follows__in",
                                [
                                    usance.domain.payment.differences.Follows["COLLECT"],
                                    usance.domain.payment.differences.Follows["DISPUTE"],
                                    usance.domain.payment.differences.Follows["CREDIT_NOTE"],
                                    usance.domain.payment.differences.Follows["WRITE_OFF"],
                                    usance.domain.payment.differences.Follows["CHARGE_BACK"],
                                ],
                            ),
                            (
                                "reason__in",
                                [
                                    "charges",
                                    "discount",
                                    "rounding",
                                    "part",
                                    "discount_not_agreed",
                                    "freight",
                                    "price",
                                    "quantity",
                                    "quality",
                                    "tax",
                                    "contra",
                                    "unknown",
                                ],
                            ),
                        ),
                        name="difference_words",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_minor__gt", 0),
                            ("client_minor__gte", 0),
                            ("reserve_minor__gte", 0),
                            ("client_minor__lte", models.F("amount_minor")),
                            ("reserve_minor__lte", models.F("client_minor")),
                        ),
                        name="difference_amounts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("client_minor", 0),
                                ("follows", usance.domain.payment.differences.Follows["WRITE_OFF"]),
                            ),
                            models.Q(
                                ("client_minor", models.F("amount_minor")),
                                (
                                    "follows",
                                    usance.domain.payment.differences.Follows["CHARGE_BACK"],
                                ),
                            ),
                            models.Q(
                                models.Q(
                                    (
                                        "follows__in",
                                        [
                                            usance.domain.payment.differences.Follows["WRITE_OFF"],
                                            usance.domain.payment.differences.Follows[
                                                "CHARGE_BACK"
                                            ],
                                        ],
                                    ),
                                    _negated=True,
                                ),
                                ("client_minor", 0),
                            ),
                            _connector="OR",
                        ),
                        name="difference_borne",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("explanation__isnull", False), ("over", True)),
                            models.Q(("explanation", None), ("over", False)),
                            _connector="OR",
                        ),
                        name="difference_over",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="debit",
            name="short_minor",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
    ]
