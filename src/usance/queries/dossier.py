"""Everything that is known about one invoice: what it says, what was decided, what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import msgspec
from django.db.models import Q

from usance import models
from usance.domain import finance, ledger
from usance.domain.collection import Rung, rung_above
from usance.domain.credit import Reason
from usance.domain.days import days_overdue
from usance.domain.finding import Finding
from usance.domain.invoice import Invoice, Stage
from usance.domain.journal import About, Account, Entry
from usance.domain.money import Money
from usance.domain.party import Party, identifier_key, name_key

from . import amounts, facilities, held, responses, supporting

CANDIDATES = 8
BUYING = frozenset({"credit.assess", "finance.fund"})  # Released before these, it may be bought.


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One run of the checks."""

    row: models.Verification
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One credit decision with the word of every rule."""

    row: models.CreditDecision
    reasons: tuple[tuple[Reason, tuple[held.Figure, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A hold, open or decided."""

    row: models.Hold
    findings: tuple[Finding, ...]
    figures: tuple[held.Figure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A debtor that may be the one on the paper, and why we think so."""

    id: UUID
    name: str
    place: str
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """One invoice with all its records; nothing is asked of the database afterwards."""

    row: models.Invoice
    paper: Invoice | None  # None: it was written into the books without one.
    odd: tuple[Finding, ...]  # What was odd when the paper was read.
    file: models.ReceivedFile
    supporting: tuple[models.Supporting, ...]  # Order, delivery note and so on.
    outstanding: Money
    reserve: Money
    days_overdue: int
    checks: tuple[Checked, ...]
    decisions: tuple[Decided, ...]
    stops: tuple[Stop, ...]
    funding: models.Funding | None
    settlement: models.Settlement | None
    moves: tuple[models.Move, ...]
    dispatches: tuple[models.Dispatch, ...]
    payments: tuple[models.Allocation, ...]
    reminders: tuple[models.Reminder, ...]
    next_reminder: Rung | None
    disputes: tuple[models.Dispute, ...]
    responses: tuple[models.Response, ...]  # What the buyer answered, by its own clock.
    doubles: tuple[models.DoubleDelivery, ...]
    pays_on: date | None  # As the buyer said last; None: it named no day.
    credit_notes: tuple[models.Invoice, ...]
    diary: tuple[models.Diary, ...]
    candidates: tuple[Candidate, ...]
    would_book: Entry | None  # The purchase that releasing the open hold leads to.
    limit: models.CreditLimit | None
    facility: models.Facility | None

    @property
    def open_stops(self) -> tuple[Stop, ...]:
        return tuple(stop for stop in self.stops if stop.row.closed_at is None)

    @property
    def dispute(self) -> models.Dispute | None:
        """The open one."""
        return next((row for row in self.disputes if row.closed_at is None), None)


def dossier(invoice_id: UUID, *, today: date) -> Dossier | None:
    """None: this book has no such invoice. The number of queries does not depend on the rows."""
    row = (
        models.Invoice.objects.filter(pk=invoice_id)
        .select_related(
            "client", "debtor", "paper", "file__batch", "file__document", "credited",
            "funding__facility", "settlement",
        )
        .first()
    )  # fmt: skip
    if row is None:
        return None
    paper = getattr(row, "paper", None)
    content = msgspec.convert(paper.content, Invoice) if paper else None
    bought = row.stage == Stage.FUNDED
    decisions = tuple(map(_decided, row.decisions.order_by("pk")))
    stops = tuple(_stop(one, decisions) for one in row.holds.order_by("pk"))
    reminders = tuple(row.reminders.select_related("dispatch").order_by("level"))
    terms = facilities.holding([row.client_id], on=today).filter(currency=row.currency).first()
    limits = facilities.limits([row.debtor_id], on=today) if row.debtor_id else {}
    return Dossier(
        row=row,
        paper=content,
        odd=held.findings_of(paper.findings) if paper else (),
        file=row.file,
        supporting=tuple(supporting.of(row.pk)),
        outstanding=_balance(Account.FACTORED_RECEIVABLES, row),
        reserve=_balance(Account.CLIENT_RESERVES, row),
        days_overdue=days_overdue(row.due_on, today=today) if bought else 0,
        checks=tuple(
            Checked(row=one, findings=held.findings_of(one.findings))
            for one in row.verifications.order_by("pk")
        ),
        decisions=decisions,
        stops=stops,
        funding=getattr(row, "funding", None),
        settlement=getattr(row, "settlement", None),
        moves=_moves(row),
        dispatches=tuple(
            row.dispatches.select_related("document")
            .prefetch_related("events")
            .order_by("planned_at", "pk")
        ),
        payments=tuple(row.allocations.select_related("line").order_by("pk")),
        reminders=reminders,
        next_reminder=rung_above(max((one.level for one in reminders), default=0)),
        disputes=tuple(row.disputes.order_by("pk")),
        responses=tuple(responses.of_invoice(row.pk)),
        doubles=tuple(row.doubles.select_related("first", "second").order_by("pk")),
        pays_on=responses.promised([row.pk]).get(row.pk),
        credit_notes=tuple(row.credit_notes.order_by("pk")),
        diary=tuple(models.Diary.objects.filter(invoice=row).order_by("pk")),
        candidates=_candidates(row, content),
        would_book=_would_book(row, terms, stops, today),
        limit=limits.get((row.debtor_id, row.currency)) if row.debtor_id else None,
        facility=terms,
    )


def _balance(account: Account, row: models.Invoice) -> Money:
    return Money(amounts.of_invoices(account, [row.pk]).get(row.pk, 0), row.currency)


def _decided(row: models.CreditDecision) -> Decided:
    reasons = held.reasons_of(row.reasons)
    return Decided(
        row=row, reasons=tuple((reason, held.figures_of([reason])) for reason in reasons)
    )


def _stop(row: models.Hold, decisions: Sequence[Decided]) -> Stop:
    figures: tuple[held.Figure, ...] = ()
    if row.step == held.CREDIT:
        before = [one for one in decisions if one.row.at <= row.opened_at]
        if before:
            no = [reason for reason, _ in before[-1].reasons if not reason.agrees]
            figures = held.figures_of(no)
    return Stop(row=row, findings=held.findings_of(row.findings), figures=figures)


def _moves(row: models.Invoice) -> tuple[models.Move, ...]:
    rows = models.Move.objects.filter(invoice=row).select_related("entry")
    return tuple(rows.order_by("booked_on", "pk"))


def _candidates(row: models.Invoice, paper: Invoice | None) -> tuple[Candidate, ...]:
    if row.stage != Stage.RECEIVED or row.debtor_id is not None or paper is None:
        return ()
    return candidates(paper.buyer)


def candidates(buyer: Party) -> tuple[Candidate, ...]:
    """Debtors that share an identifier or the beginning of the name with the paper's buyer."""
    name, vat_id = name_key(buyer.name), identifier_key(buyer.vat_id)
    legal_id = identifier_key(buyer.legal_id.value) if buyer.legal_id else ""
    by = Q(pk__in=[])
    if vat_id:
        by |= Q(vat_id=vat_id)
    if legal_id:
        by |= Q(legal_id=legal_id)
    if len(name) >= 3:
        by |= Q(name_key__startswith=name[:4])
    found = models.Debtor.objects.filter(by)[: CANDIDATES * 4]
    ranked = sorted(((_because(one, buyer), one) for one in found), key=_rank)
    return tuple(
        Candidate(
            id=one.pk, name=one.name, place=", ".join(filter(None, (one.city, one.country))),
            because=because,
        )
        for because, one in ranked[:CANDIDATES]
    )  # fmt: skip


def _rank(found: tuple[tuple[str, ...], models.Debtor]) -> tuple[int, str]:
    because, debtor = found
    return -len(because), debtor.name


def _because(debtor: models.Debtor, buyer: Party) -> tuple[str, ...]:
    legal_id = buyer.legal_id.value if buyer.legal_id else ""
    wanted = name_key(buyer.name)
    said = []
    if buyer.vat_id and identifier_key(buyer.vat_id) == debtor.vat_id:
        said.append("same VAT id")
    if legal_id and identifier_key(legal_id) == debtor.legal_id:
        said.append("same registration number")
    if wanted and debtor.name_key == wanted:
        said.append("same name")
    elif wanted and (debtor.name_key.startswith(wanted) or wanted.startswith(debtor.name_key)):
        said.append("name begins alike")
    if buyer.address and buyer.address.postcode and buyer.address.postcode == debtor.postcode:
        said.append("same postcode")
    if buyer.address and buyer.address.country == debtor.country:
        said.append("same country")
    return tuple(said)


def _would_book(
    row: models.Invoice, terms: models.Facility | None, stops: Sequence[Stop], today: date
) -> Entry | None:
    waits = any(stop.row.closed_at is None and stop.row.step in BUYING for stop in stops)
    if not waits or terms is None or row.kind != "invoice":
        return None
    return ledger.purchase(
        row.number,
        finance.price(row.face, terms.terms()),
        about=About(client=row.client_id, debtor=row.debtor_id, invoice=row.pk),
        on=today,
        voucher=f"invoice:{row.pk}",
    )
