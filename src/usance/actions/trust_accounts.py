"""Accounts that clients hold in trust for us: entered by one, checked by another, closed."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain import credit, payee
from usance.domain.events import Kind
from usance.domain.mandate import Act, Role, require, two_people
from usance.domain.payee import Scheme
from usance.domain.refusal import Refusal

from . import holds
from .credit import STEP
from .diary import Line, note


class NotHeldInTrust(Refusal):
    code = "trust_account_is_another"
    todo = "Enter the account that the client's bank has confirmed to be held for us alone."


class TrustUnproved(Refusal):
    code = "trust_account_unproved"
    todo = "Name the bank, and say what shows that it holds the account for us."


class TrustAccountOver(Refusal):
    code = "trust_account_over"
    todo = "Look at the client's accounts again: this one was checked or closed meanwhile."


@transaction.atomic
def enter(
    client_id: UUID,
    *,
    number: str,
    bank: str,
    currency: str,
    role: Role,
    at: datetime,
    actor: str,
) -> models.TrustAccount:
    """The account counts when another person has checked it. One that is open stays as it is.

    :raises NotAllowed: if the role may not.
    :raises AccountWrong: if the number is no IBAN.
    :raises TrustUnproved: if no bank is named.
    :raises NotHeldInTrust: if we pay a client to it, or another client holds it.
    """
    require(role, Act.EDIT_PARTY)
    iban = payee.numbered(number, Scheme.IBAN, currency=currency)
    if not bank.strip():
        raise TrustUnproved("no bank is named")
    client = models.Client.objects.select_for_update(no_key=True).get(pk=client_id)
    known = models.TrustAccount.objects.filter(iban=iban, currency=currency, closed_at=None).first()
    if known is not None and known.client_id == client.pk:
        return known
    if known is not None:
        raise NotHeldInTrust(f"another client holds {iban} in trust")
    if models.ClientAccount.objects.filter(iban=iban, closed_at=None).exists():
        raise NotHeldInTrust(f"{iban} is one that we pay a client to")
    row = models.TrustAccount(
        client=client, iban=iban, bank=bank.strip()[:120], currency=currency, entered_at=at,
        entered_by=actor[:64],
    )  # fmt: skip
    row.save(force_insert=True)
    _changed(row, "trust account entered", at=at, actor=actor, bank=row.bank)
    return row


@transaction.atomic
def check(
    account_id: UUID, *, proof: str, seen: str, role: Role, at: datetime, actor: str
) -> models.TrustAccount:
    """Another person has seen that it is held for us; what waited for it goes on.

    :param seen: the IBAN that the person looked at.
    :raises NotAllowed: if the role may not.
    :raises SecondPersonNeeded: if the actor entered it.
    :raises ContentChanged: if another number was seen.
    :raises TrustUnproved: if nothing is said of what shows it.
    :raises TrustAccountOver: if it is checked or closed already.
    """
    require(role, Act.RELEASE_PAYOUT)
    row = models.TrustAccount.objects.select_for_update().get(pk=account_id)
    number = "".join(seen.upper().split())
    two_people(prepared_by=row.entered_by, released_by=actor, prepared=row.iban, seen=number)
    if row.closed_at or row.checked_at:
        raise TrustAccountOver(f"{row.iban} is {'closed' if row.closed_at else 'checked'} already")
    if not proof.strip():
        raise TrustUnproved("it is not said what shows that the account is held for us")
    row.checked_at, row.checked_by, row.proof = at, actor[:64], proof.strip()[:400]
    row.save(update_fields=["checked_at", "checked_by", "proof"])
    _changed(row, "trust account checked", at=at, actor=actor, proof=row.proof)
    remark = f"The trust account {row.iban} is checked."
    holds.release_cured(_held(row), stage=STEP, remark=remark, at=at, actor=actor)
    return row


@transaction.atomic
def close(
    account_id: UUID, *, because: str, role: Role, at: datetime, actor: str
) -> models.TrustAccount:
    """It is held for us no more. Whoever may enter or check one may close it.

    :raises NotAllowed: if the role may not.
    :raises TrustUnproved: without a reason.
    :raises TrustAccountOver: if it is closed already.
    """
    require(role, Act.STOP_ACCOUNT)
    if not because.strip():
        raise TrustUnproved("it is not said why", todo="Say why it is held for us no more.")
    row = models.TrustAccount.objects.select_for_update().get(pk=account_id)
    if row.closed_at:
        raise TrustAccountOver(f"{row.iban} is closed already")
    row.closed_at, row.closed_by, row.closed_because = at, actor[:64], because.strip()[:200]
    row.save(update_fields=["closed_at", "closed_by", "closed_because"])
    _changed(row, "trust account closed", at=at, actor=actor, because=row.closed_because)
    return row


def _held(row: models.TrustAccount) -> list[UUID]:
    """What waits for this and nothing else; what another rule stops too waits on."""
    open_holds = models.Hold.objects.filter(
        step=STEP, closed_at=None, invoice__client_id=row.client_id
    )
    rule = credit.paid_into_trust.__name__
    return [
        one.invoice_id
        for one in open_holds.order_by("invoice_id")
        if {finding["code"] for finding in one.findings} == {rule}
    ]


def _changed(row: models.TrustAccount, what: str, *, at: datetime, actor: str, **more: str) -> None:
    told = {"what": what, "value": row.iban, "currency": row.currency, **more}
    note(Kind.MASTER_DATA_CHANGED, [Line(row.client_id, None, told)], at=at, actor=actor)
