"""Bought in confidence: the debtor hears nothing of us until terms hold that tell it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests import world
from tests.actions import test_debits as debiting
from tests.actions import test_issuing as drafting
from tests.actions import test_questions as asking
from tests.belt import drain, receive
from tests.letters.reading import flowing
from usance import models
from usance.actions import collection, holds, questions
from usance.domain.finance import DebtorNotTold, Product
from usance.domain.mandate import Role
from usance.domain.verification.questions import Channel
from usance.jobs import day
from usance.queries import parcels
from usance.queries.issuing import findings
from usance.queries.reports import catalogue, papers

pytestmark = pytest.mark.django_db
LATE = datetime(2026, 4, 20, 9, tzinfo=UTC)
DAY = timedelta(days=1)
DUE = date(2026, 3, 20)
QUIET, OPEN = Product.CONFIDENTIAL, Product.RECOURSE


def agreed(product: Product = QUIET) -> world.World:
    place = world.build()
    agree(place, product)
    return place


def agree(place: world.World, product: Product, *, on: date | None = None) -> None:
    """Acme's terms are of that product from their first day on, or from another."""
    old = place.acme.facilities.get(known_to=None)
    said = replace(old.agreement(), product=product, valid_from=on or old.valid_from, keeping=None)
    world.agree(place.acme, said, corrects=None if on else old.pk)


def bought(product: Product = QUIET) -> tuple[world.World, models.Invoice]:
    place = agreed(product)
    receive(world.paper(place.acme, place.bolt, due_on=DUE))
    drain(send=False)
    row = models.Invoice.objects.get()
    assert row.stage == "funded"
    return place, row


def kinds(row: models.Invoice) -> list[str]:
    return list(models.Diary.objects.filter(invoice=row).order_by("id").values_list("kind", flat=1))


@pytest.mark.parametrize(("product", "papers"), [(OPEN, 1), (QUIET, 0)])
def test_nothing_is_sent_reminded_or_collected_of_what_is_confidential(
    product: Product, papers: int
) -> None:
    place, row = bought(product)
    assert row.dispatches.count() == papers
    assert kinds(row).count("dispatch.withheld") == 1 - papers
    assert day.end(at=LATE).reminders == papers
    debiting.collects()
    debiting.confirmed(debiting.entered(place))
    assert len(debiting.planned()) == papers


def test_a_person_does_not_remind_of_it_either() -> None:
    _, row = bought()
    with pytest.raises(DebtorNotTold):
        collection.remind_now(row.pk, role=Role.COLLECTION, at=LATE, actor=world.OFFICER)
    assert not models.Reminder.objects.exists()


def test_when_terms_tell_the_debtor_gets_a_notice_and_only_then_reminders() -> None:
    place, row = bought()
    agree(place, OPEN, on=LATE.date())
    before = day.end(at=LATE - DAY)
    assert (before.disclosed, before.reminders) == (0, 0)
    told = day.end(at=LATE)
    assert (told.disclosed, told.reminders) == (1, 0)
    sent = row.dispatches.get()
    assert sent.paper == "notice"
    (queued,) = parcels.queued([sent.pk])
    letter = parcels.made(queued, parcels.ours())
    assert letter.subject.startswith("Abtretungsanzeige")
    assert [one.name for one in letter.attachments] == ["notice-R-1.pdf"]
    after = day.end(at=LATE + DAY)
    assert (after.disclosed, after.reminders) == (0, 1)


def test_what_was_bought_openly_stays_open_when_terms_become_confidential() -> None:
    place, row = bought(OPEN)
    agree(place, QUIET, on=LATE.date())
    assert day.end(at=LATE).reminders == 1
    assert row.dispatches.count() == 2  # The invoice, and its reminder.


def test_whom_the_policy_would_ask_a_person_looks_at_instead() -> None:
    place = agreed()
    asking.allow(asking.FIRST)
    receive(world.paper(place.acme, place.bolt))
    drain(send=False)
    assert not models.Question.objects.exists()
    held = models.Hold.objects.get(closed_at=None)
    assert [one["code"] for one in held.findings] == ["debtor_not_asked"]
    holds.release(
        held.pk, role=Role.CREDIT, remark="Saw the delivery note.", at=world.NOW, actor="user:c"
    )
    drain(send=False)
    assert models.Invoice.objects.get().stage == "funded"


def test_a_question_of_before_is_not_put_any_more() -> None:
    row = asking.picked()
    old = row.client.facilities.get(known_to=None)
    world.agree(row.client, replace(old.agreement(), product=QUIET), corrects=old.pk)
    with pytest.raises(DebtorNotTold):
        questions.ask(row.pk, channel=Channel.CALL, to="+49 40 1", **asking.SIGNED)


def test_we_do_not_issue_what_would_name_us() -> None:
    place = agreed()
    row = drafting.draft(place)
    codes = [one.code for one in findings(row, today=world.TODAY)]
    assert codes == ["confidential_not_issued"]


def test_whom_no_notice_reaches_a_person_finds_and_only_the_notice_is_sent() -> None:
    place, row = bought()
    models.Debtor.objects.filter(pk=place.bolt.pk).update(email="", street="")
    agree(place, OPEN, on=LATE.date())
    assert [day.end(at=LATE).disclosed, day.end(at=LATE).disclosed] == [1, 0]
    held = row.holds.get(closed_at=None)
    assert [one["code"] for one in held.findings] == ["nobody_reached"]
    models.Debtor.objects.filter(pk=place.bolt.pk).update(email="neu@bolt.example")
    holds.release(held.pk, role=Role.CREDIT, remark="Called.", at=LATE, actor=world.OFFICER)
    drain(send=False, at=LATE)
    assert [one.paper for one in row.dispatches.all()] == ["notice"]


def test_a_statement_tells_a_debtor_nothing_of_what_was_bought_in_confidence() -> None:
    place, _ = bought(OPEN)  # R-1, which it knows.
    agree(place, QUIET)
    receive(world.paper(place.acme, place.bolt, number="R-77"))
    drain(send=False)
    assert models.Invoice.objects.get(number="R-77").stage == "funded"
    asked = {"debtor": str(place.bolt.pk), "on": LATE.date().isoformat()}
    items, paid = (
        catalogue.ask(catalogue.report(name), asked, at=LATE) for name in ("open-items", "payments")
    )
    said = flowing(papers.debtor(items, paid, language="en", at=LATE))
    assert ("R-1 " in said, "R-77" in said) == (True, False)
    assert "Nothing" not in said
