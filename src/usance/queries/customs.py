"""What clients are used to, gathered for a batch; and the thresholds that each has."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import connection

from usance import models
from usance.domain.money import Money
from usance.domain.party import identifier_key
from usance.domain.verification.signals import BOUNDS, Custom, Mode, Thresholds
from usance.models.bulk import array

from .resolution import likeness

LOOKED_BACK = 200  # Invoices of a client that make its custom.
LEAST = 20  # Fewer make none.
LEAST_PAIR = 3  # With one debtor.
LEAST_VOLUME = 10  # Invoices in the 90 days before.

_CLIENTS = """
SELECT wanted.client, count(*), max(last.terms_days),
       count(*) FILTER (WHERE extract(isodow FROM last.issued_on) > 5)
  FROM unnest(%s::uuid[]) AS wanted(client) CROSS JOIN LATERAL (
    SELECT terms_days, issued_on FROM trait
     WHERE client_id = wanted.client AND kind = 'invoice' AND NOT invoice_id = ANY(%s::uuid[])
     ORDER BY issued_on DESC LIMIT %s) AS last
 GROUP BY wanted.client
"""
_PAIRS = """
SELECT wanted.client, wanted.debtor, count(*), max(last.terms_days)
  FROM unnest(%s::uuid[], %s::uuid[]) AS wanted(client, debtor) CROSS JOIN LATERAL (
    SELECT terms_days FROM trait
     WHERE debtor_id = wanted.debtor AND client_id = wanted.client AND kind = 'invoice'
       AND NOT invoice_id = ANY(%s::uuid[]) LIMIT 20) AS last
 GROUP BY wanted.client, wanted.debtor
"""
_SERIES = """
SELECT mine.invoice_id, (
    SELECT max(ordinal) FROM trait
     WHERE client_id = mine.client_id AND series = mine.series AND ordinal < mine.ordinal)
  FROM trait mine WHERE mine.invoice_id = ANY(%s::uuid[]) AND mine.ordinal IS NOT NULL
"""
_VOLUMES = """
SELECT client_id, currency,
       coalesce(sum(face_minor) FILTER (WHERE issued_on > %(day)s::date - 30), 0)::bigint,
       coalesce(sum(face_minor) FILTER (WHERE issued_on <= %(day)s::date - 30), 0)::bigint,
       count(*) FILTER (WHERE issued_on <= %(day)s::date - 30)
  FROM trait WHERE client_id = ANY(%(clients)s::uuid[]) AND kind = 'invoice'
   AND issued_on BETWEEN %(day)s::date - 120 AND %(day)s
   AND NOT invoice_id = ANY(%(mine)s::uuid[])
 GROUP BY client_id, currency
"""


@dataclass(slots=True)
class _Known:
    """Answers of the database, by what they are about."""

    clients: dict[UUID, tuple[int, int, int]] = field(default_factory=dict)
    pairs: dict[tuple[UUID, UUID], tuple[int, int]] = field(default_factory=dict)
    series: dict[UUID, int | None] = field(default_factory=dict)
    volumes: dict[tuple[UUID, str], tuple[int, int, int]] = field(default_factory=dict)
    accounts: dict[UUID, frozenset[str]] = field(default_factory=dict)
    bought: dict[UUID, tuple[date, Money]] = field(default_factory=dict)
    names: dict[UUID, str] = field(default_factory=dict)


def gathered(
    rows: Sequence[models.Invoice], buyers: Mapping[UUID, str], *, today: date
) -> dict[UUID, Custom]:
    """For each invoice of a batch what its client is used to. The queries do not grow with it.

    :param buyers: the buyer's name on the paper, by invoice.
    """
    known = _asked(rows, today=today)
    running: dict[tuple[UUID, str], int] = {}
    found = {}
    for row in rows:
        pk, client, debtor = row.pk, row.client_id, row.debtor_id
        volume = (client, row.currency)
        recent, earlier, count = known.volumes.get(volume, (0, 0, 0))
        before = running.setdefault(volume, recent)
        if row.kind == "invoice":
            running[volume] += row.face_minor
        seen, longest, weekends = known.clients.get(client, (0, 0, 0))
        together, terms = known.pairs.get((client, debtor or pk), (0, 0))
        bought_on, face = known.bought.get(row.credited_id or pk, (None, None))
        name = known.names.get(debtor or pk)
        found[pk] = Custom(
            before_in_series=known.series.get(pk),
            pays_to=known.accounts.get(client, frozenset()),
            with_debtor=together if debtor else None,
            longest_terms=terms if together >= LEAST_PAIR else longest if seen >= LEAST else None,
            weekends_percent=weekends * 100 // seen if seen >= LEAST else None,
            bought_on=bought_on,
            credited_face=face,
            volume_before=before,
            volume_usual=earlier // 3 if count >= LEAST_VOLUME else None,
            name_likeness=likeness(buyers[pk], name) if name and buyers[pk] else None,
        )
    return found


def thresholds(clients: Iterable[UUID]) -> dict[UUID | None, Thresholds]:
    """What holds for each client, and under None for all that have nothing of their own."""
    rows = {
        row.client_id: row.said
        for row in models.TrustSetting.objects.filter(client__in=set(clients))
    }
    general = models.TrustSetting.objects.filter(client=None).values_list("said", flat=True).first()
    return {one: _thresholds({**(general or {}), **rows.get(one, {})}) for one in {*clients, None}}


def plain(said: Thresholds) -> dict[str, object]:
    """As it is kept in a JSON column: only what differs from what usance brings."""
    brought = Thresholds()
    kept: dict[str, object] = {
        name: getattr(said, name)
        for name in BOUNDS
        if getattr(said, name) != getattr(brought, name)
    }
    kept |= {f"mode.{name}": how.value for name, how in sorted(said.modes.items())}
    return kept


def _thresholds(said: Mapping[str, object]) -> Thresholds:
    figures = {name: int(str(said[name])) for name in BOUNDS if name in said}
    modes = {
        name.removeprefix("mode."): Mode(str(how))
        for name, how in said.items()
        if name.startswith("mode.")
    }
    return Thresholds(**figures, modes=modes)


def _asked(rows: Sequence[models.Invoice], *, today: date) -> _Known:
    known = _Known()
    mine = array([row.pk for row in rows])
    clients = {row.client_id for row in rows}
    debtors = {row.debtor_id for row in rows if row.debtor_id}
    pairs = sorted({(row.client_id, row.debtor_id) for row in rows if row.debtor_id})
    with connection.cursor() as cursor:
        cursor.execute(_CLIENTS, [array(clients), mine, LOOKED_BACK])
        for client, count, longest, weekends in cursor.fetchall():
            known.clients[client] = (count, longest, weekends)
        cursor.execute(
            _PAIRS, [array(one for one, _ in pairs), array(one for _, one in pairs), mine]
        )
        for client, debtor, count, terms in cursor.fetchall():
            known.pairs[client, debtor] = (count, terms)
        cursor.execute(_SERIES, [mine])
        known.series = dict(cursor.fetchall())
        cursor.execute(_VOLUMES, {"day": today, "clients": array(clients), "mine": mine})
        for client, currency, recent, earlier, count in cursor.fetchall():
            known.volumes[client, currency] = (recent, earlier, count)
    known.accounts = _accounts(clients)
    credited = {row.credited_id for row in rows if row.credited_id}
    if credited:
        known.bought = {
            one.invoice_id: (one.funded_on, Money(one.face_minor, one.currency))
            for one in models.Funding.objects.filter(invoice__in=credited)
        }
    known.names = dict(models.Debtor.objects.filter(pk__in=debtors).values_list("pk", "name"))
    return known


def _accounts(clients: Collection[UUID]) -> dict[UUID, frozenset[str]]:
    """Where a client's invoices may ask to be paid: its own accounts, and ours."""
    ours = {
        identifier_key(one) for one in models.BankAccount.objects.values_list("iban", flat=True)
    }
    theirs: dict[UUID, set[str]] = defaultdict(set)
    rows = models.ClientAccount.objects.filter(client__in=clients, closed_at=None)
    for client, iban in rows.values_list("client_id", "iban"):
        theirs[client].add(iban)
    return {client: frozenset(found | ours) for client, found in theirs.items()}
