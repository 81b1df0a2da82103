"""What lines pay is looked up once a statement; what waits and what was undone is found at once;
and what a payer ordered in another currency."""

import django.db.models.deletion
from django.db import migrations, models

from usance.engine import APP

# As move_refers. Lines and invoices are locked by whoever adds what one pays of the other.
REFERS = """
CREATE FUNCTION allocation_refers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE lost record;
BEGIN
  SELECT a.id INTO lost FROM added a
   WHERE (SELECT l.id FROM bank_line l WHERE l.id = a.line_id) IS NULL
      OR (SELECT i.id FROM invoice i WHERE i.id = a.invoice_id) IS NULL LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'allocation % refers to a line or invoice that is not there', lost.id
      USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER refers AFTER INSERT ON allocation REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION allocation_refers();
CREATE TRIGGER stays BEFORE UPDATE OF line_id, invoice_id ON allocation
  FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER stays BEFORE DELETE OR TRUNCATE OR UPDATE OF id ON bank_line
  FOR EACH STATEMENT EXECUTE FUNCTION append_only();
"""
REFERS += f"REVOKE DELETE, TRUNCATE ON bank_line FROM {APP};"


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0048_handed_in_by_clients"),
    ]

    operations = [
        migrations.AlterField(
            model_name="allocation",
            name="line",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="allocations",
                to="usance.bankline",
            ),
        ),
        migrations.AlterField(
            model_name="allocation",
            name="invoice",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="allocations",
                to="usance.invoice",
            ),
        ),
        migrations.RunSQL(REFERS, migrations.RunSQL.noop),
        migrations.AddField(
            model_name="bankline",
            name="ordered",
            field=models.JSONField(null=True),
        ),
        migrations.AddIndex(
            model_name="bankline",
            index=models.Index(
                condition=models.Q(amount_minor__gt=0, verdict="probable")
                & ~models.Q(unapplied_minor=0)
                & ~models.Q(counterparty_account=""),
                fields=["counterparty_account"],
                name="bank_line_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="allocation",
            index=models.Index(
                condition=models.Q(undone_at__isnull=False),
                fields=["line"],
                name="allocation_undone",
            ),
        ),
    ]
