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
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fee_invoices",
                        to="usance.client",
                    ),
                ),
                (
                    "credits",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credited_by",
                        to="usance.feeinvoice",
                    ),
                ),
                (
                    "pdf",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="usance.document",
                    ),
                ),
                (
                    "xml",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="usance.document",
                    ),
                ),
            ],
            options={
                "db_table": "fee_invoice",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["invoice", "credit_note"])),
                        name="fee_invoice_kind",
                    ),
                    models.CheckConstraint(
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
                    models.CheckConstraint(
                        condition=models.Q(
                            ("first_on__lte", models.F("last_on")),
                            ("last_on__lt", models.F("issued_on")),
                        ),
                        name="fee_invoice_days",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("credits", None), ("is_credited", False)),
                        fields=("client", "currency", "last_on"),
                        name="fee_invoice_once",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["client", "-id"], name="fee_invoice_by_client"),
                ],
            },
        ),
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
                (
                    "fee_invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charges",
                        to="usance.feeinvoice",
                    ),
                ),
            ],
            options={
                "db_table": "fee_charge",
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
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)), name="fee_invoicing_one_row"
                    ),
                ],
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
                (
                    "fee_invoice",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notice",
                        to="usance.feeinvoice",
                    ),
                ),
            ],
            options={
                "db_table": "fee_notice",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["due", "calling", "sent", "refused", "unknown"])
                        ),
                        name="fee_notice_state",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["due", "calling"])),
                        fields=["made_at"],
                        name="fee_notice_due",
                    ),
                ],
            },
        ),
        migrations.RunSQL(ISSUED, migrations.RunSQL.noop),
    ]
