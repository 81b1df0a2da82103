"""Schedules of assignment over the API and the command line, and a sealed file by itself."""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests import world
from tests.actions.test_schedules import bought, sign
from tests.api.conftest import key
from tests.api.test_fees import of
from usance import models
from usance.actions import schedules
from usance.cli.schedule import schedule as command

pytestmark = pytest.mark.django_db


def test_a_schedule_is_read_by_whose_it_is_and_proved_from_its_file(tmp_path: Path) -> None:
    place = bought(1, "R-1")
    row = models.Schedule.objects.get()
    program, own, other = key("read"), of(place.acme), of(place.nord)
    (listed,) = program.get("/v1/schedules?state=to_sign").said["items"]
    assert (listed["signed"], listed["signers"], listed["advance"]["minor"]) == (0, 1, 800_000)
    sign(row)
    schedules.print_due(at=world.NOW)
    assert program.get("/v1/schedules?state=to_sign").said["items"] == []

    said = own.get(f"/v1/schedules/{row.pk}").said
    assert sha256(said["manifest"].encode()).hexdigest() == said["digest"] == row.digest
    assert [one["name"] for one in said["signatures"]] == ["Ellen"]
    assert other.get(f"/v1/schedules/{row.pk}").status_code == 404
    assert other.get("/v1/schedules").said["items"] == []
    assert other.get(f"/v1/documents/{said['document']}").status_code == 404

    pdf = own.get(f"/v1/documents/{said['document']}").content
    place_, run = tmp_path / "s.pdf", CliRunner().invoke
    place_.write_bytes(pdf)
    good = run(command, ["verify", str(place_), "--json"])
    told = json.loads(good.stdout)
    assert (good.exit_code, told["altered"], told["digest"]) == (0, False, row.digest)
    assert told["sealed_by"] == "Factor Nord AB"
    assert "As it was sealed." in run(command, ["verify", str(place_)]).stdout
    place_.write_bytes(pdf.replace(b"%PDF-1.7", b"%PDF-1.6", 1))
    bad = run(command, ["verify", str(place_), "--fingerprint", told["fingerprint"]])
    assert (bad.exit_code, bad.stdout.split()[-1]) == (1, "ALTERED")
    assert "seal_broken" in bad.stderr
    assert "seal_of_another" not in bad.stderr
    place_.write_bytes(b"no PDF")
    none = run(command, ["verify", str(place_), "--json"])
    assert json.loads(none.stdout)["findings"] == ["seal_missing", "schedule_unreadable"]
    assert run(command, ["verify", str(place_)]).stdout.endswith("NOT PROVED\n")
