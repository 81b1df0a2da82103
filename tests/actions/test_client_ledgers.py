"""A client hands in the ledger that it keeps; what is late it is asked about, then the debtor."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests import world
from tests.actions import test_confidential as confidential
from tests.belt import drain, receive
from usance import models
from usance.actions import client_ledgers, disclosing, eligibility
from usance.actions.documents import Content
from usance.domain.credit.eligibility import Agreed, Because
from usance.domain.finance import PRODUCTS, ClientNotAsked, Keeping, NothingToDisclose, Product
from usance.domain.finance.client_ledger import ListFaulty
from usance.domain.mandate import NotAllowed, Role
from usance.jobs import day
from usance.queries import availability, disclosure
from usance.queries import client_ledgers as query

pytestmark = pytest.mark.django_db
APRIL = datetime(2026, 4, 8, 9, tzinfo=UTC)
DAY = timedelta(days=1)
MARCH_END = date(2026, 3, 31)
SIGNED: dict[str, Any] = {"role": Role.COLLECTION, "at": APRIL, "actor": world.OFFICER}
HEAD = "Invoice number;Invoice date;Due date;Customer;Amount;Open amount;Currency\n"


def hand_in(place: world.World, rows: str, **more: Any) -> models.OpenList:
    content = Content(data=(HEAD + rows).encode(), media_type="text/csv", name="march.csv")
    said = {"as_of": MARCH_END, **SIGNED, **more}
    return client_ledgers.compare_file(place.acme.pk, content, **said)


def kinds(row: models.OpenList) -> dict[str, str]:
    return dict(row.differences.filter(closed_at=None).values_list("number", "kind"))


def three() -> world.World:
    place = confidential.agreed()
    receive(*[
        world.paper(place.acme, place.bolt, number=f"R-{n}", gross="1000.00")
        for n in (1, 2, 3)
    ])  # fmt: skip
    drain(send=False)
    assert models.Invoice.objects.filter(stage="funded").count() == 3
    return place


def line(number: str, opened: str, *, issued: str = "", due: str = "") -> str:
    one = models.Invoice.objects.filter(number=number).first()
    days = (issued or str(one.issued_on), due or str(one.due_on)) if one else (issued, due)
    return f"{number};{days[0]};{days[1]};Bolt;1000,00;{opened};EUR\n"


def test_what_differs_waits_for_a_person_until_the_next_list_or_a_word() -> None:
    place = three()
    rows = (
        line("r 1", "1000,00", issued="2026-03-31", due="2026-04-30")
        + line("R-2", "0,00")
        + line("X-9", "77,00", issued="2026-03-20", due="2026-04-20")
    )
    found = hand_in(place, rows)
    assert (found.rows, kinds(found)) == (
        3, {"R-1": "dates_differ", "R-2": "paid_not_told", "R-3": "missing", "X-9": "not_ours"},
    )  # fmt: skip
    assert hand_in(place, rows) == found  # The same list once more changes nothing.
    paid = found.differences.get(number="R-2")
    assert (str(paid.ours), str(paid.theirs)) == ("1000.00 EUR", "0.00 EUR")
    stranger = found.differences.get(number="X-9")
    with pytest.raises(client_ledgers.NothingSaid):
        client_ledgers.close(stranger.pk, remark=" ", **SIGNED)
    client_ledgers.close(stranger.pk, remark="Sold for cash.", **SIGNED)
    with pytest.raises(client_ledgers.DifferenceClosed):
        client_ledgers.close(stranger.pk, remark="Again.", **SIGNED)
    told = models.Diary.objects.get(kind="ledger.compared")
    assert told.particulars["differences"] == 4
    later = hand_in(place, "".join(line(f"R-{n}", "1000,00") for n in (1, 2, 3)))
    assert kinds(later) == kinds(found) == {}


def test_what_cannot_be_compared_is_refused_whole_with_every_place() -> None:
    place = three()
    with pytest.raises(ListFaulty) as no:
        hand_in(place, line("R-1", "much") + line("R-2", "1000,00") + line("R-3", "1.2.3"))
    assert [one.where.partition(",")[0] for one in no.value.findings] == ["row 2", "row 4"]
    with pytest.raises(ListFaulty, match="twice"):
        hand_in(place, line("R-1", "1000,00") + line("r1", "1000,00", issued="2026-03-02"))
    foreign = Content(data=b"foo;bar\n1;2,00\n2;3,00\n", media_type="text/csv", name="x.csv")
    with pytest.raises(ListFaulty, match="do not name the number and what is open"):
        client_ledgers.compare_file(place.acme.pk, foreign, as_of=MARCH_END, **SIGNED)
    with pytest.raises(ListFaulty, match="no table with a row"):
        hand_in(place, "")
    with pytest.raises(client_ledgers.ListAhead):
        hand_in(place, line("R-1", "1000,00"), as_of=APRIL.date())
    with pytest.raises(NotAllowed):
        hand_in(place, line("R-1", "1000,00"), role=Role.CASH)
    assert not models.OpenList.objects.exists()


def test_a_list_that_is_late_is_a_task_and_by_its_term_nothing_counts() -> None:
    place = three()
    for on, names in ((date(2026, 4, 10), []), (date(2026, 4, 11), ["Acme Feinblech GmbH"])):
        assert [one.name for one in query.awaited(today=on)] == names
    eligibility.agree(
        place.acme.pk, "EUR", Agreed(ledger_days=10), valid_from=world.TODAY, reason="Terms",
        role=Role.CREDIT, at=world.NOW, actor=world.OFFICER,
    )  # fmt: skip

    def counted(on: date) -> tuple[int, Because | None]:
        ledger = availability.ledger(place.acme.pk, "EUR", on=on)
        assert ledger is not None
        rows, _ = availability.rows(ledger)
        return ledger.waterfall().value.minor, rows[0].said.primary

    assert counted(date(2026, 4, 10))[1] is None
    assert counted(date(2026, 4, 11)) == (0, Because.LEDGER_LATE)
    hand_in(place, "".join(line(f"R-{n}", "1000,00") for n in (1, 2, 3)))
    assert counted(date(2026, 4, 11))[1] is None
    assert not query.awaited(today=date(2026, 4, 11))


def test_the_days_are_those_that_were_agreed_with_the_client() -> None:
    place, row = confidential.bought()  # Due 2026-03-20.
    old = place.acme.facilities.get(known_to=None)
    assert old.keeping() == PRODUCTS[Product.CONFIDENTIAL].keeping
    said = replace(old.agreement(), keeping=Keeping(list_days=3, ask_days=0, tell_days=1))
    world.agree(place.acme, said, corrects=old.pk)
    waits = [bool(query.awaited(today=date(2026, 4, n))) for n in (3, 4)]
    assert waits == [False, True]
    assert not disclosure.late(today=row.due_on)  # It keeps the terms that it was bought by.
    models.Funding.objects.update(facility=place.acme.facilities.get(known_to=None))
    assert list(disclosure.late(today=row.due_on)) == [row]
    at = datetime.combine(row.due_on, world.NOW.timetz())
    disclosing.asked(row.pk, answer="Soon.", **{**SIGNED, "at": at})
    with pytest.raises(ClientNotAsked, match="2026-03-21"):
        disclosing.tell(row.pk, because="Late.", **{**SIGNED, "at": at})
    assert list(disclosure.to_do(today=at.date() + DAY)) == [row]
    disclosing.tell(row.pk, because="Late.", **{**SIGNED, "at": at + DAY})


def test_the_client_is_asked_first_and_after_its_days_the_debtor_is_told() -> None:
    _, row = confidential.bought()  # Due 2026-03-20.
    with pytest.raises(NothingToDisclose):
        disclosing.asked(row.pk, answer="Soon.", **{**SIGNED, "at": world.NOW})
    assert list(disclosure.late(today=APRIL.date())) == [row]
    with pytest.raises(ClientNotAsked):
        disclosing.tell(row.pk, because="Late.", **SIGNED)
    assert list(disclosure.to_do(today=APRIL.date())) == [row]
    disclosing.asked(row.pk, answer="It pays next week.", **SIGNED)
    waits = [APRIL.date() + timedelta(days=n) for n in (0, 9, 10)]
    assert [list(disclosure.to_do(today=on)) for on in waits] == [[], [], [row]]
    later = {**SIGNED, "at": APRIL + timedelta(days=10)}
    with pytest.raises(ClientNotAsked, match="2026-04-18"):
        disclosing.tell(row.pk, because="Late.", **{**later, "at": APRIL + timedelta(days=9)})
    assert day.end(at=APRIL + timedelta(days=9)).disclosed == 0
    disclosing.tell(row.pk, because="The client does not answer.", **later)
    assert not disclosure.late(today=later["at"].date())
    told = day.end(at=later["at"])
    assert (told.disclosed, told.reminders) == (1, 0)
    assert row.dispatches.get().paper == "notice"
    assert day.end(at=later["at"] + timedelta(days=1)).reminders == 1
