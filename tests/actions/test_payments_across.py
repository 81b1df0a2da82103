"""Payments in another currency than the invoice's: proposed, refused, valued, done twice."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from tests import world
from tests.actions.test_crossing import FRIDAY, LATER, MONDAY, TUESDAY, broken, hand_in, pays, rates
from tests.actions.test_races import at_once
from tests.stories.telling import Teller
from usance import models
from usance.actions import (
    across,
    allocations,
    exchange,
    parties,
    settlement,
    tolerances,
    valuing,
)
from usance.domain import payment
from usance.domain.exchange import RateMissing
from usance.domain.finance import LegalBasis
from usance.domain.journal import Account
from usance.domain.mandate import NotAllowed, Role
from usance.domain.money import Money
from usance.models.ids import new_id
from usance.queries import across as questions
from usance.queries import amounts, cash, statements, trial

pytestmark = pytest.mark.django_db
SIGNED: dict[str, Any] = {
    "role": Role.CASH, "at": datetime(2026, 3, 3, 12, tzinfo=UTC), "actor": "user:cash",
}  # fmt: skip


@pytest.fixture
def teller() -> Teller:
    found = Teller()
    found.accepts({"": "JPY, KWD, USD", "with": "0"}, world.NOW)
    rates(FRIDAY, USD="1.25", JPY="160", KWD="0.32")
    hand_in(found.place, "E-1", "1000.00", "EUR")
    rates(MONDAY, USD="1.20", JPY="160", KWD="0.32")
    return found


def line() -> models.BankLine:
    return models.BankLine.objects.select_related("account").latest("pk")


def invoice(number: str) -> models.Invoice:
    return models.Invoice.objects.get(number=number)


def m(text: str) -> Money:
    amount, currency = text.split()
    return Money.of(amount, currency)


def pay(number: str, paid: str, pays: str, **more: Any) -> payment.Across:
    signed = SIGNED | more
    return across.pay(line().pk, invoice(number).pk, paid=m(paid), pays=m(pays), **signed)


def test_what_it_quotes_is_proposed_and_only_a_person_says_yes(teller: Teller) -> None:
    pays(teller, "1188.00 USD", "E-1", TUESDAY)  # A hundredth less than 1 000 euros at 1.20.
    row = line()
    assert (row.verdict, row.says, row.unapplied_minor) == (
        "probable", payment.ELSEWHERE, 1188_00,
    )  # fmt: skip
    (told,) = row.proposals
    assert (told["number"], told["amount_minor"], told["currency"]) == ("E-1", 1000_00, "EUR")
    assert told["because"][-1] == "The line is worth 990.00 EUR, 1000.00 EUR is owed."
    assert cash.best(row) == {}  # Nobody says yes to it among others, unseen.
    assert statements.lines([row])[0].proposals == ()
    (offer,) = questions.offers(row)
    assert offer.across is not None
    assert (offer.across.pays, offer.rate, offer.still_owed) == (
        m("990.00 EUR"), "0.8333333333", m("10.00 EUR"),
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        pay("E-1", "1188.00 USD", "990.00 EUR", role=Role.INTAKE)
    made = pay("E-1", "1188.00 USD", "1000.00 EUR")
    assert not made.is_of_day
    assert invoice("E-1").allocations.get().because[1] == (
        "1188.00 USD at 0.8417508418, as its bank exchanged it; at the rate of 2026-03-02 it is"
        " worth 990.00 EUR."
    )
    assert broken() == []


def test_the_rate_that_the_statement_tells_is_offered_with_its_reason(teller: Teller) -> None:
    pays(teller, "1188.00 USD", "E-1", TUESDAY, ordered="1000.00 EUR", rate="1.188", unit="EUR")
    (offer,) = questions.offers(line())
    assert offer.across is not None
    assert (offer.across.pays, offer.across.is_of_day) == (m("1000.00 EUR"), False)
    assert offer.because[-1] == (
        "The bank's statement says that 1000.00 EUR was ordered, exchanged at 1 EUR = 1.188."
    )
    made = pay("E-1", str(offer.across.paid), str(offer.across.pays))
    assert made == offer.across
    assert broken() == []


@pytest.mark.parametrize(
    ("paid", "pays_", "no"),
    [
        ("1200.01 USD", "1000.00 EUR", allocations.NotOpen),  # More than the line.
        ("1200.00 USD", "1000.01 EUR", allocations.NotOpen),  # More than is owed.
        ("1000.00 EUR", "1000.00 EUR", allocations.NotOpen),  # Not the line's currency.
        ("1200.00 USD", "1200.00 USD", allocations.NotOpen),  # Not the invoice's.
        ("1200.00 USD", "899.99 EUR", payment.RateTooFar),
        ("0.00 USD", "0.00 EUR", payment.TooLittle),
    ],
)
def test_what_cannot_be_is_refused(
    teller: Teller, paid: str, pays_: str, no: type[Exception]
) -> None:
    pays(teller, "1200.00 USD", "E-1", TUESDAY)
    with pytest.raises(no):
        pay("E-1", paid, pays_)


def test_without_a_rate_it_waits_and_is_told_which(teller: Teller) -> None:
    pays(teller, "1200.00 USD", "E-1", date(2026, 3, 10))
    assert (line().verdict, line().proposals) == ("none", [])
    (offer,) = questions.offers(line(), "E-1")
    assert (offer.across, type(offer.refused)) == (None, RateMissing)
    with pytest.raises(RateMissing):
        pay("E-1", "1200.00 USD", "1000.00 EUR")
    rates(date(2026, 3, 9), USD="1.20")
    pay("E-1", "1200.00 USD", "1000.00 EUR")
    assert broken() == []


def test_the_book_explains_what_the_rate_of_the_bank_cost(teller: Teller) -> None:
    """1 188 dollars are worth 1 188 euros at Tuesday's 1.00, and pay 1 000: a gain of 188. They are
    taken back at what they paid when a dollar is 1.25: the position lost its worth meanwhile."""
    exchange.choose_home("EUR", role=Role.FINANCE, **LATER)
    pays(teller, "1188.00 USD", "E-1", TUESDAY)
    pay("E-1", "1188.00 USD", "1000.00 EUR")
    rates(TUESDAY, USD="1.00")
    valuing.value(through=TUESDAY, **LATER)
    book = trial.balance()
    assert book[Account.EXCHANGE_GAINS, "EUR"] == (0, 188_00)
    assert (Account.EXCHANGE_LOSSES, "EUR") not in book
    assert broken() == []

    found = invoice("E-1").allocations.get()
    allocations.undo([found.pk], **SIGNED | {"at": datetime(2026, 3, 4, 9, tzinfo=UTC)})
    rates(date(2026, 3, 4), USD="1.25")
    valuing.value(through=date(2026, 3, 4), **LATER)
    book = trial.balance()
    # 1 000 euros came back for what is worth 950.40: the rest of the way is gained.
    assert book[Account.EXCHANGE_GAINS, "EUR"] == (0, 188_00 + 49_60)
    assert line().unapplied_minor == 1188_00
    assert broken() == []


def test_a_little_less_is_borne_as_agreed_and_a_little_more_stays(teller: Teller) -> None:
    tolerances.set_tolerance(
        m("5.00 EUR"), share=None, bears=payment.Bears.FACTOR, client=None, debtor=None,
        valid_from=world.TODAY, reason="§ 2", role=Role.ADMIN, at=world.NOW, actor="user:o",
    )  # fmt: skip
    pays(teller, "1194.00 USD", "E-1", TUESDAY)
    pay("E-1", "1194.00 USD", "995.00 EUR")
    assert models.Difference.objects.get().amount_minor == 5_00
    assert invoice("E-1").allocations.get().amount == m("995.00 EUR")
    hand_in(teller.place, "E-2", "1000.00", "EUR")
    pays(teller, "1203.00 USD", "E-2", TUESDAY)
    pay("E-2", "1200.00 USD", "1000.00 EUR")
    assert (line().unapplied_minor, models.Difference.objects.count()) == (3_00, 1)
    assert broken() == []


@pytest.mark.django_db(transaction=True)
def test_two_who_say_yes_at_once_book_it_once(teller: Teller) -> None:
    pays(teller, "1200.00 USD", "E-1", TUESDAY)

    def yes() -> str:
        try:
            pay("E-1", "1200.00 USD", "1000.00 EUR")
        except allocations.NotOpen:
            return "no"
        return "yes"

    assert sorted(at_once(yes, yes)) == ["no", "yes"]
    assert (line().unapplied_minor, models.Allocation.objects.count()) == (0, 1)
    assert models.Conversion.objects.exclude(paid_minor=0).count() == 1
    assert broken() == []


def test_a_copy_that_was_tampered_with_is_found(teller: Teller) -> None:
    pays(teller, "1200.00 USD", "E-1", TUESDAY)
    pay("E-1", "1200.00 USD", "1000.00 EUR")
    assert broken() == []
    row = models.Conversion.objects.get(key__startswith="allocation:")
    with pytest.raises(DatabaseError), transaction.atomic():
        models.Conversion.objects.update(into_paid_minor=1)
    row.pk, row.key, row.into_paid_minor = new_id(), "more", row.into_paid_minor + 1
    row.save(force_insert=True)
    assert {one.split()[0] for one in broken()} == {"M38"}
    models.Allocation.objects.update(line_minor=1199_99)
    assert {one.split()[0] for one in broken()} == {"M13", "M38"}


def test_what_paid_across_comes_back_after_recourse(teller: Teller) -> None:
    """The line has its euros again, and the client owes in euros what it was spared in dollars."""
    row = hand_in(teller.place, "U-1", "1000.00")
    pays(teller, "500.00 EUR", "U-1", TUESDAY)
    pay("U-1", "500.00 EUR", "600.00 USD")
    settlement.repurchase([row.pk], because="asked", at=SIGNED["at"], actor="user:f")
    before = trial.balance()[Account.CLIENT_CLAIMS, "EUR"]
    allocations.undo([models.Allocation.objects.get(invoice=row).pk], **SIGNED)
    assert line().unapplied_minor == 500_00
    owes, paid = trial.balance()[Account.CLIENT_CLAIMS, "EUR"]
    assert owes - paid - before[0] + before[1] == 500_00  # At that of the recourse.
    assert broken() == []


def test_a_pledge_in_another_currency_is_paid_in_that_of_the_book(teller: Teller) -> None:
    """Nordhav borrows 8 000 dollars on 10 000. Bolt pays 5 000 euros, which pay 6 000 dollars at
    1.20: so much of the loan is repaid. Taken back, the loan stands as before."""
    exchange.choose_home("EUR", role=Role.FINANCE, **LATER)
    nord = teller.place.nord
    terms = world.agreement(m("100000.00 USD"))
    world.agree(nord, replace(terms, basis=LegalBasis.PLEDGE))
    parties.set_limit(
        teller.place.bolt.pk, m("50000.00 USD"), source="Bureau", role=Role.ADMIN, at=world.NOW,
        actor="user:o",
    )  # fmt: skip
    row = hand_in(teller.place, "P-1", "10000.00", client=nord)
    held = [Account.CLIENT_LOANS, Account.FACTORED_RECEIVABLES, Account.PLEDGED_CONTRA]

    def stands() -> list[int]:
        return [amounts.of_invoices(one, [row.pk]).get(row.pk, 0) for one in held]

    before = stands()
    assert before == [8000_00, 10000_00, -10000_00]
    pays(teller, "5000.00 EUR", "P-1", TUESDAY)
    pay("P-1", "5000.00 EUR", "6000.00 USD")
    assert stands() == [2000_00, 4000_00, -4000_00]
    rates(TUESDAY, USD="1.00")
    valuing.value(through=TUESDAY, **LATER)
    # The claim, its contra and the loan were carried at 1.20. Of the claim and the loan 6 000 that
    # are worth 1 000 more leave, of the contra too, the other way round; and they came in as 5 000.
    book = trial.balance()
    assert book[Account.EXCHANGE_GAINS, "EUR"] == (0, 2000_00)
    assert book[Account.EXCHANGE_LOSSES, "EUR"] == (2000_00, 0)
    assert broken() == []
    allocations.undo([invoice("P-1").allocations.get().pk], **SIGNED)
    assert stands() == before
    valuing.value(through=TUESDAY, **LATER)
    assert broken() == []
