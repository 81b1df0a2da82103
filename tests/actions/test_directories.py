"""Directories are asked before planning and by a job; one that is away stops nothing."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests import directory as asked
from tests import world
from tests.walks import NOW, bought, carry, sent
from usance import models
from usance.jobs import delivery

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def told() -> world.World:
    return world.build()


@pytest.fixture
def directory(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[asked.Directory]:
    asked.install(tmp_path / "packages")
    monkeypatch.syspath_prepend(tmp_path / "packages")
    found = asked.Directory("0007:5561234567")
    carry(settings, directory=found.url)
    yield found
    found.close()


def test_a_directory_is_asked_before_planning_and_its_answer_holds_for_days(
    told: world.World, directory: asked.Directory
) -> None:
    row = sent(bought(told, told.tre_kronor))
    assert row.because == "The directory says that it receives this; asked 2026-03-02."
    bought(told, told.tre_kronor, "R-2")
    assert directory.asked == [["0007:5561234567"]]
    directory.known.clear()
    assert delivery.look_up_stale(at=NOW + timedelta(days=6)) == 0
    assert delivery.look_up_stale(at=NOW + timedelta(days=8)) == 1
    letter = sent(bought(told, told.tre_kronor, "R-3"))
    assert letter.kind == "letter"
    no = {one["kind"]: one for one in letter.left_out}["einvoice"]
    assert no["code"] == "cannot_receive"


def test_a_directory_that_is_away_stops_nothing_and_is_not_waited_for_twice(
    told: world.World, directory: asked.Directory
) -> None:
    directory.away = True
    row = sent(bought(told, told.tre_kronor))
    assert row.kind == "einvoice"
    assert row.because.endswith("The directory could not be asked.")
    bought(told, told.tre_kronor, "R-2")
    assert len(directory.asked) == 1
    directory.away = False
    assert delivery.look_up_stale(at=NOW + timedelta(minutes=11)) == 1
    assert models.Capability.objects.get().receives is True
    directory.away = True
    delivery.look_up_stale(at=NOW + timedelta(days=8))
    kept = models.Capability.objects.get()
    assert (kept.receives, kept.asked_at) == (True, NOW + timedelta(minutes=11))


def test_a_changed_address_is_asked_about_anew(
    told: world.World, directory: asked.Directory
) -> None:
    bought(told, told.tre_kronor)
    models.Debtor.objects.filter(pk=told.tre_kronor.pk).update(einvoice_id="0007:1")
    assert sent(bought(told, told.tre_kronor, "R-2")).kind == "letter"
    assert directory.asked == [["0007:5561234567"], ["0007:1"]]
