"""A factor words its letters: versions are added, the next letter says the new, the sent stays."""

import pytest
from django.db import DatabaseError, connection, transaction

from tests import world
from tests.belt import drain, receive
from tests.letters.reading import flowing
from usance import models
from usance.actions import templates
from usance.domain.mandate import NotAllowed, Role
from usance.letters.languages import UnknownLanguage, UnknownLetter
from usance.letters.wording import Fields
from usance.queries import parcels
from usance.queries.templates import now, versions

pytestmark = pytest.mark.django_db
OURS = {"title": "Beleg {number}", "mail.subject": "Beleg {number}"}


def write(said: Fields, **changed: object) -> models.Template:
    given: dict[str, object] = {
        "letter": "invoice", "language": "de", "client": None, "replaces": 0,
        "role": Role.OPERATIONS, "at": world.NOW, "actor": world.OFFICER,
    }  # fmt: skip
    given |= changed
    letter, language = str(given.pop("letter")), str(given.pop("language"))
    return templates.write(letter, language, said, **given)  # type: ignore[arg-type] # As named.


def test_each_change_is_a_new_version_and_the_last_one_holds() -> None:
    world.build()
    write(OURS)
    write({"title": "Rechnung Nr. {number}"}, replaces=1)
    assert now().wording(None, "invoice", "de")["title"] == "Rechnung Nr. {number}"
    assert now().wording(None, "invoice", "de")["mail"]["subject"].startswith("Rechnung")
    assert [row.version for row in versions(None, "invoice", "de")] == [2, 1]
    assert versions(None, "invoice", "de")[1].fields == OURS
    write({}, replaces=2)
    assert now().wording(None, "invoice", "de")["title"] == "Rechnung {number}"


def test_a_clients_words_cover_the_factors_and_those_cover_ours() -> None:
    place = world.build()
    write(OURS)
    write({"title": "Acme {number}"}, client=place.acme.pk)
    found = now()
    acme = found.wording(place.acme.pk, "invoice", "de")
    nord = found.wording(place.nord.pk, "invoice", "de")
    assert (acme["title"], nord["title"]) == ("Acme {number}", "Beleg {number}")
    assert acme["mail"]["subject"] == nord["mail"]["subject"] == "Beleg {number}"
    assert found.wording(place.acme.pk, "invoice", "sv")["title"] == "Faktura {number}"


def test_what_was_sealed_stays_and_the_next_says_the_new() -> None:
    place = world.build()
    receive(world.paper(place.acme, place.bolt))
    drain(send=False)
    row = models.Dispatch.objects.get()
    before = parcels.made(*_ready(row))
    write(OURS)
    after = parcels.made(*_ready(row))
    assert before.subject.startswith("Rechnung ")
    assert after.subject.startswith("Beleg ")
    assert "Beleg " in flowing(after.attachments[0].content)
    assert after.attachments[0].content != before.attachments[0].content


def _ready(row: models.Dispatch) -> tuple[models.Dispatch, parcels.Ours]:
    (queued,) = parcels.queued([row.pk])
    return queued, parcels.ours()


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in {Role.OPERATIONS, Role.ADMIN}]
)
def test_only_operations_word_letters(role: Role) -> None:
    with pytest.raises(NotAllowed):
        write(OURS, role=role)


def test_a_faulty_template_is_refused_whole_with_field_and_line() -> None:
    world.build()
    with pytest.raises(templates.TemplateFaulty) as no:
        write({"clause": ["{factor}", "{amonut}"], "title": "x {number}"})
    assert str(no.value) == "clause, line 2: {amonut} is not known here."
    assert [one.code for one in no.value.findings] == ["template_placeholder_unknown"]
    assert not models.Template.objects.exists()


def test_two_people_do_not_overwrite_each_other() -> None:
    world.build()
    write(OURS)
    for stale in (0, 2):
        with pytest.raises(templates.TemplateChanged):
            write(OURS, replaces=stale)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [({"letter": "poem"}, UnknownLetter), ({"language": "pl"}, UnknownLanguage)],
)
def test_what_we_do_not_write_cannot_be_worded(
    changed: dict[str, str], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        write({}, **changed)


def test_who_worded_it_stands_in_the_diary() -> None:
    world.build()
    row = write(OURS)
    line = models.Diary.objects.get(subject_id=row.pk)
    assert (line.kind, line.actor) == ("master_data.changed", world.OFFICER)
    assert line.particulars == {"what": "template invoice de", "value": "version 1"}


@pytest.mark.parametrize("way", ["UPDATE template SET version = 9", "DELETE FROM template"])
def test_a_version_is_never_changed(way: str) -> None:
    world.build()
    write(OURS)
    with pytest.raises(DatabaseError, match=r"refused|denied"), transaction.atomic():
        connection.cursor().execute(way)
