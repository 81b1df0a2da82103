"""Documents: the same bytes as were kept, and nothing of them runs."""

import pytest

from tests import world
from tests.belt import receive
from tests.letters import samples
from tests.web.office.conftest import SignedIn
from usance import letters, models
from usance.actions.documents import Content, keep

pytestmark = pytest.mark.django_db
HOSTILE = b"<?xml version='1.0'?><a><script>alert(1)</script><b onload='x'/></a>"


def kept(data: bytes, media_type: str = "text/html", name: str = "a.html") -> str:
    (digest,) = keep([Content(data=data, media_type=media_type, name=name)], at=world.NOW)
    return digest


def test_the_bytes_come_back_as_a_harmless_download(signed_in: SignedIn) -> None:
    digest = kept(HOSTILE, name='Räkning "1"; x.html')
    answer = signed_in("cash").get(f"/documents/{digest}")
    assert answer.content == HOSTILE
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == (
        "attachment; filename*=utf-8''R%C3%A4kning%20%221%22%3B%20x.html"
    )
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_xml_is_shown_as_text_with_a_line_for_each_element(signed_in: SignedIn) -> None:
    page = signed_in("cash").get(f"/documents/{kept(HOSTILE)}/look").content.decode()
    assert "  &lt;script&gt;alert(1)&lt;/script&gt;\n" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    "data",
    [
        b"<broken",
        b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
        b"a;b\n1;2\n",
        b"",
        "R\xe4kning".encode("latin-1"),
    ],
)
def test_anything_that_was_handed_in_can_be_looked_at(data: bytes, signed_in: SignedIn) -> None:
    page = signed_in("cash").get(f"/documents/{kept(data)}/look")
    assert page.status_code == 200
    assert "root:" not in page.content.decode()


def test_a_pdf_is_shown_as_pictures_of_its_pages(signed_in: SignedIn) -> None:
    client = signed_in("cash")
    pdf = letters.render("invoice", "de", samples.german())
    digest = kept(pdf, "application/pdf", "r.pdf")
    assert "Page 1 of " in client.get(f"/documents/{digest}/look").content.decode()
    picture = client.get(f"/documents/{digest}/pages/1.png")
    assert picture.content.startswith(b"\x89PNG")
    assert picture["Content-Type"] == "image/png"
    assert client.get(f"/documents/{digest}/pages/99.png").status_code == 404


def test_a_broken_pdf_says_why_and_can_still_be_downloaded(signed_in: SignedIn) -> None:
    page = signed_in("cash").get(f"/documents/{kept(b'%PDF-1.7 nothing')}/look")
    assert page.status_code == 200
    assert "it is kept unchanged" in page.content.decode()


def test_what_was_received_opens_from_the_invoice(signed_in: SignedIn) -> None:
    place = world.build()
    receive(world.paper(place.acme, place.bolt))
    row = models.Invoice.objects.get()
    page = signed_in("cash").get(f"/invoices/{row.pk}").content.decode()
    assert f"/documents/{row.file.document_id}/look" in page


@pytest.mark.parametrize("digest", ["0" * 64, "..%2f..%2fetc", "x"])
def test_what_is_not_kept_is_not_found(digest: str, signed_in: SignedIn) -> None:
    for path in ("", "/look", "/pages/1.png"):
        assert signed_in("cash").get(f"/documents/{digest}{path}").status_code == 404
