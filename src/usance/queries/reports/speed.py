"""How fast we are: from the moment an invoice was handed in to its decision and to its money."""

from decimal import Decimal

from usance.domain import measures
from usance.domain.money import Money

from . import links
from .asked import Asked
from .table import Cell, Column, Kind, Link, Raw, Report

SUMS = ("handed_in", "decided", "bought", "straight", "decided_seconds", "filed", "filed_seconds")
MONTH = "to_char(i.received_at AT TIME ZONE 'UTC', 'YYYY-MM')"
# What who hands in, sells or writes an invoice notes is no work of ours on it.
THEIRS = "d.kind = 'invoice.received' OR d.kind LIKE 'offer.%%' OR d.kind LIKE 'draft.%%'"


def _each(asked: Asked) -> str:
    """The invoices of the period with the moments of what came about by the end of the day."""
    only = "AND i.client_id = %(client)s" if asked.client else ""
    only += " AND i.currency = %(currency)s" if asked.currency else ""
    only += f" AND {MONTH} = %(month)s" if asked.month else ""
    known = "AND d.at <= %(known)s" if asked.known else ""
    paid = "AND p.released_at <= %(known)s" if asked.known else ""
    return f"""SELECT i.id, i.number, i.client_id, c.name AS client, i.currency, i.received_at,
       {MONTH} AS month, i.face_minor AS face, s.decided AS decided_at, s.funded AS funded_at,
       f.released AS filed_at, NOT h.helped AS alone,
       extract(epoch FROM s.decided - i.received_at) AS decided_in,
       extract(epoch FROM f.released - i.received_at) AS filed_in
  FROM invoice i JOIN client c ON c.id = i.client_id
  CROSS JOIN LATERAL (SELECT
       min(d.at) FILTER (WHERE d.kind IN ('invoice.approved', 'invoice.rejected')) AS decided,
       min(d.at) FILTER (WHERE d.kind = 'invoice.funded') AS funded,
       min(d.id::text) FILTER (WHERE d.kind = 'invoice.funded')::uuid AS funded_by
     FROM diary d WHERE d.invoice_id = i.id AND d.at < %(on)s::date + 1 {known}) s
  CROSS JOIN LATERAL (SELECT coalesce(bool_or(true), false) AS helped FROM diary d
     WHERE d.invoice_id = i.id AND d.at <= s.funded AND CASE
       WHEN d.kind IN ('invoice.held', 'invoice.parked') THEN (d.at, d.id) < (s.funded, s.funded_by)
       ELSE NOT ({THEIRS}) AND (d.actor LIKE 'user:%%' OR d.actor LIKE 'key:%%') END) h
  LEFT JOIN LATERAL (SELECT max(g.at) AS signed, count(g.id) < sc.signers AS waits
     FROM funding fu JOIN schedule sc ON sc.id = fu.schedule_id
     LEFT JOIN schedule_signature g ON g.schedule_id = sc.id AND g.at < %(on)s::date + 1
     WHERE fu.invoice_id = i.id AND sc.signers > 0 GROUP BY sc.signers) w ON true
  CROSS JOIN LATERAL (SELECT min(p.released_at) AS released FROM payout p
     WHERE p.client_id = i.client_id AND p.proposed_at >= greatest(s.funded, w.signed)
       AND p.currency = coalesce((SELECT v.into_currency FROM conversion v
                                   WHERE v.key = 'purchase:' || i.id), i.currency)
       AND w.waits IS NOT TRUE AND p.state <> 'rejected'
       AND p.released_at < %(on)s::date + 1 {paid}) f
 WHERE i.kind = 'invoice' AND i.received_at >= %(since)s::date
   AND i.received_at < %(on)s::date + 1 {only}"""  # noqa: S608 - names of ours


def _speed(asked: Asked) -> str:
    return f"""SELECT e.client_id AS subject, e.client AS label, e.currency, e.month,
       count(*) AS handed_in, count(e.decided_at) AS decided, count(e.funded_at) AS bought,
       count(e.funded_at) FILTER (WHERE e.alone) AS straight,
       coalesce(round(sum(e.decided_in)), 0)::bigint AS decided_seconds,
       count(e.filed_at) AS filed, coalesce(round(sum(e.filed_in)), 0)::bigint AS filed_seconds,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY e.decided_in) AS median_decided,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY e.filed_in) AS median_filed
  FROM ({_each(asked)}) e GROUP BY 1, 2, 3, 4"""  # noqa: S608 - names of ours


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
        _tenths(raw.get("median_decided")), measures.mean_seconds(filed_in, filed),
        _tenths(raw.get("median_filed")),
    )  # fmt: skip


def _tenths(seconds: object) -> Decimal | None:
    """Of a row; neither medians nor spans add up, so that a total has none."""
    return None if seconds is None else Decimal(str(seconds)).quantize(Decimal("0.1"))


def _links(raw: Raw, asked: Asked) -> dict[str, Link]:
    more = {"since": asked.since.isoformat()}
    if raw.get("month"):
        more["month"] = raw["month"]
    behind = links.to_report("handed-in", asked, raw, **more)
    return {**links.subject(raw, asked), **dict.fromkeys(SUMS[:4], behind)}


SPEED = Report(
    name="speed", title="Time to fund", about="How fast invoices are decided and paid out.",
    explained=measures.straight_through, columns=_columns, sql=_speed, sums=lambda asked: SUMS,
    cells=_cells, links=_links, order="month DESC, label, subject, currency",
    takes=("since", "client"), span=90,
)  # fmt: skip

HANDED_SUMS = ("face", "decided", "bought", "straight")


def _handed_in(asked: Asked) -> str:
    """Each invoice that was handed in in the period: whether it was decided on and bought by the
    end of it, whether without a person, and how long decision and payout file took from the
    hand-in. What did not come about yet is empty."""
    return f"""SELECT e.*, (e.decided_at IS NOT NULL)::int AS decided,
       (e.funded_at IS NOT NULL)::int AS bought,
       (e.funded_at IS NOT NULL AND e.alone)::int AS straight FROM ({_each(asked)}) e"""  # noqa: S608 - names of ours


def _handed_columns(asked: Asked) -> tuple[Column, ...]:
    return (
        Column("invoice", "Invoice"), Column("client", "Client"),
        Column("received_on", "Handed in", Kind.DAY), Column("currency", "Currency"),
        Column("face", "Face", Kind.MONEY), Column("decided", "Decided", Kind.COUNT),
        Column("bought", "Bought", Kind.COUNT), Column("straight", "Without a person", Kind.COUNT),
        Column("to_decision", "To decision", Kind.SECONDS),
        Column("to_file", "To payout", Kind.SECONDS),
    )  # fmt: skip


def _handed_cells(raw: Raw, asked: Asked) -> tuple[Cell, ...]:
    received = raw.get("received_at")
    return (
        raw.get("number"), raw.get("client"), received.date() if received else None,
        raw["currency"], Money(raw["face"], raw["currency"]),
        *(int(raw[name]) for name in HANDED_SUMS[1:]),
        _tenths(raw.get("decided_in")), _tenths(raw.get("filed_in")),
    )  # fmt: skip


def _handed_links(raw: Raw, asked: Asked) -> dict[str, Link]:
    if raw.get("id") is None:
        return {}
    return {
        "invoice": Link("invoice", str(raw["id"])),
        "client": Link("client", str(raw["client_id"])),
    }


HANDED_IN = Report(
    name="handed-in", title="Handed in", about="Each invoice with how long it took.",
    explained=_handed_in, columns=_handed_columns, sql=_handed_in, sums=lambda asked: HANDED_SUMS,
    cells=_handed_cells, links=_handed_links, order="received_at, id",
    takes=("since", "month", "client"), span=90,
)  # fmt: skip
