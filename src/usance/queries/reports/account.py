"""A client's account with us: everything of a period, each column from its opening to its end."""

from usance.domain.journal import Account
from usance.domain.money import Money

from . import links, sums
from .asked import Asked
from .portfolio import FUNDS
from .table import Cell, Column, Kind, Link, Raw, Report
from .yields import FEES

# Column → accounts, and the side on which it grows (1: debits).
SIDES: dict[str, tuple[tuple[Account, ...], int]] = {
    "receivables": ((Account.FACTORED_RECEIVABLES,), 1),
    "reserve": ((Account.CLIENT_RESERVES,), -1),
    "due": ((Account.DUE_TO_CLIENTS, Account.PAYOUTS_IN_TRANSIT), -1),
    "claims": ((Account.CLIENT_CLAIMS,), 1),
    "fees": (FEES, -1),
}
TITLES = {
    "receivables": "Receivables", "reserve": "Reserve", "due": "Due to the client",
    "claims": "Claims", "fees": "Fees",
}  # fmt: skip
assert set(TITLES) == set(SIDES), "every column has its title"
ALL = tuple(account for accounts, _ in SIDES.values() for account in accounts)
STANDING = tuple(account for account in ALL if account not in FEES)  # Fees begin anew.
NAMES = tuple(SIDES)
# What an entry about one invoice moves that is about no invoice: charges are accrued for a client,
# and given back when an invoice has earned them itself.
CHARGED_BEFORE = "charged_before"
LIVE = " OR ".join(f"x.{name} <> 0" for name in NAMES)


def _columns_of(table: str) -> str:
    """The columns as sums of the signed minor units of `table`."""
    return ", ".join(
        f"coalesce(sum({'' if sign > 0 else '-'}{table}.minor) FILTER"
        f" (WHERE {table}.account IN ({sums.among(accounts)})), 0)::bigint AS {name}"
        for name, (accounts, sign) in SIDES.items()
    )


def _client_statement(asked: Asked) -> str:
    """Everything of a period between the factor and one client: opening balances, each movement
    with its entry and what it did, closing balances. Receivables: outstanding on bought invoices.
    Reserve: kept back, the client's. Due: owed to the client, payouts on their way included.
    Claims: what the client owes back. Funds in use: receivables less reserve plus claims. Fees:
    taken in the period; what is given back stands with a minus, as when an invoice is settled what
    was charged for it day by day before."""
    return f"""SELECT x.*, coalesce(i.number, CASE x.kind WHEN 'fee_invoice'
              THEN split_part(x.voucher, ':', 2) END) AS number, d.name AS debtor FROM (
    SELECT v.entry_id, v.booked_on, v.because, coalesce(v.invoice_id, v.only) AS invoice_id,
           v.debtor_id, v.currency, min(v.id::text) AS id, min(v.voucher) AS voucher,
           CASE WHEN v.invoice_id IS NULL AND v.only IS NOT NULL THEN '{CHARGED_BEFORE}'
                ELSE min(split_part(v.key, ':', 1)) END AS kind,
           {_columns_of("v")}
      FROM (SELECT *, CASE WHEN min(invoice_id::text) OVER of_entry
                              = max(invoice_id::text) OVER of_entry
                           THEN (max(invoice_id::text) OVER of_entry)::uuid END AS only
              FROM ({sums.moved(asked, ALL)}) m WINDOW of_entry AS (PARTITION BY entry_id)) v
     GROUP BY v.entry_id, v.booked_on, v.because, v.invoice_id, v.only, v.debtor_id, v.currency) x
  LEFT JOIN invoice i ON i.id = x.invoice_id LEFT JOIN debtor d ON d.id = x.debtor_id
 WHERE {LIVE}"""  # noqa: S608 - names of ours


def _opening(asked: Asked) -> str:
    return f"""SELECT b.currency, {_columns_of("b")}
  FROM ({sums.balances(asked, STANDING, evening="before")}) b GROUP BY 1"""  # noqa: S608 - names of ours


def _columns(asked: Asked) -> tuple[Column, ...]:
    return (
        Column("part", "Part"), Column("booked_on", "Day", Kind.DAY), Column("kind", "Kind"),
        Column("because", "Entry"), Column("invoice", "Invoice"), Column("debtor", "Debtor"),
        Column("currency", "Currency"),
        *(Column(name, TITLES[name], Kind.MONEY) for name in NAMES),
        Column("funds", "Funds in use", Kind.MONEY),
    )  # fmt: skip


# What the reader of a file sorts by.
PARTS = {"opening": "Opening", "closing": "Closing", "movement": "Movement"}


def _cells(raw: Raw, asked: Asked) -> tuple[Cell, ...]:
    part = raw.get("part", "movement")
    amounts = [Money(raw[name], raw["currency"]) for name in NAMES]
    told = dict(zip(NAMES, amounts, strict=True))
    on = {"opening": asked.since, "closing": asked.on}.get(part, raw.get("booked_on"))
    because = raw.get("because")
    if raw.get("kind") == CHARGED_BEFORE:
        because = f"{because}: charged day by day before"
    return (
        PARTS[part], on, raw.get("kind"), because, raw.get("number"), raw.get("debtor"),
        raw["currency"], *amounts, told["receivables"] - told["reserve"] + told["claims"],
    )  # fmt: skip


def _behind(raw: Raw, asked: Asked) -> dict[str, Link]:
    """What stood before or stands after leads to the items that it is made of; fees, which begin
    anew, to their moves."""
    on = asked.evening_before if raw["part"] == "opening" else asked.on.isoformat()

    def items(*accounts: Account) -> Link:
        numbers = ",".join(one.value for one in accounts)
        return links.to_report("sub-ledger", asked, raw, on=on, by="invoice", account=numbers)

    found = {name: items(*SIDES[name][0]) for name in NAMES if raw[name] and name != "fees"}
    if raw["fees"]:
        numbers = ",".join(one.value for one in FEES)
        since = asked.since.isoformat()
        found["fees"] = links.to_report("moves", asked, raw, account=numbers, since=since)
    if any(raw[name] for name in ("receivables", "reserve", "claims")):
        found["funds"] = items(*FUNDS)
    return found


def _links(raw: Raw, asked: Asked) -> dict[str, Link]:
    if "part" in raw:
        return _behind(raw, asked)
    found = {
        "because": ("entry", raw.get("entry_id")), "invoice": ("invoice", raw.get("invoice_id")),
        "debtor": ("debtor", raw.get("debtor_id")),
    }  # fmt: skip
    return {name: Link(page, str(pk)) for name, (page, pk) in found.items() if pk is not None}


CLIENT_STATEMENT = Report(
    name="client-statement", title="Client statement",
    about="Everything of a period between us and one client.", explained=_client_statement,
    columns=_columns, sql=_client_statement, sums=lambda asked: NAMES, cells=_cells, links=_links,
    order="currency, booked_on, id", takes=("since", "client"), needs=("client",),
    opening=_opening,
)  # fmt: skip
