"""Schedules of assignment: written with the purchase, signed by the client, paid out after that."""

import json
from dataclasses import replace
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from tests import world
from tests.actions.test_crossing import FRIDAY, hand_in, rates
from tests.actions.test_races import at_once
from tests.belt import drain, receive
from tests.stories.telling import Teller
from usance import models
from usance.actions import buy_backs, finance, refunds, schedules
from usance.domain.finance import schedule as rule
from usance.domain.journal import Account
from usance.domain.mandate import ContentChanged, NotAllowed, Role
from usance.domain.money import Money
from usance.domain.refusal import Refusal
from usance.letters import assigned, seal
from usance.queries import amounts, doctor
from usance.queries import payouts as questions
from usance.queries import schedules as query
from usance.queries.parcels import stored


def bought(signers: int, *numbers: str) -> world.World:
    """Acme's invoices of 10,000.00 by Bolt, bought by terms that ask for so many signers."""
    place = world.build()
    world.capital("90000", "EUR")
    old = place.acme.facilities.get(known_to=None)
    if signers:
        said = replace(old.agreement(), schedule_signers=signers)
        world.agree(place.acme, said, corrects=old.pk)
    receive(*(world.paper(place.acme, place.bolt, number=number) for number in numbers))
    drain(send=False)
    return place


def sign(row: models.Schedule, who: str = "ellen", **other: Any) -> models.ScheduleSignature:
    asked: dict[str, Any] = {
        "client_id": row.client_id, "seen": row.digest, "words": query.intent(row),
        "name": who.title(), "address": "192.0.2.7", "agent": "Browser", "role": Role.CLIENT,
        "at": world.NOW, "actor": f"user:{who}",
    }  # fmt: skip
    return schedules.sign(row.pk, **(asked | other))


def proposed() -> list[int]:
    return [row.amount_minor for row in finance.propose_payouts(at=world.NOW, actor="day")]


def broken() -> set[str]:
    return {one.rule for one in doctor.examine() if not one.kept} - {"M24"}


@pytest.mark.django_db
def test_a_payout_waits_for_both_signers_and_the_paper_proves_them() -> None:
    place = bought(2, "R-1", "R-2")
    row = models.Schedule.objects.get()
    assert (row.invoices, row.face, row.advance) == (
        2, Money.of("20000", "EUR"), Money.of("16000", "EUR")
    )  # fmt: skip
    assert {one.schedule_id for one in models.Funding.objects.all()} == {row.pk}
    told = json.loads(row.manifest)
    assert told["totals"] == {
        "face": 2_000_000, "advance": 1_600_000, "reserve": 400_000, "fee": 30_000
    }  # fmt: skip
    assert [one["debtor"] for one in told["claims"]] == ["Bolt Maschinenbau AG"] * 2
    assert amounts.of_clients(Account.DUE_TO_CLIENTS, [place.acme.pk], "EUR") == {
        place.acme.pk: 16_000_00
    }

    assert proposed() == []
    (due,) = questions.due(at=world.NOW)
    assert (due.pays.minor, due.unsigned.minor) == (0, 16_000_00)
    assert [one.pk for one in query.to_sign(place.acme.pk)] == [row.pk]
    assert list(query.to_sign(place.nord.pk)) == []

    assert schedules.print_due(at=world.NOW) == 1
    sign(row)
    assert proposed() == []
    assert schedules.print_due(at=world.NOW) == 0
    sign(row, "max")
    (payout,) = finance.propose_payouts(at=world.NOW, actor="day")
    assert payout.amount_minor == 16_000_00
    seen = {payout.pk: payout.content}
    finance.release_payouts(
        seen, role=Role.FINANCE, pay_on=world.TODAY, at=world.NOW, actor="user:second"
    )
    assert schedules.print_due(at=world.NOW) == 1
    assert schedules.print_due(at=world.NOW) == 0

    paper = query.newest_paper(query.whole(row.pk, place.acme.pk) or row)
    assert paper is not None
    assert paper.signatures == 2
    pdf = stored(paper.document_id)
    found = assigned.checked(pdf)
    assert found.findings == ()
    assert found.digest == row.digest
    assert [one["name"] for one in found.signatures] == ["Ellen", "Max"]
    assert found.sealed is not None
    assert (found.sealed.intact, found.sealed.whole) == (True, True)
    assert broken() == set()

    spot = pdf.index(b"/Type /Catalog" if b"/Type /Catalog" in pdf else b"/Catalog")
    for altered, codes in (
        (pdf[:spot] + b"\n" + pdf[spot + 1 :], {"seal_broken"}),
        (pdf + b"\n% more", {"seal_not_whole"}),
    ):
        assert {one.code for one in assigned.checked(altered).findings} >= codes
    other = seal.made("Somebody", at=world.NOW)
    assert [one.code for one in assigned.checked(pdf, fingerprint=other.fingerprint).findings] == [
        "seal_of_another"
    ]


@pytest.mark.django_db
def test_what_proves_nothing_is_refused_and_nothing_waits_without_signers() -> None:
    place = bought(1, "R-1")
    row = models.Schedule.objects.get()
    for other, no in (
        ({"role": Role.FINANCE}, NotAllowed),
        ({"client_id": place.nord.pk}, models.Schedule.DoesNotExist),
        ({"seen": "0" * 64}, rule.NotWhatWasShown),
        ({"words": "Yes."}, rule.IntentMissing),
    ):
        with pytest.raises(no):
            sign(row, **other)
    assert not models.ScheduleSignature.objects.exists()
    sign(row)
    with pytest.raises(rule.SignedAlready):
        sign(row)
    with pytest.raises(rule.NothingToSign):
        sign(row, "max")
    for change in (
        lambda: models.Schedule.objects.update(digest="0" * 64),
        lambda: models.ScheduleSignature.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert proposed() == [8_000_00]

    receive(world.paper(place.nord, place.tre_kronor, number="N-1", currency="SEK"))
    drain(send=False)
    assert sorted(models.Schedule.objects.values_list("signers", flat=True)) == [0, 1]
    assert proposed() == [8_000_00, 8_500_00]
    assert broken() == set()


@pytest.mark.django_db
def test_a_proposal_of_what_is_not_signed_for_is_not_released() -> None:
    """As if it had been proposed by terms without signers, or written past the rules."""
    place = bought(1, "R-1")
    target = place.acme.accounts.get(closed_at=None)
    payout = models.Payout(
        client=place.acme, name=place.acme.name, iban=target.iban, scheme=target.scheme,
        amount_minor=8_000_00, set_off_minor=0, currency="EUR", proposed_at=world.NOW,
        proposed_by="day",
    )  # fmt: skip
    payout.content = refunds.content(payout)
    payout.save(force_insert=True)
    with pytest.raises(ContentChanged):
        finance.release_payouts(
            {payout.pk: payout.content}, role=Role.FINANCE, pay_on=world.TODAY, at=world.NOW,
            actor="user:second",
        )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_of_many_who_sign_at_once_as_many_are_taken_as_are_asked_for() -> None:
    bought(2, "R-1")
    row = models.Schedule.objects.get()

    def by(who: str) -> str:
        try:
            return sign(row, who).signer
        except Refusal as no:
            return no.code

    said = at_once(
        lambda: by("ellen"), lambda: by("ellen"), lambda: by("max"), lambda: by("eve"),
        lambda: schedules.print_due(at=world.NOW), lambda: schedules.print_due(at=world.NOW),
    )  # fmt: skip
    assert row.signatures.count() == 2
    assert len([one for one in said[:4] if str(one).startswith("user:")]) == 2
    schedules.print_due(at=world.NOW)
    assert list(row.papers.order_by("signatures").values_list("signatures", flat=True))[-1] == 2
    assert broken() == set()


@pytest.mark.django_db
def test_what_is_withheld_of_another_currency_is_what_it_came_to() -> None:
    """8 000 dollars of 10 000 are 6 400 euros at 1.25: they wait for the signature under the
    dollars, and the 8 000 euros for that under theirs. What goes back waits for nothing."""
    teller = Teller()
    teller.accepts({"": "USD", "with": "0"}, world.NOW)
    world.capital("90000", "EUR")
    acme = teller.place.acme
    old = acme.facilities.get(known_to=None)
    world.agree(acme, replace(old.agreement(), schedule_signers=1), corrects=old.pk)
    rates(FRIDAY, USD="1.25")
    hand_in(teller.place, "D-1", "10000.00")
    hand_in(teller.place, "R-1", "10000.00", "EUR")
    dollars = models.Schedule.objects.get(currency="USD")
    assert (dollars.currency, dollars.advance) == ("USD", Money.of("8000", "USD"))
    assert query.withheld([acme.pk], "EUR") == {acme.pk: Money.of("14400", "EUR")}
    assert query.withheld([acme.pk], "USD") == {}
    assert proposed() == []
    sign(dollars)
    assert query.withheld([acme.pk], "EUR") == {acme.pk: Money.of("8000", "EUR")}
    assert proposed() == [6400_00]

    asked: dict[str, Any] = {"role": Role.FINANCE, "at": world.NOW, "actor": "user:f"}
    row = models.Invoice.objects.get(number="R-1")
    made = buy_backs.quote(acme.pk, [row.pk], reason="Asked.", **asked)
    buy_backs.execute(made.pk, seen=made.content, **asked)
    assert query.withheld([acme.pk], "EUR") == {}
    assert broken() == set()
