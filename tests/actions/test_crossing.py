"""Invoices in other currencies than their facility's, to the cent: limits, availability, what the
book makes of the rates, and what is refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from tests import world
from tests.actions.test_races import _until as until
from tests.actions.test_races import at_once
from tests.belt import drain, receive
from tests.stories.telling import Teller
from usance import models
from usance.actions import (
    allocations,
    buy_backs,
    buying,
    crossing,
    eligibility,
    exchange,
    parties,
    refactoring,
    settlement,
    valuing,
    write_offs,
)
from usance.domain import ledger
from usance.domain.credit.eligibility import Agreed
from usance.domain.exchange import Published, RateMissing
from usance.domain.finance import Charges, Extent, Foreign, Refactoring
from usance.domain.journal import About, Account
from usance.domain.mandate import Role
from usance.domain.money import Money
from usance.domain.settlement.buy_backs import SubstituteTooSmall
from usance.domain.settlement.fees import Sort
from usance.domain.settlement.losses import Cause
from usance.models.ids import new_id
from usance.queries import availability, doctor, trial
from usance.queries import buy_backs as buy_back_questions
from usance.queries import exchange as questions
from usance.queries import fees as fee_questions

pytestmark = pytest.mark.django_db
A = Account
FRIDAY, MONDAY, TUESDAY = date(2026, 2, 27), world.TODAY, date(2026, 3, 3)
LATER: dict[str, Any] = {"at": datetime(2026, 4, 7, 9, tzinfo=UTC), "actor": "day"}


def rates(day: date, **per_euro: str) -> None:
    told = [Published(currency=c, on=day, per_euro=Decimal(rate)) for c, rate in per_euro.items()]
    exchange.take_in(
        told, source="ecb", raw=f"{day} {per_euro}".encode(), name="rates.xml", role=None, **LATER
    )


def agree(client: models.Client, **changed: Any) -> models.Facility:
    old = client.facilities.get(known_to=None)
    return world.agree(client, replace(old.agreement(), **changed), corrects=old.pk)


@pytest.fixture
def teller() -> Teller:
    found = Teller()
    found.accepts({"": "JPY, KWD, USD", "with": "0"}, world.NOW)
    rates(FRIDAY, USD="1.25", JPY="160", KWD="0.32", SEK="11.00")
    return found


@pytest.fixture
def place(teller: Teller) -> world.World:
    return teller.place


def pays(teller: Teller, amount: str, number: str, on: date, **more: str) -> None:
    at = datetime.combine(on, time(10), UTC)
    teller.pays({"": amount, "quoting": number} | more, at)
    drain(send=False, at=at)


def hand_in(
    place: world.World, number: str, gross: str, currency: str = "USD", **more: Any
) -> models.Invoice:
    client, debtor = more.pop("client", place.acme), more.pop("debtor", place.bolt)
    receive(world.paper(client, debtor, number=number, gross=gross, currency=currency, **more))
    drain(send=False)
    return models.Invoice.objects.get(number=number)


def why(row: models.Invoice) -> list[tuple[str, str]]:
    return [
        (one.step, finding["code"])
        for one in row.holds.filter(closed_at=None)
        for finding in one.findings
    ]


def broken() -> list[str]:
    """But for deliveries that are late: nobody delivers here."""
    found = [one for one in doctor.examine() if not one.kept and one.rule != "M24"]
    return [f"{one.rule} {one.rows}" for one in found]


def home(account: Account, on: date) -> int:
    rows = questions.home_trial("EUR", on=on).rows
    return sum(row.balance.minor for row in rows if row.account is account)


def test_terms_that_do_not_take_a_currency_leave_its_invoices_held(place: world.World) -> None:
    row = hand_in(place, "P-1", "1000.00", "GBP")
    assert (row.stage, why(row)) == ("received", [("verification.verify", "no_facility")])
    row = hand_in(place, "D-1", "1000.00", client=place.nord)
    assert (row.stage, why(row)) == ("received", [("verification.verify", "no_facility")])


def test_limits_count_every_currency_at_the_rate_of_the_day(place: world.World) -> None:
    """Bolt may owe 50 000 euros: 31 250 dollars are 25 000, 3 200 000 yen 20 000. Of the facility
    80 % of that is in use, and 4 000 more would be; 5 000.01 euros of Bolt are a cent too many."""
    assert hand_in(place, "D-1", "31250.00").stage == "funded"
    assert hand_in(place, "Y-1", "3200000", "JPY").stage == "funded"
    row = hand_in(place, "R-1", "5000.01", "EUR")
    assert why(row) == [("credit.assess", "inside_the_debtor_limit")]
    reason = row.decisions.get().reasons[2]
    assert reason["values"] == {
        "exposure": "45000.00 EUR", "face": "5000.01 EUR", "limit": "50000.00 EUR"
    }  # fmt: skip
    assert row.decisions.get().reasons[3]["values"]["funds_in_use"] == "36000.00 EUR"
    row = hand_in(place, "K-1", "1600.001", "KWD")  # 5 000.003 euros are 5 000.00.
    assert row.stage == "funded"
    row = hand_in(place, "D-2", "0.01")  # 0.008 euros are a cent.
    assert why(row) == [("credit.assess", "inside_the_debtor_limit")]
    assert broken() == []


def test_what_is_available_counts_other_currencies_as_well(place: world.World) -> None:
    eligibility.agree(
        place.acme.pk, "EUR", Agreed(cross_age_share=None), valid_from=date(2026, 1, 1),
        reason="§ 4", role=Role.CREDIT, at=world.NOW, actor="user:credit",
    )  # fmt: skip
    assert hand_in(place, "D-1", "10000.00").stage == "funded"
    assert hand_in(place, "R-1", "1000.00", "EUR").stage == "funded"
    found = availability.ledger(place.acme.pk, "EUR", on=MONDAY)
    assert found is not None
    said = found.waterfall()
    told = (said.gross, said.in_use, said.available)
    assert [one.minor for one in told] == [9000_00, 7200_00, 0]
    lines, _ = availability.rows(found)
    assert sorted(one.outstanding.minor for one in lines) == [1000_00, 8000_00]
    proof = models.Headroom.objects.get(invoice__number="D-1")
    assert (proof.currency, proof.available_minor) == ("EUR", 0)
    then = availability.ledger(place.acme.pk, "EUR", on=MONDAY - timedelta(days=1))
    assert then is not None
    assert then.waterfall().gross.minor == 0
    rates(MONDAY, USD="1.00")  # Tomorrow the dollars are worth more.
    tomorrow = availability.ledger(place.acme.pk, "EUR", on=TUESDAY)
    assert tomorrow is not None
    assert tomorrow.waterfall().gross.minor == 11000_00
    assert broken() == []


def test_the_book_values_both_sides_and_realises_what_is_between(teller: Teller) -> None:
    """8 000 dollars bought for 6 400 euros at Friday's 1.25 are worth 6 666.67 at Monday's 1.20.
    The rest of the reserve, 1 850, goes for 1 541.67 at 1.20 when Tuesday's rate is 1.00."""
    exchange.choose_home("EUR", role=Role.FINANCE, **LATER)
    hand_in(teller.place, "D-1", "10000.00")
    rates(MONDAY, USD="1.20")
    valuing.value(through=MONDAY, **LATER)
    assert trial.balance()[A.EXCHANGE_GAINS, "EUR"] == (0, 266_67)
    assert (home(A.CONVERSIONS, MONDAY), home(A.DUE_TO_CLIENTS, MONDAY)) == (0, -6400_00)
    assert (home(A.FACTORED_RECEIVABLES, MONDAY), home(A.CLIENT_RESERVES, MONDAY)) == (
        8333_34, -1666_67,  # Each of both moves is rounded.
    )  # fmt: skip
    pays(teller, "10000.00 USD", "D-1", TUESDAY)
    rates(TUESDAY, USD="1.00")
    assert valuing.value(through=TUESDAY, **LATER).days == 1
    assert valuing.value(through=TUESDAY, **LATER).days == 0
    book = trial.balance()
    # 10 000.00 came for what was carried at 8 333.34, and 2 000 of reserve carried at 1 666.67 is
    # worth 2 000; 1 850 went over for 1 541.67: gains 1 666.66 + 308.33, losses 333.33.
    assert book[A.EXCHANGE_GAINS, "EUR"] == (0, 266_67 + 1666_66 + 308_33)
    assert book[A.EXCHANGE_LOSSES, "EUR"] == (333_33, 0)
    assert (home(A.CONVERSIONS, TUESDAY), home(A.DUE_TO_CLIENTS, TUESDAY)) == (0, -7941_67)
    trial_at_home = questions.home_trial("EUR", on=TUESDAY)
    assert trial_at_home.left == trial_at_home.right
    assert broken() == []


def test_a_limit_of_another_facility_and_a_currency_that_is_not_the_book_s(teller: Teller) -> None:
    """Nordhav's facility is in kronor, the book in euros: 850 dollars are 7 480.00 kronor at
    8.80. A day later both are worth other euros: what is between is realised, to the cent."""
    place = teller.place
    exchange.choose_home("EUR", role=Role.FINANCE, **LATER)
    agree(place.nord, foreign=Foreign(currencies=("USD",)))
    parties.set_limit(
        place.bolt.pk, Money.of("8800", "SEK"), source="Bureau", role=Role.ADMIN, at=world.NOW,
        actor="user:o",
    )  # fmt: skip
    row = hand_in(place, "D-1", "1000.00", client=place.nord)
    assert row.stage == "funded"
    made = models.Conversion.objects.get(invoice=row)
    assert (made.due_minor, made.into_due_minor, made.into_currency) == (850_00, 7480_00, "SEK")
    rates(MONDAY, USD="1.20", SEK="11.11")
    valuing.value(through=MONDAY, **LATER)
    # 850 dollars leave at 708.33 euros, 7 480 kronor come at 673.27.
    assert trial.balance()[A.EXCHANGE_GAINS, "EUR"] == (0, 35_06)
    assert home(A.CONVERSIONS, MONDAY) == 0
    assert broken() == []


def test_what_is_agreed_in_one_currency_binds_in_the_other(teller: Teller) -> None:
    """At least 400 euros an invoice are 500 dollars; recourse for 80 % is 80 % of the dollars; what
    comes after the client took it back goes over at the rate at which it took it back."""
    agree(teller.place.acme, charges=Charges(minimum=400_00),
          extent=Extent(share=Decimal("0.8")))  # fmt: skip
    row = hand_in(teller.place, "D-1", "10000.00")
    rates(MONDAY, USD="1.00")
    pays(teller, "7000.00 USD", "D-1", TUESDAY)
    signed: dict[str, Any] = {"at": world.NOW + timedelta(days=1), "actor": "user:f"}
    made = write_offs.propose(
        row.pk, cause=Cause.DEFAULT, reason="Tried it.", role=Role.FINANCE, **signed
    )
    write_offs.agree(
        made.pk, seen=write_offs.digest(made), role=Role.ADMIN, **signed | {"actor": "user:chief"}
    )
    row.refresh_from_db()
    assert (row.stage, row.settlement.fee_minor) == ("written_off", 500_00)
    book = trial.balance()
    # Of 3 000 the client takes 2 400: its reserve of 2 000, and 400 with the fee of 500.
    assert book[A.CLIENT_CLAIMS, "EUR"] == (900_00, 0)
    assert book[A.CREDIT_LOSSES, "USD"] == (600_00, 0)
    assert broken() == []


def test_a_payment_taken_back_after_recourse_goes_over_at_the_rate_of_then(teller: Teller) -> None:
    row = hand_in(teller.place, "D-1", "10000.00")
    pays(teller, "7000.00 USD", "D-1", MONDAY)
    settlement.repurchase([row.pk], because="asked", at=world.NOW, actor="user:f")
    assert trial.balance()[A.CLIENT_CLAIMS, "EUR"] == (920_00, 0)  # 1 150 dollars.
    one = models.Allocation.objects.get()
    allocations.undo(
        [one.pk], role=Role.CASH, at=world.NOW + timedelta(days=1), actor="user:cash"
    )  # No rate is known of Monday, and none is asked for.
    assert trial.balance()[A.CLIENT_CLAIMS, "EUR"] == (920_00 + 5600_00, 0)
    assert broken() == []


def test_tax_on_fees_is_owed_in_the_currency_of_the_facility(teller: Teller) -> None:
    about = About(client=teller.place.acme.pk)
    hand_in(teller.place, "D-1", "10000.00")
    entry = ledger.fee_invoice(
        "F-1", record="x", tax=Money.of("28.50", "USD"), least=Money.of("0", "USD"), about=about,
        on=MONDAY,
    )  # fmt: skip
    assert entry is not None
    crossing.book_of_client(entry, at=world.NOW, actor="day")
    assert trial.balance()[A.CLIENT_CLAIMS, "EUR"] == (22_80, 0)
    assert broken() == []


def test_fees_in_another_currency_count_towards_the_least(teller: Teller) -> None:
    client = teller.place.acme
    agree(client, charges=Charges(minimum_month=50_00))
    hand_in(teller.place, "L-1", "1000.00")
    rates(MONDAY, USD="1.28")
    pays(teller, "1000.00 USD", "L-1", TUESDAY)
    march = date(2026, 3, 31)
    (lacks,) = fee_questions.lacking(client.pk, "EUR", through=march)
    # 15.00 dollars of fee at 1.28 are 11.72.
    assert (lacks.sort, lacks.net) == (Sort.MINIMUM_MONTH, Money.of("38.28", "EUR"))


def test_putting_recourse_off_is_owed_in_the_currency_of_the_facility(teller: Teller) -> None:
    off = Refactoring(days=30, fee_rate=Decimal("0.01"), times=1)
    agree(teller.place.acme, refactoring=off, charges=Charges(vat_rate=Decimal("0.19")))
    row = hand_in(teller.place, "U-1", "1000.00", due_on=date(2026, 3, 2))
    assert refactoring.put_off([row.pk], **LATER) == {row.pk}  # Without a rate it waits,
    assert not models.Refactored.objects.exists()
    rates(date(2026, 4, 2), USD="1.25")
    refactoring.put_off([row.pk], **LATER)  # and nobody takes recourse on it meanwhile.
    assert models.Refactored.objects.get().fee_minor == 10_00
    assert trial.balance()[A.CLIENT_CLAIMS, "EUR"] == (9_52, 0)
    assert trial.balance()[A.CLIENT_CLAIMS, "USD"] == (11_90, 11_90)
    assert broken() == []


def test_one_in_another_currency_takes_the_place_of_one_and_a_quote_holds_for_its_rate(
    teller: Teller,
) -> None:
    """8 000 of 10 000 dollars and 150 of charges are 6 520.00 euros at 1.25, and 6 791.67 at 1.20.
    What takes its place is over more dollars; over as many euros it would be too little."""
    place = teller.place
    parties.set_limit(
        place.bolt.pk, Money.of("20000", "EUR"), source="Bureau", role=Role.ADMIN, at=world.NOW,
        actor="user:o",
    )  # fmt: skip
    sold, own = hand_in(place, "D-1", "10000.00"), hand_in(place, "R-1", "7000.00", "EUR")
    other, less = hand_in(place, "D-2", "15000.00"), hand_in(place, "R-2", "7999.99", "EUR")
    assert [one.stage for one in (sold, own, other, less)] == [
        "funded", "funded", "verified", "verified",
    ]  # fmt: skip
    assert list(buy_back_questions.returnable(place.acme.pk, "EUR")) == [sold, own]
    assert buy_back_questions.of_exit(place.acme.pk, "USD") == []
    asked: dict[str, Any] = {
        "reason": "Asked.", "role": Role.FINANCE, "at": world.NOW, "actor": "user:f",
    }  # fmt: skip
    with pytest.raises(SubstituteTooSmall, match=r"7999\.99 EUR .* of 8000\.00 EUR"):
        buy_backs.quote(place.acme.pk, [sold.pk], instead=less.pk, **asked)
    made = buy_backs.quote(place.acme.pk, [sold.pk], instead=other.pk, **asked)
    assert (made.price, made.currency) == (Money.of("6520.00", "EUR"), "EUR")
    tuesday: dict[str, Any] = {"role": Role.FINANCE, "at": datetime.combine(TUESDAY, time(9), UTC)}
    with pytest.raises(RateMissing):
        buy_backs.execute(made.pk, seen=made.content, actor="user:g", **tuesday)
    rates(MONDAY, USD="1.20")
    with pytest.raises(buy_backs.QuoteChanged) as no:
        buy_backs.execute(made.pk, seen=made.content, actor="user:g", **tuesday)
    assert str(no.value) == "6520.00 EUR was quoted, it would be 6791.67 EUR now"
    buy_backs.decline(made.pk, role=Role.FINANCE, at=world.NOW, actor="user:f")
    made = buy_backs.quote(
        place.acme.pk, [sold.pk], instead=other.pk, reason="Asked.", actor="user:f", **tuesday
    )
    buy_backs.execute(made.pk, seen=made.content, actor="user:g", **tuesday)
    taken = models.Conversion.objects.get(key=f"repurchase:{sold.pk}")
    assert taken.into_claims_minor == made.price_minor == 6791_67
    other.refresh_from_db()
    assert (other.stage, trial.balance()[A.CLIENT_CLAIMS, "EUR"]) == ("funded", (6791_67, 0))
    assert broken() == []


def test_what_was_bought_stays_in_its_facility_s_currency_when_terms_change(teller: Teller) -> None:
    """A facility of its own in dollars comes later: what is due for the old invoice stays euros,
    and what is available in dollars does not count it."""
    acme = teller.place.acme
    hand_in(teller.place, "D-1", "10000.00")
    agree(acme, foreign=Foreign())
    world.agree(acme, world.agreement(Money.of("100000", "USD"), recourse_days=60))
    parties.set_limit(
        teller.place.bolt.pk, Money.of("50000", "USD"), source="Bureau", role=Role.ADMIN,
        at=world.NOW, actor="user:o",
    )  # fmt: skip
    hand_in(teller.place, "D-2", "1000.00")
    told = [availability.ledger(acme.pk, one, on=MONDAY) for one in ("EUR", "USD")]
    sums = [(one.waterfall().gross.minor, one.in_use) for one in told if one]
    assert sums == [(8000_00, 6400_00), (1000_00, 800_00)]
    pays(teller, "10000.00 USD", "D-1", MONDAY)
    book = trial.balance()
    assert book[A.DUE_TO_CLIENTS, "USD"] == (9850_00, 10650_00)  # 800 are due of the second.
    assert book[A.DUE_TO_CLIENTS, "EUR"] == (0, 6400_00 + 1480_00)
    assert broken() == []


@pytest.mark.django_db(transaction=True)
def test_a_rate_corrected_while_we_fund_is_the_old_or_the_new_never_both(teller: Teller) -> None:
    receive(*(
        world.paper(teller.place.acme, teller.place.bolt, number=f"D-{n}", gross="1000.00",
                    currency="USD")
        for n in range(8)
    ))  # fmt: skip
    until("credit.assess")
    ids = list(models.Invoice.objects.order_by("pk").values_list("pk", flat=True))
    acts: list[Callable[[], Any]] = [
        lambda n=n: buying.assess_and_buy(ids[n::4], at=world.NOW, actor="belt") for n in range(4)
    ]
    answers = at_once(*acts, lambda: rates(FRIDAY, USD="1.24"))
    assert not [one for one in answers if isinstance(one, Exception)]
    made = models.Conversion.objects.values_list("denominator", "into_due_minor")
    assert len(made) == 8
    assert set(made) <= {(5, 640_00), (31, 645_16)}
    assert broken() == []


def test_a_copy_that_was_tampered_with_is_found(place: world.World) -> None:
    hand_in(place, "D-1", "1000.00")
    with pytest.raises(DatabaseError), transaction.atomic():
        models.Conversion.objects.update(into_due_minor=1)
    row = models.Conversion.objects.get()
    row.pk, row.key, row.into_due_minor = new_id(), "more", row.into_due_minor + 1
    row.save(force_insert=True)
    assert {one.partition(" ")[0] for one in broken()} == {"M38"}
