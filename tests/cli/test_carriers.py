"""`usance carriers`: who answers, who waits, who gets how much."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.conf import LazySettings

from tests import world
from usance.actions import carriers as action
from usance.cli.carriers import carriers, plain, told
from usance.domain.distribution import Handed, Handover, Kind
from usance.domain.mandate import Role
from usance.queries.carriers import board


def share_letters(settings: LazySettings) -> None:
    entry = {"plugin": "hybrid", "config": {"url": "http://127.0.0.1:9", "token": "none"}}
    said = {
        "kinds": {"letter": {"posten": 80, "other": 20}},
        "carriers": {"posten": entry, "other": entry | {"per_second": 2.5}},
    }
    Path(settings.OUTSIDE).write_text(json.dumps(said))


@pytest.mark.django_db
def test_people_read_who_is_paused_and_who_gets_how_much(settings: LazySettings) -> None:
    share_letters(settings)
    who = {"at": world.NOW, "actor": "user:o"}
    away = [Handover(key="k", came_to=Handed.TRY_LATER, detail="ConnectError: refused")] * 5
    action.learn("posten", away, **who)
    action.pin(Kind.LETTER, {"other": 30}, role=Role.OPERATIONS, **who)
    lines = list(told(board()))
    assert lines[:2] == [
        "other            not called yet, 0 waiting",
        "                 letter: 30 parts (as a person said)",
    ]
    assert lines[2].startswith("posten           paused until ")
    assert lines[2].endswith(" UTC (ConnectError: refused), 0 waiting")
    assert lines[3] == "                 letter: 0 parts (80 at rest)"


@pytest.mark.django_db
def test_programs_read_the_same(settings: LazySettings) -> None:
    share_letters(settings)
    other, posten = json.loads(json.dumps(list(map(plain, board()))))
    assert posten["shares"] == {"letter": {"resting": 80, "now": 80, "pinned": None}}
    assert (posten["breaker"], posten["until"], posten["calls"]) == ("closed", None, 0)
    assert (other["per_second"], other["since"]) == ("2.5", None)


@pytest.mark.parametrize("words", [["telegram"], ["letter", "posten=many"], ["letter", "posten"]])
def test_words_that_mean_nothing_are_refused_before_the_home_is_opened(words: list[str]) -> None:
    result = CliRunner().invoke(carriers, ["share", *words])
    assert result.exit_code == 2
    assert "KIND NAME=PARTS" in result.output
