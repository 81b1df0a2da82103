"""Buy receivables, and pay out what is due to clients."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from usance import models
from usance.domain import finance, ledger, payee
from usance.domain.events import Kind
from usance.domain.finding import Finding
from usance.domain.invoice import Stage
from usance.domain.journal import About, Account
from usance.domain.mandate import Act, ContentChanged, Role, require, two_people
from usance.domain.money import Money
from usance.domain.refusal import Refusal
from usance.engine.crashpoint import crashpoint
from usance.models.bulk import change, copy
from usance.models.ids import is_key
from usance.plugins.payouts import Answer, Verdict
from usance.queries import amounts, cut_offs, facilities, foreign
from usance.queries import schedules as unsigned

from . import crossing, headroom, order_files, refunds, rejected, schedules
from .diary import Line, note, note_invoices
from .documents import Content, keep
from .holds import hold
from .ledger import book

STEP = "finance.fund"
OF_TERMS: Mapping[UUID, int] = {}  # Recourse is the terms'; else days by invoice.


class AccountNotVerified(Refusal):
    code = "payout_account_not_verified"
    todo = "Verify the client's account and propose the payout again."


class AccountQuarantined(Refusal):
    code = "payout_account_quarantined"
    todo = "Wait until the day it names, or pay nothing: new accounts are what fraudsters enter."


@transaction.atomic
def fund(
    invoices: Sequence[UUID], *, at: datetime, actor: str, recourse: Mapping[UUID, int] = OF_TERMS
) -> None:
    """Buy approved invoices at the terms that hold today; hold what lacks terms or headroom."""
    rows = models.Invoice.objects.select_for_update(no_key=True).filter(
        pk__in=invoices, stage=Stage.APPROVED
    )
    approved = list(rows.order_by("pk"))
    # So that a client does not leave while we buy of it.
    held = facilities.holding({row.client_id for row in approved}, on=at.date())
    list(held.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    buy(approved, at=at, actor=actor, recourse=recourse)


def buy(
    rows: Sequence[models.Invoice], *, at: datetime, actor: str,
    recourse: Mapping[UUID, int] = OF_TERMS,
) -> None:  # fmt: skip
    """`fund` for rows that are approved, in the order in which they came; they and the facilities
    of their clients are locked."""
    terms = foreign.terms({row.client_id for row in rows}, on=at.date())
    priced = [
        (row, found, found.price(row.face, due_on=row.due_on, on=at.date()))
        for row in rows
        if (found := terms.get((row.client_id, row.currency)))
    ]
    without = [row for row in rows if (row.client_id, row.currency) not in terms]
    priced, unrated = crossing.rated(priced, on=at.date())
    priced, beyond = headroom.fitting(priced, at=at)
    bought = {row.pk for row, _, _ in priced}
    on = schedules.written(priced, at=at, actor=actor)
    copy(
        models.Funding,
        ["invoice", "facility", "face_minor", "advance_minor", "reserve_minor", "fee_minor",
         "currency", "recourse_days", "funded_on", "at", "actor", "schedule"],
        (
            (row.pk, facility.pk, row.face_minor, offer.advance.minor, offer.reserve.minor,
             offer.fee.minor, row.currency, recourse.get(row.pk), at.date(), at, actor,
             on[row.pk])
            for row, facility, offer in priced
        ),
    )  # fmt: skip
    booked = crossing.book_across if crossing.begin(priced, at=at) else book
    booked(
        [
            ledger.purchase(
                row.number, offer, about=about(row), on=at.date(), basis=facility.legal_basis
            )
            for row, facility, offer in priced
        ],
        at=at,
        actor=actor,
    )
    crashpoint("finance.bought")
    models.Invoice.objects.filter(pk__in=bought).update(stage=Stage.FUNDED)
    if held := {row.pk: [_no_terms(row)] for row in without} | unrated | beyond:
        waiting = models.Invoice.objects.filter(pk__in=held).exclude(stage=Stage.APPROVED)
        waiting.update(stage=Stage.APPROVED)
        hold(held, stage=STEP, at=at, actor=actor)
    note_invoices(Kind.INVOICE_FUNDED, sorted(bought), at=at, actor=actor)


def about(row: models.Invoice) -> About:
    """Whom the moves of this invoice are about."""
    return About(client=row.client_id, debtor=row.debtor_id, invoice=row.pk)


@transaction.atomic
def propose_payouts(*, role: Role | None = None, at: datetime, actor: str) -> list[models.Payout]:
    """One proposal for each client and currency with something due to it.

    A proposal that nobody has released yet is replaced: it always shows all that is due.

    :param role: of the person who asks; None: the day's end does.
    :raises NotAllowed: if the role may not.
    """
    if role is not None:
        require(role, Act.PROPOSE_PAYOUT)
    proposed = []
    currencies = models.BankAccount.objects.order_by("currency").values_list("currency", flat=True)
    owed = {one: amounts.clients_with(Account.DUE_TO_CLIENTS, one) for one in currencies}
    every = models.Client.objects.filter(pk__in={pk for clients in owed.values() for pk in clients})
    names = dict(every.select_for_update(no_key=True).order_by("pk").values_list("pk", "name"))
    for currency, clients in owed.items():
        # Before the sums are read: a release that runs now is waited for, and counts in them.
        models.Payout.objects.filter(currency=currency, state="proposed", receipt=None).delete()
        due = unsigned.payable(clients, currency)
        claims = amounts.of_clients(Account.CLIENT_CLAIMS, clients, currency)
        targets = models.ClientAccount.objects.filter(
            client_id__in=[client for client in clients if due.get(client, 0) > 0],
            currency=currency,
            closed_at=None,
            verified_at__isnull=False,
        ).filter(Q(wait_until=None) | Q(wait_until__lte=at))
        for target in targets.order_by("client_id"):
            pay, set_off = finance.payout(
                due=Money(due[target.client_id], currency),
                claims=Money(max(claims.get(target.client_id, 0), 0), currency),
            )
            payout = models.Payout(
                client_id=target.client_id,
                name=names[target.client_id],
                iban=target.iban,
                scheme=target.scheme,
                reference=target.reference,
                bic=target.bic,
                amount_minor=pay.minor,
                set_off_minor=set_off.minor,
                currency=currency,
                proposed_at=at,
                proposed_by=actor,
            )
            payout.content = refunds.content(payout)
            proposed.append(payout)
    crashpoint("finance.proposed")
    models.Payout.objects.bulk_create(proposed)
    note(
        Kind.PAYOUT_PROPOSED,
        [Line(payout.pk, None, {"amount": str(payout.amount)}) for payout in proposed],
        at=at,
        actor=actor,
    )
    return proposed


@transaction.atomic
def hand_over_file(file_id: UUID, *, at: datetime, actor: str) -> None:
    """The bank has the order file: its payouts are sent."""
    file = models.PayoutFile.objects.select_for_update(no_key=True).get(pk=file_id)
    file.handed_at = at
    file.save(update_fields=["handed_at"])
    sent = models.Payout.objects.filter(file=file, state="released")
    lines = [Line(pk, None, {"file": file.name}) for pk in sent.values_list("pk", flat=True)]
    sent.update(state="sent")
    note(Kind.PAYOUT_SENT, lines, at=at, actor=actor)


@transaction.atomic
def take_answers(answers: Sequence[Answer], *, raw: bytes = b"", at: datetime, actor: str) -> int:
    """What the bank says of our orders; how many it rejected. What it rejected is due again.

    That an order was executed is booked when the statement shows it, not before.

    :param raw: the answer as it came; kept when it rejects something.
    """
    why = {a.key: f"{a.code} {a.reason}".strip() for a in answers if a.verdict is Verdict.REJECTED}
    whole = {a.file: a for a in answers if not a.key and a.verdict is Verdict.REJECTED}
    asked = models.Payout.objects.filter(state__in=["released", "sent"]).filter(
        Q(pk__in=[UUID(key) for key in why if is_key(key)]) | Q(file__name__in=whole)
    )
    refunds.lock(asked)
    own = asked.select_for_update(of=("self",), no_key=True).select_related("file")
    rows = list(own.order_by("pk"))
    proof = _kept(raw, at=at) if rows and raw else ""
    for payout in rows:
        name = payout.file.name if payout.file else ""
        payout.reason = (why.get(payout.key) or order_files.all_rejected(whole[name]))[:200]
    rejected.reject(rows, document=proof, at=at, actor=actor)
    models.PayoutFile.objects.filter(name__in={answer.file for answer in answers}).update(
        answered_at=at
    )
    return len(rows)


def _kept(raw: bytes, *, at: datetime) -> str:
    answer = Content(data=raw, media_type="application/xml", name="pain.002.xml")
    (digest,) = keep([answer], at=at)
    return digest


@transaction.atomic
def release_payouts(
    seen: Mapping[UUID, str], *, role: Role, pay_on: date, at: datetime, actor: str
) -> list[models.PayoutFile]:
    """Release proposals, each by the content that was seen, and write one order file a currency.

    The bank pays on the day asked for, or on the next that its calendar and cut-off allow.

    :raises NotAllowed: if the role may not.
    :raises SecondPersonNeeded: if the actor proposed one of them.
    :raises ContentChanged: if a proposal is not what was seen, or is gone.
    :raises AccountNotVerified: if the account was closed or changed meanwhile.
    :raises AccountQuarantined: if the account is too new.
    """
    require(role, Act.RELEASE_PAYOUT)
    rows = _seen_proposals(seen, at=at, actor=actor)

    book(
        [
            ledger.refund_released(
                payout.key, payout.amount, on=at.date(), line=str(payout.receipt_id)
            )
            if payout.receipt_id
            else ledger.payout_released(
                payout.key,
                payout.amount,
                Money(payout.set_off_minor, payout.currency),
                about=About(client=payout.client_id),
                on=at.date(),
            )
            for payout in rows
        ],
        at=at,
        actor=actor,
    )
    refunds.take([payout for payout in rows if payout.receipt_id])
    files = [
        order_files.written(account, paid, pay_on=cut_offs.pays_on(account, pay_on, at=at), at=at)
        for account in models.BankAccount.objects.order_by("currency")
        if (paid := [p for p in rows if p.currency == account.currency and p.amount_minor])
    ]
    for payout in rows:
        payout.state = "released" if payout.amount_minor else "paid"
        payout.released_at, payout.released_by = at, actor
        payout.closed_on = None if payout.amount_minor else at.date()
    change(rows, ["state", "released_at", "released_by", "closed_on", "file"])
    note(
        Kind.PAYOUT_RELEASED,
        [Line(payout.pk, None, {"amount": str(payout.amount)}) for payout in rows],
        at=at,
        actor=actor,
    )
    return files


def _seen_proposals(seen: Mapping[UUID, str], *, at: datetime, actor: str) -> list[models.Payout]:
    """The proposals, locked, when everything about them is still as it was seen."""
    proposed = models.Payout.objects.filter(pk__in=seen, state="proposed")
    refunds.lock(proposed)
    # Clients before payouts, as in propose_payouts: two who lock both wait in one order.
    clients = models.Client.objects.filter(pk__in=proposed.values("client_id"))
    list(clients.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    own = proposed.select_for_update(no_key=True, of=("self",)).select_related("client")
    rows = list(own.order_by("pk"))
    for payout in rows:
        two_people(
            prepared_by=payout.proposed_by,
            released_by=actor,
            prepared=refunds.content(
                payout
            ),  # Computed anew: a row that was tampered with has another.
            seen=seen[payout.pk],
        )
    if len(rows) != len(seen):
        raise ContentChanged("a proposal was replaced or released meanwhile")
    due = [payout for payout in rows if payout.client_id]
    _refuse_changed_accounts(due, at=at)
    _refuse_changed_sums(due)
    refunds.refuse_changed([payout for payout in rows if payout.receipt_id])
    return rows


def _refuse_changed_accounts(payouts: Sequence[models.Payout], *, at: datetime) -> None:
    rows = models.ClientAccount.objects.select_for_update(no_key=True).filter(
        client_id__in={payout.client_id for payout in payouts},
        closed_at=None,
    )
    known: dict[tuple[UUID | None, str, str], models.ClientAccount] = {
        (row.client_id, row.currency, row.iban): row for row in rows
    }
    for payout in payouts:
        account = known.get((payout.client_id, payout.currency, payout.iban))
        if account is None:
            raise AccountNotVerified(f"{payout.name}: {payout.iban} was closed or changed")
        waits = payee.waits(verified_at=account.verified_at, usable_at=account.wait_until, at=at)
        if waits and waits.until:
            raise AccountQuarantined(f"{payout.name}: {payout.iban} waits until {waits.until}")
        if waits:
            raise AccountNotVerified(f"{payout.name}: {payout.iban}")


def _refuse_changed_sums(payouts: Sequence[models.Payout]) -> None:
    """What is due and signed for may have grown; less, or a claim that is not set off, may not."""
    for currency in {payout.currency for payout in payouts}:
        clients = [p.client_id for p in payouts if p.currency == currency and p.client_id]
        due = unsigned.payable(clients, currency)
        claims = amounts.of_clients(Account.CLIENT_CLAIMS, clients, currency)
        for payout in (p for p in payouts if p.currency == currency):
            assert payout.client_id, payout.key
            whole = payout.amount_minor + payout.set_off_minor
            owed = max(claims.get(payout.client_id, 0), 0)
            if whole > due.get(payout.client_id, 0) or payout.set_off_minor != min(whole, owed):
                raise ContentChanged(f"{payout.name}: what is due or set off changed; propose anew")


def _no_terms(row: models.Invoice) -> Finding:
    return Finding(
        code="no_facility",
        says=f"The client has no facility in {row.currency} today.",
        todo="Agree on a facility, then release it.",
    )
