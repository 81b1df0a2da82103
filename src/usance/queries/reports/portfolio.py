"""How the portfolio does: DSO, dilution and concentration, by client or debtor."""

from usance.domain import measures
from usance.domain.journal import Account
from usance.domain.money import Money

from . import links, sums
from .asked import Asked
from .table import Cell, Column, Kind, Link, Raw, Report

OURS = (Account.FACTORED_RECEIVABLES,)
FUNDS = (Account.FACTORED_RECEIVABLES, Account.CLIENT_RESERVES, Account.CLIENT_CLAIMS)
INCOME = tuple(one for one in Account if one.value.startswith("4"))
COSTS = tuple(one for one in Account if one.value.startswith("6"))
MONTHS = 12  # Of the countback: what is older than a year is not looked for.
PARTIES = ("client", "debtor")


def by_party(asked: Asked, inner: str, names: tuple[str, ...]) -> str:
    """Sums of the columns `names` of `inner` (subject, currency, …) with the party's name."""
    added = ", ".join(f"coalesce(sum({name}), 0) AS {name}" for name in names)
    return f"""SELECT x.subject, p.name AS label, x.currency, {added}
  FROM ({inner}) x LEFT JOIN {asked.by} p ON p.id = x.subject GROUP BY 1, 2, 3"""  # noqa: S608 - names of ours


def turnover(asked: Asked, raw: Raw, kind: str) -> Link:
    """The moves on bought receivables of this kind in the period."""
    return links.to_report(
        "moves", asked, raw, account=OURS[0].value, kind=kind, since=asked.since.isoformat()
    )


def money(raw: Raw, *names: str) -> tuple[Money, ...]:
    return tuple(Money(int(raw[name]), raw["currency"]) for name in names)


DSO_SUMS = ("outstanding", "not_due", "bought", *(f"m{n}" for n in range(MONTHS)))


def _dso(asked: Asked) -> str:
    spans = measures.months(asked.on, MONTHS)
    monthly = ", ".join(
        f"CASE WHEN v.booked_on BETWEEN '{first}' AND '{last}' THEN v.minor END AS m{n}"
        for n, (first, last) in enumerate(spans)
    )
    nothing = ", ".join("NULL::bigint" for _ in spans)
    since = min(asked.since, spans[-1][0])
    inner = f"""SELECT b.{asked.by}_id AS subject, b.currency, b.minor AS outstanding,
       CASE WHEN i.due_on >= %(on)s THEN b.minor END AS not_due, NULL::bigint AS bought, {nothing}
  FROM ({sums.balances(asked, OURS)}) b JOIN invoice i ON i.id = b.invoice_id
 UNION ALL
SELECT v.{asked.by}_id, v.currency, NULL, NULL,
       CASE WHEN v.booked_on >= %(since)s THEN v.minor END, {monthly}
  FROM ({sums.moved(asked, OURS, since=f"'{since}'")}) v WHERE v.kind = 'bought'"""  # noqa: S608 - names and days of ours
    named = f"SELECT * FROM ({inner}) AS y (subject, currency, {', '.join(DSO_SUMS)})"  # noqa: S608 - names of ours
    return by_party(asked, named, DSO_SUMS)


def _dso_columns(asked: Asked) -> tuple[Column, ...]:
    return (
        *links.named(asked), Column("outstanding", "Outstanding", Kind.MONEY),
        Column("not_due", "Not due", Kind.MONEY), Column("bought", "Bought", Kind.MONEY),
        Column("dso", "DSO, simple", Kind.NUMBER), Column("countback", "Countback", Kind.NUMBER),
        Column("best", "Best possible", Kind.NUMBER), Column("delay", "Delay", Kind.NUMBER),
    )  # fmt: skip


def _dso_cells(raw: Raw, asked: Asked) -> tuple[Cell, ...]:
    outstanding, not_due, bought = (int(raw[name]) for name in DSO_SUMS[:3])
    simple = measures.dso(outstanding, bought, asked.days)
    best = measures.dso(not_due, bought, asked.days)
    spans = [(last - first).days + 1 for first, last in measures.months(asked.on, MONTHS)]
    used = measures.countback(
        outstanding, [(days, int(raw[f"m{n}"])) for n, days in enumerate(spans)]
    )
    return (
        raw.get("label"), raw["currency"], *money(raw, "outstanding", "not_due", "bought"), simple,
        used, best, simple - best if simple is not None and best is not None else None,
    )  # fmt: skip


def _dso_links(raw: Raw, asked: Asked) -> dict[str, Link]:
    return {
        **links.subject(raw, asked),
        "outstanding": links.to_report("open-items", asked, raw),
        "not_due": links.to_report("open-items", asked, raw, bucket="not_due"),
        "bought": turnover(asked, raw, "bought"),
    }


DSO = Report(
    name="dso", title="Days sales outstanding", about="How long money takes, in two ways.",
    explained=measures.dso, columns=_dso_columns, sql=_dso, sums=lambda asked: DSO_SUMS,
    cells=_dso_cells, links=_dso_links, order="outstanding DESC, label, subject, currency",
    takes=("by", "since", *PARTIES), groups=PARTIES, span=90, ties=("outstanding", OURS[0]),
)  # fmt: skip

DILUTION_SUMS = ("bought", "diluted", "taken_back")


def _dilution(asked: Asked) -> str:
    parts = ", ".join(
        f"CASE WHEN v.kind = '{name}' THEN {'v.minor' if name == 'bought' else '-v.minor'} END"
        f" AS {name}"
        for name in DILUTION_SUMS
    )
    inner = f"""SELECT v.{asked.by}_id AS subject, v.currency, {parts}
  FROM ({sums.moved(asked, OURS)}) v WHERE v.kind <> 'paid'"""  # noqa: S608 - names of ours
    return by_party(asked, inner, DILUTION_SUMS)


def _dilution_columns(asked: Asked) -> tuple[Column, ...]:
    return (
        *links.named(asked), Column("bought", "Bought", Kind.MONEY),
        Column("diluted", "Diluted", Kind.MONEY), Column("dilution", "Dilution", Kind.RATE),
        Column("taken_back", "Taken back", Kind.MONEY),
    )  # fmt: skip


def _dilution_cells(raw: Raw, asked: Asked) -> tuple[Cell, ...]:
    bought, diluted, back = money(raw, *DILUTION_SUMS)
    rate = measures.dilution(diluted.minor, bought.minor)
    return raw.get("label"), raw["currency"], bought, diluted, rate, back


def _dilution_links(raw: Raw, asked: Asked) -> dict[str, Link]:
    turned = {name: turnover(asked, raw, name) for name in DILUTION_SUMS if raw[name]}
    return {**links.subject(raw, asked), **turned}


DILUTION = Report(
    name="dilution", title="Dilution", about="What reduced claims other than money.",
    explained=measures.dilution, columns=_dilution_columns, sql=_dilution,
    sums=lambda asked: DILUTION_SUMS, cells=_dilution_cells, links=_dilution_links,
    order="diluted DESC, label, subject, currency", takes=("by", "since", *PARTIES),
    groups=PARTIES, span=measures.YEAR,
)  # fmt: skip


def _concentration(asked: Asked) -> str:
    return f"""SELECT b.{asked.by}_id AS subject, p.name AS label, b.currency,
       sum(b.minor)::bigint AS outstanding, count(*) AS items,
       sum(sum(b.minor)) OVER (PARTITION BY b.currency) AS whole
  FROM ({sums.balances(asked, OURS)}) b LEFT JOIN {asked.by} p ON p.id = b.{asked.by}_id
 GROUP BY 1, 2, 3"""  # noqa: S608 - names of ours


def _concentration_columns(asked: Asked) -> tuple[Column, ...]:
    return (
        *links.named(asked), Column("items", "Invoices", Kind.COUNT),
        Column("outstanding", "Outstanding", Kind.MONEY), Column("share", "Share", Kind.RATE),
    )  # fmt: skip


def _concentration_cells(raw: Raw, asked: Asked) -> tuple[Cell, ...]:
    outstanding = int(raw["outstanding"])
    share = measures.concentration(outstanding, int(raw.get("whole", outstanding)))
    return raw.get("label"), raw["currency"], raw["items"], *money(raw, "outstanding"), share


def _concentration_links(raw: Raw, asked: Asked) -> dict[str, Link]:
    return {
        **links.subject(raw, asked), "outstanding": links.to_report("open-items", asked, raw),
        "items": links.to_report("open-items", asked, raw),
    }  # fmt: skip


CONCENTRATION = Report(
    name="concentration", title="Concentration", about="Who owes how much of all.",
    explained=measures.concentration, columns=_concentration_columns, sql=_concentration,
    sums=lambda asked: ("outstanding", "items"), cells=_concentration_cells,
    links=_concentration_links, order="currency, outstanding DESC, label, subject",
    takes=("by", *PARTIES), groups=("debtor", "client"),
    ties=("outstanding", OURS[0]),
)  # fmt: skip
