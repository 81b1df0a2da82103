"""When a carrier is paused and comes back, how fast it is called, and how much it gets."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from usance.domain import carriers
from usance.domain.carriers import TERMS, Breaker, Standing
from usance.domain.distribution import Handed, Handover, Presence

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FRESH = Standing(since=AT)
WORDS = {
    "+": Handover(key="k", came_to=Handed.ACCEPTED),
    "r": Handover(key="k", came_to=Handed.REFUSED),
    "?": Handover(key="k", came_to=Handed.UNKNOWN, detail="ReadTimeout"),
    "-": Handover(key="k", came_to=Handed.TRY_LATER, detail="ConnectError"),
    "g": Handover(key="k", came_to=Handed.TRY_LATER, presence=Presence.THERE),  # Greylisted.
    "0": Handover(key="k", came_to=Handed.TRY_LATER, presence=Presence.UNTRIED),
    "G": Handover(key="k", came_to=Handed.UNKNOWN, presence=Presence.THERE),  # 200 with garbage.
}


def later(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)


def told(words: str, standing: Standing = FRESH, *, at: datetime = AT) -> Standing:
    return carriers.learned(standing, [WORDS[word] for word in words], at=at)


@pytest.mark.parametrize(
    ("words", "breaker"),
    [
        ("++++++++", Breaker.CLOSED),
        ("rrrrrrrr", Breaker.CLOSED),  # It answers; that it refuses is about the parcels.
        ("gggggggg", Breaker.CLOSED),
        ("----", Breaker.CLOSED),
        ("-----", Breaker.OPEN),
        ("?????", Breaker.OPEN),
        ("GGGGG", Breaker.OPEN),
        ("--+---", Breaker.CLOSED),
        ("---00000000", Breaker.CLOSED),  # Three were tried; the others say nothing.
        ("+-" * 9, Breaker.CLOSED),  # The window is not full yet.
        ("+-" * 10, Breaker.OPEN),  # Half of the last twenty.
        ("+" * 30 + "-+" * 9, Breaker.CLOSED),
    ],
)
def test_a_carrier_is_paused_after_five_in_a_row_or_half_of_the_last_twenty(
    words: str, breaker: Breaker
) -> None:
    assert told(words).breaker is breaker


def test_a_pause_gets_longer_each_time_and_the_last_length_stays() -> None:
    standing, at, lengths = told("-----"), AT, []
    for _ in range(7):
        assert standing.breaker is Breaker.OPEN
        assert standing.until is not None
        lengths.append((standing.until - at).total_seconds())
        at = standing.until
        standing, admission = carriers.admitted(standing, 50, interval=None, at=at)
        assert admission.granted == TERMS.probe
        standing = told("-", standing, at=at)
    assert lengths == [30, 60, 120, 300, 600, 600, 600]
    assert standing.since == AT, "the episode began with the first pause"


def test_while_it_is_paused_nobody_calls_and_after_it_one_batch_tries() -> None:
    standing = told("-----")
    _, admission = carriers.admitted(standing, 50, interval=None, at=later(29))
    assert (admission.granted, admission.again_at) == (0, later(30))

    standing, first = carriers.admitted(standing, 50, interval=None, at=later(30))
    assert (standing.breaker, first.granted) == (Breaker.HALF_OPEN, 5)
    standing, second = carriers.admitted(standing, 50, interval=None, at=later(31))
    assert second.granted == 0

    back = told("+++++", standing, at=later(32))
    assert (back.breaker, back.until, back.recent) == (Breaker.CLOSED, None, "")
    _, third = carriers.admitted(back, 50, interval=None, at=later(33))
    assert third.granted == 50


@pytest.mark.parametrize("words", ["++?", "-", "+-+"])
def test_one_call_of_the_prober_that_finds_nobody_is_a_further_pause(words: str) -> None:
    standing, _ = carriers.admitted(told("-----"), 5, interval=None, at=later(30))
    again = told(words, standing, at=later(31))
    assert (again.breaker, again.until, again.pauses) == (Breaker.OPEN, later(31 + 60), 2)


def test_a_prober_that_had_nothing_to_send_or_died_lets_another_one_try() -> None:
    trying, _ = carriers.admitted(told("-----"), 5, interval=None, at=later(30))
    for words in ("", "00"):
        idle = told(words, trying, at=later(31))
        assert carriers.admitted(idle, 5, interval=None, at=later(31))[1].granted == 5
    assert carriers.admitted(trying, 5, interval=None, at=later(329))[1].granted == 0
    assert carriers.admitted(trying, 5, interval=None, at=later(330))[1].granted == 5


def test_retry_after_holds_for_everything_that_goes_to_this_carrier() -> None:
    busy = Handover(key="k", came_to=Handed.TRY_LATER, detail="429", retry_after_seconds=7)
    standing = carriers.learned(FRESH, [WORDS["+"], busy], at=AT)
    assert standing.breaker is Breaker.CLOSED
    assert carriers.admitted(standing, 9, interval=None, at=later(6))[1].granted == 0
    assert carriers.admitted(standing, 9, interval=None, at=later(7))[1].granted == 9


def test_a_rate_limit_lets_go_what_has_come_in_and_no_more() -> None:
    """Two a second: two at once, then one each half second, never more than two saved up."""
    standing, went = FRESH, []
    for seconds in (0, 0, 0.25, 0.5, 0.5, 10):
        standing, admission = carriers.admitted(
            standing, 5, interval=timedelta(seconds=0.5), at=later(seconds)
        )
        went.append(admission.granted)
    assert went == [2, 0, 0, 1, 0, 2]
    assert admission.again_at == later(11)


@pytest.mark.parametrize(("per_second", "seconds"), [(0.1, 100), (1, 60), (30, 20), (7.5, 33)])
def test_over_any_time_a_rate_limit_lets_go_its_rate_and_one_burst(
    per_second: float, seconds: float
) -> None:
    standing, went, at = FRESH, 0, AT
    interval = timedelta(seconds=1 / per_second)
    while at < later(seconds):
        standing, admission = carriers.admitted(standing, 50, interval=interval, at=at)
        went += admission.granted
        assert admission.again_at is not None
        assert admission.again_at > at
        at = admission.again_at
    assert per_second * (seconds - 1) - 1 <= went <= per_second * seconds + max(1, per_second)


def test_trouble_takes_one_step_a_minute_and_quiet_gives_one_back_each_quarter_of_an_hour() -> None:
    standing = told("++++++--")
    assert standing.lowered == 1
    assert told("-", standing, at=later(59)).lowered == 1
    assert told("-", standing, at=later(60)).lowered == 2
    standing = told("+" * 20, standing, at=later(61))
    assert standing.lowered == 1
    assert told("+", standing, at=later(899)).lowered == 1
    assert told("+", standing, at=later(900)).lowered == 0


def test_a_carrier_that_was_paused_comes_back_with_half_its_share() -> None:
    trying, _ = carriers.admitted(told("-----"), 5, interval=None, at=later(30))
    back = told("+++++", trying, at=later(30))
    assert [carriers.weight(resting, back.lowered) for resting in (80, 100, 1, 0)] == [40, 50, 1, 0]


def test_no_number_of_steps_takes_a_share_away_whole() -> None:
    standing = FRESH
    for minute in range(30):
        standing = told("+" * 15 + "-" * 4, standing, at=later(60 * minute))
    assert standing.lowered == TERMS.steps - 1
    assert carriers.weight(20, standing.lowered) == 2


def test_the_choice_is_the_same_for_a_key_and_follows_the_weights() -> None:
    weights = {"hybrid": 80, "pingen": 20}
    keys = [f"{n:032x}" for n in range(10_000)]
    drawn = [carriers.choose(weights, key) for key in keys]
    assert drawn == [carriers.choose(dict(reversed(weights.items())), key) for key in keys]
    assert Counter(drawn)["pingen"] == pytest.approx(2_000, abs=150)
    assert {carriers.choose({"a": 0, "b": 1}, key) for key in keys} == {"b"}
    with pytest.raises(ValueError, match="weight"):
        carriers.choose({"a": 0}, "k")
