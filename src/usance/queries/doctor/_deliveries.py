"""What went to debtors and to other bookkeepings, and what they said."""

from usance.queries.exchange import WORTH

# What they say is whether the post does its work: it moves no money.
POST = frozenset({"M19", "M19a", "M23", "M24"})
QUESTIONS: dict[str, tuple[str, str]] = {
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
        "SELECT i.number, r.stance, r.text FROM response r LEFT JOIN dispatch d"
        " ON d.id = r.dispatch_id JOIN invoice i ON i.id = coalesce(r.invoice_id, d.invoice_id)"
        " WHERE r.stance IN ('UQ', 'RE')"
        " AND r.received_at < (SELECT at FROM diary ORDER BY id DESC LIMIT 1) - interval '1 hour'"
        " AND NOT EXISTS (SELECT 1 FROM dispute o WHERE o.invoice_id = i.id)",
    ),
    "M26": (
        "What another bookkeeping got is what the entries hold, numbered without gaps",
        "SELECT * FROM (SELECT b.name, b.vouchers, count(DISTINCT v.id) AS found, b.postings,"  # noqa: S608 - ours
        " count(m.id) AS moves, b.total_minor, coalesce(sum(CASE WHEN t.in_home THEN"
        f" coalesce({WORTH.format(r='r')}, m.amount_minor) ELSE m.amount_minor END), 0) AS total"
        " FROM voucher_batch b JOIN voucher_target t ON t.id = b.target_id"
        " LEFT JOIN voucher v ON v.batch_id = b.id LEFT JOIN move m ON m.entry_id = v.entry_id"
        " LEFT JOIN taken_rate r ON r.currency = m.currency AND r.day = m.booked_on GROUP BY b.id"
        ") one WHERE vouchers <> found OR postings <> moves OR total_minor <> total"
        " UNION ALL SELECT target_id::text || ' ' || currency || ' ' || year, max(number),"
        " count(*), 0, 0, 0, 0 FROM voucher GROUP BY target_id, currency, year"
        " HAVING max(number) <> count(*)",
    ),
}
