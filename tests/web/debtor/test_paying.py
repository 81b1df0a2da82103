"""How the debtor's page says what to pay: today's amount, a part, words, plans, each once."""

from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from tests.web import season
from tests.web.debtor.test_portal import BROWSER, path_of
from tests.web.season import Season
from usance import models
from usance.actions import plans
from usance.domain.mandate import Role

pytestmark = pytest.mark.django_db
IBAN = "DE89370400440532013000"


@pytest.fixture
def made() -> Season:
    return season.build()


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


def page(made: Season, query: str = "?language=en") -> str:
    return Client().get(path_of(made) + query).content.decode()


def claim_interest(made: Season) -> None:
    models.Reminder.objects.create(
        invoice=made.letter, level=1, letter="first_reminder", made_on=date(2026, 3, 1),
        days_overdue=5, outstanding_minor=50_000, interest_minor=123, currency="EUR",
        pay_by=date(2026, 3, 9),
    )  # fmt: skip


def agree(made: Season, count: int = 2) -> models.Plan:
    Client().post(path_of(made) + "/plan", {"count": str(count)}, **BROWSER)
    row = models.Plan.objects.get()
    return plans.decide(row.pk, agrees=True, role=Role.COLLECTION, at=season.LATER, actor="user:c")


def test_everything_that_is_typed_into_a_bank_can_be_copied(made: Season) -> None:
    shown = page(made)
    for plain in ("Factor Nord AB", IBAN, made.letter.payment_reference, "500.00"):
        assert f'data-copy="{plain}"' in shown, plain


def test_interest_that_was_asked_for_is_part_of_what_is_due(made: Season) -> None:
    assert 'data-copy="500.00"' in page(made)
    claim_interest(made)
    shown = page(made)
    assert 'data-copy="501.23"' in shown
    assert "Late interest that was asked for" in shown


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("123.45", "123.45"), ("123,45", "123.45"), ("499.99", "499.99"), ("0.01", "0.01")],
)
def test_a_part_is_shown_with_how_to_pay_it(typed: str, amount: str, made: Season) -> None:
    shown = page(made, f"?language=en&part={typed}")
    assert f'data-copy="{amount}"' in shown
    assert "This is a part. All that is owed: €500.00." in shown


@pytest.mark.parametrize(
    "typed", ["0", "500", "500.01", "-1", "x", "1e99", "0.001", "NaN", "9" * 19]
)
def test_what_is_no_part_is_said_to_be_none(typed: str, made: Season) -> None:
    shown = page(made, f"?language=en&part={typed}")
    assert 'data-copy="500.00"' in shown
    assert "Please enter an amount below €500.00." in shown


def test_a_word_about_tomorrow_is_noted_once_and_shown(made: Season) -> None:
    day = (season.LATER + timedelta(days=5)).date()
    for _ in range(2):
        answer = Client().post(
            path_of(made) + "/pays?language=en", {"pays_on": str(day)}, follow=True, **BROWSER
        )
    assert "Thank you. The day is noted." in answer.content.decode()
    assert models.Promise.objects.get().waits_until == day + timedelta(days=5)
    assert "reminders wait for it until 12 Mar 2026" in page(made)


def test_a_day_too_far_is_answered_in_words_and_not_kept(made: Season) -> None:
    answer = Client().post(
        path_of(made) + "/pays?language=en", {"pays_on": "2027-01-01"}, follow=True, **BROWSER
    )
    assert "two weeks" in answer.content.decode()
    assert not models.Promise.objects.exists()


def test_a_plan_is_chosen_from_what_is_offered(made: Season) -> None:
    shown = page(made)
    assert "2 instalments" in shown
    assert "30 Apr 2026 €250.00, 30 May 2026 €250.00" in shown
    answer = Client().post(
        path_of(made) + "/plan?language=en", {"count": "2", "text": "Harvest"}, follow=True,
        **BROWSER,
    )  # fmt: skip
    assert "Factor Nord AB decides about the plan" in answer.content.decode()
    assert "You asked for 2 instalments." in page(made)
    assert models.Plan.objects.get().text == "Harvest"


@pytest.mark.parametrize("count", ["", "5", "0", "-2", "two", "99999999999999999999"])
def test_a_plan_that_is_not_offered_is_none(count: str, made: Season) -> None:
    answer = Client().post(
        path_of(made) + "/plan?language=en", {"count": count}, follow=True, **BROWSER
    )
    assert "cannot be asked for any more" in answer.content.decode()
    assert not models.Plan.objects.exists()


def test_an_agreed_plan_asks_for_its_next_instalment_alone(made: Season) -> None:
    agree(made)
    shown = page(made)
    assert 'data-copy="250.00"' in shown
    assert "The plan is agreed." in shown
    assert "Choose a plan" not in shown


def test_the_paper_takes_words_and_plans_too_and_proves_nothing(made: Season) -> None:
    from usance.queries import portal

    path = portal.link(made.dispatch(made.letter), printed=True).partition("8000")[2]
    Client().post(path + "/plan", {"count": "2"}, **BROWSER)
    Client().post(path + "/paid", {}, **BROWSER)
    assert (models.Plan.objects.count(), models.Promise.objects.count()) == (1, 1)
    assert not models.DeliveryEvent.objects.filter(carrier="portal").exists()


@pytest.mark.parametrize("what", ["pays", "plan"])
def test_a_wrong_address_takes_no_word(what: str, made: Season) -> None:
    assert Client().post(f"/i/{'x' * 40}/{what}", {"count": "2"}, **BROWSER).status_code == 404
    assert Client().get(f"{path_of(made)}/{what}", **BROWSER).status_code == 405


def test_what_a_debit_collects_is_not_asked_for(made: Season) -> None:
    letter = made.letter
    mandate = models.DebitMandate.objects.create(
        debtor=letter.debtor, reference="M-7", scheme="CORE", iban=IBAN, notice_days=14,
        signed_on=date(2026, 1, 15), evidence="Folder", entered_at=season.LATER, entered_by="a",
    )  # fmt: skip
    debit = models.Debit.objects.create(
        mandate=mandate, invoice=letter, amount_minor=50_000, currency="EUR", content="x",
        collect_on=date(2026, 4, 30), notice_days=14, planned_at=season.LATER, planned_by="day",
    )  # fmt: skip
    assert f'data-copy="{IBAN}"' in page(made)  # Nobody told the debtor yet.
    debit.state, debit.announced_at = "announced", season.LATER
    debit.save()
    shown = page(made)
    assert "€500.00 will be collected on 30 Apr 2026 from your account ending in 3000" in shown
    assert "M-7" in shown
    assert all(word not in shown for word in ("data-copy", "Already paid?", "Pay in instalments?"))
