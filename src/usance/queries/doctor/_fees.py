"""What clients are charged, against our invoices for it."""

from usance.queries.fees import CHARGED

QUESTIONS: dict[str, tuple[str, str]] = {
    "M29": (
        "Every charge of a month that is closed is on exactly one fee invoice",
        # The key of fee_charge is the move: none is on two. An invoice that was taken back keeps
        # only what it booked itself.
        f"SELECT c.id::text, c.booked_on, c.minor FROM ({CHARGED}) c"  # noqa: S608 - ours
        " JOIN fee_invoicing s ON c.booked_on >= s.since"
        " WHERE EXISTS (SELECT 1 FROM period p WHERE p.state = 'hard'"
        " AND c.booked_on BETWEEN p.first_on AND p.last_on)"
        " AND NOT EXISTS (SELECT 1 FROM fee_charge x WHERE x.move_id = c.id)",
    ),
    "M30": (
        "Each fee invoice is the sum of its charges, and its tax is what stands in the books",
        f"WITH charged AS (SELECT x.fee_invoice_id AS id,"  # noqa: S608 - ours
        " sum(c.minor) FILTER (WHERE c.account <> '2600') AS net,"
        " sum(c.minor) FILTER (WHERE c.account = '2600') AS vat"
        f" FROM fee_charge x JOIN ({CHARGED}) c ON c.id = x.move_id GROUP BY 1),"
        # An invoice and its credit note together: what was deducted went on to the next invoice.
        " pair AS (SELECT coalesce(f.credits_id, f.id) AS id, sum(f.net_minor) AS net,"
        " sum(f.vat_minor) AS vat, sum(coalesce(c.net, 0)) AS net_booked,"
        " sum(coalesce(c.vat, 0)) AS vat_booked"
        " FROM fee_invoice f LEFT JOIN charged c ON c.id = f.id GROUP BY 1)"
        " SELECT f.number, p.net, p.net_booked, p.vat, p.vat_booked FROM pair p"
        " JOIN fee_invoice f ON f.id = p.id"
        " WHERE p.net <> p.net_booked OR p.vat <> p.vat_booked",
    ),
    "M31": (
        "Fee invoices are numbered without gaps",
        "SELECT c.name, c.value, count(f.id) FROM counter c LEFT JOIN fee_invoice f"
        " ON f.kind = CASE WHEN c.name LIKE 'fee:c:%' THEN 'credit_note' ELSE 'invoice' END"
        " AND split_part(c.name, ':', 3) IN ('0', to_char(f.issued_on, 'YYYY'))"
        " WHERE c.name LIKE 'fee:%' GROUP BY c.name, c.value HAVING c.value <> count(f.id)",
    ),
}
