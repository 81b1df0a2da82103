"""Agree which differences of payments are small, for which time, and whose they are."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain.events import Kind
from usance.domain.mandate import Act, Role, require
from usance.domain.money import Money
from usance.domain.payment import Bears
from usance.domain.payment.differences import faults
from usance.domain.refusal import Refusal
from usance.domain.settlement import losses
from usance.queries.write_offs import bands

from .diary import Line, note


class ToleranceFaulty(Refusal):
    code = "tolerance_faulty"
    todo = "Correct it, then set it again."


class ToleranceOverlaps(Refusal):
    code = "tolerance_overlaps"
    todo = "Let it begin after the one that holds, which ends on the day before."


@transaction.atomic
def set_tolerance(
    most: Money, *, share: Decimal | None, bears: Bears, client: UUID | None = None,
    debtor: UUID | None = None, valid_from: date, valid_to: date | None = None, reason: str,
    role: Role, at: datetime, actor: str,
) -> models.Tolerance:  # fmt: skip
    """From a day on differences of at most so much are borne; what held for the same parties and
    currency ends on the day before.

    :param share: of what was owed, 0.005 is half a percent. None: any share.
    :param client: None: of whichever client; likewise `debtor`.
    :raises NotAllowed: if the role may not.
    :raises ToleranceFaulty: with all that is wrong.
    :raises AboveAuthority: if we bear it, and one person of this role may not write off as much.
    :raises ToleranceOverlaps: if what holds began on that day or later.
    """
    require(role, Act.SET_TOLERANCE)
    wrong = faults(
        most=most, share=share, bears=bears, client=client, valid_from=valid_from,
        valid_to=valid_to, reason=reason,
    )  # fmt: skip
    if wrong:
        raise ToleranceFaulty(" ".join(one.says for one in wrong))
    if bears is Bears.FACTOR:
        refuse_above(most, role)
    same = models.Tolerance.objects.select_for_update(no_key=True).filter(
        client=client, debtor=debtor, currency=most.currency
    )
    for row in same.order_by("pk"):
        if row.valid_from >= valid_from:
            raise ToleranceOverlaps(f"one begins on {row.valid_from}")
        if row.valid_to is None or row.valid_to >= valid_from:
            row.valid_to, row.ended_by = valid_from - timedelta(days=1), actor
            row.save(update_fields=["valid_to", "ended_by"])
    new = models.Tolerance(
        client_id=client, debtor_id=debtor, currency=most.currency, most_minor=most.minor,
        share=share, bears=bears, reason=reason.strip()[:400], valid_from=valid_from,
        valid_to=valid_to, at=at, actor=actor,
    )  # fmt: skip
    new.save(force_insert=True)
    _noted(new, f"{_words(new)} from {valid_from}", new.reason, at=at, actor=actor)
    return new


@transaction.atomic
def end(pk: UUID, *, last: date, because: str, role: Role, at: datetime, actor: str) -> None:
    """It holds until that day, included, and no longer.

    :raises NotAllowed: if the role may not.
    :raises ToleranceFaulty: if it ends before, or would end before it begins.
    """
    require(role, Act.SET_TOLERANCE)
    row = models.Tolerance.objects.select_for_update(no_key=True).get(pk=pk)
    if (row.valid_to is not None and row.valid_to <= last) or last < row.valid_from:
        raise ToleranceFaulty(f"it holds from {row.valid_from} to {row.valid_to or 'further on'}")
    row.valid_to, row.ended_by = last, actor
    row.save(update_fields=["valid_to", "ended_by"])
    _noted(row, f"{_words(row)} until {last}", because, at=at, actor=actor)


def refuse_above(amount: Money, role: Role) -> None:
    """:raises AboveAuthority: if one person of this role alone may not write off so much."""
    band = losses.band_of(amount, bands())
    losses.require(band, role)
    if band.people > 1:
        raise losses.AboveAuthority(f"{amount} takes two people: propose a write-off")


def _words(row: models.Tolerance) -> str:
    share = "" if row.share is None else f", at most {(row.share * 100).normalize():f} %"
    return f"up to {row.most}{share}, borne by the {row.bears}"


def _noted(row: models.Tolerance, says: str, because: str, *, at: datetime, actor: str) -> None:
    told = {"says": says, "because": because[:200]}
    note(Kind.TOLERANCE_SET, [Line(row.pk, None, told)], at=at, actor=actor)
