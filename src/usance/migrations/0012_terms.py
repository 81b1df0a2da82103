"""Contracts with dated terms on both time axes, proposals, reference rates, accruals by the day."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import usance.domain.finance.products
import usance.models.ids
from usance.engine import APP

# What was agreed before is known since the day on which it began.
KNOWN = "UPDATE facility SET known_from = valid_from::timestamp AT TIME ZONE 'UTC';"

# No two rows hold on one day as far as we knew at one moment. A range of one key stands in for
# equality, which a GiST index has only with an extension that not every server brings.
APART = """
CREATE TYPE keyrange AS RANGE (subtype = text, collation = "C");
ALTER TABLE facility ADD CONSTRAINT facility_apart EXCLUDE USING gist (
  keyrange(client_id::text || currency, client_id::text || currency, '[]') WITH &&,
  daterange(valid_from, valid_to, '[]') WITH &&, tstzrange(known_from, known_to) WITH &&);
ALTER TABLE reference_rate ADD CONSTRAINT reference_rate_apart EXCLUDE USING gist (
  keyrange(name::text, name::text, '[]') WITH &&,
  daterange(first, last, '[]') WITH &&, tstzrange(known_from, known_to) WITH &&);
"""
TOGETHER = """
ALTER TABLE reference_rate DROP CONSTRAINT reference_rate_apart;
ALTER TABLE facility DROP CONSTRAINT facility_apart;
DROP TYPE keyrange;
"""

GUARD = f"""
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON accrual
  FOR EACH STATEMENT EXECUTE FUNCTION append_only();
REVOKE UPDATE, DELETE, TRUNCATE ON accrual FROM {APP};
"""


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0011_reports"),
    ]

    operations = [
        migrations.CreateModel(
            name="Accrual",
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
                ("fee", models.CharField(max_length=8)),
                ("day", models.DateField()),
                ("amount_minor", models.BigIntegerField()),
                ("total_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("at", models.DateTimeField()),
                (
                    "invoice",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accruals",
                        to="usance.invoice",
                    ),
                ),
            ],
            options={
                "db_table": "accrual",
                "constraints": [
                    models.UniqueConstraint(fields=("invoice", "fee", "day"), name="accrual_once"),
                    models.CheckConstraint(
                        condition=models.Q(("fee__in", ("brackets", "interest"))),
                        name="accrual_fee",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FacilityProposal",
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
                ("content", models.JSONField()),
                ("digest", models.CharField(max_length=64)),
                ("proposed_at", models.DateTimeField()),
                ("proposed_by", models.CharField(max_length=64)),
                ("decision", models.CharField(blank=True, max_length=9)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(blank=True, max_length=64)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
                        to="usance.client",
                    ),
                ),
                (
                    "corrects",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="usance.facility",
                    ),
                ),
                (
                    "facility",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposal",
                        to="usance.facility",
                    ),
                ),
            ],
            options={
                "db_table": "facility_proposal",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("decision__in", ["", "in_force", "withdrawn"])),
                        name="facility_proposal_decision",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decision", "in_force"), _negated=True),
                            models.Q(("proposed_by", models.F("decided_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="facility_proposal_four_eyes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReferenceRate",
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
                ("name", models.CharField(max_length=24)),
                ("first", models.DateField()),
                ("last", models.DateField()),
                ("rate", models.DecimalField(decimal_places=8, max_digits=10)),
                ("source", models.CharField(max_length=200)),
                ("known_from", models.DateTimeField()),
                ("known_to", models.DateTimeField(null=True)),
                ("actor", models.CharField(max_length=64)),
            ],
            options={
                "db_table": "reference_rate",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("last__gte", models.F("first"))),
                        name="reference_rate_span",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rate__gte", -1), ("rate__lte", 1)),
                        name="reference_rate_share",
                    ),
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="facility",
            name="facility_open_once",
        ),
        migrations.RemoveConstraint(
            model_name="facility",
            name="facility_rates",
        ),
        migrations.AddField(
            model_name="facility",
            name="approved_by",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="facility",
            name="charges",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="facility",
            name="known_from",
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="facility",
            name="known_to",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="facility",
            name="product",
            field=models.CharField(
                default=usance.domain.finance.products.Product["SELECTIVE"], max_length=16
            ),
        ),
        migrations.AddField(
            model_name="facility",
            name="proposed_by",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="settlement",
            name="interest_minor",
            field=models.BigIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name="settlement",
            name="vat_minor",
            field=models.BigIntegerField(db_default=0),
        ),
        migrations.AddConstraint(
            model_name="facility",
            constraint=models.UniqueConstraint(
                condition=models.Q(("known_to", None), ("valid_to", None)),
                fields=("client", "currency"),
                name="facility_open_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="facility",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("advance_rate__gte", 0), ("advance_rate__lte", 1), ("fee_rate__gte", 0)
                ),
                name="facility_rates",
            ),
        ),
        migrations.AddConstraint(
            model_name="facility",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "product__in",
                        [
                            usance.domain.finance.products.Product["RECOURSE"],
                            usance.domain.finance.products.Product["NON_RECOURSE"],
                            usance.domain.finance.products.Product["SELECTIVE"],
                            usance.domain.finance.products.Product["WHOLE_TURNOVER"],
                            usance.domain.finance.products.Product["MATURITY"],
                            usance.domain.finance.products.Product["ADMINISTRATION"],
                        ],
                    )
                ),
                name="facility_product",
            ),
        ),
        migrations.AddConstraint(
            model_name="facility",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("known_to", None), ("known_to__gte", models.F("known_from")), _connector="OR"
                ),
                name="facility_known_span",
            ),
        ),
        migrations.AddConstraint(
            model_name="facility",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("proposed_by", ""),
                    models.Q(("proposed_by", models.F("approved_by")), _negated=True),
                    _connector="OR",
                ),
                name="facility_four_eyes",
            ),
        ),
        migrations.RunSQL(KNOWN, migrations.RunSQL.noop),
        migrations.RunSQL(APART, TOGETHER),
        migrations.RunSQL(GUARD, migrations.RunSQL.noop),
    ]
