"""Our own invoices to clients for fees: what stands on them, and which charges."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import usance.domain.events
import usance.models.ids
from usance.engine import APP

# What was issued stays as it is; a credit note alone is noted on it.
ISSUED = f"""
REVOKE UPDATE, DELETE, TRUNCATE ON fee_invoice FROM {APP};
GRANT UPDATE (is_credited) ON fee_invoice TO {APP};
"""


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0025_exits"),
    ]

    operations = [
        migrations.CreateModel(
            name="FeeCharge",
            fields=[
                (
                    "move",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="usance.move",
                    ),
                ),
            ],
            options={
                "db_table": "fee_charge",
            },
        ),
        migrations.CreateModel(
            name="FeeInvoice",
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
                ("kind", models.CharField(max_length=11)),
                ("number", models.CharField(max_length=30, unique=True)),
                ("currency", models.CharField(max_length=3)),
                ("first_on", models.DateField()),
                ("last_on", models.DateField()),
                ("issued_on", models.DateField()),
                ("lines", models.JSONField()),
                ("net_minor", models.BigIntegerField()),
                ("vat_minor", models.BigIntegerField()),
                ("taken_minor", models.BigIntegerField()),
                ("least_minor", models.BigIntegerField(default=0)),
                ("due_minor", models.BigIntegerField()),
                ("is_credited", models.BooleanField(default=False)),
                ("reason", models.CharField(blank=True, max_length=400)),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=64)),
            ],
            options={
                "db_table": "fee_invoice",
            },
        ),
        migrations.CreateModel(
            name="FeeInvoicing",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("since", models.DateField()),
                ("pattern", models.CharField(max_length=40)),
                ("credit_pattern", models.CharField(max_length=40)),
                ("done_through", models.DateField(null=True)),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name_plural": "fee invoicing",
                "db_table": "fee_invoicing",
            },
        ),
        migrations.CreateModel(
            name="FeeNotice",
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
                ("address", models.EmailField(max_length=254)),
                ("language", models.CharField(max_length=2)),
                ("subject", models.CharField(max_length=200)),
                ("text", models.TextField()),
                ("state", models.CharField(default="due", max_length=7)),
                ("detail", models.CharField(blank=True, max_length=400)),
                ("made_at", models.DateTimeField()),
                ("called_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "fee_notice",
            },
        ),
        migrations.AddField(
            model_name="feeinvoice",
            name="client",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="fee_invoices",
                to="usance.client",
            ),
        ),
        migrations.AddField(
            model_name="feeinvoice",
            name="credits",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="credited_by",
                to="usance.feeinvoice",
            ),
        ),
        migrations.AddField(
            model_name="feeinvoice",
            name="pdf",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="usance.document",
            ),
        ),
        migrations.AddField(
            model_name="feeinvoice",
            name="xml",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="usance.document",
            ),
        ),
        migrations.AddField(
            model_name="feecharge",
            name="fee_invoice",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="charges",
                to="usance.feeinvoice",
            ),
        ),
        migrations.AddConstraint(
            model_name="feeinvoicing",
            constraint=models.CheckConstraint(
                condition=models.Q(("id", 1)), name="fee_invoicing_one_row"
            ),
        ),
        migrations.AddField(
            model_name="feenotice",
            name="fee_invoice",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notice",
                to="usance.feeinvoice",
            ),
        ),
        migrations.AddIndex(
            model_name="feeinvoice",
            index=models.Index(fields=["client", "-id"], name="fee_invoice_by_client"),
        ),
        migrations.AddConstraint(
            model_name="feeinvoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["invoice", "credit_note"])),
                name="fee_invoice_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="feeinvoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "due_minor",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("net_minor"), "+", models.F("vat_minor")
                            ),
                            "-",
                            models.F("taken_minor"),
                        ),
                    )
                ),
                name="fee_invoice_adds_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="feeinvoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("first_on__lte", models.F("last_on")), ("last_on__lt", models.F("issued_on"))
                ),
                name="fee_invoice_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="feeinvoice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("credits", None), ("is_credited", False)),
                fields=("client", "currency", "last_on"),
                name="fee_invoice_once",
            ),
        ),
        migrations.AddIndex(
            model_name="feenotice",
            index=models.Index(
                condition=models.Q(("state__in", ["due", "calling"])),
                fields=["made_at"],
                name="fee_notice_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="feenotice",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["due", "calling", "sent", "refused", "unknown"])),
                name="fee_notice_state",
            ),
        ),
        migrations.RunSQL(ISSUED, migrations.RunSQL.noop),
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
                            usance.domain.events.Kind["PAYER_LEARNED"],
                            usance.domain.events.Kind["PAYER_FORGOTTEN"],
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
    ]
