"""Invoices that we write: a second yes, numbers without gaps, locked, credited, monthly."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import InternalError, ProgrammingError, transaction

from tests import world
from tests.actions.test_races import at_once
from tests.belt import drain, receive
from usance import models
from usance.actions import issuing, recurring
from usance.domain.intake.entry import Entry, EntryAllowance, EntryLine
from usance.domain.mandate import NotAllowed, Role, SecondPersonNeeded
from usance.domain.money import Money
from usance.jobs import day
from usance.queries import issuing as questions
from usance.queries import parcels

pytestmark = pytest.mark.django_db(transaction=True)
NOW = world.NOW
ANNA: dict[str, Any] = {"role": Role.OPERATIONS, "at": NOW, "actor": "user:anna"}
BERT: dict[str, Any] = {"role": Role.VERIFICATION, "at": NOW, "actor": "user:bert"}
LINES = (
    EntryLine(text="Frästeile für Öfen", quantity=Decimal(3), price=Decimal("333.33"),
              allowance=Decimal("0.99"), rate=Decimal(19)),
    EntryLine(text="Fracht {month}/{year}", quantity=Decimal(1), price=Decimal("50.00"),
              rate=Decimal(19)),
)  # fmt: skip  # 999.00 + 50.00 = 1049.00; 19 % are 199.31: 1248.31.


def said(place: world.World, **more: Any) -> Entry:
    entry = Entry(
        is_credit_note=False, number="", issued_on=None, due_on=None, currency="EUR",
        seller=questions.party(place.acme), buyer=questions.party(place.bolt),
        lines=[LINES[0], replace(LINES[1], text="Fracht")],
    )  # fmt: skip
    return replace(entry, **more)


def draft(place: world.World, **more: Any) -> models.Draft:
    return issuing.write(said(place, **more), client=place.acme.pk, due_days=30, **ANNA)


def issued(place: world.World, **more: Any) -> models.Draft:
    row = issuing.activate(draft(place, **more).pk, **ANNA)
    if row.state == "waiting":
        row = issuing.activate(row.pk, seen=row.digest, **BERT)
    assert row.state == "issued"
    return row


def lets_out(place: world.World, below: str = "2000.00") -> None:
    issuing.set_rule(place.acme.pk, "EUR", Money.of(below, "EUR"), **ANNA)


def test_a_second_person_issues_it_and_it_is_bought_to_the_cent() -> None:
    place = world.build()
    row = issuing.activate(draft(place).pk, **ANNA)
    assert (row.state, row.because) == ("waiting", "no rule lets invoices in EUR out")
    with pytest.raises(SecondPersonNeeded):
        issuing.activate(row.pk, seen=row.digest, **ANNA)
    row = issuing.activate(row.pk, seen=row.digest, **BERT)

    invoice = row.invoice
    assert invoice is not None
    assert (row.number, str(invoice.face)) == ("2026-00001", "1248.31 EUR")
    assert (invoice.file.format, invoice.file.batch.way) == ("ubl", "issued")
    assert (invoice.issued_on, invoice.due_on) == (NOW.date(), NOW.date() + timedelta(30))
    drain(send=False)
    invoice.refresh_from_db()
    assert invoice.stage == "funded", list(invoice.holds.values("findings"))
    assert invoice.funding.advance_minor == 99_864  # 80 % of 1248.31, rounded down.


def test_what_was_not_seen_as_it_stands_is_not_approved() -> None:
    place = world.build()
    row = issuing.activate(draft(place).pk, **ANNA)
    old = row.digest
    changed = issuing.write(
        said(place, note="Danke"), client=place.acme.pk, draft_id=row.pk, due_days=30, **ANNA
    )
    assert changed.state == "draft", "a change takes back that it was handed on"
    issuing.activate(row.pk, **ANNA)
    with pytest.raises(Exception, match="changed after it was shown"):
        issuing.activate(row.pk, seen=old, **BERT)


@pytest.mark.parametrize(
    ("below", "state"), [("1248.32", "issued"), ("1248.31", "waiting"), ("0.01", "waiting")]
)
def test_the_clients_rule_lets_out_what_lies_below_it(below: str, state: str) -> None:
    place = world.build()
    lets_out(place, below)
    row = issuing.activate(draft(place).pk, **ANNA)
    assert (row.state, row.by_rule) == (state, state == "issued")


def test_an_unknown_debtor_takes_a_person_however_small_the_amount() -> None:
    place = world.build()
    lets_out(place)
    stranger = replace(said(place).buyer, name="Neu GmbH", vat_id="")
    row = issuing.activate(draft(place, buyer=stranger).pk, **ANNA)
    assert row.because == "the debtor is not in the register"


def test_roles_that_may_not_are_refused() -> None:
    place = world.build()
    row = issuing.activate(draft(place).pk, **ANNA)
    carl: dict[str, Any] = {"at": NOW, "actor": "user:carl"}
    with pytest.raises(NotAllowed):
        issuing.activate(row.pk, seen=row.digest, role=Role.INTAKE, **carl)
    with pytest.raises(NotAllowed):
        issuing.write(said(place), client=place.acme.pk, role=Role.CASH, **carl)


def test_an_issued_invoice_is_locked_in_the_action_and_in_the_database() -> None:
    place = world.build()
    lets_out(place)
    row = issued(place)
    with pytest.raises(issuing.IssuedIsLocked) as no:
        issuing.write(said(place), client=place.acme.pk, draft_id=row.pk, **ANNA)
    assert (no.value.code, "2026-00001 was issued" in str(no.value)) == (
        "issued_invoice_locked", True,
    )  # fmt: skip
    with pytest.raises((ProgrammingError, InternalError), match="locked"), transaction.atomic():
        models.Draft.objects.filter(pk=row.pk).update(currency="SEK")


def test_what_stands_in_the_way_takes_no_number() -> None:
    place = world.build()
    lets_out(place)
    broken = draft(place, buyer=replace(said(place).buyer, name=""))
    with pytest.raises(issuing.DraftHasFindings, match="BR-07"):
        issuing.activate(broken.pk, **ANNA)
    assert issued(place).number == "2026-00001"


def test_eight_at_once_get_eight_numbers_without_a_gap() -> None:
    place = world.build()
    lets_out(place)
    ids = [draft(place, order=f"PO-{n}").pk for n in range(8)]

    def act(pk: UUID) -> Any:
        return lambda: issuing.activate(pk, **ANNA).number

    numbers = at_once(*map(act, ids))
    assert sorted(numbers) == [f"2026-{n:05d}" for n in range(1, 9)]


def test_a_draft_activated_twice_at_once_is_one_invoice() -> None:
    place = world.build()
    lets_out(place)
    pk = draft(place).pk
    results = at_once(*([lambda: issuing.activate(pk, **ANNA).number] * 4))
    assert [one for one in results if isinstance(one, str)] == ["2026-00001"]
    assert sum(isinstance(one, issuing.IssuedIsLocked) for one in results) == 3
    assert models.Invoice.objects.count() == 1


def test_series_are_of_a_client_and_kind_and_go_on_behind_older_numbers() -> None:
    place = world.build()
    lets_out(place)
    receive(world.paper(place.acme, place.bolt, number="2026-00001"))
    with pytest.raises(issuing.NumberTaken):
        issued(place)
    issuing.set_series(place.acme.pk, "invoice", "R-{n:04}", first=118, **ANNA)
    first = issued(place)
    assert (first.number, issued(place, order="2").number) == ("R-0118", "R-0119")
    note, _ = issuing.credit(first.invoice_id, **ANNA)
    assert issuing.activate(note.pk, **ANNA).number == "C2026-00001"
    other = issuing.write(
        said(place, seller=questions.party(place.nord)), client=place.nord.pk, due_days=30, **ANNA
    )
    other = issuing.activate(other.pk, **ANNA)
    assert other.state == "waiting", "another client's rule is not this one's"
    assert issuing.activate(other.pk, seen=other.digest, **BERT).number == "2026-00001"


def test_it_is_credited_in_parts_and_never_beyond_its_amount() -> None:
    place = world.build()
    lets_out(place)
    row = issued(place)
    drain(send=False)
    part, again = issuing.credit(row.invoice_id, part={1: Decimal(1)}, anew=True, **ANNA)
    assert again is not None
    assert str(again.gross) == "1248.31 EUR"
    assert str(part.gross) == "396.27 EUR"  # 333.33 - 0.33 = 333.00; 19 % are 63.27.
    part = issuing.activate(part.pk, **ANNA)
    assert (part.invoice.kind, part.invoice.credited_id) == ("credit_note", row.invoice_id)
    drain(send=False)
    part.invoice.refresh_from_db()
    assert part.invoice.stage == "applied"

    whole, _ = issuing.credit(row.invoice_id, **ANNA)
    with pytest.raises(issuing.DraftHasFindings, match=r"852\.04 EUR of 2026-00001 is left"):
        issuing.activate(whole.pk, **ANNA)


def test_a_discount_on_the_whole_is_issued_and_credited_by_its_share() -> None:
    place = world.build()
    lets_out(place)
    off = (
        EntryAllowance(is_charge=False, text="Treuerabatt", percent=Decimal(2), rate=Decimal(19)),
        EntryAllowance(
            is_charge=False, text="Gutschein", amount=Decimal("10.49"), rate=Decimal(19)
        ),
    )  # 1049.00 - 20.98 - 10.49 = 1017.53; 19 % are 193.33.
    row = issued(place, allowances=off)
    drain(send=False)
    row.invoice.refresh_from_db()
    assert str(row.gross) == str(row.invoice.face) == "1210.86 EUR"
    assert row.invoice.stage == "funded"
    part, _ = issuing.credit(row.invoice_id, part={1: Decimal(1)}, **ANNA)
    # 333.00 less 6.66 less 333/1049 of 10.49: 323.01; 19 % are 61.37.
    assert str(part.gross) == "384.38 EUR"
    whole, _ = issuing.credit(row.invoice_id, **ANNA)
    assert whole.gross == row.gross


def test_what_the_client_issued_is_not_ours_to_credit() -> None:
    place = world.build()
    receive(world.paper(place.acme, place.bolt))
    with pytest.raises(issuing.NotIssuedByUs):
        issuing.credit(models.Invoice.objects.get().pk, **ANNA)


def test_each_period_is_written_once_and_days_off_are_caught_up() -> None:
    place = world.build()
    lets_out(place)
    recurring.agree(
        "Miete", said(place, lines=LINES), client=place.acme.pk, day=31, since=date(2026, 1, 15),
        until=date(2026, 3, 31), due_days=14, **ANNA,
    )  # fmt: skip
    assert day.end(at=NOW).drafts_written == 2
    assert day.end(at=NOW).drafts_written == 0
    made = list(models.Draft.objects.order_by("period_on"))
    assert [row.period_on for row in made] == [date(2026, 1, 31), date(2026, 2, 28)]
    assert [row.entry().lines[1].text for row in made] == ["Fracht 01/2026", "Fracht 02/2026"]
    assert [row.number for row in made] == ["2026-00001", "2026-00002"]
    assert made[0].invoice.due_on == NOW.date() + timedelta(14)
    assert day.end(at=NOW + timedelta(90)).drafts_written == 1, "March is the last"


def test_who_wrote_what_recurs_is_not_its_second_person() -> None:
    place = world.build()
    row = recurring.agree(
        "Miete", said(place), client=place.acme.pk, day=1, since=NOW.date().replace(day=1),
        until=None, due_days=14, **ANNA,
    )  # fmt: skip
    results = at_once(*([lambda: recurring.make_due(at=NOW, actor="day")] * 3))
    assert sorted(results) == [0, 0, 1]
    made = models.Draft.objects.get()
    with pytest.raises(SecondPersonNeeded):
        issuing.activate(made.pk, seen=made.digest, **ANNA)
    recurring.stop(row.pk, **BERT)
    assert recurring.make_due(at=NOW + timedelta(60), actor="day") == 0


def test_texts_name_only_what_a_period_has() -> None:
    place = world.build()
    with pytest.raises(recurring.PlaceholderUnknown):
        recurring.agree(
            "Miete", said(place, note="{client.secret} {price}"), client=place.acme.pk, day=1,
            since=NOW.date(), until=None, due_days=14, **ANNA,
        )  # fmt: skip


def test_the_preview_has_both_brands_and_afterwards_the_reference() -> None:
    from tests.letters.reading import text

    place = world.build()
    lets_out(place)
    row = draft(place)
    seen = text(questions.preview(row, today=NOW.date()))
    assert "Acme Feinblech GmbH" in seen
    assert "Factor Nord AB" in seen
    assert "DRAFT" in seen
    assert parcels.ours().factor.name == "Factor Nord AB"
