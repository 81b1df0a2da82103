"""Everything that is known about one invoice: what it says, what was decided, what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from usance import models
from usance.domain import ledger
from usance.domain.collection import Rung, plans, rung_above
from usance.domain.credit import Reason
from usance.domain.days import days_overdue
from usance.domain.finance import SILENT, Product
from usance.domain.finding import Finding
from usance.domain.invoice import Invoice, Stage
from usance.domain.journal import About, Account, Entry
from usance.domain.money import Money
from usance.domain.party.resolution import Candidate
from usance.domain.verification.cleansing import Change

from . import (
    amounts,
    disputed,
    facilities,
    foreign,
    held,
    resolution,
    responses,
    same,
    supporting,
)

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
    conversions: tuple[models.Conversion, ...]  # Into the currency of the facility.
    moves: tuple[models.Move, ...]
    dispatches: tuple[models.Dispatch, ...]
    payments: tuple[models.Allocation, ...]
    reminders: tuple[models.Reminder, ...]
    next_reminder: Rung | None
    disputes: tuple[models.Dispute, ...]
    write_offs: tuple[models.WriteOff, ...]
    disputed: Money  # Of what is outstanding, by the open one.
    promises: tuple[models.Promise, ...]  # What the debtor said on its page about paying.
    plans: tuple[models.Plan, ...]
    responses: tuple[models.Response, ...]  # What the buyer answered, by its own clock.
    doubles: tuple[models.DoubleDelivery, ...]
    pays_on: date | None  # As the buyer said last; None: it named no day.
    credit_notes: tuple[models.Invoice, ...]
    diary: tuple[models.Diary, ...]
    candidates: tuple[Candidate, ...]
    question: models.Question | None  # To the debtor, before we buy.
    cleaned: tuple[Change, ...]  # What is read otherwise than it is written.
    would_book: Entry | None  # The purchase that releasing the open hold leads to.
    limit: models.CreditLimit | None
    facility: models.Facility | None

    @property
    def quiet(self) -> bool:
        """Bought in confidence, and nothing was ever sent of it: as disclosure.UNTOLD."""
        bought = self.funding
        return (
            bought is not None and not self.dispatches
            and Product(bought.facility.product) in SILENT
        )  # fmt: skip

    @property
    def open_stops(self) -> tuple[Stop, ...]:
        return tuple(stop for stop in self.stops if stop.row.closed_at is None)

    @property
    def plan(self) -> models.Plan | None:
        """The one that is agreed and holds."""
        return next((row for row in self.plans if row.state == plans.State.AGREED), None)

    @property
    def demanded(self) -> Money:
        """What of it is outstanding and not disputed."""
        return self.outstanding - self.disputed

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
            "funding__facility", "funding__schedule", "settlement", "trait", "question",
        )
        .defer("funding__schedule__manifest").first()
    )  # fmt: skip
    if row is None:
        return None
    paper = getattr(row, "paper", None)
    content = msgspec.convert(paper.content, Invoice) if paper else None
    bought = row.stage == Stage.FUNDED
    decisions = tuple(map(_decided, row.decisions.order_by("pk")))
    stops = tuple(_stop(one, decisions) for one in row.holds.order_by("pk"))
    reminders = tuple(row.reminders.select_related("dispatch").order_by("level"))
    terms = foreign.terms([row.client_id], on=today).get((row.client_id, row.currency))
    counts_in = terms.currency if terms else row.currency
    company = same.company(row.debtor_id) if row.debtor_id else None
    limits = facilities.limits([company], on=today) if company else {}
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
            row.dispatches.select_related("document", "proof")
            .prefetch_related("events")
            .order_by("planned_at", "pk")
        ),
        reminders=reminders,
        next_reminder=rung_above(max((one.level for one in reminders), default=0)),
        **_about_paying(row),
        responses=tuple(responses.of_invoice(row.pk)),
        doubles=tuple(row.doubles.select_related("first", "second").order_by("pk")),
        pays_on=responses.promised([row.pk]).get(row.pk),
        credit_notes=tuple(row.credit_notes.order_by("pk")),
        diary=tuple(models.Diary.objects.filter(invoice=row).order_by("pk")),
        candidates=_candidates(row, content),
        question=getattr(row, "question", None),
        cleaned=_cleaned(row),
        would_book=_would_book(row, terms, stops, today),
        limit=limits.get((company, counts_in)) if company else None,
        facility=terms,
    )


def _about_paying(row: models.Invoice) -> dict[str, Any]:
    """What was paid, what the debtor said of it or objects to, what was given up, and what came of
    it in the currency of the facility."""
    return {
        "conversions": tuple(row.conversions.filter(paid_minor=0).order_by("at", "pk")),
        "disputes": tuple(row.disputes.order_by("pk")),
        "disputed": Money(disputed.parts([row.pk]).get(row.pk, 0), row.currency),
        "write_offs": tuple(row.write_offs.order_by("pk")),
        "payments": tuple(
            row.allocations.filter(undone_at=None).select_related("line").order_by("pk")
        ),
        "promises": tuple(row.promises.order_by("said_at", "pk")),
        "plans": tuple(row.plans.order_by("pk")),
    }


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
    """Debtors that may be the one on the paper, the likeliest first, with the reasons."""
    if row.stage != Stage.RECEIVED or row.debtor_id is not None or paper is None:
        return ()
    return resolution.debtors([paper.buyer])[paper.buyer].candidates


def _cleaned(row: models.Invoice) -> tuple[Change, ...]:
    trait = getattr(row, "trait", None)
    return tuple(msgspec.convert(trait.cleaned, list[Change])) if trait else ()


def _would_book(
    row: models.Invoice, terms: models.Facility | None, stops: Sequence[Stop], today: date
) -> Entry | None:
    waits = any(stop.row.closed_at is None and stop.row.step in BUYING for stop in stops)
    if not waits or terms is None or row.kind != "invoice":
        return None
    return ledger.purchase(
        row.number,
        terms.price(row.face, due_on=row.due_on, on=today),
        about=About(client=row.client_id, debtor=row.debtor_id, invoice=row.pk),
        on=today,
        basis=terms.legal_basis,
    )
