"""Mails that came to us."""

import django.db.models.deletion
from django.db import migrations, models

import usance.domain.distribution
import usance.models.ids


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0002_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="InboundMail",
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
                ("carrier", models.CharField(max_length=20)),
                ("envelope_to", models.CharField(blank=True, max_length=320)),
                ("heard", models.CharField(max_length=10)),
                ("sender", models.CharField(blank=True, max_length=300)),
                ("subject", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_by", models.CharField(blank=True, max_length=64)),
                ("remark", models.CharField(blank=True, max_length=400)),
                (
                    "dispatch",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mails",
                        to="usance.dispatch",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="usance.document",
                    ),
                ),
            ],
            options={
                "db_table": "inbound_mail",
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("closed_at", None),
                            (
                                "heard__in",
                                [
                                    usance.domain.distribution.Heard["ANSWER"],
                                    usance.domain.distribution.Heard["OTHER"],
                                ],
                            ),
                        ),
                        fields=["received_at"],
                        name="inbound_mail_open",
                    ),
                    models.Index(fields=["-received_at"], name="inbound_mail_newest"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("document", "envelope_to"), name="inbound_mail_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "heard__in",
                                [
                                    usance.domain.distribution.Heard["REPORT"],
                                    usance.domain.distribution.Heard["AUTO_REPLY"],
                                    usance.domain.distribution.Heard["ANSWER"],
                                    usance.domain.distribution.Heard["OTHER"],
                                ],
                            )
                        ),
                        name="inbound_mail_heard",
                    ),
                ],
            },
        ),
    ]
