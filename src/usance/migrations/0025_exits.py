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
            ],
            options={
                "db_table": "buy_back",
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
            ],
            options={
                "db_table": "buy_back_line",
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
            ],
            options={
                "db_table": "release_letter",
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
        migrations.AddField(
            model_name="buyback",
            name="client",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="buy_backs",
                to="usance.client",
            ),
        ),
        migrations.AddField(
            model_name="buyback",
            name="instead",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="usance.invoice",
            ),
        ),
        migrations.AddField(
            model_name="buyback",
            name="receipt",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="usance.bankline",
            ),
        ),
        migrations.AddField(
            model_name="buybackline",
            name="buy_back",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="usance.buyback",
            ),
        ),
        migrations.AddField(
            model_name="buybackline",
            name="invoice",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="buy_back_lines",
                to="usance.invoice",
            ),
        ),
        migrations.AddField(
            model_name="releaseletter",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="usance.clientaccount",
            ),
        ),
        migrations.AddField(
            model_name="releaseletter",
            name="buy_back",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="releases",
                to="usance.buyback",
            ),
        ),
        migrations.AddField(
            model_name="releaseletter",
            name="debtor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="releases",
                to="usance.debtor",
            ),
        ),
        migrations.AddField(
            model_name="releaseletter",
            name="dispatch",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="release",
                to="usance.dispatch",
            ),
        ),
        migrations.AddIndex(
            model_name="buyback",
            index=models.Index(
                condition=models.Q(("state", usance.domain.settlement.buy_backs.State["QUOTED"])),
                fields=["id"],
                name="buy_back_open",
            ),
        ),
        migrations.AddIndex(
            model_name="buyback",
            index=models.Index(fields=["client", "id"], name="buy_back_by_client"),
        ),
        migrations.AddConstraint(
            model_name="buyback",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="buyback",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="buyback",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="buyback",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("instead__isnull", False),
                        ("kind", usance.domain.settlement.buy_backs.Kind["SUBSTITUTION"]),
                    ),
                    models.Q(
                        models.Q(
                            ("kind", usance.domain.settlement.buy_backs.Kind["SUBSTITUTION"]),
                            _negated=True,
                        ),
                        ("instead", None),
                    ),
                    _connector="OR",
                ),
                name="buy_back_instead",
            ),
        ),
        migrations.AddConstraint(
            model_name="buyback",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("claims_minor__gte", 0),
                        ("due_minor__gte", 0),
                        ("kind", usance.domain.settlement.buy_backs.Kind["EXIT"]),
                    ),
                    models.Q(
                        models.Q(
                            ("kind", usance.domain.settlement.buy_backs.Kind["EXIT"]), _negated=True
                        ),
                        ("claims_minor", None),
                        ("due_minor", None),
                    ),
                    _connector="OR",
                ),
                name="buy_back_exit",
            ),
        ),
        migrations.AddConstraint(
            model_name="buyback",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state", usance.domain.settlement.buy_backs.State["DONE"]), _negated=True
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
        ),
        migrations.AddConstraint(
            model_name="buyback",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="buybackline",
            constraint=models.UniqueConstraint(
                fields=("buy_back", "invoice"), name="buy_back_line_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="buybackline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_open", True)),
                fields=("invoice",),
                name="buy_back_line_open_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="buybackline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("fees_minor__gte", 0), ("outstanding_minor__gt", 0), ("reserve_minor__gte", 0)
                ),
                name="buy_back_line_amounts",
            ),
        ),
        migrations.AddConstraint(
            model_name="releaseletter",
            constraint=models.UniqueConstraint(
                fields=("buy_back", "debtor"), name="release_letter_once"
            ),
        ),
    ]
