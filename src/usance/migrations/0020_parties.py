"""Two debtors that are one company: who said so, and which row stays."""

import django.db.models.deletion
from django.db import migrations, models

import usance.models.ids


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0019_questions"),
    ]

    operations = [
        migrations.CreateModel(
            name="Merger",
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
                ("reason", models.CharField(max_length=400)),
                ("state", models.CharField(default="proposed", max_length=9)),
                ("proposed_at", models.DateTimeField()),
                ("proposed_by", models.CharField(max_length=64)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(blank=True, max_length=64)),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_by", models.CharField(blank=True, max_length=64)),
                ("undone_because", models.CharField(blank=True, max_length=400)),
                (
                    "goes",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mergers",
                        to="usance.debtor",
                    ),
                ),
                (
                    "stays",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="usance.debtor",
                    ),
                ),
            ],
            options={
                "db_table": "merger",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["proposed", "merged"])),
                        fields=("goes",),
                        name="merger_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["proposed", "merged", "declined", "undone"])
                        ),
                        name="merger_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("goes", models.F("stays")), _negated=True),
                        name="merger_of_two",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["merged", "undone"]), _negated=True),
                            models.Q(("proposed_by", models.F("decided_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="merger_four_eyes",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="debtor",
            name="same_as",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="also",
                to="usance.debtor",
            ),
        ),
        migrations.AddIndex(
            model_name="debtor",
            index=models.Index(
                condition=models.Q(("same_as__isnull", False)),
                fields=["same_as"],
                name="debtor_same_as",
            ),
        ),
        migrations.AddConstraint(
            model_name="debtor",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("same_as", None),
                    models.Q(("same_as", models.F("id")), _negated=True),
                    _connector="OR",
                ),
                name="debtor_not_its_own_double",
            ),
        ),
    ]
