"""The credit bureau over REST, asked of the sandbox and of somebody who answers nonsense."""

from collections.abc import Iterator
from datetime import date

import pytest

from tests.outside import Receiver
from usance import sandbox
from usance.domain.money import Money
from usance.plugins import TryLater, Unreadable
from usance.plugins.bureaus import NotFound, rest


@pytest.fixture
def world() -> Iterator[sandbox.Running]:
    with sandbox.start(sandbox.Settings(seed=7)) as running:
        yield running


def test_a_report_says_limit_rating_and_why(world: sandbox.Running) -> None:
    report = rest.ask("556000-1111", world.config("bureaus", "rest"))

    assert report.identifier == "556000-1111"
    assert report.limit == Money(150_000_000, "SEK")
    assert (report.rating, report.insolvent, report.as_of) == ("A", False, date(2026, 1, 2))
    assert report.reasons == ("Rated A on its last three annual accounts.",)
    assert b'"identifier":"556000-1111"' in report.raw


def test_an_insolvent_company_gets_no_limit(world: sandbox.Running) -> None:
    report = rest.ask("SE insolvent/1", world.config("bureaus", "rest"))

    assert (report.limit, report.insolvent) == (None, True)


def test_who_is_not_known_is_not_found(world: sandbox.Running) -> None:
    with pytest.raises(NotFound):
        rest.ask("unknown-1", world.config("bureaus", "rest"))


@pytest.mark.parametrize("fault", ["error_500", "busy_429", "reset_after_accept"])
def test_trouble_is_try_later(world: sandbox.Running, fault: str) -> None:
    world.faults(**{fault: 1})

    with pytest.raises(TryLater):
        rest.ask("556000-1111", world.config("bureaus", "rest"))


def test_an_answer_that_is_no_report_is_unreadable(world: sandbox.Running) -> None:
    world.faults(garbage=1)

    with pytest.raises(Unreadable):
        rest.ask("556000-1111", world.config("bureaus", "rest"))


def test_nobody_there_is_try_later() -> None:
    with Receiver() as gone:
        url = gone.url
    with pytest.raises(TryLater):
        rest.ask("1", {"url": url.rstrip("/"), "token": "t"})
