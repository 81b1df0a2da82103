"""Ladders, what directories said, spoilt and corrected addresses, answers of buyers."""

import django.db.models.deletion
from django.db import migrations, models

import usance.domain.distribution.parcels
import usance.domain.distribution.reports
import usance.domain.distribution.rungs
import usance.domain.events
import usance.models.ids
from usance.engine import APP

# As 0002 guards what may only be added.
GUARD = f"""
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON response
  FOR EACH STATEMENT EXECUTE FUNCTION append_only();
REVOKE UPDATE, DELETE, TRUNCATE ON response FROM {APP};
"""


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0002_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="AddressProposal",
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
                ("kind", models.CharField(max_length=8)),
                ("said", models.CharField(max_length=400)),
                ("columns", models.JSONField()),
                ("made_at", models.DateTimeField()),
                ("decision", models.CharField(blank=True, max_length=8)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(blank=True, max_length=64)),
                ("remark", models.CharField(blank=True, max_length=400)),
            ],
            options={
                "db_table": "address_proposal",
            },
        ),
        migrations.CreateModel(
            name="Capability",
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
                ("kind", models.CharField(max_length=8)),
                ("identifier", models.CharField(max_length=80)),
                ("receives", models.BooleanField(null=True)),
                ("documents", models.JSONField(default=list)),
                ("detail", models.CharField(blank=True, max_length=200)),
                ("asked_at", models.DateTimeField()),
                ("tried_at", models.DateTimeField(db_index=True)),
                ("valid_until", models.DateTimeField(db_index=True)),
            ],
            options={
                "verbose_name_plural": "capabilities",
                "db_table": "capability",
            },
        ),
        migrations.CreateModel(
            name="DoubleDelivery",
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
                ("found_at", models.DateTimeField(db_index=True)),
            ],
            options={
                "verbose_name_plural": "double deliveries",
                "db_table": "double_delivery",
            },
        ),
        migrations.CreateModel(
            name="LadderSetting",
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
                ("paper", models.CharField(blank=True, max_length=8)),
                ("rungs", models.JSONField()),
                ("cheapest_first", models.BooleanField(default=False)),
                ("changed_at", models.DateTimeField()),
                ("changed_by", models.CharField(max_length=64)),
            ],
            options={
                "db_table": "ladder_setting",
            },
        ),
        migrations.CreateModel(
            name="Response",
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
                ("carrier", models.CharField(max_length=20)),
                ("response_id", models.CharField(max_length=120)),
                ("stance", models.CharField(max_length=2)),
                ("reasons", models.JSONField()),
                ("text", models.CharField(blank=True, max_length=400)),
                ("pays_on", models.DateField(null=True)),
                ("at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
            ],
            options={
                "db_table": "response",
            },
        ),
        migrations.CreateModel(
            name="Suppression",
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
                ("kind", models.CharField(max_length=8)),
                ("address", models.CharField(max_length=200)),
                ("because", models.CharField(max_length=400)),
                ("since", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(null=True)),
                ("lifted_by", models.CharField(blank=True, max_length=64)),
                ("remark", models.CharField(blank=True, max_length=400)),
            ],
            options={
                "db_table": "suppression",
            },
        ),
        migrations.AddField(
            model_name="debtor",
            name="public",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="deliveryevent",
            name="estimated",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="deliveryevent",
            name="raw",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="usance.document",
            ),
        ),
        migrations.AddField(
            model_name="dispatch",
            name="beside",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="accompanied",
                to="usance.dispatch",
            ),
        ),
        migrations.AddField(
            model_name="dispatch",
            name="enough",
            field=models.CharField(
                db_default=usance.domain.distribution.rungs.Enough["ACCEPTED"],
                default=usance.domain.distribution.rungs.Enough["ACCEPTED"],
                max_length=9,
            ),
        ),
        migrations.AddField(
            model_name="dispatch",
            name="judged_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="dispatch",
            name="left_out",
            field=models.JSONField(db_default=[], default=list),
        ),
        migrations.AddField(
            model_name="dispatch",
            name="walk",
            field=models.UUIDField(null=True),
        ),
        migrations.AddIndex(
            model_name="dispatch",
            index=models.Index(
                condition=models.Q(("deadline_at__isnull", False), ("judged_at", None)),
                fields=["deadline_at"],
                name="dispatch_deadline",
            ),
        ),
        migrations.AddIndex(
            model_name="dispatch",
            index=models.Index(
                condition=models.Q(("walk__isnull", False)), fields=["walk"], name="dispatch_walk"
            ),
        ),
        migrations.AddIndex(
            model_name="dispatch",
            index=models.Index(
                condition=models.Q(("beside__isnull", False)),
                fields=["beside"],
                name="dispatch_beside",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "enough__in",
                        [
                            usance.domain.distribution.rungs.Enough["ACCEPTED"],
                            usance.domain.distribution.rungs.Enough["SENT"],
                            usance.domain.distribution.rungs.Enough["CONFIRMED"],
                        ],
                    )
                ),
                name="dispatch_enough",
            ),
        ),
        migrations.AddField(
            model_name="addressproposal",
            name="debtor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="proposals",
                to="usance.debtor",
            ),
        ),
        migrations.AddField(
            model_name="addressproposal",
            name="event",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="proposal",
                to="usance.deliveryevent",
            ),
        ),
        migrations.AddField(
            model_name="capability",
            name="debtor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="capabilities",
                to="usance.debtor",
            ),
        ),
        migrations.AddField(
            model_name="doubledelivery",
            name="first",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="usance.dispatch"
            ),
        ),
        migrations.AddField(
            model_name="doubledelivery",
            name="invoice",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="doubles",
                to="usance.invoice",
            ),
        ),
        migrations.AddField(
            model_name="doubledelivery",
            name="second",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="usance.dispatch"
            ),
        ),
        migrations.AddField(
            model_name="laddersetting",
            name="client",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ladders",
                to="usance.client",
            ),
        ),
        migrations.AddField(
            model_name="laddersetting",
            name="debtor",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ladders",
                to="usance.debtor",
            ),
        ),
        migrations.AddField(
            model_name="response",
            name="dispatch",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="responses",
                to="usance.dispatch",
            ),
        ),
        migrations.AddField(
            model_name="response",
            name="raw",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="usance.document",
            ),
        ),
        migrations.AddField(
            model_name="suppression",
            name="dispatch",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="usance.dispatch",
            ),
        ),
        migrations.AddIndex(
            model_name="addressproposal",
            index=models.Index(
                condition=models.Q(("decision", "")), fields=["id"], name="address_proposal_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="addressproposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("decision", "")),
                fields=("debtor", "kind", "said"),
                name="address_proposal_open_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="addressproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("decision__in", ["", "accepted", "declined"])),
                name="address_proposal_decision",
            ),
        ),
        migrations.AddConstraint(
            model_name="capability",
            constraint=models.UniqueConstraint(fields=("debtor", "kind"), name="capability_once"),
        ),
        migrations.AddConstraint(
            model_name="capability",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            usance.domain.distribution.parcels.Kind["EINVOICE"],
                            usance.domain.distribution.parcels.Kind["MAILBOX"],
                            usance.domain.distribution.parcels.Kind["EMAIL"],
                            usance.domain.distribution.parcels.Kind["LETTER"],
                            usance.domain.distribution.parcels.Kind["SMS"],
                            usance.domain.distribution.parcels.Kind["PUSH"],
                            usance.domain.distribution.parcels.Kind["PORTAL"],
                        ],
                    )
                ),
                name="capability_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="doubledelivery",
            constraint=models.UniqueConstraint(
                fields=("first", "second"), name="double_delivery_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="laddersetting",
            constraint=models.UniqueConstraint(
                fields=("client", "debtor", "paper"),
                name="ladder_setting_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="laddersetting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "paper__in",
                        [
                            "",
                            usance.domain.distribution.parcels.Paper["INVOICE"],
                            usance.domain.distribution.parcels.Paper["NOTICE"],
                            usance.domain.distribution.parcels.Paper["REMINDER"],
                        ],
                    )
                ),
                name="ladder_setting_paper",
            ),
        ),
        migrations.AddConstraint(
            model_name="response",
            constraint=models.UniqueConstraint(
                fields=("carrier", "response_id"), name="response_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="response",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "stance__in",
                        [
                            usance.domain.distribution.reports.Stance["RECEIVED"],
                            usance.domain.distribution.reports.Stance["IN_PROCESS"],
                            usance.domain.distribution.reports.Stance["UNDER_QUERY"],
                            usance.domain.distribution.reports.Stance["CONDITIONALLY_ACCEPTED"],
                            usance.domain.distribution.reports.Stance["REJECTED"],
                            usance.domain.distribution.reports.Stance["ACCEPTED"],
                            usance.domain.distribution.reports.Stance["PAID"],
                        ],
                    )
                ),
                name="response_stance",
            ),
        ),
        migrations.AddConstraint(
            model_name="suppression",
            constraint=models.UniqueConstraint(
                condition=models.Q(("lifted_at", None)),
                fields=("kind", "address"),
                name="suppression_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="suppression",
            constraint=models.UniqueConstraint(fields=("dispatch",), name="suppression_once"),
        ),
        migrations.AddConstraint(
            model_name="suppression",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            usance.domain.distribution.parcels.Kind["EINVOICE"],
                            usance.domain.distribution.parcels.Kind["MAILBOX"],
                            usance.domain.distribution.parcels.Kind["EMAIL"],
                            usance.domain.distribution.parcels.Kind["LETTER"],
                            usance.domain.distribution.parcels.Kind["SMS"],
                            usance.domain.distribution.parcels.Kind["PUSH"],
                            usance.domain.distribution.parcels.Kind["PORTAL"],
                        ],
                    )
                ),
                name="suppression_kind",
            ),
        ),
        migrations.RemoveConstraint(model_name="diary", name="diary_kind"),
        migrations.AddConstraint(
            model_name="diary",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", list(usance.domain.events.Kind))),
                name="diary_kind",
            ),
        ),
        migrations.RunSQL(GUARD, migrations.RunSQL.noop),
    ]
