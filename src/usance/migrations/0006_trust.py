"""Traits and thresholds of trust, remembered spellings, others' fingerprints."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

import usance.models.ids
from usance.domain.party.names import found_by


def find_by(apps, schema_editor):
    """Keys of the companies that were registered before there were any."""
    for name in ("Client", "Debtor"):
        known = apps.get_model("usance", name).objects.using(schema_editor.connection.alias)
        rows = []
        for row in known.only("pk", "name", "country", "postcode").iterator(2_000):
            row.found_by = list(found_by(row.name, country=row.country, postcode=row.postcode))
            rows.append(row)
            if len(rows) == 2_000:
                known.bulk_update(rows, ["found_by"])
                rows = []
        known.bulk_update(rows, ["found_by"])


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0005_ways"),
    ]

    operations = [
        migrations.CreateModel(
            name="Alias",
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
                ("key", models.CharField(max_length=200)),
                ("name", models.CharField(max_length=200)),
                ("place", models.CharField(blank=True, max_length=160)),
                ("number", models.CharField(max_length=80)),
                ("added_at", models.DateTimeField()),
                ("added_by", models.CharField(max_length=64)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("withdrawn_by", models.CharField(blank=True, max_length=64)),
                (
                    "debtor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="aliases",
                        to="usance.debtor",
                    ),
                ),
            ],
            options={
                "db_table": "alias",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at", None)),
                        fields=("key",),
                        name="alias_means_one",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ForeignPrint",
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
                ("circle", models.CharField(max_length=40)),
                ("key_id", models.CharField(max_length=40)),
                ("kind", models.CharField(max_length=8)),
                ("hash", models.CharField(max_length=64)),
                ("bucket", models.CharField(max_length=7)),
                ("factor", models.CharField(max_length=80)),
                ("imported_at", models.DateTimeField()),
            ],
            options={
                "db_table": "foreign_print",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("hash", "kind", "circle", "key_id", "factor"),
                        name="foreign_print_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["exact", "number", "month"])),
                        name="foreign_print_kind",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["circle", "bucket"], name="foreign_print_old"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Trait",
            fields=[
                (
                    "invoice",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="trait",
                        serialize=False,
                        to="usance.invoice",
                    ),
                ),
                ("kind", models.CharField(max_length=12)),
                ("seller", models.CharField(max_length=80)),
                ("number", models.CharField(max_length=80)),
                ("stem", models.CharField(max_length=80)),
                ("series", models.CharField(max_length=80)),
                ("ordinal", models.BigIntegerField(null=True)),
                ("issued_on", models.DateField()),
                ("terms_days", models.IntegerField()),
                ("face_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("lines", models.CharField(max_length=64)),
                ("file", models.CharField(max_length=64)),
                ("cleaned", models.JSONField()),
                ("written_at", models.DateTimeField()),
                (
                    "client",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="usance.client",
                    ),
                ),
                (
                    "debtor",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="usance.debtor",
                    ),
                ),
            ],
            options={
                "db_table": "trait",
                "indexes": [
                    models.Index(
                        fields=["debtor", "face_minor", "issued_on"], name="trait_by_claim"
                    ),
                    models.Index(fields=["debtor", "lines"], name="trait_by_lines"),
                    models.Index(fields=["debtor", "client"], name="trait_by_pair"),
                    models.Index(fields=["client", "series", "ordinal"], name="trait_by_series"),
                    models.Index(fields=["client", "issued_on"], name="trait_by_issue"),
                    models.Index(fields=["seller", "number"], name="trait_by_number"),
                    django.contrib.postgres.indexes.HashIndex(
                        fields=["file"], name="trait_by_file"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TrustSetting",
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
                ("changed_at", models.DateTimeField()),
                ("changed_by", models.CharField(max_length=64)),
                (
                    "client",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="trust_setting",
                        to="usance.client",
                    ),
                ),
            ],
            options={
                "db_table": "trust_setting",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("client",), name="trust_setting_once", nulls_distinct=False
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="client",
            name="found_by",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=80),
                db_default=[],
                default=list,
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="debtor",
            name="found_by",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=80),
                db_default=[],
                default=list,
                size=None,
            ),
        ),
        migrations.AddIndex(
            model_name="client",
            index=django.contrib.postgres.indexes.GinIndex(
                fastupdate=False, fields=["found_by"], name="client_found_by"
            ),
        ),
        migrations.AddIndex(
            model_name="debtor",
            index=django.contrib.postgres.indexes.GinIndex(
                fastupdate=False, fields=["found_by"], name="debtor_found_by"
            ),
        ),
        migrations.RunPython(find_by, migrations.RunPython.noop, atomic=False, elidable=True),
    ]
