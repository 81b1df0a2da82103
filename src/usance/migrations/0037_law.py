"""The accounts of pledged claims: the loan, and what takes claim and reserve off again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0033_belt"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="move",
            name="move_in_chart",
        ),
        migrations.AddConstraint(
            model_name="move",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "credit__in",
                        [
                            "1000",
                            "1050",
                            "1200",
                            "1210",
                            "1250",
                            "1300",
                            "1400",
                            "1960",
                            "1900",
                            "2100",
                            "2110",
                            "2200",
                            "2250",
                            "2300",
                            "2600",
                            "2400",
                            "3000",
                            "4000",
                            "4100",
                            "4200",
                            "4300",
                            "4310",
                            "6000",
                            "6100",
                            "6200",
                            "6210",
                        ],
                    ),
                    (
                        "debit__in",
                        [
                            "1000",
                            "1050",
                            "1200",
                            "1210",
                            "1250",
                            "1300",
                            "1400",
                            "1960",
                            "1900",
                            "2100",
                            "2110",
                            "2200",
                            "2250",
                            "2300",
                            "2600",
                            "2400",
                            "3000",
                            "4000",
                            "4100",
                            "4200",
                            "4300",
                            "4310",
                            "6000",
                            "6100",
                            "6200",
                            "6210",
                        ],
                    ),
                ),
                name="move_in_chart",
            ),
        ),
    ]
