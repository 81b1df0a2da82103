"""Life after funding: what of an invoice is disputed, and what is written off."""

from django.db import migrations, models

import usance.domain.collection.disputes


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0020_parties"),
    ]

    operations = [
        migrations.AddField(
            model_name="dispute",
            name="amount_minor",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="dispute",
            name="code",
            field=models.CharField(
                default=usance.domain.collection.disputes.Reason["OTHER"], max_length=8
            ),
        ),
        migrations.AddField(
            model_name="dispute",
            name="ended_as",
            field=models.CharField(blank=True, max_length=11),
        ),
        migrations.AddField(
            model_name="reminder",
            name="disputed_minor",
            field=models.BigIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name="response",
            name="owes",
            field=models.DecimalField(decimal_places=3, max_digits=18, null=True),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "code__in",
                        [
                            usance.domain.collection.disputes.Reason["PRICE"],
                            usance.domain.collection.disputes.Reason["QUANTITY"],
                            usance.domain.collection.disputes.Reason["QUALITY"],
                            usance.domain.collection.disputes.Reason["DELIVERY"],
                            usance.domain.collection.disputes.Reason["ORDER"],
                            usance.domain.collection.disputes.Reason["TERMS"],
                            usance.domain.collection.disputes.Reason["PAPER"],
                            usance.domain.collection.disputes.Reason["PAID"],
                            usance.domain.collection.disputes.Reason["OTHER"],
                        ],
                    )
                ),
                name="dispute_code",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_minor", None), ("amount_minor__gt", 0), _connector="OR"
                ),
                name="dispute_amount",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_as", ""),
                    models.Q(
                        ("closed_at__isnull", False),
                        (
                            "ended_as__in",
                            [
                                usance.domain.collection.disputes.Ending["WITHDRAWN"],
                                usance.domain.collection.disputes.Ending["CREDIT_NOTE"],
                                usance.domain.collection.disputes.Ending["PAYMENT"],
                                usance.domain.collection.disputes.Ending["RESTATED"],
                                usance.domain.collection.disputes.Ending["REPURCHASED"],
                                usance.domain.collection.disputes.Ending["WRITTEN_OFF"],
                            ],
                        ),
                    ),
                    _connector="OR",
                ),
                name="dispute_ended_as",
            ),
        ),
    ]
