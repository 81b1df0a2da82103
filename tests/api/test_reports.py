"""Reports over the API: figures, definitions, stretches, refusals, and a client's own statement."""

from typing import Any

import pytest

from tests import world
from tests.api.conftest import Program, key
from tests.belt import drain, receive
from tests.web import season
from usance.queries.reports import catalogue
from usance.shared.models import ApiKey

pytestmark = pytest.mark.django_db


@pytest.fixture
def bought(place: world.World) -> world.World:
    receive(
        world.paper(place.acme, place.bolt, number="R-1", gross="10000.00"),
        world.paper(place.acme, place.kaufmann, number="R-2", gross="5000.00"),
        world.paper(place.nord, place.tre_kronor, number="N-1", gross="800.00", currency="SEK"),
    )
    drain(send=False)
    return place


def eur(minor: int) -> dict[str, Any]:
    return {"minor": minor, "currency": "EUR"}


def test_the_list_says_what_each_report_counts_and_takes(program: Program) -> None:
    said = program.get("/v1/reports").said["items"]
    assert [one["name"] for one in said] == list(catalogue.REPORTS)
    assert all(one["definition"] for one in said)
    assert next(one for one in said if one["name"] == "client-statement")["needs"] == ["client"]


def test_an_ageing_has_rows_by_client_and_totals_by_currency(
    bought: world.World, program: Program
) -> None:
    said = program.get("/v1/reports/ageing").said
    assert [(row["client"], row["total"], row["items"]) for row in said["rows"]] == [
        ("Acme Feinblech GmbH", eur(1_500_000), 2),
        ("Nordhav Seafood AB", {"minor": 80_000, "currency": "SEK"}, 1),
    ]
    assert [row["not_due"] for row in said["totals"]] == [
        eur(1_500_000), {"minor": 80_000, "currency": "SEK"},
    ]  # fmt: skip
    assert said["on"] == "2026-03-02"


def test_a_statement_opens_moves_and_closes_to_the_cent(
    bought: world.World, program: Program
) -> None:
    said = program.get("/v1/reports/client-statement", client=bought.acme.pk).said
    assert [row["receivables"] for row in said["opening"]] == [eur(0)]
    assert sorted(row["receivables"]["minor"] for row in said["rows"]) == [500_000, 1_000_000]
    (closing,) = said["closing"]
    assert (closing["receivables"], closing["reserve"], closing["due"], closing["funds"]) == (
        eur(1_500_000), eur(300_000), eur(1_200_000), eur(1_200_000),
    )  # fmt: skip


def test_stretches_follow_each_other(bought: world.World, program: Program) -> None:
    seen, after = [], 0
    while after is not None:
        said = program.get("/v1/reports/open-items", limit=1, after=after).said
        seen += [row["invoice"] for row in said["rows"]]
        after = said["next"]
    assert sorted(seen) == ["N-1", "R-1", "R-2"]


@pytest.mark.parametrize(
    ("path", "query", "status", "code"),
    [
        ("nonsense", {}, 404, "report_unknown"),
        ("ageing", {"on": "2026-03-03"}, 422, "day_ahead"),
        ("ageing", {"on": "0001-01-01"}, 422, "day_unreadable"),
        ("ageing", {"known": "2026-04-01T00:00:00Z"}, 422, "day_ahead"),
        ("dso", {"on": "2026-03-01", "since": "2026-03-02"}, 422, "period_empty"),
        ("ageing", {"client": "0199f3a2-1c00-7000-8000-000000000001"}, 404, "party_unknown"),
        ("ageing", {"kind": "paid"}, 422, "filter_unknown"),
        ("ageing", {"by": "invoice"}, 422, "filter_unknown"),
        ("moves", {"account": "12"}, 422, "filter_unknown"),
        ("client-statement", {}, 422, "filter_missing"),
        ("ageing", {"on": "yesterday"}, 422, "invalid_request"),
        ("ageing", {"nonsense": "1"}, 422, "invalid_request"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_a_code(
    path: str, query: dict[str, str], status: int, code: str, program: Program
) -> None:
    answer = program.get(f"/v1/reports/{path}", **query)
    assert (answer.status_code, answer.said["code"]) == (status, code)
    assert answer.said["detail"]


def test_a_clients_key_reads_its_own_statement_and_no_others() -> None:
    made = season.build()
    program = key("read", name="acme")
    ApiKey.objects.filter(name="acme").update(book=made.book, client_id=made.place.acme.pk)
    said = program.get("/v1/reports/client-statement")
    assert said.status_code == 200
    assert b"R-1" in said.content
    assert b"N-1" not in said.content
    theirs = program.get("/v1/reports/client-statement", client=made.place.nord.pk)
    assert theirs.status_code == 404
    assert b"Nordhav" not in theirs.content
    for path in ("/v1/reports", "/v1/reports/ageing", "/v1/reports/moves"):
        assert program.get(path).said["code"] == "not_for_clients"
