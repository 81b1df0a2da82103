"""What is given up: by whom its amount takes, once, and no more comes back than was lost."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from tests import world
from tests.actions.test_races import at_once
from tests.belt import drain, receive
from tests.stories.telling import Teller
from usance import models
from usance.actions import allocations, disputes, explained, write_offs
from usance.domain.finance import Extent
from usance.domain.journal import Account
from usance.domain.mandate import ContentChanged, NotAllowed, Role, SecondPersonNeeded
from usance.domain.money import Money
from usance.domain.settlement.losses import (
    AboveAuthority,
    Band,
    Cause,
    NothingToWriteOff,
)  # fmt: skip
from usance.queries import amounts, doctor

AT = world.NOW + timedelta(hours=5)


def who(role: Role, name: str) -> dict[str, Any]:
    return {"role": role, "at": AT, "actor": f"user:{name}"}


def bought(gross: str = "100000.00") -> tuple[models.Invoice, Teller]:
    """Nordhav's invoice, bought without recourse and unpaid."""
    teller = Teller()
    place = teller.place
    receive(world.paper(place.nord, place.tre_kronor, gross=gross, currency="SEK"))
    drain(send=False)
    return models.Invoice.objects.get(), teller


def propose(row: models.Invoice, role: Role = Role.FINANCE, name: str = "f") -> models.WriteOff:
    return write_offs.propose(row.pk, cause=Cause.INSOLVENT, reason="Bankrupt.", **who(role, name))


@pytest.mark.django_db
def test_nobody_agrees_alone_nor_above_the_authority_nor_to_something_else() -> None:
    row, _ = bought()
    with pytest.raises(NotAllowed):
        propose(row, Role.CASH)
    made = propose(row)
    seen = write_offs.digest(made)
    with pytest.raises(write_offs.WriteOffWaits):
        propose(row)
    with pytest.raises(AboveAuthority):
        write_offs.agree(made.pk, seen=seen, **who(Role.FINANCE, "g"))
    with pytest.raises(SecondPersonNeeded):
        write_offs.agree(made.pk, seen=seen, **who(Role.ADMIN, "f"))
    with pytest.raises(ContentChanged):
        write_offs.agree(made.pk, seen="0" * 64, **who(Role.ADMIN, "chief"))
    write_offs.agree(made.pk, seen=seen, **who(Role.ADMIN, "chief"))
    with pytest.raises(write_offs.WriteOffDecided):
        write_offs.agree(made.pk, seen=seen, **who(Role.ADMIN, "chief"))
    with pytest.raises(NothingToWriteOff):
        propose(row)
    kinds = models.Diary.objects.filter(invoice=row.pk, kind__contains="writ")
    assert [one.kind for one in kinds.order_by("pk")] == [
        "write_off.proposed", "invoice.written_off",
    ]  # fmt: skip


@pytest.mark.django_db
def test_the_factors_own_bands_hold_from_when_they_are_set() -> None:
    row, _ = bought()
    bands = (Band(up_to_units=100_000, role=Role.FINANCE, people=1),
             Band(up_to_units=None, role=Role.FINANCE, people=2))  # fmt: skip
    with pytest.raises(NotAllowed):
        write_offs.set_authority(bands, reason="Board", **who(Role.FINANCE, "f"))
    with pytest.raises(write_offs.AuthorityFaulty):
        write_offs.set_authority(bands[:1], reason="Board", **who(Role.ADMIN, "a"))
    write_offs.set_authority(bands, reason="Board, 3 June", **who(Role.ADMIN, "a"))
    disputes.open_dispute(row.pk, reason="Damaged", **who(Role.COLLECTION, "c"))
    done = propose(row)
    assert (done.state, done.people, done.loss_minor) == ("done", 1, 100_000_00)
    row.refresh_from_db()
    assert (row.stage, row.disputes.get().ended_as) == ("written_off", "written_off")


@pytest.mark.django_db
def test_what_was_paid_meanwhile_is_not_written_off() -> None:
    row, teller = bought()
    made = propose(row)
    teller.pays({"": "1000.00 SEK", "quoting": row.number}, AT)
    drain(send=False, at=AT)
    with pytest.raises(ContentChanged):
        write_offs.agree(made.pk, seen=write_offs.digest(made), **who(Role.ADMIN, "chief"))
    assert write_offs.decline(made.pk, **who(Role.FINANCE, "f")).state == "declined"
    assert propose(row).amount == Money.of("99000.00", "SEK")


@pytest.mark.django_db
def test_no_more_comes_back_than_was_lost_and_a_payment_taken_back_is_lost_too() -> None:
    row, teller = bought()
    teller.pays({"": "40000.00 SEK", "quoting": row.number}, AT)
    drain(send=False, at=AT)
    made = propose(row)
    write_offs.agree(made.pk, seen=write_offs.digest(made), **who(Role.ADMIN, "chief"))
    teller.pays({"": "70000.00 SEK", "quoting": row.number}, AT)
    drain(send=False, at=AT)
    line = models.BankLine.objects.get(unapplied_minor=70_000_00)
    cash = who(Role.CASH, "cash")
    with pytest.raises(allocations.NotOpen):
        explained.recovered(line.pk, made.pk, Money.of("60000.01", "SEK"), **cash)
    explained.recovered(line.pk, made.pk, Money.of("60000.00", "SEK"), **cash)
    assert _loss(row) == 0
    explained.withdraw(models.Explanation.objects.get().pk, **cash)
    assert _loss(row) == 60_000_00
    paid = models.Allocation.objects.get()
    allocations.undo([paid.pk], **cash)
    assert _loss(row) == 100_000_00
    explained.recovered(line.pk, made.pk, Money.of("70000.00", "SEK"), **cash)  # Of both.
    assert _loss(row) == 30_000_00
    assert [one.rule for one in doctor.examine() if not one.kept] == []


@pytest.mark.django_db
def test_of_a_shared_loss_the_client_bears_its_part_of_what_is_taken_back_later() -> None:
    """Four fifths of 10 000 are its own, in whichever order they were not paid."""
    teller = Teller()
    acme = teller.place.acme
    old = acme.facilities.get(known_to=None)
    said = replace(old.agreement(), extent=Extent(share=Decimal("0.8")))
    world.agree(acme, said, corrects=old.pk)
    receive(world.paper(acme, teller.place.bolt, gross="10000.00"))
    drain(send=False)
    row = models.Invoice.objects.get()
    teller.pays({"": "4000.00 EUR", "quoting": row.number}, AT)
    drain(send=False, at=AT)
    made = propose(row)
    write_offs.agree(made.pk, seen=write_offs.digest(made), **who(Role.ADMIN, "chief"))
    claims = amounts.of_invoices(Account.CLIENT_CLAIMS, [row.pk])[row.pk]
    assert (_loss(row), made.client_minor) == (1_200_00, 4_800_00)
    paid = models.Allocation.objects.get()
    allocations.undo([paid.pk], **who(Role.CASH, "cash"))
    assert _loss(row) == 2_000_00
    assert amounts.of_invoices(Account.CLIENT_CLAIMS, [row.pk])[row.pk] - claims == 3_200_00
    assert [one.rule for one in doctor.examine() if not one.kept] == []


@pytest.mark.django_db(transaction=True)
def test_four_who_agree_and_a_payment_at_once_book_it_once() -> None:
    row, teller = bought()
    made = propose(row)
    seen = write_offs.digest(made)
    agree = partial(write_offs.agree, made.pk, seen=seen, **who(Role.ADMIN, "chief"))

    def pay() -> None:
        teller.pays({"": "1000.00 SEK", "quoting": row.number}, AT)
        drain(send=False, at=AT)

    at_once(agree, pay, agree, agree, agree)
    made.refresh_from_db()
    left = amounts.of_invoices(Account.FACTORED_RECEIVABLES, [row.pk]).get(row.pk, 0)
    assert (made.state, _loss(row), left) in {
        ("done", 100_000_00, 0), ("proposed", 0, 99_000_00),
    }  # fmt: skip
    assert [one.rule for one in doctor.examine() if not one.kept] == []


def _loss(row: models.Invoice) -> int:
    return amounts.of_invoices(Account.CREDIT_LOSSES, [row.pk]).get(row.pk, 0)
