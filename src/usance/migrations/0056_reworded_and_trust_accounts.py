"""Copies in other words, companies found by their names as they are compared now, and accounts that
clients hold in trust for us."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import usance.models.ids
from usance.domain.party.names import found_by
from usance.domain.verification.duplicates import figures_key, orders_of
from usance.models.papers import excerpt

AT_ONCE = 2_000


def find_by(apps, schema_editor):
    """Keys of companies whose names are taken apart otherwise than when they were written down."""
    for name in ("Client", "Debtor"):
        known = apps.get_model("usance", name).objects.using(schema_editor.connection.alias)
        changed = []
        for row in known.only("pk", "name", "country", "postcode", "found_by").iterator(AT_ONCE):
            keys = list(found_by(row.name, country=row.country, postcode=row.postcode))
            if keys == row.found_by:
                continue
            row.found_by = keys
            changed.append(row)
            if len(changed) == AT_ONCE:
                known.bulk_update(changed, ["found_by"])
                changed = []
        known.bulk_update(changed, ["found_by"])


def compare_by(apps, schema_editor):
    """Quantities and amounts, orders and delivery notes of what was verified before."""
    with (
        schema_editor.connection.cursor() as reading,
        schema_editor.connection.cursor() as writing,
    ):
        last = "00000000-0000-0000-0000-000000000000"
        while True:
            reading.execute(
                "SELECT t.invoice_id, p.content::text FROM trait t"
                " JOIN paper p ON p.invoice_id = t.invoice_id"
                " WHERE t.invoice_id > %s::uuid ORDER BY t.invoice_id LIMIT %s",
                [last, AT_ONCE],
            )
            rows = reading.fetchall()
            if not rows:
                return
            last = rows[-1][0]
            papers = [(pk, excerpt(content)) for pk, content in rows]
            writing.execute(
                "UPDATE trait SET figures = said.figures,"
                " orders = CASE said.orders WHEN '' THEN ARRAY[]::varchar[]"
                " ELSE string_to_array(said.orders, ' ')::varchar[] END"
                " FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS said(id, figures, orders)"
                " WHERE invoice_id = said.id AND (said.figures <> '' OR said.orders <> '')",
                [
                    [pk for pk, _ in papers],
                    [figures_key(paper) for _, paper in papers],
                    [" ".join(orders_of(paper)) for _, paper in papers],
                ],
            )


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0055_unapplied_left_out"),
    ]

    operations = [
        migrations.AddField(
            model_name="trait",
            name="figures",
            field=models.CharField(db_default="", default="", max_length=64),
        ),
        migrations.AddField(
            model_name="trait",
            name="orders",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=90), db_default=[], default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="facility",
            name="trust_account",
            field=models.CharField(db_default="none", default="none", max_length=8),
        ),
        migrations.AddConstraint(
            model_name="facility",
            constraint=models.CheckConstraint(
                condition=models.Q(("trust_account__in", ["none", "wanted", "required"])),
                name="facility_trust_account",
            ),
        ),
        migrations.CreateModel(
            name="TrustAccount",
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
                ("iban", models.CharField(max_length=34)),
                ("bank", models.CharField(max_length=120)),
                ("currency", models.CharField(max_length=3)),
                ("entered_at", models.DateTimeField()),
                ("entered_by", models.CharField(max_length=64)),
                ("checked_at", models.DateTimeField(null=True)),
                ("checked_by", models.CharField(blank=True, max_length=64)),
                ("proof", models.CharField(blank=True, max_length=400)),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_by", models.CharField(blank=True, max_length=64)),
                ("closed_because", models.CharField(blank=True, max_length=200)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="trust_accounts",
                        to="usance.client",
                    ),
                ),
            ],
            options={
                "db_table": "trust_account",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("iban", "currency"),
                        name="trust_account_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("checked_at", None), ("checked_by", "")),
                            models.Q(
                                ("checked_at__isnull", False),
                                models.Q(("checked_by", models.F("entered_by")), _negated=True),
                                models.Q(("proof", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="trust_account_four_eyes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_at", None),
                            models.Q(("closed_because", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="trust_account_closed_because",
                    ),
                ],
            },
        ),
        migrations.RunPython(compare_by, migrations.RunPython.noop, atomic=False, elidable=True),
        migrations.RunPython(find_by, migrations.RunPython.noop, atomic=False, elidable=True),
    ]
