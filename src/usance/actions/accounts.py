"""Where clients are paid: entered by one, asked for and verified by another, and never at once."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain import payee
from usance.domain.events import Kind
from usance.domain.mandate import Act, Role, require, two_people
from usance.domain.party import identifier_key
from usance.domain.payee import CallBack, Scheme
from usance.domain.refusal import Refusal
from usance.engine.crashpoint import crashpoint
from usance.letters.account_changed import Changed, account_changed

from .diary import Line, note

REPLACED = "replaced by another account"


class AccountOver(Refusal):
    code = "payout_account_over"
    todo = "Look at the client's accounts again: this one was closed or verified meanwhile."


@transaction.atomic
def enter(
    client_id: UUID,
    *,
    number: str,
    scheme: Scheme = Scheme.IBAN,
    reference: str = "",
    bic: str = "",
    currency: str,
    role: Role,
    at: datetime,
    actor: str,
) -> models.ClientAccount:
    """The account a client is paid on from now on; the one it replaces is closed. Nothing is paid
    to it before another person verified it and its wait is over, and the client's contacts of the
    last weeks are told by mail. The account that is open already stays as it is.

    :raises NotAllowed: if the role may not.
    :raises AccountWrong: if the number is none.
    """
    require(role, Act.EDIT_PARTY)
    number = payee.numbered(number, scheme, currency=currency)
    client = models.Client.objects.select_for_update(no_key=True).get(pk=client_id)
    old = client.accounts.filter(currency=currency, closed_at=None).first()
    quoted = "".join(reference.split()).upper()
    if old and (old.iban, old.scheme, old.reference) == (number, scheme, quoted):
        return old
    row = models.ClientAccount(
        client=client,
        iban=number,
        scheme=scheme,
        reference=quoted[:35],
        bic=identifier_key(bic)[:11],
        currency=currency,
        entered_by=actor[:64],
        entered_at=at,
        wait_until=at + _wait(),
        replaces=old,
    )
    if old is not None:
        _close(old, REPLACED, at=at, actor=actor)
    row.save(force_insert=True)
    _warn(client, row, at=at)
    crashpoint("accounts.entered")
    _changed(row, "payout account set", at=at, actor=actor, until=f"{row.wait_until:%Y-%m-%d}")
    return row


@transaction.atomic
def verify(
    account_id: UUID, call: CallBack, *, role: Role, at: datetime, actor: str
) -> models.ClientAccount:
    """Another person than who entered it asked the client at a number that was known before.

    :raises NotAllowed: if the role may not.
    :raises SecondPersonNeeded: if the actor entered it.
    :raises CallBackMissing, NumberTooFresh: if that is no evidence.
    :raises AccountOver: if it is closed or verified already.
    """
    require(role, Act.RELEASE_PAYOUT)
    row = models.ClientAccount.objects.select_for_update(no_key=True).get(pk=account_id)
    two_people(prepared_by=row.entered_by, released_by=actor, prepared=row.iban, seen=row.iban)
    if row.closed_at or row.verified_at:
        raise AccountOver(f"{row.iban} is {'closed' if row.closed_at else 'verified'} already")
    payee.check_call(call, fresh=list(_edited(row.client_id, "after", "phone", at=at)))
    row.verified_at, row.verified_by = at, actor
    row.called_person, row.called_number = call.person.strip()[:120], call.number.strip()[:40]
    row.call_remark = call.remark.strip()[:400]
    row.save(
        update_fields=["verified_at", "verified_by", "called_person", "called_number",
                       "call_remark"]
    )  # fmt: skip
    _changed(row, "payout account verified", at=at, actor=actor, called=call.person.strip()[:120])
    return row


@transaction.atomic
def withdraw(
    account_id: UUID, *, because: str, role: Role, at: datetime, actor: str
) -> models.ClientAccount | None:
    """It is not theirs, or no more: nothing is paid to it. The verified account that it replaced
    is open again; None: there was none. Whoever may enter or verify one may stop it.

    :raises NotAllowed: if the role may not.
    :raises AccountOver: if it is closed already.
    """
    require(role, Act.STOP_ACCOUNT)
    client = models.Client.objects.filter(accounts=account_id)
    client.select_for_update(no_key=True, of=("self",)).get()
    row = models.ClientAccount.objects.select_for_update(no_key=True).get(pk=account_id)
    if row.closed_at:
        raise AccountOver(f"{row.iban} is closed already")
    _close(row, because.strip() or "withdrawn", at=at, actor=actor)
    _changed(row, "payout account withdrawn", at=at, actor=actor, because=row.closed_because)
    before = row.replaces
    if before is None or before.verified_at is None or before.closed_because != REPLACED:
        return None
    before.closed_at, before.closed_by, before.closed_because = None, "", ""
    before.save(update_fields=["closed_at", "closed_by", "closed_because"])
    _changed(before, "payout account open again", at=at, actor=actor)
    return before


def _close(row: models.ClientAccount, because: str, *, at: datetime, actor: str) -> None:
    row.closed_at, row.closed_by, row.closed_because = at, actor[:64], because[:200]
    row.save(update_fields=["closed_at", "closed_by", "closed_because"])


def _wait() -> timedelta:
    factor = models.Factor.objects.first()
    return timedelta(days=factor.account_wait_days) if factor else payee.WAIT


def _warn(client: models.Client, row: models.ClientAccount, *, at: datetime) -> None:
    """Tell the contact of now, and every one of the last weeks: who takes over an account changes
    the address first."""
    factor = models.Factor.objects.first()
    told = Changed(
        client=client.name,
        ending=row.iban[-4:],
        currency=row.currency,
        factor=factor.name if factor else "",
        phone=factor.phone if factor else "",
        until=row.wait_until.date() if row.wait_until else None,
    )
    subject, text = account_changed(told, client.language)
    former = _edited(client.pk, "before", "email", at=at)
    models.AccountWarning.objects.bulk_create(
        models.AccountWarning(
            account=row, address=address, language=client.language, subject=subject, text=text,
            made_at=at,
        )
        for address in payee.told([client.email, *former])
    )  # fmt: skip


def _edited(client: UUID, when: str, column: str, *, at: datetime) -> Iterator[str]:
    """What stood in a column of the client before or after each edit of the last weeks."""
    edits = models.Diary.objects.filter(
        subject_id=client,
        kind=Kind.MASTER_DATA_CHANGED,
        at__gte=at - payee.FRESH,
        particulars__what="edited",
    )
    for said in edits.order_by("pk").values_list("particulars", flat=True):
        if column in said.get(when, {}):
            yield str(said[when][column])


def _changed(
    row: models.ClientAccount, what: str, *, at: datetime, actor: str, **more: str
) -> None:
    told = {"what": what, "value": row.iban[-4:], "currency": row.currency, **more}
    note(Kind.MASTER_DATA_CHANGED, [Line(row.client_id, None, told)], at=at, actor=actor)
