"""What may only be added stays as it was added, whoever asks.

Two walls: the app's role has no right to change these rows, and a trigger refuses everybody else.
A statement trigger costs once a statement and not once a row.
"""

from django.db import migrations

from usance.engine import APP

APPEND_ONLY = (
    "entry", "move", "diary", "delivery_event", "document", "diary_block", "response",
    "template",
)  # fmt: skip

REFUSE = """
CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on % refused: rows are only ever added', TG_OP, TG_TABLE_NAME
    USING ERRCODE = '42501';
END $$;
"""


def _guard(table: str) -> str:
    return f"""
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION append_only();
REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {APP};
"""


# The transaction that wrote a diary row, so that sealing can tell which rows are final: all below
# the oldest running one.
DIARY_TX = """
ALTER TABLE diary ADD COLUMN tx xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX diary_by_tx ON diary (tx);
"""


# Receivables are not paid beyond their amount, reserves not spent beyond theirs. Looked at after
# the statement, when the rows are what they are going to be.
BOUNDS = """
CREATE FUNCTION balance_bounds() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE broken record;
BEGIN
  SELECT * INTO broken FROM changed
   WHERE (account = '1200' AND debit_minor < credit_minor)
      OR (account = '2100' AND credit_minor < debit_minor) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'account % of invoice % would be overdrawn', broken.account, broken.invoice_id
      USING ERRCODE = '23514';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER balance_bounds_added AFTER INSERT ON balance REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION balance_bounds();
CREATE TRIGGER balance_bounds_changed AFTER UPDATE ON balance REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION balance_bounds();
"""


class Migration(migrations.Migration):
    dependencies = [("usance", "0001_initial")]

    operations = [
        migrations.RunSQL(
            REFUSE + DIARY_TX + BOUNDS + "".join(map(_guard, APPEND_ONLY)),
            migrations.RunSQL.noop,
        )
    ]
