"""A client chooses, we offer, it accepts: the offer is the settlement to the cent, and what changed
meanwhile stops it with a code."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests import world
from tests.actions.test_races import at_once, kept
from tests.belt import drain, receive
from tests.stories.reading import Step
from tests.stories.telling import Teller
from usance import models
from usance.actions import disputes, eligibility, offers, parties
from usance.domain.credit.eligibility import Agreed
from usance.domain.events import Kind
from usance.domain.finance import Agreement, Buying, Charges, How, Interest
from usance.domain.finance.offering import State
from usance.domain.invoice import Stage
from usance.domain.mandate import ContentChanged, NotAllowed, Role, SecondPersonNeeded
from usance.domain.money import Money
from usance.domain.refusal import Refusal
from usance.jobs import day
from usance.queries import offers as query
from usance.queries import overdue

pytestmark = pytest.mark.django_db
CLIENT = {"role": Role.CLIENT, "at": world.NOW, "actor": "user:acme"}
NEXT_DAY = world.NOW + timedelta(days=1)
ALL = Buying(how=How.ASKED, instant=10**9)
BY_PEOPLE = Buying(how=How.ASKED)


@pytest.fixture
def place() -> world.World:
    return world.build()


def chooses(client: models.Client, how: Buying, **more: object) -> None:
    """From now on the client chooses what it sells."""
    old = client.facilities.get(known_to=None)
    said: Agreement = replace(old.agreement(), buying=how, **more)
    world.agree(client, said, corrects=old.pk)


def hand_in(client: models.Client, debtor: models.Debtor, **papers: str) -> list[models.Invoice]:
    """Numbers with underscores and their amounts, verified."""
    currency = client.facilities.get(known_to=None).currency
    receive(
        *(
            world.paper(
                client, debtor, number=number.replace("_", "-"), gross=gross, currency=currency
            )
            for number, gross in papers.items()
        )
    )
    drain(send=False)
    wanted = [number.replace("_", "-") for number in papers]
    return list(models.Invoice.objects.filter(number__in=wanted).order_by("pk"))


def asked(client: models.Client, rows: list[models.Invoice], **signed: Any) -> models.Offer:
    return offers.ask(client.pk, [row.pk for row in rows], **CLIENT | signed)


def content(row: models.Offer, *, today: date = world.TODAY) -> str:
    """What whoever looks at it today sends back."""
    from usance.domain.finance import offering

    found = query.matching().get(pk=row.pk)
    lines = query.priced(found, today=today)
    return offering.content(row.client_id, row.facility_id, lines)


def accept(row: models.Offer, *, at: datetime = world.NOW) -> models.Offer:
    return offers.accept(row.pk, seen=content(row, today=at.date()), **CLIENT | {"at": at})


def decide(row: models.Offer, who: str, **more: Any) -> models.Offer:
    seen = more.pop("seen", content(row))
    signed = {"role": Role.CREDIT, "at": world.NOW, "actor": who}
    return offers.decide(row.pk, agrees=more.pop("agrees", True), seen=seen, **signed | more)


def stages(*rows: models.Invoice) -> set[str]:
    return {models.Invoice.objects.get(pk=row.pk).stage for row in rows}


def test_the_offer_is_the_settlement_to_the_cent() -> None:
    """Service fee, interest at 8 % and tax at 25 %: asked, accepted a day later, paid when due."""
    teller = Teller()
    acme = teller.place.acme
    timed = Charges(interest=Interest(margin=Decimal("0.08")), vat_rate=Decimal("0.25"))
    chooses(acme, ALL, charges=timed)
    rows = hand_in(acme, teller.place.bolt, R_1="10000.00", R_2="9999.99")
    assert stages(*rows) == {Stage.VERIFIED}
    row = asked(acme, rows)
    assert (row.state, row.instant, row.valid_through) == (
        State.OFFERED, True, NEXT_DAY.date(),
    )  # fmt: skip
    first = row.cost_minor
    row = accept(row, at=NEXT_DAY)
    # A day less until the due date costs a day of interest less: 1.78 for each of both.
    assert (first - row.cost_minor, row.cost_minor, row.advance_minor) == (356, 58122, 1_599_999)
    said = {one.invoice_id: one for one in row.lines.all()}
    for one in rows:
        teller.tell(
            Step(
                on=date(2026, 4, 30), word="pays", moves=(), line=0,
                says={"": f"{one.face.decimal} EUR", "quoting": one.number},
            )
        )  # fmt: skip
    for one in models.Invoice.objects.filter(pk__in=said).select_related("funding", "settlement"):
        told, end = said[one.pk], one.settlement
        assert one.stage == Stage.SETTLED
        assert (one.funding.advance_minor, one.funding.reserve_minor) == (
            told.advance_minor, told.reserve_minor,
        )  # fmt: skip
        assert (end.interest_minor, end.vat_minor, end.rebate_minor) == (
            told.interest_minor, told.vat_minor, told.rebate_minor,
        )  # fmt: skip
        assert end.fee_minor == told.fees_minor + told.interest_minor + told.vat_minor
    due = models.Balance.objects.filter(account="2200", client=acme)
    assert sum(one.credit_minor - one.debit_minor for one in due) == 1_999_999 - row.cost_minor
    assert kept() == []


def test_a_facility_that_leaves_no_choice_buys_as_before(place: world.World) -> None:
    (row,) = hand_in(place.acme, place.bolt, R_1="100.00")
    assert stages(row) == {Stage.FUNDED}
    assert not models.Diary.objects.filter(kind=Kind.INVOICE_WAITING.value).exists()


def test_where_the_terms_say_so_we_offer_by_ourselves_what_fits(place: world.World) -> None:
    """Kaufmann is good for EUR 20 000: the second invoice stays with the client to ask for."""
    chooses(place.acme, Buying(how=How.OFFERED, instant=1_500_000))
    rows = hand_in(place.acme, place.kaufmann, R_1="15000.00", R_2="9000.00")
    row = models.Offer.objects.get()
    assert (row.state, row.asked_by) == (State.OFFERED, "belt")
    assert [one.invoice_id for one in row.lines.all()] == [rows[0].pk]
    with pytest.raises(offers.NotBuyable) as no:
        asked(place.acme, rows)
    assert [one.code for one in no.value.findings] == ["offer_invoice_taken"]
    accept(row)
    assert stages(rows[0]) == {Stage.FUNDED}
    assert stages(rows[1]) == {Stage.VERIFIED}


def test_above_the_mandate_two_people_decide_on_what_they_saw(place: world.World) -> None:
    chooses(place.acme, BY_PEOPLE)
    rows = hand_in(place.acme, place.bolt, R_1="10000.00")
    row = asked(place.acme, rows)
    assert (row.state, row.instant) == (State.ASKED, False)
    with pytest.raises(offers.NotOpen):
        accept(row)
    with pytest.raises(NotAllowed):
        decide(row, "user:cash", role=Role.CASH)
    with pytest.raises(ContentChanged):
        decide(row, "user:one", seen="0" * 64)
    row = decide(row, "user:one")
    assert row.state == State.PREPARED
    with pytest.raises(SecondPersonNeeded):
        decide(row, "user:one via us_1")
    with pytest.raises(ContentChanged):
        decide(row, "user:two", seen="0" * 64)
    row = decide(row, "user:two")
    assert (row.state, row.prepared_by, row.decided_by) == (
        State.OFFERED, "user:one", "user:two",
    )  # fmt: skip
    accept(row)
    assert stages(*rows) == {Stage.FUNDED}


def test_what_an_officer_asks_for_a_client_he_does_not_approve(place: world.World) -> None:
    chooses(place.acme, BY_PEOPLE)
    rows = hand_in(place.acme, place.bolt, R_1="10000.00")
    row = asked(place.acme, rows, role=Role.FINANCE, actor="user:one")
    assert (row.state, row.prepared_by) == (State.PREPARED, "user:one")
    with pytest.raises(SecondPersonNeeded):
        decide(row, "user:one", role=Role.FINANCE)
    row = decide(row, "user:two", agrees=False, remark="Not this debtor.")
    assert row.state == State.REFUSED
    assert asked(place.acme, rows).state == State.ASKED  # Free again.


def test_without_cover_it_is_offered_with_recourse_and_taken_back_by_then(
    place: world.World,
) -> None:
    """Nord sells without recourse; its debtor is good for SEK 500 000, and 400 000 are owed."""
    chooses(place.nord, replace(ALL, fallback_days=20))
    rows = hand_in(place.nord, place.tre_kronor, S_1="400000.00", S_2="150000.00")
    said = query.considered(place.nord.pk, [one.pk for one in rows], today=world.TODAY)
    assert [(one.fallback, one.line.recourse_days, one.no) for one in said.chosen] == [
        (False, None, ()), (True, 20, ()),
    ]  # fmt: skip
    accept(asked(place.nord, rows))
    assert stages(*rows) == {Stage.FUNDED}
    own = models.Funding.objects.values_list("recourse_days", flat=True).order_by("pk")
    assert list(own) == [None, 20]
    assert overdue.past_recourse(today=date(2026, 5, 20)) == []
    assert overdue.past_recourse(today=date(2026, 5, 21)) == [rows[1].pk]
    assert kept() == []


def disputed(place: world.World, row: models.Invoice) -> None:
    signed = {"role": Role.COLLECTION, "at": world.NOW, "actor": "user:c"}
    disputes.open_dispute(row.pk, reason="Wrong goods", **signed)


def less_limit(place: world.World, row: models.Invoice) -> None:
    parties.set_limit(
        place.bolt.pk, Money.of("9999.99", "EUR"), source="Bureau", role=Role.CREDIT,
        at=world.NOW, actor="user:credit",
    )  # fmt: skip


def less_headroom(place: world.World, row: models.Invoice) -> None:
    eligibility.agree(
        place.acme.pk, "EUR", replace(Agreed(), retention_minor=1), valid_from=date(2026, 1, 1),
        reason="Frame contract", role=Role.CREDIT, at=world.NOW, actor="user:credit",
    )  # fmt: skip


def other_terms(place: world.World, row: models.Invoice) -> None:
    chooses(place.acme, ALL, fee_rate=Decimal("0.02"))


def declined(place: world.World, row: models.Invoice) -> None:
    offers.decline(models.Offer.objects.get().pk, **CLIENT)


def insolvent(place: world.World, row: models.Invoice) -> None:
    models.Debtor.objects.filter(pk=place.bolt.pk).update(insolvent_on=world.TODAY)


@pytest.mark.parametrize(
    ("meanwhile", "code", "named"),
    [
        (disputed, "offer_not_buyable", ["offer_invoice_disputed"]),
        (less_limit, "offer_not_buyable", ["inside_the_debtor_limit"]),
        (less_headroom, "offer_not_buyable", ["exceeds_availability"]),
        (insolvent, "offer_not_buyable", ["debtor_is_solvent"]),
        (other_terms, "offer_terms_changed", []),
        (declined, "offer_not_open", []),
    ],
)
def test_what_changed_meanwhile_stops_it_and_nothing_is_written(
    place: world.World,
    meanwhile: Callable[[world.World, models.Invoice], None],
    code: str,
    named: list[str],
) -> None:
    chooses(place.acme, ALL)
    (row,) = hand_in(place.acme, place.bolt, R_1="10000.00")
    offer = asked(place.acme, [row])
    meanwhile(place, row)
    with pytest.raises(Refusal) as no:
        accept(offer)
    assert (no.value.code, bool(no.value.todo)) == (code, True)
    assert [one.code for one in getattr(no.value, "findings", ())] == named
    assert stages(row) == {Stage.VERIFIED}
    assert not models.Move.objects.filter(invoice=row).exists()


def test_after_its_last_day_it_is_over_and_the_invoices_are_free(place: world.World) -> None:
    chooses(place.acme, ALL)
    rows = hand_in(place.acme, place.bolt, R_1="10000.00")
    offer = asked(place.acme, rows)
    late = world.NOW + timedelta(days=2)
    with pytest.raises(offers.OfferOver):
        accept(offer, at=late)
    # Whoever asks again need not wait for the day's end.
    again = asked(place.acme, rows, at=late)
    offer.refresh_from_db()
    assert (offer.state, again.state) == (State.EXPIRED, State.OFFERED)
    assert day.end(at=datetime(2026, 3, 6, 20, tzinfo=UTC)).offers_over == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_accept_at_once_buy_once_and_never_beyond_the_limit() -> None:
    """Of one offer one acceptance stands. Of two offers for EUR 30 000 each against a limit of
    EUR 50 000 one."""
    place = world.build()
    chooses(place.acme, ALL)
    rows = hand_in(place.acme, place.bolt, R_1="30000.00", R_2="30000.00")
    made = [asked(place.acme, [one]) for one in rows]
    seen = [content(one) for one in made]

    def take(number: int) -> Callable[[], models.Offer]:
        return lambda: offers.accept(made[number].pk, seen=seen[number], **CLIENT)

    answers = at_once(take(0), take(0), take(1))
    codes = sorted(getattr(one, "code", "accepted") for one in answers)
    assert codes.count("accepted") == 1, answers
    assert models.Funding.objects.count() == 1
    assert models.Offer.objects.filter(state=State.ACCEPTED).count() == 1
    assert kept() == []
