"""A person says what a bank line was that pays no invoice, and takes it back."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain import ledger, payment
from usance.domain.events import Kind
from usance.domain.journal import About, Account
from usance.domain.mandate import Act, Role, name_of, require
from usance.domain.money import Money
from usance.domain.payment import Was
from usance.domain.refusal import Refusal
from usance.models.ids import new_id
from usance.queries import amounts, write_offs

from . import crossing, differences
from .allocations import UNDO_WITHIN, NotOpen, TooLate, UndoneBefore
from .diary import Line, note
from .ledger import book


class MoneyGone(Refusal):
    code = "explained_money_gone"
    todo = "It was paid out or set off meanwhile: ask whoever got it to pay it back."


@transaction.atomic
def explain(
    line: UUID, was: Was, amount: Money, *, debtor: UUID | None = None, client: UUID | None = None,
    because: str = "", role: Role, at: datetime, actor: str,
) -> None:  # fmt: skip
    """So much of the line was that: a debtor's overpayment or duplicate, a client's money, a charge
    of the bank, a refund. `returns.returned` is the way of returns.

    :param amount: positive, at most what is left of the line.
    :raises NotAllowed: if the role may not.
    :raises NotThat: if it does not fit the line, or the wrong party is named.
    :raises NotOpen: if not so much is left.
    """
    require(role, Act.ALLOCATE_PAYMENT)
    row = models.BankLine.objects.select_for_update(no_key=True).get(pk=line)
    _explain(row, was, amount, debtor=debtor, client=client, because=because, at=at, actor=actor)


def claim_paid(
    row: models.BankLine, client: UUID, amount: Money, *, because: str, at: datetime, actor: str
) -> None:
    """So much of a line that is locked pays what the client owes us. Within the transaction of an
    act that has asked who may.

    :raises NotThat, NotOpen: as `explain`.
    """
    _explain(
        row, Was.CLAIM_PAID, amount, debtor=None, client=client, because=because, at=at,
        actor=actor,
    )  # fmt: skip


def passed_on(
    row: models.BankLine, invoice: UUID, client: UUID, amount: Money, *, because: str,
    at: datetime, actor: str,
) -> None:  # fmt: skip
    """So much of a line that is locked is the client's, who bought the invoice back. Within a
    transaction.

    :raises NotThat, NotOpen: as `explain`.
    """
    _explain(
        row, Was.MISDIRECTED, amount, debtor=None, client=client, because=because,
        invoice=invoice, at=at, actor=actor,
    )  # fmt: skip


def _explain(
    row: models.BankLine, was: Was, amount: Money, *, debtor: UUID | None, client: UUID | None,
    because: str, at: datetime, actor: str, invoice: UUID | None = None,
) -> None:  # fmt: skip
    came_in = row.amount_minor > 0
    payment.fits(was, came_in=came_in, debtor=debtor is not None, client=client is not None)
    if amount.currency != row.currency or not 0 < amount.minor <= abs(row.unapplied_minor):
        raise NotOpen(f"line {row.bank_reference} has not that much left")
    if was is Was.REFUND:
        _refuse_too_much(debtor, amount)
    if was is Was.CLAIM_PAID:
        _refuse_more_than_claimed(client, amount)
    explanation = models.Explanation(
        id=new_id(), line=row, was=was, amount_minor=amount.minor, currency=amount.currency,
        debtor_id=debtor, client_id=client, invoice_id=invoice, because=because[:200], at=at,
        actor=actor,
    )  # fmt: skip
    explanation.save(force_insert=True)
    row.verdict, row.says = "certain", f"{ledger.EXPLAINED_AS[was]}."
    _move(row, explanation, at=at, actor=actor)


@transaction.atomic
def recovered(
    line: UUID, write_off: UUID, amount: Money, *, because: str = "", role: Role, at: datetime,
    actor: str,
) -> None:  # fmt: skip
    """So much of the line was paid after all on what we had written off: our loss is smaller.

    :param amount: positive, at most what is left of the line and of the loss.
    :raises NotAllowed: if the role may not.
    :raises NotThat: if the line is no receipt, or no loss was booked by it.
    :raises NotOpen: if not so much is left of either.
    """
    require(role, Act.ALLOCATE_PAYMENT)
    row = models.BankLine.objects.select_for_update(no_key=True).get(pk=line)
    loss = models.WriteOff.objects.select_for_update(no_key=True).get(pk=write_off)
    if row.amount_minor < 0 or loss.loss_minor is None:
        raise payment.NotThat("only money that came in is recovered, of a loss that was booked")
    (told,) = write_offs.told([loss])
    if not row.currency == loss.currency == amount.currency or not 0 < amount.minor <= min(
        row.unapplied_minor, told.left.minor
    ):
        raise NotOpen(f"line {row.bank_reference} or the loss has not that much left")
    explanation = models.Explanation(
        id=new_id(), line=row, was=Was.RECOVERED, amount_minor=amount.minor,
        currency=amount.currency, write_off=loss, because=because[:200], at=at, actor=actor,
    )  # fmt: skip
    explanation.save(force_insert=True)
    row.verdict, row.says = "certain", f"{ledger.EXPLAINED_AS[Was.RECOVERED]}."
    _move(row, explanation, at=at, actor=actor)


@transaction.atomic
def withdraw(explanation: UUID, *, role: Role, at: datetime, actor: str) -> None:
    """It was not that: the money waits for an explanation again.

    :raises NotAllowed: if the role may not.
    :raises UndoneBefore: if it is withdrawn.
    :raises TooLate: if it is older than UNDO_WITHIN.
    :raises NotThat: if it is a return, which the bank has said, or what a provider paid on.
    :raises MoneyGone: if whose it was said to be has had it by now.
    """
    require(role, Act.ALLOCATE_PAYMENT)
    found = models.Explanation.objects.get(pk=explanation)
    row = models.BankLine.objects.select_for_update(no_key=True).get(pk=found.line_id)
    owed = _still_owed(found)
    found.refresh_from_db()
    if found.undone_at is not None:
        raise UndoneBefore("it was taken back already")
    if found.was == Was.RETURNED:
        raise payment.NotThat("a return ends when the bank gives it back")
    if found.was == Was.PROVIDER:
        raise payment.NotThat("the provider says that it paid this on")
    if at - found.at > UNDO_WITHIN:
        raise TooLate(f"it is more than {UNDO_WITHIN.days} days old")
    if owed is not None and owed[0] < owed[1]:
        raise MoneyGone(f"of {owed[1]} we owe only {owed[0]} now")
    found.undone_at, found.undone_by = at, actor
    found.save(update_fields=["undone_at", "undone_by"])
    row.verdict, row.says = "none", f"Taken back by {name_of(actor)}."
    _move(row, found, at=at, actor=actor)
    differences.explained_no_longer(found, at=at, actor=actor)


def _move(
    row: models.BankLine, explanation: models.Explanation, *, at: datetime, actor: str
) -> None:
    undone = explanation.undone_at is not None
    towards = -1 if (row.amount_minor > 0) is not undone else 1
    row.unapplied_minor += towards * explanation.amount_minor
    row.save(update_fields=["verdict", "says", "unapplied_minor"])
    entry = ledger.explanation(
        str(explanation.pk), Was(explanation.was), explanation.amount, undone=undone,
        about=_about(explanation),
        on=at.date() if undone else row.booked_on, line=str(row.pk),
    )  # fmt: skip
    if undone:
        crossing.book_undone(entry, of=f"explanation:{explanation.pk}", at=at, actor=actor)
    else:
        book([entry], at=at, actor=actor)
    told: dict[str, object] = {
        "was": explanation.was,
        "amount": str(explanation.amount),
        "undone": undone,
        "because": explanation.because,
    }
    of = explanation.invoice_id
    if explanation.write_off is not None:
        of = explanation.write_off.invoice_id
    note(Kind.PAYMENT_EXPLAINED, [Line(row.pk, of, told)], at=at, actor=actor)


def _about(explanation: models.Explanation) -> About:
    """Whom it is about: of what was recovered the parties of the write-off."""
    if explanation.write_off is None:
        return About(client=explanation.client_id, debtor=explanation.debtor_id)
    of = explanation.write_off
    debtor = of.invoice.debtor_id if of.invoice else None
    return About(client=of.client_id, debtor=debtor, invoice=of.invoice_id)


def _still_owed(found: models.Explanation) -> tuple[Money, Money] | None:
    """What we owe whose the money was said to be, who is locked after the line, as by those who
    pay out; and what of it this was, as converted if it was. None: it was said to be nobody's."""
    if found.was == Was.MISDIRECTED and found.client_id:
        models.Client.objects.select_for_update(no_key=True).get(pk=found.client_id)
        crossed = crossing.due_by(f"explanation:{found.pk}")
        came = found.amount if crossed is None else crossed
        due = amounts.of_clients(Account.DUE_TO_CLIENTS, [found.client_id], came.currency)
        return Money(due.get(found.client_id, 0), came.currency), came
    if found.was in (Was.OVERPAID, Was.DUPLICATE) and found.debtor_id:
        models.Debtor.objects.select_for_update(no_key=True).get(pk=found.debtor_id)
        due = amounts.of_debtors(Account.DUE_TO_DEBTORS, [found.debtor_id], found.currency)
        return Money(due.get(found.debtor_id, 0), found.currency), found.amount
    return None


def _refuse_more_than_claimed(client: UUID | None, amount: Money) -> None:
    assert client is not None, "a claim is on a client"
    models.Client.objects.select_for_update(no_key=True).get(pk=client)
    owes = amounts.of_clients(Account.CLIENT_CLAIMS, [client], amount.currency).get(client, 0)
    if owes < amount.minor:
        raise NotOpen(f"this client owes us {Money(max(owes, 0), amount.currency)}")


def _refuse_too_much(debtor: UUID | None, amount: Money) -> None:
    assert debtor is not None, "a refund names its debtor"
    models.Debtor.objects.select_for_update(no_key=True).get(pk=debtor)
    owed = amounts.of_debtors(Account.DUE_TO_DEBTORS, [debtor], amount.currency).get(debtor, 0)
    if owed < amount.minor:
        raise NotOpen(f"we owe this debtor {Money(owed, amount.currency)}")
