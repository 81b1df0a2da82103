"""Two rows of the register are one company: one limit, one name for what comes, taken back."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from tests import world
from tests.belt import drain, receive
from usance import models
from usance.actions import mergers, parties
from usance.domain.invoice import Invoice
from usance.domain.mandate import ContentChanged, NobodyBehind, NotAllowed, Role, SecondPersonNeeded
from usance.domain.money import Money
from usance.domain.party import Address, Party
from usance.domain.payment import BankLine
from usance.queries import availability, companies, doctor, payers

pytestmark = pytest.mark.django_db
ANNA: dict[str, Any] = {"role": Role.CREDIT, "at": world.NOW, "actor": "user:anna"}
BEN: dict[str, Any] = {"role": Role.OPERATIONS, "at": world.NOW, "actor": "user:ben"}
KURT: dict[str, Any] = {"role": Role.ADMIN, "at": world.NOW, "actor": "user:kurt"}
EUR_10K = Money.of("10000.00", "EUR")
AT = Address(street="Industrieweg 9", postcode="80331", city="München", country="DE")


@pytest.fixture
def place() -> world.World:
    return world.build()


@pytest.fixture
def twin(place: world.World) -> models.Debtor:
    """Bolt once more, without numbers, with a limit of its own."""
    company = parties.Company(
        name="Bolt Maschinen Werke", country="DE", street="Industrieweg 9", postcode="80331",
        city="München", email="ap@bolt.example",
    )  # fmt: skip
    row = parties.register_debtor(company, accounts=["DE75512108001245126199"], **KURT)
    for debtor in (row, place.bolt):
        parties.set_limit(debtor.pk, EUR_10K, source="insurer", **KURT)
    return row


def merged(goes: models.Debtor, stays: models.Debtor) -> models.Merger:
    row = mergers.propose(goes.pk, stays.pk, reason="One register entry.", **ANNA)
    return mergers.agree(row.pk, seen=mergers.digest(row), **BEN)


def on(twin: models.Debtor, paper: Invoice) -> Invoice:
    return replace(paper, buyer=Party(name=twin.name, address=AT))


def bought(*papers: Invoice) -> dict[str, str]:
    receive(*papers)
    drain(send=False)
    rows = models.Invoice.objects.filter(number__in=[paper.number for paper in papers])
    return dict(rows.values_list("number", "stage"))


def debtor_of(number: str) -> UUID | None:
    return models.Invoice.objects.get(number=number).debtor_id


def owed(row: models.Debtor) -> Money:
    (figures,) = companies.debtor_figures([row.pk], on=world.TODAY)[row.pk]
    return figures.exposure


def test_two_rows_cannot_double_a_limit(place: world.World, twin: models.Debtor) -> None:
    first = on(twin, world.paper(place.acme, place.bolt, number="R-1", gross="6000.00"))
    assert bought(first) == {"R-1": "funded"}
    assert debtor_of("R-1") == twin.pk
    merged(twin, place.bolt)
    second = world.paper(place.acme, place.bolt, number="R-2", gross="6100.00")
    third = on(twin, world.paper(place.acme, place.bolt, number="R-3", gross="6200.00"))
    assert bought(second, third) == {"R-2": "verified", "R-3": "verified"}
    hold = models.Hold.objects.get(invoice__number="R-2", closed_at=None)
    assert hold.findings[0]["code"] == "inside_the_debtor_limit"
    assert bought(world.paper(place.acme, place.bolt, number="R-4", gross="3900.00")) == {
        "R-4": "funded"
    }
    assert owed(place.bolt) == owed(twin) == Money.of("9900.00", "EUR")
    ledger = availability.ledger(place.acme.pk, "EUR", on=world.TODAY)
    assert ledger is not None
    assert ledger.standings.keys() == ledger.accounts.keys() == {place.bolt.pk}
    assert ledger.accounts[place.bolt.pk].gross == 9900_00
    assert {one.rule for one in doctor.examine(files=0) if one.rows} == set()


def test_two_batches_with_two_rows_share_what_is_left(
    place: world.World, twin: models.Debtor
) -> None:
    old = on(twin, world.paper(place.acme, place.bolt, number="R-1", gross="6000.00"))
    receive(old)  # Its debtor is the row that goes; it is bought after the merger.
    world_before = debtor_of("R-1")
    merged(twin, place.bolt)
    drain(send=False)
    assert world_before == debtor_of("R-1")
    found = bought(world.paper(place.acme, place.bolt, number="R-2", gross="6100.00"))
    assert found == {"R-2": "verified"}


def test_what_names_the_row_that_went_means_the_row_that_stays(
    place: world.World, twin: models.Debtor
) -> None:
    merged(twin, place.bolt)
    bought(on(twin, world.paper(place.acme, place.bolt, number="R-1", gross="100.00")))
    assert debtor_of("R-1") == place.bolt.pk
    odd = replace(
        world.paper(place.acme, place.bolt, number="R-2"), buyer=Party(name="BMW Süd", address=AT)
    )
    bought(odd)
    parties.choose_debtor(models.Invoice.objects.get(number="R-2").pk, twin.pk, **BEN)
    assert debtor_of("R-2") == place.bolt.pk
    with pytest.raises(parties.PartOfAnother):
        parties.set_limit(twin.pk, EUR_10K, source="insurer", **KURT)
    assert twin not in companies.debtors()
    assert twin in companies.debtors("Bolt Maschinen Werke")


def test_double_financing_is_seen_across_both_rows(place: world.World, twin: models.Debtor) -> None:
    goods = world.paper(place.acme, place.bolt, number="R-1", gross="1234.56")
    assert bought(on(twin, goods)) == {"R-1": "funded"}
    row = merged(twin, place.bolt)
    assert bought(replace(goods, number="R-7")) == {"R-7": "received"}
    (found,) = models.Hold.objects.get(invoice__number="R-7", closed_at=None).findings
    assert found["code"] == "renumbered"
    mergers.undo(row.pk, reason="Two companies.", **ANNA)
    assert models.Trait.objects.get(invoice__number="R-1").debtor_id == twin.pk
    assert models.Trait.objects.get(invoice__number="R-7").debtor_id == place.bolt.pk


def test_taken_back_the_row_that_went_has_no_limit(place: world.World, twin: models.Debtor) -> None:
    row = merged(twin, place.bolt)
    mergers.undo(row.pk, reason="The register shows two.", **ANNA)
    found = bought(on(twin, world.paper(place.acme, place.bolt, number="R-1", gross="100.00")))
    assert (found, debtor_of("R-1")) == ({"R-1": "verified"}, twin.pk)
    with pytest.raises(mergers.MergerDecided):
        mergers.undo(row.pk, reason="Again.", **ANNA)
    assert merged(twin, place.bolt).state == "merged"
    said = [one.particulars["what"] for one in companies.history(twin.pk)]
    assert said[:4] == ["merged", "merger proposed", "merger taken back", "merged"]


def test_an_insolvency_of_either_row_counts(place: world.World, twin: models.Debtor) -> None:
    merged(twin, place.bolt)
    parties.edit(twin, {"insolvent_on": world.TODAY}, **KURT)
    found = bought(world.paper(place.acme, place.bolt, number="R-1", gross="100.00"))
    assert found == {"R-1": "verified"}


def test_whoever_pays_for_one_row_pays_for_both(place: world.World, twin: models.Debtor) -> None:
    merged(twin, place.bolt)
    line = BankLine(
        booked_on=world.TODAY, amount=EUR_10K, counterparty_account="DE75512108001245126199"
    )
    found = payers.debtors([line], paid={}, rules=payers.rules())
    assert found == {place.bolt.pk, twin.pk}


def test_it_takes_two_people_who_see_the_same(place: world.World, twin: models.Debtor) -> None:
    row = mergers.propose(twin.pk, place.bolt.pk, reason="One register entry.", **ANNA)
    seen = mergers.digest(row)
    with pytest.raises(SecondPersonNeeded):
        mergers.agree(row.pk, seen=seen, **ANNA)
    with pytest.raises(NobodyBehind):
        mergers.agree(row.pk, seen=seen, **{**BEN, "actor": "key:us_1"})
    parties.edit(twin, {"vat_id": "DE999999999"}, **KURT)
    with pytest.raises(ContentChanged):
        mergers.agree(row.pk, seen=seen, **BEN)
    with pytest.raises(NotAllowed):
        mergers.agree(row.pk, seen=seen, **{**BEN, "role": Role.CASH})
    mergers.decline(row.pk, **BEN)
    twin.refresh_from_db()
    assert twin.same_as is None


@pytest.mark.parametrize("what", ["itself", "went already", "others went into it", "waits"])
def test_rows_of_another_merger_are_refused(
    place: world.World, twin: models.Debtor, what: str
) -> None:
    goes, stays = twin.pk, place.kaufmann.pk
    if what == "itself":
        goes = stays
    elif what == "went already":
        merged(twin, place.bolt)
    elif what == "others went into it":
        merged(place.bolt, twin)
    else:
        mergers.propose(goes, place.bolt.pk, reason="One.", **ANNA)
    with pytest.raises(mergers.NotTwoDebtors):
        mergers.propose(goes, stays, reason="One.", **ANNA)
    with pytest.raises(mergers.ReasonMissing):
        mergers.propose(goes, stays, reason=" ", **ANNA)
