"""Direct debits: what debtors signed, what is taken from their accounts, what came of it."""

import django.db.models.deletion
from django.db import migrations, models

import usance.domain.collection.debits
import usance.domain.collection.signed
import usance.domain.events
import usance.models.ids


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0020_parties"),
    ]

    operations = [
        migrations.CreateModel(
            name="DebitFile",
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
                ("name", models.CharField(max_length=31, unique=True)),
                ("scheme", models.CharField(max_length=4)),
                ("creditor_id", models.CharField(max_length=35)),
                ("made_at", models.DateTimeField()),
                ("handed_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="usance.bankaccount"
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="usance.document"
                    ),
                ),
            ],
            options={
                "db_table": "debit_file",
            },
        ),
        migrations.CreateModel(
            name="DebitMandate",
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
                ("reference", models.CharField(max_length=35)),
                ("scheme", models.CharField(max_length=4)),
                ("iban", models.CharField(max_length=34)),
                ("bic", models.CharField(blank=True, max_length=11)),
                ("signed_on", models.DateField()),
                ("notice_days", models.SmallIntegerField()),
                ("evidence", models.CharField(max_length=200)),
                ("ends", models.BooleanField(default=False)),
                ("entered_at", models.DateTimeField()),
                ("entered_by", models.CharField(max_length=64)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("confirmed_by", models.CharField(blank=True, max_length=64)),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_by", models.CharField(blank=True, max_length=64)),
                ("closed_because", models.CharField(blank=True, max_length=200)),
                (
                    "amends",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="amended_by",
                        to="usance.debitmandate",
                    ),
                ),
                (
                    "debtor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="debit_mandates",
                        to="usance.debtor",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="usance.invoice",
                    ),
                ),
            ],
            options={
                "db_table": "debit_mandate",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None), ("confirmed_at__isnull", False)),
                        fields=("reference",),
                        name="debit_mandate_reference",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("closed_at", None), ("confirmed_at__isnull", False), ("invoice", None)
                        ),
                        fields=("debtor",),
                        name="debit_mandate_live",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("amends",),
                        name="debit_mandate_amended_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "scheme__in",
                                [
                                    usance.domain.collection.signed.Scheme["CORE"],
                                    usance.domain.collection.signed.Scheme["B2B"],
                                ],
                            )
                        ),
                        name="debit_mandate_scheme",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("notice_days__gte", 1), ("notice_days__lte", 60)),
                        name="debit_mandate_notice",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_at", None),
                            models.Q(
                                models.Q(("confirmed_by", ""), _negated=True),
                                models.Q(("confirmed_by", models.F("entered_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="debit_mandate_four_eyes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Debit",
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
                ("collect_on", models.DateField()),
                ("notice_days", models.SmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        default=usance.domain.collection.debits.State["PLANNED"], max_length=9
                    ),
                ),
                ("content", models.CharField(max_length=64)),
                ("planned_at", models.DateTimeField()),
                ("planned_by", models.CharField(max_length=64)),
                ("announced_at", models.DateTimeField(null=True)),
                ("announced_how", models.CharField(blank=True, max_length=200)),
                ("sequence", models.CharField(blank=True, max_length=4)),
                ("released_at", models.DateTimeField(null=True)),
                ("released_by", models.CharField(blank=True, max_length=64)),
                ("final_on", models.DateField(null=True)),
                ("closed_on", models.DateField(null=True)),
                ("reason", models.CharField(blank=True, max_length=200)),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="debits",
                        to="usance.invoice",
                    ),
                ),
                (
                    "line",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="collected_debit",
                        to="usance.bankline",
                    ),
                ),
                (
                    "return_line",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returned_debit",
                        to="usance.bankline",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="debits",
                        to="usance.debitfile",
                    ),
                ),
                (
                    "mandate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="debits",
                        to="usance.debitmandate",
                    ),
                ),
            ],
            options={
                "db_table": "debit",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    usance.domain.collection.debits.State["ANNOUNCED"],
                                    usance.domain.collection.debits.State["PLANNED"],
                                    usance.domain.collection.debits.State["RELEASED"],
                                    usance.domain.collection.debits.State["SENT"],
                                ],
                            )
                        ),
                        fields=("invoice",),
                        name="debit_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    usance.domain.collection.debits.State["PLANNED"],
                                    usance.domain.collection.debits.State["ANNOUNCED"],
                                    usance.domain.collection.debits.State["RELEASED"],
                                    usance.domain.collection.debits.State["SENT"],
                                    usance.domain.collection.debits.State["COLLECTED"],
                                    usance.domain.collection.debits.State["REJECTED"],
                                    usance.domain.collection.debits.State["RETURNED"],
                                    usance.domain.collection.debits.State["CANCELLED"],
                                ],
                            )
                        ),
                        name="debit_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="debit_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "sequence__in",
                                [
                                    "",
                                    usance.domain.collection.signed.Sequence["FRST"],
                                    usance.domain.collection.signed.Sequence["RCUR"],
                                    usance.domain.collection.signed.Sequence["FNAL"],
                                    usance.domain.collection.signed.Sequence["OOFF"],
                                ],
                            )
                        ),
                        name="debit_sequence",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["planned", "announced", "cancelled"]),
                            models.Q(
                                ("file__isnull", False),
                                ("released_at__isnull", False),
                                models.Q(("released_by", ""), _negated=True),
                                models.Q(("released_by", models.F("planned_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="debit_four_eyes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["collected", "returned"]), _negated=True),
                            ("line__isnull", False),
                            _connector="OR",
                        ),
                        name="debit_collected",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("return_line", None), ("state", "returned"), _connector="OR"
                        ),
                        name="debit_returned",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["planned", "cancelled"]),
                            ("announced_at__isnull", False),
                            _connector="OR",
                        ),
                        name="debit_announced",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["state", "collect_on"], name="debit_by_state"),
                ],
            },
        ),
        migrations.CreateModel(
            name="DebitNotice",
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
                    "debit",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notice",
                        to="usance.debit",
                    ),
                ),
            ],
            options={
                "db_table": "debit_notice",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["due", "calling", "sent", "refused", "unknown"])
                        ),
                        name="debit_notice_state",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["due", "calling"])),
                        fields=["made_at"],
                        name="debit_notice_due",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="bankaccount",
            name="creditor_id",
            field=models.CharField(blank=True, db_default="", default="", max_length=35),
        ),
        migrations.AddField(
            model_name="bankaccount",
            name="debit_finality",
            field=models.CharField(db_default="refund", default="refund", max_length=12),
        ),
        migrations.AddField(
            model_name="bankaccount",
            name="debit_version",
            field=models.CharField(db_default="08", default="08", max_length=2),
        ),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("debit_version__in", ["02", "08"])),
                name="bank_account_debit_version",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("debit_finality__in", ["refund", "unauthorised"])),
                name="bank_account_debit_finality",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("creditor_id", ""), ("currency", "EUR"), _connector="OR"),
                name="bank_account_creditor",
            ),
        ),
    ]
