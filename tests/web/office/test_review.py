"""The review of documents in the office: what is shown, what a form does, who may."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import pages, world
from tests.actions.test_review import received, unowned
from tests.web.office.conftest import BACKEND, SignedIn
from usance import models
from usance.actions import capture
from usance.domain.money import Money
from usance.shared.models import Book, Role, User

pytestmark = pytest.mark.django_db
STRANGER = {"buyer_name": "Kaufmann Zweigstelle", "buyer_vat_id": ""}


@pytest.fixture
def place() -> world.World:
    place = world.build()
    Book.objects.create(
        slug="main", name="Main", country="SE", created_at=world.NOW, simulated_at=world.NOW
    )
    return place


def form(row: models.Reading, **said: str) -> dict[str, str]:
    return {"version": str(row.version), **said}


def text(answer: object) -> str:
    return re.sub(r"<[^>]+>|\s+", " ", answer.content.decode())  # type: ignore[attr-defined]  # A response.


def test_the_list_parts_what_waits_from_what_is_decided(
    place: world.World, signed_in: SignedIn
) -> None:
    received(place, number="R-1")
    row = received(place, number="R-2", doubtful={"due_on": "2026-04-21"})
    client = signed_in("verification")
    page = client.get("/review").content.decode()
    assert f"/review/{row.pk}" in page
    assert "due_on was read with 0.71" in page
    assert page.count("/review/") == 1
    assert "Sure by itself" in client.get("/review?view=confirmed").content.decode()
    assert "No document is in this state." in client.get("/review?view=rejected").content.decode()
    today = client.get("/").content.decode()
    assert f"/review/{row.pk}" in today


def test_an_empty_list_says_what_comes_here(place: world.World, signed_in: SignedIn) -> None:
    assert "Nothing waits to be reviewed" in signed_in("intake").get("/review").content.decode()


def test_a_document_shows_page_fields_marks_and_reasons(
    place: world.World, signed_in: SignedIn
) -> None:
    row = received(place, doubtful={"due_on": "2026-02-01", **STRANGER})
    page = signed_in("verification").get(f"/review/{row.pk}").content.decode()
    assert 'data-for="due_on"' in page
    assert f"/documents/{row.file.document_id}/pages/1.png" in page
    said = re.search(r'id="said-due_on".*?</div></div>', page, re.DOTALL)
    assert said
    assert "Rule broken" in said[0]
    assert "before it was issued" in said[0]
    assert "0.71" in said[0]
    assert "Kaufmann &amp; Söhne KG" in page
    assert "Document 1 of 1" in page
    assert "style=" not in page


def test_typing_is_judged_at_once_without_touching_the_fields(
    place: world.World, signed_in: SignedIn
) -> None:
    row = received(place, doubtful={"payable": "1910.00"})
    client = signed_in("verification")

    def judged(**said: str) -> str:
        answer = client.post(
            f"/review/{row.pk}/check", form(row, **said), headers={"HX-Request": "true"}
        )
        assert b"<input" not in answer.content  # What is typed stays where it is, and the focus.
        return text(answer)

    assert "do not give the amount due" in judged(payable="1910.00")
    mended = judged(payable="1 190,00")
    assert "do not give the amount due" not in mended
    assert "Read was: 1910.00" in mended
    assert "is not an amount" in judged(payable="much")


def test_without_scripts_the_page_comes_back_as_it_was_typed(
    place: world.World, signed_in: SignedIn
) -> None:
    row = received(place, doubtful={"payable": "1910.00"})
    answer = signed_in("verification").post(f"/review/{row.pk}/check", form(row, payable="1190,00"))
    assert 'value="1190.00"' in answer.content.decode()


def test_confirmed_it_goes_on_to_the_next(place: world.World, signed_in: SignedIn) -> None:
    first = received(place, number="R-1", doubtful={"number": "R-I"})
    second = received(place, number="R-2", doubtful={"number": "R-2"})
    client = signed_in("intake")
    answer = client.post(
        f"/review/{first.pk}/confirm",
        form(first, number="R-1", issued_on="20.2.2026", payable="1.190,00", debtor=""),
    )
    assert answer.headers["Location"] == f"/review/{second.pk}"
    invoice = models.Invoice.objects.get()
    assert (invoice.number, invoice.face) == ("R-1", Money.of("1190.00", "EUR"))
    assert list(first.corrections.values_list("field", flat=True)) == ["number"]
    assert (
        client.post(f"/review/{second.pk}/confirm", form(second)).headers["Location"] == "/review"
    )
    done = client.get(f"/review/{first.pk}").content.decode()
    assert "What was corrected" in done
    assert "Confirm and next" not in done


def test_a_refusal_keeps_what_was_typed(place: world.World, signed_in: SignedIn) -> None:
    row = received(place, doubtful={"number": "R-I"})
    answer = signed_in("intake").post(
        f"/review/{row.pk}/confirm", form(row, number="", order_number="PO 77")
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "reading_incomplete" in page
    assert 'value="PO 77"' in page


def test_the_second_of_two_people_is_told(place: world.World, signed_in: SignedIn) -> None:
    row = received(place, doubtful={"number": "R-I"})
    signed_in("intake").post(f"/review/{row.pk}/confirm", form(row, number="R-1"))
    answer = signed_in("verification").post(f"/review/{row.pk}/confirm", form(row, number="R-2"))
    assert answer.status_code == 409
    assert "reading_decided" in answer.content.decode()
    assert models.Invoice.objects.count() == 1


def test_postponed_and_rejected_from_the_page(place: world.World, signed_in: SignedIn) -> None:
    row = received(place, doubtful={"number": "R-I"})
    client = signed_in("operations")
    client.post(f"/review/{row.pk}/postpone", form(row, until="2026-03-09", remark="Asked them"))
    row.refresh_from_db()
    assert (row.state, str(row.postponed_until), row.remark) == (
        "postponed", "2026-03-09", "Asked them",
    )  # fmt: skip
    assert "2026-03-09" in client.get("/review?view=postponed").content.decode()
    assert client.post(f"/review/{row.pk}/reject", form(row, reason="")).status_code == 409
    client.post(f"/review/{row.pk}/reject", form(row, reason="A reminder"))
    batch = client.get(f"/batches/{row.file.batch_id}").content.decode()
    assert "Rejected in review: A reminder" in batch


def test_a_new_debtor_comes_with_the_document(place: world.World, signed_in: SignedIn) -> None:
    row = received(place, doubtful={"buyer_name": "Holz GmbH", "buyer_vat_id": "DE999999999"})
    client = signed_in("intake")
    wrong = client.post(f"/review/{row.pk}/confirm", form(row, debtor="new", new_country=""))
    assert wrong.status_code == 422
    client.post(f"/review/{row.pk}/confirm", form(row, debtor="new", new_country="de"))
    debtor = models.Debtor.objects.get(vat_id="DE999999999")
    assert (debtor.name, debtor.country) == ("Holz GmbH", "DE")
    assert models.Invoice.objects.get().debtor == debtor


def test_the_client_is_chosen_where_nobody_knows_it(
    place: world.World, signed_in: SignedIn
) -> None:
    paper = pages.paper(place.acme, place.bolt, number="R-1")
    pages.hand_in(b"%PDF-1.4")
    row = models.Reading.objects.get()
    unknown = {"seller_name": "Somebody", "seller_vat_id": "", "seller_number": ""}
    capture.keep(row.pk, pages.reading(paper, doubtful=unknown), at=world.NOW, actor="belt")
    row.refresh_from_db()
    client = signed_in("intake")
    assert "Choose whose invoice it is" in client.get(f"/review/{row.pk}").content.decode()
    client.post(f"/review/{row.pk}/confirm", form(row, client=str(place.acme.pk)))
    assert models.Invoice.objects.get().client == place.acme


def test_whom_the_seller_may_be_is_offered_with_reasons(
    place: world.World, signed_in: SignedIn
) -> None:
    row = unowned(place)
    client = signed_in("intake")
    shown = text(client.get(f"/review/{row.pk}"))
    assert re.search(rf"{place.acme.name} [^·]*· same name[^·]*other VAT id", shown), shown
    chosen = {"client": str(place.acme.pk), "number": ""}
    again = client.post(f"/review/{row.pk}/confirm", form(row, **chosen))
    assert again.status_code == 422
    assert f'value="{place.acme.pk}" checked' in again.content.decode()  # The choice is kept.
    other = {"client": "other", "other_client": str(place.nord.pk)}
    client.post(f"/review/{row.pk}/confirm", form(row, **other))
    assert models.Invoice.objects.get().client == place.nord


@pytest.mark.parametrize("role", [one for one in Role.values if one != Role.CLIENT])
def test_only_three_desks_get_the_buttons(
    role: str, place: world.World, signed_in: SignedIn
) -> None:
    row = received(place, doubtful={"number": "R-I"})
    client = signed_in(role)
    may = role in {"intake", "verification", "operations", "admin"}
    assert ("Confirm and next" in client.get(f"/review/{row.pk}").content.decode()) is may
    answer = client.post(f"/review/{row.pk}/confirm", form(row, number="R-1"))
    assert answer.status_code == (302 if may else 409)


def test_a_clients_own_user_comes_nowhere_near(place: world.World, signed_in: SignedIn) -> None:
    row = received(place, doubtful={"number": "R-I"})
    user = User.objects.create_user(
        "acme", password="correct horse battery", role="client", client_id=place.acme.pk,
        book=Book.objects.get(),
    )  # fmt: skip
    client = Client()
    client.force_login(user, BACKEND)
    for url in ("/review", f"/review/{row.pk}"):
        assert client.get(url).status_code in {302, 403, 404}, url
    client.post(f"/review/{row.pk}/confirm", form(row, number="R-1"))
    assert not models.Invoice.objects.exists()
    assert Client().get("/review").status_code == 302


def test_the_number_of_queries_does_not_grow_with_the_documents(
    place: world.World, signed_in: SignedIn
) -> None:
    client = signed_in("verification")
    row = received(place, number="R-1", doubtful={"number": "R-1"})

    def queries(ask: Callable[[], object]) -> int:
        ask()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            ask()
        return len(asked)

    urls = ("/review", f"/review/{row.pk}", f"/batches/{row.file.batch_id}", "/batches", "/")
    before = [queries(lambda url=url: client.get(url)) for url in urls]
    for n in range(2, 8):
        received(place, number=f"R-{n}", doubtful={"number": "x", **STRANGER})
    after = [queries(lambda url=url: client.get(url)) for url in urls]
    assert after == before
    assert max(after) <= 40
