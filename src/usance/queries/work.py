"""What waits for a person: holds, unknown outcomes, matches, disputes, carriers that are away."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID

from usance import models
from usance.domain.distribution import ASK, Kind, State, plain
from usance.domain.finance import offering
from usance.domain.intake import issuing as issuing_rules
from usance.domain.mandate import person
from usance.domain.money import Money
from usance.domain.payment import Verdict
from usance.domain.payment.paid_back import State as Refund
from usance.domain.settlement import buy_backs as buy_back_rules

from . import (
    buy_backs,
    capture,
    carriers,
    debits,
    disputed,
    issuing,
    mails,
    mappings,
    offers,
    pages,
    promises,
    questions,
    reach,
    registrations,
    schedules,
    write_offs,
)  # fmt: skip

SHOWN = 20
OWN_PAGES = frozenset(
    {"questions", "drafts", "tables", "buy_backs", "untold", "announced", "debits_back",
     "odd_payouts", "provider_refunds", "unrecalled", "unsigned"}
)  # fmt: skip
SHARE = 5  # Of each kind at least, so that many of one kind do not hide the others.


class Sort(StrEnum):
    """Why it waits."""

    FINDINGS = "findings"
    ERROR = "error"
    UNKNOWN = "unknown"
    MATCH = "match"
    DISPUTE = "dispute"
    ADDRESS = "address"
    ANSWER = "answer"
    CARRIER = "carrier"
    READING = "reading"
    REGISTRATION = "registration"
    PLAN = "plan"
    WRITE_OFF = "write_off"
    OFFER = "offer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing that only a person can end."""

    sort: Sort
    id: UUID  # Of the hold, dispatch, bank line, dispute, proposal, mail, carrier, plan…
    invoice: UUID | None  # None: a bank line that proposes none.
    name: str  # The invoice's number, who paid, or the carrier.
    client: str
    debtor: str
    amount: Money | None  # None: it is about no amount.
    due_on: date | None
    why: str
    next: str
    since: datetime | date
    raw: str = ""  # What the program said to which `why` is the plain word.


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How much waits, counted as far as pages.counted does."""

    held: int
    unknown: int
    matches: int
    disputes: int
    addresses: int
    mails: int
    carriers: int  # Paused.
    readings: int  # Documents to review.
    registrations: int
    plans: int  # That debtors ask for.
    write_offs: int  # That somebody's authority is asked for.
    offers: int  # That clients ask for, above what is offered at once.
    buy_backs: int  # Quoted, and neither done nor declined.
    questions: int  # Debtors to ask; what they objected to is held.
    drafts: int  # Invoices of ours that wait for a second person.
    tables: int  # Of clients, until somebody says which column is which.
    untold: int  # Direct debits whose debtor a person tells.
    unrecalled: int  # Debtors whom no mail told that nothing is collected.
    announced: int  # Direct debits that a second person releases.
    debits_back: int  # Rejected or returned, and still owed.
    odd_payouts: int  # Of payment providers.
    provider_refunds: int  # Proposed, and a second person releases them.
    unsigned: int  # Schedules of assignment that wait for their clients' signatures.

    @property
    def all(self) -> int:
        """Of what stands among the tasks; the rest has pages of its own that count it."""
        return sum(getattr(self, one.name) for one in fields(self) if one.name not in OWN_PAGES)


def waiting() -> Waiting:
    """Counts over partial indexes that hold only what is open, in one query; carriers are few."""
    names, constant = _constant()
    found = (constant + pages.counts([carriers.paused()])).ask()
    return Waiting(**dict(zip((*names, "carriers"), found, strict=True)))


@cache
def _constant() -> tuple[tuple[str, ...], pages.Counts]:
    """What is asked alike by every page: nothing of it depends on a day, a person or a setting."""
    waits = {
        "held": models.Hold.objects.filter(closed_at=None),
        "unknown": models.Dispatch.objects.filter(state=State.UNKNOWN),
        "matches": _matches(),
        "disputes": models.Dispute.objects.filter(closed_at=None),
        "addresses": reach.proposals(),
        "mails": mails.open_ones(),
        "readings": capture.waiting(),
        "registrations": registrations.waiting(),
        "plans": promises.to_decide(),
        "write_offs": models.WriteOff.objects.filter(state="proposed"),
        "offers": offers.to_decide(),
        "buy_backs": buy_backs.rows().filter(state=buy_back_rules.State.QUOTED),
        "questions": questions.to_ask(),
        "drafts": issuing.of_client(None, (issuing_rules.State.WAITING,)),
        "tables": mappings.waiting(),
        "untold": debits.without_mail(),
        "unrecalled": debits.unrecalled(),
        "announced": models.Debit.objects.filter(state=debits.State.ANNOUNCED),
        "debits_back": debits.back_and_owed(),
        "odd_payouts": models.ProviderPayout.objects.filter(state="odd"),
        "provider_refunds": models.ProviderRefund.objects.filter(state=Refund.PROPOSED),
        "unsigned": schedules.to_sign(),
    }
    return tuple(waits), pages.counts(waits.values())


def tasks(shown: int = SHOWN) -> list[Task]:
    """The oldest of each kind, mixed by the day since which they wait. Twelve queries."""
    kinds = [
        _holds(shown), _unknown(shown), _probable(shown), _disputes(shown), _addresses(shown),
        _answers(shown), _carriers(shown), _readings(shown), _registrations(shown),
        _plans(shown), _write_offs(shown), _offers(shown),
    ]  # fmt: skip
    sure = [task for kind in kinds for task in kind[:SHARE]]
    rest = sorted((task for kind in kinds for task in kind[SHARE:]), key=_place)
    return sorted([*sure, *rest[: max(shown - len(sure), 0)]], key=_place)


def _place(task: Task) -> tuple[date, str]:
    return _day(task.since), task.name


def _day(since: datetime | date) -> date:
    return since.date() if isinstance(since, datetime) else since


def _holds(shown: int) -> list[Task]:
    rows = models.Hold.objects.filter(closed_at=None).order_by("pk")
    return [
        _task(
            Sort(row.because), row.pk, row.invoice, since=row.opened_at, amount=row.invoice.face,
            why=row.findings[0]["says"] if row.findings else "",
            next=row.findings[0].get("todo", "") if row.findings else "",
        )
        for row in rows.select_related("invoice__client", "invoice__debtor")[:shown]
    ]  # fmt: skip


def _unknown(shown: int) -> list[Task]:
    rows = models.Dispatch.objects.filter(state=State.UNKNOWN).order_by("planned_at")
    return [
        _task(
            Sort.UNKNOWN, row.pk, row.invoice, since=row.planned_at, amount=row.invoice.face,
            why=f"Nobody knows whether it went out. {plain(row.detail)}".rstrip(),
            next=ASK[Kind(row.kind)] + " Then say whether it went out, or send it again.",
            raw=_raw(row.detail),
        )
        for row in rows.select_related("invoice__client", "invoice__debtor")[:shown]
    ]  # fmt: skip


def _raw(detail: str) -> str:
    """It, where people are told something plainer."""
    return "" if plain(detail) == detail else detail


def _disputes(shown: int) -> list[Task]:
    rows = list(
        models.Dispute.objects.filter(closed_at=None)
        .order_by("opened_at")
        .select_related("invoice__client", "invoice__debtor")[:shown]
    )
    left = disputed.parts([row.invoice_id for row in rows])
    return [
        _task(
            Sort.DISPUTE, row.pk, row.invoice, since=row.opened_at,
            amount=Money(left.get(row.invoice_id, 0), row.invoice.currency),
            why=row.reason, next="Settle it with the client; then close the dispute.",
        )
        for row in rows
    ]  # fmt: skip


def _addresses(shown: int) -> list[Task]:
    return [
        Task(
            sort=Sort.ADDRESS, id=row.pk, invoice=None, name=row.debtor.name, client="",
            debtor=row.debtor.name, amount=None, due_on=None,
            why=f"A carrier knows a better address: {row.said}",
            next="Take it over into the debtor's record, or decline it.", since=row.made_at,
        )
        for row in reach.proposals().order_by("pk")[:shown]
    ]  # fmt: skip


def _answers(shown: int) -> list[Task]:
    """What people answered to; mail about nothing that we know waits on its own page."""
    rows = mails.found("open").filter(dispatch__isnull=False).order_by("received_at")[:shown]
    return [
        _task(
            Sort.ANSWER, row.pk, row.dispatch.invoice, since=row.received_at,
            amount=row.dispatch.invoice.face, why=f"{row.sender}: {row.subject}",
            next="Read the answer, do what it asks for, then say so.",
        )
        for row in rows
        if row.dispatch is not None
    ]  # fmt: skip


def _carriers(shown: int) -> list[Task]:
    """Paused ones: usance tries them by itself, but somebody should ask what is wrong."""
    return [
        Task(
            sort=Sort.CARRIER, id=row.pk, invoice=None, name=row.name, client="", debtor="",
            amount=None, due_on=None, why=plain(row.says) or "The carrier does not answer.",
            next="It is tried again by itself. Ask the carrier, or give its share to another.",
            since=row.since, raw=_raw(row.says),
        )
        for row in carriers.paused()[:shown]
    ]  # fmt: skip


def _readings(shown: int) -> list[Task]:
    """Documents that were read and are not sure by themselves."""
    rows = capture.waiting().defer("content", "words").select_related("file", "client", "debtor")
    return [
        Task(
            sort=Sort.READING, id=row.pk, invoice=None, name=row.number or row.file.name,
            client=row.client.name if row.client else "",
            debtor=row.debtor.name if row.debtor else "", amount=None, due_on=None,
            why=row.doubts[0]["says"] if row.doubts else "", since=row.received_at,
            next="Compare it with the page; confirm, postpone or reject it.",
        )
        for row in rows.order_by("pk")[:shown]
    ]  # fmt: skip


def _registrations(shown: int) -> list[Task]:
    """Consumers who asked their bank for e-invoices, and nobody knows which debtor each is."""
    return [
        Task(
            sort=Sort.REGISTRATION, id=row.pk, invoice=None, name=row.name or row.address,
            client="", debtor="", amount=None, due_on=None, why=row.because,
            next="Say whose it is, or decline it: the bank is told.", since=row.at,
        )
        for row in registrations.waiting().order_by("pk")[:shown]
    ]  # fmt: skip


def _plans(shown: int) -> list[Task]:
    """What debtors ask for on their pages."""
    return [
        _task(
            Sort.PLAN, row.pk, row.invoice, since=row.asked_at, amount=row.total,
            why=row.text or "The debtor asks to pay in instalments.",
            next="Agree to the plan, or decline it.",
        )
        for row in promises.to_decide().order_by("pk")[:shown]
    ]  # fmt: skip


def _write_offs(shown: int) -> list[Task]:
    return [
        Task(
            sort=Sort.WRITE_OFF, id=row.pk, invoice=row.invoice_id,
            name=row.invoice.number if row.invoice else row.client.name, client=row.client.name,
            debtor=row.invoice.debtor.name if row.invoice and row.invoice.debtor else "",
            amount=row.amount, due_on=None, why=row.reason, since=row.proposed_at,
            next="Agree to it, or decline it.",
        )
        for row in write_offs.waiting()[:shown]
    ]  # fmt: skip


def _offers(shown: int) -> list[Task]:
    """What clients ask for above what is offered at once: first one of us decides, then another."""
    return [
        Task(
            sort=Sort.OFFER, id=row.pk, invoice=None, name=row.client.name,
            client=row.client.name, debtor="", amount=row.face, due_on=None,
            why="The client asks what we pay." if row.state == offering.State.ASKED
            else f"{person(row.prepared_by).partition(':')[2]} is for it; another one decides.",
            next="Look at what it brings and costs, then be for it or refuse it.",
            since=row.asked_at,
        )
        for row in offers.to_decide().order_by("pk")[:shown]
    ]  # fmt: skip


def _probable(shown: int) -> list[Task]:
    return [
        Task(
            sort=Sort.MATCH, id=row.pk, invoice=None,
            name=row.counterparty or row.bank_reference or str(row.booked_on),
            client="", debtor=row.counterparty, amount=Money(row.unapplied_minor, row.currency),
            due_on=None, why=row.says, next="Compare the proposal and confirm it.",
            since=row.booked_on,
        )
        for row in _matches().order_by("booked_on")[:shown]
    ]  # fmt: skip


def _matches() -> Any:
    return models.BankLine.objects.exclude(unapplied_minor=0).filter(verdict=Verdict.PROBABLE)


def _task(sort: Sort, pk: UUID, invoice: models.Invoice, **more: Any) -> Task:
    return Task(
        sort=sort,
        id=pk,
        invoice=invoice.pk,
        name=invoice.number,
        client=invoice.client.name,
        debtor=invoice.debtor.name if invoice.debtor else "",
        due_on=invoice.due_on,
        **more,
    )
