"""The bank has a payout, and neither executes nor rejects it: a person says so, with what shows it;
a second one agrees, and it is rejected.

Locks: the receipt, the payout, what was said of it.
"""

from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain.events import Kind
from usance.domain.mandate import Act, Role, name_of, require, two_people
from usance.domain.refusal import Refusal
from usance.queries import cut_offs

from . import paid_out, refunds
from .diary import Line, note
from .rejected import reject


class ProofMissing(Refusal):
    code = "missing_payout_without_proof"
    todo = "Write why it was never executed, and what shows it, such as the bank's letter."


class NotMissing(Refusal):
    code = "payout_not_missing"
    todo = "Wait: only what no statement shows two banking days after its day can be missing."


class MissingSaid(Refusal):
    code = "missing_payout_said"
    todo = "A second person agrees to what was said before, or it is withdrawn."


class MissingDecided(Refusal):
    code = "missing_payout_decided"
    todo = "Look at it again: somebody was faster, or the bank has shown it meanwhile."


@transaction.atomic
def say(
    payout: UUID, *, because: str, proof: str, role: Role, at: datetime, actor: str
) -> models.MissingPayout:
    """The bank never executed it. Nothing moves until a second person agrees.

    :raises NotAllowed: if the role may not.
    :raises ProofMissing: without a reason, or what shows it.
    :raises NotMissing: if it is not at the bank, or a statement may still show it.
    :raises MissingSaid: if somebody said so before.
    """
    require(role, Act.PROPOSE_PAYOUT)
    if not because.strip() or not proof.strip():
        raise ProofMissing("who says so gives the reason and what shows it")
    own = models.Payout.objects.select_for_update(of=("self",), no_key=True)
    row = own.select_related("file__account").get(pk=payout)
    if not cut_offs.may_be_missing(row, at=at):
        raise NotMissing(f"{row} is not at the bank, or its day is not long enough ago")
    if row.missing.filter(state="said").exists():
        raise MissingSaid(f"{row}: somebody said so before")
    said = models.MissingPayout(
        payout=row, because=because.strip()[:400], proof=proof.strip()[:400], said_at=at,
        said_by=actor,
    )  # fmt: skip
    said.save(force_insert=True)
    told = {"amount": str(row.amount), "because": said.because, "proof": said.proof}
    note(Kind.PAYOUT_MISSING, [Line(row.pk, None, told)], at=at, actor=actor)
    return said


def agree(pk: UUID, *, seen: str, role: Role, at: datetime, actor: str) -> models.MissingPayout:
    """A second person agrees to exactly what was said: the payout is rejected.

    :param seen: the content that the person saw.
    :raises NotAllowed: if the role may not.
    :raises MissingDecided: if it was decided on, or the bank showed the payout or rejected it.
    :raises NobodyBehind, SecondPersonNeeded, ContentChanged: as `two_people`.
    """
    require(role, Act.RELEASE_PAYOUT)
    row = _agreed(pk, seen=seen, at=at, actor=actor)
    # What is left of its file may be a sum that came before.
    paid_out.look_again(at=at, actor=actor)
    return row


@transaction.atomic
def _agreed(pk: UUID, *, seen: str, at: datetime, actor: str) -> models.MissingPayout:
    row, payout = _locked(pk)
    if row.state != "said" or payout.state != "sent":
        raise MissingDecided(f"{payout} is {payout.state}, and this was {row.state}")
    two_people(prepared_by=row.said_by, released_by=actor, prepared=content(row), seen=seen)
    row.state, row.decided_at, row.decided_by = "agreed", at, actor
    row.save(update_fields=["state", "decided_at", "decided_by"])
    payout.reason = f"Never executed, as {name_of(row.said_by)} says: {row.because}"[:200]
    reject([payout], missing=True, at=at, actor=actor)
    return row


@transaction.atomic
def withdraw(pk: UUID, *, role: Role, at: datetime, actor: str) -> None:
    """It is not so, or nobody knows: the payout stays under way.

    :raises NotAllowed: if the role may not.
    :raises MissingDecided: if somebody agreed, or withdrew it.
    """
    require(role, Act.PROPOSE_PAYOUT)
    row, payout = _locked(pk)
    if row.state != "said":
        raise MissingDecided(f"of {payout} this was {row.state}")
    row.state, row.decided_at, row.decided_by = "withdrawn", at, actor
    row.save(update_fields=["state", "decided_at", "decided_by"])
    told = {"amount": str(payout.amount)}
    note(Kind.PAYOUT_NOT_MISSING, [Line(payout.pk, None, told)], at=at, actor=actor)


def content(row: models.MissingPayout) -> str:
    """The hash of what a second person agrees to."""
    said = (row.pk, row.payout_id, row.because, row.proof, row.said_by)
    return sha256("\n".join(map(str, said)).encode()).hexdigest()


def _locked(pk: UUID) -> tuple[models.MissingPayout, models.Payout]:
    of = models.Payout.objects.filter(missing=pk)
    refunds.lock(of)
    payout = of.select_for_update(no_key=True, of=("self",)).get()
    row = models.MissingPayout.objects.select_for_update(no_key=True).get(pk=pk)
    return row, payout
