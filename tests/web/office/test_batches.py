"""Hand in files at the office: what is taken, what is refused, and what the batch then says."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests import world
from tests.belt import drain
from tests.web.office import day
from tests.web.office.conftest import SignedIn
from usance import models
from usance.plugins.einvoices import ubl
from usance.queries import batches
from usance.web import handing

pytestmark = pytest.mark.django_db


def file(name: str = "R-1.xml", data: bytes = b"<a/>") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, "application/xml")


def test_files_become_one_batch_with_the_clients_own_totals(signed_in: SignedIn) -> None:
    place = world.build()
    papers = [world.paper(place.acme, place.bolt, number=f"R-{n}") for n in range(3)]
    files = [file(f"{p.number}.xml", ubl.write(p, {})) for p in papers]
    answer = signed_in("intake").post(
        "/batches/new", {"files": files, "count": "3", "total": "30,000.00", "currency": "eur"}
    )
    (batch,) = models.Batch.objects.all()
    assert answer.status_code == 302
    assert answer["Location"] == f"/batches/{batch.pk}"
    assert (batch.control_count, batch.control_totals) == (3, {"EUR": 3_000_000})
    assert batch.findings == []
    assert batch.actor == "user:intake"
    assert models.Invoice.objects.count() == 3


def test_htmx_is_told_where_to_go(signed_in: SignedIn) -> None:
    world.build()
    answer = signed_in("intake").post(
        "/batches/new", {"files": [file()]}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 204
    assert answer["HX-Redirect"] == f"/batches/{models.Batch.objects.get().pk}"


@pytest.mark.parametrize("role", ["credit", "finance", "collection", "cash"])
def test_a_role_that_may_not_takes_nothing_in(role: str, signed_in: SignedIn) -> None:
    answer = signed_in(role).post("/batches/new", {"files": [file()]})
    assert answer.status_code == 422
    assert b"not_allowed" in answer.content
    assert not models.Batch.objects.exists()


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({}, "no_files"),
        ({"count": "three"}, "control_count_unreadable"),
        ({"total": "a lot", "currency": "EUR"}, "control_total_unreadable"),
    ],
)
def test_a_form_that_cannot_be_understood_says_all_of_it(
    sent: dict[str, str], code: str, signed_in: SignedIn
) -> None:
    answer = signed_in("intake").post("/batches/new", sent)
    assert answer.status_code == 422
    assert code.encode() in answer.content


def test_too_many_files_and_too_large_ones_are_refused(signed_in: SignedIn) -> None:
    many = [file(f"{n}.xml", b"x" * 10) for n in range(501)]
    answer = signed_in("intake").post("/batches/new", {"files": many})
    assert b"501 files are more than 500." in answer.content
    large = file("large.pdf", b"x" * (handing.LARGEST_FILE + 1))
    answer = signed_in("intake").post("/batches/new", {"files": [large]})
    assert b"large.pdf has 50 MB; a file may have 50 MB." in answer.content
    assert not models.Batch.objects.exists()


def test_a_batch_without_a_client_names_the_sellers_in_it(signed_in: SignedIn) -> None:
    place = world.build()
    papers = [world.paper(place.acme, place.bolt, number="R-1"),
              world.paper(place.nord, place.bolt, number="N-1")]  # fmt: skip
    files = [file(f"{p.number}.xml", ubl.write(p, {})) for p in papers]
    signed_in("intake").post("/batches/new", {"files": files})
    (one,) = batches.listed(models.Batch.objects.all())
    assert (one.client, one.sellers) == ("", (place.acme.name, place.nord.name))
    page = signed_in("intake").get("/batches").content.decode()
    assert (
        f'{place.acme.name} <span class="quiet" title="{place.acme.name}, {place.nord.name}">+ 1'
        in page
    )


def test_a_batch_says_what_became_of_each_file_and_invoice(signed_in: SignedIn) -> None:
    made = day.build()
    page = signed_in("collection").get(f"/batches/{made.batch.pk}").content.decode()
    assert "holiday.xml" in page
    assert "unreadable" in page
    assert "control_total_differs" in page
    assert "5 of 6" in page  # R-1005 is more than its debtor's limit.
    assert "1 invoice is held" in page


def test_the_progress_asks_again_until_the_belt_is_empty(signed_in: SignedIn) -> None:
    place = world.build()
    batch = day.hand_in(world.paper(place.acme, place.bolt))
    office = signed_in("intake")
    moving = office.get(f"/batches/{batch.pk}?part=progress")
    assert b"every 2s" in moving.content
    assert "HX-Refresh" not in moving
    drain(send=False)
    done = office.get(f"/batches/{batch.pk}?part=progress")
    assert b"every 2s" not in done.content
    assert done["HX-Refresh"] == "true"
