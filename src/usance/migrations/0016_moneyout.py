"""Accounts that wait, cut-offs of our banks, refunds, payouts that come back."""

import datetime

import django.db.models.deletion
from django.db import migrations, models

import usance.domain.events
import usance.models.ids


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0010_issuing"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountWarning",
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
                "db_table": "account_warning",
            },
        ),
        migrations.RemoveConstraint(
            model_name="payout",
            name="payout_state",
        ),
        migrations.AddField(
            model_name="bankaccount",
            name="cut_off",
            field=models.TimeField(db_default=datetime.time(14, 0), default=datetime.time(14, 0)),
        ),
        migrations.AddField(
            model_name="bankaccount",
            name="eve_cut_off",
            field=models.TimeField(db_default=datetime.time(10, 0), default=datetime.time(10, 0)),
        ),
        migrations.AddField(
            model_name="bankaccount",
            name="order_version",
            field=models.CharField(db_default="09", default="09", max_length=2),
        ),
        migrations.AddField(
            model_name="clientaccount",
            name="call_remark",
            field=models.CharField(blank=True, db_default="", default="", max_length=400),
        ),
        migrations.AddField(
            model_name="clientaccount",
            name="called_number",
            field=models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
        migrations.AddField(
            model_name="clientaccount",
            name="called_person",
            field=models.CharField(blank=True, db_default="", default="", max_length=120),
        ),
        migrations.AddField(
            model_name="clientaccount",
            name="closed_because",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="clientaccount",
            name="closed_by",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddField(
            model_name="clientaccount",
            name="entered_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="clientaccount",
            name="reference",
            field=models.CharField(blank=True, db_default="", default="", max_length=35),
        ),
        migrations.AddField(
            model_name="clientaccount",
            name="replaces",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaced_by",
                to="usance.clientaccount",
            ),
        ),
        migrations.AddField(
            model_name="clientaccount",
            name="scheme",
            field=models.CharField(db_default="iban", default="iban", max_length=8),
        ),
        migrations.AddField(
            model_name="clientaccount",
            name="wait_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="factor",
            name="account_wait_days",
            field=models.SmallIntegerField(db_default=3, default=3),
        ),
        migrations.AddField(
            model_name="payout",
            name="receipt",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="refunds",
                to="usance.bankline",
            ),
        ),
        migrations.AddField(
            model_name="payout",
            name="reference",
            field=models.CharField(blank=True, db_default="", default="", max_length=35),
        ),
        migrations.AddField(
            model_name="payout",
            name="return_line",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="returned_payout",
                to="usance.bankline",
            ),
        ),
        migrations.AddField(
            model_name="payout",
            name="scheme",
            field=models.CharField(db_default="iban", default="iban", max_length=8),
        ),
        migrations.AlterField(
            model_name="payout",
            name="client",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payouts",
                to="usance.client",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("order_version__in", ["03", "09"])), name="bank_account_version"
            ),
        ),
        migrations.AddConstraint(
            model_name="clientaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("scheme", "iban"),
                    models.Q(("currency", "SEK"), ("scheme__in", ["bankgiro", "plusgiro"])),
                    _connector="OR",
                ),
                name="client_account_scheme",
            ),
        ),
        migrations.AddConstraint(
            model_name="clientaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("verified_at", None),
                    ("entered_at", None),
                    models.Q(
                        models.Q(("called_person", ""), _negated=True),
                        models.Q(("called_number", ""), _negated=True),
                        models.Q(("call_remark", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="client_account_called",
            ),
        ),
        migrations.AddConstraint(
            model_name="factor",
            constraint=models.CheckConstraint(
                condition=models.Q(("account_wait_days__gte", 1), ("account_wait_days__lte", 30)),
                name="factor_account_wait",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "proposed")),
                fields=("receipt",),
                name="payout_refund_proposed_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("client__isnull", False), ("receipt", None)),
                    models.Q(
                        ("amount_minor__gt", 0),
                        ("client", None),
                        ("receipt__isnull", False),
                        ("set_off_minor", 0),
                    ),
                    _connector="OR",
                ),
                name="payout_of_one_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["proposed", "released", "sent", "paid", "rejected", "returned"])
                ),
                name="payout_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(("return_line", None), ("state", "returned"), _connector="OR"),
                name="payout_returned",
            ),
        ),
        migrations.AddField(
            model_name="accountwarning",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="warnings",
                to="usance.clientaccount",
            ),
        ),
        migrations.AddIndex(
            model_name="accountwarning",
            index=models.Index(
                condition=models.Q(("state__in", ["due", "calling"])),
                fields=["made_at"],
                name="account_warning_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="accountwarning",
            constraint=models.UniqueConstraint(
                fields=("account", "address"), name="account_warning_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="accountwarning",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["due", "calling", "sent", "refused", "unknown"])),
                name="account_warning_state",
            ),
        ),
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
                            usance.domain.events.Kind["INVOICE_HELD"],
                            usance.domain.events.Kind["INVOICE_PARKED"],
                            usance.domain.events.Kind["INVOICE_RELEASED"],
                            usance.domain.events.Kind["INVOICE_REJECTED"],
                            usance.domain.events.Kind["INVOICE_APPROVED"],
                            usance.domain.events.Kind["INVOICE_FUNDED"],
                            usance.domain.events.Kind["INVOICE_PAID"],
                            usance.domain.events.Kind["INVOICE_SETTLED"],
                            usance.domain.events.Kind["INVOICE_REPURCHASED"],
                            usance.domain.events.Kind["INVOICE_WRITTEN_OFF"],
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
                            usance.domain.events.Kind["STATEMENT_IMPORTED"],
                            usance.domain.events.Kind["PAYMENT_ALLOCATED"],
                            usance.domain.events.Kind["PAYMENT_UNAPPLIED"],
                            usance.domain.events.Kind["PAYOUT_PROPOSED"],
                            usance.domain.events.Kind["PAYOUT_RELEASED"],
                            usance.domain.events.Kind["PAYOUT_SENT"],
                            usance.domain.events.Kind["PAYOUT_PAID"],
                            usance.domain.events.Kind["PAYOUT_REJECTED"],
                            usance.domain.events.Kind["PAYOUT_RETURNED"],
                            usance.domain.events.Kind["QUESTION_OPENED"],
                            usance.domain.events.Kind["QUESTION_ASKED"],
                            usance.domain.events.Kind["QUESTION_ANSWERED"],
                            usance.domain.events.Kind["QUESTION_SILENT"],
                            usance.domain.events.Kind["SUPPORTING_FILED"],
                            usance.domain.events.Kind["SUPPORTING_REMOVED"],
                            usance.domain.events.Kind["NOTE_WRITTEN"],
                            usance.domain.events.Kind["MASTER_DATA_CHANGED"],
                        ],
                    )
                ),
                name="diary_kind",
            ),
        ),
    ]
