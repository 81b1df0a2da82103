"""A consumer registers in the bank, gets invoices there, moves, ends; who fits nobody is a task."""

import json
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from tests import belt, world
from tests.walks import HOUR, NOW, SIGNED, bought, sent, tell
from usance import models, sandbox
from usance.actions import distribution, parties, registrations
from usance.actions.parties import Company
from usance.domain.distribution import Registration, State, Wants
from usance.domain.mandate import NotAllowed, Role
from usance.domain.money import Money
from usance.jobs import fetching
from usance.jobs import registrations as answering

pytestmark = pytest.mark.django_db(transaction=True)
PERSON = "191212121212"


@pytest.fixture
def told() -> world.World:
    return world.build()


@pytest.fixture
def tolvan(told: world.World) -> models.Debtor:
    """A consumer: no registration number, a mailbox by the personal number."""
    row = parties.register_debtor(
        Company(name="Tolvan Tolvansson", country="DE", street="Gatan 12", postcode="10115",
                city="Berlin"),
        mailbox_id="19121212-1212",
        **SIGNED,
    )  # fmt: skip
    parties.set_limit(row.pk, Money.of("50000", "EUR"), source="Test bureau", **SIGNED)
    return row


@pytest.fixture
def house(settings: Any) -> Iterator[sandbox.Running]:
    """The exchange of the banks, and a distributor for letters."""
    with sandbox.start(sandbox.Settings(seed=7, failing=0, at=NOW)) as running:
        config = running.config("channels", "netbank")
        files = json.loads(config.pop("files_at"))
        carriers = {
            "netbank": {"plugin": "netbank", "config": config | files},
            "hybrid": {"plugin": "hybrid", "config": running.config("channels", "hybrid")},
        }
        kinds = {"einvoice": {"netbank": 100, "hybrid": 100}, "letter": "hybrid"}
        Path(settings.OUTSIDE).write_text(json.dumps({"kinds": kinds, "carriers": carriers}))
        yield running


def said(number: int, wants: Wants, address: str = "bank:5020000123456", **more: Any) -> Any:
    return Registration(
        id=f"r-{number}", wants=wants, at=NOW + number * HOUR, address=address, **more
    )


def does(house: sandbox.Running, id: str, what: str, **more: str) -> None:
    told = {"id": id, "what": what, "address": "5020000123456"} | more
    house.http.post("/netbank/people", json=told).raise_for_status()


def go_out() -> None:
    """What `bought` left queued, and what follows from it."""
    queued = models.Dispatch.objects.filter(state=State.QUEUED).values_list("pk", flat=True)
    distribution.send(list(queued), at=NOW, actor="belt")
    belt.drain()


def now(row: models.Debtor) -> str:
    row.refresh_from_db()
    return row.einvoice_id


def test_who_registers_gets_invoices_in_the_bank_until_he_is_gone(
    told: world.World, tolvan: models.Debtor, house: sandbox.Running
) -> None:
    does(house, "r-1", "registered", identity=PERSON)
    assert fetching.fetch_reports(at=NOW) == 1
    assert now(tolvan) == "bank:5020000123456"
    row = models.Registration.objects.get()
    assert (row.decision, row.because) == ("placed", "The personal number is the debtor's.")
    assert row.raw is not None, "what it came in is kept as evidence"

    invoice = bought(told, tolvan)
    go_out()
    first = sent(invoice)
    assert (first.kind, first.carrier, first.state, first.detail) == (
        "einvoice", "netbank", State.ACCEPTED, "",
    )  # fmt: skip
    assert first.because == "The debtor asked for e-invoices in its internet bank on 2026-03-02."
    assert first.carrier_because == "Carries every einvoice to internet banks."
    house.clock(NOW + 3 * HOUR)
    fetching.fetch_reports(at=NOW + 3 * HOUR)
    assert sent(invoice).state == State.DELIVERED

    does(house, "r-2", "changed", address="gone-1", before="5020000123456")
    fetching.fetch_reports(at=NOW + 4 * HOUR)
    second = bought(told, tolvan, "R-2")
    go_out()
    fetching.fetch_reports(at=NOW + 5 * HOUR)
    assert [(one.kind, one.carrier) for one in (sent(second, 0), sent(second))] == [
        ("einvoice", "netbank"), ("letter", "hybrid"),
    ]  # fmt: skip
    assert now(tolvan) == "", "the registration ended with him"


def test_the_exchange_is_told_once_what_we_made_of_it(
    told: world.World, tolvan: models.Debtor, house: sandbox.Running
) -> None:
    does(house, "r-1", "registered", identity=PERSON)
    does(house, "r-2", "registered", identity="200001010000", address="1")
    fetching.fetch_reports(at=NOW)
    assert answering.answer(at=NOW) == 1
    open_one = models.Registration.objects.get(decision="")
    registrations.decline(open_one.pk, remark="No customer of ours.", **SIGNED)
    house.faults(timeout_after_accept=0, bad_gateway_after_accept=1)
    assert answering.answer(at=NOW) == 0
    house.faults(bad_gateway_after_accept=0)
    assert (answering.answer(at=NOW), answering.answer(at=NOW)) == (1, 0)
    assert house.http.get("/netbank/people").json() == {
        "r-1": {"accepted": True, "because": ""},
        "r-2": {"accepted": False, "because": "No customer of ours."},
    }


def test_messages_in_any_order_and_number_give_the_same_address(
    told: world.World, tolvan: models.Debtor
) -> None:
    messages = [
        said(1, Wants.REGISTERED, identity=PERSON),
        said(2, Wants.CHANGED, "bank:8", before="bank:5020000123456", identity=PERSON),
        said(3, Wants.ENDED, "bank:5020000123456", identity=PERSON),
    ]
    for place, order in enumerate(permutations(messages)):
        for one in order:
            tell(one, one, carrier=f"bank{place}")
        assert models.Registration.objects.filter(carrier=f"bank{place}").count() == 3
        assert now(tolvan) == "bank:8"


def test_what_fits_nobody_waits_for_a_person_who_places_it(
    told: world.World, tolvan: models.Debtor
) -> None:
    tell(said(1, Wants.REGISTERED, name="T. Tolvansson", reference="F-1"))
    row = models.Registration.objects.get()
    assert (row.decision, row.debtor_id, now(tolvan)) == ("", None, "")
    with pytest.raises(NotAllowed):
        registrations.place(row.pk, tolvan.pk, remark="", **SIGNED | {"role": Role.CASH})
    registrations.place(row.pk, tolvan.pk, remark="Called him.", **SIGNED)
    assert now(tolvan) == "bank:5020000123456"
    with pytest.raises(registrations.AlreadyDecided):
        registrations.decline(row.pk, remark="", **SIGNED)
    # From now on the bank is understood by the address alone.
    tell(said(2, Wants.ENDED))
    assert now(tolvan) == ""


def test_a_reference_from_an_invoice_with_the_name_is_enough(
    told: world.World, tolvan: models.Debtor
) -> None:
    invoice = bought(told, tolvan, "R-0077")
    tell(said(1, Wants.REGISTERED, reference=invoice.payment_reference, name="Tolvansson Tolvan"))
    assert now(tolvan) == "bank:5020000123456"
    tell(said(2, Wants.REGISTERED, "bank:2", reference="r 0077", name="Tolvan Tolvansson"))
    assert now(tolvan) == "bank:2"


def test_a_company_is_left_to_a_person_and_its_network_address_stays(told: world.World) -> None:
    invoice = bought(told, told.tre_kronor)
    name = told.tre_kronor.name
    tell(said(1, Wants.REGISTERED, reference=invoice.payment_reference, name=name))
    row = models.Registration.objects.get()
    assert "company" in row.because
    with pytest.raises(registrations.OtherAddress):
        registrations.place(row.pk, told.tre_kronor.pk, remark="", **SIGNED)
    assert now(told.tre_kronor) == "0007:5561234567"


def test_what_held_for_want_of_an_address_goes_out(
    told: world.World, tolvan: models.Debtor, house: sandbox.Running
) -> None:
    models.Debtor.objects.filter(pk=tolvan.pk).update(street="", mailbox_id="", legal_id="4711")
    tolvan.refresh_from_db()
    invoice = bought(told, tolvan)
    assert models.Hold.objects.get(invoice=invoice).findings[0]["code"] == "nobody_reached"
    tell(said(1, Wants.REGISTERED), carrier="netbank")
    registrations.place(models.Registration.objects.get().pk, tolvan.pk, remark="", **SIGNED)
    belt.drain()
    assert (sent(invoice).carrier, sent(invoice).state) == ("netbank", State.ACCEPTED)
