"""What clients buy back, what their debtors are told then, and how claims are paid."""

import django.db.models.deletion
from django.db import migrations, models

import usance.domain.distribution.parcels
import usance.domain.events
import usance.domain.payment.was
import usance.domain.settlement.buy_backs
import usance.models.ids


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0024_kinds"),
    ]

    operations = [
        migrations.CreateModel(
            name="BuyBack",
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
                ("kind", models.CharField(max_length=12)),
                ("way", models.CharField(max_length=7)),
                (
                    "state",
                    models.CharField(
                        default=usance.domain.settlement.buy_backs.State["QUOTED"], max_length=8
                    ),
                ),
                ("for_day", models.DateField()),
                ("price_minor", models.BigIntegerField()),
                ("claims_minor", models.BigIntegerField(null=True)),
                ("due_minor", models.BigIntegerField(null=True)),
                ("on_the_way_minor", models.BigIntegerField(null=True)),
                ("content", models.CharField(max_length=64)),
                ("reason", models.CharField(max_length=400)),
                ("quoted_at", models.DateTimeField()),
                ("quoted_by", models.CharField(max_length=64)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(blank=True, max_length=64)),
                ("remark", models.CharField(blank=True, max_length=400)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="buy_backs",
                        to="usance.client",
                    ),
                ),
                (
                    "instead",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="usance.invoice",
                    ),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="usance.bankline",
                    ),
                ),
            ],
            options={
                "db_table": "buy_back",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    usance.domain.settlement.buy_backs.Kind["CHOSEN"],
                                    usance.domain.settlement.buy_backs.Kind["SUBSTITUTION"],
                                    usance.domain.settlement.buy_backs.Kind["EXIT"],
                                ],
                            )
                        ),
                        name="buy_back_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "way__in",
                                [
                                    usance.domain.settlement.buy_backs.Way["SET_OFF"],
                                    usance.domain.settlement.buy_backs.Way["RECEIPT"],
                                ],
                            )
                        ),
                        name="buy_back_way",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    usance.domain.settlement.buy_backs.State["QUOTED"],
                                    usance.domain.settlement.buy_backs.State["DONE"],
                                    usance.domain.settlement.buy_backs.State["DECLINED"],
                                ],
                            )
                        ),
                        name="buy_back_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("instead__isnull", False),
                                ("kind", usance.domain.settlement.buy_backs.Kind["SUBSTITUTION"]),
                            ),
                            models.Q(
                                models.Q(
                                    (
                                        "kind",
                                        usance.domain.settlement.buy_backs.Kind["SUBSTITUTION"],
                                    ),
                                    _negated=True,
                                ),
                                ("instead", None),
                            ),
                            _connector="OR",
                        ),
                        name="buy_back_instead",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("claims_minor__gte", 0),
                                ("due_minor__gte", 0),
                                ("kind", usance.domain.settlement.buy_backs.Kind["EXIT"]),
                            ),
                            models.Q(
                                models.Q(
                                    ("kind", usance.domain.settlement.buy_backs.Kind["EXIT"]),
                                    _negated=True,
                                ),
                                ("claims_minor", None),
                                ("due_minor", None),
                            ),
                            _connector="OR",
                        ),
                        name="buy_back_exit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state", usance.domain.settlement.buy_backs.State["DONE"]),
                                _negated=True,
                            ),
                            models.Q(
                                (
                                    "kind__in",
                                    [
                                        usance.domain.settlement.buy_backs.Kind["EXIT"],
                                        usance.domain.settlement.buy_backs.Kind["SUBSTITUTION"],
                                    ],
                                ),
                                _negated=True,
                            ),
                            models.Q(("quoted_by", models.F("decided_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="buy_back_four_eyes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state", usance.domain.settlement.buy_backs.State["DONE"]),
                                ("way", usance.domain.settlement.buy_backs.Way["RECEIPT"]),
                                _negated=True,
                            ),
                            ("receipt__isnull", False),
                            _connector="OR",
                        ),
                        name="buy_back_paid",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("state", usance.domain.settlement.buy_backs.State["QUOTED"])
                        ),
                        fields=["id"],
                        name="buy_back_open",
                    ),
                    models.Index(fields=["client", "id"], name="buy_back_by_client"),
                ],
            },
        ),
        migrations.CreateModel(
            name="BuyBackLine",
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
                ("outstanding_minor", models.BigIntegerField()),
                ("reserve_minor", models.BigIntegerField()),
                ("fees_minor", models.BigIntegerField()),
                ("interest_minor", models.BigIntegerField()),
                ("vat_minor", models.BigIntegerField()),
                ("is_open", models.BooleanField(default=True)),
                (
                    "buy_back",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="usance.buyback",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="buy_back_lines",
                        to="usance.invoice",
                    ),
                ),
            ],
            options={
                "db_table": "buy_back_line",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("buy_back", "invoice"), name="buy_back_line_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_open", True)),
                        fields=("invoice",),
                        name="buy_back_line_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("fees_minor__gte", 0),
                            ("outstanding_minor__gt", 0),
                            ("reserve_minor__gte", 0),
                        ),
                        name="buy_back_line_amounts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReleaseLetter",
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
                ("written_on", models.DateField()),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="usance.clientaccount",
                    ),
                ),
                (
                    "buy_back",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="releases",
                        to="usance.buyback",
                    ),
                ),
                (
                    "debtor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="releases",
                        to="usance.debtor",
                    ),
                ),
                (
                    "dispatch",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="release",
                        to="usance.dispatch",
                    ),
                ),
            ],
            options={
                "db_table": "release_letter",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("buy_back", "debtor"), name="release_letter_once"
                    ),
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="dispatch",
            name="dispatch_paper",
        ),
        migrations.RemoveConstraint(
            model_name="laddersetting",
            name="ladder_setting_paper",
        ),
        migrations.AddConstraint(
            model_name="dispatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "paper__in",
                        [
                            usance.domain.distribution.parcels.Paper["INVOICE"],
                            usance.domain.distribution.parcels.Paper["NOTICE"],
                            usance.domain.distribution.parcels.Paper["REMINDER"],
                            usance.domain.distribution.parcels.Paper["RELEASE"],
                        ],
                    )
                ),
                name="dispatch_paper",
            ),
        ),
        migrations.AddConstraint(
            model_name="laddersetting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "paper__in",
                        [
                            "",
                            usance.domain.distribution.parcels.Paper["INVOICE"],
                            usance.domain.distribution.parcels.Paper["NOTICE"],
                            usance.domain.distribution.parcels.Paper["REMINDER"],
                            usance.domain.distribution.parcels.Paper["RELEASE"],
                        ],
                    )
                ),
                name="ladder_setting_paper",
            ),
        ),
    ]
