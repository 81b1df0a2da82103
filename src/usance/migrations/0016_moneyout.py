"""Accounts that wait, cut-offs of our banks, refunds, payouts that come back."""

import datetime

import django.db.models.deletion
from django.db import migrations, models

import usance.domain.events
import usance.models.ids


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0015_cash"),
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
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="warnings",
                        to="usance.clientaccount",
                    ),
                ),
            ],
            options={
                "db_table": "account_warning",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "address"), name="account_warning_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["due", "calling", "sent", "refused", "unknown"])
                        ),
                        name="account_warning_state",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["due", "calling"])),
                        fields=["made_at"],
                        name="account_warning_due",
                    ),
                ],
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
    ]
