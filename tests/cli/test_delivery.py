"""`usance delivery`: what was sent and would be, in files; a person's word on what nobody knows."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.web import season
from tests.web.office import day
from usance import letters, models
from usance.cli import home
from usance.cli.certificate import LANGUAGES
from usance.cli.certificate import command as certificate
from usance.cli.delivery import delivery

pytestmark = pytest.mark.django_db
Says = Callable[..., Result]


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch) -> Says:
    """Runs a command in the house that the test has open."""
    monkeypatch.setattr(home, "open_home", lambda: None)

    def run(*words: object, ends: int = 0) -> Result:
        found = CliRunner().invoke(delivery, list(map(str, words)))
        assert found.exit_code == ends, found.output
        return found

    return run


def test_what_nobody_knows_is_listed_and_a_person_says_what_became_of_it(says: Says) -> None:
    day.build()
    (line,) = says("list", "--view", "unknown", "--json", ends=1).stdout.splitlines()
    told = json.loads(line)
    assert (told["number"], told["state"], told["evidence"]) == ("N-1", "unknown", "none")
    assert " queued " in says("resolve", told["id"], "--send-again").stdout
    assert "outcome_is_known" in says("resolve", told["id"], "--went-out", ends=3).output
    assert says("list", "--view", "unknown").stdout == ""


def test_what_was_sent_and_what_would_be_lie_in_files(says: Says, tmp_path: Path) -> None:
    made = season.build()
    row = made.dispatch(made.mine)
    says("sent", row.pk, "--to", tmp_path / "sent")
    assert {file.name for file in (tmp_path / "sent").iterdir()} == {
        "message.txt", "message.html", "request.txt", "invoice-R-1.pdf",
    }  # fmt: skip
    assert row.sealed is not None
    assert row.sealed["text"] in (tmp_path / "sent" / "message.txt").read_text()

    before = models.Dispatch.objects.count()
    says("preview", row.pk, "--by", "letter", "--to", tmp_path / "letter")
    assert "street: Industrieweg 9" in (tmp_path / "letter" / "message.txt").read_text()
    assert (tmp_path / "letter" / "invoice-R-1.pdf").read_bytes().startswith(b"%PDF")
    no = says("preview", row.pk, "--by", "mailbox", "--to", tmp_path / "mailbox", ends=3)
    assert "It would by: email, letter." in no.output
    assert models.Dispatch.objects.count() == before, "a preview plans nothing"


def test_a_paper_is_sent_again_once_by_the_channel_named(says: Says) -> None:
    made = season.build()
    old = made.dispatch(made.mine)
    told = says("resend", old.pk, "--by", "letter", "--reason", "Asked for paper.").stdout
    new = models.Dispatch.objects.get(invoice=made.mine, kind="letter")
    assert told.split()[:2] == [str(new.pk), "queued"]
    assert new.because == "Sent again by the command line: Asked for paper."
    twice = says("resend", old.pk, "--by", "letter", "--reason", "Asked for paper.", ends=3)
    assert "delivery_still_open" in twice.output
    assert len(says("list", "--invoice", "R-1").stdout.splitlines()) == 2


def test_a_certificate_is_written_in_each_language_that_letters_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert set(LANGUAGES) == set(letters.LANGUAGES)
    season.build()
    monkeypatch.setattr(home, "open_home", lambda: None)
    place = tmp_path / "proof.pdf"
    words = ["R-1", "--language", "fi", "--output", str(place)]
    assert CliRunner().invoke(certificate, words).exit_code == 0
    assert place.read_bytes().startswith(b"%PDF")
