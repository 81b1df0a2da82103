"""Documents that are read page by page: what waits for a person, what was read, what is known."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

import msgspec
from django.db.models import Count, F, Q, QuerySet

from usance import models
from usance.domain import capture, intake
from usance.domain.capture import Hint, Known, KnownParty, Page, Reading
from usance.domain.capture.review import DECIDABLE, State
from usance.domain.finding import Finding, Severity
from usance.domain.invoice import Invoice
from usance.domain.party import identifier_key
from usance.domain.verification.checks import Facts, verify, wrong_totals

from . import foreign, parties

MOST_BUYERS = 2_000  # Known before a page is read; of a larger register those whom it names.
LONGEST_ID = 24  # Characters of an identifier on a page.
TABS = (State.WAITING, State.POSTPONED, State.CONFIRMED, State.REJECTED)
Rows = QuerySet[models.Reading]

_encode = msgspec.json.Encoder().encode
_reading = msgspec.json.Decoder(Reading).decode
_pages = msgspec.json.Decoder(tuple[Page, ...]).decode


def content(reading: Reading) -> tuple[str, str]:
    """How a reading is kept: without its words, and the pages with them."""
    bare = tuple(replace(page, words=()) for page in reading.pages)
    return _encode(replace(reading, pages=bare)).decode(), _encode(reading.pages).decode()


def read(row: models.Reading, *, words: bool = False) -> Reading:
    """The reading as it was kept; `words`: with what stands on its pages."""
    found = _reading(row.content)
    return replace(found, pages=_pages(row.words)) if words else found


def matching(
    view: str = "", *, client: UUID | None = None, batch: UUID | None = None, today: date
) -> Rows:
    """Documents of one tab; "": all. What was postponed to a day waits again from then on."""
    rows = models.Reading.objects.defer("content", "words")
    due = Q(state=State.POSTPONED, postponed_until__lte=today)
    if view == State.WAITING:
        rows = rows.filter(Q(state=State.WAITING) | due)
    elif view == State.POSTPONED:
        rows = rows.filter(state=State.POSTPONED).exclude(due)
    elif view == State.CONFIRMED:
        rows = rows.filter(state__in=[State.CONFIRMED, State.PASSED])
    elif view:
        rows = rows.filter(state=view)
    if client is not None:
        rows = rows.filter(client_id=client)
    if batch is not None:
        rows = rows.filter(file__batch_id=batch)
    return rows.select_related("file__batch", "client", "debtor", "invoice")


def waiting() -> Rows:
    """What a person may decide, over a partial index that holds only these."""
    return models.Reading.objects.filter(state__in=sorted(DECIDABLE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How far the documents of a batch are."""

    of: int = 0
    unread: int = 0
    waiting: int = 0
    postponed: int = 0
    passed: int = 0
    confirmed: int = 0
    rejected: int = 0
    unreadable: int = 0

    @property
    def undecided(self) -> int:
        return self.unread + self.waiting + self.postponed


def courses(batches: Collection[UUID]) -> dict[UUID, Course]:
    """One query, however many batches; a batch without pages is left out."""
    rows = (
        models.Reading.objects.filter(file__batch_id__in=batches)
        .values_list("file__batch_id", "state")
        .annotate(Count("pk"))
    )
    counts: dict[UUID, dict[str, int]] = {}
    for batch, state, count in rows:
        counts.setdefault(batch, {})[state] = count
    return {batch: Course(of=sum(said.values()), **said) for batch, said in counts.items()}


def place_in_batch(row: models.Reading) -> int:
    """The how-manieth document of its batch it is, from 1."""
    return models.Reading.objects.filter(file__batch=row.file.batch, pk__lte=row.pk).count()


def following(row: models.Reading, *, today: date) -> UUID | None:
    """The next document to review: of the same batch first, then the oldest; postponed ones that
    have no day come last. None: nothing is left."""
    due = Q(postponed_until__lte=today) | Q(postponed_until=None)
    rows = waiting().exclude(pk=row.pk).filter(Q(state=State.WAITING) | due)
    same = Q(file__batch_id=row.file.batch_id)
    found = rows.annotate(
        last=Q(state=State.POSTPONED, postponed_until=None), other=~same, ahead=Q(pk__gt=row.pk)
    ).order_by("last", "other", F("ahead").desc(), "pk")
    return found.values_list("pk", flat=True).first()


def known_for(client: UUID | None, pages: Sequence[Page], senders: Sequence[str]) -> Known:
    """What the register and people know about whoever may stand on these pages. Five queries."""
    sellers = models.Client.objects.all()
    layouts = models.LearnedLayout.objects.filter(withdrawn_at=None, sender__in=senders)
    if client is not None:
        sellers, layouts = sellers.filter(pk=client), layouts.filter(client_id=client)
    learned: dict[str, dict[str, Hint]] = {}
    for sender, field, hint in layouts.order_by("pk").values_list("sender", "field", "hint"):
        learned.setdefault(sender, {})[field] = Hint(**hint)
    accounts = models.BankAccount.objects.values_list("iban", flat=True)
    return Known(
        sellers=tuple(_party(row, ()) for row in sellers[:MOST_BUYERS]),
        buyers=tuple(_buyers(pages)),
        own_accounts=frozenset(identifier_key(iban) for iban in accounts),
        learned=learned,
    )


def _buyers(pages: Sequence[Page]) -> Iterable[KnownParty]:
    rows = list(models.Debtor.objects.order_by("pk")[: MOST_BUYERS + 1])
    if len(rows) > MOST_BUYERS:
        said = [identifier_key(word.text) for page in pages for word in page.words]
        names = {one.lower()[:4] for one in said if len(one) >= 4}
        ids = {one for one in said if one[-1:].isdigit() and len(one) <= LONGEST_ID}
        ids |= {a + b for a, b in pairwise(said) if len(a + b) <= LONGEST_ID}
        by = Q(vat_id__in=ids) | Q(legal_id__in=ids)
        for name in sorted(names)[:200]:
            by |= Q(name_key__startswith=name)
        rows = list(models.Debtor.objects.filter(by)[:MOST_BUYERS])
    accounts: dict[UUID, list[str]] = {}
    paid_from = models.DebtorAccount.objects.filter(debtor__in=rows)
    for debtor, iban in paid_from.values_list("debtor_id", "iban"):
        accounts.setdefault(debtor, []).append(iban)
    return [_party(row, accounts.get(row.pk, ())) for row in rows]


def _party(row: models.Client | models.Debtor, accounts: Iterable[str]) -> KnownParty:
    ids = frozenset(filter(None, (row.vat_id, row.legal_id)))
    return KnownParty(name=row.name, ids=ids, accounts=frozenset(accounts))


def senders(pages: Sequence[Page]) -> tuple[str, ...]:
    return tuple(capture.senders(pages))


def judged(
    paper: Invoice, *, client: models.Client | None, debtor: UUID | None, today: date
) -> tuple[Finding, ...]:
    """What verification would say of the invoice as it stands now, before it enters."""
    claim, findings = intake.receivable(paper)
    if client is None:
        says = "Whose invoice it is, is not known."
        todo = "Choose the client."
        findings = (*findings, Finding(code="client_unknown", says=says, where="BG-4", todo=todo))
    if claim is None or client is None:
        return (*findings, *wrong_totals(paper, paper.currency or "EUR"))
    credited = parties.invoices_by_number({(client.pk, claim.credits)} if claim.credits else ())
    facts = Facts(
        invoice=paper,
        claim=claim,
        seller_is_client=parties.same_seller(paper.seller, client),
        debtor_known=debtor is not None,
        facility_currencies=foreign.currencies({client.pk}, on=today).get(client.pk, frozenset()),
        credited_found=bool(credited),
        twins=(),
        today=today,
    )
    seen = models.Invoice.objects.filter(
        fingerprint=intake.fingerprint(claim, client=client.pk)
    ).first()
    if seen is not None:
        findings = (*findings, _seen_before(claim.number, seen))
    return (*findings, *verify(facts))


def _seen_before(number: str, row: models.Invoice) -> Finding:
    return Finding(
        code="invoice_seen_before",
        says=f"Invoice {number} was taken in on {row.received_at:%Y-%m-%d}.",
        where="BT-1", severity=Severity.FATAL,
        todo="Look whether the number was read right; reject it if it is the same invoice.",
    )  # fmt: skip


def parties_of(row: models.Reading, paper: Invoice) -> tuple[models.Client | None, UUID | None]:
    """Client and debtor by the register, for what the paper says now."""
    client_id = row.client_id or parties.clients_of([paper.seller]).get(paper.seller)
    client = models.Client.objects.filter(pk=client_id).first() if client_id else None
    return client, parties.debtors_of([paper.buyer]).get(paper.buyer)


def sure_from(client: models.Client | None) -> Decimal:
    """From which confidence on a value needs no person."""
    default = models.Client._meta.get_field("sure_from").default
    return client.sure_from if client else Decimal(default)


def layouts(client: UUID) -> list[models.LearnedLayout]:
    """What was learned about a client's documents, in force first, then the newest."""
    rows = models.LearnedLayout.objects.filter(client_id=client)
    return list(rows.order_by(F("withdrawn_at").desc(nulls_first=True), "-pk")[:200])
