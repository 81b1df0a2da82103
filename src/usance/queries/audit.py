"""The diary's chain of blocks, computed anew from its rows."""

from hashlib import sha256

from django.db import connection

START = "0" * 64

ROWS = """
SELECT id::text || '|' || kind || '|' || subject_id::text || '|' || coalesce(invoice_id::text, '')
       || '|' || extract(epoch FROM at)::text || '|' || actor || '|' || particulars::text
  FROM diary WHERE tx >= %s::text::xid8 AND tx < %s::text::xid8 ORDER BY tx, id
"""


def block_hash(previous: str, first_tx: int, next_tx: int) -> tuple[str, int]:
    """SHA-256 over the previous hash and the rows of the block, and how many rows those are."""
    sum_, count = sha256(previous.encode()), 0
    with connection.cursor() as cursor:
        cursor.execute(ROWS, [first_tx, next_tx])
        while rows := cursor.fetchmany(10_000):
            for (text,) in rows:
                sum_.update(b"\n" + text.encode())
            count += len(rows)
    return sum_.hexdigest(), count
