"""The first screen: exact figures, one currency at a time, and what waits for a person."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import world
from tests.belt import drain, receive
from tests.kept import kept
from tests.web.office.conftest import SignedIn
from usance import models
from usance.domain.money import Money
from usance.queries import today, work
from usance.shared.models import Book

pytestmark = pytest.mark.django_db
DUE = (
    today.Due(date(2026, 1, 1), 100, 1),
    today.Due(date(2026, 2, 1), 200, 2),
    today.Due(date(2026, 3, 1), 400, 1),
    today.Due(date(2026, 3, 2), 800, 1),
    today.Due(date(2026, 3, 9), 1600, 1),
)


@pytest.fixture
@kept
def place() -> world.World:
    place = world.build()
    Book.objects.create(
        slug="main", name="Main", country="SE", created_at=world.NOW, simulated_at=world.NOW
    )
    receive(
        world.paper(place.acme, place.bolt, number="R-1", gross="10000.00"),
        world.paper(place.acme, place.bolt, number="R-2", gross="60000.00"),
        world.paper(place.acme, place.kaufmann, number="R-3", gross="5000.00"),
        world.paper(place.nord, place.tre_kronor, number="N-1", gross="100000.00", currency="SEK"),
    )
    drain(send=False)
    return place


def tiles(html: str) -> dict[str, str]:
    name = r'tile-name">([^<]+)</div>\s*<div class="tile-figure">'
    found = re.findall(name + r'(?:<data class="num" value="([^"]+)"|([^<]*))', html)
    return {name: (money or plain).strip() for name, money, plain in found}


def test_every_tile_is_exact_to_the_cent(place: world.World, signed_in: SignedIn) -> None:
    assert tiles(signed_in("cash").get("/").content.decode()) == {
        "Funds in use": "12000.00 EUR",  # 80 % of 10 000 and of 5 000.
        "Availability": "188000.00 EUR",  # Of a facility of 200 000.
        "Purchased today": "15000.00 EUR",
        "Unapplied cash": "0.00 EUR",
        "DSO (count-back)": "1.0",
        "Overdue &gt; 30 d": "0.0",
    }


def test_another_currency_is_another_page_and_nothing_is_added_up(
    place: world.World, signed_in: SignedIn
) -> None:
    page = signed_in("cash").get("/?currency=SEK").content.decode()
    assert tiles(page)["Funds in use"] == "85000.00 SEK"
    assert tiles(page)["Availability"] == "1915000.00 SEK"
    assert tiles(signed_in("cash").get("/?currency=XXX").content.decode())["Funds in use"].endswith(
        "EUR"  # Two open receivables in EUR, one in SEK.
    )


def test_funds_in_use_are_those_that_the_credit_rule_counts(place: world.World) -> None:
    from usance.queries import amounts

    ours = sum(amounts.funds_in_use([place.acme.pk, place.nord.pk], "EUR").values())
    assert today.course("EUR", until=world.TODAY)[-1].funds == Money(ours, "EUR")


def test_what_is_open_by_due_date_is_the_account(place: world.World) -> None:
    (due,) = today.open_by_due()["EUR"]
    assert (due.on, due.minor, due.invoices) == (date(2026, 4, 30), 1_500_000, 2)


@pytest.mark.parametrize(
    ("on", "sums"),
    [
        (date(2026, 3, 1), [2800, 0, 200, 100, 0, 0]),
        (date(2026, 3, 2), [2400, 400, 200, 100, 0, 0]),
        (date(2026, 4, 2), [0, 0, 1600, 1400, 0, 100]),
    ],
)
def test_ageing_counts_days_after_the_due_date(on: date, sums: list[int]) -> None:
    # 1 January to 1 March are 59 days, to 2 March 60, to 2 April 91.
    assert [minor for _, minor in today.ageing(DUE, today=on)] == sums


def test_what_is_overdue_and_what_is_expected_never_overlap() -> None:
    on = date(2026, 3, 2)  # A Monday.
    assert today.overdue(DUE, today=on, more_than=0) == (700, 4)
    assert today.overdue(DUE, today=on, more_than=30) == (100, 1)
    assert today.forecast(DUE, today=on)[:2] == [(on, 800), (on + timedelta(days=7), 1600)]


def test_days_sales_outstanding_count_back_over_purchases(place: world.World) -> None:
    assert today.days_sales_outstanding("EUR", until=world.TODAY) == Decimal(1)
    assert today.days_sales_outstanding("EUR", until=world.TODAY + timedelta(days=9)) == 10
    assert today.days_sales_outstanding("USD", until=world.TODAY) is None


def test_the_work_list_mixes_what_waits(place: world.World, signed_in: SignedIn) -> None:
    row = models.Invoice.objects.get(number="R-1")
    signed_in("collection").post(f"/invoices/{row.pk}/dispute", {"reason": "Two boxes missing"})
    raw = "ReadTimeout: The read operation timed out"
    models.Dispatch.objects.filter(invoice__number="R-3").update(state="unknown", detail=raw)
    found = {(task.name, task.sort.value) for task in work.tasks()}
    assert found == {("R-1", "dispute"), ("R-2", "findings"), ("R-3", "unknown")}
    page = signed_in("cash").get("/").content.decode()
    assert "Two boxes missing" in page
    assert "Unknown outcome" in page
    assert "Nobody knows whether it went out. The carrier did not answer in time." in page
    assert re.search(rf"<details.*?Details.*?{raw}.*?</details>", page), "only whoever opens it"
    assert "Ask smtp" not in page


def test_the_badge_and_the_navigation_say_how_things_stand(
    place: world.World, signed_in: SignedIn
) -> None:
    page = signed_in("cash").get("/").content.decode()
    assert "Ledger balanced" in page
    assert re.search(r'data-go="h">.*?<span class="count">1</span>', page)


def test_no_link_of_the_first_screen_is_dead(place: world.World, signed_in: SignedIn) -> None:
    models.Dispatch.objects.filter(invoice__number="R-3").update(state="unknown")
    client = signed_in("cash")
    page = client.get("/").content.decode().replace("&amp;", "&")
    links = {url for url in re.findall(r'href="(/[^"#]*)"', page) if "/static/" not in url}
    assert len(links) > 15
    answers = {url: client.get(url).status_code for url in links}
    assert {url: status for url, status in answers.items() if status != 200} == {}


def test_queries_do_not_grow_with_the_rows(place: world.World, signed_in: SignedIn) -> None:
    client = signed_in("cash")

    def asked() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            client.get("/")
        return len(queries)

    asked()  # The first answer also reads what a process reads once.
    few = asked()
    receive(
        *(world.paper(place.acme, place.bolt, number=f"P-{n}", gross="50000.00") for n in range(9))
    )
    drain(send=False)
    assert asked() == few <= 36


def test_an_empty_book_teaches(signed_in: SignedIn) -> None:
    page = signed_in("cash").get("/").content.decode()
    assert "Nothing waits for a person" in page


@pytest.mark.parametrize(
    ("role", "shown"),
    [("intake", {"New batch"}), ("finance", {"Import bank file"}), ("collection", set())],
)
def test_nobody_is_asked_to_begin_what_the_role_may_not(
    role: str, shown: set[str], signed_in: SignedIn
) -> None:
    page = signed_in(role).get("/").content.decode()
    assert {word for word in ("New batch", "Import bank file") if word in page} == shown
