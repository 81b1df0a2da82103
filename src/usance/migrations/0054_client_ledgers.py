"""What clients keep open in their own ledgers, what differs, and whose debtors may be told."""

import django.db.models.deletion
from django.db import migrations, models

import usance.domain.events
import usance.domain.finance.client_ledger
import usance.models.ids


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0053_held_statements"),
    ]

    operations = [
        migrations.CreateModel(
            name="Disclosure",
            fields=[
                (
                    "invoice",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="disclosure",
                        serialize=False,
                        to="usance.invoice",
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("asked_by", models.CharField(max_length=64)),
                ("answer", models.CharField(max_length=400)),
                ("told_at", models.DateTimeField(null=True)),
                ("told_by", models.CharField(blank=True, max_length=64)),
                ("because", models.CharField(blank=True, max_length=400)),
            ],
            options={
                "db_table": "disclosure",
            },
        ),
        migrations.CreateModel(
            name="OpenDifference",
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
                ("kind", models.CharField(max_length=20)),
                ("number", models.CharField(max_length=100)),
                ("ours_minor", models.BigIntegerField(null=True)),
                ("ours_currency", models.CharField(blank=True, max_length=3)),
                ("theirs_minor", models.BigIntegerField(null=True)),
                ("theirs_currency", models.CharField(blank=True, max_length=3)),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_by", models.CharField(blank=True, max_length=64)),
                ("remark", models.CharField(blank=True, max_length=400)),
            ],
            options={
                "db_table": "open_difference",
            },
        ),
        migrations.CreateModel(
            name="OpenList",
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
                ("as_of", models.DateField()),
                ("rows", models.IntegerField()),
                ("taken_at", models.DateTimeField()),
                ("actor", models.CharField(max_length=64)),
            ],
            options={
                "db_table": "open_list",
            },
        ),
        migrations.RemoveConstraint(
            model_name="diary",
            name="diary_kind",
        ),
        migrations.AddField(
            model_name="eligibilityset",
            name="ledger_days",
            field=models.IntegerField(null=True),
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
                            usance.domain.events.Kind["SCHEDULE_SIGNED"],
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
                            usance.domain.events.Kind["DISPATCH_WITHHELD"],
                            usance.domain.events.Kind["RESPONSE_RECEIVED"],
                            usance.domain.events.Kind["ADDRESS_SUPPRESSED"],
                            usance.domain.events.Kind["ADDRESS_LIFTED"],
                            usance.domain.events.Kind["ADDRESS_PROPOSED"],
                            usance.domain.events.Kind["ADDRESS_DECLINED"],
                            usance.domain.events.Kind["REMINDER_DUE"],
                            usance.domain.events.Kind["DISPUTE_REPORTED"],
                            usance.domain.events.Kind["DISPUTE_OPENED"],
                            usance.domain.events.Kind["DISPUTE_CLOSED"],
                            usance.domain.events.Kind["LEDGER_COMPARED"],
                            usance.domain.events.Kind["DIFFERENCE_CLOSED"],
                            usance.domain.events.Kind["CLIENT_ASKED"],
                            usance.domain.events.Kind["INVOICE_DISCLOSED"],
                            usance.domain.events.Kind["UNDERTAKING_GIVEN"],
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
            model_name="disclosure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("told_at", None),
                    models.Q(
                        ("told_at__gte", models.F("asked_at")),
                        models.Q(("because", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="disclosure_says_why",
            ),
        ),
        migrations.AddField(
            model_name="opendifference",
            name="invoice",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="usance.invoice",
            ),
        ),
        migrations.AddField(
            model_name="openlist",
            name="client",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="open_lists",
                to="usance.client",
            ),
        ),
        migrations.AddField(
            model_name="openlist",
            name="document",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, to="usance.document"
            ),
        ),
        migrations.AddField(
            model_name="opendifference",
            name="of",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="differences",
                to="usance.openlist",
            ),
        ),
        migrations.AddConstraint(
            model_name="openlist",
            constraint=models.UniqueConstraint(
                fields=("client", "as_of", "document"), name="open_list_once"
            ),
        ),
        migrations.AddIndex(
            model_name="opendifference",
            index=models.Index(
                condition=models.Q(("closed_at", None)), fields=["of"], name="open_difference_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="opendifference",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            usance.domain.finance.client_ledger.Differs["PAID"],
                            usance.domain.finance.client_ledger.Differs["MISSING"],
                            usance.domain.finance.client_ledger.Differs["AMOUNT"],
                            usance.domain.finance.client_ledger.Differs["CURRENCY"],
                            usance.domain.finance.client_ledger.Differs["DATES"],
                            usance.domain.finance.client_ledger.Differs["NOT_OURS"],
                            usance.domain.finance.client_ledger.Differs["CREDIT"],
                        ],
                    )
                ),
                name="open_difference_is",
            ),
        ),
        migrations.AddConstraint(
            model_name="opendifference",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closed_at", None), models.Q(("remark", ""), _negated=True), _connector="OR"
                ),
                name="open_difference_says_why",
            ),
        ),
    ]
