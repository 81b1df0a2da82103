"""How far recourse goes, and what of a write-off is charged back to the client."""

import django.db.models.expressions
from django.db import migrations, models

# Until now whoever bore a loss bore all of it.
CHARGED_BACK = "UPDATE write_off SET client_minor = amount_minor WHERE bearer = 'client'"


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0031_online"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="facility",
            name="facility_product",
        ),
        migrations.RemoveConstraint(
            model_name="writeoff",
            name="write_off_bearer",
        ),
        migrations.RemoveConstraint(
            model_name="writeoff",
            name="write_off_loss",
        ),
        migrations.AddField(
            model_name="facility",
            name="recourse_most_minor",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="facility",
            name="recourse_share",
            field=models.DecimalField(decimal_places=6, max_digits=7, null=True),
        ),
        migrations.AddField(
            model_name="writeoff",
            name="client_minor",
            field=models.BigIntegerField(default=0),
        ),
        migrations.RunSQL(CHARGED_BACK, migrations.RunSQL.noop, elidable=True),
        migrations.AddConstraint(
            model_name="facility",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "product__in",
                        [
                            "recourse",
                            "limited_recourse",
                            "non_recourse",
                            "selective",
                            "whole_turnover",
                            "maturity",
                            "administration",
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
                    models.Q(("recourse_most_minor", None), ("recourse_share", None)),
                    models.Q(("legal_basis", "sale"), ("recourse_days__isnull", False)),
                    _connector="OR",
                ),
                name="facility_limited_recourse",
            ),
        ),
        migrations.AddConstraint(
            model_name="facility",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("recourse_share", None),
                        models.Q(("recourse_share__gt", 0), ("recourse_share__lt", 1)),
                        _connector="OR",
                    ),
                    models.Q(
                        ("recourse_most_minor", None),
                        ("recourse_most_minor__gt", 0),
                        _connector="OR",
                    ),
                ),
                name="facility_recourse_extent",
            ),
        ),
        migrations.AddConstraint(
            model_name="writeoff",
            constraint=models.CheckConstraint(
                condition=models.Q(("bearer__in", ["factor", "client", "shared"])),
                name="write_off_bearer",
            ),
        ),
        migrations.AddConstraint(
            model_name="writeoff",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("loss_minor", None),
                    models.Q(
                        (
                            "loss_minor",
                            django.db.models.expressions.CombinedExpression(
                                models.F("amount_minor"), "-", models.F("client_minor")
                            ),
                        ),
                        ("loss_minor__gt", 0),
                        ("state", "done"),
                    ),
                    _connector="OR",
                ),
                name="write_off_loss",
            ),
        ),
        migrations.AddConstraint(
            model_name="writeoff",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("bearer", "factor"), ("client_minor", 0)),
                    models.Q(("bearer", "client"), ("client_minor", models.F("amount_minor"))),
                    models.Q(
                        ("bearer", "shared"),
                        ("client_minor__gt", 0),
                        ("client_minor__lt", models.F("amount_minor")),
                    ),
                    _connector="OR",
                ),
                name="write_off_parts",
            ),
        ),
    ]
