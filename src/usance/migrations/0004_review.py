"""Documents read page by page, what people corrected, and what was learned of it."""

from decimal import Decimal

import django.db.models.deletion
from django.db import migrations, models

import usance.models.ids
from usance.engine import APP

# What a person said stays said: as 0002 guards the others.
GUARD = f"""
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON correction
  FOR EACH STATEMENT EXECUTE FUNCTION append_only();
REVOKE UPDATE, DELETE, TRUNCATE ON correction FROM {APP};
"""


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0003_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reading",
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
                ("state", models.CharField(default="unread", max_length=10)),
                ("version", models.IntegerField(default=0)),
                ("kind", models.CharField(blank=True, max_length=20)),
                ("number", models.CharField(blank=True, max_length=80)),
                ("sender", models.CharField(blank=True, max_length=80)),
                ("pages", models.IntegerField(default=0)),
                ("doubtful", models.IntegerField(default=0)),
                ("content", models.TextField(default="")),
                ("words", models.TextField(default="")),
                ("doubts", models.JSONField(default=list)),
                ("received_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                ("postponed_until", models.DateField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_by", models.CharField(blank=True, max_length=64)),
                ("remark", models.CharField(blank=True, max_length=400)),
                (
                    "client",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="readings",
                        to="usance.client",
                    ),
                ),
                (
                    "debtor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="usance.debtor",
                    ),
                ),
                (
                    "file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reading",
                        to="usance.receivedfile",
                    ),
                ),
                (
                    "invoice",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reading",
                        to="usance.invoice",
                    ),
                ),
            ],
            options={
                "db_table": "reading",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "unread",
                                    "waiting",
                                    "postponed",
                                    "passed",
                                    "confirmed",
                                    "rejected",
                                    "unreadable",
                                ],
                            )
                        ),
                        name="reading_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("invoice", None),
                            ("state__in", ["passed", "confirmed"]),
                            _connector="OR",
                        ),
                        name="reading_invoice",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ("passed", "confirmed", "rejected")), _negated=True
                            ),
                            ("closed_at__isnull", False),
                            _connector="OR",
                        ),
                        name="reading_closed",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["postponed", "waiting"])),
                        fields=["id"],
                        name="reading_open",
                    ),
                    models.Index(fields=["state", "-id"], name="reading_by_state"),
                    models.Index(fields=["client", "-id"], name="reading_by_client"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Correction",
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
                ("field", models.CharField(max_length=40)),
                ("read", models.CharField(blank=True, max_length=400)),
                ("said", models.CharField(blank=True, max_length=400)),
                (
                    "confidence",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=4),
                ),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=64)),
                (
                    "reading",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="usance.reading",
                    ),
                ),
            ],
            options={
                "db_table": "correction",
            },
        ),
        migrations.CreateModel(
            name="LearnedLayout",
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
                ("sender", models.CharField(max_length=80)),
                ("field", models.CharField(max_length=40)),
                ("hint", models.JSONField()),
                ("learned_at", models.DateTimeField()),
                ("learned_by", models.CharField(max_length=64)),
                ("used", models.IntegerField(default=0)),
                ("used_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("withdrawn_by", models.CharField(blank=True, max_length=64)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="layouts",
                        to="usance.client",
                    ),
                ),
                (
                    "reading",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="taught",
                        to="usance.reading",
                    ),
                ),
            ],
            options={
                "db_table": "learned_layout",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at", None)),
                        fields=("client", "sender", "field"),
                        name="learned_layout_in_force",
                    ),
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="diary",
            name="diary_kind",
        ),
        migrations.AddField(
            model_name="client",
            name="sure_from",
            field=models.DecimalField(
                db_default=Decimal("0.95"), decimal_places=3, default=Decimal("0.95"), max_digits=4
            ),
        ),
        migrations.AddConstraint(
            model_name="client",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("sure_from__gte", Decimal("0.5")), ("sure_from__lte", Decimal("1.001"))
                ),
                name="client_sure_from",
            ),
        ),
        migrations.AddConstraint(
            model_name="diary",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "batch.received",
                            "pages.received",
                            "pages.unreadable",
                            "reading.waiting",
                            "reading.passed",
                            "reading.postponed",
                            "reading.confirmed",
                            "reading.rejected",
                            "layout.learned",
                            "layout.withdrawn",
                            "invoice.received",
                            "invoice.verified",
                            "invoice.held",
                            "invoice.parked",
                            "invoice.released",
                            "invoice.rejected",
                            "invoice.approved",
                            "invoice.funded",
                            "invoice.paid",
                            "invoice.settled",
                            "invoice.repurchased",
                            "invoice.written_off",
                            "credit_note.verified",
                            "credit_note.applied",
                            "dispatch.planned",
                            "dispatch.accepted",
                            "dispatch.delivered",
                            "dispatch.failed",
                            "dispatch.unknown",
                            "carrier.paused",
                            "carrier.resumed",
                            "dispatch.late",
                            "dispatch.cancelled",
                            "dispatch.doubled",
                            "response.received",
                            "address.suppressed",
                            "address.lifted",
                            "address.proposed",
                            "address.declined",
                            "reminder.due",
                            "dispute.reported",
                            "dispute.opened",
                            "dispute.closed",
                            "statement.imported",
                            "payment.allocated",
                            "payment.unapplied",
                            "payout.proposed",
                            "payout.released",
                            "payout.sent",
                            "payout.paid",
                            "payout.rejected",
                            "note.written",
                            "master_data.changed",
                        ],
                    )
                ),
                name="diary_kind",
            ),
        ),
        migrations.RunSQL(GUARD, migrations.RunSQL.noop),
    ]
