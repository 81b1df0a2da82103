"""The books opened up: sub-ledgers by client, debtor or invoice, and the moves behind a figure."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from usance.domain.journal import GROWS_BY_DEBIT, NAMES, Account
from usance.domain.money import Money

from . import links, sums
from .asked import EARLIEST, GROUPS, Asked
from .table import Cell, Column, Kind, Link, Raw, Report, Row

SUB_SUMS = ("opening", "debit", "credit", "closing")


def _sub_ledger(asked: Asked) -> str:
    """Every account, opened up by client, debtor or invoice: opening balance, debits and credits of
    the period, closing balance. Each account adds up to its line in the trial balance; what is
    about nobody in particular has a line without a name."""
    accounts = asked.accounts or tuple(Account)
    label = "p.number" if asked.by == "invoice" else "p.name"
    return f"""SELECT x.subject, {label} AS label, x.account, x.currency,
       (sum(x.closing) - sum(x.debit) + sum(x.credit))::bigint AS opening,
       sum(x.debit)::bigint AS debit, sum(x.credit)::bigint AS credit,
       sum(x.closing)::bigint AS closing
  FROM (SELECT b.{asked.by}_id AS subject, b.account, b.currency, 0 AS debit, 0 AS credit,
               b.minor AS closing FROM ({sums.balances(asked, accounts, nobodys=True)}) b
        UNION ALL
        SELECT v.{asked.by}_id, v.account, v.currency, greatest(v.minor, 0),
               greatest(-v.minor, 0), 0 FROM ({sums.moved(asked, accounts)}) v) x
  LEFT JOIN {asked.by} p ON p.id = x.subject GROUP BY 1, 2, 3, 4"""  # noqa: S608 - names of ours


def _sub_columns(asked: Asked) -> tuple[Column, ...]:
    return (
        Column(asked.by, links.NAMED[asked.by]), Column("account", "Account"),
        Column("account_name", "Name"), Column("currency", "Currency"),
        Column("opening", "Opening", Kind.MONEY), Column("debit", "Debits", Kind.MONEY),
        Column("credit", "Credits", Kind.MONEY), Column("closing", "Closing", Kind.MONEY),
    )  # fmt: skip


def _sub_cells(raw: Raw, asked: Asked) -> tuple[Cell, ...]:
    account, currency = Account(raw["account"]), raw["currency"]
    sign = 1 if account in GROWS_BY_DEBIT else -1
    return (
        raw.get("label"), account.value, NAMES[account], currency,
        Money(sign * raw["opening"], currency), Money(raw["debit"], currency),
        Money(raw["credit"], currency), Money(sign * raw["closing"], currency),
    )  # fmt: skip


def _sub_links(raw: Raw, asked: Asked) -> dict[str, Link]:
    found = _behind(raw, asked, began=bool(raw["opening"]), account=raw["account"])
    return {**links.subject(raw, asked), **found}


def _behind(raw: Raw, asked: Asked, *, began: bool, **narrowed: str) -> dict[str, Link]:
    """The moves of each figure. `began`: something stood before the period."""

    def moves(since: date, **more: str) -> Link:
        return links.to_report("moves", asked, raw, since=since.isoformat(), **narrowed, **more)

    within = moves(asked.since)
    found = {"debit": within, "credit": within, "closing": moves(EARLIEST)}
    if began:
        found["opening"] = moves(EARLIEST, on=asked.evening_before)
    return found


def _sub_together(totals: Sequence[Row], asked: Asked) -> tuple[Row, ...]:
    """Debit less credit of all accounts, by currency; nothing where there is one account: its total
    says it."""
    found: dict[str, tuple[Money, ...]] = {}
    accounts = Counter(row.currency for row in totals)
    for row in totals:
        if accounts[row.currency] == 1:
            continue
        opening, debit, credit, closing = (cell for cell in row.cells if isinstance(cell, Money))
        if Account(str(row.cells[1])) not in GROWS_BY_DEBIT:
            opening, closing = -opening, -closing
        these = (opening, debit, credit, closing)
        before = found.get(row.currency)
        found[row.currency] = (
            tuple(a + b for a, b in zip(before, these, strict=True)) if before else these
        )
    narrowed = {"account": ",".join(asked.accounts)} if asked.accounts else {}
    return tuple(
        Row(
            currency=currency, cells=(None, None, None, currency, *sums),
            links=_behind({"currency": currency}, asked, began=bool(sums[0]), **narrowed),
        )
        for currency, sums in found.items()
    )  # fmt: skip


SUB_LEDGER = Report(
    name="sub-ledger", title="Sub-ledger", about="Every account by client, debtor or invoice.",
    explained=_sub_ledger, columns=_sub_columns, sql=_sub_ledger, sums=lambda asked: SUB_SUMS,
    cells=_sub_cells, links=_sub_links, order="account, currency, label NULLS LAST, subject",
    takes=("by", "since", "account", "client", "debtor", "invoice"), groups=GROUPS,
    total_by=("account", "currency"), together=_sub_together,
)  # fmt: skip


def _moves(asked: Asked) -> str:
    """The moves behind a figure, in the order of their days: so much from the credited account to
    the debited one, with the entry that made it. Debit and credit are seen from the account asked
    for; without one, from every account, so that each move stands twice and the sums agree."""
    only = f"WHERE v.kind = '{asked.kind}'" if asked.kind else ""
    accounts = asked.accounts or tuple(Account)
    return f"""SELECT v.id, v.entry_id, v.booked_on, v.because, v.account, v.other, v.currency,
       i.number, v.invoice_id, c.name AS client, v.client_id, d.name AS debtor, v.debtor_id,
       greatest(v.minor, 0) AS debit, greatest(-v.minor, 0) AS credit
  FROM ({sums.moved(asked, accounts)}) v LEFT JOIN invoice i ON i.id = v.invoice_id
  LEFT JOIN client c ON c.id = v.client_id LEFT JOIN debtor d ON d.id = v.debtor_id {only}"""  # noqa: S608 - names of ours


def _move_columns(asked: Asked) -> tuple[Column, ...]:
    return (
        Column("booked_on", "Day", Kind.DAY), Column("because", "Entry"),
        Column("account", "Account"), Column("other_account", "Against"),
        Column("invoice", "Invoice"), Column("client", "Client"), Column("debtor", "Debtor"),
        Column("currency", "Currency"), Column("debit", "Debit", Kind.MONEY),
        Column("credit", "Credit", Kind.MONEY), Column("entry", "Entry id"),
    )  # fmt: skip


def _move_cells(raw: Raw, asked: Asked) -> tuple[Cell, ...]:
    return (
        raw.get("booked_on"), raw.get("because"), raw.get("account"), raw.get("other"),
        raw.get("number"), raw.get("client"), raw.get("debtor"), raw["currency"],
        Money(raw["debit"], raw["currency"]), Money(raw["credit"], raw["currency"]),
        raw.get("entry_id"),
    )  # fmt: skip


def _move_links(raw: Raw, asked: Asked) -> dict[str, Link]:
    found = {
        "because": ("entry", raw.get("entry_id")), "invoice": ("invoice", raw.get("invoice_id")),
        "client": ("client", raw.get("client_id")), "debtor": ("debtor", raw.get("debtor_id")),
    }  # fmt: skip
    return {name: Link(page, str(pk)) for name, (page, pk) in found.items() if pk is not None}


MOVES = Report(
    name="moves", title="Moves", about="The moves behind a figure.", explained=_moves,
    columns=_move_columns, sql=_moves, sums=lambda asked: ("debit", "credit"), cells=_move_cells,
    links=_move_links, order="booked_on, id, account",
    takes=("since", "account", "kind", "client", "debtor", "invoice"),
)  # fmt: skip
