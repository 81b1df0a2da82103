"""What is only added has its references looked up once a statement; invoices are never deleted."""

import django.db.models.deletion
from django.db import migrations, models

from usance.engine import APP

# A key that is looked up by itself: joined, the planner may read all invoices for a few of them.
REFERS = """
CREATE FUNCTION move_refers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE lost record;
BEGIN
  SELECT a.id INTO lost FROM added a
   WHERE (SELECT e.id FROM entry e WHERE e.id = a.entry_id) IS NULL
      OR (a.invoice_id IS NOT NULL
          AND (SELECT i.id FROM invoice i WHERE i.id = a.invoice_id) IS NULL) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'move % refers to an entry or invoice that is not there', lost.id
      USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION invoice_refers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE lost record;
BEGIN
  SELECT a.invoice_id INTO lost FROM added a WHERE a.invoice_id IS NOT NULL
     AND (SELECT i.id FROM invoice i WHERE i.id = a.invoice_id) IS NULL LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '% refers to invoice %, which is not there', TG_TABLE_NAME, lost.invoice_id
      USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER refers AFTER INSERT ON move REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION move_refers();
"""
REFERS += "".join(
    f"""
CREATE TRIGGER refers AFTER INSERT ON {table} REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION invoice_refers();
"""
    for table in ("diary", "verification", "credit_decision", "trait")
)
# What was decided, and why, stays as it was decided.
DECIDED = "".join(
    f"""
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION append_only();
REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {APP};
"""
    for table in ("verification", "credit_decision")
)
# The other half of a foreign key: what is referred to stays, under its key. Entries do already.
STAYS = f"""
CREATE TRIGGER stays BEFORE DELETE OR TRUNCATE OR UPDATE OF id ON invoice
  FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER stays BEFORE UPDATE OF invoice_id ON trait
  FOR EACH STATEMENT EXECUTE FUNCTION append_only();
REVOKE DELETE, TRUNCATE ON invoice FROM {APP};
"""


class Migration(migrations.Migration):
    dependencies = [
        ("usance", "0044_more_kinds_and_accounts"),
    ]

    operations = [
        migrations.AlterField(
            model_name="move",
            name="entry",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="moves",
                to="usance.entry",
            ),
        ),
        migrations.AlterField(
            model_name="move",
            name="invoice",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="usance.invoice",
            ),
        ),
        migrations.AlterField(
            model_name="diary",
            name="invoice",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="usance.invoice",
            ),
        ),
        migrations.AlterField(
            model_name="verification",
            name="invoice",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="verifications",
                to="usance.invoice",
            ),
        ),
        migrations.AlterField(
            model_name="creditdecision",
            name="invoice",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="decisions",
                to="usance.invoice",
            ),
        ),
        migrations.AlterField(
            model_name="trait",
            name="invoice",
            field=models.OneToOneField(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                primary_key=True,
                related_name="trait",
                serialize=False,
                to="usance.invoice",
            ),
        ),
        migrations.RunSQL(REFERS + DECIDED + STAYS, migrations.RunSQL.noop),
    ]
