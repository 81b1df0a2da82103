"""Exchange keyed fingerprints with the factors of a circle. No invoice leaves the house."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.db import transaction

from usance import models
from usance.domain.events import Kind
from usance.domain.mandate import Act, Role, require
from usance.domain.refusal import Refusal
from usance.domain.verification import fingerprints as rule
from usance.models.bulk import copy_new
from usance.models.ids import new_id
from usance.queries import duplicates, outside
from usance.queries import fingerprints as questions

from .diary import Line, note

KEPT_MONTHS = 18  # What is older is paid, or lost: its fingerprint helps nobody.


class NoCircle(Refusal):
    code = "no_such_circle"
    todo = "Write it into secrets/outside.json: docs/trust.md shows how."


class UnknownKey(Refusal):
    code = "fingerprint_key_unknown"
    todo = "Ask the circle for the key of this name, or for an export with the current one."


class OurOwn(Refusal):
    code = "fingerprints_are_ours"
    todo = "Hand this file to the others, and take in theirs."


def export(circle: str, *, since: date, role: Role, at: datetime, actor: str) -> Iterator[str]:
    """The lines of our file for the circle: hashes of what we bought since that day, in no order
    that tells anything. That it was made stands in the diary.

    :raises NotAllowed: if the role may not.
    :raises NoCircle: if we are not in it.
    """
    require(role, Act.SET_TRUST)
    known = _circle(circle)
    key = known.keys[known.current]
    found = list(questions.ours(key, since=since))
    particulars = {
        "what": f"fingerprints exported to the circle {circle}", "value": str(len(found)),
        "key": key.id, "since": since.isoformat(),
    }  # fmt: skip
    note(Kind.MASTER_DATA_CHANGED, [Line(new_id(), None, particulars)], at=at, actor=actor)
    return rule.written(found, key=key, factor=known.factor, on=at.date())


@transaction.atomic
def take_in(lines: Iterable[str], *, role: Role, at: datetime, actor: str) -> tuple[int, int]:
    """Keep what another factor holds: how many its file has, how many of them are new. Twice the
    same file is once. What is too old to matter is forgotten.

    :raises NotAllowed: if the role may not.
    :raises NotFingerprints: if a line is none; then nothing is kept.
    :raises NoCircle: if we are not in its circle. :raises UnknownKey: if we lack its key.
    :raises NotSealed: if it is cut off, altered, or made with another key of the same name.
    :raises OurOwn: if it is what we exported.
    """
    require(role, Act.SET_TRUST)
    said = rule.read(lines)
    known = _circle(said.circle)
    if said.key_id not in known.keys:
        raise UnknownKey(f"the key {said.key_id} of {said.circle} is not ours")
    if not said.is_sealed(known.keys[said.key_id]):
        raise rule.NotSealed(f"the seal of {said.factor} does not fit the key {said.key_id}")
    if said.factor == known.factor:
        raise OurOwn(f"{said.factor} is our own name in {said.circle}")
    added = copy_new(
        models.ForeignPrint,
        ["id", "circle", "key_id", "kind", "hash", "bucket", "factor", "imported_at"],
        (
            (new_id(), said.circle, said.key_id, one.kind, one.hash, one.bucket, said.factor, at)
            for one in said.prints
        ),
        conflict=["hash", "kind", "circle", "key_id", "factor"],
    )
    oldest = duplicates.forgotten_before(at.date(), months=KEPT_MONTHS)
    models.ForeignPrint.objects.filter(circle=said.circle, bucket__lt=oldest).delete()
    particulars = {
        "what": f"fingerprints of {said.factor} taken in", "value": str(len(said.prints)),
        "circle": said.circle, "key": said.key_id, "new": len(added),
    }  # fmt: skip
    note(Kind.MASTER_DATA_CHANGED, [Line(new_id(), None, particulars)], at=at, actor=actor)
    return len(said.prints), len(added)


def _circle(name: str) -> outside.Circle:
    known = outside.circles().get(name)
    if known is None:
        raise NoCircle(f"we are in no circle called {name}")
    return known
