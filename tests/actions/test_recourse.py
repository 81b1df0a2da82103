"""Limited recourse falls due: the day's end proposes, people agree, and only then money moves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from tests import world
from tests.actions.test_cash import Bank, line
from tests.actions.test_races import at_once
from tests.belt import drain, receive
from tests.stories.test_reported import told
from usance import models
from usance.actions import disputes, write_offs
from usance.actions.distribution.planning import AGAIN
from usance.actions.holds import hold
from usance.domain.events import Kind
from usance.domain.finance import Extent, Refactoring
from usance.domain.finding import Finding
from usance.domain.journal import Account
from usance.domain.mandate import ContentChanged, NobodyBehind, Role, SecondPersonNeeded
from usance.domain.settlement.losses import AboveAuthority
from usance.jobs import day
from usance.queries import amounts, doctor

DUE = datetime(2026, 7, 15, 17, tzinfo=UTC)  # Sixty days after it was due, and some.
OFF = Refactoring(days=30, fee_rate=Decimal("0.01"), times=1)


def who(role: Role, name: str, at: datetime = DUE) -> dict[str, Any]:
    return {"role": role, "at": at, "actor": f"user:{name}"}


def bought(
    extent: Extent, gross: str = "1000.00", put_off: Refactoring | None = None
) -> models.Invoice:
    """Acme's invoice to Bolt, unpaid, under terms that limit recourse."""
    place = world.build()
    old = place.acme.facilities.get(known_to=None)
    said = replace(old.agreement(), extent=extent, refactoring=put_off)
    world.agree(place.acme, said, corrects=old.pk)
    receive(world.paper(place.acme, place.bolt, gross=gross))
    drain(send=False)
    return models.Invoice.objects.get()


def books(row: models.Invoice) -> tuple[int, int, int]:
    """What is outstanding, lost, and owed to us by the client."""
    of = (Account.FACTORED_RECEIVABLES, Account.CREDIT_LOSSES, Account.CLIENT_CLAIMS)
    left, lost, owed = (amounts.of_invoices(one, [row.pk]).get(row.pk, 0) for one in of)
    return left, lost, owed


@pytest.mark.django_db
def test_what_the_day_proposes_takes_two_people_and_moves_nothing_before() -> None:
    row = bought(Extent(share=Decimal("0.75")))
    done = day.end(at=DUE)
    assert (done.repurchases, done.losses_proposed) == (0, 1)
    assert day.end(at=DUE).losses_proposed == 0
    made = models.WriteOff.objects.get()
    assert (made.amount_minor, made.client_minor, made.bearer) == (1000_00, 750_00, "shared")
    shown = write_offs.digest(made)
    with pytest.raises(ContentChanged):
        write_offs.agree(made.pk, seen="0" * 64, **who(Role.FINANCE, "f"))
    with pytest.raises(NobodyBehind):
        write_offs.agree(made.pk, seen=shown, role=Role.FINANCE, at=DUE, actor="key:us_1")
    first = write_offs.agree(made.pk, seen=shown, **who(Role.FINANCE, "f"))
    assert (first.state, books(row)) == ("proposed", (1000_00, 0, 0))
    seen = write_offs.digest(first)
    assert seen != shown
    with pytest.raises(SecondPersonNeeded):
        write_offs.agree(made.pk, seen=seen, **who(Role.FINANCE, "f"))
    with pytest.raises(AboveAuthority):
        write_offs.agree(made.pk, seen=seen, **who(Role.COLLECTION, "c"))
    last = write_offs.agree(made.pk, seen=seen, **who(Role.FINANCE, "g"))
    assert (last.state, last.loss_minor) == ("done", 250_00)
    lost, back = (told("dilution", on="2026-07-31", since="2026-07-01")[0][one]
                  for one in ("diluted", "taken_back"))  # fmt: skip
    assert (lost.minor, back.minor) == (250_00, 750_00)
    # The reserve of 200.00 counts first; 550.00 of the part and the fee of 15.00 are owed.
    assert books(row) == (0, 250_00, 565_00)
    # Nobody looks after its delivery here, four months long.
    assert {one.rule for one in doctor.examine() if not one.kept} <= {"M24"}


@pytest.mark.django_db
def test_up_to_the_amount_it_goes_back_at_once_and_nobody_is_asked() -> None:
    row = bought(Extent(most=1000_00))
    unreached = {row.pk: [Finding(code="nobody_reached", says="Every way failed.")]}
    hold(unreached, stage=AGAIN, at=DUE, actor="belt")
    done = day.end(at=DUE)
    assert (done.repurchases, done.losses_proposed) == (1, 0)
    assert models.Hold.objects.get().decision == "resolved", "nothing is sent of it any more"
    row.refresh_from_db()
    assert (row.stage, books(row)[:2]) == ("repurchased", (0, 0))


@pytest.mark.django_db
def test_what_was_declined_is_proposed_again_a_month_later() -> None:
    row = bought(Extent(most=900_00))
    day.end(at=DUE)
    made = models.WriteOff.objects.get()
    write_offs.decline(made.pk, remark="They promised to pay.", **who(Role.FINANCE, "f"))
    assert day.end(at=DUE + timedelta(days=29)).losses_proposed == 0
    assert day.end(at=DUE + timedelta(days=31)).losses_proposed == 1
    assert books(row) == (1000_00, 0, 0)


@pytest.mark.django_db
def test_what_was_paid_in_part_is_proposed_anew_by_the_next_day_end() -> None:
    row, bank = bought(Extent(share=Decimal("0.75"))), Bank()
    world.capital("100000.00", "EUR")
    day.end(at=DUE)
    first = models.WriteOff.objects.get()
    write_offs.agree(first.pk, seen=write_offs.digest(first), **who(Role.FINANCE, "f"))
    bank.shows(line("400.00", row.payment_reference))
    assert day.end(at=DUE + timedelta(days=1)).losses_proposed == 1
    first.refresh_from_db()
    assert (first.state, first.decided_by, first.remark) == (
        "declined", "day", "600.00 EUR is outstanding by now.",
    )  # fmt: skip
    anew = models.WriteOff.objects.get(state="proposed")
    assert (anew.amount_minor, anew.client_minor, anew.proposed_by) == (600_00, 450_00, "day")
    assert day.end(at=DUE + timedelta(days=2)).losses_proposed == 0
    bank.shows(line("600.00", row.payment_reference))
    assert day.end(at=DUE + timedelta(days=3)).losses_proposed == 0
    anew.refresh_from_db()
    assert (anew.state, anew.remark) == ("declined", "0.00 EUR is outstanding by now.")
    ended = models.Diary.objects.filter(kind=Kind.WRITE_OFF_DECLINED)
    assert list(ended.order_by("pk").values_list("subject_id", "actor")) == [
        (first.pk, "day"), (anew.pk, "day"),
    ]  # fmt: skip
    assert {one.rule for one in doctor.examine() if not one.kept} <= {"M24"}


@pytest.mark.django_db
def test_what_is_proposed_ends_with_its_reason_when_recourse_is_put_off() -> None:
    row = bought(Extent(share=Decimal("0.75")), put_off=OFF)
    disputes.open_dispute(row.pk, reason="Damaged", **who(Role.COLLECTION, "c"))
    assert day.end(at=DUE).losses_proposed == 1
    first = models.WriteOff.objects.get()
    write_offs.agree(first.pk, seen=write_offs.digest(first), **who(Role.FINANCE, "f"))
    disputes.close_dispute(row.pk, outcome="It was not.", **who(Role.COLLECTION, "c"))
    done = day.end(at=DUE + timedelta(days=1))
    assert (done.refactored, done.losses_proposed) == (1, 0)
    first.refresh_from_db()
    assert (first.state, first.decided_by, first.remark) == (
        "declined", "day", "Recourse was put off until 2026-07-29.",
    )  # fmt: skip
    assert models.Diary.objects.get(kind=Kind.WRITE_OFF_DECLINED).subject_id == first.pk
    later = DUE + timedelta(days=15)
    assert day.end(at=later).losses_proposed == 1, "thirty days on it is asked anew"


@pytest.mark.django_db(transaction=True)
def test_day_ends_at_once_propose_it_once_and_four_who_agree_book_it_once() -> None:
    row = bought(Extent(share=Decimal("0.75")))
    take = partial(write_offs.take_recourse, [row.pk], at=DUE, actor="day")
    at_once(take, take, take, take)
    made = models.WriteOff.objects.get()
    first = write_offs.agree(made.pk, seen=write_offs.digest(made), **who(Role.FINANCE, "f"))
    seen = write_offs.digest(first)
    agree = partial(write_offs.agree, made.pk, seen=seen, **who(Role.FINANCE, "g"))
    at_once(agree, agree, agree, agree)
    assert books(row) == (0, 250_00, 565_00)
