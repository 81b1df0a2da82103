"""Look at received invoices for what should make us doubt: cleansing, duplicates, signals."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

import msgspec
from django.db import connection, transaction

from usance import models
from usance.domain.finding import Finding
from usance.domain.invoice import Stage
from usance.domain.invoice.excerpt import Excerpt
from usance.domain.party import identifier_key
from usance.domain.verification import cleansing, duplicates, signals
from usance.models.bulk import array, copy
from usance.plugins import _registers
from usance.queries import customs, fingerprints, same
from usance.queries import duplicates as claims
from usance.queries import papers as reading

# Two batches with two sides of one fraud, verified at the same moment, would not see each other.
# From here to the end of the transaction one batch at a time is compared.
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext(current_schema() || '.trust'))"
# Who writes down first what others are compared by, commits that, and compares then, needs to wait
# for those above only: of two who do it at once, the later to commit sees the other.
BESIDE_OTHERS = "SELECT pg_advisory_xact_lock_shared(hashtext(current_schema() || '.trust'))"
FIELDS = ("invoice", "client", "debtor", "kind", "seller", "number", "stem", "series", "ordinal",
          "issued_on", "terms_days", "face_minor", "currency", "lines", "file", "figures",
          "orders", "cleaned", "written_at")  # fmt: skip


class Claim(Protocol):
    """Of an invoice's row what it is compared by."""

    pk: UUID
    client_id: UUID
    debtor_id: UUID | None
    file_id: UUID
    kind: str
    number: str
    issued_on: date
    due_on: date
    face_minor: int
    currency: str
    fingerprint: str


COLUMNS = ("pk", "client_id", "debtor_id", "file_id", "kind", "number", "issued_on", "due_on",
           "face_minor", "currency", "fingerprint")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seen:
    """What was read of a batch, and with which debtor each was written down to be compared."""

    papers: Mapping[UUID, Excerpt]
    cleaned: Mapping[UUID, tuple[cleansing.Change, ...]]
    debtors: Mapping[UUID, UUID | None]


def see(rows: Sequence[models.Invoice], *, at: datetime) -> Seen:
    """Read these and write down what others are compared by. It belongs into the transaction that
    verifies them: nobody else compares until that ends."""
    return _seen(rows, ONE_AT_A_TIME, at=at)


@transaction.atomic(durable=True)
def see_before(invoices: Sequence[UUID], *, at: datetime) -> Seen:
    """The same in a transaction of its own, for those that are received: they are verified in
    another, which holds nobody up. Whose debtor is another by then is to be seen again."""
    received = models.Invoice.objects.select_for_update(no_key=True).filter(
        pk__in=invoices, stage=Stage.RECEIVED
    )
    rows = received.order_by("pk").values_list(*COLUMNS, named=True)
    return _seen(list(rows), BESIDE_OTHERS, at=at)


def _seen(rows: Sequence[Claim], lock: str, *, at: datetime) -> Seen:
    papers = reading.excerpts([row.pk for row in rows])
    cleaned = _cleansed(rows, papers)
    with connection.cursor() as cursor:
        cursor.execute(lock)
    _keep(rows, papers, cleaned, at=at)
    return Seen(papers, cleaned, {row.pk: row.debtor_id for row in rows})


def examine(
    rows: Sequence[models.Invoice], seen: Seen, *, at: datetime
) -> dict[UUID, tuple[Finding, ...]]:
    """What is doubtful about each, with its evidence."""
    papers, cleaned = seen.papers, seen.cleaned
    mine = [row.pk for row in rows]
    near, own = claims.near(mine), claims.claims(mine)
    used_to = customs.gathered(
        rows, {pk: paper.buyer.name for pk, paper in papers.items()}, today=at.date()
    )
    limits = customs.thresholds({row.client_id for row in rows})
    elsewhere = fingerprints.held_elsewhere(own)
    return {
        pk: (
            *cleansing.doubts(cleaned[pk]),
            *duplicates.compare(own[pk], near.get(pk, ())),
            *elsewhere.get(pk, ()),
            *signals.look(
                signals.Facts(
                    claim=row.claim(),
                    accounts=_accounts(papers[pk]),
                    ordinal=duplicates.series_of(row.number)[1],
                    custom=used_to[pk],
                    thresholds=limits[row.client_id],
                    today=at.date(),
                )
            ),
        )
        for pk, row in zip(mine, rows, strict=True)
    }


def _cleansed(
    rows: Sequence[Claim], papers: Mapping[UUID, Excerpt]
) -> dict[UUID, tuple[cleansing.Change, ...]]:
    asked = {one for row in rows for one in cleansing.numbers(papers[row.pk])}
    known = _registers.numbers(asked)
    return {row.pk: cleansing.cleanse(papers[row.pk], known) for row in rows}


def _keep(
    rows: Sequence[Claim],
    papers: Mapping[UUID, Excerpt],
    cleaned: Mapping[UUID, tuple[cleansing.Change, ...]],
    *,
    at: datetime,
) -> None:
    """Anew for what is verified again: its debtor may have been chosen since. Claims on two rows of
    one company are claims on one debtor."""
    files = _files(rows)
    company = same.companies(models.Debtor, {row.debtor_id for row in rows if row.debtor_id})
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM trait WHERE invoice_id = ANY(%s::uuid[])", [array(r.pk for r in rows)]
        )
    copy(
        models.Trait,
        FIELDS,
        (
            (
                row.pk, row.client_id, row.debtor_id and company[row.debtor_id], row.kind,
                duplicates.seller_key(papers[row.pk]), row.fingerprint.rpartition("|")[2][:80],
                duplicates.stem_of(row.number), *duplicates.series_of(row.number),
                row.issued_on, (row.due_on - row.issued_on).days, row.face_minor, row.currency,
                duplicates.lines_key(papers[row.pk]), files[row.file_id],
                duplicates.figures_key(papers[row.pk]), list(duplicates.orders_of(papers[row.pk])),
                msgspec.json.encode(cleaned[row.pk]).decode(), at,
            )
            for row in rows
        ),
    )  # fmt: skip


def _files(rows: Collection[Claim]) -> dict[UUID, str]:
    found = models.ReceivedFile.objects.filter(pk__in={row.file_id for row in rows})
    return dict(found.values_list("pk", "document_id"))


def _accounts(paper: Excerpt) -> tuple[str, ...]:
    return tuple(
        identifier_key(account.number)
        for means in paper.payment_means
        for account in means.accounts
        if account.number
    )
