"""Schedules of assignment: kept, signed and printed; whether a purchase is on one."""

import django.db.models.deletion
from django.db import migrations, models

import usance.domain.events
import usance.models.ids
from usance.engine import APP

# What was assigned, and who signed it, stays.
GUARDED = "".join(
    f"""
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION append_only();
REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {APP};
"""
    for table in ("schedule", "schedule_signature", "schedule_paper")
)


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0038_currency"),
    ]

    operations = [
        migrations.CreateModel(
            name="Schedule",
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
                ("number", models.CharField(max_length=24)),
                ("currency", models.CharField(max_length=3)),
                ("bought_on", models.DateField()),
                ("invoices", models.IntegerField()),
                ("face_minor", models.BigIntegerField()),
                ("advance_minor", models.BigIntegerField()),
                ("manifest", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("signers", models.SmallIntegerField()),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=64)),
            ],
            options={
                "db_table": "schedule",
            },
        ),
        migrations.CreateModel(
            name="SchedulePaper",
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
                ("signatures", models.SmallIntegerField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "schedule_paper",
            },
        ),
        migrations.CreateModel(
            name="ScheduleSignature",
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
                ("signer", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=200)),
                ("digest", models.CharField(max_length=64)),
                ("words", models.TextField()),
                ("address", models.GenericIPAddressField(null=True)),
                ("agent", models.CharField(blank=True, max_length=400)),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "schedule_signature",
            },
        ),
        migrations.AddField(
            model_name="schedule",
            name="client",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="schedules",
                to="usance.client",
            ),
        ),
        migrations.AddField(
            model_name="schedule",
            name="facility",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, to="usance.facility"
            ),
        ),
        migrations.AddField(
            model_name="funding",
            name="schedule",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="fundings",
                to="usance.schedule",
            ),
        ),
        migrations.AddField(
            model_name="schedulepaper",
            name="document",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, to="usance.document"
            ),
        ),
        migrations.AddField(
            model_name="schedulepaper",
            name="schedule",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="papers",
                to="usance.schedule",
            ),
        ),
        migrations.AddField(
            model_name="schedulesignature",
            name="schedule",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="signatures",
                to="usance.schedule",
            ),
        ),
        migrations.AddIndex(
            model_name="schedule",
            index=models.Index(
                condition=models.Q(("signers__gt", 0)), fields=["client"], name="schedule_to_sign"
            ),
        ),
        migrations.AddConstraint(
            model_name="schedule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("advance_minor__gte", 0),
                    ("advance_minor__lte", models.F("face_minor")),
                    ("face_minor__gt", 0),
                    ("invoices__gt", 0),
                    ("signers__gte", 0),
                    ("signers__lte", 2),
                ),
                name="schedule_amounts",
            ),
        ),
        migrations.AddConstraint(
            model_name="schedulepaper",
            constraint=models.UniqueConstraint(
                fields=("schedule", "signatures"), name="schedule_paper_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="schedulesignature",
            constraint=models.UniqueConstraint(
                fields=("schedule", "signer"), name="schedule_signer_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="schedulesignature",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("signer", ""), _negated=True), models.Q(("words", ""), _negated=True)
                ),
                name="schedule_signature_says",
            ),
        ),
        migrations.RunSQL(GUARDED, migrations.RunSQL.noop),
        migrations.RemoveConstraint(
            model_name="diary",
            name="diary_kind",
        ),
        migrations.AddField(
            model_name="facility",
            name="schedule_signers",
            field=models.SmallIntegerField(default=0),
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
                            usance.domain.events.Kind["INVOICE_WAITING"],
                            usance.domain.events.Kind["INVOICE_HELD"],
                            usance.domain.events.Kind["INVOICE_PARKED"],
                            usance.domain.events.Kind["INVOICE_RELEASED"],
                            usance.domain.events.Kind["INVOICE_REJECTED"],
                            usance.domain.events.Kind["INVOICE_APPROVED"],
                            usance.domain.events.Kind["INVOICE_FUNDED"],
                            usance.domain.events.Kind["SCHEDULE_SIGNED"],
                            usance.domain.events.Kind["INVOICE_PAID"],
                            usance.domain.events.Kind["INVOICE_SETTLED"],
                            usance.domain.events.Kind["INVOICE_REOPENED"],
                            usance.domain.events.Kind["INVOICE_REPURCHASED"],
                            usance.domain.events.Kind["INVOICE_REFACTORED"],
                            usance.domain.events.Kind["INVOICE_WRITTEN_OFF"],
                            usance.domain.events.Kind["WRITE_OFF_PROPOSED"],
                            usance.domain.events.Kind["WRITE_OFF_DECLINED"],
                            usance.domain.events.Kind["CLAIM_WRITTEN_OFF"],
                            usance.domain.events.Kind["BUY_BACK_QUOTED"],
                            usance.domain.events.Kind["BUY_BACK_DONE"],
                            usance.domain.events.Kind["BUY_BACK_DECLINED"],
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
                            usance.domain.events.Kind["OFFER_ASKED"],
                            usance.domain.events.Kind["OFFER_PREPARED"],
                            usance.domain.events.Kind["OFFER_MADE"],
                            usance.domain.events.Kind["OFFER_ACCEPTED"],
                            usance.domain.events.Kind["OFFER_DECLINED"],
                            usance.domain.events.Kind["OFFER_REFUSED"],
                            usance.domain.events.Kind["OFFER_EXPIRED"],
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
                            usance.domain.events.Kind["ADVICE_RECEIVED"],
                            usance.domain.events.Kind["ADVICE_WITHDRAWN"],
                            usance.domain.events.Kind["PAYOUT_PROPOSED"],
                            usance.domain.events.Kind["PAYOUT_RELEASED"],
                            usance.domain.events.Kind["PAYOUT_SENT"],
                            usance.domain.events.Kind["PAYOUT_PAID"],
                            usance.domain.events.Kind["PAYOUT_REJECTED"],
                            usance.domain.events.Kind["PAYOUT_RETURNED"],
                            usance.domain.events.Kind["DEBIT_PLANNED"],
                            usance.domain.events.Kind["DEBIT_ANNOUNCED"],
                            usance.domain.events.Kind["DEBIT_RELEASED"],
                            usance.domain.events.Kind["DEBIT_SENT"],
                            usance.domain.events.Kind["DEBIT_COLLECTED"],
                            usance.domain.events.Kind["DEBIT_REJECTED"],
                            usance.domain.events.Kind["DEBIT_RETURNED"],
                            usance.domain.events.Kind["DEBIT_CANCELLED"],
                            usance.domain.events.Kind["CHECKOUT_BEGUN"],
                            usance.domain.events.Kind["CHECKOUT_PAID"],
                            usance.domain.events.Kind["CHECKOUT_ENDED"],
                            usance.domain.events.Kind["CHECKOUT_RETURNED"],
                            usance.domain.events.Kind["PROVIDER_PAYOUT_TOLD"],
                            usance.domain.events.Kind["PROVIDER_PAYOUT_ARRIVED"],
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
                            usance.domain.events.Kind["FEE_INVOICED"],
                            usance.domain.events.Kind["FEE_CREDITED"],
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
