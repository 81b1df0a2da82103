"""Templates: words are tried out, refused by line, saved as a version, and seen as they will be."""

import re

import pytest
from django.urls import reverse

from tests import world
from tests.web.office.conftest import SignedIn
from usance import letters, models
from usance.letters import wording
from usance.letters.languages import texts

pytestmark = pytest.mark.django_db
PAGE = ("invoice", "de")


def typed(**changed: str) -> dict[str, str]:
    own = wording.as_fields("invoice", texts(*PAGE))
    fields = {name: wording.to_text(value) for name, value in own.items()}
    return fields | {"replaces": "0"} | {name.replace("__", "."): v for name, v in changed.items()}


def test_every_letter_and_language_has_its_page(signed_in: SignedIn) -> None:
    place = world.build()
    admin = signed_in("admin")
    listed = admin.get(reverse("templates"))
    for letter in letters.LETTERS:
        for language in letters.LANGUAGES:
            address = reverse("template", args=[letter, language])
            assert f'href="{address}"' in listed.content.decode()
    for letter in letters.LETTERS:
        assert admin.get(reverse("template", args=[letter, "fi"])).status_code == 200
    assert admin.get(f"{reverse('templates')}?client={place.acme.pk}").status_code == 200
    assert admin.get(reverse("settings")).status_code == 200


@pytest.mark.parametrize("letter", letters.LETTERS)
def test_every_letter_is_drawn_with_its_message(signed_in: SignedIn, letter: str) -> None:
    place = world.build()
    own = wording.as_fields(letter, texts(letter, "nb"))
    fields = {name: wording.to_text(value) for name, value in own.items()}
    address = reverse("template_look", args=[letter, "nb"])
    for query in ("", f"?client={place.nord.pk}"):
        shown = signed_in("operations").post(address + query, fields).content.decode()
        assert "data:image/png;base64,iVBOR" in shown
        assert "Factor Nord AB" in shown


def test_a_wrong_line_is_named_while_typing_and_nothing_is_kept(signed_in: SignedIn) -> None:
    world.build()
    address = reverse("template_look", args=PAGE)
    said = typed(clause="{factor}\n{facktor} & <b>")
    shown = signed_in("operations").post(address, said).content.decode()
    assert "{facktor} is not known here." in shown
    assert "clause, line 2" in shown
    assert "data:image" not in shown
    assert not models.Template.objects.exists()


def test_only_what_differs_is_saved(signed_in: SignedIn) -> None:
    world.build()
    client = signed_in("operations")
    answer = client.post(reverse("template", args=PAGE), typed(title="Beleg {number}"))
    assert answer.status_code == 302
    row = models.Template.objects.get()
    assert (row.version, row.fields, row.client) == (1, {"title": "Beleg {number}"}, None)
    assert row.made_by == "user:operations"
    assert "version 1" in client.get(reverse("templates")).content.decode()
    again = client.get(f"{reverse('template', args=PAGE)}?version=1").content.decode()
    assert 'value="Beleg {number}"' in again


def test_a_clients_words_are_those_that_differ_from_the_factors(signed_in: SignedIn) -> None:
    place = world.build()
    client = signed_in("operations")
    client.post(reverse("template", args=PAGE), typed(title="Beleg {number}"))
    own = f"{reverse('template', args=PAGE)}?client={place.acme.pk}"
    assert 'value="Beleg {number}"' in client.get(own).content.decode()
    client.post(own, typed(title="Beleg {number}", mail__subject="Acme {number}"))
    row = models.Template.objects.get(client=place.acme)
    assert row.fields == {"mail.subject": "Acme {number}"}


def test_what_is_refused_stays_on_the_page(signed_in: SignedIn) -> None:
    world.build()
    answer = signed_in("operations").post(
        reverse("template", args=PAGE), typed(title="Beleg", clause="<script>{factor}</script> *")
    )
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "title does not say {number}." in shown
    assert "A star stands alone" in shown
    assert "&lt;script&gt;{factor}&lt;/script&gt; *" in shown
    assert "<script>{factor}" not in shown
    assert 'value="Beleg"' in shown


def test_somebody_elses_version_is_not_overwritten(signed_in: SignedIn) -> None:
    world.build()
    client = signed_in("operations")
    client.post(reverse("template", args=PAGE), typed(title="A {number}"))
    answer = client.post(reverse("template", args=PAGE), typed(title="B {number}"))
    assert answer.status_code == 409
    assert "template_changed" in answer.content.decode()


def test_who_may_not_word_letters_may_try_them(signed_in: SignedIn) -> None:
    world.build()
    client = signed_in("cash")
    page = client.get(reverse("template", args=PAGE)).content.decode()
    assert re.search(r'<button class="btn btn-main" disabled>', page)
    assert client.post(reverse("template_look", args=PAGE), typed()).status_code == 200
    answer = client.post(reverse("template", args=PAGE), typed(title="Beleg {number}"))
    assert (answer.status_code, models.Template.objects.count()) == (409, 0)


@pytest.mark.parametrize("place", ["poem/de", "invoice/pl", "invoice/de?client=nobody"])
def test_what_does_not_exist_is_not_found_or_not_heeded(signed_in: SignedIn, place: str) -> None:
    answer = signed_in("admin").get(f"/settings/templates/{place}")
    assert answer.status_code == (200 if "nobody" in place else 404)
