"""Undertakings of debtors: what they let go on, what they refuse, and that nothing undoes them."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from tests import world
from tests.belt import drain, receive
from tests.stories.reading import Step
from tests.stories.telling import Teller
from usance import letters, models
from usance.actions import (
    allocations,
    collection,
    disputes,
    reports,
    short_payments,
    undertakings,
    write_offs,
)
from usance.actions.documents import Content
from usance.actions.undertakings import Approved
from usance.domain.credit.undertaking import Means
from usance.domain.distribution import Paper, Response, Stance
from usance.domain.journal import Account
from usance.domain.mandate import NotAllowed, Role
from usance.domain.money import Money
from usance.domain.payment import Follows, Reason
from usance.domain.settlement.losses import Cause
from usance.letters import figures
from usance.letters.facts import InvoiceLetter, Reminder
from usance.letters.mail import mail
from usance.queries import amounts, parcels

pytestmark = pytest.mark.django_db
LIST = Content(data=b"[]", media_type="application/json", name="approved.json")
BY: dict[str, Any] = {
    "means": Means.API, "proof": LIST, "role": Role.CREDIT, "at": world.NOW, "actor": "user:credit",
}  # fmt: skip
DUE = date(2026, 4, 30)


def confirming() -> Teller:
    teller = Teller()
    teller.tell(Step(world.TODAY, "confirms", {"": "discount", "of": "0.06"}, (), 0))
    return teller


def approved(
    place: world.World, number: str = "R-1", amount: str = "10000", due_on: date = DUE
) -> Approved:
    return Approved(
        client=place.acme.pk, number=number, amount=Money.of(amount, "EUR"), due_on=due_on
    )


def codes(debtor: models.Debtor, *lines: Approved, **by: Any) -> Sequence[str]:
    found = undertakings.take(debtor.pk, lines, **{**BY, **by})
    drain(send=False)
    return [no.code if no else "" for no in found]


def stage(number: str = "R-1") -> str:
    return models.Invoice.objects.get(number=number).stage


def why(number: str = "R-1") -> list[str]:
    hold = models.Hold.objects.get(invoice__number=number, closed_at=None)
    return [one["says"] for one in hold.findings]


def test_a_list_may_come_first_and_only_what_fits_it_is_bought() -> None:
    place = confirming().place
    said = [
        approved(place, "R 001"), approved(place, "R-2", "900"), approved(place, "R-2", "1000"),
        approved(place, "R-3", due_on=date(2026, 5, 30)),
    ]  # fmt: skip
    assert codes(place.bolt, *said) == ["", "", "undertaking_twice", ""]
    for number, gross in (("R-001", "10000"), ("R-2", "1000"), ("R-3", "10000")):
        receive(world.paper(place.acme, place.bolt, number=number, gross=gross))
    drain(send=False)
    assert (stage("R-001"), stage("R-2"), stage("R-3")) == ("funded", "verified", "verified")
    sent = parcels.whole(models.Dispatch.objects.filter(invoice__number="R-001")).get()
    letter, language, told = parcels.letter_of(sent, parcels.ours())
    assert (letter, language) == ("confirmed", "de")
    assert isinstance(told, InvoiceLetter)
    clause = letters.clause(letter, language, told)
    assert "unwiderruflich verpflichtet" in clause
    assert "unverzüglich" not in clause, "nobody is asked to object to what he undertook"
    late = world.NOW + timedelta(days=60)
    mia: dict[str, Any] = {"role": Role.COLLECTION, "at": late, "actor": "user:mia"}
    part = Money.of("2000", "EUR")
    disputes.open_dispute(sent.invoice_id, reason="Scratched.", amount=part, **mia)
    collection.remind_now(sent.invoice_id, **mia)
    reminds = parcels.whole(models.Dispatch.objects.filter(paper=Paper.REMINDER)).get()
    letter, language, reminded = parcels.letter_of(reminds, parcels.ours())
    said = mail(letter, language, reminded).text
    assert "unwiderruflich verpflichtet" in said
    assert "sagen Sie es uns" not in said
    assert isinstance(reminded, Reminder)
    assert reminded.payable == Money.of("8000", "EUR") + reminded.interest
    assert figures.money(reminded.payable, language) in said
    assert f"sind {figures.money(part, language)} bestritten" in said
    assert why("R-2") == ["The debtor approved 900.00 EUR; it asks for 1000.00 EUR."]
    assert why("R-3") == ["The debtor approved it for 2026-05-30; it falls due on 2026-04-30."]
    # Before the purchase another one takes its place, and what waited goes on.
    assert codes(place.bolt, approved(place, "R-2", "1000")) == [""]
    assert stage("R-2") == "funded"
    assert models.Undertaking.objects.filter(number="R-2").count() == 2
    # After it, the same again is harmless and another one is refused.
    again = [approved(place, "R-2", "1000"), approved(place, "R-001", "9000")]
    assert codes(place.bolt, *again) == ["", "undertaking_stands"]


def test_another_debtor_approves_nothing_and_nobody_without_a_paper() -> None:
    place = confirming().place
    receive(world.paper(place.acme, place.bolt))
    drain(send=False)
    assert codes(place.kaufmann, approved(place)) == [""]
    assert why() == ["The debtor has not approved it irrevocably."]
    with pytest.raises(undertakings.NoProof):
        codes(place.bolt, approved(place), means=Means.DESK)
    empty = Content(data=b"", media_type="application/pdf", name="nothing.pdf")
    with pytest.raises(undertakings.NoProof):
        codes(place.bolt, approved(place), proof=empty)
    with pytest.raises(NotAllowed):
        codes(place.bolt, approved(place), role=Role.CASH)
    assert codes(place.bolt, approved(place, amount="0")) == ["undertaking_amount"]
    assert stage() == "verified"
    # Each debtor's word is its own: nobody's takes the place of another's.
    assert codes(place.bolt, approved(place)) == [""]
    assert stage() == "funded"
    assert models.Undertaking.objects.filter(ended_at=None).count() == 2


def test_what_waits_for_a_limit_as_well_goes_on_to_nobody_but_a_person() -> None:
    place = confirming().place
    receive(world.paper(place.acme, place.kaufmann, gross="30000"))
    drain(send=False)
    assert [one.split()[-1] for one in why()] == ["irrevocably.", "EUR."]
    assert codes(place.kaufmann, approved(place, amount="30000")) == [""]
    assert stage() == "verified"


def test_nothing_that_comes_later_is_the_clients() -> None:
    teller = confirming()
    place = teller.place
    assert codes(place.bolt, approved(place)) == [""]
    receive(world.paper(place.acme, place.bolt))
    drain(send=False)
    row = models.Invoice.objects.get(number="R-1")
    assert (row.funding.advance_minor, row.funding.reserve_minor) == (990167, 9833)
    teller.tell(Step(DUE, "pays", {"": "9500.00 EUR", "by": "bolt", "quoting": "R-1"}, (), 1))
    line = models.BankLine.objects.get()
    for follows in (Follows.CHARGE_BACK, Follows.CREDIT_NOTE):
        with pytest.raises(short_payments.UndertakingStands):
            short_payments.say(
                line.pk, row.pk, Reason.QUALITY, follows=follows, role=Role.CASH, at=world.NOW,
                actor="user:cash",
            )  # fmt: skip
    made = write_offs.propose(
        row.pk, cause=Cause.DISPUTE, reason="It never pays.", role=Role.FINANCE, at=world.NOW,
        actor="user:f",
    )  # fmt: skip
    assert (made.bearer, made.amount_minor, made.client_minor) == ("factor", 50000, 0)
    chief: dict[str, Any] = {"role": Role.ADMIN, "at": world.NOW, "actor": "user:chief"}
    write_offs.agree(made.pk, seen=write_offs.digest(made), **chief)
    allocations.undo([line.allocations.get().pk], **chief)
    owed = {account: amounts.of_invoices(account, [row.pk]).get(row.pk, 0)
            for account in (Account.CREDIT_LOSSES, Account.CLIENT_CLAIMS)}  # fmt: skip
    assert owed == {Account.CREDIT_LOSSES: 10_000_00, Account.CLIENT_CLAIMS: 0}


@pytest.mark.parametrize(
    ("stance", "after"),
    [
        (Stance.CONDITIONALLY_ACCEPTED, "verified"),
        (Stance.PAID, "verified"),
        (Stance.ACCEPTED, "funded"),
    ],
)
def test_what_a_buyers_system_accepts_for_good_is_undertaken(stance: Stance, after: str) -> None:
    place = confirming().place
    receive(world.paper(place.acme, place.bolt))
    drain(send=False)
    dispatch = models.Dispatch.objects.create(
        invoice=models.Invoice.objects.get(number="R-1"), paper="invoice", rung=0,
        kind="einvoice", carrier="hybrid", because="x", address={}, state="accepted",
        planned_at=world.NOW,
    )  # fmt: skip
    said = Response(
        id=f"{stance}", key=dispatch.key, reference="", stance=stance, at=world.NOW, reasons=(),
        text="",
    )  # fmt: skip
    reports.take_events("hybrid", [said], at=world.NOW, actor="carrier:hybrid")
    drain(send=False)
    assert stage() == after
