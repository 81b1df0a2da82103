"""How hard the money works: the turn of the ledger, and what each client brings."""

from usance.domain import measures
from usance.domain.journal import Account
from usance.domain.money import Money

from . import links, sums
from .asked import Asked
from .portfolio import COSTS, FUNDS, INCOME, OURS, PARTIES, by_party, money, turnover
from .table import Cell, Column, Kind, Link, Raw, Report

TURN_SUMS = ("opening", "bought", "paid", "diluted", "taken_back", "closing", "minor_days")


def _turn(asked: Asked) -> str:
    parts = ", ".join(
        f"CASE WHEN v.kind = '{name}' THEN {'v.minor' if name == 'bought' else '-v.minor'} END"
        for name in TURN_SUMS[1:5]
    )
    inner = f"""SELECT b.{asked.by}_id, b.currency, b.minor, NULL::bigint, NULL::bigint,
       NULL::bigint, NULL::bigint, b.minor, b.minor::numeric * {asked.days}
  FROM ({sums.balances(asked, OURS)}) b
 UNION ALL
SELECT v.{asked.by}_id, v.currency, -v.minor, {parts}, NULL,
       -v.minor::numeric * (v.booked_on - %(since)s::date)
  FROM ({sums.moved(asked, OURS)}) v"""  # noqa: S608 - names of ours
    named = f"SELECT * FROM ({inner}) AS y (subject, currency, {', '.join(TURN_SUMS)})"  # noqa: S608 - names of ours
    return by_party(asked, named, TURN_SUMS)


def _turn_columns(asked: Asked) -> tuple[Column, ...]:
    return (
        *links.named(asked), Column("opening", "Opening", Kind.MONEY),
        Column("bought", "Bought", Kind.MONEY), Column("paid", "Paid", Kind.MONEY),
        Column("diluted", "Diluted", Kind.MONEY), Column("taken_back", "Taken back", Kind.MONEY),
        Column("closing", "Closing", Kind.MONEY), Column("mean", "Mean", Kind.MONEY),
        Column("turn", "Turn a year", Kind.NUMBER), Column("turn_days", "Days", Kind.NUMBER),
    )  # fmt: skip


def _turn_cells(raw: Raw, asked: Asked) -> tuple[Cell, ...]:
    mean = measures.mean(raw["minor_days"], asked.days)
    bought = int(raw["bought"])
    return (
        raw.get("label"), raw["currency"], *money(raw, *TURN_SUMS[:6]),
        Money(mean, raw["currency"]), measures.turn(bought, mean, asked.days),
        measures.turn_days(bought, mean, asked.days),
    )  # fmt: skip


def _turn_links(raw: Raw, asked: Asked) -> dict[str, Link]:
    turned = {name: turnover(asked, raw, name) for name in TURN_SUMS[1:5] if raw[name]}
    if raw["opening"]:
        turned["opening"] = links.to_report("open-items", asked, raw, on=asked.evening_before)
    closing = links.to_report("open-items", asked, raw)
    return {**links.subject(raw, asked), **turned, "closing": closing}


TURN = Report(
    name="turn", title="Turn", about="How often a year the money comes back.",
    explained=measures.turn, columns=_turn_columns, sql=_turn, sums=lambda asked: TURN_SUMS,
    cells=_turn_cells, links=_turn_links, order="closing DESC, label, subject, currency",
    takes=("by", "since", *PARTIES), groups=PARTIES, span=90, ties=("closing", OURS[0]),
)  # fmt: skip

PROFIT_SUMS = ("fees", "interest", "costs", "minor_days")
FEES = tuple(one for one in INCOME if one is not Account.INTEREST_INCOME)


def _profit(asked: Asked) -> str:
    funds, fees, costs = (sums.among(each) for each in (FUNDS, FEES, COSTS))
    interest = Account.INTEREST_INCOME.value
    inner = f"""SELECT b.client_id, b.currency, NULL::bigint, NULL::bigint, NULL::bigint,
       b.minor::numeric * {asked.days} FROM ({sums.balances(asked, FUNDS)}) b
 UNION ALL
SELECT v.client_id, v.currency, CASE WHEN v.account IN ({fees}) THEN -v.minor END,
       CASE WHEN v.account = '{interest}' THEN -v.minor END,
       CASE WHEN v.account IN ({costs}) THEN v.minor END,
       CASE WHEN v.account IN ({funds})
            THEN -v.minor::numeric * (v.booked_on - %(since)s::date) END
  FROM ({sums.moved(asked, (*FUNDS, *INCOME, *COSTS))}) v"""  # noqa: S608 - names of ours
    named = f"SELECT * FROM ({inner}) AS y (subject, currency, {', '.join(PROFIT_SUMS)})"  # noqa: S608 - names of ours
    return by_party(asked, named, PROFIT_SUMS)


def _profit_columns(asked: Asked) -> tuple[Column, ...]:
    return (
        *links.named(asked), Column("fees", "Fees", Kind.MONEY),
        Column("interest", "Late interest", Kind.MONEY),
        Column("costs", "Losses and charges", Kind.MONEY), Column("result", "Result", Kind.MONEY),
        Column("mean_funds", "Mean funds in use", Kind.MONEY), Column("yield", "Yield", Kind.RATE),
    )  # fmt: skip


def _profit_cells(raw: Raw, asked: Asked) -> tuple[Cell, ...]:
    fees, interest, costs = money(raw, *PROFIT_SUMS[:3])
    mean = measures.mean(raw["minor_days"], asked.days)
    result = fees + interest - costs
    return (
        raw.get("label"), raw["currency"], fees, interest, costs, result,
        Money(mean, raw["currency"]), measures.profitability(result.minor, mean, asked.days),
    )  # fmt: skip


def _profit_links(raw: Raw, asked: Asked) -> dict[str, Link]:
    since = asked.since.isoformat()
    told = {
        "fees": FEES, "interest": (Account.INTEREST_INCOME,), "costs": COSTS,
        "result": (*INCOME, *COSTS),
    }  # fmt: skip
    behind = {
        name: links.to_report(
            "moves", asked, raw, since=since, account=",".join(one.value for one in accounts)
        )
        for name, accounts in told.items()
        if raw.get(name, True)  # The result is no column of the database.
    }
    return {**links.subject(raw, asked), **behind}


PROFITABILITY = Report(
    name="profitability", title="Profitability", about="What each client brought, and its yield.",
    explained=measures.profitability, columns=_profit_columns, sql=_profit,
    sums=lambda asked: PROFIT_SUMS, cells=_profit_cells, links=_profit_links,
    order="fees DESC, label, subject, currency", takes=("since", "client"), span=90,
)  # fmt: skip
