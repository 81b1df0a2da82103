"""Balances and turnover as SQL: what every report is made of. Placeholders are `Asked.values`.

A balance as of a day is today's, less the moves that count for later days or were written later:
so the question about yesterday costs what is open and what moved since, not the whole history.
"""

from collections.abc import Iterable

from usance.domain.journal import Account
from usance.domain.measures import BOUGHT, TAKEN_BACK, WRITTEN_OFF

from .asked import Asked

# How what happened to a bought receivable is told apart, by the entry that moved it.
KIND = f"""CASE WHEN split_part(e.key, ':', 1) = '{BOUGHT}' THEN 'bought'
 WHEN s.other = '{Account.UNAPPLIED_CASH.value}' THEN 'paid'
 WHEN split_part(e.key, ':', 1) = '{TAKEN_BACK}' THEN 'taken_back'
 WHEN split_part(e.key, ':', 1) = '{WRITTEN_OFF}' AND s.other IN ('{Account.CLIENT_RESERVES.value}',
  '{Account.CLIENT_CLAIMS.value}') THEN 'taken_back' ELSE 'diluted' END"""


def balances(
    asked: Asked, accounts: Iterable[Account], *, evening: str = "on", nobodys: bool = False
) -> str:
    """account, currency, client_id, debtor_id, invoice_id, minor: debits less credits at the end of
    the day `evening` ("on", or "before" the period); what is nothing is left out.

    :param nobodys: also what is about nobody, which is kept as no sum of its own.
    """
    told = among(accounts)
    who = narrowed(asked)
    if nobodys and not (asked.client or asked.debtor or asked.invoice):
        who += f""" UNION ALL
    SELECT account, currency, NULL, NULL, NULL, sum(minor) FROM (
        SELECT account, currency, debit_minor - credit_minor AS minor FROM day_total
        UNION ALL SELECT account, currency, credit_minor - debit_minor FROM balance
                   WHERE debit_minor <> credit_minor) AS beside
     WHERE account IN ({told}) {_in_currency(asked)} GROUP BY account, currency"""  # noqa: S608 - names of ours
    sides = """CROSS JOIN LATERAL (VALUES (m.debit, m.amount_minor), (m.credit, -m.amount_minor))
      AS s (account, minor)"""
    later = f"""UNION ALL
    SELECT s.account, m.currency, m.client_id, m.debtor_id, m.invoice_id, -s.minor
      FROM move m {sides}
     WHERE m.booked_on > %({evening})s AND s.account IN ({told}) {narrowed(asked, "m.")}"""  # noqa: S608 - names of ours
    if asked.known is not None:
        later += f""" UNION ALL
    SELECT s.account, m.currency, m.client_id, m.debtor_id, m.invoice_id, -s.minor
      FROM entry e JOIN move m ON m.entry_id = e.id {sides}
     WHERE e.at > %(known)s AND m.booked_on <= %({evening})s
       AND s.account IN ({told}) {narrowed(asked, "m.")}"""  # noqa: S608 - names of ours
    return f"""SELECT account, currency, client_id, debtor_id, invoice_id,
       sum(minor)::bigint AS minor
  FROM (SELECT account, currency, client_id, debtor_id, invoice_id,
               debit_minor - credit_minor AS minor
          FROM balance WHERE account IN ({told}) AND debit_minor <> credit_minor {who}
    {later}) AS stood
 GROUP BY account, currency, client_id, debtor_id, invoice_id HAVING sum(minor) <> 0"""  # noqa: S608 - names of ours


def moved(asked: Asked, accounts: Iterable[Account], *, since: str = "%(since)s") -> str:
    """Each move of the period seen from each of the accounts it touches: id, entry_id, booked_on,
    because, key, voucher, account, other, minor (signed: debits are positive), currency, whom it is
    about, and `kind`, which means something on bought receivables."""
    told = among(accounts)
    known = "AND e.at <= %(known)s" if asked.known is not None else ""
    return f"""SELECT m.id, m.entry_id, m.booked_on, e.because, e.key, e.voucher, s.account,
       s.other, s.minor, m.currency, m.client_id, m.debtor_id, m.invoice_id, {KIND} AS kind
  FROM move m JOIN entry e ON e.id = m.entry_id
 CROSS JOIN LATERAL (VALUES (m.debit, m.credit, m.amount_minor),
                            (m.credit, m.debit, -m.amount_minor)) AS s (account, other, minor)
 WHERE m.booked_on >= {since} AND m.booked_on <= %(on)s AND s.account IN ({told})
   {known} {narrowed(asked, "m.")}"""  # noqa: S608 - names of ours


def narrowed(asked: Asked, table: str = "") -> str:
    """The parties and the currency that were asked for, as further conditions."""
    said = [
        f"AND {table}{name}_id = %({name})s"
        for name in ("client", "debtor", "invoice")
        if getattr(asked, name) is not None
    ]
    said += [f"AND {table}{name}_id IS NULL" for name in sorted(asked.nobody)]
    return " ".join((*said, _in_currency(asked, table)))


def _in_currency(asked: Asked, table: str = "") -> str:
    return f"AND {table}currency = %(currency)s" if asked.currency else ""


def among(accounts: Iterable[Account]) -> str:
    """Accounts as a list of SQL; they are words of the chart and nobody's input."""
    return ", ".join(f"'{account.value}'" for account in accounts)
