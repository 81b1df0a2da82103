"""Questions to debtors before the purchase, and the policy that asks them."""

import django.db.models.deletion
from django.db import migrations, models

import usance.domain.events
import usance.domain.verification.questions
import usance.models.ids


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0008_proof"),
    ]

    operations = [
        migrations.CreateModel(
            name="Question",
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
                ("state", models.CharField(max_length=9)),
                ("reasons", models.JSONField()),
                ("channel", models.CharField(max_length=4)),
                ("silence", models.CharField(max_length=4)),
                ("days", models.SmallIntegerField()),
                ("opened_at", models.DateTimeField()),
                ("attempt", models.SmallIntegerField(default=1)),
                ("asked_at", models.DateTimeField(null=True)),
                ("asked_by", models.CharField(blank=True, max_length=64)),
                ("asked_to", models.CharField(blank=True, max_length=200)),
                ("answer_by", models.DateField(null=True)),
                ("seen_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("answered_by", models.CharField(blank=True, max_length=64)),
                ("person", models.CharField(blank=True, max_length=200)),
                ("said", models.CharField(blank=True, max_length=400)),
                ("grade", models.SmallIntegerField(default=0)),
                (
                    "client",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="usance.client",
                    ),
                ),
                (
                    "debtor",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="usance.debtor",
                    ),
                ),
                (
                    "invoice",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="question",
                        to="usance.invoice",
                    ),
                ),
            ],
            options={
                "db_table": "question",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    usance.domain.verification.questions.State["TO_ASK"],
                                    usance.domain.verification.questions.State["ASKED"],
                                    usance.domain.verification.questions.State["CONFIRMED"],
                                    usance.domain.verification.questions.State["OBJECTED"],
                                    usance.domain.verification.questions.State["SILENT"],
                                    usance.domain.verification.questions.State["PASSED"],
                                    usance.domain.verification.questions.State["WAIVED"],
                                ],
                            )
                        ),
                        name="question_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "channel__in",
                                [
                                    usance.domain.verification.questions.Channel["LINK"],
                                    usance.domain.verification.questions.Channel["CALL"],
                                ],
                            )
                        ),
                        name="question_channel",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "silence__in",
                                [
                                    usance.domain.verification.questions.Silence["HOLD"],
                                    usance.domain.verification.questions.Silence["PASS"],
                                ],
                            )
                        ),
                        name="question_silence",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "grade__in",
                                [
                                    usance.domain.verification.questions.Grade["NONE"],
                                    usance.domain.verification.questions.Grade["OPENED"],
                                    usance.domain.verification.questions.Grade["CALLED"],
                                    usance.domain.verification.questions.Grade["SIGNED"],
                                ],
                            )
                        ),
                        name="question_grade",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "asked"), _negated=True),
                            models.Q(("answer_by__isnull", False), ("asked_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="question_asked",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["confirmed", "objected"]), _negated=True),
                            ("answered_at__isnull", False),
                            _connector="OR",
                        ),
                        name="question_answered",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["state", "id"], name="question_by_state"),
                    models.Index(fields=["client", "debtor"], name="question_by_pair"),
                ],
            },
        ),
        migrations.CreateModel(
            name="QuestionPolicy",
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
                ("said", models.JSONField()),
                ("reason", models.CharField(max_length=400)),
                ("changed_at", models.DateTimeField()),
                ("changed_by", models.CharField(max_length=64)),
                (
                    "client",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="question_policy",
                        to="usance.client",
                    ),
                ),
            ],
            options={
                "db_table": "question_policy",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("client",), name="question_policy_once", nulls_distinct=False
                    ),
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="diary",
            name="diary_kind",
        ),
        migrations.AddConstraint(
            model_name="diary",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            usance.domain.events.Kind["BATCH_RECEIVED"],
                            usance.domain.events.Kind["PAGES_RECEIVED"],
                            usance.domain.events.Kind["PAGES_UNREADABLE"],
                            usance.domain.events.Kind["READING_WAITING"],
                            usance.domain.events.Kind["READING_PASSED"],
                            usance.domain.events.Kind["READING_POSTPONED"],
                            usance.domain.events.Kind["READING_CONFIRMED"],
                            usance.domain.events.Kind["READING_REJECTED"],
                            usance.domain.events.Kind["LAYOUT_LEARNED"],
                            usance.domain.events.Kind["LAYOUT_WITHDRAWN"],
                            usance.domain.events.Kind["INVOICE_RECEIVED"],
                            usance.domain.events.Kind["INVOICE_VERIFIED"],
                            usance.domain.events.Kind["INVOICE_HELD"],
                            usance.domain.events.Kind["INVOICE_PARKED"],
                            usance.domain.events.Kind["INVOICE_RELEASED"],
                            usance.domain.events.Kind["INVOICE_REJECTED"],
                            usance.domain.events.Kind["INVOICE_APPROVED"],
                            usance.domain.events.Kind["INVOICE_FUNDED"],
                            usance.domain.events.Kind["INVOICE_PAID"],
                            usance.domain.events.Kind["INVOICE_SETTLED"],
                            usance.domain.events.Kind["INVOICE_REPURCHASED"],
                            usance.domain.events.Kind["INVOICE_WRITTEN_OFF"],
                            usance.domain.events.Kind["CREDIT_NOTE_VERIFIED"],
                            usance.domain.events.Kind["CREDIT_NOTE_APPLIED"],
                            usance.domain.events.Kind["DISPATCH_PLANNED"],
                            usance.domain.events.Kind["DISPATCH_ACCEPTED"],
                            usance.domain.events.Kind["DISPATCH_DELIVERED"],
                            usance.domain.events.Kind["DISPATCH_FAILED"],
                            usance.domain.events.Kind["DISPATCH_UNKNOWN"],
                            usance.domain.events.Kind["CARRIER_PAUSED"],
                            usance.domain.events.Kind["CARRIER_RESUMED"],
                            usance.domain.events.Kind["DISPATCH_LATE"],
                            usance.domain.events.Kind["DISPATCH_CANCELLED"],
                            usance.domain.events.Kind["DISPATCH_DOUBLED"],
                            usance.domain.events.Kind["RESPONSE_RECEIVED"],
                            usance.domain.events.Kind["ADDRESS_SUPPRESSED"],
                            usance.domain.events.Kind["ADDRESS_LIFTED"],
                            usance.domain.events.Kind["ADDRESS_PROPOSED"],
                            usance.domain.events.Kind["ADDRESS_DECLINED"],
                            usance.domain.events.Kind["REMINDER_DUE"],
                            usance.domain.events.Kind["DISPUTE_REPORTED"],
                            usance.domain.events.Kind["DISPUTE_OPENED"],
                            usance.domain.events.Kind["DISPUTE_CLOSED"],
                            usance.domain.events.Kind["STATEMENT_IMPORTED"],
                            usance.domain.events.Kind["PAYMENT_ALLOCATED"],
                            usance.domain.events.Kind["PAYMENT_UNAPPLIED"],
                            usance.domain.events.Kind["PAYOUT_PROPOSED"],
                            usance.domain.events.Kind["PAYOUT_RELEASED"],
                            usance.domain.events.Kind["PAYOUT_SENT"],
                            usance.domain.events.Kind["PAYOUT_PAID"],
                            usance.domain.events.Kind["PAYOUT_REJECTED"],
                            usance.domain.events.Kind["QUESTION_OPENED"],
                            usance.domain.events.Kind["QUESTION_ASKED"],
                            usance.domain.events.Kind["QUESTION_ANSWERED"],
                            usance.domain.events.Kind["QUESTION_SILENT"],
                            usance.domain.events.Kind["SUPPORTING_FILED"],
                            usance.domain.events.Kind["SUPPORTING_REMOVED"],
                            usance.domain.events.Kind["NOTE_WRITTEN"],
                            usance.domain.events.Kind["MASTER_DATA_CHANGED"],
                        ],
                    )
                ),
                name="diary_kind",
            ),
        ),
    ]
