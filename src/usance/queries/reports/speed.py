"""How fast we are: from the moment an invoice was handed in to its decision and to its money."""

from decimal import Decimal

from usance.domain import measures

from . import links
from .asked import Asked
from .table import Cell, Column, Kind, Link, Raw, Report

SUMS = ("handed_in", "decided", "bought", "straight", "decided_seconds", "filed", "filed_seconds")
# What who hands in, sells or writes an invoice notes is no work of ours on it.
THEIRS = "d.kind = 'invoice.received' OR d.kind LIKE 'offer.%%' OR d.kind LIKE 'draft.%%'"


def _speed(asked: Asked) -> str:
    only = "AND i.client_id = %(client)s" if asked.client else ""
    only += " AND i.currency = %(currency)s" if asked.currency else ""
    known = "AND d.at <= %(known)s" if asked.known else ""
    paid = "AND p.released_at <= %(known)s" if asked.known else ""
    return f"""SELECT i.client_id AS subject, c.name AS label, i.currency,
       to_char(i.received_at AT TIME ZONE 'UTC', 'YYYY-MM') AS month, count(*) AS handed_in,
       count(s.decided) AS decided, count(s.funded) AS bought,
       count(s.funded) FILTER (WHERE NOT s.stopped AND NOT h.helped) AS straight,
       coalesce(round(sum(extract(epoch FROM s.decided - i.received_at))), 0)::bigint
         AS decided_seconds,
       count(f.released) AS filed,
       coalesce(round(sum(extract(epoch FROM f.released - i.received_at))), 0)::bigint
         AS filed_seconds,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM s.decided - i.received_at))
         AS median_decided,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM f.released - i.received_at))
         AS median_filed
  FROM invoice i JOIN client c ON c.id = i.client_id
  CROSS JOIN LATERAL (SELECT
       min(d.at) FILTER (WHERE d.kind IN ('invoice.approved', 'invoice.rejected')) AS decided,
       min(d.at) FILTER (WHERE d.kind = 'invoice.funded') AS funded,
       coalesce(bool_or(d.kind IN ('invoice.held', 'invoice.parked')), false) AS stopped
     FROM diary d WHERE d.invoice_id = i.id AND d.at < %(on)s::date + 1 {known}) s
  CROSS JOIN LATERAL (SELECT coalesce(bool_or(true), false) AS helped FROM diary d
     WHERE d.invoice_id = i.id AND d.at <= s.funded AND NOT ({THEIRS})
       AND (d.actor LIKE 'user:%%' OR d.actor LIKE 'key:%%')) h
  CROSS JOIN LATERAL (SELECT min(p.released_at) AS released FROM payout p
     WHERE p.client_id = i.client_id AND p.currency = i.currency AND p.proposed_at >= s.funded
       AND p.state <> 'rejected' AND p.released_at < %(on)s::date + 1 {paid}) f
 WHERE i.kind = 'invoice' AND i.received_at >= %(since)s::date
   AND i.received_at < %(on)s::date + 1 {only}
 GROUP BY 1, 2, 3, 4"""  # noqa: S608 - names of ours


def _columns(asked: Asked) -> tuple[Column, ...]:
    return (
        *links.named(asked), Column("month", "Month"),
        Column("handed_in", "Handed in", Kind.COUNT), Column("decided", "Decided", Kind.COUNT),
        Column("bought", "Bought", Kind.COUNT),
        Column("straight", "Without a person", Kind.COUNT),
        Column("straight_rate", "Straight through", Kind.RATE),
        Column("to_decision", "To decision, mean", Kind.SECONDS),
        Column("median_to_decision", "Median", Kind.SECONDS),
        Column("to_file", "To payout, mean", Kind.SECONDS),
        Column("median_to_file", "Median", Kind.SECONDS),
    )  # fmt: skip


def _cells(raw: Raw, asked: Asked) -> tuple[Cell, ...]:
    counts = tuple(int(raw[name]) for name in SUMS)
    handed_in, decided, bought, straight, decided_in, filed, filed_in = counts
    return (
        raw.get("label"), raw["currency"], raw.get("month"), handed_in, decided, bought, straight,
        measures.straight_through(straight, bought), measures.mean_seconds(decided_in, decided),
        _median(raw.get("median_decided")), measures.mean_seconds(filed_in, filed),
        _median(raw.get("median_filed")),
    )  # fmt: skip


def _median(seconds: object) -> Decimal | None:
    """Of a row; medians do not add up, so that a total has none."""
    return None if seconds is None else Decimal(str(seconds)).quantize(Decimal("0.1"))


def _links(raw: Raw, asked: Asked) -> dict[str, Link]:
    return dict(links.subject(raw, asked))


SPEED = Report(
    name="speed", title="Time to fund", about="How fast invoices are decided and paid out.",
    explained=measures.straight_through, columns=_columns, sql=_speed, sums=lambda asked: SUMS,
    cells=_cells, links=_links, order="month DESC, label, subject, currency",
    takes=("since", "client"), span=90,
)  # fmt: skip
