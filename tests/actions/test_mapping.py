"""A table with headings of its own waits for a person once, and is read at once the next time."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests import world
from usance import models
from usance.actions import intake, mapping
from usance.domain.intake.control import Control
from usance.domain.intake.mapping import Mapping, MappingIncomplete
from usance.domain.intake.writing import Writing
from usance.domain.mandate import NotAllowed, Role
from usance.domain.money import Money
from usance.queries import batches, mappings

MARCH = """Offene Posten Acme;;;;
Stand 01.03.2026;;;;

Beleg;Abnehmer;vom;bis;Wert in EUR
R-1001;Bolt Maschinenbau AG;01.03.2026;31.03.2026;1.190,00
R-1002;Kaufmann & Söhne KG;02.03.2026;01.04.2026;238,00
Summe;;;;1.428,00
"""
APRIL = MARCH.replace("R-100", "R-200").replace("1.190,00", "2.380,00").replace("1.428", "2.618")
LATER = world.NOW + timedelta(days=30)
SAID = Mapping(
    columns={"number": 0, "debtor_name": 1, "issued_on": 2, "due_on": 3, "gross": 4},
    currency="EUR",
    writing=Writing(decimal=",", days="dmy"),
)


def hand_in(text: str, client: models.Client | None, **more: object) -> models.Batch:
    return intake.receive(
        [intake.File(name="posten.csv", data=text.encode())],
        client=client.pk if client else None, way="office", at=world.NOW, actor="user:asa",
        **more,  # type: ignore[arg-type]  # Only `control`.
    )  # fmt: skip


def confirm(row: models.WaitingTable, client: models.Client, said: Mapping = SAID) -> object:
    return mapping.confirm(
        row.pk, said, client=client.pk, role=Role.INTAKE, at=LATER, actor="user:asa"
    )


def faces() -> list[tuple[str, str]]:
    rows = models.Invoice.objects.order_by("number")
    return [(row.number, str(row.face)) for row in rows]


@pytest.mark.django_db
def test_a_table_waits_once_and_is_then_remembered() -> None:
    place = world.build()
    control = Control(count=2, totals=(Money.of("1428.00", "EUR"),))
    batch = hand_in(MARCH, place.acme, control=control)
    (waiting,) = mappings.waiting()
    seen = mappings.seen(waiting)

    assert models.Invoice.objects.count() == 0
    assert [one["code"] for one in batches.report(batch.pk)["findings"]] == [
        "control_count_differs", "control_total_differs", "mapping_needed",
    ]  # fmt: skip
    assert seen.proposal.mapping == SAID

    confirm(waiting, place.acme)

    assert faces() == [("R-1001", "1190.00 EUR"), ("R-1002", "238.00 EUR")]
    assert not mappings.waiting().exists()
    assert batches.report(batch.pk)["findings"][:1] == []
    (file,) = models.ReceivedFile.objects.all()
    assert (file.taken, file.batch_id, file.format) == (2, batch.pk, "csv_schedule")

    hand_in(APRIL, place.acme)

    assert faces()[2:] == [("R-2001", "2380.00 EUR"), ("R-2002", "238.00 EUR")]
    assert not mappings.waiting().exists()


@pytest.mark.django_db
def test_the_mapping_of_one_client_reads_no_table_of_another() -> None:
    place = world.build()
    hand_in(MARCH, place.acme)
    (row,) = mappings.waiting()
    confirm(row, place.acme)

    hand_in(APRIL, place.nord)

    (row,) = mappings.waiting()
    assert row.client == place.nord
    with pytest.raises(mapping.AnotherClient):
        confirm(row, place.acme)


@pytest.mark.django_db
def test_files_that_waited_for_the_same_are_read_together() -> None:
    place = world.build()
    hand_in(MARCH, place.acme)
    hand_in(APRIL, place.acme)
    first, second = mappings.waiting().order_by("pk")

    confirm(first, place.acme)

    assert len(faces()) == 4
    with pytest.raises(mapping.NothingWaits):
        confirm(second, place.acme)


@pytest.mark.django_db
def test_without_a_client_on_the_batch_one_is_chosen_with_the_columns() -> None:
    place = world.build()
    hand_in(MARCH, None)
    (row,) = mappings.waiting()

    confirm(row, place.acme)

    assert {invoice.client for invoice in models.Invoice.objects.all()} == {place.acme}


@pytest.mark.django_db
def test_what_is_withdrawn_asks_again_and_what_changed_holds() -> None:
    place = world.build()
    hand_in(MARCH, place.acme)
    kept = confirm(mappings.waiting().get(), place.acme)
    assert isinstance(kept, models.ColumnMapping)

    mapping.withdraw(kept.pk, role=Role.INTAKE, at=LATER, actor="user:asa")
    hand_in(APRIL, place.acme)
    other = Mapping(columns={**SAID.columns, "order": 0, "number": 0}, currency="SEK")

    with pytest.raises(MappingIncomplete):
        confirm(mappings.waiting().get(), place.acme, other)
    with pytest.raises(mapping.MappingChanged):
        mapping.withdraw(kept.pk, role=Role.INTAKE, at=LATER, actor="user:asa")

    confirm(mappings.waiting().get(), place.acme, Mapping(columns=SAID.columns, currency="SEK"))

    assert faces()[2:] == [("R-2001", "2380.00 SEK"), ("R-2002", "238.00 SEK")]
    assert mappings.of_client(place.acme.pk).get().currency == "SEK"


@pytest.mark.django_db
def test_what_is_no_schedule_is_set_aside_and_asked_about_no_more() -> None:
    place = world.build()
    hand_in(MARCH, place.acme)
    row = mappings.waiting().get()

    mapping.set_aside(row.pk, role=Role.INTAKE, at=LATER, actor="user:asa")

    assert not mappings.waiting().exists()
    assert models.Invoice.objects.count() == 0
    with pytest.raises(mapping.NothingWaits):
        confirm(row, place.acme)


@pytest.mark.django_db
def test_a_role_that_takes_in_nothing_confirms_nothing() -> None:
    place = world.build()
    hand_in(MARCH, place.acme)
    row = mappings.waiting().get()

    with pytest.raises(NotAllowed):
        mapping.confirm(
            row.pk, SAID, client=place.acme.pk, role=Role.CASH, at=LATER, actor="user:eve"
        )
    with pytest.raises(NotAllowed):
        mapping.set_aside(row.pk, role=Role.CASH, at=LATER, actor="user:eve")
    assert mappings.waiting().count() == 1


@pytest.mark.django_db
def test_a_row_that_fails_is_named_beside_the_totals() -> None:
    place = world.build()
    broken = MARCH.replace("02.03.2026", "31.02.2026")
    control = Control(count=2, totals=(Money.of("1428.00", "EUR"), Money.of("10.00", "SEK")))
    batch = hand_in(broken, place.acme, control=control)

    confirm(mappings.waiting().get(), place.acme)

    batch.refresh_from_db()
    lost = "Not taken in: posten.csv, row 6 (date unreadable, issue date missing)."
    assert [one["says"] for one in batch.findings] == [
        f"The client counts 2 invoices, we read 1. {lost}",
        f"The client's total is 1428.00 EUR, ours 1190.00 EUR: 238.00 EUR less. {lost}",
        f"The client's total is 10.00 SEK, ours 0.00 SEK: 10.00 SEK less. {lost}",
    ]
    assert models.Invoice.objects.get().face == Money(Decimal(119000), "EUR")
