"""The list of invoices: views, filters, pages, exports, and what it costs to ask."""

import io
import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from tests import world
from tests.belt import drain, receive
from tests.kept import kept
from tests.web.office.conftest import SignedIn
from usance import clock, models
from usance.shared.models import Book

pytestmark = pytest.mark.django_db


def numbers(html: bytes) -> list[str]:
    return re.findall(r'<a class="a ref" href="/invoices/[^"]+">([^<]+)</a>', html.decode())


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
        world.paper(place.acme, place.kaufmann, number="R-3", gross="1234.50",
                    due_on=world.TODAY + timedelta(days=20)),
        world.paper(place.nord, place.tre_kronor, number="N-1", gross="5000.00", currency="SEK"),
    )  # fmt: skip
    drain(send=False)
    return place


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", ["N-1", "R-3", "R-2", "R-1"]),
        ("?view=held", ["R-2"]),
        ("?view=funded", ["N-1", "R-3", "R-1"]),
        ("?view=overdue", []),
        ("?view=nonsense", ["N-1", "R-3", "R-2", "R-1"]),
        ("?q=R-", ["R-3", "R-2", "R-1"]),
        ("?q=r2", ["R-2"]),
        ("?q=1.234,50", ["R-3"]),
        ("?q=1,234.50", ["R-3"]),
        ("?q=60000", ["R-2"]),
        ("?currency=SEK", ["N-1"]),
        ("?debtor=kaufmann", ["R-3"]),
        ("?debtor=nobody", []),
        ("?due_to=2026-03-31", ["R-3"]),
        ("?issued_from=2027-01-01", []),
        ("?purchased=2026-03-02&currency=EUR", ["R-3", "R-1"]),
        ("?sort=amount&currency=EUR", ["R-3", "R-1", "R-2"]),
        ("?sort=-amount&currency=EUR", ["R-2", "R-1", "R-3"]),
        ("?sort=due&currency=EUR", ["R-3", "R-1", "R-2"]),
        ("?due_from=yesterday", ["N-1", "R-3", "R-2", "R-1"]),
    ],
)
def test_the_address_narrows_the_list(
    asked: str, found: list[str], place: world.World, signed_in: SignedIn
) -> None:
    assert numbers(signed_in("cash").get(f"/invoices{asked}").content) == found


def test_the_client_of_the_address_is_named_in_its_chip(
    place: world.World, signed_in: SignedIn
) -> None:
    page = signed_in("cash").get(f"/invoices?client={place.nord.pk}")
    assert numbers(page.content) == ["N-1"]
    assert "Remove the filter Client" in page.content.decode()


def test_tabs_say_how_many(place: world.World, signed_in: SignedIn) -> None:
    page = signed_in("cash").get("/invoices").content.decode()
    tabs = dict(re.findall(r'view=(\w+)"[^>]*>[^<]+<span class="count">(\d+)', page))
    assert tabs == {"all": "4", "held": "1", "funded": "3", "received": "1"}


def test_every_row_is_on_exactly_one_page(place: world.World, signed_in: SignedIn) -> None:
    papers = [
        world.paper(place.acme, place.bolt, number=f"P-{n:03}", gross=f"{n % 7 + 1}.00")
        for n in range(120)
    ]
    receive(*papers)
    client, url, seen = signed_in("cash"), "/invoices?q=P-&sort=amount", []
    while url:
        html = client.get(url).content
        seen.append(numbers(html))
        after = re.search(r'rel="next" href="([^"]+)"', html.decode())
        url = "/invoices" + after[1].replace("&amp;", "&") if after else ""
    assert [len(page) for page in seen] == [50, 50, 20]
    assert len({number for page in seen for number in page}) == 120
    back = re.search(r'rel="prev" href="([^"]+)"', html.decode())
    assert back
    before = client.get("/invoices" + back[1].replace("&amp;", "&")).content
    assert numbers(before) == seen[1]


def test_queries_do_not_grow_with_the_rows(place: world.World, signed_in: SignedIn) -> None:
    client = signed_in("cash")

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get("/invoices")
        return len(queries)

    asked()
    few = asked()
    receive(*(world.paper(place.acme, place.bolt, number=f"P-{n}") for n in range(30)))
    assert asked() == few <= 16


def test_exports_hold_exactly_the_filter(place: world.World, signed_in: SignedIn) -> None:
    client = signed_in("cash")
    csv = b"".join(client.get("/invoices?currency=EUR&format=csv")).decode("utf-8-sig")
    assert [line.split(",")[1] for line in csv.splitlines()] == ["number", "R-3", "R-2", "R-1"]
    rows = json.loads(b"".join(client.get("/invoices?q=R-3&format=json")))
    assert [(row["number"], row["face"], row["currency"]) for row in rows] == [
        ("R-3", "1234.50", "EUR")
    ]
    sheet = b"".join(client.get("/invoices?view=held&format=xlsx"))
    table = CalamineWorkbook.from_filelike(io.BytesIO(sheet)).get_sheet_by_index(0).to_python()
    assert [row[1] for row in table] == ["number", "R-2"]
    assert table[1][7] == 60000.0


def test_a_number_that_looks_like_a_formula_is_text_in_an_export(
    place: world.World, signed_in: SignedIn
) -> None:
    models.Invoice.objects.filter(number="R-1").update(number="=1+1")
    csv = b"".join(signed_in("cash").get("/invoices?format=csv")).decode()
    assert ",'=1+1," in csv


def test_search_finds_invoices_parties_and_batches(place: world.World, signed_in: SignedIn) -> None:
    def found(words: str) -> list[tuple[str, str]]:
        answer = signed_in("cash").get(
            "/search", {"q": words}, headers={"Accept": "application/json"}
        )
        return [(hit["kind"], hit["name"].split(" · ")[0]) for hit in answer.json()["hits"]]

    reference = models.Invoice.objects.get(number="R-2").payment_reference
    assert found(reference) == [("Invoice", "R-2")]
    assert ("Invoice", "R-3") in found("1 234,50")
    assert ("Debtor", "Bolt Maschinenbau AG") in found("bolt")
    assert ("Client", "Acme Feinblech GmbH") in found("DE136695976")
    assert ("Debtor", "Bolt Maschinenbau AG") in found("maschinenbau")
    assert ("Debtor", "Kaufmann & Söhne KG") in found("Soehne")
    assert found("maschinenbau nowhere") == []
    assert found("zzz") == []


def test_the_clock_of_the_book_is_used(place: world.World) -> None:
    assert clock.now() == world.NOW


def test_the_page_of_an_invoice_shows_the_official_verdict(
    place: world.World, signed_in: SignedIn
) -> None:
    row = models.Invoice.objects.get(number="R-1")

    page = signed_in("verification").get(f"/invoices/{row.pk}").content.decode()

    assert "by the official rules" in page
