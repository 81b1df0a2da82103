"""The entries themselves: complete, balanced, proved, guarded, and in step with what they sum."""

# By name: asked of the database, a table whose guard is gone would not be missed.
GUARDED = (
    "entry", "move", "diary", "delivery_event", "document", "diary_block", "report_decision",
    "response", "template", "correction", "accrual", "headroom", "voucher_batch", "promise",
    "instalment", "write_off_authority", "provider_movement", "taken_rate", "worth", "revaluation",
    "refactored", "crossing", "conversion", "schedule", "schedule_signature", "schedule_paper",
    "verification", "credit_decision",
)  # fmt: skip

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
        " LEFT JOIN invoice i ON i.id = m.invoice_id LEFT JOIN entry e ON e.id = m.entry_id"
        " WHERE e.id IS NULL OR (m.invoice_id IS NOT NULL AND i.id IS NULL)"
        " OR (m.client_id IS NOT NULL AND c.id IS NULL)"
        " OR (m.debtor_id IS NOT NULL AND d.id IS NULL)"
        " OR m.client_id <> i.client_id OR m.debtor_id <> i.debtor_id",
    ),
    "M2": (
        "Debits equal credits in every currency",
        "SELECT currency, sum(debit_minor) - sum(credit_minor) FROM day_total GROUP BY currency"
        " HAVING sum(debit_minor) <> sum(credit_minor)",
    ),
    "M2a": (
        "Balances are the sums of their moves",
        "WITH side AS (SELECT debit AS account, currency, client_id, debtor_id, invoice_id,"
        " amount_minor AS d, 0::bigint AS c FROM move UNION ALL SELECT credit, currency,"
        " client_id, debtor_id, invoice_id, 0, amount_minor FROM move),"
        " booked AS (SELECT account, currency, client_id, debtor_id, invoice_id, sum(d) AS d,"
        " sum(c) AS c FROM side WHERE num_nonnulls(client_id, debtor_id, invoice_id) > 0"
        " GROUP BY 1, 2, 3, 4, 5),"
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
        f"SELECT wanted FROM unnest(ARRAY{list(GUARDED)}) AS wanted WHERE NOT EXISTS"  # noqa: S608 - our own names
        " (SELECT 1 FROM pg_trigger WHERE tgrelid = wanted::regclass"
        " AND tgname = 'append_only' AND tgenabled IN ('O', 'A'))"
        " OR has_table_privilege(current_user, wanted, 'UPDATE, DELETE, TRUNCATE')"
        " UNION ALL SELECT guarded || ' ' || wanted FROM (VALUES ('move', 'refers'),"
        " ('diary', 'refers'), ('verification', 'refers'), ('credit_decision', 'refers'),"
        " ('trait', 'refers'), ('trait', 'stays'), ('invoice', 'stays'),"
        " ('allocation', 'refers'), ('allocation', 'stays'), ('bank_line', 'stays'))"
        " AS pair (guarded, wanted) WHERE NOT EXISTS (SELECT 1 FROM pg_trigger"
        " WHERE tgrelid = guarded::regclass AND tgname = wanted"
        " AND tgenabled IN ('O', 'A'))",
    ),
    "M4a": (
        "The diary, payments and what was decided speak of invoices and lines that we have",
        "SELECT told.kind, told.invoice_id::text FROM ("
        " SELECT kind, invoice_id FROM diary WHERE invoice_id IS NOT NULL"
        " UNION ALL SELECT 'verification', invoice_id FROM verification"
        " UNION ALL SELECT 'credit_decision', invoice_id FROM credit_decision"
        " UNION ALL SELECT 'allocation', invoice_id FROM allocation"
        " UNION ALL SELECT 'trait', invoice_id FROM trait) AS told"
        " LEFT JOIN invoice i ON i.id = told.invoice_id WHERE i.id IS NULL"
        " UNION ALL SELECT 'line of allocation', a.line_id::text FROM allocation a"
        " LEFT JOIN bank_line l ON l.id = a.line_id WHERE l.id IS NULL",
    ),
    "M6": (
        "Nothing is dated into a month after it was closed",
        "SELECT e.key, e.booked_on, e.at, p.first_on, p.closed_at FROM period p JOIN entry e"
        " ON e.booked_on <= p.last_on AND e.at > p.closed_at WHERE p.state = 'hard'",
    ),
    "M7": (
        "What is outstanding on an invoice follows from its purchase, payments, credit notes and"
        " differences",
        "WITH paid AS (SELECT invoice_id, sum(amount_minor) AS minor FROM allocation"
        " WHERE undone_at IS NULL GROUP BY 1),"
        " credited AS (SELECT credited_id AS invoice_id, sum(face_minor) AS minor FROM invoice"
        " WHERE stage = 'applied' GROUP BY 1),"
        " borne AS (SELECT invoice_id, sum(amount_minor) AS minor FROM difference"
        " WHERE undone_at IS NULL AND NOT over AND follows IN ('write_off', 'charge_back')"
        " GROUP BY 1),"
        " gl AS (SELECT invoice_id, sum(debit_minor - credit_minor) AS minor FROM balance"
        " WHERE account = '1200' AND invoice_id IS NOT NULL GROUP BY 1)"
        " SELECT i.number, i.stage, f.face_minor, coalesce(p.minor, 0), coalesce(c.minor, 0),"
        " gl.minor FROM funding f JOIN invoice i ON i.id = f.invoice_id"
        " LEFT JOIN paid p ON p.invoice_id = i.id LEFT JOIN credited c ON c.invoice_id = i.id"
        " LEFT JOIN borne b ON b.invoice_id = i.id"
        " LEFT JOIN gl ON gl.invoice_id = i.id WHERE coalesce(gl.minor, 0) <> CASE"
        " WHEN i.stage IN ('repurchased', 'written_off') THEN 0 ELSE"
        " f.face_minor - coalesce(p.minor, 0) - coalesce(c.minor, 0) - coalesce(b.minor, 0) END",
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
        " LEFT JOIN move m ON m.entry_id = e.id AND m.debit = '1200' GROUP BY i.id, f.invoice_id"
        " HAVING f.face_minor <> f.advance_minor + f.reserve_minor"
        " OR sum(m.amount_minor) IS DISTINCT FROM f.face_minor",
    ),
    "M9": (
        "No reserve is below zero",
        "SELECT i.number, b.credit_minor - b.debit_minor FROM balance b"
        " JOIN invoice i ON i.id = b.invoice_id WHERE b.account = '2100'"
        " AND b.credit_minor < b.debit_minor",
    ),
    "M40": (
        "Every purchase is on one schedule of assignment, and its sums are the schedule's",
        "SELECT i.number, 'on no schedule', f.at::text FROM funding f"
        " JOIN invoice i ON i.id = f.invoice_id WHERE f.schedule_id IS NULL"
        " AND f.at >= (SELECT min(at) FROM schedule) UNION ALL"
        " SELECT s.number, 'other sums or other content', coalesce(f.face, 0)::text FROM schedule s"
        " LEFT JOIN (SELECT schedule_id, count(*) AS n, sum(face_minor) AS face,"
        " sum(advance_minor) AS advance, min(currency) AS low, max(currency) AS high FROM funding"
        " WHERE schedule_id IS NOT NULL GROUP BY 1) f ON f.schedule_id = s.id"
        " WHERE f.n IS DISTINCT FROM s.invoices OR f.face IS DISTINCT FROM s.face_minor"
        " OR f.advance IS DISTINCT FROM s.advance_minor OR f.low IS DISTINCT FROM s.currency"
        " OR f.high IS DISTINCT FROM s.currency"
        " OR s.digest <> encode(sha256(convert_to(s.manifest, 'UTF8')), 'hex')",
    ),
    "M40a": (
        "Nobody signed other content, nor for another client, nor once too often",
        "SELECT s.number, g.signer, g.digest FROM schedule_signature g"
        " JOIN schedule s ON s.id = g.schedule_id WHERE g.digest <> s.digest"
        " OR position(s.digest IN g.words) = 0 OR s.signers <"
        " (SELECT count(*) FROM schedule_signature o WHERE o.schedule_id = s.id)",
    ),
    "M37": (
        "A pledged claim is taken off by its contra, and the loan is what was lent on it",
        "WITH stood AS (SELECT invoice_id, account, debit_minor - credit_minor AS minor"
        " FROM balance WHERE invoice_id IN (SELECT invoice_id FROM balance"
        " WHERE account IN ('1210', '1250', '2110')))"
        " SELECT i.number, a.claim, a.contra, a.kept, a.unlent, a.loan FROM (SELECT invoice_id,"
        " coalesce(sum(minor) FILTER (WHERE account = '1200'), 0) AS claim,"
        " coalesce(sum(minor) FILTER (WHERE account = '1210'), 0) AS contra,"
        " coalesce(sum(minor) FILTER (WHERE account = '2100'), 0) AS kept,"
        " coalesce(sum(minor) FILTER (WHERE account = '2110'), 0) AS unlent,"
        " coalesce(sum(minor) FILTER (WHERE account = '1250'), 0) AS loan"
        " FROM stood GROUP BY 1) a JOIN invoice i ON i.id = a.invoice_id"
        " LEFT JOIN funding f ON f.invoice_id = i.id LEFT JOIN facility t ON t.id = f.facility_id"
        " WHERE a.claim + a.contra <> 0 OR a.kept + a.unlent <> 0 OR a.loan <> a.claim + a.kept"
        " OR t.legal_basis IS DISTINCT FROM 'pledge'",
    ),
}
