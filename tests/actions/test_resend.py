"""A person sends again and places reports: what is refused, and what follows."""

from datetime import timedelta
from uuid import UUID

import pytest

from tests.web import season
from tests.web.season import LATER, Season
from usance import models
from usance.actions import distribution, parked, reports, resend
from usance.actions.parked import AlreadyPlaced, Meaning, NotParked
from usance.domain.distribution import DeliveryEvent, Kind, Outcome
from usance.domain.mandate import NotAllowed, Role

pytestmark = pytest.mark.django_db
WHO = {"role": Role.COLLECTION, "at": LATER, "actor": "user:mia"}


@pytest.fixture
def made() -> Season:
    return season.build(send=False)


def wanted(
    row: models.Dispatch, kind: Kind = Kind.LETTER, reason: str = "Asked for it."
) -> resend.Wanted:
    return resend.Wanted(dispatch=row.pk, kind=kind, reason=reason)


def report(event_id: str, outcome: Outcome = Outcome.RETURNED, key: str = "") -> UUID:
    """A report on a reference that we do not know."""
    told = DeliveryEvent(
        id=event_id, key=key, reference="house-77", outcome=outcome, at=LATER, code="RTS",
        detail="Moved away.",
    )  # fmt: skip
    reports.take_events("hybrid", [told], at=LATER, actor="carrier")
    return models.DeliveryEvent.objects.get(event_id=event_id).pk


def test_the_same_paper_goes_out_by_the_channel_chosen(made: Season) -> None:
    old = made.dispatch(made.mine)
    new = resend.resend(wanted(old), **WHO)
    assert (new.invoice_id, new.paper, new.kind, new.rung) == (made.mine.pk, "invoice", "letter", 0)
    assert new.because == "Sent again by mia: Asked for it."
    assert new.address["street"] == "Industrieweg 9"
    line = models.Diary.objects.filter(subject_id=new.pk).get()
    assert line.particulars["instead_of"] == old.key


@pytest.mark.parametrize(
    ("kind", "reason", "refused"),
    [
        (Kind.MAILBOX, "Wish.", resend.NotReachable),
        (Kind.PORTAL, "Wish.", resend.NotReachable),
        (Kind.LETTER, "  ", resend.NoReason),
    ],
)
def test_what_cannot_be_is_refused(kind: Kind, reason: str, refused: type, made: Season) -> None:
    before = models.Dispatch.objects.count()
    with pytest.raises(refused):
        resend.resend(wanted(made.dispatch(made.mine), kind, reason), **WHO)
    assert models.Dispatch.objects.count() == before


@pytest.mark.parametrize("state", ["queued", "calling", "unknown"])
def test_nothing_is_sent_beside_one_whose_end_is_not_known(state: str, made: Season) -> None:
    row = made.dispatch(made.mine)
    models.Dispatch.objects.filter(pk=row.pk).update(state=state)
    with pytest.raises(resend.StillOpen):
        resend.resend(wanted(row), **WHO)


def test_a_role_that_may_not_resend_may_not_place_either(made: Season) -> None:
    row, event = made.dispatch(made.mine), report("e1")
    with pytest.raises(NotAllowed):
        resend.resend(wanted(row), **(WHO | {"role": Role.CASH}))
    with pytest.raises(NotAllowed):
        parked.place(event, None, remark="", **(WHO | {"role": Role.CLIENT}))


def test_a_report_that_a_person_places_moves_its_delivery(made: Season) -> None:
    row, event = made.dispatch(made.letter), report("e1")
    parked.place(event, Meaning(row.pk, Outcome.RETURNED), remark="House's own number.", **WHO)
    row.refresh_from_db()
    assert (row.state, row.detail) == ("failed", "Moved away.")
    kept = models.DeliveryEvent.objects.get(pk=event)
    assert kept.dispatch_id is None, "the report stays as it came"
    assert kept.decision.dispatch_id == row.pk
    said = models.Diary.objects.get(kind="note.written", subject_id=row.pk)
    assert "House's own number." in said.particulars["text"]


def test_an_unknown_word_gets_the_meaning_that_a_person_reads_in_it(made: Season) -> None:
    row = made.dispatch(made.letter)
    event = report("e2", Outcome.UNREADABLE, key=row.key)
    parked.place(event, Meaning(row.pk, Outcome.DELIVERED), remark="", **WHO)
    row.refresh_from_db()
    assert row.state == "delivered"


def test_what_is_laid_aside_changes_nothing(made: Season) -> None:
    event = report("e3")
    before = list(models.Dispatch.objects.values_list("pk", "state"))
    parked.place(event, None, remark="Of another house.", **WHO)
    assert list(models.Dispatch.objects.values_list("pk", "state")) == before
    assert models.ReportDecision.objects.get().means == ""


def test_a_report_is_placed_once(made: Season) -> None:
    row, event = made.dispatch(made.letter), report("e4")
    parked.place(event, None, remark="", **WHO)
    with pytest.raises(AlreadyPlaced):
        parked.place(event, Meaning(row.pk, Outcome.RETURNED), remark="", **WHO)


def test_what_the_machine_placed_stays_placed(made: Season) -> None:
    row = made.dispatch(made.letter)
    event = report("e5", Outcome.DELIVERED, key=row.key)
    with pytest.raises(NotParked):
        parked.place(event, Meaning(row.pk, Outcome.RETURNED), remark="", **WHO)


def test_a_failed_one_that_was_sent_again_falls_back_from_the_new_one(made: Season) -> None:
    """The new walk begins with the channel chosen; the old one does not move any more."""
    row = made.dispatch(made.mine)
    models.Dispatch.objects.filter(pk=row.pk).update(state="failed")
    new = resend.resend(wanted(row), **WHO)
    distribution.fall_back([row.pk], at=LATER + timedelta(hours=1), actor="belt")
    assert models.Dispatch.objects.filter(invoice=made.mine).count() == 2
    assert new.state == "queued"
