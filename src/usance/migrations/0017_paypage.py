"""Other ways to pay into our accounts, debtors' words about paying, and their plans."""

import django.db.models.deletion
from django.db import migrations, models

import usance.domain.collection.plans
import usance.domain.collection.promises
import usance.domain.events
import usance.models.ids
from usance.engine import APP

# What was said stays as it was said: as 0002 has it for the other such tables.
GUARDED = "".join(
    f"""
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION append_only();
REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {APP};
"""
    for table in ("promise", "instalment")
)


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0016_moneyout"),
    ]

    operations = [
        migrations.CreateModel(
            name="Plan",
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
                (
                    "state",
                    models.CharField(
                        default=usance.domain.collection.plans.State["ASKED"], max_length=8
                    ),
                ),
                ("total_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("text", models.CharField(blank=True, max_length=400)),
                ("asked_at", models.DateTimeField()),
                ("asked_by", models.CharField(max_length=64)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(blank=True, max_length=64)),
                ("remark", models.CharField(blank=True, max_length=400)),
                ("ended_on", models.DateField(null=True)),
                (
                    "invoice",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plans",
                        to="usance.invoice",
                    ),
                ),
            ],
            options={
                "db_table": "plan",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    usance.domain.collection.plans.State["ASKED"],
                                    usance.domain.collection.plans.State["AGREED"],
                                ],
                            )
                        ),
                        fields=("invoice",),
                        name="plan_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    usance.domain.collection.plans.State["ASKED"],
                                    usance.domain.collection.plans.State["AGREED"],
                                    usance.domain.collection.plans.State["DECLINED"],
                                    usance.domain.collection.plans.State["BROKEN"],
                                    usance.domain.collection.plans.State["KEPT"],
                                ],
                            )
                        ),
                        name="plan_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("total_minor__gt", 0)), name="plan_total"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", usance.domain.collection.plans.State["ASKED"]),
                            ("decided_at__isnull", False),
                            _connector="OR",
                        ),
                        name="plan_decided",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                (
                                    "state__in",
                                    [
                                        usance.domain.collection.plans.State["KEPT"],
                                        usance.domain.collection.plans.State["BROKEN"],
                                    ],
                                ),
                                _negated=True,
                            ),
                            ("ended_on__isnull", False),
                            _connector="OR",
                        ),
                        name="plan_ended",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["state", "id"], name="plan_by_state"),
                    models.Index(fields=["invoice", "id"], name="plan_by_invoice"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Instalment",
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
                ("ordinal", models.SmallIntegerField()),
                ("due_on", models.DateField()),
                ("amount_minor", models.BigIntegerField()),
                (
                    "plan",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="instalments",
                        to="usance.plan",
                    ),
                ),
            ],
            options={
                "db_table": "instalment",
                "ordering": ["plan", "ordinal"],
                "constraints": [
                    models.UniqueConstraint(fields=("plan", "ordinal"), name="instalment_once"),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="instalment_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Promise",
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
                ("word", models.CharField(max_length=4)),
                ("on", models.DateField()),
                ("text", models.CharField(blank=True, max_length=400)),
                ("waits_until", models.DateField(null=True)),
                ("said_at", models.DateTimeField()),
                ("said_by", models.CharField(max_length=64)),
                (
                    "invoice",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="promises",
                        to="usance.invoice",
                    ),
                ),
            ],
            options={
                "db_table": "promise",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("invoice", "word", "on", "text"), name="promise_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "word__in",
                                [
                                    usance.domain.collection.promises.Word["PAID"],
                                    usance.domain.collection.promises.Word["PAYS"],
                                ],
                            )
                        ),
                        name="promise_word",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["invoice", "waits_until"], name="promise_waits"),
                ],
            },
        ),
        migrations.AddField(
            model_name="bankaccount",
            name="bankgiro",
            field=models.CharField(blank=True, default="", max_length=9),
        ),
        migrations.AddField(
            model_name="bankaccount",
            name="qr_iban",
            field=models.CharField(blank=True, default="", max_length=34),
        ),
        migrations.AddField(
            model_name="bankaccount",
            name="swish",
            field=models.CharField(blank=True, default="", max_length=15),
        ),
        migrations.AlterField(
            model_name="invoice",
            name="payment_reference",
            field=models.CharField(max_length=27),
        ),
        migrations.RunSQL(GUARDED, migrations.RunSQL.noop),
    ]
