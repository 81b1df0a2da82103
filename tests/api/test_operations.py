"""Every operation, done once as it is meant."""

from base64 import b64encode
from datetime import date
from hashlib import sha256
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest

from tests import world
from tests.api.conftest import Program
from tests.belt import drain, receive
from usance import models
from usance.actions import holds
from usance.domain import payment
from usance.domain.finding import Finding
from usance.domain.money import Money
from usance.plugins.einvoices import ubl
from usance.plugins.statements._camt_write import write_camt053

pytestmark = pytest.mark.django_db


def xml(place: world.World, number: str = "R-1", gross: str = "10000.00") -> bytes:
    return ubl.write(world.paper(place.acme, place.bolt, number=number, gross=gross), {})


def named(data: bytes, name: str) -> BytesIO:
    file = BytesIO(data)
    file.name = name
    return file


def funded(place: world.World, number: str = "R-1") -> models.Invoice:
    """An invoice that we bought, its letter still to be sent."""
    receive(world.paper(place.acme, place.bolt, number=number))
    drain(send=False)
    return models.Invoice.objects.get(number=number)


def statement(row: models.Invoice, amount: str, *, text: str = "") -> bytes:
    """A day's statement of our account with one receipt."""
    paid = Money.of(amount, "EUR")
    line = payment.BankLine(
        amount=paid, booked_on=world.TODAY, value_on=world.TODAY, entry_reference="E1",
        bank_reference="E1/1", end_to_end="", counterparty="Bolt Maschinenbau AG",
        counterparty_account="DE75512108001245126199",
        texts=(text or row.payment_reference,), references=(), code="PMNT/RCDT/ESCT",
    )  # fmt: skip
    return write_camt053(
        payment.Statement(
            account=world.OUR_EUR, currency="EUR", reference="S1", opening=Money(0, "EUR"),
            closing=paid, lines=(line,), opened_on=world.TODAY, closed_on=world.TODAY,
        ),
        world.NOW,
    )  # fmt: skip


def test_a_batch_of_files_is_taken_in(program: Program, place: world.World) -> None:
    answer = program.send("/v1/batches", {"files": [named(xml(place), "R-1.xml")]})
    assert answer.status_code == 201, answer.content
    assert answer.said == {
        "id": str(models.Batch.objects.get().pk), "number": 1, "files": 1, "invoices": 1,
        "to_read": 0, "findings": [], "waiting": [],
    }  # fmt: skip
    assert models.Batch.objects.get().actor == program.actor
    assert models.Batch.objects.get().way == "api"


def test_a_batch_in_json_is_the_same(program: Program, place: world.World) -> None:
    answer = program.post(
        "/v1/batches",
        {
            "client": str(place.acme.pk),
            "control": {"count": 2, "total": {"minor": 1, "currency": "EUR"}},
            "files": [
                {"name": "R-1.xml", "media_type": "application/xml",
                 "content": b64encode(xml(place)).decode()},
                {"name": "broken.xml", "content": b64encode(b"<Invoice").decode()},
            ],
        },
    )  # fmt: skip
    assert answer.status_code == 201, answer.content
    assert [(one["file"], one["code"]) for one in answer.said["findings"]] == [
        ("", "control_count_differs"),
        ("", "control_total_differs"),
        ("broken.xml", "unreadable"),
    ]


def test_control_totals_come_with_files_too(program: Program, place: world.World) -> None:
    answer = program.send(
        "/v1/batches",
        {
            "files": [named(xml(place), "R-1.xml")],
            "client": str(place.acme.pk),
            "control_count": "1",
            "control_total_minor": "1000000",
            "control_currency": "EUR",
        },
    )
    assert answer.status_code == 201, answer.content
    shown = program.get(f"/v1/batches/{answer.said['id']}").said
    assert shown["totals"] == [
        {"count": 1, "ours": {"minor": 1000000, "currency": "EUR"},
         "theirs": {"minor": 1000000, "currency": "EUR"}}
    ]  # fmt: skip
    assert shown["progress"]["received"] == 1
    assert [one["id"] for one in program.get("/v1/batches").said["items"]] == [answer.said["id"]]


def test_an_invoice_is_found_and_told_whole(program: Program, place: world.World) -> None:
    row = funded(place)
    (found,) = program.get("/v1/invoices", view="funded", words="R-1").said["items"]
    assert found["id"] == str(row.pk)
    assert found["client"] == {"id": str(place.acme.pk), "name": "Acme Feinblech GmbH"}
    assert found["outstanding"] == {"minor": 1000000, "currency": "EUR"}
    assert program.get("/v1/invoices", view="settled").said["items"] == []
    assert program.get("/v1/invoices", batch=row.file.batch_id).said["items"] == [found]

    shown = program.get(f"/v1/invoices/{row.pk}").said
    assert shown["funding"]["advance"] == {"minor": 800000, "currency": "EUR"}
    assert shown["reserve"] == {"minor": 200000, "currency": "EUR"}
    assert shown["decisions"][0]["approved"] is True
    assert {"rule", "agrees", "says", "values"} == shown["decisions"][0]["reasons"][0].keys()
    assert [one["evidence"] for one in shown["deliveries"]] == ["none"]
    (document,) = shown["documents"]
    assert document["of"] == "received"

    got = program.get(f"/v1/documents/{document['sha256']}")
    assert sha256(got.content).hexdigest() == document["sha256"]
    assert got["Content-Disposition"].startswith("attachment")
    assert "sandbox" in got["Content-Security-Policy"]


def test_timeline_and_journal_of_an_invoice(program: Program, place: world.World) -> None:
    row = funded(place)
    timeline = program.get(f"/v1/invoices/{row.pk}/timeline").said
    assert [line["kind"] for line in timeline["items"]] == [
        "invoice.received", "invoice.verified", "invoice.approved", "invoice.funded",
        "dispatch.planned",
    ]  # fmt: skip
    assert timeline["next"] is None
    (entry,) = program.get(f"/v1/invoices/{row.pk}/journal").said["items"]
    assert [(m["debit"], m["credit"], m["amount"]["minor"]) for m in entry["moves"]] == [
        ("1200", "2200", 800000),
        ("1200", "2100", 200000),
    ]


@pytest.mark.parametrize(
    ("way", "decision"), [("releases", "released"), ("rejections", "rejected")]
)
def test_a_hold_is_decided(program: Program, place: world.World, way: str, decision: str) -> None:
    receive(world.paper(place.acme, place.bolt, gross="60000.00"))  # Over the limit of 50 000.
    drain(send=False)
    (held,) = program.get("/v1/holds").said["items"]
    assert held["step"] == "credit.assess"
    assert held["findings"][0]["todo"]
    answer = program.post(f"/v1/holds/{held['id']}/{way}", {"remark": "Known."})
    assert (answer.status_code, answer.said["decision"]) == (201, decision)
    again = program.post(f"/v1/holds/{held['id']}/{way}", {"remark": "Known."})
    assert (again.status_code, again.said["code"]) == (409, "hold_closed")
    assert program.get("/v1/holds").said["items"] == []


def test_a_statement_is_imported_and_pays(program: Program, place: world.World) -> None:
    row = funded(place)
    data = statement(row, "10000.00")
    answer = program.send("/v1/statements", {"file": named(data, "s.xml")})
    assert answer.status_code == 201, answer.content
    assert answer.said == {
        "document": sha256(data).hexdigest(), "statements": 1, "lines": 1, "known": 0,
    }  # fmt: skip
    again = program.post(
        "/v1/statements", {"file": {"name": "s.xml", "content": b64encode(data).decode()}}
    )
    assert (again.status_code, again.said["lines"], again.said["known"]) == (201, 0, 1)
    drain(send=False)
    assert program.get(f"/v1/invoices/{row.pk}").said["stage"] == "settled"
    (line,) = program.get("/v1/bank-lines", verdict="certain").said["items"]
    assert line["unapplied"]["minor"] == 0
    (shown,) = program.get("/v1/statements").said["items"]
    assert (shown["lines"], shown["open_lines"]) == (1, 0)


def test_a_person_says_what_a_line_pays(program: Program, place: world.World) -> None:
    row = funded(place)
    data = statement(row, "4000.00", text="thank you")
    program.send("/v1/statements", {"file": named(data, "s.xml")})
    drain(send=False)
    (line,) = program.get("/v1/bank-lines", unapplied="true").said["items"]
    said = {"invoice": str(row.pk), "amount": {"minor": 400000, "currency": "EUR"}}
    answer = program.post(f"/v1/bank-lines/{line['id']}/allocations", said)
    assert (answer.status_code, answer.said["unapplied"]["minor"]) == (201, 0)
    assert program.get(f"/v1/invoices/{row.pk}").said["outstanding"]["minor"] == 600000
    again = program.post(f"/v1/bank-lines/{line['id']}/allocations", said)
    assert (again.status_code, again.said["code"]) == (409, "nothing_to_allocate")


PARTY = {"name": "Ny Kund AB", "country": "SE", "legal_id": "556000-2222", "city": "Umeå"}


def test_clients_and_their_facilities(program: Program) -> None:
    made = program.post("/v1/clients", PARTY)
    assert (made.status_code, made.said["legal_id"]) == (201, "5560002222")
    path = f"/v1/clients/{made.said['id']}"
    assert program.get(path).said == made.said
    (found,) = program.get("/v1/clients", name="ny kund").said["items"]
    assert found["id"] == made.said["id"]
    same = program.post("/v1/clients", PARTY)
    assert (same.status_code, same.said["code"]) == (409, "identifier_taken")
    nowhere = program.post("/v1/debtors", PARTY | {"country": "XX"})
    assert (nowhere.status_code, nowhere.said["code"]) == (409, "country_unknown")
    terms = {
        "limit": {"minor": 50000000, "currency": "SEK"}, "advance_rate": "0.8",
        "fee_rate": "0.0125", "valid_from": "2026-03-01",
    }  # fmt: skip
    said = program.post(f"{path}/facilities", terms)
    assert said.status_code == 201, said.content
    assert (said.said["advance_rate"], said.said["recourse_days"]) == ("0.8", None)
    assert program.get(f"{path}/facilities").said["items"] == []


def test_debtors_and_their_limits(program: Program) -> None:
    made = program.post(
        "/v1/debtors", {**PARTY, "wish": "email", "email": "ap@ny.example",
                        "accounts": ["DE75512108001245126199"]}
    )  # fmt: skip
    assert made.status_code == 201, made.content
    path = f"/v1/debtors/{made.said['id']}"
    limit = {"limit": {"minor": 1000000, "currency": "EUR"}, "source": "Insurer"}
    given = program.post(f"{path}/limits", limit)
    assert (given.status_code, given.said["given_on"]) == (201, "2026-03-02")
    assert program.get(f"{path}/limits").said["items"] == [given.said]
    assert program.get(path).said["wish"] == "email"
    assert len(program.get("/v1/debtors", country="DE").said["items"]) == 2


def test_an_unknown_delivery_is_resolved(program: Program, place: world.World) -> None:
    funded(place)
    row = models.Dispatch.objects.get()
    assert program.get("/v1/dispatches", view="unknown").said["items"] == []
    known = program.post(f"/v1/dispatches/{row.pk}/resolutions", {"went_out": True})
    assert (known.status_code, known.said["code"]) == (409, "outcome_is_known")
    models.Dispatch.objects.update(state="unknown")
    (shown,) = program.get("/v1/dispatches", view="unknown").said["items"]
    assert shown["number"] == "R-1"
    answer = program.post(f"/v1/dispatches/{row.pk}/resolutions", {"went_out": True})
    assert (answer.status_code, answer.said["state"]) == (201, "accepted")
    again = program.post(f"/v1/dispatches/{row.pk}/resends", {"kind": "letter", "reason": "Lost."})
    assert (again.status_code, again.said["state"]) == (201, "queued")
    (new,) = models.Dispatch.objects.exclude(pk=row.pk)
    assert (str(new.pk), new.kind) == (again.said["dispatch"], "letter")
    path = f"/v1/dispatches/{new.pk}/resends"
    no = program.post(path, {"kind": "letter", "reason": "Lost."})
    assert (no.status_code, no.said["code"]) == (409, "delivery_still_open")


def test_the_books_as_of_any_day(program: Program, place: world.World) -> None:
    funded(place)
    today = program.get("/v1/ledger/trial-balance").said
    assert {(a["account"], a["balance"]["minor"]) for a in today["accounts"]} == {
        ("1200", 1000000), ("2100", 200000), ("2200", 800000),
    }  # fmt: skip
    (total,) = today["totals"]
    assert total["debit"] == total["credit"] == {"minor": 1000000, "currency": "EUR"}
    before = program.get("/v1/ledger/trial-balance", as_of="2026-03-01").said
    assert (before["as_of_on"], before["accounts"]) == ("2026-03-01", [])


def test_entries_by_day_and_party(program: Program, place: world.World) -> None:
    funded(place)
    (entry,) = program.get("/v1/ledger/entries", client=place.acme.pk).said["items"]
    assert entry["because"] == "Purchase of invoice R-1"
    assert program.get("/v1/ledger/entries", booked_from="2026-03-03").said["items"] == []
    assert program.get("/v1/ledger/entries", debtor=place.kaufmann.pk).said["items"] == []


def test_lists_go_on_where_they_ended(program: Program, place: world.World) -> None:
    receive(*(world.paper(place.acme, place.bolt, number=f"R-{n}") for n in range(7)))
    seen, after = [], {}
    while True:
        page = program.get("/v1/invoices", limit=3, **after).said
        seen += [one["number"] for one in page["items"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert seen == [f"R-{n}" for n in reversed(range(7))]


def test_queries_do_not_grow_with_the_rows(
    program: Program, place: world.World, django_assert_max_num_queries: Any
) -> None:
    receive(*(world.paper(place.acme, place.bolt, number=f"R-{n}") for n in range(30)))
    with django_assert_max_num_queries(8):
        assert len(program.get("/v1/invoices", limit=30).said["items"]) == 30


def test_health_and_metrics(program: Program, place: world.World) -> None:
    receive(world.paper(place.acme, place.bolt, gross="60000.00"))
    drain(send=False)
    assert Program("").get("/health/live").said == {"status": "alive"}
    assert program.get("/health/ready").said == {"status": "ready"}
    books = program.get("/health/books").said
    assert books["right"] is True
    assert {one["broken"] for one in books["promises"]} == {0}
    figures = program.get("/metrics")
    assert figures["Content-Type"].startswith("text/plain")
    assert b'books_violations{rule="M2"} 0.0' in figures.content
    assert b'work_waiting{kind="held"} 1.0' in figures.content
    assert b'carrier_paused{carrier="hybrid"} 0.0' in figures.content


def test_a_hold_by_error_is_listed_with_its_cause(program: Program, place: world.World) -> None:
    receive(world.paper(place.acme, place.bolt))
    row = models.Invoice.objects.get()
    finding = Finding(code="odd", says="It is odd.", todo="Look.")
    holds.hold({row.pk: [finding]}, stage="finance.fund", at=world.NOW, actor="belt")
    (held,) = program.get("/v1/holds", step="finance.fund").said["items"]
    assert held["findings"][0] == {
        "code": "odd", "says": "It is odd.", "where": "", "severity": "fatal", "todo": "Look.",
        "others": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    "path",
    [
        "/v1/batches/{}", "/v1/invoices/{}", "/v1/invoices/{}/timeline", "/v1/invoices/{}/journal",
        "/v1/clients/{}", "/v1/clients/{}/facilities", "/v1/debtors/{}", "/v1/debtors/{}/limits",
    ],
)  # fmt: skip
def test_what_this_book_does_not_have_is_404(program: Program, path: str) -> None:
    answer = program.get(path.format(uuid4()))
    assert (answer.status_code, answer.said["code"]) == (404, "not_found")


AMOUNT = {"minor": 1, "currency": "EUR"}
TERMS = {"limit": AMOUNT, "advance_rate": "0.8", "fee_rate": "0", "valid_from": "2026-03-01"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/invoices/{}/disputes", {"reason": "No."}),
        ("/v1/holds/{}/releases", {}),
        ("/v1/holds/{}/rejections", {}),
        ("/v1/bank-lines/{}/allocations", {"invoice": str(uuid4()), "amount": AMOUNT}),
        ("/v1/clients/{}/facilities", TERMS),
        ("/v1/debtors/{}/limits", {"limit": AMOUNT, "source": "x"}),
        ("/v1/dispatches/{}/resolutions", {"went_out": True}),
        ("/v1/dispatches/{}/resends", {"kind": "letter", "reason": "x"}),
    ],
)
def test_nothing_is_written_for_an_unknown_id(
    program: Program, path: str, body: dict[str, Any]
) -> None:
    answer = program.post(path.format(uuid4()), body)
    assert (answer.status_code, answer.said["code"]) == (404, "not_found")
    assert program.delete(f"/v1/invoices/{uuid4()}/disputes/current").status_code == 404
    assert program.get(f"/v1/documents/{'0' * 64}").status_code == 404
    assert date(2026, 3, 2) == world.TODAY
