"""The facts of an invoice's certificate of delivery, from dispatches, reports and the diary."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.db import connection

from usance import models
from usance.domain.distribution import EVIDENCE, Evidence, Kind, Outcome, Paper, State, proves
from usance.domain.invoice import Kind as Claimed
from usance.domain.party import Address
from usance.domain.refusal import Refusal
from usance.letters import certificate, facts

from . import parcels

# What each word of a carrier proves by itself.
PROVES: dict[Outcome, Evidence] = {
    Outcome.ACCEPTED: Evidence.CARRIER_ACCEPTED,
    Outcome.SENT: Evidence.CARRIER_ACCEPTED,
    Outcome.DELIVERED: Evidence.RECEIVER_CONFIRMED,
    Outcome.COMPLAINED: Evidence.RECEIVER_CONFIRMED,
    Outcome.OPENED: Evidence.PERSON_CONFIRMED,
}

# The keys of addresses (parcels.address). The database keeps them in an order of its own.
READ = (
    "name", "email", "einvoice", "mailbox", "phone", "street", "postcode", "city", "country",
)  # fmt: skip

BLOCKS = """
SELECT b.id, b.hash, b.sealed_at, count(*)
  FROM diary d LEFT JOIN diary_block b
    ON b.first_tx <= d.tx::text::bigint AND d.tx::text::bigint < b.next_tx
 WHERE d.invoice_id = %s AND d.kind LIKE 'dispatch.%%'
 GROUP BY b.id, b.hash, b.sealed_at ORDER BY b.id NULLS LAST
"""


class NothingSent(Refusal):
    code = "nothing_sent"
    todo = "Wait until something was sent for this invoice: a certificate states what was."


def of(invoice_id: UUID, *, at: datetime, is_outward: bool = False) -> certificate.Certificate:
    """What was sent for the invoice and what is proved of it, as the records stand `at`.

    Five queries, however much was sent.

    :raises Invoice.DoesNotExist: if this book has no such invoice.
    :raises NothingSent: if nothing was planned to be sent for it.
    """
    row = models.Invoice.objects.select_related("client", "debtor").get(pk=invoice_id)
    sent = (
        row.dispatches.select_related("proof")
        .prefetch_related("events")
        .order_by("planned_at", "pk")
    )
    deliveries = tuple(map(_carried, sent))
    if not deliveries:
        raise NothingSent(f"nothing was sent for {row.number}")
    debtor = row.debtor
    assert debtor is not None, "what was sent has a debtor"
    blocks, unsealed = _blocks(invoice_id)
    return certificate.Certificate(
        number=row.number,
        is_credit_note=row.kind == Claimed.CREDIT_NOTE,
        face=row.face,
        issued_on=row.issued_on,
        due_on=row.due_on,
        factor=parcels.brand(models.Factor.objects.get()),
        client=parcels.brand(row.client),
        debtor=facts.Recipient(
            name=debtor.name,
            address=Address(
                street=debtor.street, postcode=debtor.postcode, city=debtor.city,
                country=debtor.country,
            ),
        ),
        deliveries=deliveries,
        blocks=blocks,
        unsealed=unsealed,
        made_at=at,
        is_outward=is_outward,
    )  # fmt: skip


def pdf(invoice_id: UUID, *, language: str, at: datetime) -> bytes:
    """The certificate as PDF; raises as `of`."""
    return printed(of(invoice_id, at=at), language)


def printed(facts: certificate.Certificate, language: str) -> bytes:
    return certificate.certificate(language, facts)


def _carried(row: models.Dispatch) -> certificate.Carried:
    sealed = row.sealed or {"attachments": []}
    to = reached(row.address)
    country = to.pop("country", "")
    return certificate.Carried(
        key=row.key,
        paper=Paper(row.paper),
        kind=Kind(row.kind),
        carrier=row.carrier,
        because=row.because,
        address=tuple(line(to)),
        country=country,
        reference=row.reference,
        state=State(row.state),
        evidence=EVIDENCE[State(row.state)],
        planned_at=row.planned_at,
        handed_at=row.handed_at,
        documents=tuple(
            certificate.Sealed(name=one["name"], sha256=one["sha256"])
            for one in sealed["attachments"]
        ),
        reports=tuple(
            _said(one) for one in sorted(row.events.all(), key=lambda e: (e.at, e.received_at))
        ),
        proof=proof.document_id or "" if (proof := getattr(row, "proof", None)) else "",
    )


def reached(address: Mapping[str, str]) -> dict[str, str]:
    """Where a delivery went, in the order in which it is read; for people, in and out of the house.

    Of a browser only whose service pushes to it: whoever has the rest can push to it as well.
    """
    found = {name: str(address[name]) for name in READ if address.get(name)}
    if service := urlsplit(str(address.get("endpoint", ""))).hostname:
        found["push service"] = service
    return found


def line(found: Mapping[str, str]) -> Iterator[str]:
    """Its parts as they are written: the postcode stands before its town."""
    for name, value in found.items():
        if name == "city" and "postcode" in found:
            yield f"{found['postcode']} {value}"
        elif name != "postcode" or "city" not in found:
            yield value


def _said(row: models.DeliveryEvent) -> certificate.Said:
    outcome = Outcome(row.outcome)
    return certificate.Said(
        outcome=outcome,
        carrier=row.carrier,
        code=row.code,
        detail=row.detail,
        at=row.at,
        received_at=row.received_at,
        proves=PROVES.get(proves(outcome, estimated=row.estimated), Evidence.NONE),
        is_estimated=row.estimated,
    )


def _blocks(invoice_id: UUID) -> tuple[tuple[certificate.Block, ...], int]:
    """Blocks of the diary with events of this invoice's deliveries, and how many have none yet."""
    with connection.cursor() as cursor:
        cursor.execute(BLOCKS, [invoice_id])
        rows = cursor.fetchall()
    sealed = tuple(
        certificate.Block(id=pk, hash=digest, sealed_at=at, rows=count)
        for pk, digest, at, count in rows
        if pk is not None
    )
    return sealed, sum(count for pk, _, _, count in rows if pk is None)
