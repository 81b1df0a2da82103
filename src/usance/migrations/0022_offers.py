"""Requests and offers: what clients may choose, what we offer, how a facility lets it be bought."""

import django.db.models.deletion
from django.db import migrations, models

import usance.domain.events
import usance.domain.finance.offering
import usance.models.ids


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0021_debits"),
    ]

    operations = [
        migrations.CreateModel(
            name="Offer",
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
                (
                    "state",
                    models.CharField(
                        default=usance.domain.finance.offering.State["ASKED"], max_length=8
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("face_minor", models.BigIntegerField()),
                ("advance_minor", models.BigIntegerField()),
                ("cost_minor", models.BigIntegerField()),
                ("priced_on", models.DateField()),
                ("content", models.CharField(max_length=64)),
                ("asked_at", models.DateTimeField()),
                ("asked_by", models.CharField(max_length=64)),
                ("prepared_by", models.CharField(blank=True, max_length=64)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(blank=True, max_length=64)),
                ("instant", models.BooleanField(default=False)),
                ("remark", models.CharField(blank=True, max_length=400)),
                ("valid_through", models.DateField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.CharField(blank=True, max_length=64)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offers",
                        to="usance.client",
                    ),
                ),
                (
                    "facility",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="usance.facility",
                    ),
                ),
            ],
            options={
                "db_table": "offer",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    usance.domain.finance.offering.State["ASKED"],
                                    usance.domain.finance.offering.State["PREPARED"],
                                    usance.domain.finance.offering.State["OFFERED"],
                                    usance.domain.finance.offering.State["ACCEPTED"],
                                    usance.domain.finance.offering.State["DECLINED"],
                                    usance.domain.finance.offering.State["REFUSED"],
                                    usance.domain.finance.offering.State["EXPIRED"],
                                ],
                            )
                        ),
                        name="offer_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("advance_minor__gt", 0), ("cost_minor__gte", 0), ("face_minor__gt", 0)
                        ),
                        name="offer_amounts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                (
                                    "state__in",
                                    [
                                        usance.domain.finance.offering.State["OFFERED"],
                                        usance.domain.finance.offering.State["ACCEPTED"],
                                        usance.domain.finance.offering.State["EXPIRED"],
                                    ],
                                ),
                                _negated=True,
                            ),
                            ("instant", True),
                            models.Q(
                                models.Q(("prepared_by", ""), _negated=True),
                                models.Q(("decided_by", ""), _negated=True),
                                models.Q(("prepared_by", models.F("decided_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="offer_four_eyes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                (
                                    "state__in",
                                    [
                                        usance.domain.finance.offering.State["OFFERED"],
                                        usance.domain.finance.offering.State["ACCEPTED"],
                                        usance.domain.finance.offering.State["EXPIRED"],
                                    ],
                                ),
                                _negated=True,
                            ),
                            ("valid_through__isnull", False),
                            _connector="OR",
                        ),
                        name="offer_ends",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["client", "id"], name="offer_by_client"),
                    models.Index(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    usance.domain.finance.offering.State["ASKED"],
                                    usance.domain.finance.offering.State["OFFERED"],
                                    usance.domain.finance.offering.State["PREPARED"],
                                ],
                            )
                        ),
                        fields=["id"],
                        name="offer_open",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OfferLine",
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
                ("advance_minor", models.BigIntegerField()),
                ("reserve_minor", models.BigIntegerField()),
                ("fees_minor", models.BigIntegerField()),
                ("interest_minor", models.BigIntegerField()),
                ("vat_minor", models.BigIntegerField()),
                ("rebate_minor", models.BigIntegerField()),
                ("paid_on", models.DateField()),
                ("recourse_days", models.IntegerField(null=True)),
                ("fallback", models.BooleanField(default=False)),
                ("is_open", models.BooleanField(default=True)),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offer_lines",
                        to="usance.invoice",
                    ),
                ),
                (
                    "offer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="usance.offer",
                    ),
                ),
            ],
            options={
                "db_table": "offer_line",
                "constraints": [
                    models.UniqueConstraint(fields=("offer", "invoice"), name="offer_line_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("is_open", True)),
                        fields=("invoice",),
                        name="offer_line_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("advance_minor__gt", 0),
                            ("fees_minor__gte", 0),
                            ("reserve_minor__gte", 0),
                        ),
                        name="offer_line_amounts",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="facility",
            name="buying",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="funding",
            name="recourse_days",
            field=models.IntegerField(null=True),
        ),
    ]
