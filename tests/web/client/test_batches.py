"""A client hands in its invoices: what becomes of them, and that they are nobody else's."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import world
from tests.belt import drain
from tests.web import season
from tests.web.client.test_own import BACKEND, signed_in
from tests.web.season import Season
from usance import models
from usance.actions import intake
from usance.domain.events import Kind
from usance.domain.mandate import NotAllowed, Role
from usance.plugins.einvoices import ubl
from usance.web import handing

pytestmark = pytest.mark.django_db
UMLAUTS = "Rechnung Müller & Söhne 2026.xml"


@pytest.fixture
def made() -> Season:
    return season.build()


@pytest.fixture
def acme(made: Season) -> Client:
    return signed_in(season.own_user(made, made.place.acme))


def file(name: str = "R-9.xml", data: bytes = b"<a/>") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, "application/xml")


def paper(made: Season, number: str, **more: str) -> bytes:
    return ubl.write(world.paper(made.place.acme, made.place.bolt, number=number, **more), {})


def newest() -> models.Batch:
    return models.Batch.objects.latest("number")


def test_files_become_a_batch_of_the_client_with_its_totals(acme: Client, made: Season) -> None:
    files = [file(UMLAUTS, paper(made, "R-9", gross="99.99")), file("note.xml")]
    sent = {"files": files, "count": "1", "total": "99,99", "currency": "eur"}
    answer = acme.post("/client/batches", sent)
    batch = newest()
    assert answer["Location"] == f"/client/batches/{batch.pk}"
    assert (batch.client, batch.way, batch.actor) == (made.place.acme, "client", "user:ellen")
    assert (batch.control_count, batch.control_totals, batch.findings) == (1, {"EUR": 9999}, [])
    page = acme.get(answer["Location"]).content.decode()
    for words in ("Müller &amp; Söhne", "Not readable", "Hand in the file that your program made",
                  ">R-9</a>", "Agrees", "every 2s"):  # fmt: skip
        assert words in page, words
    assert "Ask the client" not in page
    line = models.Diary.objects.get(kind=Kind.BATCH_RECEIVED, subject_id=batch.pk)
    assert line.actor == "user:ellen"
    drain(send=False)
    done = acme.get(f"{answer['Location']}?part=progress")
    assert done["HX-Refresh"] == "true"
    assert "Funded" in acme.get(answer["Location"]).content.decode()
    assert f'href="{answer["Location"]}"' in acme.get("/client/batches").content.decode()


def test_the_same_bytes_again_are_copies_and_nothing_stands_twice(
    acme: Client, made: Season
) -> None:
    for _ in range(2):
        answer = acme.post("/client/batches", {"files": [file(data=paper(made, "R-9"))]})
    assert models.Invoice.objects.filter(number="R-9").count() == 1
    page = acme.get(answer["Location"]).content.decode()
    assert "We have it already" in page
    assert "the first one stands" in page


def test_a_table_that_nobody_knows_is_left_to_the_office(acme: Client, made: Season) -> None:
    rows = "Beleg;Konto;Ziel;Betrag\nR-50;Bolt AB;2026-04-01;100,00\nR-51;Bolt AB;2026-04-02;5,00\n"
    answer = acme.post("/client/batches", {"files": [file("märz.csv", rows.encode())]})
    assert models.WaitingTable.objects.get().client == made.place.acme
    page = acme.get(answer["Location"]).content.decode()
    assert "We look at it" in page
    assert "we say once which column is which" in page


def test_anothers_batch_is_as_if_it_never_was(acme: Client, made: Season) -> None:
    theirs = intake.receive(
        [intake.File(name="nordhav.xml", data=b"<a/>")], client=made.place.nord.pk, way="office",
        at=season.LATER, actor="user:asa",
    )  # fmt: skip
    ofall = models.Batch.objects.filter(client=None).first()
    assert ofall is not None
    for batch in (theirs, ofall):
        for more in ("", "?part=progress"):
            assert acme.get(f"/client/batches/{batch.pk}{more}").status_code == 404
    page = acme.get("/client/batches").content.decode()
    assert str(theirs.pk) not in page
    assert "Nothing was handed in yet" in page


def test_whose_invoices_they_are_is_not_for_the_form_to_say(acme: Client, made: Season) -> None:
    sent = {"files": [file(data=paper(made, "R-9"))], "client": str(made.place.nord.pk)}
    acme.post("/client/batches", sent)
    assert models.Invoice.objects.get(number="R-9").client == made.place.acme


def test_a_batch_that_we_took_in_for_it_names_no_colleague(acme: Client, made: Season) -> None:
    ours = intake.receive(
        [intake.File(name="x.xml", data=b"<a/>")], client=made.place.acme.pk, way="office",
        at=season.LATER, actor="user:asa",
    )  # fmt: skip
    page = acme.get(f"/client/batches/{ours.pk}").content.decode()
    assert "taken in by us" in page
    assert "asa" not in page


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({}, "no_files"),
        ({"count": "three"}, "control_count_unreadable"),
        ({"count": "²"}, "control_count_unreadable"),
        ({"count": "99999999999"}, "control_count_unreadable"),
        ({"total": "a lot", "currency": "EUR"}, "control_total_unreadable"),
        ({"total": "9" * 5000, "currency": "EUR"}, "control_total_unreadable"),
    ],
)
def test_what_cannot_be_understood_is_refused_as_in_the_office(
    sent: dict[str, str], code: str, acme: Client
) -> None:
    before = models.Batch.objects.count()
    answer = acme.post("/client/batches", sent)
    assert answer.status_code == 422
    assert code.encode() in answer.content
    assert models.Batch.objects.count() == before


def test_too_many_files_and_too_large_ones_are_refused(acme: Client) -> None:
    many = [file(f"{n}.xml", b"x") for n in range(handing.MOST_FILES + 1)]
    assert b"501 files are more than 500." in acme.post("/client/batches", {"files": many}).content
    large = file("large.pdf", b"x" * (handing.LARGEST_FILE + 1))
    assert b"a file may have 50 MB" in acme.post("/client/batches", {"files": [large]}).content


def test_a_form_of_another_site_takes_nothing_in(made: Season) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(season.own_user(made, made.place.acme), BACKEND)
    assert strict.post("/client/batches", {"files": [file()]}).status_code == 403


def test_a_client_takes_in_nothing_but_its_own(made: Season) -> None:
    """The act is the client's alone; what the office takes in, it may not."""
    handed = {"way": "client", "at": season.LATER, "actor": "user:ellen", "role": Role.CLIENT}
    with pytest.raises(NotAllowed):
        intake.receive([], client=None, **handed)


def test_a_paper_of_another_seller_is_held_and_tells_nothing_of_it(
    acme: Client, made: Season
) -> None:
    theirs = ubl.write(world.paper(made.place.nord, made.place.tre_kronor, number="N-1"), {})
    answer = acme.post("/client/batches", {"files": [file(data=theirs)]})
    drain(send=False)
    held = models.Hold.objects.get(invoice__client=made.place.acme, closed_at=None)
    assert "seller_not_client" in str(held.findings)
    page = acme.get(answer["Location"]).content.decode()
    assert "We look at it" in page
    assert "Nordhav" not in page
