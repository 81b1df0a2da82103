"""What currencies were worth, and what positions in them are carried at."""

from decimal import Decimal

import django.db.models.expressions
from django.db import migrations, models

import usance.models.ids
from usance.engine import APP

# What was valued stays: which rate was taken, what turnover was worth, what a month's end said.
GUARDED = "".join(
    f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION append_only();"
    f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {APP};"
    for table in ("taken_rate", "worth", "revaluation")
)


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0028_advices"),
    ]

    operations = [
        migrations.CreateModel(
            name="ExchangeRate",
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
                ("currency", models.CharField(max_length=3)),
                ("published_on", models.DateField()),
                ("per_euro", models.DecimalField(decimal_places=10, max_digits=20)),
                ("source", models.CharField(max_length=24)),
                ("says", models.CharField(blank=True, max_length=200)),
                ("document", models.CharField(blank=True, max_length=64)),
                ("state", models.CharField(default="proposed", max_length=8)),
                ("said_at", models.DateTimeField()),
                ("said_by", models.CharField(max_length=64)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "db_table": "exchange_rate",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("proposed", "known", "declined"))),
                        name="exchange_rate_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("per_euro__gte", Decimal("0.000001")),
                            ("per_euro__lte", Decimal("10000000")),
                        ),
                        name="exchange_rate_possible",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("source", "typed"), ("state", "known"), _negated=True),
                            models.Q(("said_by", models.F("decided_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="exchange_rate_four_eyes",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["currency", "-published_on"], name="exchange_rate_by_day"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Revaluation",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("account", models.CharField(max_length=8)),
                ("currency", models.CharField(max_length=3)),
                ("day", models.DateField()),
                ("units_minor", models.BigIntegerField()),
                ("carried_minor", models.BigIntegerField()),
                ("worth_minor", models.BigIntegerField()),
                ("before_minor", models.BigIntegerField()),
                ("unrealised_minor", models.BigIntegerField()),
                ("valued_at", models.DateTimeField()),
            ],
            options={
                "db_table": "revaluation",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "worth_minor",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("carried_minor"), "+", models.F("before_minor")
                                    ),
                                    "+",
                                    models.F("unrealised_minor"),
                                ),
                            )
                        ),
                        name="revaluation_adds_up",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["day", "currency"], name="revaluation_by_day"),
                ],
            },
        ),
        migrations.CreateModel(
            name="TakenRate",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("currency", models.CharField(max_length=3)),
                ("day", models.DateField()),
                ("home", models.CharField(max_length=3)),
                ("published_on", models.DateField()),
                ("numerator", models.DecimalField(decimal_places=0, max_digits=40)),
                ("denominator", models.DecimalField(decimal_places=0, max_digits=40)),
                ("taken_at", models.DateTimeField()),
            ],
            options={
                "db_table": "taken_rate",
                "constraints": [
                    models.UniqueConstraint(fields=("currency", "day"), name="taken_rate_once"),
                    models.CheckConstraint(
                        condition=models.Q(("denominator__gt", 0), ("numerator__gt", 0)),
                        name="taken_rate_positive",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Worth",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("account", models.CharField(max_length=8)),
                ("currency", models.CharField(max_length=3)),
                ("booked_on", models.DateField()),
                ("debit_minor", models.BigIntegerField()),
                ("credit_minor", models.BigIntegerField()),
                ("home_debit_minor", models.BigIntegerField()),
                ("home_credit_minor", models.BigIntegerField()),
                ("realised_minor", models.BigIntegerField(default=0)),
                ("realised_on", models.DateField()),
                ("valued_at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "worth",
                "db_table": "worth",
                "indexes": [
                    models.Index(fields=["currency", "booked_on"], name="worth_by_day"),
                ],
            },
        ),
        migrations.AddField(
            model_name="factor",
            name="home_currency",
            field=models.CharField(blank=True, db_default="", default="", max_length=3),
        ),
        migrations.AddField(
            model_name="vouchertarget",
            name="in_home",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunSQL(GUARDED, migrations.RunSQL.noop),
    ]
