"""How old the claims are: the ageing, the open items it is made of, and what was paid on them."""

from usance.domain.journal import Account
from usance.domain.measures import BASES, Bucket, bucket
from usance.domain.money import Money

from . import links, sums
from .asked import Asked
from .table import Cell, Column, Kind, Link, Raw, Report

OURS = (Account.FACTORED_RECEIVABLES,)
AGE = {"due": "(%(on)s::date - i.due_on)", "issued": "(%(on)s::date - i.issued_on)"}


def _within(one: Bucket, basis: str) -> str:
    """The age of an invoice lies in this bucket."""
    said = [f"{AGE[basis]} >= {one.first}"] if one.first is not None else []
    said += [f"{AGE[basis]} <= {one.last}"] if one.last is not None else []
    return " AND ".join(said)


def _ageing(asked: Asked) -> str:
    aged = ", ".join(
        f"coalesce(sum(b.minor) FILTER (WHERE {_within(one, asked.basis)}), 0)::bigint"
        f" AS {one.name}"
        for one in BASES[asked.basis]
    )
    return f"""SELECT b.{asked.by}_id AS subject, p.name AS label, b.currency, {aged},
       sum(b.minor)::bigint AS total, count(*) AS items
  FROM ({sums.balances(asked, OURS)}) b JOIN invoice i ON i.id = b.invoice_id
  JOIN {asked.by} p ON p.id = b.{asked.by}_id GROUP BY 1, 2, 3"""  # noqa: S608 - names of ours


def _ageing_columns(asked: Asked) -> tuple[Column, ...]:
    aged = (Column(one.name, one.says, Kind.MONEY) for one in BASES[asked.basis])
    return (
        *links.named(asked), *aged, Column("total", "Outstanding", Kind.MONEY),
        Column("items", "Invoices", Kind.COUNT),
    )  # fmt: skip


def _ageing_sums(asked: Asked) -> tuple[str, ...]:
    return (*(one.name for one in BASES[asked.basis]), "total", "items")


def _ageing_cells(raw: Raw, asked: Asked) -> tuple[Cell, ...]:
    names = [one.name for one in BASES[asked.basis]]
    amounts = (Money(raw[name], raw["currency"]) for name in (*names, "total"))
    return raw.get("label"), raw["currency"], *amounts, raw["items"]


def _ageing_links(raw: Raw, asked: Asked) -> dict[str, Link]:
    def items(**more: str) -> Link:
        return links.to_report("open-items", asked, raw, basis=asked.basis, **more)

    aged = {one.name: items(bucket=one.name) for one in BASES[asked.basis] if raw[one.name]}
    return {**links.subject(raw, asked), **aged, "total": items(), "items": items()}


AGEING = Report(
    name="ageing", title="Ageing", about="What is outstanding, by age.", explained=bucket,
    columns=_ageing_columns, sql=_ageing, sums=_ageing_sums, cells=_ageing_cells,
    links=_ageing_links, order="total DESC, label, subject, currency",
    takes=("by", "basis", "client", "debtor"), groups=("client", "debtor"),
    ties=("total", OURS[0]),
)  # fmt: skip


def _open_items(asked: Asked) -> str:
    """Each bought invoice that is not wholly paid at the end of the day, with what is outstanding:
    receivables bought (1200) less what was paid, credited or taken back until then."""
    chosen = next((one for one in BASES[asked.basis] if one.name == asked.bucket), None)
    only = f"WHERE {_within(chosen, asked.basis)}" if chosen else ""
    return f"""SELECT i.id, i.number, b.client_id, c.name AS client, b.debtor_id, d.name AS debtor,
       b.currency, i.issued_on, i.due_on, {AGE[asked.basis]} AS age, i.face_minor AS face,
       b.minor AS outstanding, i.payment_reference AS reference
  FROM ({sums.balances(asked, OURS)}) b JOIN invoice i ON i.id = b.invoice_id
  JOIN client c ON c.id = b.client_id JOIN debtor d ON d.id = b.debtor_id {only}"""  # noqa: S608 - names of ours


def _open_columns(asked: Asked) -> tuple[Column, ...]:
    return (
        Column("invoice", "Invoice"), Column("client", "Client"), Column("debtor", "Debtor"),
        Column("issued_on", "Invoice date", Kind.DAY), Column("due_on", "Due date", Kind.DAY),
        Column("age", "Days late" if asked.basis == "due" else "Days old", Kind.COUNT),
        Column("reference", "Payment reference"),
        Column("currency", "Currency"), Column("face", "Face", Kind.MONEY),
        Column("outstanding", "Outstanding", Kind.MONEY),
    )  # fmt: skip


def _open_cells(raw: Raw, asked: Asked) -> tuple[Cell, ...]:
    age = raw.get("age")
    return (
        raw.get("number"), raw.get("client"), raw.get("debtor"), raw.get("issued_on"),
        raw.get("due_on"), max(age, 0) if age is not None else None, raw.get("reference"),
        raw["currency"], Money(raw["face"], raw["currency"]),
        Money(raw["outstanding"], raw["currency"]),
    )  # fmt: skip


def _open_links(raw: Raw, asked: Asked) -> dict[str, Link]:
    if raw.get("id") is None:
        return {}
    began = {"since": raw["issued_on"].isoformat(), "account": OURS[0].value}
    return {
        "invoice": Link("invoice", str(raw["id"])),
        "client": Link("client", str(raw["client_id"])),
        "debtor": Link("debtor", str(raw["debtor_id"])),
        "outstanding": links.to_report("moves", asked, raw, invoice=str(raw["id"]), **began),
    }


OPEN_ITEMS = Report(
    name="open-items", title="Open items", about="Each invoice that is not wholly paid.",
    explained=_open_items, columns=_open_columns, sql=_open_items,
    sums=lambda asked: ("face", "outstanding"), cells=_open_cells, links=_open_links,
    order="due_on, id", takes=("basis", "bucket", "client", "debtor"),
    ties=("outstanding", OURS[0]),
)  # fmt: skip


def _payments(asked: Asked) -> str:
    """What debtors paid on bought invoices in the period, by the day the bank booked it. A payment
    that came back stands with a minus."""
    return f"""SELECT v.id, v.entry_id, v.booked_on, v.because, v.currency, -v.minor AS paid,
       i.id AS invoice_id, i.number, v.client_id, c.name AS client, v.debtor_id, d.name AS debtor
  FROM ({sums.moved(asked, OURS)}) v JOIN invoice i ON i.id = v.invoice_id
  JOIN client c ON c.id = v.client_id JOIN debtor d ON d.id = v.debtor_id
 WHERE v.kind = 'paid'"""  # noqa: S608 - names of ours


def _payment_columns(asked: Asked) -> tuple[Column, ...]:
    return (
        Column("booked_on", "Day", Kind.DAY), Column("invoice", "Invoice"),
        Column("client", "Client"), Column("debtor", "Debtor"), Column("because", "Entry"),
        Column("currency", "Currency"), Column("paid", "Paid", Kind.MONEY),
    )  # fmt: skip


def _payment_cells(raw: Raw, asked: Asked) -> tuple[Cell, ...]:
    return (
        raw.get("booked_on"), raw.get("number"), raw.get("client"), raw.get("debtor"),
        raw.get("because"), raw["currency"], Money(raw["paid"], raw["currency"]),
    )  # fmt: skip


def _payment_links(raw: Raw, asked: Asked) -> dict[str, Link]:
    if raw.get("id") is None:
        return {}
    return {
        "invoice": Link("invoice", str(raw["invoice_id"])),
        "client": Link("client", str(raw["client_id"])),
        "debtor": Link("debtor", str(raw["debtor_id"])),
        "because": Link("entry", str(raw["entry_id"])),
    }


PAYMENTS = Report(
    name="payments", title="Payments", about="What debtors paid, invoice by invoice.",
    explained=_payments, columns=_payment_columns, sql=_payments, sums=lambda asked: ("paid",),
    cells=_payment_cells, links=_payment_links, order="booked_on, id",
    takes=("since", "client", "debtor", "invoice"),
)  # fmt: skip
