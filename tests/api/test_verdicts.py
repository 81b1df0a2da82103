"""POST /v1/verdicts: the official verdict on files, and nothing of them is kept."""

from base64 import b64encode
from datetime import date
from time import process_time
from typing import Any

import pytest

from tests.api.conftest import Program, key
from tests.api.test_operations import named
from tests.plugins.einvoices.test_rules import UBL
from usance import models
from usance.domain.verification.profiles import Profile
from usance.plugins.einvoices import _judging

pytestmark = pytest.mark.django_db
BROKEN = UBL.replace(' unitCode="HUR"', "")


def in_json(*files: tuple[str, bytes], **more: Any) -> dict[str, Any]:
    return {
        "files": [{"name": name, "content": b64encode(data).decode()} for name, data in files],
        **more,
    }


def test_each_file_has_its_verdict_in_order_and_nothing_is_kept() -> None:
    program = Program(key("read", "write").token)

    answer = program.post(
        "/v1/verdicts", in_json(("good.xml", UBL.encode()), ("bad.xml", BROKEN.encode()))
    )

    assert answer.status_code == 200
    good, bad = answer.said["items"]
    assert (good["file"], good["syntax"], good["profile"], good["valid"]) == (
        "good.xml", "ubl", "peppol", True,
    )  # fmt: skip
    assert [(one["rule"], one["location"]) for one in bad["findings"]] == [
        ("BR-23", "/Invoice/cac:InvoiceLine")
    ]
    assert not models.Document.objects.exists()
    assert not models.Batch.objects.exists()


def test_files_may_come_as_multipart_with_a_profile_and_a_day() -> None:
    program = Program(key("read", "write").token)

    answer = program.send(
        "/v1/verdicts",
        {"files": [named(UBL.encode(), "a.xml")], "profile": "xrechnung", "on": "2026-03-01"},
    )

    assert answer.status_code == 200
    assert answer.said["items"][0]["profile"] == "xrechnung"
    assert "BR-DE-2" in {one["rule"] for one in answer.said["items"][0]["findings"]}


@pytest.mark.parametrize(
    "body",
    [{}, {"files": []}, in_json(("a", b"x"), profile="ubl"), in_json(("a", b"x"), on="2026-02-30")],
)
def test_what_is_not_asked_as_described_is_refused(body: dict[str, Any]) -> None:
    answer = Program(key("read", "write").token).post("/v1/verdicts", body)

    assert (answer.status_code, answer.said["code"]) == (422, "invalid_request")


def test_what_cannot_be_read_is_a_verdict_too() -> None:
    program = Program(key("read", "write").token)

    (found,) = program.post("/v1/verdicts", in_json(("a.xml", b"<a"))).said["items"]

    assert (found["valid"], found["findings"][0]["rule"]) == (False, "readable")


def test_a_flood_of_faults_is_judged_in_another_process_and_named_in_part() -> None:
    flood = UBL.replace("</Invoice>", "<a/>" * 5_000 + "</Invoice>").encode()
    begun = process_time()

    answer = Program(key("read", "write").token).post("/v1/verdicts", in_json(("a.xml", flood)))

    (found,) = answer.said["items"]
    assert (len(found["findings"]), found["findings_left_out"]) == (100, 4_900)
    assert _judging.child.pid is not None
    assert process_time() - begun < 1, "the work was the child's"


def test_a_request_whose_time_is_spent_says_so_of_the_files_that_are_left() -> None:
    asked = _judging.Asked(profile=Profile.PEPPOL, on=None, today=date(2026, 3, 1))

    (found,) = _judging.judged([UBL.encode()], asked, seconds=-1)

    assert (found.verdict.valid, found.verdict.findings[0].code) == (False, "readable")
    assert _judging.LATE in found.verdict.findings[0].says
