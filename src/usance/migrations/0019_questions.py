"""Mails by which usance asks debtors, and what they and buyers' systems answer."""

import django.db.models.deletion
from django.db import migrations, models

import usance.domain.distribution.reports
import usance.domain.events
import usance.domain.verification.questions
import usance.models.ids


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0018_kinds_and_chart"),
    ]

    operations = [
        migrations.CreateModel(
            name="QuestionMail",
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
                ("address", models.EmailField(max_length=254)),
                ("carrier", models.CharField(blank=True, max_length=20)),
                ("language", models.CharField(blank=True, max_length=2)),
                ("subject", models.CharField(blank=True, max_length=200)),
                ("text", models.TextField(blank=True)),
                ("html", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        default=usance.domain.distribution.reports.State["QUEUED"], max_length=10
                    ),
                ),
                ("outcome", models.CharField(blank=True, max_length=10)),
                ("tries", models.SmallIntegerField(default=0)),
                ("doubted", models.BooleanField(default=False)),
                ("reference", models.CharField(blank=True, max_length=100)),
                ("detail", models.CharField(blank=True, max_length=400)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=64)),
                ("not_before", models.DateTimeField(null=True)),
                ("called_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mails",
                        to="usance.question",
                    ),
                ),
            ],
            options={
                "db_table": "question_mail",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    usance.domain.distribution.reports.State["QUEUED"],
                                    usance.domain.distribution.reports.State["CALLING"],
                                    usance.domain.distribution.reports.State["ACCEPTED"],
                                    usance.domain.distribution.reports.State["SENT"],
                                    usance.domain.distribution.reports.State["DELIVERED"],
                                    usance.domain.distribution.reports.State["OPENED"],
                                    usance.domain.distribution.reports.State["FAILED"],
                                    usance.domain.distribution.reports.State["UNKNOWN"],
                                    usance.domain.distribution.reports.State["CANCELLED"],
                                ],
                            )
                        ),
                        name="question_mail_state",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["queued", "calling"])),
                        fields=("question",),
                        name="question_mail_once",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["queued", "calling", "unknown"])),
                        fields=["state", "made_at"],
                        name="question_mail_open",
                    ),
                    models.Index(fields=["carrier", "reference"], name="question_mail_reference"),
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="question",
            name="question_channel",
        ),
        migrations.RemoveConstraint(
            model_name="question",
            name="question_grade",
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "channel__in",
                        [
                            usance.domain.verification.questions.Channel["MAIL"],
                            usance.domain.verification.questions.Channel["LINK"],
                            usance.domain.verification.questions.Channel["CALL"],
                        ],
                    )
                ),
                name="question_channel",
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "grade__in",
                        [
                            usance.domain.verification.questions.Grade["NONE"],
                            usance.domain.verification.questions.Grade["OPENED"],
                            usance.domain.verification.questions.Grade["CALLED"],
                            usance.domain.verification.questions.Grade["SIGNED"],
                            usance.domain.verification.questions.Grade["BUYER"],
                        ],
                    )
                ),
                name="question_grade",
            ),
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
                            usance.domain.events.Kind["DRAFT_WRITTEN"],
                            usance.domain.events.Kind["DRAFT_WAITING"],
                            usance.domain.events.Kind["DRAFT_ISSUED"],
                            usance.domain.events.Kind["DRAFT_DISCARDED"],
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
                            usance.domain.events.Kind["INVOICE_REOPENED"],
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
                            usance.domain.events.Kind["PROMISE_MADE"],
                            usance.domain.events.Kind["PLAN_ASKED"],
                            usance.domain.events.Kind["PLAN_AGREED"],
                            usance.domain.events.Kind["PLAN_DECLINED"],
                            usance.domain.events.Kind["PLAN_BROKEN"],
                            usance.domain.events.Kind["PLAN_KEPT"],
                            usance.domain.events.Kind["STATEMENT_IMPORTED"],
                            usance.domain.events.Kind["PAYMENT_ALLOCATED"],
                            usance.domain.events.Kind["PAYMENT_UNAPPLIED"],
                            usance.domain.events.Kind["OVER_ADVANCE_PROPOSED"],
                            usance.domain.events.Kind["OVER_ADVANCE_APPROVED"],
                            usance.domain.events.Kind["OVER_ADVANCE_DECLINED"],
                            usance.domain.events.Kind["PAYMENT_UNDONE"],
                            usance.domain.events.Kind["PAYMENT_EXPLAINED"],
                            usance.domain.events.Kind["PAYER_LEARNED"],
                            usance.domain.events.Kind["PAYER_FORGOTTEN"],
                            usance.domain.events.Kind["PAYOUT_PROPOSED"],
                            usance.domain.events.Kind["PAYOUT_RELEASED"],
                            usance.domain.events.Kind["PAYOUT_SENT"],
                            usance.domain.events.Kind["PAYOUT_PAID"],
                            usance.domain.events.Kind["PAYOUT_REJECTED"],
                            usance.domain.events.Kind["PAYOUT_RETURNED"],
                            usance.domain.events.Kind["QUESTION_OPENED"],
                            usance.domain.events.Kind["QUESTION_ASKED"],
                            usance.domain.events.Kind["QUESTION_MAILED"],
                            usance.domain.events.Kind["QUESTION_UNREACHED"],
                            usance.domain.events.Kind["QUESTION_ANSWERED"],
                            usance.domain.events.Kind["QUESTION_SILENT"],
                            usance.domain.events.Kind["SUPPORTING_FILED"],
                            usance.domain.events.Kind["SUPPORTING_REMOVED"],
                            usance.domain.events.Kind["VOUCHERS_MADE"],
                            usance.domain.events.Kind["VOUCHERS_ANSWERED"],
                            usance.domain.events.Kind["PERIOD_CLOSED"],
                            usance.domain.events.Kind["PERIOD_REOPENING_ASKED"],
                            usance.domain.events.Kind["PERIOD_REOPENED"],
                            usance.domain.events.Kind["NOTE_WRITTEN"],
                            usance.domain.events.Kind["MASTER_DATA_CHANGED"],
                        ],
                    )
                ),
                name="diary_kind",
            ),
        ),
    ]
