"""The reports of the office: every page opens, filters hold, files agree with screens."""

import csv
import json
from datetime import timedelta
from io import StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import world
from tests.belt import drain
from tests.web.office import day
from tests.web.office.conftest import SignedIn
from usance.queries.reports import catalogue

pytestmark = pytest.mark.django_db
PAGES = ["/reports", *(f"/reports/{name}" for name in catalogue.REPORTS)]


def test_every_report_opens_on_an_empty_book(signed_in: SignedIn) -> None:
    office = signed_in("finance")
    for path in PAGES:
        assert office.get(path).status_code == 200, path
    assert b"Nothing in these books" in office.get("/reports/ageing").content
    assert b"Of which client?" in office.get("/reports/client-statement").content


def test_a_working_day_is_reported_on_screen_in_files_and_on_paper(signed_in: SignedIn) -> None:
    made = day.build()
    office = signed_in("finance")
    for path in PAGES:
        assert office.get(path).status_code == 200, path
    page = office.get("/reports/ageing").content.decode()
    assert "agrees with the ledger" in page
    assert "differs from the ledger" not in page
    assert "What is outstanding on bought invoices" in page  # The definition stands under it.
    for name in catalogue.REPORTS.keys() - {"client-statement"}:
        _files_agree(office, f"/reports/{name}?currency=EUR")
    acme = made.place.acme.pk
    _files_agree(office, f"/reports/client-statement?client={acme}")
    for path in (
        f"/reports/client-statement?client={acme}&format=pdf",
        f"/reports/client-statement?client={acme}&format=pdf&language=sv",
        f"/debtors/{made.place.bolt.pk}/statement?format=pdf&language=en",
        f"/debtors/{made.place.tre_kronor.pk}/statement?format=pdf",
    ):
        assert office.get(path).content.startswith(b"%PDF"), path
    statement = office.get(f"/debtors/{made.place.bolt.pk}/statement").content.decode()
    assert "R-1002" in statement
    assert "10,000.00" in statement  # R-1001 was paid.


def _files_agree(office: "SignedIn", path: str) -> None:
    rows = json.loads(b"".join(office.get(f"{path}&format=json").streaming_content))
    text = b"".join(office.get(f"{path}&format=csv").streaming_content).decode("utf-8-sig")
    table = list(csv.DictReader(StringIO(text)))
    assert len(table) == len(rows)
    for mine, theirs in zip(rows, table, strict=True):
        assert {k: "" if v is None else str(v) for k, v in mine.items()} == theirs
    xlsx = b"".join(office.get(f"{path}&format=xlsx").streaming_content)
    assert xlsx.startswith(b"PK")


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("ageing?on=2026-03-03", "has not come yet"),
        ("ageing?on=soon", "is no day"),
        ("ageing?client=Nobody", "we know no"),
        ("ageing?client=%00", "no such characters"),
        ("ageing?by=invoice", "by is one of client, debtor"),
        ("ageing?basis=issued&amp;bucket=d91", "narrowed by amp;bucket"),
        ("open-items?basis=issued&bucket=d91", "bucket is one of"),
        ("dso?since=2026-03-02&on=2026-03-01", "lies after"),
        ("moves?account=9999", "has no account"),
        ("ageing?currency=euro", "is no currency"),
    ],
)
def test_what_cannot_be_answered_says_why(path: str, says: str, signed_in: SignedIn) -> None:
    day.build()
    answer = signed_in("finance").get(f"/reports/{path}")
    assert answer.status_code == 409
    assert says.lower() in answer.content.decode().replace("&#x27;", "'").lower()


def test_a_report_that_is_none_is_not_found(signed_in: SignedIn) -> None:
    assert signed_in("finance").get("/reports/horoscope").status_code == 404


def test_yesterday_is_shown_as_it_stood_yesterday(signed_in: SignedIn) -> None:
    day.build()
    office = signed_in("finance")
    before = world.TODAY - timedelta(days=1)
    assert b"Nothing in these books" in office.get(f"/reports/ageing?on={before}").content
    assert b"Nothing in these books" in office.get(f"/reports/ageing?known={before}").content


def test_a_report_asks_as_often_for_many_rows_as_for_few(signed_in: SignedIn) -> None:
    made = day.build()
    office = signed_in("admin")
    paths = [f"/reports/{name}" for name in catalogue.REPORTS if name != "client-statement"]
    paths += [
        f"/reports/client-statement?client={made.place.acme.pk}",
        f"/debtors/{made.place.bolt.pk}/statement",
    ]

    def asked(path: str) -> int:
        office.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert office.get(path).status_code == 200
        return len(queries)

    few = {path: asked(path) for path in paths}
    for n in range(6):
        day.hand_in(
            world.paper(made.place.acme, made.place.bolt, number=f"M-{n}", gross=f"{n + 5}")
        )
    drain(send=False)
    for path in paths:
        assert asked(path) <= few[path], path
