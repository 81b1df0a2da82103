"""Fill the book: invoices that have walked the whole way, with everything they leave behind.

Set-based and as the superuser, without foreign keys and triggers, because only the size matters
here; the rows are those that the actions would have written, and `usance doctor` finds them right.
Four of five are settled, the fifth is bought and open.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from .house import DEBTORS, OUR_IBAN, House

if TYPE_CHECKING:
    import psycopg

CHUNK = 10_000  # Invoices a statement of the bank.
AT_ONCE = 100_000  # From so many on, indexes are made when all rows are there.

# A key made of a kind and a number: as UUIDv7s are, neighbours in time are neighbours here.
KEY = """
CREATE OR REPLACE FUNCTION pg_temp.key(kind int, n bigint) RETURNS uuid IMMUTABLE PARALLEL SAFE
LANGUAGE sql AS $$ SELECT (lpad(to_hex(1735689600000 + n), 12, '0') || '7'
  || lpad(to_hex(kind), 3, '0') || '8000' || lpad(to_hex(n), 12, '0'))::uuid $$
"""

# ISO 11649, as `domain.reference.rf`: R is 27 and F is 15.
REFERENCE = """
CREATE OR REPLACE FUNCTION pg_temp.reference(n bigint) RETURNS text IMMUTABLE PARALLEL SAFE
LANGUAGE sql AS $$ SELECT 'RF' || lpad((98 - (body || '271500')::bigint % 97)::text, 2, '0') || body
  FROM lpad(n::text, 10, '0') AS body $$
"""

SEEDED = """
CREATE TEMP TABLE seeded AS
SELECT n, pg_temp.key(1, n) AS id, c.id AS client_id, d.id AS debtor_id, f.id AS facility_id,
       100000 + n AS face, (100000 + n) * 8 / 10 AS advance,
       100000 + n - (100000 + n) * 8 / 10 AS reserve, round((100000 + n) * 0.015)::bigint AS fee,
       date '2025-01-01' + (n %% 365)::int AS day, {settled} AS settled
  FROM generate_series({first}, {last} - 1) AS n
  JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS at FROM client) c
    ON c.at = n %% (SELECT count(*) FROM client)
  JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS at FROM debtor) d
    ON d.at = n::bigint * 7919 %% {debtors}
  JOIN facility f ON f.client_id = c.id;
CREATE TEMP TABLE seeded_move AS
SELECT n, pg_temp.key(20, n) AS entry_id, 'purchase:' || id AS key, pg_temp.key(30, n) AS id, day,
       '1200' AS debit, '2200' AS credit, advance AS minor, client_id, debtor_id, id AS invoice_id
  FROM seeded
UNION ALL SELECT n, pg_temp.key(20, n), 'purchase:' || id, pg_temp.key(31, n), day,
       '1200', '2100', reserve, client_id, debtor_id, id FROM seeded
UNION ALL SELECT n, pg_temp.key(21, n), 'receipt:' || pg_temp.key(5, n), pg_temp.key(32, n), day,
       '1000', '2300', face, NULL, NULL, NULL FROM seeded WHERE settled
UNION ALL SELECT n, pg_temp.key(22, n), 'allocation:' || pg_temp.key(5, n) || ':' || id,
       pg_temp.key(33, n), day, '2300', '1200', face, client_id, debtor_id, id
  FROM seeded WHERE settled
UNION ALL SELECT n, pg_temp.key(23, n), 'settlement:' || id, pg_temp.key(34, n), day,
       '2100', '4000', fee, client_id, debtor_id, id FROM seeded WHERE settled
UNION ALL SELECT n, pg_temp.key(23, n), 'settlement:' || id, pg_temp.key(35, n), day,
       '2100', '2200', reserve - fee, client_id, debtor_id, id FROM seeded WHERE settled
"""

ROWS = """
INSERT INTO received_file (id, batch_id, document_id, name, format, taken, findings)
SELECT pg_temp.key(2, {first}), b.id, d.sha256, 'seed.csv', 'csv_schedule', {last} - {first}, '[]'
  FROM batch b, document d WHERE b.number = 0 AND d.name = 'seed';
INSERT INTO invoice (id, client_id, debtor_id, file_id, kind, number, number_key, issued_on,
  due_on, face_minor, currency, payment_reference, credits, fingerprint, stage, received_at)
SELECT id, client_id, debtor_id, pg_temp.key(2, {first}), 'invoice', 'S-' || n, 'S' || n, day,
  day + 60, face, 'EUR', pg_temp.reference(n), '', client_id || '|invoice|S' || n,
  CASE WHEN settled THEN 'settled' ELSE 'funded' END, day FROM seeded;
INSERT INTO paper (invoice_id, content, findings)
SELECT id, jsonb_build_object('number', 'S-' || n, 'issued_on', day, 'due_on', day + 60,
  'type_code', '380', 'currency', 'EUR', 'seller', jsonb_build_object('name', 'Client'),
  'buyer', jsonb_build_object('name', 'Debtor'),
  'totals', jsonb_build_object('payable', (face / 100.0)::numeric(18, 2)::text)), '[]' FROM seeded;
INSERT INTO verification (id, invoice_id, passed, findings, at, actor)
SELECT pg_temp.key(3, n), id, true, '[]', day, 'belt' FROM seeded;
INSERT INTO credit_decision (id, invoice_id, approved, reasons, at, actor)
SELECT pg_temp.key(4, n), id, true, '[]', day, 'belt' FROM seeded;
INSERT INTO funding (invoice_id, facility_id, face_minor, advance_minor, reserve_minor, fee_minor,
  currency, funded_on, at, actor)
SELECT id, facility_id, face, advance, reserve, fee, 'EUR', day, day, 'belt' FROM seeded;
INSERT INTO dispatch (id, invoice_id, paper, rung, kind, carrier, because, carrier_because, address,
  document_id,
  state, attempt, reference, detail, planned_at, handed_at)
SELECT pg_temp.key(6, n), s.id, 'invoice', 0, 'email', 'smtp', 'By e-mail.', '', '{{}}',
  d.sha256, 'delivered', 1, 'ref' || n, '', day, day FROM seeded s,
  document d WHERE d.name = 'seed';
INSERT INTO statement (id, account_id, document_id, reference, sequence, opening_minor,
  closing_minor, opened_on, closed_on, imported_at, actor)
SELECT pg_temp.key(7, {first}), a.id, d.sha256, 'seed {first}', '', was.minor,
  was.minor + (SELECT sum(face) FROM seeded WHERE settled), '2025-01-01',
  (SELECT coalesce(max(closed_on) + 1, '2026-01-01') FROM statement), '2026-01-01', 'bench'
  FROM bank_account a, document d, (SELECT coalesce(sum(debit_minor - credit_minor), 0) AS minor
  FROM day_total WHERE account = '1000') was WHERE d.name = 'seed' AND a.iban = '{iban}';
INSERT INTO bank_line (id, account_id, statement_id, identity, ordinal, amount_minor,
  unapplied_minor, currency, booked_on, value_on, counterparty, counterparty_account, texts,
  "references", bank_reference, entry_reference, end_to_end, verdict, says, proposals)
SELECT pg_temp.key(5, n), a.id, pg_temp.key(7, {first}), 'seed ' || n, n - {first}, face, 0, 'EUR',
  day, day, 'Debtor', '', jsonb_build_array('S-' || n), '[]', 'seed' || n, '', '', 'certain', '',
  '[]'
  FROM seeded, bank_account a WHERE settled AND a.iban = '{iban}';
INSERT INTO allocation (id, line_id, invoice_id, amount_minor, interest_minor, currency, score,
  because, at,
  actor)
SELECT pg_temp.key(8, n), pg_temp.key(5, n), id, face, 0, 'EUR', 1, '[]', day, 'belt'
  FROM seeded WHERE settled;
INSERT INTO settlement (invoice_id, fee_minor, rebate_minor, claim_minor, currency, settled_on, at,
  actor) SELECT id, fee, reserve - fee, 0, 'EUR', day, day, 'belt' FROM seeded WHERE settled;
INSERT INTO diary (id, kind, subject_id, invoice_id, at, actor, particulars)
SELECT pg_temp.key(10 + k.at::int, n), k.kind, id, id, day, 'belt', '{{}}' FROM seeded
  CROSS JOIN unnest(ARRAY['invoice.received', 'invoice.verified', 'invoice.approved',
  'invoice.funded', 'payment.allocated', 'invoice.paid', 'invoice.settled'])
  WITH ORDINALITY AS k (kind, at) WHERE settled OR k.at < 5;
INSERT INTO entry (id, key, content, booked_on, because, voucher, at, actor)
SELECT DISTINCT ON (entry_id) entry_id, key, encode(sha256(key::bytea), 'hex'), day,
  'Seeded by the bench', 'seed', day::timestamptz, 'belt' FROM seeded_move;
INSERT INTO move (id, entry_id, booked_on, debit, credit, amount_minor, currency, client_id,
  debtor_id, invoice_id)
SELECT id, entry_id, day, debit, credit, minor, 'EUR', client_id, debtor_id, invoice_id
  FROM seeded_move ORDER BY id;
CREATE TEMP VIEW seeded_side AS
SELECT account, client_id, debtor_id, invoice_id, sum(d) AS d, sum(c) AS c FROM (
  SELECT debit AS account, client_id, debtor_id, invoice_id, minor AS d, 0 AS c FROM seeded_move
  UNION ALL SELECT credit, client_id, debtor_id, invoice_id, 0, minor FROM seeded_move) side
  GROUP BY 1, 2, 3, 4;
INSERT INTO balance (account, currency, client_id, debtor_id, invoice_id, debit_minor,
  credit_minor)
SELECT account, 'EUR', client_id, debtor_id, invoice_id, d, c FROM seeded_side
 WHERE invoice_id IS NOT NULL ORDER BY invoice_id;
INSERT INTO balance (account, currency, client_id, debtor_id, invoice_id, debit_minor,
  credit_minor)
SELECT account, 'EUR', client_id, debtor_id, invoice_id, d, c FROM seeded_side
 WHERE invoice_id IS NULL AND num_nonnulls(client_id, debtor_id) > 0
  ON CONFLICT (invoice_id, account, client_id, debtor_id, currency) DO UPDATE
  SET debit_minor = balance.debit_minor + EXCLUDED.debit_minor,
      credit_minor = balance.credit_minor + EXCLUDED.credit_minor;
INSERT INTO day_total (account, currency, booked_on, written_on, lane, debit_minor, credit_minor)
SELECT account, 'EUR', day, day, 0, sum(d), sum(c) FROM (
  SELECT debit AS account, day, minor AS d, 0 AS c FROM seeded_move
  UNION ALL SELECT credit, day, 0, minor FROM seeded_move) side GROUP BY 1, 3
  ON CONFLICT (booked_on, account, currency, lane, written_on) DO UPDATE
  SET debit_minor = day_total.debit_minor + EXCLUDED.debit_minor,
      credit_minor = day_total.credit_minor + EXCLUDED.credit_minor;
DROP VIEW seeded_side;
DROP TABLE seeded, seeded_move
"""


FILLED = set(re.findall(r"^INSERT INTO (\w+)", ROWS, re.MULTILINE))
# Those that no row must be unique by.
LOOKED_UP = """
SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i
  JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
 WHERE t.relnamespace = 'book_main'::regnamespace AND t.relname = ANY(%s) AND NOT i.indisunique
 ORDER BY 1
"""


def fill(house: House, *, upto: int, all_open: bool = False) -> None:
    """Invoices from as many as there are up to `upto`, and fresh statistics.

    :param all_open: none of them is settled.
    """
    import psycopg

    from usance import models

    first = models.Invoice.objects.filter(number_key__startswith="S").count()
    if not first:
        _beginning()
    with psycopg.connect(house.cluster.superuser_url, autocommit=True) as connection:
        connection.execute("SET search_path = book_main, public")
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET synchronous_commit = off")
        connection.execute(KEY)
        connection.execute(REFERENCE)
        with _indexed_later(connection) if upto - first >= AT_ONCE else nullcontext():
            for start in range(first, upto, CHUNK):
                _add(connection, start, min(start + CHUNK, upto), all_open=all_open)
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def _add(connection: "psycopg.Connection", first: int, last: int, *, all_open: bool) -> None:
    names = {
        "first": first, "last": last, "debtors": DEBTORS, "iban": OUR_IBAN,
        "settled": "false" if all_open else "n %% 5 <> 0",
    }  # fmt: skip
    with connection.transaction():
        for part in (SEEDED, ROWS):
            for statement in part.format(**names).replace("%%", "%").split(";\n"):
                connection.execute(statement.encode())


@contextmanager
def _indexed_later(connection: "psycopg.Connection") -> Iterator[None]:
    """Row by row, in no order of theirs, the indexes of a million invoices outgrow the memory."""
    indexes = connection.execute(LOOKED_UP, [sorted(FILLED)]).fetchall()
    for name, _ in indexes:
        connection.execute(f'DROP INDEX "{name}"'.encode())
    yield
    connection.execute("SET maintenance_work_mem = '256MB'")
    for _, definition in indexes:
        connection.execute(definition.encode())


def _beginning() -> None:
    """What all seeded rows hang on: one batch and one kept file."""
    from django.db import transaction

    from usance import models
    from usance.actions.documents import Content, keep

    from .house import ACTOR, NOW

    with transaction.atomic():
        keep([Content(data=b"seed", media_type="text/csv", name="seed")], at=NOW)
    models.Batch.objects.create(number=0, way="cli", received_at=NOW, actor=ACTOR)
