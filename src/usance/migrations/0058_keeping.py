"""What a client that keeps its own ledger promised: days of its terms, no longer of the product. And
what over-advances that ended left uncovered."""

from django.db import migrations, models

from usance.domain.finance import Product

# As every contract in confidence had it until now.
USUAL = (
    "UPDATE facility SET list_days = 10, ask_days = 7, tell_days = 10"
    " WHERE product = 'confidential'"
)


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0057_letters_by_name"),
    ]

    operations = [
        *(
            migrations.AddField(
                model_name="facility", name=name, field=models.SmallIntegerField(null=True)
            )
            for name in ("list_days", "ask_days", "tell_days")
        ),
        migrations.RunSQL(USUAL, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="facility",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("ask_days__gte", 0),
                        ("ask_days__isnull", False),
                        ("list_days__gte", 1),
                        ("list_days__isnull", False),
                        ("product__in", [Product.CONFIDENTIAL]),
                        ("tell_days__gte", 1),
                        ("tell_days__isnull", False),
                    ),
                    models.Q(
                        ("ask_days", None),
                        ("list_days", None),
                        ("tell_days", None),
                        models.Q(("product__in", [Product.CONFIDENTIAL]), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="facility_keeping",
            ),
        ),
        migrations.AddField(
            model_name="overadvance",
            name="uncovered_minor",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name="overadvance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("uncovered_minor", None),
                    models.Q(("state", "approved"), ("uncovered_minor__gte", 0)),
                    _connector="OR",
                ),
                name="over_advance_uncovered",
            ),
        ),
    ]
