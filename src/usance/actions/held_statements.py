"""Statements that a bank's connection brought and that were refused: kept, tried again, decided."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from usance import models
from usance.domain.mandate import Act, Role, require
from usance.domain.refusal import Refusal
from usance.engine.crashpoint import crashpoint
from usance.queries.held_statements import waiting
from usance.queries.parcels import stored

from . import payment
from .documents import Content, keep


class StatementDecided(Refusal):
    code = "held_statement_decided"
    todo = "A colleague was faster, or it was taken in by itself; look at the statements."


def take_fetched(
    account: models.BankAccount, on: date, data: bytes, *, at: datetime, actor: str
) -> payment.Imported | None:
    """Import what the bank gave of a day. None: it is refused, and kept for a person."""
    name = f"{account.iban}-{on.isoformat()}.xml"
    try:
        done = payment.import_statement(name, data, at=at, actor=actor)
    except Refusal as refusal:
        with transaction.atomic():
            (digest,) = keep(
                [Content(data=data, media_type="application/octet-stream", name=name)], at=at
            )
            _hold(account, on, digest, refusal, at=at)
        crashpoint("bank.statement_held")
        return None
    _close(waiting().filter(account=account, on=on), at=at, actor=actor)
    return done


def _hold(
    account: models.BankAccount, on: date, digest: str, refusal: Refusal, *, at: datetime
) -> None:
    """What the bank says of a day today stands in the place of what it said of it before."""
    told = {"document_id": digest, **_why(refusal)}
    models.HeldStatement.objects.get_or_create(
        account=account, on=on, defaults={"held_at": at, **told}
    )
    waiting().filter(account=account, on=on).update(**told)


def _why(refusal: Refusal) -> dict[str, str]:
    return {"code": refusal.code, "says": str(refusal), "todo": refusal.todo[:300]}


def take_again(account: models.BankAccount, *, at: datetime, actor: str) -> list[payment.Imported]:
    """What waits of an account, the oldest first: what was missing may be there by now."""
    done = []
    for row in waiting().filter(account=account).order_by("on"):
        found = take_fetched(account, row.on, stored(row.document_id), at=at, actor=actor)
        if found is not None:
            done.append(found)
    return done


def take(
    held_id: UUID, *, gap_known: bool = False, role: Role, at: datetime, actor: str
) -> payment.Imported:
    """Import one by the word of a person; then what waited for it.

    :param gap_known: the bank says that there is no statement with the numbers that are left out.
    :raises NotAllowed: if the role may not.
    :raises StatementDecided: if it waits no longer.
    :raises Refusal: as import_statement; it waits on.
    """
    require(role, Act.IMPORT_STATEMENT)
    row = _waits(held_id)
    data = stored(row.document_id)
    done = payment.import_statement(
        f"{row.account.iban}-{row.on.isoformat()}.xml", data, role=role, gap_known=gap_known,
        at=at, actor=actor,
    )  # fmt: skip
    _close(waiting().filter(pk=row.pk), at=at, actor=actor)
    take_again(row.account, at=at, actor=actor)
    return done


def lay_aside(held_id: UUID, *, because: str, role: Role, at: datetime, actor: str) -> None:
    """It is not wanted: what it says came another way, or the bank took it back.

    :raises NotAllowed: if the role may not.
    :raises StatementDecided: if it waits no longer.
    """
    require(role, Act.IMPORT_STATEMENT)
    row = _waits(held_id)
    why = because.strip()[:200] or "Laid aside"
    _close(waiting().filter(pk=row.pk), at=at, actor=actor, laid_aside=why)


def _waits(held_id: UUID) -> models.HeldStatement:
    row = models.HeldStatement.objects.select_related("account").get(pk=held_id)
    if row.closed_at is not None:
        raise StatementDecided(f"the statement of {row.account.iban} of {row.on}")
    return row


def _close(
    rows: "QuerySet[models.HeldStatement]", *, at: datetime, actor: str,
    laid_aside: str = "",
) -> None:  # fmt: skip
    rows.update(closed_at=at, closed_by=actor[:64], laid_aside=laid_aside)
