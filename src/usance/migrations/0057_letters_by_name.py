"""Spoilt postal addresses, by the name of who does not live there."""

from django.db import migrations

from usance.domain.distribution import Kind, address_key

AT_ONCE = 2_000


def name_them(apps, schema_editor):
    """Until now a letter that came back spoilt the house for everybody in it."""
    known = apps.get_model("usance", "Suppression").objects.using(schema_editor.connection.alias)
    rows = []
    for row in known.filter(kind="letter").select_related("dispatch").iterator(AT_ONCE):
        row.address = address_key(Kind.LETTER, row.dispatch.address)
        rows.append(row)
    known.bulk_update(rows, ["address"], batch_size=AT_ONCE)


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0056_reworded_and_trust_accounts"),
    ]

    operations = [
        migrations.RunPython(name_them, migrations.RunPython.noop, elidable=True),
    ]
