"""Payment advices, and what payments pay first."""

import django.db.models.deletion
from django.db import migrations, models

import usance.domain.events
import usance.domain.payment.order
import usance.models.ids


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0024_kinds"),
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
            ],
            options={
                "db_table": "payment_advice",
            },
        ),
        migrations.AddField(
            model_name="paymentadvice",
            name="document",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, to="usance.document"
            ),
        ),
        migrations.AddField(
            model_name="paymentadvice",
            name="line",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="advices",
                to="usance.bankline",
            ),
        ),
        migrations.AddIndex(
            model_name="paymentadvice",
            index=models.Index(
                condition=models.Q(("line", None), ("withdrawn_at", None)),
                fields=["total_minor", "currency"],
                name="payment_advice_waits",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentadvice",
            constraint=models.CheckConstraint(
                condition=models.Q(("total_minor__gt", 0)), name="payment_advice_total"
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentadvice",
            constraint=models.CheckConstraint(
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
        migrations.RemoveConstraint(
            model_name="diary",
            name="diary_kind",
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
                            usance.domain.events.Kind["INVOICE_WRITTEN_OFF"],
                            usance.domain.events.Kind["WRITE_OFF_PROPOSED"],
                            usance.domain.events.Kind["WRITE_OFF_DECLINED"],
                            usance.domain.events.Kind["CLAIM_WRITTEN_OFF"],
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
                            usance.domain.events.Kind["DEBIT_REJECTED"],
                            usance.domain.events.Kind["DEBIT_RETURNED"],
                            usance.domain.events.Kind["DEBIT_CANCELLED"],
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
    ]
