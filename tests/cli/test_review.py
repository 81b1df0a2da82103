"""`usance review`: what was read, for people and for programs."""

import pytest

from tests import world
from tests.actions.test_review import confirm, received
from usance.cli.review import brief, in_a_line, in_lines, whole
from usance.queries import capture

pytestmark = pytest.mark.django_db


def test_a_document_in_the_list_says_what_is_doubtful() -> None:
    row = received(world.build(), doubtful={"number": "R-I"})
    said = brief(row)
    assert (said["state"], said["doubtful"], said["client"]) == (
        "waiting", 1, "Acme Feinblech GmbH",
    )  # fmt: skip
    assert said["because"] == ["number was read with 0.71; 0.95 is needed."]
    assert in_a_line(said).endswith("waiting     1 doubtful  R-I  scan-1.pdf  Acme Feinblech GmbH")


def test_a_document_is_shown_with_its_reasons_and_corrections() -> None:
    row = received(world.build(), doubtful={"number": "R-I"})
    confirm(row, {"number": "R-1"})
    row.refresh_from_db()
    told = whole(row, capture.read(row).fields.values())
    assert told["fields"]["payable"]["value"] == "1190.00"
    lines = list(in_lines(told))
    assert lines[0] == "scan-1.pdf: confirmed"
    assert "  number             0.71  R-I  (Stands beside a word for number.)" in lines
    assert lines[-1] == "  corrected: number: R-I -> R-1"


def test_whom_the_seller_may_be_is_told() -> None:
    row = received(world.build(), doubtful={"number": "R-I"})
    told = whole(row, (), [{"id": "1", "name": "Acme AG", "because": ["same name"]}])
    assert list(in_lines(told))[-1] == "  ? client Acme AG (same name)  1"
