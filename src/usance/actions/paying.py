"""How money leaves and is collected: orders and cut-offs of each bank, the wait of new accounts,
the name under which we debit."""

from datetime import datetime, time
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain.collection.debits import Finality
from usance.domain.collection.signed import creditor_identifier
from usance.domain.events import Kind
from usance.domain.mandate import Act, Role, require
from usance.domain.payment import Rule
from usance.domain.payment.checkouts import LONGEST_FINAL
from usance.domain.refusal import Refusal

from .diary import Line, note

SHORTEST_DAYS, LONGEST_DAYS = 1, 30


class WaitOutOfBounds(Refusal):
    code = "account_wait_out_of_bounds"
    todo = f"Give a number of days from {SHORTEST_DAYS} to {LONGEST_DAYS}."


class FinalOutOfBounds(Refusal):
    code = "provider_wait_out_of_bounds"
    todo = f"Give a number of days from 0 to {LONGEST_FINAL}."


class NoEuro(Refusal):
    code = "debit_account_not_in_euro"
    todo = "SEPA collects euro: choose our account in euro."


class CreditorInUse(Refusal):
    code = "creditor_identifier_in_use"
    todo = "A new identifier needs new mandates: cancel those of the old one first."


class CutOffsCrossed(Refusal):
    code = "cut_offs_crossed"
    todo = "On the eve of a holiday a bank closes earlier than on other days, or at the same time."


@transaction.atomic
def set_bank(
    account_id: UUID,
    *,
    order_version: str,
    cut_off: time,
    eve_cut_off: time,
    role: Role,
    at: datetime,
    actor: str,
) -> models.BankAccount:
    """How the bank of one of our accounts takes orders: "03" or "09" of pain.001.001, and until
    when, at its place, for the same day.

    :raises NotAllowed: if the role may not.
    :raises CutOffsCrossed: if it would close later on an eve.
    """
    require(role, Act.SET_PAYING)
    if eve_cut_off > cut_off:
        raise CutOffsCrossed(f"{eve_cut_off:%H:%M} is after {cut_off:%H:%M}")
    row = models.BankAccount.objects.select_for_update(no_key=True).get(pk=account_id)
    before = _said(row)
    row.order_version, row.cut_off, row.eve_cut_off = order_version, cut_off, eve_cut_off
    row.save(update_fields=["order_version", "cut_off", "eve_cut_off"])
    if before != _said(row):
        told = {"what": f"orders to {row.iban}", "before": before, "after": _said(row)}
        note(Kind.MASTER_DATA_CHANGED, [Line(row.pk, None, told)], at=at, actor=actor)
    return row


@transaction.atomic
def set_debits(
    account_id: UUID,
    *,
    creditor_id: str,
    version: str,
    finality: Finality,
    role: Role,
    at: datetime,
    actor: str,
) -> models.BankAccount:
    """How we collect to one of our accounts: under which identifier (empty: not at all), "02" or
    "08" of pain.008.001, and until when reserves wait.

    :raises NotAllowed: if the role may not.
    :raises CreditorWrong: if its check digits are wrong.
    :raises NoEuro: if the account is not in euro.
    :raises CreditorInUse: if mandates are used under another identifier.
    """
    require(role, Act.SET_PAYING)
    row = models.BankAccount.objects.select_for_update(no_key=True).get(pk=account_id)
    identifier = creditor_identifier(creditor_id) if creditor_id.strip() else ""
    if identifier and row.currency != "EUR":
        raise NoEuro(f"{row.iban} is in {row.currency}")
    used = models.DebitFile.objects.filter(debits__mandate__closed_at=None)
    if identifier and used.exclude(creditor_id=identifier).exists():
        raise CreditorInUse(f"mandates are used under {row.creditor_id}")
    before = f"{row.creditor_id}, {row.debit_version}, {row.debit_finality}"
    row.creditor_id, row.debit_version, row.debit_finality = identifier, version, finality
    row.save(update_fields=["creditor_id", "debit_version", "debit_finality"])
    after = f"{identifier}, {version}, {finality}"
    if before != after:
        told = {"what": f"direct debits to {row.iban}", "before": before, "after": after}
        note(Kind.MASTER_DATA_CHANGED, [Line(row.pk, None, told)], at=at, actor=actor)
    return row


@transaction.atomic
def set_final(
    account_id: UUID, days: int, *, role: Role, at: datetime, actor: str
) -> models.BankAccount:
    """How long reserves wait for what is paid by a provider from now on.

    :param account_id: what we have at the provider in a currency.
    :raises NotAllowed: if the role may not.
    :raises FinalOutOfBounds: if it is no wait, or one without end.
    """
    require(role, Act.SET_PAYING)
    if not 0 <= days <= LONGEST_FINAL:
        raise FinalOutOfBounds(f"{days} days")
    row = models.BankAccount.every.select_for_update(no_key=True).get(pk=account_id)
    before, row.final_days = row.final_days, days
    row.save(update_fields=["final_days"])
    if before != days:
        told = {"what": f"wait for {row.iban}", "before": str(before), "after": str(days)}
        note(Kind.MASTER_DATA_CHANGED, [Line(row.pk, None, told)], at=at, actor=actor)
    return row


@transaction.atomic
def set_wait(days: int, *, role: Role, at: datetime, actor: str) -> None:
    """How long accounts wait that are entered from now on; those that wait keep their day.

    :raises NotAllowed: if the role may not.
    :raises WaitOutOfBounds: if it is no wait, or one without end.
    """
    require(role, Act.SET_PAYING)
    if not SHORTEST_DAYS <= days <= LONGEST_DAYS:
        raise WaitOutOfBounds(f"{days} days")
    factor = models.Factor.objects.select_for_update(no_key=True).get()
    before, factor.account_wait_days = factor.account_wait_days, days
    factor.save(update_fields=["account_wait_days"])
    if before != days:
        told = {"what": "wait of new accounts", "before": str(before), "after": str(days)}
        subject = UUID(int=factor.pk)  # A book has one factor, whose key is a small number.
        note(Kind.MASTER_DATA_CHANGED, [Line(subject, None, told)], at=at, actor=actor)


@transaction.atomic
def set_allocation(rule: Rule, *, role: Role | None, at: datetime, actor: str) -> None:
    """What payments pay first from now on where they are not enough for claim and interest.

    :param role: of the person; None: the operator does, on the command line.
    :raises NotAllowed: if the role may not.
    """
    if role is not None:
        require(role, Act.SET_PAYING)
    factor = models.Factor.objects.select_for_update(no_key=True).get()
    before, factor.allocation_rule = factor.allocation_rule, rule
    factor.save(update_fields=["allocation_rule"])
    if before != rule:
        told = {"what": "what payments pay first", "before": str(before), "after": str(rule)}
        subject = UUID(int=factor.pk)
        note(Kind.MASTER_DATA_CHANGED, [Line(subject, None, told)], at=at, actor=actor)


@transaction.atomic
def set_passing_on(by_itself: bool, *, role: Role | None, at: datetime, actor: str) -> None:
    """Whether what debtors pay us on invoices that clients bought back is the client's by itself,
    from now on; else a person says so of each receipt.

    :param role: of the person; None: the operator does, on the command line.
    :raises NotAllowed: if the role may not.
    """
    if role is not None:
        require(role, Act.SET_PAYING)
    factor = models.Factor.objects.select_for_update(no_key=True).get()
    before, factor.passes_on_released = factor.passes_on_released, by_itself
    factor.save(update_fields=["passes_on_released"])
    if before != by_itself:
        words = {True: "by itself", False: "by a person"}
        told = {"what": "passing on of money for invoices bought back",
                "before": words[before], "after": words[by_itself]}  # fmt: skip
        note(Kind.MASTER_DATA_CHANGED, [Line(UUID(int=factor.pk), None, told)], at=at, actor=actor)


def _said(row: models.BankAccount) -> str:
    return f"{row.order_version}, {row.cut_off:%H:%M}, {row.eve_cut_off:%H:%M}"
