"""Life after funding: what of an invoice is disputed, and what is written off."""

import django.db.models.deletion
from django.db import migrations, models

import usance.domain.collection.disputes
import usance.domain.events
import usance.domain.payment.was
import usance.domain.settlement.losses
import usance.models.ids
from usance.engine import APP

# Who might write off what stays to be seen.
GUARDED = f"""
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON write_off_authority
  FOR EACH STATEMENT EXECUTE FUNCTION append_only();
REVOKE UPDATE, DELETE, TRUNCATE ON write_off_authority FROM {APP};
"""


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0022_offers"),
    ]

    operations = [
        migrations.CreateModel(
            name="WriteOff",
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
                ("cause", models.CharField(max_length=11)),
                ("reason", models.CharField(max_length=400)),
                ("bearer", models.CharField(max_length=6)),
                ("people", models.SmallIntegerField()),
                ("state", models.CharField(default="proposed", max_length=8)),
                ("proposed_at", models.DateTimeField()),
                ("proposed_by", models.CharField(max_length=64)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(blank=True, max_length=64)),
                ("remark", models.CharField(blank=True, max_length=400)),
                ("loss_minor", models.BigIntegerField(null=True)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="write_offs",
                        to="usance.client",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="write_offs",
                        to="usance.invoice",
                    ),
                ),
            ],
            options={
                "db_table": "write_off",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["proposed", "done"])),
                        fields=("invoice",),
                        name="write_off_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("invoice", None), ("state", "proposed")),
                        fields=("client", "currency"),
                        name="write_off_claim_waits_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["proposed", "done", "declined"])),
                        name="write_off_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "cause__in",
                                [
                                    usance.domain.settlement.losses.Cause["INSOLVENT"],
                                    usance.domain.settlement.losses.Cause["DEFAULT"],
                                    usance.domain.settlement.losses.Cause["TIME_BARRED"],
                                    usance.domain.settlement.losses.Cause["COMPOSITION"],
                                    usance.domain.settlement.losses.Cause["UNECONOMIC"],
                                    usance.domain.settlement.losses.Cause["DISPUTE"],
                                ],
                            )
                        ),
                        name="write_off_cause",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "bearer__in",
                                [
                                    usance.domain.settlement.losses.Bearer["FACTOR"],
                                    usance.domain.settlement.losses.Bearer["CLIENT"],
                                ],
                            )
                        ),
                        name="write_off_bearer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="write_off_amount"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("loss_minor", None),
                            models.Q(
                                ("bearer", usance.domain.settlement.losses.Bearer["FACTOR"]),
                                ("loss_minor", models.F("amount_minor")),
                                ("state", "done"),
                            ),
                            _connector="OR",
                        ),
                        name="write_off_loss",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "done"), _negated=True),
                            ("people", 1),
                            models.Q(("proposed_by", models.F("decided_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="write_off_four_eyes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WriteOffAuthority",
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
                ("said", models.JSONField()),
                ("reason", models.CharField(max_length=400)),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name_plural": "write-off authorities",
                "db_table": "write_off_authority",
            },
        ),
        migrations.RemoveConstraint(
            model_name="explanation",
            name="explanation_was",
        ),
        migrations.AddField(
            model_name="dispute",
            name="amount_minor",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="dispute",
            name="code",
            field=models.CharField(
                default=usance.domain.collection.disputes.Reason["OTHER"], max_length=8
            ),
        ),
        migrations.AddField(
            model_name="dispute",
            name="ended_as",
            field=models.CharField(blank=True, max_length=11),
        ),
        migrations.AddField(
            model_name="reminder",
            name="disputed_minor",
            field=models.BigIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name="response",
            name="owes",
            field=models.DecimalField(decimal_places=3, max_digits=18, null=True),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "code__in",
                        [
                            usance.domain.collection.disputes.Reason["PRICE"],
                            usance.domain.collection.disputes.Reason["QUANTITY"],
                            usance.domain.collection.disputes.Reason["QUALITY"],
                            usance.domain.collection.disputes.Reason["DELIVERY"],
                            usance.domain.collection.disputes.Reason["ORDER"],
                            usance.domain.collection.disputes.Reason["TERMS"],
                            usance.domain.collection.disputes.Reason["PAPER"],
                            usance.domain.collection.disputes.Reason["PAID"],
                            usance.domain.collection.disputes.Reason["OTHER"],
                        ],
                    )
                ),
                name="dispute_code",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_minor", None), ("amount_minor__gt", 0), _connector="OR"
                ),
                name="dispute_amount",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_as", ""),
                    models.Q(
                        ("closed_at__isnull", False),
                        (
                            "ended_as__in",
                            [
                                usance.domain.collection.disputes.Ending["WITHDRAWN"],
                                usance.domain.collection.disputes.Ending["CREDIT_NOTE"],
                                usance.domain.collection.disputes.Ending["PAYMENT"],
                                usance.domain.collection.disputes.Ending["RESTATED"],
                                usance.domain.collection.disputes.Ending["REPURCHASED"],
                                usance.domain.collection.disputes.Ending["WRITTEN_OFF"],
                            ],
                        ),
                    ),
                    _connector="OR",
                ),
                name="dispute_ended_as",
            ),
        ),
        migrations.AddField(
            model_name="explanation",
            name="write_off",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="recoveries",
                to="usance.writeoff",
            ),
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
                            usance.domain.payment.was.Was["RETURNED"],
                            usance.domain.payment.was.Was["CHARGE"],
                            usance.domain.payment.was.Was["REFUND"],
                            usance.domain.payment.was.Was["RECOVERED"],
                        ],
                    )
                ),
                name="explanation_was",
            ),
        ),
        migrations.AddConstraint(
            model_name="explanation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("was", usance.domain.payment.was.Was["RECOVERED"]),
                        ("write_off__isnull", False),
                    ),
                    models.Q(
                        models.Q(
                            ("was", usance.domain.payment.was.Was["RECOVERED"]), _negated=True
                        ),
                        ("write_off", None),
                    ),
                    _connector="OR",
                ),
                name="explanation_recovers",
            ),
        ),
        migrations.RunSQL(GUARDED, migrations.RunSQL.noop),
    ]
