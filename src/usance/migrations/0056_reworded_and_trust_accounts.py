"""Copies in other words, companies found by their names as they are compared now, and accounts that
clients hold in trust for us."""

import django.contrib.postgres.fields
from django.db import migrations, models

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
        migrations.RunPython(compare_by, migrations.RunPython.noop, atomic=False, elidable=True),
        migrations.RunPython(find_by, migrations.RunPython.noop, atomic=False, elidable=True),
    ]
