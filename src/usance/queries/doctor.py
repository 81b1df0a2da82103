"""Are the books right? Every promise about money as one question whose answer must be empty.

The numbers are those of docs/invariants.md. Each question returns the rows that break the promise,
so that a person can go and look.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from random import Random

from django.core.files.storage import storages
from django.db import connection

from usance import models

from .audit import START, block_hash

SHOWN = 20  # Offending rows that are shown; all of them are counted up to MOST.
MOST = 1_000
AT_ONCE = 2_000  # Rows that are in memory together.

QUESTIONS: dict[str, tuple[str, str]] = {
    "M1": (
        "Every entry moves one currency and at least one amount",
        "SELECT e.key, count(m.id), count(DISTINCT m.currency) FROM entry e"
        " LEFT JOIN move m ON m.entry_id = e.id GROUP BY e.id"
        " HAVING count(m.id) = 0 OR count(DISTINCT m.currency) > 1",
    ),
    "M1a": (
        "Every move speaks of parties that we know, and those of its invoice",
        "SELECT m.id::text, m.client_id::text, m.debtor_id::text, m.invoice_id::text FROM move m"
        " LEFT JOIN client c ON c.id = m.client_id LEFT JOIN debtor d ON d.id = m.debtor_id"
        " LEFT JOIN invoice i ON i.id = m.invoice_id"
        " WHERE (m.client_id IS NOT NULL AND c.id IS NULL)"
        " OR (m.debtor_id IS NOT NULL AND d.id IS NULL)"
        " OR m.client_id <> i.client_id OR m.debtor_id <> i.debtor_id",
    ),
    "M2": (
        "Debits equal credits in every currency",
        "SELECT currency, sum(debit_minor) - sum(credit_minor) FROM balance GROUP BY currency"
        " HAVING sum(debit_minor) <> sum(credit_minor)",
    ),
    "M2a": (
        "Balances are the sums of their moves",
        "WITH side AS (SELECT debit AS account, currency, client_id, debtor_id, invoice_id,"
        " amount_minor AS d, 0::bigint AS c FROM move UNION ALL SELECT credit, currency,"
        " client_id, debtor_id, invoice_id, 0, amount_minor FROM move),"
        " booked AS (SELECT account, currency, client_id, debtor_id, invoice_id, sum(d) AS d,"
        " sum(c) AS c FROM side GROUP BY 1, 2, 3, 4, 5),"
        " kept AS (SELECT account, currency, client_id, debtor_id, invoice_id,"
        " debit_minor::numeric AS d, credit_minor::numeric AS c FROM balance)"
        " (SELECT * FROM booked EXCEPT SELECT * FROM kept)"
        " UNION ALL (SELECT * FROM kept EXCEPT SELECT * FROM booked)",
    ),
    "M2b": (
        "The totals of each day are the sums of their moves",
        "WITH dated AS (SELECT m.*, (e.at AT TIME ZONE 'UTC')::date AS written_on FROM move m"
        " JOIN entry e ON e.id = m.entry_id),"
        " side AS (SELECT debit AS account, currency, booked_on, written_on, amount_minor AS d,"
        " 0::bigint AS c FROM dated UNION ALL SELECT credit, currency, booked_on, written_on, 0,"
        " amount_minor FROM dated), booked AS (SELECT account, currency, booked_on, written_on,"
        " sum(d) AS d, sum(c) AS c FROM side GROUP BY 1, 2, 3, 4), kept AS (SELECT account,"
        " currency, booked_on, written_on, sum(debit_minor) AS d, sum(credit_minor) AS c"
        " FROM day_total GROUP BY 1, 2, 3, 4)"
        " (SELECT * FROM booked EXCEPT SELECT * FROM kept)"
        " UNION ALL (SELECT * FROM kept EXCEPT SELECT * FROM booked)",
    ),
    "M3": (
        "Every entry names what proves it",
        "SELECT key FROM entry WHERE voucher = '' OR because = ''",
    ),
    "M4": (
        "The guards against changing the books stand",
        "SELECT wanted FROM unnest(ARRAY['entry', 'move', 'diary', 'delivery_event', 'document',"
        " 'diary_block', 'response', 'accrual', 'headroom',"
        " 'voucher_batch', 'promise', 'instalment']) AS wanted WHERE NOT EXISTS"
        " (SELECT 1 FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE c.relname = wanted AND t.tgname = 'append_only'"
        " AND t.tgenabled IN ('O', 'A') AND c.relnamespace = current_schema()::regnamespace)"
        " OR has_table_privilege(current_user, wanted, 'UPDATE')"
        " OR has_table_privilege(current_user, wanted, 'DELETE')",
    ),
    "M6": (
        "Nothing is dated into a month after it was closed",
        "SELECT e.key, e.booked_on, e.at, p.first_on, p.closed_at FROM period p JOIN entry e"
        " ON e.booked_on <= p.last_on AND e.at > p.closed_at WHERE p.state = 'hard'",
    ),
    "M7": (
        "What is outstanding on an invoice follows from its purchase, payments and credit notes",
        "WITH paid AS (SELECT invoice_id, sum(amount_minor) AS minor FROM allocation"
        " WHERE undone_at IS NULL GROUP BY 1),"
        " credited AS (SELECT credited_id AS invoice_id, sum(face_minor) AS minor FROM invoice"
        " WHERE stage = 'applied' GROUP BY 1),"
        " gl AS (SELECT invoice_id, sum(debit_minor - credit_minor) AS minor FROM balance"
        " WHERE account = '1200' AND invoice_id IS NOT NULL GROUP BY 1)"
        " SELECT i.number, i.stage, f.face_minor, coalesce(p.minor, 0), coalesce(c.minor, 0),"
        " gl.minor FROM funding f JOIN invoice i ON i.id = f.invoice_id"
        " LEFT JOIN paid p ON p.invoice_id = i.id LEFT JOIN credited c ON c.invoice_id = i.id"
        " LEFT JOIN gl ON gl.invoice_id = i.id WHERE coalesce(gl.minor, 0) <> CASE"
        " WHEN i.stage IN ('repurchased', 'written_off') THEN 0"
        " ELSE f.face_minor - coalesce(p.minor, 0) - coalesce(c.minor, 0) END",
    ),
    "M7a": (
        "Nothing is outstanding and no reserve is left where an invoice has ended",
        "SELECT i.number, i.stage, b.account, b.debit_minor - b.credit_minor FROM balance b"
        " JOIN invoice i ON i.id = b.invoice_id WHERE b.account IN ('1200', '2100')"
        " AND b.debit_minor <> b.credit_minor"
        " AND i.stage IN ('settled', 'repurchased', 'written_off')",
    ),
    "M8": (
        "Advance and reserve are the face, and the books show them",
        "SELECT i.number, f.face_minor, f.advance_minor, f.reserve_minor, sum(m.amount_minor)"
        " FROM funding f JOIN invoice i ON i.id = f.invoice_id"
        " LEFT JOIN entry e ON e.key = 'purchase:' || f.invoice_id"
        " LEFT JOIN move m ON m.entry_id = e.id GROUP BY i.id, f.invoice_id"
        " HAVING f.face_minor <> f.advance_minor + f.reserve_minor"
        " OR sum(m.amount_minor) IS DISTINCT FROM f.face_minor",
    ),
    "M9": (
        "No reserve is below zero",
        "SELECT i.number, b.credit_minor - b.debit_minor FROM balance b"
        " JOIN invoice i ON i.id = b.invoice_id WHERE b.account = '2100'"
        " AND b.credit_minor < b.debit_minor",
    ),
    "M10": (
        "No purchase went beyond what was available, unless an over-advance was approved",
        "SELECT i.number, h.available_minor, h.over_advance_minor FROM funding f"
        " JOIN invoice i ON i.id = f.invoice_id JOIN eligibility_set s"
        " ON s.client_id = i.client_id AND s.currency = f.currency"
        " AND s.valid_from <= f.funded_on AND (s.valid_to IS NULL OR s.valid_to >= f.funded_on)"
        " AND s.agreed_at <= f.at LEFT JOIN headroom h ON h.invoice_id = f.invoice_id"
        " WHERE h.invoice_id IS NULL OR h.available_minor + h.over_advance_minor < 0",
    ),
    "M10a": (
        "Every over-advance was approved by another person than the one who proposed it",
        "SELECT id::text, proposed_by, decided_by, reason FROM over_advance"
        " WHERE state = 'approved' AND (reason = '' OR"
        " left(split_part(decided_by, ' via ', 1), 46)"
        " = left(split_part(proposed_by, ' via ', 1), 46))",
    ),
    "M11": (
        "No debtor owes more than its limit, unless a person let it pass",
        # Rows of one company owe together. What was bought before they were known to be one was
        # bought on the limits of both, and what was bought before a limit was lowered stays.
        "WITH same AS (SELECT id, coalesce(same_as_id, id) AS company FROM debtor),"
        " owed AS (SELECT s.company, b.currency, sum(b.debit_minor - b.credit_minor) AS minor"
        " FROM balance b JOIN same s ON s.id = b.debtor_id"
        " WHERE b.account = '1200' AND b.debit_minor <> b.credit_minor GROUP BY 1, 2),"
        " most AS (SELECT s.company, l.currency, l.debtor_id, max(l.limit_minor) AS minor"
        " FROM credit_limit l JOIN same s ON s.id = l.debtor_id GROUP BY 1, 2, 3)"
        " SELECT d.name, o.minor, sum(m.minor) FROM owed o JOIN debtor d ON d.id = o.company"
        " LEFT JOIN most m ON m.company = o.company AND m.currency = o.currency"
        " WHERE NOT EXISTS (SELECT 1 FROM hold h JOIN invoice i ON i.id = h.invoice_id"
        " JOIN same s ON s.id = i.debtor_id WHERE s.company = o.company"
        " AND h.decision = 'released' AND h.step = 'credit.assess')"
        " GROUP BY d.id, o.company, o.currency, o.minor HAVING o.minor > coalesce(sum(m.minor), 0)",
    ),
    "M11a": (
        "Rows of one company lead to the row that stays in one step, as two people agreed",
        "SELECT d.name, d.id::text, d.same_as_id::text FROM debtor d"
        " LEFT JOIN debtor o ON o.id = d.same_as_id LEFT JOIN merger m ON m.goes_id = d.id"
        " AND m.state = 'merged' WHERE o.same_as_id IS NOT NULL"
        " OR d.same_as_id IS DISTINCT FROM m.stays_id"
        " OR split_part(m.proposed_by, ' via ', 1) = split_part(m.decided_by, ' via ', 1)",
    ),
    "M12": (
        "The bank account in the books is the closing balance of its last statement",
        "WITH last AS (SELECT DISTINCT ON (account_id) account_id, closing_minor FROM statement"
        " WHERE closing_minor IS NOT NULL ORDER BY account_id, closed_on DESC, imported_at DESC),"
        " gl AS (SELECT currency, sum(debit_minor - credit_minor) AS minor FROM balance"
        " WHERE account = '1000' GROUP BY 1)"
        " SELECT a.iban, last.closing_minor, coalesce(gl.minor, 0) FROM last"
        " JOIN bank_account a ON a.id = last.account_id"
        " LEFT JOIN gl ON gl.currency = a.currency"
        " WHERE last.closing_minor <> coalesce(gl.minor, 0)",
    ),
    "M13": (
        "Every receipt is allocated, explained, unapplied, or went back, exactly",
        "WITH back AS (SELECT return_line_id AS line_id, amount_minor FROM payout"
        " WHERE return_line_id IS NOT NULL AND receipt_id IS NULL UNION ALL"
        " SELECT receipt_id, amount_minor FROM payout WHERE receipt_id IS NOT NULL"
        " AND state NOT IN ('proposed', 'rejected')),"
        " said AS (SELECT line_id, sum(amount_minor) AS minor FROM (SELECT * FROM back UNION ALL"
        " SELECT line_id, amount_minor + interest_minor FROM allocation WHERE undone_at IS NULL"
        " UNION ALL SELECT line_id, amount_minor FROM explanation WHERE undone_at IS NULL) one"
        " GROUP BY 1)"
        " SELECT l.id::text, l.amount_minor, l.unapplied_minor, said.minor"
        " FROM bank_line l LEFT JOIN said ON said.line_id = l.id WHERE l.amount_minor > 0"
        " AND l.amount_minor <> l.unapplied_minor + coalesce(said.minor, 0)"
        " UNION ALL SELECT 'unapplied cash ' || gl.currency, gl.minor, open.minor, 0 FROM"
        " (SELECT currency, sum(credit_minor - debit_minor) AS minor FROM balance"
        " WHERE account = '2300' GROUP BY 1) gl FULL JOIN (SELECT currency,"
        " sum(unapplied_minor) AS minor FROM bank_line WHERE amount_minor > 0 GROUP BY 1) open"
        " ON open.currency = gl.currency"
        " WHERE coalesce(gl.minor, 0) <> coalesce(open.minor, 0)",
    ),
    "M14": (
        "Nobody paid more on an invoice than it asks for",
        "SELECT i.number, b.debit_minor - b.credit_minor FROM balance b"
        " JOIN invoice i ON i.id = b.invoice_id WHERE b.account = '1200'"
        " AND b.debit_minor < b.credit_minor",
    ),
    "M15": (
        "No movement of the bank stands twice in the books",
        "SELECT account_id::text, bank_reference, amount_minor, count(*) FROM bank_line"
        " WHERE bank_reference <> '' GROUP BY 1, 2, 3, booked_on, end_to_end, ordinal,"
        " statement_id HAVING count(*) > 1",
    ),
    "M16": (
        "No invoice is bought twice",
        "SELECT i.client_id::text, i.number_key, count(*) FROM invoice i JOIN funding f"
        " ON f.invoice_id = i.id WHERE i.number_key <> '' GROUP BY i.client_id, i.number_key"
        " HAVING count(*) > 1",
    ),
    "M17": (
        "Every payout was released by another person than the one who prepared it",
        "SELECT name, iban, proposed_by, released_by FROM payout"
        " WHERE state <> 'proposed' AND (released_by = ''"
        " OR left(split_part(released_by, ' via ', 1), 46)"
        " = left(split_part(proposed_by, ' via ', 1), 46))",
    ),
    "M17a": (
        "Payouts in transit are those that the bank has not shown yet",
        "SELECT gl.currency, gl.minor, open.minor FROM (SELECT currency,"
        " sum(credit_minor - debit_minor) AS minor FROM balance WHERE account = '2250'"
        " GROUP BY 1) gl FULL JOIN (SELECT currency, sum(amount_minor) AS minor FROM payout"
        " WHERE state IN ('released', 'sent') GROUP BY 1) open ON open.currency = gl.currency"
        " WHERE coalesce(gl.minor, 0) <> coalesce(open.minor, 0)",
    ),
    "M17b": (
        "Every payout went to an account that was verified and had waited by then",
        "SELECT p.name, p.iban, p.released_at::text FROM payout p WHERE p.state <> 'proposed'"
        " AND p.client_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM client_account a"
        " WHERE a.client_id = p.client_id AND a.currency = p.currency AND a.iban = p.iban"
        " AND a.verified_at <= p.released_at"
        " AND coalesce(a.wait_until, a.verified_at) <= p.released_at)"
        " UNION ALL SELECT p.name, p.iban, p.released_at::text FROM payout p"
        " JOIN bank_line l ON l.id = p.receipt_id"
        " WHERE p.iban <> upper(replace(l.counterparty_account, ' ', ''))",
    ),
    # What has ended gave back what was accrued for it, in the entry of its end.
    "M18": (
        "Accrued charges in the books are those of open invoices",
        "WITH gl AS (SELECT client_id, currency, sum(debit_minor - credit_minor) AS minor"
        " FROM balance WHERE account = '1400' GROUP BY 1, 2),"
        " kept AS (SELECT i.client_id, a.currency, sum(a.amount_minor) AS minor FROM accrual a"
        " JOIN invoice i ON i.id = a.invoice_id WHERE i.stage = 'funded' GROUP BY 1, 2)"
        " SELECT coalesce(gl.client_id, kept.client_id)::text, gl.minor, kept.minor FROM gl"
        " FULL JOIN kept ON kept.client_id = gl.client_id AND kept.currency = gl.currency"
        " WHERE coalesce(gl.minor, 0) <> coalesce(kept.minor, 0)",
    ),
    "M18a": (
        "Accruals leave out no day, and each total is the sum so far",
        "SELECT invoice_id::text, fee, day, total_minor FROM (SELECT *,"
        " sum(amount_minor) OVER so_far AS summed, lag(day) OVER so_far AS before FROM accrual"
        " WINDOW so_far AS (PARTITION BY invoice_id, fee ORDER BY day)) a"
        " WHERE total_minor <> summed OR day <> before + 1",
    ),
    "M18b": (
        "Terms in force were agreed to by another person than the one who wrote them down",
        "SELECT f.id::text, f.proposed_by, f.approved_by FROM facility f"
        " WHERE f.proposed_by <> '' AND left(split_part(f.proposed_by, ' via ', 1), 46)"
        " = left(split_part(f.approved_by, ' via ', 1), 46)",
    ),
    "M19": (
        "Every delivery ends: no call is left open, nothing unknown without a person for a day",
        "SELECT id::text, state, detail FROM dispatch WHERE state = 'calling'"
        " AND lease_until < now() - interval '10 minutes'"
        " UNION ALL SELECT id::text, state, detail FROM dispatch WHERE state = 'unknown'"
        " AND lease_until < now() - interval '24 hours'",
    ),
    "M19a": (
        "No carrier is away for a day while deliveries wait for it",
        "SELECT c.name, c.since::text, c.says, count(*) FROM carrier c JOIN dispatch d"
        " ON d.carrier = c.name AND d.state = 'queued' WHERE c.breaker <> 'closed'"
        " AND c.since < now() - interval '24 hours' GROUP BY c.id",
    ),
    "M23": (
        "No paper reached a debtor by two ways without being written down",
        "SELECT i.number, one.kind, other.kind FROM dispatch other"
        " JOIN dispatch one ON (one.id = other.walk OR one.walk = other.walk)"
        " AND one.id < other.id JOIN invoice i ON i.id = one.invoice_id"
        " WHERE other.walk IS NOT NULL AND one.beside_id IS NULL AND other.beside_id IS NULL"
        " AND one.state IN ('delivered', 'opened') AND other.state IN ('delivered', 'opened')"
        " AND NOT EXISTS (SELECT 1 FROM double_delivery d WHERE d.second_id = other.id)",
    ),
    # By the book's own time: of what last happened in it.
    "M24": (
        "No delivery is a day behind its deadline without the ladder or a person looking at it",
        "SELECT id::text, kind, state, deadline_at FROM dispatch WHERE judged_at IS NULL"
        " AND deadline_at < (SELECT at FROM diary ORDER BY id DESC LIMIT 1) - interval '1 day'"
        " AND state NOT IN ('delivered', 'opened', 'failed', 'cancelled')",
    ),
    "M25": (
        "Every answer of a buyer that objects has led to a dispute",
        "SELECT i.number, r.stance, r.text FROM response r JOIN dispatch d ON d.id = r.dispatch_id"
        " JOIN invoice i ON i.id = d.invoice_id WHERE r.stance IN ('UQ', 'RE')"
        " AND r.received_at < (SELECT at FROM diary ORDER BY id DESC LIMIT 1) - interval '1 hour'"
        " AND NOT EXISTS (SELECT 1 FROM dispute o WHERE o.invoice_id = d.invoice_id)",
    ),
    "M26": (
        "What another bookkeeping got is what the entries hold, numbered without gaps",
        "SELECT b.name, b.vouchers, count(DISTINCT v.id), b.postings, count(m.id), b.total_minor,"
        " sum(m.amount_minor) FROM voucher_batch b LEFT JOIN voucher v ON v.batch_id = b.id"
        " LEFT JOIN move m ON m.entry_id = v.entry_id GROUP BY b.id"
        " HAVING b.vouchers <> count(DISTINCT v.id) OR b.postings <> count(m.id)"
        " OR b.total_minor <> coalesce(sum(m.amount_minor), 0)"
        " UNION ALL SELECT target_id::text || ' ' || currency || ' ' || year, max(number),"
        " count(*), 0, 0, 0, 0 FROM voucher GROUP BY target_id, currency, year"
        " HAVING max(number) <> count(*)",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One promise: kept when `broken` is zero. `rows` are the first that break it."""

    rule: str
    promise: str
    broken: int
    rows: tuple[tuple[str, ...], ...] = field(default=())

    @property
    def kept(self) -> bool:
        return not self.broken


def examine(*, files: int = 200, seed: int = 0) -> list[Answer]:
    """Ask everything. `files`: how many stored files are read again, chosen by `seed`; -1: all."""
    answers = [_asked(rule, promise, sql) for rule, (promise, sql) in QUESTIONS.items()]
    answers.append(_answer("M21", "The diary's chain is unbroken", _broken_blocks()))
    answers.append(
        _answer("M22", "Every kept file is there with its hash", _lost_files(files, seed))
    )
    return answers


def balanced() -> dict[str, int]:
    """Debits less credits in each currency, for the badge in the header. Zero is balanced."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT currency, sum(debit_minor) - sum(credit_minor) FROM day_total GROUP BY 1"
        )
        return {currency: int(minor) for currency, minor in cursor.fetchall()}


def _asked(rule: str, promise: str, sql: str) -> Answer:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({sql}) AS asked LIMIT {MOST}")  # noqa: S608 - ours, above
        return _answer(rule, promise, cursor.fetchall())


def _answer(rule: str, promise: str, rows: Sequence[Sequence[object]]) -> Answer:
    shown = tuple(tuple(map(str, row)) for row in rows[:SHOWN])
    return Answer(rule=rule, promise=promise, broken=len(rows), rows=shown)


def _broken_blocks() -> list[tuple[object, ...]]:
    broken: list[tuple[object, ...]] = []
    previous, next_tx = START, 0
    for block in models.DiaryBlock.objects.order_by("pk").iterator(AT_ONCE):
        digest, rows = block_hash(block.previous, block.first_tx, block.next_tx)
        if block.previous != previous or block.first_tx != next_tx:
            broken.append((f"block {block.pk}", "does not follow the one before it"))
        if digest != block.hash or rows != block.rows:
            broken.append((f"block {block.pk}", f"{block.rows} rows sealed, {rows} found"))
        previous, next_tx = block.hash, block.next_tx
    return broken


def _lost_files(most: int, seed: int) -> list[tuple[object, ...]]:
    store = storages["documents"]
    lost: list[tuple[object, ...]] = []
    for digest, name in _some_documents(most, seed):
        place = f"{digest[:2]}/{digest}"
        if not store.exists(place):
            lost.append((name, digest, "is missing"))
            continue
        with store.open(place) as file:
            if sha256(file.read()).hexdigest() != digest:
                lost.append((name, digest, "has other content"))
    return lost


def _some_documents(most: int, seed: int) -> Iterator[tuple[str, str]]:
    """As many documents from a hash that the seed gives, and on from the first; < 0: all of them.

    Hashes are spread evenly, so that neighbours are as good a sample as any. Read in pieces.
    """
    rows = models.Document.objects.order_by("sha256").values_list("sha256", "name")
    if most < 0:
        yield from rows.iterator(AT_ONCE)
        return
    start = f"{Random(seed).getrandbits(256):064x}"  # noqa: S311 - a sample, no secret
    behind = list(rows.filter(sha256__gte=start)[:most])
    yield from behind
    yield from rows.filter(sha256__lt=start)[: most - len(behind)]
