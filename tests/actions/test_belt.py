"""Invoices walk down the belt, step by step, in batches."""

import pytest

from tests import world
from tests.belt import drain, receive
from usance import models
from usance.domain.journal import Account
from usance.queries import amounts, doctor

pytestmark = pytest.mark.django_db


def test_an_invoice_walks_from_intake_to_funding_and_out_of_the_door() -> None:
    place = world.build()
    receive(world.paper(place.acme, place.bolt))
    drain(send=False)

    (row,) = models.Invoice.objects.all()
    assert row.stage == "funded"
    assert [line.kind for line in models.Diary.objects.filter(invoice=row).order_by("id")] == [
        "invoice.received",
        "invoice.verified",
        "invoice.approved",
        "invoice.funded",
        "dispatch.planned",
    ]
    assert row.funding.advance_minor == 800_000
    assert row.funding.reserve_minor == 200_000
    assert row.funding.fee_minor == 15_000
    assert amounts.of_invoices(Account.FACTORED_RECEIVABLES, [row.pk]) == {row.pk: 1_000_000}
    assert all(answer.kept for answer in doctor.examine())
