"""Invoices in other currencies than the facility's, and what was converted for them."""

import django.db.models.deletion
from django.db import migrations, models

import usance.models.ids
from usance.engine import APP

# What was bought at which rate, and what was converted, stays.
GUARDED = "".join(
    f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION append_only();"
    f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {APP};"
    for table in ("crossing", "conversion")
)


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0037_law"),
    ]

    operations = [
        migrations.CreateModel(
            name="Conversion",
            fields=[
                ("currency", models.CharField(max_length=3)),
                ("into_currency", models.CharField(max_length=3)),
                ("numerator", models.DecimalField(decimal_places=0, max_digits=40)),
                ("denominator", models.DecimalField(decimal_places=0, max_digits=40)),
                ("published_on", models.DateField()),
                (
                    "id",
                    models.UUIDField(
                        default=usance.models.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("key", models.CharField(max_length=120, unique=True)),
                ("due_minor", models.BigIntegerField()),
                ("claims_minor", models.BigIntegerField()),
                ("into_due_minor", models.BigIntegerField()),
                ("into_claims_minor", models.BigIntegerField()),
                ("booked_on", models.DateField(db_index=True)),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=64)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="usance.client",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conversions",
                        to="usance.invoice",
                    ),
                ),
            ],
            options={
                "db_table": "conversion",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("currency", models.F("into_currency")), _negated=True),
                        name="conversion_of_two",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("denominator__gt", 0), ("numerator__gt", 0)),
                        name="conversion_rate",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Crossing",
            fields=[
                ("currency", models.CharField(max_length=3)),
                ("into_currency", models.CharField(max_length=3)),
                ("numerator", models.DecimalField(decimal_places=0, max_digits=40)),
                ("denominator", models.DecimalField(decimal_places=0, max_digits=40)),
                ("published_on", models.DateField()),
                (
                    "invoice",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="crossing",
                        serialize=False,
                        to="usance.invoice",
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="usance.client",
                    ),
                ),
            ],
            options={
                "db_table": "crossing",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("currency", models.F("into_currency")), _negated=True),
                        name="crossing_of_two",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("denominator__gt", 0), ("numerator__gt", 0)),
                        name="crossing_rate",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="facility",
            name="foreign_terms",
            field=models.JSONField(default=dict),
        ),
        migrations.AddIndex(
            model_name="facility",
            index=models.Index(
                condition=models.Q(("foreign_terms", {}), _negated=True),
                fields=["currency"],
                name="facility_foreign",
            ),
        ),
        migrations.RunSQL(GUARDED, migrations.RunSQL.noop),
    ]
