"""Recourse is put off once, however many end the day, and not for what the debtor objects to."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests import world
from tests.actions.test_races import at_once
from tests.belt import drain, receive
from usance import models
from usance.actions import disputes, refactoring
from usance.domain.finance import Refactoring
from usance.domain.journal import Account
from usance.domain.mandate import Role
from usance.jobs import day
from usance.queries import amounts, doctor

DUE = datetime(2026, 6, 30, 17, tzinfo=UTC)  # The day after the recourse period of sixty days.
OFF = Refactoring(days=30, fee_rate=Decimal("0.01"), times=2)


@pytest.mark.django_db(transaction=True)
def test_day_ends_at_once_put_it_off_once() -> None:
    place = world.build()
    old = place.acme.facilities.get(known_to=None)
    priced = replace(old.agreement().charges, vat_rate=Decimal("0.19"))
    said = replace(old.agreement(), refactoring=OFF, charges=priced)
    world.agree(place.acme, said, corrects=old.pk)
    receive(
        world.paper(place.acme, place.bolt), world.paper(place.acme, place.kaufmann, number="R-2")
    )
    drain(send=False)
    late, objected = models.Invoice.objects.order_by("number")
    disputes.open_dispute(
        objected.pk, reason="Damaged", role=Role.COLLECTION, at=world.NOW, actor="user:c"
    )
    ids = [late.pk, objected.pk]

    def put_off() -> set[object]:
        return set(refactoring.put_off(ids, at=DUE, actor="day"))

    assert at_once(put_off, put_off, put_off, put_off) == [{late.pk}] * 4
    row = models.Refactored.objects.get()
    assert (row.turn, row.fee_minor, row.vat_minor) == (1, 100_00, 19_00)
    assert amounts.of_invoices(Account.CLIENT_CLAIMS, ids) == {late.pk: 119_00}

    done = day.end(at=DUE)
    assert (done.refactored, done.repurchases) == (0, 1)
    objected.refresh_from_db()
    assert objected.stage == "repurchased"
    assert {one.rule for one in doctor.examine() if not one.kept} <= {"M24"}
