"""What is booked in other currencies: valued once, in step with its moves, all of it explained."""

from usance.queries.exchange import WORTH

QUESTIONS: dict[str, tuple[str, str]] = {
    # Of days that are valued wholly; what came in since waits for the next end of a day.
    "M34": (
        "What a position is worth at home is the sum of what its moves are worth",
        "WITH moved AS (SELECT m.debit, m.credit, m.currency, m.booked_on, m.amount_minor,"  # noqa: S608 - ours
        f" {WORTH.format(r='r')} AS home FROM move m JOIN taken_rate r ON r.currency = m.currency"
        " AND r.day = m.booked_on), side AS (SELECT debit AS account, currency, booked_on,"
        " amount_minor AS d, 0::bigint AS c, home AS hd, 0::numeric AS hc FROM moved UNION ALL"
        " SELECT credit, currency, booked_on, 0, amount_minor, 0, home FROM moved),"
        " booked AS (SELECT account, currency, booked_on, sum(d) AS d, sum(c) AS c, sum(hd) AS hd,"
        " sum(hc) AS hc FROM side GROUP BY 1, 2, 3), kept AS (SELECT account, currency, booked_on,"
        " sum(debit_minor) AS d, sum(credit_minor) AS c, sum(home_debit_minor) AS hd,"
        " sum(home_credit_minor) AS hc FROM worth GROUP BY 1, 2, 3)"
        " SELECT kept.account, kept.currency, kept.booked_on::text, kept.hd - kept.hc,"
        " booked.hd - booked.hc FROM kept LEFT JOIN booked USING (account, currency, booked_on)"
        " WHERE booked.d IS NULL OR (booked.d = kept.d AND booked.c = kept.c"
        " AND (booked.hd <> kept.hd OR booked.hc <> kept.hc))",
    ),
    "M35": (
        "Realised differences explain positions: one that holds nothing is carried at nothing",
        "SELECT account, currency, sum(home_debit_minor - home_credit_minor + realised_minor)"
        " FROM worth WHERE account NOT IN ('3000', '1950', '1960') AND account ~ '^[12]'"
        " GROUP BY 1, 2"
        " HAVING sum(debit_minor - credit_minor) = 0"
        " AND sum(home_debit_minor - home_credit_minor + realised_minor) <> 0",
    ),
    "M36": (
        "The books hold the differences that positions made, realised and at months' ends",
        "WITH booked AS (SELECT CASE WHEN e.key LIKE 'exchange:%' THEN 'realised' ELSE"
        " 'unrealised' END AS what, sum(CASE WHEN m.debit = '1960' THEN m.amount_minor"
        " ELSE -m.amount_minor END) AS minor FROM entry e JOIN move m ON m.entry_id = e.id"
        " WHERE e.key LIKE 'exchange:%' OR (e.key LIKE 'revaluation:%'"
        " AND e.key NOT LIKE '%:reversed') GROUP BY 1),"
        " said AS (SELECT 'realised' AS what, sum(realised_minor) AS minor FROM worth UNION ALL"
        " SELECT 'unrealised', sum(unrealised_minor) FROM revaluation)"
        " SELECT what, booked.minor, said.minor FROM said FULL JOIN booked USING (what)"
        " WHERE coalesce(booked.minor, 0) <> coalesce(said.minor, 0)"
        # What is left of the valuation account are the realised ones: the others were taken back.
        " UNION ALL SELECT 'exchange valuation', gl.minor, said.minor FROM (SELECT"
        " coalesce(sum(debit_minor - credit_minor), 0) AS minor FROM day_total"
        " WHERE account = '1960') gl, said WHERE said.what = 'realised'"
        " AND gl.minor <> coalesce(said.minor, 0)",
    ),
    "M38": (
        "What was converted left one currency and came to the other at its rate, all of it",
        "WITH legs AS (SELECT c.id, m.currency, sum(CASE WHEN m.debit = '1950' THEN m.amount_minor"
        " ELSE -m.amount_minor END) AS minor FROM conversion c JOIN entry e"
        " ON e.key IN ('converted_from:' || c.key, 'converted_into:' || c.key)"
        " JOIN move m ON m.entry_id = e.id GROUP BY 1, 2),"
        " said AS (SELECT id, currency, claims_minor - due_minor - paid_minor AS minor"
        " FROM conversion UNION ALL"
        " SELECT id, into_currency, into_due_minor - into_claims_minor + into_paid_minor"
        " FROM conversion)"
        " SELECT coalesce(said.id, legs.id)::text, said.currency, legs.minor, said.minor FROM said"
        " FULL JOIN legs USING (id, currency) WHERE coalesce(legs.minor, 0)"
        " <> coalesce(said.minor, 0)"
        " UNION ALL SELECT id::text, into_currency, due_minor, into_due_minor FROM conversion"
        " WHERE into_due_minor <> sign(due_minor) * div(2 * abs(due_minor) * numerator"
        " + denominator, 2 * denominator) OR into_claims_minor <> sign(claims_minor)"
        " * div(2 * abs(claims_minor) * numerator + denominator, 2 * denominator)"
        # Of a receipt either is the other at the rate, rounded: what is used up decides.
        " UNION ALL SELECT id::text, into_currency, paid_minor, into_paid_minor FROM conversion"
        " WHERE into_paid_minor <> sign(paid_minor) * div(2 * abs(paid_minor) * numerator"
        " + denominator, 2 * denominator) AND paid_minor <> sign(into_paid_minor)"
        " * div(2 * abs(into_paid_minor) * denominator + numerator, 2 * numerator)"
        " UNION ALL SELECT a.id::text, a.currency, a.line_minor, c.paid_minor FROM allocation a"
        " LEFT JOIN conversion c ON c.key = 'allocation:' || a.line_id || ':' || a.invoice_id"
        " || CASE WHEN a.turn > 0 THEN ':' || a.turn ELSE '' END WHERE a.line_minor IS NOT NULL"
        " AND (a.line_minor, a.amount_minor) IS DISTINCT FROM (c.paid_minor, c.into_paid_minor)"
        # A client's own account is in the currency of its facility.
        " UNION ALL SELECT i.number, b.currency, sum(b.debit_minor - b.credit_minor), 0"
        " FROM crossing x JOIN balance b ON b.invoice_id = x.invoice_id AND b.currency = x.currency"
        " AND b.account IN ('1300', '2200') JOIN invoice i ON i.id = x.invoice_id"
        " GROUP BY 1, 2, b.account HAVING sum(b.debit_minor) <> sum(b.credit_minor)",
    ),
}
