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
        ("usance", "0038_currency"),
    ]

    operations = [
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
            ],
            options={
                "db_table": "difference",
            },
        ),
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
            ],
            options={
                "db_table": "provider_refund",
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
            ],
            options={
                "db_table": "tolerance",
            },
        ),
        migrations.RemoveConstraint(
            model_name="explanation",
            name="explanation_was",
        ),
        migrations.AddField(
            model_name="debit",
            name="short_minor",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddConstraint(
            model_name="explanation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "was__in",
                        [
                            usance.domain.payment.was.Was["OVERPAID"],
                            usance.domain.payment.was.Was["DUPLICATE"],
                            usance.domain.payment.was.Was["MISDIRECTED"],
                            usance.domain.payment.was.Was["CLAIM_PAID"],
                            usance.domain.payment.was.Was["RETURNED"],
                            usance.domain.payment.was.Was["CHARGE"],
                            usance.domain.payment.was.Was["REFUND"],
                            usance.domain.payment.was.Was["RECOVERED"],
                            usance.domain.payment.was.Was["DIFFERENCE"],
                            usance.domain.payment.was.Was["PROVIDER"],
                        ],
                    )
                ),
                name="explanation_was",
            ),
        ),
        migrations.AddField(
            model_name="difference",
            name="dispute",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="usance.dispute",
            ),
        ),
        migrations.AddField(
            model_name="difference",
            name="explanation",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="difference",
                to="usance.explanation",
            ),
        ),
        migrations.AddField(
            model_name="difference",
            name="invoice",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="differences",
                to="usance.invoice",
            ),
        ),
        migrations.AddField(
            model_name="difference",
            name="line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="differences",
                to="usance.bankline",
            ),
        ),
        migrations.AddField(
            model_name="providerrefund",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="usance.bankaccount",
            ),
        ),
        migrations.AddField(
            model_name="providerrefund",
            name="line",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="provider_refund",
                to="usance.bankline",
            ),
        ),
        migrations.AddField(
            model_name="providerrefund",
            name="receipt",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="provider_refunds",
                to="usance.bankline",
            ),
        ),
        migrations.AddField(
            model_name="tolerance",
            name="client",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="usance.client",
            ),
        ),
        migrations.AddField(
            model_name="tolerance",
            name="debtor",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="usance.debtor",
            ),
        ),
        migrations.AddField(
            model_name="difference",
            name="tolerance",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="usance.tolerance",
            ),
        ),
        migrations.AddIndex(
            model_name="providerrefund",
            index=models.Index(
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
        ),
        migrations.AddConstraint(
            model_name="providerrefund",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", usance.domain.payment.paid_back.State["PROPOSED"])),
                fields=("receipt",),
                name="provider_refund_proposed_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="providerrefund",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="providerrefund",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)), name="provider_refund_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="providerrefund",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="providerrefund",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="tolerance",
            constraint=models.UniqueConstraint(
                condition=models.Q(("valid_to", None)),
                fields=("client", "debtor", "currency"),
                name="tolerance_open_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="tolerance",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="tolerance",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="tolerance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to", None), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="tolerance_span",
            ),
        ),
        migrations.AddConstraint(
            model_name="difference",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at", None)),
                fields=("line", "invoice"),
                name="difference_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="difference",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="difference",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_minor__gt", 0),
                    ("client_minor__gte", 0),
                    ("reserve_minor__gte", 0),
                    ("client_minor__lte", models.F("amount_minor")),
                    ("reserve_minor__lte", models.F("client_minor")),
                ),
                name="difference_amounts",
            ),
        ),
        migrations.AddConstraint(
            model_name="difference",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("client_minor", 0),
                        ("follows", usance.domain.payment.differences.Follows["WRITE_OFF"]),
                    ),
                    models.Q(
                        ("client_minor", models.F("amount_minor")),
                        ("follows", usance.domain.payment.differences.Follows["CHARGE_BACK"]),
                    ),
                    models.Q(
                        models.Q(
                            (
                                "follows__in",
                                [
                                    usance.domain.payment.differences.Follows["WRITE_OFF"],
                                    usance.domain.payment.differences.Follows["CHARGE_BACK"],
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
        ),
        migrations.AddConstraint(
            model_name="difference",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("explanation__isnull", False), ("over", True)),
                    models.Q(("explanation", None), ("over", False)),
                    _connector="OR",
                ),
                name="difference_over",
            ),
        ),
        migrations.RemoveConstraint(
            model_name="diary",
            name="diary_kind",
        ),
        migrations.RemoveConstraint(
            model_name="move",
            name="move_in_chart",
        ),
        migrations.AddConstraint(
            model_name="diary",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            usance.domain.events.Kind["BATCH_RECEIVED"],
                            usance.domain.events.Kind["PAGES_RECEIVED"],
                            usance.domain.events.Kind["PAGES_UNREADABLE"],
                            usance.domain.events.Kind["READING_WAITING"],
                            usance.domain.events.Kind["READING_PASSED"],
                            usance.domain.events.Kind["READING_POSTPONED"],
                            usance.domain.events.Kind["READING_CONFIRMED"],
                            usance.domain.events.Kind["READING_REJECTED"],
                            usance.domain.events.Kind["LAYOUT_LEARNED"],
                            usance.domain.events.Kind["LAYOUT_WITHDRAWN"],
                            usance.domain.events.Kind["DRAFT_WRITTEN"],
                            usance.domain.events.Kind["DRAFT_WAITING"],
                            usance.domain.events.Kind["DRAFT_ISSUED"],
                            usance.domain.events.Kind["DRAFT_DISCARDED"],
                            usance.domain.events.Kind["INVOICE_RECEIVED"],
                            usance.domain.events.Kind["INVOICE_VERIFIED"],
                            usance.domain.events.Kind["INVOICE_WAITING"],
                            usance.domain.events.Kind["INVOICE_HELD"],
                            usance.domain.events.Kind["INVOICE_PARKED"],
                            usance.domain.events.Kind["INVOICE_RELEASED"],
                            usance.domain.events.Kind["INVOICE_REJECTED"],
                            usance.domain.events.Kind["INVOICE_APPROVED"],
                            usance.domain.events.Kind["INVOICE_FUNDED"],
                            usance.domain.events.Kind["INVOICE_PAID"],
                            usance.domain.events.Kind["INVOICE_SETTLED"],
                            usance.domain.events.Kind["INVOICE_REOPENED"],
                            usance.domain.events.Kind["INVOICE_REPURCHASED"],
                            usance.domain.events.Kind["INVOICE_REFACTORED"],
                            usance.domain.events.Kind["INVOICE_WRITTEN_OFF"],
                            usance.domain.events.Kind["WRITE_OFF_PROPOSED"],
                            usance.domain.events.Kind["WRITE_OFF_DECLINED"],
                            usance.domain.events.Kind["CLAIM_WRITTEN_OFF"],
                            usance.domain.events.Kind["BUY_BACK_QUOTED"],
                            usance.domain.events.Kind["BUY_BACK_DONE"],
                            usance.domain.events.Kind["BUY_BACK_DECLINED"],
                            usance.domain.events.Kind["CREDIT_NOTE_VERIFIED"],
                            usance.domain.events.Kind["CREDIT_NOTE_APPLIED"],
                            usance.domain.events.Kind["DISPATCH_PLANNED"],
                            usance.domain.events.Kind["DISPATCH_ACCEPTED"],
                            usance.domain.events.Kind["DISPATCH_DELIVERED"],
                            usance.domain.events.Kind["DISPATCH_FAILED"],
                            usance.domain.events.Kind["DISPATCH_UNKNOWN"],
                            usance.domain.events.Kind["CARRIER_PAUSED"],
                            usance.domain.events.Kind["CARRIER_RESUMED"],
                            usance.domain.events.Kind["DISPATCH_LATE"],
                            usance.domain.events.Kind["DISPATCH_CANCELLED"],
                            usance.domain.events.Kind["DISPATCH_DOUBLED"],
                            usance.domain.events.Kind["RESPONSE_RECEIVED"],
                            usance.domain.events.Kind["ADDRESS_SUPPRESSED"],
                            usance.domain.events.Kind["ADDRESS_LIFTED"],
                            usance.domain.events.Kind["ADDRESS_PROPOSED"],
                            usance.domain.events.Kind["ADDRESS_DECLINED"],
                            usance.domain.events.Kind["REMINDER_DUE"],
                            usance.domain.events.Kind["DISPUTE_REPORTED"],
                            usance.domain.events.Kind["DISPUTE_OPENED"],
                            usance.domain.events.Kind["DISPUTE_CLOSED"],
                            usance.domain.events.Kind["PROMISE_MADE"],
                            usance.domain.events.Kind["PLAN_ASKED"],
                            usance.domain.events.Kind["PLAN_AGREED"],
                            usance.domain.events.Kind["PLAN_DECLINED"],
                            usance.domain.events.Kind["PLAN_BROKEN"],
                            usance.domain.events.Kind["PLAN_KEPT"],
                            usance.domain.events.Kind["OFFER_ASKED"],
                            usance.domain.events.Kind["OFFER_PREPARED"],
                            usance.domain.events.Kind["OFFER_MADE"],
                            usance.domain.events.Kind["OFFER_ACCEPTED"],
                            usance.domain.events.Kind["OFFER_DECLINED"],
                            usance.domain.events.Kind["OFFER_REFUSED"],
                            usance.domain.events.Kind["OFFER_EXPIRED"],
                            usance.domain.events.Kind["STATEMENT_IMPORTED"],
                            usance.domain.events.Kind["PAYMENT_ALLOCATED"],
                            usance.domain.events.Kind["PAYMENT_UNAPPLIED"],
                            usance.domain.events.Kind["OVER_ADVANCE_PROPOSED"],
                            usance.domain.events.Kind["OVER_ADVANCE_APPROVED"],
                            usance.domain.events.Kind["OVER_ADVANCE_DECLINED"],
                            usance.domain.events.Kind["PAYMENT_UNDONE"],
                            usance.domain.events.Kind["PAYMENT_EXPLAINED"],
                            usance.domain.events.Kind["PAYMENT_DIFFERENCE"],
                            usance.domain.events.Kind["TOLERANCE_SET"],
                            usance.domain.events.Kind["PAYER_LEARNED"],
                            usance.domain.events.Kind["PAYER_FORGOTTEN"],
                            usance.domain.events.Kind["ADVICE_RECEIVED"],
                            usance.domain.events.Kind["ADVICE_WITHDRAWN"],
                            usance.domain.events.Kind["PAYOUT_PROPOSED"],
                            usance.domain.events.Kind["PAYOUT_RELEASED"],
                            usance.domain.events.Kind["PAYOUT_SENT"],
                            usance.domain.events.Kind["PAYOUT_PAID"],
                            usance.domain.events.Kind["PAYOUT_REJECTED"],
                            usance.domain.events.Kind["PAYOUT_RETURNED"],
                            usance.domain.events.Kind["DEBIT_PLANNED"],
                            usance.domain.events.Kind["DEBIT_ANNOUNCED"],
                            usance.domain.events.Kind["DEBIT_RELEASED"],
                            usance.domain.events.Kind["DEBIT_SENT"],
                            usance.domain.events.Kind["DEBIT_COLLECTED"],
                            usance.domain.events.Kind["DEBIT_NOT_COLLECTED"],
                            usance.domain.events.Kind["DEBIT_REJECTED"],
                            usance.domain.events.Kind["DEBIT_RETURNED"],
                            usance.domain.events.Kind["DEBIT_CANCELLED"],
                            usance.domain.events.Kind["CHECKOUT_BEGUN"],
                            usance.domain.events.Kind["CHECKOUT_PAID"],
                            usance.domain.events.Kind["CHECKOUT_ENDED"],
                            usance.domain.events.Kind["CHECKOUT_RETURNED"],
                            usance.domain.events.Kind["PROVIDER_PAYOUT_TOLD"],
                            usance.domain.events.Kind["PROVIDER_PAYOUT_ARRIVED"],
                            usance.domain.events.Kind["PROVIDER_REFUND_PROPOSED"],
                            usance.domain.events.Kind["PROVIDER_REFUND_RELEASED"],
                            usance.domain.events.Kind["PROVIDER_REFUND_DONE"],
                            usance.domain.events.Kind["PROVIDER_REFUND_ENDED"],
                            usance.domain.events.Kind["QUESTION_OPENED"],
                            usance.domain.events.Kind["QUESTION_ASKED"],
                            usance.domain.events.Kind["QUESTION_MAILED"],
                            usance.domain.events.Kind["QUESTION_UNREACHED"],
                            usance.domain.events.Kind["QUESTION_ANSWERED"],
                            usance.domain.events.Kind["QUESTION_SILENT"],
                            usance.domain.events.Kind["SUPPORTING_FILED"],
                            usance.domain.events.Kind["SUPPORTING_REMOVED"],
                            usance.domain.events.Kind["VOUCHERS_MADE"],
                            usance.domain.events.Kind["VOUCHERS_ANSWERED"],
                            usance.domain.events.Kind["FEE_INVOICED"],
                            usance.domain.events.Kind["FEE_CREDITED"],
                            usance.domain.events.Kind["PERIOD_CLOSED"],
                            usance.domain.events.Kind["PERIOD_REOPENING_ASKED"],
                            usance.domain.events.Kind["PERIOD_REOPENED"],
                            usance.domain.events.Kind["NOTE_WRITTEN"],
                            usance.domain.events.Kind["MASTER_DATA_CHANGED"],
                        ],
                    )
                ),
                name="diary_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="move",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "credit__in",
                        [
                            "1000",
                            "1050",
                            "1200",
                            "1210",
                            "1250",
                            "1300",
                            "1400",
                            "1950",
                            "1960",
                            "1900",
                            "2100",
                            "2110",
                            "2200",
                            "2250",
                            "2300",
                            "2600",
                            "2400",
                            "3000",
                            "4000",
                            "4100",
                            "4200",
                            "4300",
                            "4310",
                            "6000",
                            "6100",
                            "6150",
                            "6200",
                            "6210",
                        ],
                    ),
                    (
                        "debit__in",
                        [
                            "1000",
                            "1050",
                            "1200",
                            "1210",
                            "1250",
                            "1300",
                            "1400",
                            "1950",
                            "1960",
                            "1900",
                            "2100",
                            "2110",
                            "2200",
                            "2250",
                            "2300",
                            "2600",
                            "2400",
                            "3000",
                            "4000",
                            "4100",
                            "4200",
                            "4300",
                            "4310",
                            "6000",
                            "6100",
                            "6150",
                            "6200",
                            "6210",
                        ],
                    ),
                ),
                name="move_in_chart",
            ),
        ),
    ]
