"""A book in euros with dollars, yen and dinars: valued, realised, revalued, to the cent."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from tests import world
from tests.actions.test_races import at_once
from tests.actions.test_vouchers import data
from tests.plugins.vouchers import sie_reading
from usance import models
from usance.actions import exchange, periods, valuing, vouchers
from usance.actions import ledger as books
from usance.actions.exchange import HomeFixed, HomeImpossible, RateDecided
from usance.actions.valuing import HomeMissing, PositionsUnvalued
from usance.domain.exchange import Published, RateImpossible
from usance.domain.journal import Account, Entry, moves
from usance.domain.mandate import ContentChanged, NotAllowed, Role, SecondPersonNeeded
from usance.domain.money import Money
from usance.domain.periods import Check, PeriodNotOver, State
from usance.domain.vouchers import TargetUnfit
from usance.jobs import day
from usance.queries import doctor, trial
from usance.queries import exchange as questions
from usance.queries import periods as months
from usance.queries import vouchers as questions_of_vouchers

pytestmark = pytest.mark.django_db
APRIL = datetime(2026, 4, 7, 9, tzinfo=UTC)
ANNA: dict[str, Any] = {"role": Role.FINANCE, "at": APRIL, "actor": "user:anna"}
BO: dict[str, Any] = ANNA | {"actor": "user:bo"}
JOB: dict[str, Any] = {"at": APRIL, "actor": "day"}
MONDAY, TUESDAY, END = date(2026, 3, 16), date(2026, 3, 17), date(2026, 3, 31)
A = Account


def rates(day: date, **per_euro: str) -> int:
    said = [
        Published(currency=currency, on=day, per_euro=Decimal(rate))
        for currency, rate in per_euro.items()
    ]
    return exchange.take_in(
        said, source="ecb", raw=f"{day} {per_euro}".encode(), name="rates.xml", role=None, **JOB
    )


def booked(key: str, debit: Account, credit: Account, amount: str, currency: str, on: date) -> None:
    entry = Entry(
        key=key, booked_on=on, because=key, voucher=key,
        moves=moves((debit, credit, Money.of(amount, currency))),
    )  # fmt: skip
    books.book([entry], at=APRIL, actor="test")


@pytest.fixture
def book() -> None:
    world.build()
    exchange.choose_home("eur", **ANNA)
    rates(MONDAY, USD="1.25", JPY="160.00", KWD="0.3200")
    rates(TUESDAY, USD="1.20", JPY="150.00", KWD="0.3200")
    rates(END, USD="1.10", JPY="165.00", KWD="0.3000")


def value(through: date = END) -> valuing.Valued:
    return valuing.value(through=through, **JOB)


def broken() -> list[str]:
    return [f"{one.rule} {one.rows}" for one in doctor.examine() if not one.kept]


def home(account: Account, on: date = END) -> int:
    rows = questions.home_trial("EUR", on=on).rows
    return sum(row.balance.minor for row in rows if row.account is account)


def checklist() -> list[Check]:
    return months.checklist(MONDAY.replace(day=1), seed=1)


@pytest.mark.usefixtures("book")
def test_an_invoice_in_dollars_bought_at_one_rate_and_paid_at_another() -> None:
    """USD 10 000 bought at 1.25 (8 000.00 euros), paid at 1.20 (8 333.33): a gain of 333.33. The
    8 000 owed to the client and paid out at 1.20 cost 266.67 more than they were carried at."""
    booked("purchase:1", A.FACTORED_RECEIVABLES, A.DUE_TO_CLIENTS, "8000.00", "USD", MONDAY)
    booked("purchase:2", A.FACTORED_RECEIVABLES, A.CLIENT_RESERVES, "2000.00", "USD", MONDAY)
    booked("receipt:1", A.BANK, A.FACTORED_RECEIVABLES, "10000.00", "USD", TUESDAY)
    booked("paid:1", A.DUE_TO_CLIENTS, A.BANK, "8000.00", "USD", TUESDAY)
    assert value() == valuing.Valued(days=2)
    assert value().days == 0
    book = trial.balance()
    assert book[A.EXCHANGE_GAINS, "EUR"] == (0, 333_33)
    assert book[A.EXCHANGE_LOSSES, "EUR"] == (266_67, 0)
    assert (home(A.FACTORED_RECEIVABLES), home(A.DUE_TO_CLIENTS)) == (0, 0)
    assert (home(A.BANK), home(A.CLIENT_RESERVES)) == (1666_66, -1600_00)
    assert broken() == []

    assert [one.found for one in checklist() if one.code == "positions"] == [
        ("1000 Bank, USD: not at the closing rate", "2100 Client reserves, USD: not at the closing"
         " rate"),
    ]  # fmt: skip
    there, back = valuing.revalue(END, **JOB)  # At 1.10: bank 1 818.18, reserve 1 818.18.
    assert [(m.debit, m.credit, m.amount.minor) for m in there.moves] == [
        (A.EXCHANGE_VALUATION, A.UNREALISED_GAINS, 151_52),
        (A.UNREALISED_LOSSES, A.EXCHANGE_VALUATION, 218_18),
    ]
    assert (back.booked_on, valuing.revalue(END, **JOB)) == (date(2026, 4, 1), ())
    assert [one.is_done for one in checklist() if one.code == "positions"] == [True]
    end = questions.home_trial("EUR", on=END)
    assert {row.account: row.balance.minor for row in end.rows} == {
        A.BANK: 1818_18, A.CLIENT_RESERVES: -1818_18, A.EXCHANGE_GAINS: -333_33,
        A.EXCHANGE_LOSSES: 266_67, A.UNREALISED_GAINS: -151_52, A.UNREALISED_LOSSES: 218_18,
    }  # fmt: skip
    assert (end.left, end.behind) == (end.right, ())
    assert home(A.BANK, on=date(2026, 4, 1)) == 1666_66  # Taken back on the day after.
    assert broken() == []


@pytest.mark.usefixtures("book")
def test_yen_without_and_dinars_with_three_digits() -> None:
    booked("capital:yen", A.BANK, A.CAPITAL, "1000000", "JPY", MONDAY)  # 6 250.00
    booked("fee:yen", A.BANK, A.FEE_INCOME, "77", "JPY", TUESDAY)  # 0.51
    booked("capital:kwd", A.BANK, A.CAPITAL, "100.005", "KWD", MONDAY)  # 312.52
    value()
    held = {(one.account, one.units.currency): one for one in questions.positions("EUR", on=END)}
    assert held[A.BANK, "JPY"].carried == Money.of("6250.51", "EUR")
    assert held[A.BANK, "JPY"].worth == Money.of("6061.07", "EUR")  # 1 000 077 / 165.
    assert held[A.BANK, "KWD"].unrealised == Money.of("20.83", "EUR")  # 333.35 - 312.52.
    assert held[A.CAPITAL, "JPY"].unrealised == Money.of("0.00", "EUR")  # No closing rate.
    valuing.revalue(END, **JOB)
    assert home(A.BANK) == 6061_07 + 333_35
    booked("late", A.BANK, A.CAPITAL, "1000", "JPY", TUESDAY)  # 6.67, and 6.06 at the end.
    assert dict(questions.behind("EUR", through=END)) == {"JPY": TUESDAY}
    with pytest.raises(PositionsUnvalued, match="JPY of 2026-03-17 is not valued"):
        valuing.revalue(END, **JOB)
    value()
    more, _ = valuing.revalue(END, **JOB)
    assert [(m.debit, m.amount.minor) for m in more.moves] == [(A.UNREALISED_LOSSES, 61)]
    assert (home(A.BANK), more.key) == (6067_13 + 333_35, "revaluation:2026-03-31:1")
    assert broken() == []


@pytest.mark.usefixtures("book")
def test_what_comes_late_into_any_open_month_is_in_its_closing_rates() -> None:
    """Two months are open, and the older one is to be closed first."""
    evening = datetime(2026, 5, 2, 17, tzinfo=UTC)
    rate = Published(currency="USD", on=date(2026, 4, 30), per_euro=Decimal("1.10"))
    exchange.take_in([rate], source="ecb", raw=b"April", name="rates.xml", role=None,
                     at=evening, actor="day")  # fmt: skip
    booked("capital:1", A.BANK, A.CAPITAL, "125.00", "USD", MONDAY)
    day.end(at=evening)
    assert home(A.BANK) == 113_64
    booked("late:1", A.BANK, A.CAPITAL, "125.00", "USD", MONDAY)
    day.end(at=evening)
    assert home(A.BANK) == home(A.BANK, on=date(2026, 4, 30)) == 227_27
    assert [one.found for one in checklist() if one.code == "positions"] == [()]
    assert broken() == []


@pytest.mark.usefixtures("book")
def test_a_currency_whose_rate_is_missing_waits_and_the_others_do_not() -> None:
    wednesday = date(2026, 3, 18)
    rates(wednesday, USD="1.21")
    for currency in ("USD", "JPY"):
        booked(f"capital:{currency}", A.BANK, A.CAPITAL, "100", currency, wednesday)
        booked(f"more:{currency}", A.BANK, A.CAPITAL, "100", currency, END)
    done = value()
    assert done == valuing.Valued(days=2, missing=("no rate of JPY is known for 2026-03-18",))
    typed = exchange.propose("jpy", wednesday, Decimal("151.5"), says="Bank's note", **ANNA)
    seen = exchange.digest(typed)
    assert value().days == 0  # Proposed is not known.
    with pytest.raises(SecondPersonNeeded):
        exchange.agree(typed.pk, seen=seen, **ANNA)
    with pytest.raises(ContentChanged):
        exchange.agree(typed.pk, seen="0" * 64, **BO)
    with pytest.raises(NotAllowed):
        exchange.agree(typed.pk, seen=seen, **BO | {"role": Role.CREDIT})
    exchange.agree(typed.pk, seen=seen, **BO)
    with pytest.raises(RateDecided):
        exchange.decline(typed.pk, **BO)
    assert value() == valuing.Valued(days=2)
    assert models.TakenRate.objects.get(currency="JPY", day=wednesday).denominator == 303
    assert broken() == []


@pytest.mark.usefixtures("book")
def test_a_rate_that_is_corrected_later_changes_nothing_that_was_valued() -> None:
    booked("capital:1", A.BANK, A.CAPITAL, "125.00", "USD", MONDAY)
    value()
    assert (rates(MONDAY, USD="1.25"), rates(MONDAY, USD="1.20")) == (0, 1)
    booked("capital:2", A.BANK, A.CAPITAL, "125.00", "USD", MONDAY)
    value()
    assert home(A.BANK) == 200_00
    assert questions.cross("USD", "EUR", MONDAY).rate == Decimal("0.8333333333")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("book")
def test_valuing_while_a_rate_is_corrected_and_others_value_too() -> None:
    booked("capital:1", A.BANK, A.CAPITAL, "1250.00", "USD", MONDAY)
    booked("paid:1", A.CAPITAL, A.BANK, "600.00", "USD", TUESDAY)
    answers = at_once(value, lambda: rates(MONDAY, USD="1.24"), value, value)
    assert not [one for one in answers if isinstance(one, Exception)]
    assert sum(one.days for one in answers if isinstance(one, valuing.Valued)) == 2
    taken = models.TakenRate.objects.get(currency="USD", day=MONDAY)
    cost = {5: 1000_00, 31: 1008_06}[int(taken.denominator)]  # At 1.25 or at 1.24.
    gone = Money.over(cost * 600, 1250, "EUR").minor
    assert trial.balance()[A.EXCHANGE_VALUATION, "EUR"] == (500_00 - gone, 0)
    assert broken() == []


@pytest.mark.usefixtures("book")
def test_a_difference_of_a_month_that_is_closed_softly_counts_for_the_next() -> None:
    booked("capital:1", A.BANK, A.CAPITAL, "125.00", "USD", MONDAY)
    booked("paid:1", A.CAPITAL, A.BANK, "125.00", "USD", TUESDAY)
    periods.close(MONDAY, State.SOFT, **ANNA)
    value()
    entry = models.Entry.objects.get(key="exchange:USD:2026-03-17")
    assert (entry.booked_on, home(A.EXCHANGE_GAINS, on=END)) == (date(2026, 4, 1), 0)
    assert home(A.EXCHANGE_GAINS, on=date(2026, 4, 1)) == -4_17
    assert broken() == []


def test_what_the_book_needs_before_anything_is_valued() -> None:
    world.build()
    with pytest.raises(HomeMissing):
        value()
    with pytest.raises(HomeImpossible):
        exchange.choose_home("euro", **ANNA)
    with pytest.raises(NotAllowed):
        exchange.choose_home("EUR", **ANNA | {"role": Role.CREDIT})
    exchange.choose_home("SEK", **ANNA)
    rates(MONDAY, SEK="11.0000", USD="1.25")
    booked("capital:1", A.BANK, A.CAPITAL, "1.25", "USD", MONDAY)
    booked("capital:2", A.BANK, A.CAPITAL, "1.00", "EUR", MONDAY)
    with pytest.raises(PeriodNotOver):
        valuing.revalue(APRIL.date(), **JOB)
    value()
    assert [str(one.carried) for one in questions.positions("SEK", on=MONDAY)] == [
        "11.00 SEK", "11.00 SEK", "-11.00 SEK", "-11.00 SEK",
    ]  # fmt: skip
    with pytest.raises(HomeFixed, match="amounts were valued in SEK"):
        exchange.choose_home("EUR", **ANNA)
    with pytest.raises(RateImpossible, match="yet to come"):
        rates(APRIL.date() + timedelta(days=1), USD="1.25")


@pytest.mark.usefixtures("book")
def test_a_copy_that_was_tampered_with_is_found() -> None:
    booked("capital:1", A.BANK, A.CAPITAL, "125.00", "USD", MONDAY)
    booked("paid:1", A.CAPITAL, A.BANK, "25.00", "USD", TUESDAY)
    value()
    row = models.Worth.objects.filter(account=A.BANK).first()
    assert row is not None
    with pytest.raises(DatabaseError), transaction.atomic():
        models.Worth.objects.filter(pk=row.pk).update(realised_minor=1)
    more = models.Worth(
        account=A.BANK, currency="USD", booked_on=MONDAY, debit_minor=0, credit_minor=0,
        home_debit_minor=1, home_credit_minor=0, realised_minor=1, realised_on=MONDAY,
        valued_at=APRIL,
    )  # fmt: skip
    more.save(force_insert=True)
    assert {one.partition(" ")[0] for one in broken()} == {"M34", "M36"}


def handed(name: str, format: str, chart: str, **settings: str) -> tuple[models.VoucherBatch, str]:
    by: dict[str, Any] = {"role": Role.FINANCE, "at": APRIL, "actor": "user:anna"}
    target = vouchers.set_target(
        name=name, format=format, chart=chart, series="U", year_begins=1, since=MONDAY, numbers={},
        settings=settings, in_home=True, **by,
    )  # fmt: skip
    (batch,) = vouchers.export(target.pk, until=END, **by)
    return batch, data(batch).decode("cp437" if format == "sie4" else "cp1252")


@pytest.mark.usefixtures("book")
def test_another_bookkeeping_gets_all_currencies_at_their_worth_in_one_file() -> None:
    booked("capital:1", A.BANK, A.CAPITAL, "12500.00", "USD", MONDAY)  # 10 000.00
    booked("capital:2", A.BANK, A.CAPITAL, "5.00", "EUR", MONDAY)
    booked("fee:1", A.BANK, A.FEE_INCOME, "0.500", "KWD", TUESDAY)  # 1.56
    booked("paid:1", A.CAPITAL, A.BANK, "1250.00", "USD", TUESDAY)  # 1 041.67, carried at 1 000
    booked("waits:1", A.BANK, A.CAPITAL, "1.00", "NOK", TUESDAY)  # No rate is known.
    assert value().missing == ("no rate of NOK is known for 2026-03-17",)
    sie, text = handed("Fortnox", "sie4", "bas")
    assert (sie.currency, sie.vouchers, int(sie.total_minor)) == ("EUR", 5, 11089_90)
    read = sie_reading.read(data(sie))
    assert read.facts["VALUTA"] == ["EUR"]
    assert ("1930", Decimal("10000.00"), "12500.00 USD") in read.vers[0].rows + read.vers[1].rows
    assert "0.500 KWD" in text
    _batch, text = handed("Kanzlei", "datev", "skr04", consultant="1001", client_number="1")
    assert '12500,00;"S";"USD";1,250000;10000,00;"EUR";1800;2920;' in text
    assert '41,67;"S";"EUR";;;"";1309;4847;' in text  # What the payment realised.
    assert '1,56;"S";"EUR";;;"";1800;4200;' in text  # DATEV has two decimals, a dinar three.
    assert "0.500 KWD" in text
    assert broken() == []
    row = sie.target
    assert questions_of_vouchers.pending(row, until=END) == []
    rates(TUESDAY, NOK="11.50")
    value()
    assert [one.entries for one in questions_of_vouchers.pending(row, until=END)] == [1]
    head = questions_of_vouchers.head(
        row, currency="EUR", year=2026, first_on=MONDAY, last_on=END, name="2026", made_at=APRIL,
        with_standings=True,
    )  # fmt: skip
    assert head.standings is not None
    stood = {one.number: one.after.minor for one in head.standings}
    assert (stood["1930"], stood["1689"]) == (10000_00 + 5_00 + 1_56 + 9 - 1041_67, 41_67)
    assert sum(stood.values()) == 0
    with transaction.atomic():
        year = list(questions_of_vouchers.of_year(row, "EUR", 2026))
    assert [len(one.postings) for one in year] == [1] * 6


def test_a_bookkeeping_at_home_asks_for_a_home() -> None:
    world.build()
    with pytest.raises(TargetUnfit, match="no currency of its own"):
        handed("Fortnox", "sie4", "bas")
