"""A reminder that waits, failed or is to be sent again while its invoice is paid asks no more."""

from datetime import datetime, timedelta

import pytest

from tests.actions.test_plans import Late, at, late, pay, reminded
from tests.belt import drain
from usance import models
from usance.actions import distribution, portal, reports, resend
from usance.domain.collection.promises import Word
from usance.domain.distribution import DeliveryEvent, Kind, Outcome
from usance.domain.mandate import Role
from usance.queries import channels, overdue, parcels, sent

pytestmark = pytest.mark.django_db


def reminder() -> tuple[Late, models.Dispatch]:
    """Bolt is reminded by e-mail, the carrier has not been called yet."""
    row = late()
    assert reminded(row, 6) == 1
    return row, models.Dispatch.objects.get(paper="reminder")


def bounced(row: models.Dispatch, moment: datetime) -> None:
    models.Dispatch.objects.filter(pk=row.pk).update(state="accepted", attempt=1, handed_at=at(6))
    told = DeliveryEvent(
        id=f"b-{row.key}", key=row.key, reference="", outcome=Outcome.BOUNCED, at=moment,
        code="5.1.1", detail="No such user.",
    )  # fmt: skip
    reports.take_events("smtp", [told], at=moment, actor="carrier:smtp")
    drain(send=False, at=moment)


def papers() -> list[tuple[str, str]]:
    rows = models.Dispatch.objects.filter(paper="reminder").order_by("pk")
    return list(rows.values_list("kind", "state"))


def test_a_reminder_that_bounced_goes_on_while_the_invoice_is_open() -> None:
    _, row = reminder()
    bounced(row, at(8))
    assert papers() == [("email", "failed"), ("letter", "queued")]


def test_a_reminder_that_bounced_after_the_payment_goes_no_further() -> None:
    paid, row = reminder()
    pay(paid, "1000.00", at(7))
    bounced(row, at(8))

    assert papers() == [("email", "failed")]
    assert not models.Hold.objects.filter(closed_at=None).exists(), "nor is anybody asked"
    row.refresh_from_db()
    (after,) = channels.followed([row], today=at(8).date()).values()
    assert (after.dispatch, after.over) == (None, "The invoice is paid.")
    assert sent.kinds_for(row) == []
    with pytest.raises(resend.NotNeeded):
        resend.resend(
            resend.Wanted(dispatch=row.pk, kind=Kind.LETTER, reason="Audit."),
            role=Role.COLLECTION, at=at(8), actor="user:mia",
        )  # fmt: skip
    invoice = models.Dispatch.objects.select_related("invoice__debtor").get(paper="invoice")
    assert Kind.LETTER in sent.kinds_for(invoice), "a copy for the books may be wanted"


def test_a_reminder_that_bounced_waits_with_the_debtors_word() -> None:
    said, row = reminder()
    portal.says(said.dispatch.pk, word=Word.PAID, on=None, text="", at=at(7))
    bounced(row, at(8))
    assert papers() == [("email", "failed")]


def test_a_reminder_that_waits_for_its_carrier_is_taken_back_when_the_debtor_pays() -> None:
    paid, row = reminder()
    pay(paid, "1000.00", at(7))

    distribution.send([row.pk], at=at(7) + timedelta(hours=1), actor="belt")

    row.refresh_from_db()
    assert (row.state, row.detail, row.sealed) == ("cancelled", "The invoice is paid.", None)
    noted = models.Diary.objects.filter(subject_id=row.pk).order_by("pk")
    assert noted.last() is not None
    assert noted.last().kind == "dispatch.cancelled"  # type: ignore[union-attr]  # As above.


def test_a_reminder_that_a_person_sends_in_spite_of_the_debtors_word_goes_out() -> None:
    said, row = reminder()
    portal.says(said.dispatch.pk, word=Word.PAID, on=None, text="", at=at(6))
    row = models.Dispatch.objects.select_related("invoice").get(pk=row.pk)
    assert overdue.needless([row], today=at(6).date(), is_new=True) == {}
    assert row.pk in overdue.needless([row], today=at(6).date()), "but it goes no further"


def test_a_reminder_is_sent_again_from_any_of_its_deliveries() -> None:
    """The figures that it prints went on with the ladder to the letter."""
    _, row = reminder()
    bounced(row, at(8))
    letter = models.Dispatch.objects.get(paper="reminder", kind="letter")
    models.Dispatch.objects.filter(pk=letter.pk).update(state="accepted", attempt=1)
    again = resend.resend(
        resend.Wanted(dispatch=row.pk, kind=Kind.LETTER, reason="Asked for it."),
        role=Role.COLLECTION, at=at(9), actor="user:mia",
    )  # fmt: skip

    (due,) = parcels.queued([again.pk])
    assert "noch keinen Zahlungseingang" in parcels.made(due, parcels.ours()).text
