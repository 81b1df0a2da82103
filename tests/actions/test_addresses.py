"""Spoilt addresses are not used until a person lifts them; corrected ones wait for a person."""

import pytest

from tests import belt, world
from tests.walks import NOW, SIGNED, at_once, bought, handed, kinds, said, sent, tell
from usance import models
from usance.actions import addresses
from usance.domain.distribution import Outcome, State
from usance.domain.mandate import NotAllowed, Role

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def told() -> world.World:
    return world.build()


def test_a_bounce_spoils_the_address_for_everybody_until_it_is_lifted(told: world.World) -> None:
    invoice = bought(told, told.bolt)
    handed(sent(invoice))
    bounce = said(sent(invoice), Outcome.BOUNCED, code="5.1.1", detail="No such user.")
    tell(bounce, bounce)
    spoilt = models.Suppression.objects.get()
    assert (spoilt.address, spoilt.because) == (
        "rechnung@bolt.example", "Mail to it bounced for good. No such user.",
    )  # fmt: skip
    other = bought(told, told.bolt, "R-2", gross="1000.00")
    assert sent(other).kind == "letter"
    no = {one["kind"]: one for one in sent(other).left_out}["email"]
    assert no["code"] == "suppressed"
    assert no["because"].endswith("No such user. A person can lift it.")
    addresses.lift(spoilt.pk, remark="They renamed it back.", **SIGNED)
    third = bought(told, told.bolt, "R-3", gross="1000.00")
    assert sent(third).kind == "email"
    tell(bounce)  # Told again, it spoils nothing that a person has lifted.
    assert models.Suppression.objects.filter(lifted_at=None).count() == 0


def test_the_same_bounce_twice_at_once_spoils_once(told: world.World) -> None:
    invoice = bought(told, told.bolt)
    bounce = said(sent(invoice), Outcome.BOUNCED, code="5.1.1")
    at_once(lambda: tell(bounce), 4)
    assert models.Suppression.objects.count() == 1
    assert kinds(invoice).count("dispatch.failed") == 1
    assert kinds(invoice).count("address.suppressed") == 1


def test_lifting_takes_the_role_and_a_reason(told: world.World) -> None:
    tell(said(sent(bought(told, told.bolt)), Outcome.BOUNCED))
    spoilt = models.Suppression.objects.get()
    with pytest.raises(NotAllowed):
        addresses.lift(spoilt.pk, remark="x", role=Role.CASH, at=NOW, actor="user:x")
    with pytest.raises(addresses.ReasonMissing):
        addresses.lift(spoilt.pk, remark=" ", **SIGNED)
    addresses.lift(spoilt.pk, remark="x", **SIGNED)
    with pytest.raises(addresses.AlreadyLifted):
        addresses.lift(spoilt.pk, remark="x", **SIGNED)


RETURNED = "Neue Straße 8, 50668 Köln"


def returned(told: world.World) -> models.Invoice:
    """A letter came back with a better address; nothing else reaches the debtor."""
    invoice = bought(told, told.kaufmann)
    handed(sent(invoice))
    tell(said(sent(invoice), Outcome.RETURNED, detail="Moved.", corrected_address=RETURNED))
    belt.drain(send=False)
    return invoice


def test_a_corrected_address_is_proposed_accepted_and_cures(told: world.World) -> None:
    invoice = returned(told)
    assert models.Hold.objects.get(closed_at=None).findings[0]["code"] == "nobody_reached"
    proposal = models.AddressProposal.objects.get()
    assert proposal.columns == {
        "street": "Neue Straße 8", "postcode": "50668", "city": "Köln", "country": "DE",
    }  # fmt: skip
    addresses.accept(proposal.pk, **SIGNED)
    belt.drain(send=False)
    told.kaufmann.refresh_from_db()
    assert told.kaufmann.street == "Neue Straße 8"
    assert sent(invoice).address["street"] == "Neue Straße 8"
    assert (sent(invoice).state, sent(invoice).rung) == (State.QUEUED, 0)
    assert not models.Hold.objects.filter(closed_at=None).exists()
    with pytest.raises(addresses.AlreadyDecided):
        addresses.decline(proposal.pk, **SIGNED)


def test_a_declined_address_is_not_proposed_again(told: world.World) -> None:
    invoice = returned(told)
    proposal = models.AddressProposal.objects.get()
    with pytest.raises(NotAllowed):
        addresses.accept(proposal.pk, role=Role.CASH, at=NOW, actor="user:x")
    addresses.decline(proposal.pk, remark="It is a branch.", **SIGNED)
    tell(said(sent(invoice), Outcome.RETURNED, 9, corrected_address=RETURNED))
    assert models.AddressProposal.objects.count() == 1
    told.kaufmann.refresh_from_db()
    assert told.kaufmann.street == "Am Markt 3"


def test_an_address_that_only_a_person_can_read_is_written_by_one(told: world.World) -> None:
    invoice = bought(told, told.kaufmann)
    tell(said(sent(invoice), Outcome.RETURNED, corrected_address="moved across the river"))
    proposal = models.AddressProposal.objects.get()
    assert proposal.columns == {}
    with pytest.raises(addresses.NotAnAddress):
        addresses.accept(proposal.pk, **SIGNED)
    for no in ({"country": "Sverige"}, {"postcode": "5" * 21}, {"street": "x" * 201}):
        with pytest.raises(addresses.NotAnAddress):
            addresses.accept(proposal.pk, columns={"street": "A", "city": "B"} | no, **SIGNED)
    said_by_phone = {"street": "Deutzer Weg 1", "city": "Köln", "wish": "email"}
    addresses.accept(proposal.pk, columns=said_by_phone, **SIGNED)
    told.kaufmann.refresh_from_db()
    assert (told.kaufmann.street, told.kaufmann.wish) == ("Deutzer Weg 1", "")
