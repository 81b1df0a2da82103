"""Whom to ask: the rules, their reasons, the thinning share, the draw."""

import pytest

from usance.domain.money import Money
from usance.domain.verification.questions import (
    Facts,
    Policy,
    State,
    draw,
    finding,
    reasons,
    share_after,
    unmailable,
)

USUAL = Policy(from_units=10_000, first=3, share=400, least=20, halve_after=5)


def facts(minor: int = 100_000, *, place: int = 9, run: int = 0, draw: int = 999) -> Facts:
    return Facts(face=Money(minor, "EUR"), place=place, run=run, draw=draw)


@pytest.mark.parametrize(
    ("policy", "seen", "said"),
    [
        (Policy(), facts(10**12, place=1, draw=0), []),
        (USUAL, facts(), []),
        (USUAL, facts(999_999), []),
        (USUAL, facts(1_000_000), ["The amount"]),
        (USUAL, facts(place=3), ["It is invoice 3"]),
        (USUAL, facts(place=4), []),
        (USUAL, facts(draw=399), ["It was drawn: 400"]),
        (USUAL, facts(draw=400), []),
        (USUAL, facts(draw=399, run=5), []),
        (USUAL, facts(draw=199, run=5), ["It was drawn: 200"]),
        (USUAL, facts(draw=19, run=10_000), ["It was drawn: 20"]),
        (USUAL, facts(1_000_000, place=1, draw=0), ["The amount", "It is", "It was drawn"]),
    ],
)
def test_each_rule_says_why_it_asks(policy: Policy, seen: Facts, said: list[str]) -> None:
    found = reasons(policy, seen)
    assert len(found) == len(said)
    assert all(one.startswith(start) for one, start in zip(found, said, strict=True))


def test_an_amount_is_read_in_the_units_of_the_invoices_currency() -> None:
    yen = Facts(face=Money(10_000, "JPY"), place=9, run=0, draw=999)
    assert reasons(Policy(from_units=10_000), yen)


@pytest.mark.parametrize(
    ("run", "share"), [(0, 400), (4, 400), (5, 200), (9, 200), (10, 100), (20, 25), (25, 20)]
)
def test_the_share_halves_with_trust_down_to_the_least(run: int, share: int) -> None:
    assert share_after(USUAL, run) == share


def test_the_draw_is_the_same_for_a_name_and_another_for_another_key() -> None:
    names = [f"client|R-{n}" for n in range(4000)]
    drawn = [draw(b"one", name) for name in names]
    assert drawn == [draw(b"one", name) for name in names]
    assert drawn != [draw(b"two", name) for name in names]
    assert 350 < sum(one < 100 for one in drawn) < 450


@pytest.mark.parametrize(
    ("state", "code"),
    [(State.TO_ASK, "debtor_asked"), (State.ASKED, "debtor_asked"),
     (State.OBJECTED, "debtor_objects"), (State.SILENT, "debtor_silent"),
     (State.CONFIRMED, ""), (State.PASSED, ""), (State.WAIVED, "")],
)  # fmt: skip
def test_only_an_open_or_bad_question_stops_an_invoice(state: State, code: str) -> None:
    found = finding(state, why="Because.", said="No.")
    assert (found.code if found else "") == code


@pytest.mark.parametrize(
    ("email", "says"),
    [
        ("ap@bolt.example", ""),
        ("", "no e-mail address"),
        ("Boss@Acme.example ", "is the client's own"),
        ("bolt+ap@acme.example", "at acme.example"),
        ("ap@acme.example.org", ""),
    ],
)
def test_nobody_at_the_clients_own_domain_is_mailed(email: str, says: str) -> None:
    said = unmailable(email, of_client="boss@acme.example", is_suppressed=False, is_carried=True)
    assert says in said
    assert bool(says) == bool(said)
