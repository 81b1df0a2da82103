"""What is about nobody is summed by the totals of days alone: as one row it was a row for which all
who booked waited."""

from django.db import migrations

DROP = "DELETE FROM balance WHERE num_nonnulls(client_id, debtor_id, invoice_id) = 0"
REFILL = """
INSERT INTO balance (account, currency, debit_minor, credit_minor)
SELECT account, currency, sum(d), sum(c) FROM (
  SELECT debit AS account, currency, amount_minor AS d, 0 AS c FROM move
   WHERE num_nonnulls(client_id, debtor_id, invoice_id) = 0
  UNION ALL
  SELECT credit, currency, 0, amount_minor FROM move
   WHERE num_nonnulls(client_id, debtor_id, invoice_id) = 0) AS side GROUP BY 1, 2
"""


class Migration(migrations.Migration):
    dependencies = [("usance", "0058_keeping")]

    operations = [migrations.RunSQL(DROP, REFILL)]
