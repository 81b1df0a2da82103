"""Terms by two people, on both time axes; what the database itself refuses; accruals by the day."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from tests import world
from tests.belt import receive
from tests.stories.reading import Step
from tests.stories.telling import Teller
from usance import models
from usance.actions import accruals, terms
from usance.domain.finance import Bracket, Brackets, Charges, Interest, Product
from usance.domain.finance.charges import Base
from usance.domain.mandate import NotAllowed, Role, SecondPersonNeeded
from usance.domain.money import Money
from usance.jobs import day
from usance.queries import charges, doctor, facilities, quotes, rates_missing, waiting

pytestmark = pytest.mark.django_db

BY: dict[str, Any] = {"role": Role.CREDIT, "actor": world.OFFICER}
EIGHT = Charges(interest=Interest(margin=Decimal("0.08")))


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T10:00").replace(tzinfo=UTC)


def broken() -> list[str]:
    return [answer.rule for answer in doctor.examine() if not answer.kept]


def test_what_held_and_what_we_knew_are_two_questions() -> None:
    place = world.build()
    (old,) = place.acme.facilities.all()
    lower = replace(old.agreement(), fee_rate=Decimal("0.01"), valid_from=date(2026, 4, 1))
    new = world.agree(place.acme, lower, at=at("2026-03-10"))
    # In May somebody sees that the fee was agreed at 1.2 % from April on.
    right = replace(lower, fee_rate=Decimal("0.012"))
    world.agree(place.acme, right, corrects=new.pk, at=at("2026-05-05"))

    def fee(on: str, known: str | None) -> str:
        then = at(known) if known else None
        (row,) = facilities.holding([place.acme.pk], on=date.fromisoformat(on), known_at=then)
        return str(row.fee_rate.normalize())

    assert fee("2026-03-31", None) == "0.015"
    assert fee("2026-04-20", "2026-03-05") == "0.015"
    assert fee("2026-04-20", "2026-04-20") == "0.01"
    assert fee("2026-04-20", None) == "0.012"
    assert broken() == []


def test_the_same_person_puts_nothing_in_force() -> None:
    place = world.build()
    (old,) = place.acme.facilities.all()
    said = replace(old.agreement(), valid_from=date(2026, 4, 1))
    with pytest.raises(NotAllowed):
        terms.propose(place.acme.pk, said, role=Role.CASH, at=world.NOW, actor="user:c")
    row = terms.propose(place.acme.pk, said, at=world.NOW, **BY)
    own_key = f"{world.OFFICER} via us_12"
    with pytest.raises(SecondPersonNeeded):
        terms.put_in_force(row.pk, seen=row.digest, role=Role.CREDIT, at=world.NOW, actor=own_key)
    assert facilities.waiting(place.acme.pk).count() == 1


def test_two_proposals_for_one_day_do_not_both_come_into_force() -> None:
    place = world.build()
    (old,) = place.acme.facilities.all()
    said = replace(old.agreement(), valid_from=date(2026, 4, 1))
    first, second = (terms.propose(place.acme.pk, said, at=world.NOW, **BY) for _ in range(2))
    by: dict[str, Any] = {"role": Role.CREDIT, "at": world.NOW, "actor": world.SECOND}
    terms.put_in_force(first.pk, seen=first.digest, **by)
    with pytest.raises(terms.SpansOverlap):
        terms.put_in_force(second.pk, seen=second.digest, **by)


def test_the_database_refuses_two_terms_for_one_day() -> None:
    place = world.build()
    (row,) = place.acme.facilities.all()
    row.pk = models.ids.new_id()
    row.valid_from, row.valid_to = date(2026, 6, 1), date(2026, 6, 30)
    with pytest.raises(IntegrityError, match="facility_apart"), transaction.atomic():
        row.save(force_insert=True)
    terms.enter_rate("EURIBOR3M", Decimal("0.02"), first=date(2026, 1, 1), last=date(2026, 3, 31),
                     source="EMMI", at=world.NOW, **BY)  # fmt: skip
    rate = models.ReferenceRate.objects.get()
    rate.pk = models.ids.new_id()
    with pytest.raises(IntegrityError, match="reference_rate_apart"), transaction.atomic():
        rate.save(force_insert=True)


NOPE = Charges(interest=Interest(margin=Decimal("0.03"), reference="NOPE"))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"product": Product.NON_RECOURSE}, "recourse_contradicts"),
        ({"product": Product.MATURITY}, "advance_unexpected"),
        ({"advance_rate": Decimal("0.99")}, "fee_not_covered"),
        ({"charges": Charges(brackets=Brackets(steps=()))}, "bracket_missing"),
        ({"charges": Charges(interest=Interest(margin=Decimal(8)))}, "interest_out_of_range"),
        ({"charges": Charges(minimum=5, maximum=4)}, "minimum_out_of_range"),
        ({"valid_to": date(2025, 1, 1)}, "span_backwards"),
        ({"charges": NOPE}, "reference_rate_unknown"),
    ],
)
def test_terms_that_contradict_themselves_are_refused(change: dict[str, Any], code: str) -> None:
    place = world.build()
    (old,) = place.acme.facilities.all()
    said = replace(old.agreement(), valid_from=date(2026, 4, 1), **change)
    with pytest.raises(terms.TermsFaulty) as no:
        terms.propose(place.acme.pk, said, at=world.NOW, **BY)
    assert code in {one.code for one in no.value.findings}


def test_terms_may_name_a_rate_that_somebody_entered_with_its_source() -> None:
    place = world.build()
    (old,) = place.acme.facilities.all()
    terms.enter_rate("NOPE", Decimal("0.02"), first=date(2026, 1, 1), last=date(2026, 3, 31),
                     source="Bank Nord's base rate", at=world.NOW, **BY)  # fmt: skip
    said = replace(old.agreement(), valid_from=date(2026, 4, 1), charges=NOPE)
    assert terms.propose(place.acme.pk, said, at=world.NOW, **BY).agreement() == said


def told(*steps: tuple[str, str, dict[str, str]]) -> Teller:
    teller = Teller()
    for number, (on, word, says) in enumerate(steps):
        teller.tell(Step(date.fromisoformat(on), word, says, (), number))
    return teller


BOUGHT = (
    ("2026-03-02", "agrees", {"": "interest", "of": "0.08"}),
    ("2026-03-02", "hands",
     {"": "R-1", "for": "10000.00 EUR", "by": "bolt", "due": "2026-04-30"}),
)  # fmt: skip


def accrued() -> list[tuple[str, int]]:
    rows = models.Accrual.objects.order_by("day").values_list("day", "amount_minor")
    return [(f"{on:%m-%d}", minor) for on, minor in rows]


def test_a_payment_that_is_booked_late_is_made_good_the_next_day() -> None:
    teller = told(*BOUGHT, ("2026-03-12", "ends", {"": "the day"}))
    assert sum(minor for _, minor in accrued()) == 1778  # Ten days on 8 000.
    # On the 12th a payment of the 5th is booked.
    line = {"": "6000.00 EUR", "quoting": "R-1"}
    teller.tell(Step(date(2026, 3, 5), "pays", line, (), 1))
    day.end(at=at("2026-03-13"))
    # Three days on 8 000, eight on 2 000: 5.33 + 3.56.
    assert sum(minor for _, minor in accrued()) == 889
    assert accrued()[-1] == ("03-12", 889 - 1778)
    assert broken() == []


def test_a_day_is_accrued_once_however_often_it_ends() -> None:
    told(*BOUGHT)
    for _ in range(3):
        day.end(at=at("2026-03-06"))
    assert accrued() == [("03-02", 178), ("03-03", 178), ("03-04", 177), ("03-05", 178)]
    (invoice,) = models.Invoice.objects.values_list("pk", flat=True)
    assert not accruals.accrue([invoice], through=date(2026, 3, 5), at=world.NOW, actor="day")
    assert len(accrued()) == 4
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO accrual (id, invoice_id, fee, day, amount_minor, total_minor,"
                       " currency, at) SELECT gen_random_uuid(), invoice_id, fee, day,"
                       " amount_minor, total_minor, currency, at FROM accrual LIMIT 1")  # fmt: skip


def test_without_its_rate_a_day_waits_and_is_caught_up() -> None:
    agrees = ("2026-03-02", "agrees", {"": "interest", "of": "0.06", "to": "EURIBOR3M"})
    told(agrees, BOUGHT[1])
    done = day.end(at=at("2026-03-04"))
    assert done.accrued == 0
    assert done.rates_missing == ("no rate of EURIBOR3M is entered for 2026-03-02",)
    terms.enter_rate("EURIBOR3M", Decimal("0.02"), first=date(2026, 1, 1), last=date(2026, 3, 3),
                     source="EMMI", at=world.NOW, **BY)  # fmt: skip
    assert day.end(at=at("2026-03-06")).rates_missing
    (lacks,) = rates_missing.missing(today=date(2026, 3, 6))
    assert (lacks.name, lacks.day, lacks.invoices) == ("EURIBOR3M", date(2026, 3, 4), 1)
    assert waiting.elsewhere(at=at("2026-03-06")).unpriced == 1
    assert rates_missing.missing(today=date(2026, 3, 4)) == []
    assert accrued() == [("03-02", 178), ("03-03", 178)]  # As far as the rate goes.


@pytest.mark.parametrize("days", [1, 40])
@pytest.mark.parametrize(
    "timed",
    [
        EIGHT,
        Charges(interest=Interest(margin=Decimal("0.08"), float_days=3, monthly=True)),
        Charges(brackets=Brackets(steps=(Bracket(days=10, rate=Decimal("0.004")),)),
                vat_rate=Decimal("0.19")),
        Charges(interest=Interest(margin=Decimal("0.1"), day_one=True), minimum=20000,
                maximum=22000),
    ],
)  # fmt: skip
def test_the_quote_is_what_is_settled_to_the_cent(timed: Charges, days: int) -> None:
    teller = Teller()
    (old,) = teller.place.acme.facilities.all()
    world.agree(teller.place.acme, replace(old.agreement(), charges=timed), corrects=old.pk)
    paid_on = world.TODAY + timedelta(days=days)
    face = Money.of("4711.13", "EUR")
    quote = quotes.of(teller.place.acme.pk, face, today=world.TODAY, paid_on=paid_on)
    bought = {"": "R-1", "for": "4711.13 EUR", "by": "bolt", "due": "2026-06-30"}
    teller.tell(Step(world.TODAY, "hands", bought, (), 1))
    day.end(at=datetime.combine(paid_on, datetime.min.time(), UTC))
    teller.tell(Step(paid_on, "pays", {"": "4711.13 EUR", "quoting": "R-1"}, (), 2))

    end = models.Settlement.objects.get()
    assert (end.fee_minor, end.rebate_minor) == (quote.cost.total.minor, quote.rebate.minor)
    assert (end.interest_minor, end.vat_minor) == (quote.cost.interest.minor, quote.cost.vat.minor)
    assert models.Funding.objects.get().advance_minor == quote.deal.advance.minor
    assert broken() == []


def test_any_day_is_computed_anew_from_the_moves() -> None:
    told(*BOUGHT, ("2026-03-12", "ends", {"": "the day"}))
    (account,) = charges.accounts(models.Invoice.objects.values_list("pk", flat=True)).values()
    for row in models.Accrual.objects.all():
        assert account.cost(through=row.day, rates=()).interest.minor == row.total_minor


@pytest.mark.parametrize("base", [Base.ADVANCE, Base.FACE])
def test_written_in_one_statement_is_computed_one_by_one_to_the_cent(base: Base) -> None:
    """Days of thirds of a per mille and a third of a year's day: most totals fall between cents."""
    odd = Charges(
        interest=Interest(margin=Decimal("0.0777"), base=base),
        brackets=Brackets(steps=(Bracket(days=3, rate=Decimal("0.001")),), base=base, whole=False),
    )
    teller = Teller()
    (old,) = teller.place.acme.facilities.all()
    world.agree(teller.place.acme, replace(old.agreement(), charges=odd), corrects=old.pk)
    for number, amount in enumerate(("0.05", "100.00", "4711.13", "15000.00")):
        bought = {"": f"R-{number}", "for": f"{amount} EUR", "by": "bolt", "due": "2026-04-30"}
        teller.tell(Step(world.TODAY, "hands", bought, (), number))
    # Once for three days that are missing, once for the one after them.
    for evening in ("2026-03-05", "2026-03-06"):
        assert day.end(at=at(evening)).accrued == 4
    known = charges.accounts(models.Invoice.objects.values_list("pk", flat=True))
    rows = list(models.Accrual.objects.all())
    assert len(rows) == 4 * 2 * 4
    for row in rows:
        cost = known[row.invoice_id].cost(through=row.day, rates=())
        assert row.total_minor == getattr(cost, row.fee).minor
    assert set(broken()) <= {"M24"}  # Nobody sent the papers in these days.


def test_an_example_takes_the_last_rate_to_stay() -> None:
    place = world.build()
    terms.enter_rate("EURIBOR3M", Decimal("0.02"), first=date(2026, 1, 1), last=date(2026, 3, 31),
                     source="EMMI", at=world.NOW, **BY)  # fmt: skip
    timed = Charges(interest=Interest(margin=Decimal("0.06"), reference="EURIBOR3M"))
    (old,) = place.acme.facilities.all()
    shown = quotes.examples(replace(old.agreement(), charges=timed), today=world.TODAY)
    assert [str(one.cost.interest.decimal) for one in shown] == ["53.33", "106.67", "160.00"]


def test_an_invoice_without_charges_for_time_accrues_nothing() -> None:
    place = world.build()
    receive(world.paper(place.acme, place.bolt, number="R-1"))
    assert charges.behind(through=date(2026, 12, 31)) == []
