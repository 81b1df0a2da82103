"""Payment providers: what debtors pay there, what they tell of it, what they pay on."""

import django.db.models.deletion
from django.db import migrations, models

import usance.domain.events
import usance.domain.payment.checkouts
import usance.domain.payment.was
import usance.models.ids
from usance.engine import APP

GUARDED = f"""
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON provider_movement
  FOR EACH STATEMENT EXECUTE FUNCTION append_only();
REVOKE UPDATE, DELETE, TRUNCATE ON provider_movement FROM {APP};
"""


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0026_fees"),
    ]

    operations = [
        migrations.CreateModel(
            name="Checkout",
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
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("back", models.CharField(max_length=300)),
                ("language", models.CharField(max_length=2)),
                (
                    "state",
                    models.CharField(
                        default=usance.domain.payment.checkouts.State["BEGUN"], max_length=8
                    ),
                ),
                ("reference", models.CharField(blank=True, max_length=100)),
                ("url", models.CharField(blank=True, max_length=1000)),
                ("payment", models.CharField(blank=True, max_length=100)),
                ("begun_at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("final_on", models.DateField(null=True)),
                ("detail", models.CharField(blank=True, max_length=200)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="checkouts",
                        to="usance.bankaccount",
                    ),
                ),
                (
                    "dispatch",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="usance.dispatch",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="checkouts",
                        to="usance.invoice",
                    ),
                ),
                (
                    "line",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="checkout",
                        to="usance.bankline",
                    ),
                ),
                (
                    "return_line",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returned_checkout",
                        to="usance.bankline",
                    ),
                ),
            ],
            options={
                "db_table": "checkout",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    usance.domain.payment.checkouts.State["BEGUN"],
                                    usance.domain.payment.checkouts.State["OPEN"],
                                ],
                            )
                        ),
                        fields=("invoice",),
                        name="checkout_open_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("payment", ""), _negated=True),
                        fields=("account", "payment"),
                        name="checkout_payment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    usance.domain.payment.checkouts.State["BEGUN"],
                                    usance.domain.payment.checkouts.State["OPEN"],
                                    usance.domain.payment.checkouts.State["PAID"],
                                    usance.domain.payment.checkouts.State["ENDED"],
                                    usance.domain.payment.checkouts.State["RETURNED"],
                                ],
                            )
                        ),
                        name="checkout_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="checkout_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("final_on__isnull", False),
                                ("line__isnull", False),
                                ("state__in", ["paid", "returned"]),
                                models.Q(("payment", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("state__in", ["paid", "returned"]), _negated=True),
                                ("line", None),
                            ),
                            _connector="OR",
                        ),
                        name="checkout_paid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("return_line", None), ("state", "returned"), _connector="OR"
                        ),
                        name="checkout_returned",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    usance.domain.payment.checkouts.State["BEGUN"],
                                    usance.domain.payment.checkouts.State["OPEN"],
                                ],
                            )
                        ),
                        fields=["until"],
                        name="checkout_waiting",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProviderEvent",
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
                ("event", models.CharField(max_length=120)),
                ("happened", models.CharField(max_length=10)),
                ("key", models.CharField(blank=True, max_length=40)),
                ("payment", models.CharField(blank=True, max_length=100)),
                ("amount_minor", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField()),
                ("detail", models.CharField(blank=True, max_length=40)),
                ("told_at", models.DateTimeField()),
                ("taken_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="provider_events",
                        to="usance.bankaccount",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="usance.document"
                    ),
                ),
            ],
            options={
                "db_table": "provider_event",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "event"), name="provider_event_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "happened__in",
                                [
                                    usance.domain.payment.checkouts.Happened["PAID"],
                                    usance.domain.payment.checkouts.Happened["ENDED"],
                                    usance.domain.payment.checkouts.Happened["TAKEN_BACK"],
                                    usance.domain.payment.checkouts.Happened["GIVEN_BACK"],
                                ],
                            )
                        ),
                        name="provider_event_happened",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("taken_at", None)),
                        fields=["account"],
                        name="provider_event_waiting",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProviderPayout",
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
                ("reference", models.CharField(max_length=100)),
                ("amount_minor", models.BigIntegerField()),
                ("fee_minor", models.BigIntegerField(default=0)),
                ("currency", models.CharField(max_length=3)),
                ("arrives_on", models.DateField()),
                ("marks", models.JSONField(default=list)),
                ("state", models.CharField(max_length=7)),
                ("detail", models.CharField(blank=True, max_length=200)),
                ("told_at", models.DateTimeField()),
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
                        related_name="provider_payout",
                        to="usance.bankline",
                    ),
                ),
            ],
            options={
                "db_table": "provider_payout",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "reference"), name="provider_payout_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["told", "arrived", "failed", "odd"])),
                        name="provider_payout_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("line__isnull", False), ("state", "arrived")),
                            models.Q(models.Q(("state", "arrived"), _negated=True), ("line", None)),
                            _connector="OR",
                        ),
                        name="provider_payout_arrived",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0), ("fee_minor__gte", 0)),
                        name="provider_payout_amounts",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["told", "odd"])),
                        fields=["arrives_on"],
                        name="provider_payout_open",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProviderMovement",
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
                ("reference", models.CharField(max_length=100)),
                ("sort", models.CharField(max_length=13)),
                ("amount_minor", models.BigIntegerField()),
                ("fee_minor", models.BigIntegerField()),
                (
                    "line",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="provider_movement",
                        to="usance.bankline",
                    ),
                ),
                (
                    "payout",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="movements",
                        to="usance.providerpayout",
                    ),
                ),
            ],
            options={
                "db_table": "provider_movement",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("payout", "reference"), name="provider_movement_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "sort__in",
                                [
                                    usance.domain.payment.checkouts.Sort["FEE"],
                                    usance.domain.payment.checkouts.Sort["GIVEN_BACK"],
                                    usance.domain.payment.checkouts.Sort["PAYMENT"],
                                    usance.domain.payment.checkouts.Sort["PAYOUT_FAILED"],
                                    usance.domain.payment.checkouts.Sort["TAKEN_BACK"],
                                ],
                            )
                        ),
                        name="provider_movement_sort",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("sort__in", ["fee", "payout_failed"]),
                            ("line__isnull", False),
                            _connector="OR",
                        ),
                        name="provider_movement_line",
                    ),
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="bankaccount",
            name="bank_account_currency",
        ),
        migrations.AddField(
            model_name="bankaccount",
            name="final_days",
            field=models.SmallIntegerField(db_default=120, default=120),
        ),
        migrations.AddField(
            model_name="bankaccount",
            name="provider",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.UniqueConstraint(
                condition=models.Q(("provider", "")),
                fields=("currency",),
                name="bank_account_currency",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("final_days__gte", 0), ("final_days__lte", 600)),
                name="bank_account_final_days",
            ),
        ),
        migrations.RunSQL(GUARDED, migrations.RunSQL.noop),
    ]
