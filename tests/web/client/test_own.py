"""A client's own pages: what it sees, and that it sees nothing of anybody else's."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

from tests import world
from tests.belt import drain, receive
from tests.letters.reading import flowing
from tests.web import season
from tests.web.season import Season
from usance import models
from usance.domain.money import Money
from usance.queries import own
from usance.queries.invoices import View
from usance.shared.models import Role, User

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, BACKEND)
    return client


@pytest.fixture
def made() -> Season:
    return season.build()


@pytest.fixture
def acme(made: Season) -> Client:
    return signed_in(season.own_user(made, made.place.acme))


def test_a_client_finds_its_invoices_and_no_others(acme: Client) -> None:
    page = acme.get("/client/").content.decode()
    assert "R-1" in page
    assert "R-2" in page
    assert "N-1" not in page
    assert "Nordhav" not in page


def test_it_reads_what_is_owed_on_what_is_bought_and_what_of_it_is_late(
    acme: Client, made: Season
) -> None:
    models.Invoice.objects.filter(pk=made.letter.pk).update(due_on=world.TODAY - timedelta(days=1))
    assert own.owed(made.place.acme.pk, today=world.TODAY) == {
        View.FUNDED: (Money.of("1500.00", "EUR"),),
        View.OVERDUE: (Money.of("500.00", "EUR"),),
        View.DISPUTED: (),
    }
    page = acme.get("/client/").content.decode()
    assert page.count("1,500.00") == 1, "and the invoices themselves are of 1,000.00 and 500.00"


def test_an_invoice_shows_delivery_evidence_payment_and_timeline(
    acme: Client, made: Season
) -> None:
    page = acme.get(f"/client/invoices/{made.mine.pk}").content.decode()
    for words in ("The receiver has it", "Not due yet", "rechnung@bolt.example", "250 ok",
                  "Bought: the advance is yours", "Certificate of delivery"):  # fmt: skip
        assert words in page, words


def test_what_is_ours_stays_with_us(acme: Client, made: Season) -> None:
    """Limits, rules, holds and the names of colleagues are nobody's business but ours."""
    page = acme.get(f"/client/invoices/{made.mine.pk}").content.decode()
    for words in ("limit", "belt", "user:", "Inside the debtor"):
        assert words not in page, words


@pytest.mark.parametrize(
    "path",
    [
        "/client/invoices/{pk}",
        "/client/invoices/{pk}/certificate",
        "/client/invoices/{pk}/documents/{sha256}",
    ],
)
def test_anothers_invoice_is_as_if_it_never_was(path: str, acme: Client, made: Season) -> None:
    theirs = made.dispatch(made.theirs)
    assert theirs.document_id
    filled = path.format(pk=made.theirs.pk, sha256=theirs.document_id)
    assert acme.get(filled).status_code == 404


def test_anothers_document_is_not_opened_through_ones_own_invoice(
    acme: Client, made: Season
) -> None:
    theirs, mine = made.dispatch(made.theirs), made.dispatch(made.mine)
    assert (
        acme.get(f"/client/invoices/{made.mine.pk}/documents/{theirs.document_id}").status_code
        == 404
    )
    kept = acme.get(f"/client/invoices/{made.mine.pk}/documents/{mine.document_id}")
    assert kept.content.startswith(b"%PDF")
    assert kept["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_a_file_that_holds_anothers_invoices_too_is_not_shown(acme: Client, made: Season) -> None:
    received = made.mine.file.document_id
    path = f"/client/invoices/{made.mine.pk}/documents/{received}"
    assert acme.get(path).status_code == 200
    models.Invoice.objects.filter(pk=made.theirs.pk).update(file=made.mine.file)
    assert acme.get(path).status_code == 404


def addresses() -> list[str]:
    """Every address of the house, its ids filled in with what may exist."""
    found = []

    def walk(patterns: list[URLPattern | URLResolver], before: str) -> None:
        for one in patterns:
            if isinstance(one, URLResolver):
                walk(one.url_patterns, before + str(one.pattern))
            else:
                found.append("/" + before + str(one.pattern))

    walk(get_resolver().url_patterns, "")
    return found


def fill(route: str, made: Season) -> str:
    sha256 = made.dispatch(made.theirs).document_id or "0" * 64
    for part, value in (
        ("<uuid:pk>", str(made.theirs.pk)), ("{id}", str(made.theirs.pk)),
        ("<uuid:id>", str(made.theirs.pk)), ("<str:sha256>", sha256), ("<sha256>", sha256),
        ("<int:number>", "1"), ("<str:number>", "1200"), ("<str:currency>", "EUR"),
        ("<str:carrier>", "smtp"), ("<path:rest>", "x"), ("<str:token>", "x" * 40),
        ("<slug:paper>", "invoice"), ("<id>", str(made.theirs.pk)),
    ):  # fmt: skip
        route = route.replace(part, value)
    return route.replace("^", "").replace("$", "").replace("\\Z", "")


def test_no_address_of_the_house_shows_a_client_anything_of_another(
    acme: Client, made: Season
) -> None:
    """Every address is asked, also those that are added later."""
    canaries = (b"Nordhav", b"Tre Kronor", b"N-1", str(made.theirs.pk).encode())
    asked = 0
    for route in addresses():
        path = fill(route, made)
        if "logout" in path or path.startswith("/account/"):
            continue
        for answer in (acme.get(path), acme.post(path)):
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            shown = [one for one in canaries if one in body.replace(path.encode(), b"")]
            assert not shown, f"{path} shows {shown}"
            if not path.startswith(("/client/", "/i/", "/preferences", "/csp", "/v1/hooks")):
                assert answer.status_code in {302, 404}, f"{path} {answer.status_code}"
        asked += 1
    assert asked > 80, "the crawl found too few addresses"


def test_a_colleague_does_not_come_in_by_the_clients_door(made: Season) -> None:
    office = signed_in(User.objects.create_user("asa", password="correct horse b", role="admin"))
    for path in ("/client/", f"/client/invoices/{made.mine.pk}"):
        assert office.get(path).status_code == 404


def test_the_start_leads_a_client_to_its_own_pages(acme: Client) -> None:
    assert acme.get("/")["Location"] == "/client/"


def test_a_user_is_a_clients_or_ours_and_never_half(made: Season) -> None:
    for wrong in (
        {"role": Role.CLIENT},
        {"role": Role.CLIENT, "book": made.book},
        {"role": Role.ADMIN, "book": made.book, "client_id": made.place.acme.pk},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.create_user("x", password="correct horse battery", **wrong)


@pytest.mark.parametrize("query", ["", "view=funded", "view=overdue", "q=R-1", "q=nothing"])
def test_every_view_opens(query: str, acme: Client) -> None:
    assert acme.get(f"/client/?{query}").status_code == 200


def test_an_export_holds_the_clients_rows_with_their_evidence(acme: Client) -> None:
    answer = acme.get("/client/?format=json")
    rows = json.loads(b"".join(answer.streaming_content))
    assert {row["number"]: row["evidence"] for row in rows} == {
        "R-1": "receiver_confirmed", "R-2": "carrier_accepted",
    }  # fmt: skip


def test_a_certificate_is_the_clients_to_download(acme: Client, made: Season) -> None:
    models.Dispatch.objects.filter(invoice=made.mine).update(because="Sent again by mia: Lost.")
    answer = acme.get(f"/client/invoices/{made.mine.pk}/certificate")
    assert "Sent again by us: Lost." in flowing(answer.content)
    assert answer.content.startswith(b"%PDF")
    assert answer["Content-Disposition"] == 'attachment; filename="certificate-R-1.pdf"'


def test_a_list_asks_as_often_for_many_rows_as_for_few(acme: Client, made: Season) -> None:
    def asked(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert acme.get(path).status_code == 200
        return len(queries)

    asked("/client/")  # The first request also writes the session.
    few = asked("/client/"), asked(f"/client/invoices/{made.mine.pk}")
    receive(
        *(
            world.paper(made.place.acme, made.place.bolt, number=f"M-{n}", gross=f"{n + 5}")
            for n in range(6)
        )
    )
    drain(send=False)
    assert (asked("/client/"), asked(f"/client/invoices/{made.mine.pk}")) == few


def test_a_client_reads_its_own_statement_and_cannot_ask_for_anothers(
    acme: Client, made: Season
) -> None:
    page = acme.get("/client/statement").content.decode()
    assert "R-1" in page
    theirs = {"client": str(made.place.nord.pk), "debtor": str(made.place.tre_kronor.pk)}
    for query in ({}, theirs, {"format": "json"}, {"format": "csv"} | theirs):
        answer = acme.get("/client/statement", query)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert b"R-1" in body
        assert b"N-1" not in body
        assert b"Nordhav" not in body
    assert acme.get("/client/statement?format=pdf").content.startswith(b"%PDF")
    assert acme.get("/client/statement?on=2099-01-01").status_code == 409
    for path in ("/reports", "/reports/ageing", f"/debtors/{made.place.bolt.pk}/statement"):
        assert acme.get(path).status_code == 404
