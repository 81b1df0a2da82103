"""Months that close, exports to the bookkeeping of others, totals by the day they were written."""

import django.db.models.deletion
from django.db import migrations, models

import usance.domain.events
import usance.domain.periods
import usance.domain.vouchers
import usance.models.ids
from usance.engine import APP
from usance.models.period import LOCK, REFUSED

REFILL = """
INSERT INTO day_total (account, currency, booked_on, written_on, lane, debit_minor, credit_minor)
SELECT account, currency, booked_on, written_on, 0, sum(d), sum(c) FROM (
  SELECT m.debit AS account, m.currency, m.booked_on, (e.at AT TIME ZONE 'UTC')::date AS written_on,
         m.amount_minor AS d, 0 AS c FROM move m JOIN entry e ON e.id = m.entry_id
  UNION ALL
  SELECT m.credit, m.currency, m.booked_on, (e.at AT TIME ZONE 'UTC')::date, 0, m.amount_minor
    FROM move m JOIN entry e ON e.id = m.entry_id) AS side GROUP BY 1, 2, 3, 4;
"""

# Who books holds the lock shared until commit, who closes takes it alone: nothing is on its way
# into a month while it closes. A lock of rows would be written for each entry; this one is not.
OPEN_PERIOD = f"""
CREATE FUNCTION entry_in_open_period() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE broken record;
BEGIN
  PERFORM pg_advisory_xact_lock_shared({LOCK}, hashtext(TG_TABLE_SCHEMA));
  SELECT a.key, a.booked_on, p.state INTO broken FROM added a JOIN period p
      ON (p.state = 'hard' AND a.booked_on <= p.last_on)
      OR (p.state = 'soft' AND a.booked_on BETWEEN p.first_on AND p.last_on
          AND a.key NOT LIKE 'correction:%') LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'the month of % is closed (%): % is not booked', broken.booked_on,
      broken.state, broken.key USING ERRCODE = '{REFUSED}';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER entry_in_open_period AFTER INSERT ON entry REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION entry_in_open_period();
REVOKE DELETE, TRUNCATE ON period FROM {APP};
"""  # noqa: S608 - a function with our own names in it

# What was handed over stays handed over; only what the other side says of it is written later.
HANDED = f"""
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON voucher_batch
  FOR EACH STATEMENT EXECUTE FUNCTION append_only();
REVOKE UPDATE, DELETE, TRUNCATE ON voucher_batch FROM {APP};
REVOKE UPDATE, DELETE, TRUNCATE ON voucher FROM {APP};
GRANT UPDATE (state, external, their_series, their_number, their_year, error, said_at, said_by)
  ON voucher TO {APP};
"""


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0013_availability"),
    ]

    operations = [
        # Sums of moves: they are made anew below, by the day each was written.
        migrations.RunSQL("DELETE FROM day_total", migrations.RunSQL.noop, elidable=True),
        migrations.CreateModel(
            name="Period",
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
                ("first_on", models.DateField(unique=True)),
                ("last_on", models.DateField()),
                (
                    "state",
                    models.CharField(default=usance.domain.periods.State["OPEN"], max_length=4),
                ),
                ("checks", models.JSONField(default=list)),
                ("remark", models.CharField(blank=True, max_length=400)),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_by", models.CharField(blank=True, max_length=64)),
                ("asked_by", models.CharField(blank=True, max_length=64)),
                ("asked_at", models.DateTimeField(null=True)),
                ("asked_because", models.CharField(blank=True, max_length=400)),
                ("reopened_by", models.CharField(blank=True, max_length=64)),
                ("reopened_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "period",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "soft", "hard"])),
                        name="period_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_on__gt", models.F("first_on"))),
                        name="period_days",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reopened_by", ""),
                            models.Q(("reopened_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="period_four_eyes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VoucherBatch",
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
                ("name", models.CharField(max_length=60, unique=True)),
                ("currency", models.CharField(max_length=3)),
                ("year", models.SmallIntegerField()),
                ("first_on", models.DateField()),
                ("last_on", models.DateField()),
                ("vouchers", models.IntegerField()),
                ("postings", models.IntegerField()),
                ("total_minor", models.DecimalField(decimal_places=0, max_digits=25)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=64)),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="usance.document"
                    ),
                ),
            ],
            options={
                "db_table": "voucher_batch",
            },
        ),
        migrations.CreateModel(
            name="VoucherTarget",
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
                ("name", models.CharField(max_length=80, unique=True)),
                ("format", models.CharField(max_length=20)),
                ("chart", models.CharField(max_length=10)),
                ("series", models.CharField(default="U", max_length=4)),
                ("year_begins", models.SmallIntegerField(default=1)),
                ("since", models.DateField()),
                ("numbers", models.JSONField(default=dict)),
                ("settings", models.JSONField(default=dict)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "voucher_target",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("year_begins__gte", 1), ("year_begins__lte", 12)),
                        name="voucher_target_year",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Voucher",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("currency", models.CharField(max_length=3)),
                ("year", models.SmallIntegerField()),
                ("number", models.IntegerField()),
                (
                    "state",
                    models.CharField(default=usance.domain.vouchers.State["PENDING"], max_length=8),
                ),
                ("external", models.CharField(blank=True, max_length=80)),
                ("their_series", models.CharField(blank=True, max_length=20)),
                ("their_number", models.CharField(blank=True, max_length=40)),
                ("their_year", models.CharField(blank=True, max_length=20)),
                ("error", models.CharField(blank=True, max_length=400)),
                ("said_at", models.DateTimeField(null=True)),
                ("said_by", models.CharField(blank=True, max_length=64)),
                (
                    "entry",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handed",
                        to="usance.entry",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="usance.voucherbatch",
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="usance.vouchertarget",
                    ),
                ),
            ],
            options={
                "db_table": "voucher",
                "constraints": [
                    models.UniqueConstraint(fields=("entry", "target"), name="voucher_once"),
                    models.UniqueConstraint(
                        fields=("target", "currency", "year", "number"), name="voucher_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["pending", "exported", "booked", "failed"])
                        ),
                        name="voucher_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "booked"), _negated=True),
                            models.Q(("their_number", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="voucher_booked_has_number",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["batch", "state", "number"], name="voucher_by_batch"),
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="daytotal",
            name="day_total_once",
        ),
        migrations.AddField(
            model_name="daytotal",
            name="written_on",
            field=models.DateField(default="2000-01-01"),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="daytotal",
            constraint=models.UniqueConstraint(
                fields=("booked_on", "account", "currency", "lane", "written_on"),
                name="day_total_once",
            ),
        ),
        migrations.AddField(
            model_name="voucherbatch",
            name="target",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="batches",
                to="usance.vouchertarget",
            ),
        ),
        migrations.AddIndex(
            model_name="voucherbatch",
            index=models.Index(fields=["target", "-id"], name="voucher_batch_by_target"),
        ),
        migrations.RunSQL(REFILL, migrations.RunSQL.noop, elidable=True),
        migrations.RunSQL(OPEN_PERIOD + HANDED, migrations.RunSQL.noop),
        # The words of the diary; always last.
    ]
