"""What was bought, owed, received and paid out, and who agreed to it."""

QUESTIONS: dict[str, tuple[str, str]] = {
    "M10": (
        "No purchase went beyond what was available, unless an over-advance was approved",
        "SELECT i.number, h.available_minor, h.over_advance_minor FROM funding f"
        " JOIN invoice i ON i.id = f.invoice_id JOIN eligibility_set s"
        " ON s.client_id = i.client_id AND s.currency = coalesce((SELECT x.into_currency"
        " FROM crossing x WHERE x.invoice_id = f.invoice_id), f.currency)"
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
        "No debtor owes more than its limit, unless a person let it pass or its client bears it",
        # Rows of one company owe together. What was bought before they were known to be one was
        # bought on the limits of both, and what was bought before a limit was lowered stays.
        "WITH same AS (SELECT id, coalesce(same_as_id, id) AS company FROM debtor),"
        " owed AS (SELECT s.company, b.currency, sum(b.debit_minor - b.credit_minor) AS minor"
        " FROM balance b JOIN same s ON s.id = b.debtor_id"
        " WHERE b.account = '1200' AND b.debit_minor <> b.credit_minor"
        # Bought with recourse for want of cover, as two people agreed in the terms.
        " AND NOT EXISTS (SELECT 1 FROM funding f"
        " WHERE f.invoice_id = b.invoice_id AND f.recourse_days IS NOT NULL)"
        # Inside a limit in another currency at the rate of its day; rates move since.
        " AND NOT EXISTS (SELECT 1 FROM crossing x WHERE x.invoice_id = b.invoice_id)"
        " GROUP BY 1, 2),"
        " most AS (SELECT s.company, l.currency, l.debtor_id, max(l.limit_minor) AS minor"
        " FROM credit_limit l JOIN same s ON s.id = l.debtor_id GROUP BY 1, 2, 3)"
        " SELECT d.name, o.minor, sum(m.minor) FROM owed o JOIN debtor d ON d.id = o.company"
        " LEFT JOIN most m ON m.company = o.company AND m.currency = o.currency"
        " WHERE NOT EXISTS (SELECT 1 FROM hold h JOIN invoice i ON i.id = h.invoice_id"
        " JOIN same s ON s.id = i.debtor_id WHERE s.company = o.company"
        " AND h.decision = 'released' AND h.step = 'credit.assess'"
        ' AND NOT h.findings @> \'[{"code": "exchange_rate_missing"}]\')'
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
        "The bank account in the books is the closing balance of its last statement, and what came"
        " after it",
        "WITH last AS (SELECT DISTINCT ON (account_id) account_id, closing_minor, closed_on"
        " FROM statement WHERE closing_minor IS NOT NULL"
        " ORDER BY account_id, closed_on DESC, imported_at DESC, id DESC),"
        # Reports of the day state no balances, and the statement of the day is to come.
        " after AS (SELECT l.account_id, sum(l.amount_minor) AS minor FROM bank_line l"
        " JOIN last ON last.account_id = l.account_id AND l.booked_on > last.closed_on"
        " JOIN statement s ON s.id = l.statement_id"
        " WHERE s.opening_minor IS NULL OR s.closing_minor IS NULL GROUP BY 1),"
        " gl AS (SELECT currency, sum(debit_minor - credit_minor) AS minor FROM day_total"
        " WHERE account = '1000' GROUP BY 1)"
        " SELECT a.iban, last.closing_minor, coalesce(after.minor, 0), coalesce(gl.minor, 0)"
        " FROM last JOIN bank_account a ON a.id = last.account_id"
        " LEFT JOIN after ON after.account_id = last.account_id"
        " LEFT JOIN gl ON gl.currency = a.currency"
        " WHERE last.closing_minor + coalesce(after.minor, 0) <> coalesce(gl.minor, 0)",
    ),
    "M13": (
        "Every receipt is allocated, explained, unapplied, or went back, exactly",
        "WITH back AS (SELECT return_line_id AS line_id, amount_minor FROM payout"
        " WHERE return_line_id IS NOT NULL AND receipt_id IS NULL UNION ALL"
        " SELECT receipt_id, amount_minor FROM payout WHERE receipt_id IS NOT NULL"
        " AND state NOT IN ('proposed', 'rejected') UNION ALL"
        " SELECT receipt_id, amount_minor FROM provider_refund"
        " WHERE state IN ('released', 'asked') OR line_id IS NOT NULL),"
        " said AS (SELECT line_id, sum(amount_minor) AS minor FROM (SELECT * FROM back UNION ALL"
        " SELECT line_id, coalesce(line_minor, amount_minor + interest_minor) FROM allocation"
        " WHERE undone_at IS NULL"
        " UNION ALL SELECT line_id, amount_minor FROM explanation WHERE undone_at IS NULL) one"
        " GROUP BY 1)"
        " SELECT l.id::text, l.amount_minor, l.unapplied_minor, said.minor"
        " FROM bank_line l LEFT JOIN said ON said.line_id = l.id WHERE l.amount_minor > 0"
        " AND l.amount_minor <> l.unapplied_minor + coalesce(said.minor, 0)"
        " UNION ALL SELECT 'unapplied cash ' || gl.currency, gl.minor, open.minor, 0 FROM"
        " (SELECT currency, sum(credit_minor - debit_minor) AS minor FROM day_total"
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
        " = left(split_part(proposed_by, ' via ', 1), 46))"
        " UNION ALL SELECT payment, id::text, proposed_by, released_by FROM provider_refund"
        " WHERE state NOT IN ('proposed', 'withdrawn')"
        " AND left(split_part(released_by, ' via ', 1), 46)"
        " = left(split_part(proposed_by, ' via ', 1), 46)",
    ),
    "M17a": (
        "Payouts in transit are those that the bank has not shown yet",
        "SELECT gl.currency, gl.minor, open.minor FROM (SELECT currency,"
        " sum(credit_minor - debit_minor) AS minor FROM day_total WHERE account = '2250'"
        " GROUP BY 1) gl FULL JOIN (SELECT currency, sum(amount_minor) AS minor FROM"
        " (SELECT currency, amount_minor FROM payout WHERE state IN ('released', 'sent') UNION ALL"
        " SELECT currency, amount_minor FROM provider_refund WHERE state IN ('released', 'asked'))"
        " one GROUP BY 1) open ON open.currency = gl.currency"
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
    "M17c": (
        "Every payout is as large as the entry that released it",
        "SELECT p.name, p.state, p.currency, p.amount_minor, coalesce(m.minor, 0) FROM payout p"
        " CROSS JOIN LATERAL (SELECT sum(v.amount_minor) AS minor FROM entry e"
        " JOIN move v ON v.entry_id = e.id AND v.credit = '2250' AND v.currency = p.currency"
        " WHERE e.key IN ('payout_released:' || replace(p.id::text, '-', ''),"
        " 'refund_released:' || replace(p.id::text, '-', ''))) m"
        " WHERE p.state <> 'proposed' AND p.amount_minor <> coalesce(m.minor, 0)",
    ),
    # What has ended gave back what was accrued for it, in the entry of its end.
    "M27": (
        "Every direct debit has one end, and what was collected stands on a statement",
        "SELECT d.id::text, d.state, d.amount_minor, l.amount_minor, r.amount_minor FROM debit d"
        " JOIN debit_mandate m ON m.id = d.mandate_id LEFT JOIN bank_line l ON l.id = d.line_id"
        " LEFT JOIN bank_line r ON r.id = d.return_line_id"
        # One receipt may be several; what the bank took back and gave again has its own.
        " WHERE (l.id IS NOT NULL AND l.amount_minor <> (SELECT"
        " sum(s.amount_minor - s.short_minor) FROM debit s WHERE s.line_id = l.id)"
        " + (SELECT coalesce(sum(e.amount_minor), 0) FROM explanation e"
        " WHERE e.line_id = l.id AND e.was = 'returned' AND e.undone_at IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM debit s WHERE s.return_line_id = e.other_id)))"
        " OR (d.state = 'returned' AND r.id IS NULL)"
        " OR (r.id IS NOT NULL AND r.amount_minor <> -d.amount_minor)"
        " OR (d.file_id IS NOT NULL AND (m.confirmed_at IS NULL OR m.confirmed_at > d.released_at))"
        " OR (d.file_id IS NOT NULL AND d.announced_at::date + d.notice_days > d.collect_on)",
    ),
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
    "M33": (
        "What payment providers hold for us is what debtors paid them and they have not paid on",
        "WITH gl AS (SELECT currency, sum(debit_minor - credit_minor) AS minor FROM day_total"
        " WHERE account = '1050' GROUP BY 1), line AS (SELECT a.currency, sum(l.amount_minor) AS"
        " minor FROM bank_line l JOIN bank_account a ON a.id = l.account_id"
        " WHERE a.provider <> '' GROUP BY 1), went AS (SELECT currency, sum(amount_minor) AS minor"
        " FROM provider_payout WHERE state = 'arrived' GROUP BY 1)"
        " SELECT coalesce(gl.currency, line.currency), gl.minor, line.minor, went.minor FROM gl"
        " FULL JOIN line ON line.currency = gl.currency LEFT JOIN went"
        " ON went.currency = coalesce(gl.currency, line.currency) WHERE coalesce(gl.minor, 0)"
        " <> coalesce(line.minor, 0) - coalesce(went.minor, 0)"
        " UNION ALL SELECT p.reference, p.amount_minor, sum(m.amount_minor - m.fee_minor), 0"
        " FROM provider_payout p LEFT JOIN provider_movement m ON m.payout_id = p.id"
        " WHERE p.state IN ('told', 'arrived') GROUP BY p.id"
        " HAVING p.amount_minor <> coalesce(sum(m.amount_minor - m.fee_minor), 0)"
        " UNION ALL SELECT c.id::text, c.amount_minor, l.amount_minor, 0 FROM checkout c"
        " LEFT JOIN bank_line l ON l.id = c.line_id LEFT JOIN bank_line r"
        " ON r.id = c.return_line_id WHERE c.state IN ('paid', 'returned')"
        " AND (l.id IS NULL OR (r.id IS NOT NULL AND r.amount_minor <> -l.amount_minor))"
        " UNION ALL SELECT b.id::text, b.amount_minor, l.amount_minor, 0 FROM provider_refund b"
        " LEFT JOIN bank_line l ON l.id = b.line_id WHERE (b.state = 'done' AND l.id IS NULL)"
        " OR (l.id IS NOT NULL AND (l.amount_minor <> -b.amount_minor"
        " OR l.account_id <> b.account_id))",
    ),
    "M39": (
        "Small differences in the books are those that stand, each agreed to by terms or a person",
        "SELECT coalesce(gl.currency, d.currency), gl.minor, d.minor, NULL FROM (SELECT currency,"
        " sum(debit_minor - credit_minor) AS minor FROM day_total WHERE account = '6150'"
        " GROUP BY 1) gl FULL JOIN (SELECT currency, sum(CASE WHEN over THEN client_minor"
        " - amount_minor ELSE amount_minor - client_minor END) AS minor FROM difference"
        " WHERE undone_at IS NULL AND follows IN ('write_off', 'charge_back') GROUP BY 1) d"
        " ON d.currency = gl.currency WHERE coalesce(gl.minor, 0) <> coalesce(d.minor, 0)"
        " UNION ALL SELECT d.id::text, d.amount_minor, t.most_minor, t.bears FROM difference d"
        " JOIN tolerance t ON t.id = d.tolerance_id WHERE d.undone_at IS NULL"
        " AND (d.amount_minor > t.most_minor OR d.currency <> t.currency"
        " OR (t.bears = 'client') <> (d.follows = 'charge_back'))"
        " UNION ALL SELECT d.id::text, d.amount_minor, e.amount_minor, e.was FROM difference d"
        " JOIN explanation e ON e.id = d.explanation_id"
        " WHERE e.amount_minor <> d.amount_minor OR e.line_id <> d.line_id"
        " OR (e.undone_at IS NULL) <> (d.undone_at IS NULL)",
    ),
    "M28": (
        "Every loss in the books is one that somebody with the authority agreed to",
        "WITH lost AS (SELECT e.key, sum(m.amount_minor) AS minor FROM entry e JOIN move m"
        " ON m.entry_id = e.id WHERE m.debit = '6000' AND (e.key LIKE 'write\\_off:%'"
        " OR e.key LIKE 'claim\\_written\\_off:%') GROUP BY 1),"
        " agreed AS (SELECT CASE WHEN invoice_id IS NULL THEN 'claim_written_off:' || id"
        " ELSE 'write_off:' || invoice_id END AS key, loss_minor AS minor FROM write_off"
        " WHERE loss_minor IS NOT NULL)"
        " SELECT coalesce(lost.key, agreed.key), lost.minor, agreed.minor FROM lost"
        " FULL JOIN agreed ON agreed.key = lost.key WHERE lost.minor IS DISTINCT FROM agreed.minor",
    ),
    "M32": (
        "Every buy-back moved exactly what was quoted, agreed to by whom it takes",
        "SELECT b.id::text, i.number, l.outstanding_minor - l.reserve_minor + l.fees_minor"
        " + l.interest_minor + l.vat_minor, moved.minor FROM buy_back b"
        " JOIN buy_back_line l ON l.buy_back_id = b.id JOIN invoice i ON i.id = l.invoice_id"
        " LEFT JOIN LATERAL (SELECT sum(CASE WHEN m.debit = '1300' THEN m.amount_minor"
        " WHEN m.credit = '2200' THEN -m.amount_minor ELSE 0 END) AS minor FROM entry e"
        " JOIN move m ON m.entry_id = e.id WHERE e.key = 'repurchase:' || i.id) moved ON true"
        " WHERE b.state = 'done' AND coalesce(moved.minor, 0) <> l.outstanding_minor"
        " - l.reserve_minor + l.fees_minor + l.interest_minor + l.vat_minor"
        # What was bought in another currency than its facility's came over as it was quoted.
        " UNION ALL SELECT b.id::text, i.number, c.into_claims_minor - c.into_due_minor, NULL"
        " FROM buy_back b JOIN buy_back_line l ON l.buy_back_id = b.id JOIN invoice i"
        " ON i.id = l.invoice_id LEFT JOIN conversion c ON c.key = 'repurchase:' || i.id"
        " WHERE b.state = 'done' AND (l.numerator, l.denominator, l.published_on)"
        " IS DISTINCT FROM (c.numerator, c.denominator, c.published_on)"
        " AND (c.id IS NOT NULL OR l.outstanding_minor - l.reserve_minor + l.fees_minor"
        " + l.interest_minor + l.vat_minor <> 0)"
        " UNION ALL SELECT b.id::text, 'price', b.price_minor, sum(said.minor) FROM buy_back b"
        " JOIN (SELECT buy_back_id, CASE WHEN numerator IS NULL THEN minor ELSE sign(minor)"
        " * div(2 * abs(minor) * numerator + denominator, 2 * denominator) END AS minor"
        " FROM (SELECT *, outstanding_minor - reserve_minor + fees_minor + interest_minor"
        " + vat_minor AS minor FROM buy_back_line) line) said ON said.buy_back_id = b.id"
        " GROUP BY b.id HAVING sum(said.minor) <> b.price_minor"
        " UNION ALL SELECT b.id::text, b.kind, b.price_minor, NULL FROM buy_back b"
        " WHERE b.state = 'done' AND b.kind <> 'chosen'"
        " AND left(split_part(b.quoted_by, ' via ', 1), 46)"
        " = left(split_part(b.decided_by, ' via ', 1), 46)",
    ),
}
