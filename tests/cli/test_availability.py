"""`usance availability`: the waterfall and its rows, for people and for programs."""

import pytest

from tests import world
from tests.belt import drain, receive
from usance.actions import eligibility
from usance.cli.availability import in_lines, whole
from usance.domain.credit.eligibility import Mark
from usance.domain.mandate import Role
from usance.queries import availability
from usance.queries.availability import AS_IS

pytestmark = pytest.mark.django_db


def test_every_line_stands_with_its_sum_and_its_reason() -> None:
    place = world.build()
    receive(world.paper(place.acme, place.bolt))
    drain(send=False)
    eligibility.mark(
        place.acme.pk, Mark.AFFILIATE, debtor=place.bolt.pk, reason="Same owner", role=Role.CREDIT,
        at=world.NOW, actor="user:credit",
    )  # fmt: skip
    ledger = availability.ledger(place.acme.pk, "EUR", on=world.TODAY)
    assert ledger is not None
    rows = list(availability.every(ledger))
    lines = list(in_lines(ledger, rows))
    assert lines[1].split() == [
        "-", "affiliate", "10000.00", "EUR", "1:", "Its", "debtor", "and", "the", "client",
        "belong", "together.",
    ]  # fmt: skip
    assert lines[7] == "available                      -8000.00 EUR"
    assert lines[-1] == (
        "R-1                            10000.00 EUR  affiliate. The mark on the debtor is ended."
    )
    said = whole("Acme", ledger, rows, AS_IS)
    assert (said["available_minor"], said["binds"], said["rows"][0]["because"]) == (
        -800_000, False, ["affiliate"],
    )  # fmt: skip
