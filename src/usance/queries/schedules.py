"""Schedules of assignment: who still signs them, what waits for that, the paper."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, QuerySet

from usance import letters, models
from usance.domain.finance import LegalBasis, schedule
from usance.domain.invoice import Stage
from usance.domain.journal import Account
from usance.domain.money import Money
from usance.letters import facts, seal

from . import amounts, seals
from .parcels import brand, stored

# What was advanced on schedules that somebody has to sign yet. An invoice that its client took back
# is paid for in another way: its claim on the client is set off against what is due.
# What was bought in another currency became due to the client in that of its facility.
WITHHELD = """
SELECT s.client_id, sum(coalesce(c.into_due_minor, f.advance_minor)) FROM schedule s
  JOIN funding f ON f.schedule_id = s.id JOIN invoice i ON i.id = f.invoice_id
  LEFT JOIN conversion c ON c.key = 'purchase:' || f.invoice_id
 WHERE s.signers > 0 AND s.client_id = ANY(%s) AND coalesce(c.into_currency, s.currency) = %s
   AND i.stage <> 'repurchased'
   AND s.signers > (SELECT count(*) FROM schedule_signature g WHERE g.schedule_id = s.id)
 GROUP BY 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A claim of a schedule, and the invoice that it is."""

    invoice: UUID
    number: str
    debtor: str
    due_on: date
    face: Money
    advance: Money
    reserve: Money


def rows() -> "QuerySet[models.Schedule]":
    """Every schedule, with how many have signed it, without its text."""
    return (
        models.Schedule.objects.select_related("client")
        .defer("manifest")
        .annotate(signed=Count("signatures"))
    )


def to_sign(client: UUID | None = None) -> "QuerySet[models.Schedule]":
    """Those that wait for a signature; of one client, or of all."""
    left = models.Funding.objects.filter(schedule=OuterRef("pk")).exclude(
        invoice__stage=Stage.REPURCHASED
    )
    waits = rows().filter(Exists(left), signers__gt=0)
    found = waits.alias(got=Count("signatures")).filter(got__lt=F("signers"))
    return found if client is None else found.filter(client_id=client)


def withheld(clients: Collection[UUID], currency: str) -> dict[UUID, Money]:
    """What is not paid to these clients before a schedule is signed. One query."""
    with connection.cursor() as cursor:
        cursor.execute(WITHHELD, [list(clients), currency])
        return {client: Money(int(minor), currency) for client, minor in cursor.fetchall()}


def payable(clients: Sequence[UUID], currency: str) -> dict[UUID, int]:
    """What is due to these clients (minor units) less what waits for signatures, never below
    nothing: what was paid before a schedule was written does not come back by it."""
    due = amounts.of_clients(Account.DUE_TO_CLIENTS, clients, currency)
    waits = withheld([client for client, minor in due.items() if minor > 0], currency)
    return {
        client: max(minor - waits[client].minor, 0) if client in waits else minor
        for client, minor in due.items()
    }


def taken_back(pk: UUID) -> bool:
    """Whether nothing on it is ours any more: its client took back every invoice."""
    left = models.Invoice.objects.filter(funding__schedule=pk).exclude(stage=Stage.REPURCHASED)
    return not left.exists()


def intent(row: models.Schedule) -> str:
    """The statement that a signer agrees to."""
    return schedule.intent(
        number=row.number, count=row.invoices, face=str(row.face), digest=row.digest
    )


def of_invoice(invoice: UUID) -> models.Schedule | None:
    """None: it was not bought, or before schedules were kept."""
    return rows().filter(fundings=invoice).first()


def whole(pk: UUID, client: UUID | None = None) -> models.Schedule | None:
    """One with its claims, signatures and papers. `client`: whose it has to be; None: anybody's."""
    found = models.Schedule.objects.filter(pk=pk)
    if client is not None:
        found = found.filter(client_id=client)
    return (
        found.select_related("client")
        .prefetch_related("signatures", "papers", "fundings__invoice")
        .annotate(signed=Count("signatures"))
        .first()
    )


def claims(row: models.Schedule) -> list[Claim]:
    """Its claims as they are hashed and signed, not as their invoices say by now."""
    ids = {one.invoice.number: one.invoice_id for one in row.fundings.all()}
    return [
        Claim(
            invoice=ids[one["number"]], number=one["number"], debtor=one["debtor"],
            due_on=_day(one["due_on"]),
            **{name: Money(one[name], row.currency) for name in ("face", "advance", "reserve")},
        )
        for one in json.loads(row.manifest)["claims"]
    ]  # fmt: skip


def newest_paper(row: models.Schedule) -> models.SchedulePaper | None:
    """The one with the most signatures. None: it is not printed yet."""
    papers = sorted(row.papers.all(), key=lambda one: one.signatures)
    return papers[-1] if papers else None


def document(row: models.Schedule) -> bytes | None:
    """The newest paper, as it was sealed. None: it is not printed yet."""
    paper = newest_paper(row)
    return None if paper is None else stored(paper.document_id)


def unprinted(
    most: int,
) -> list[tuple[models.Schedule, list[models.ScheduleSignature]]]:
    """Schedules without a paper, and those signed by everybody without one that says so, with the
    signatures that belong on it."""
    blank = models.SchedulePaper.objects.filter(schedule=OuterRef("pk"))
    new = models.Schedule.objects.filter(~Exists(blank))
    complete = (
        models.Schedule.objects.filter(signers__gt=0)
        .annotate(signed=Count("signatures"))
        .filter(signed__gte=F("signers"))
        .filter(~Exists(blank.filter(signatures=OuterRef("signers"))))
    )
    found = {
        pk for rows in (complete, new)
        for pk in rows.order_by("pk").values_list("pk", flat=True)[:most]
    }  # fmt: skip
    loaded = models.Schedule.objects.select_related("client", "facility").prefetch_related(
        "signatures"
    )
    result = []
    for row in loaded.filter(pk__in=found).order_by("pk"):
        signatures = sorted(row.signatures.all(), key=lambda one: one.at)
        result.append((row, signatures if len(signatures) >= row.signers else []))
    return result


def paper(
    row: models.Schedule, signatures: Sequence[models.ScheduleSignature], *, at: datetime
) -> bytes:
    """The PDF in the client's language, sealed: what was assigned and who signed is inside it."""
    factor = models.Factor.objects.get()
    told = json.loads(row.manifest)
    language = row.client.language if row.client.language in facts.LANGUAGES else "en"
    pdf = letters.render("schedule", language, _letter(row, told, factor, signatures))
    return seal.sealed(pdf, seals.ours(factor.name, at=at), at=at)


def evidence(one: models.ScheduleSignature) -> dict[str, Any]:
    """A signature as its paper carries it."""
    return {
        "signer": one.signer, "name": one.name, "digest": one.digest, "words": one.words,
        "address": one.address or "", "agent": one.agent, "at": one.at.isoformat(),
    }  # fmt: skip


def _letter(
    row: models.Schedule, told: Mapping[str, Any], factor: models.Factor,
    signatures: Sequence[models.ScheduleSignature],
) -> facts.Schedule:  # fmt: skip
    def money(minor: int) -> Money:
        return Money(minor, row.currency)

    return facts.Schedule(
        number=row.number, written_on=row.bought_on, purchased_on=row.bought_on,
        client=brand(row.client), factor=brand(factor),
        contract=f"{row.currency} {row.facility.valid_from}",
        claims=tuple(
            facts.Claim(
                number=one["number"], debtor=one["debtor"], face=money(one["face"]),
                issued_on=_day(one["issued_on"]), due_on=_day(one["due_on"]),
                advance=money(one["advance"]), reserve=money(one["reserve"]),
            )
            for one in told["claims"]
        ),
        digest=row.digest, signed=tuple((one.name, one.at) for one in signatures),
        pledged=told["basis"] == LegalBasis.PLEDGE, manifest=row.manifest,
        signatures=json.dumps(
            {"digest": row.digest, "signers": row.signers,
             "signatures": [evidence(one) for one in signatures]},
            sort_keys=True,
        ),
    )  # fmt: skip


def _day(text: str) -> date:
    return date.fromisoformat(text)
