"""Archives, many files, papers and doors over the API; a process that dies does nothing twice."""

import io
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests import world
from tests.api.conftest import Program, key
from tests.api.test_operations import named
from usance import models
from usance.engine.cluster import Cluster
from usance.plugins.einvoices import ubl

pytestmark = pytest.mark.django_db


def xml(place: world.World, number: str) -> bytes:
    return ubl.write(world.paper(place.acme, place.bolt, number=number), {})


def archive(**files: bytes) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as made:
        for name, data in files.items():
            made.writestr(name, data)
    return kept.getvalue()


def test_many_files_and_an_archive_are_one_batch(program: Program, place: world.World) -> None:
    packed = archive(**{"a/R-2.xml": xml(place, "R-2"), "b/../../x.xml": b"x"})

    def hand_in() -> Any:
        sent = [named(xml(place, "R-1"), "R-1.xml"), named(packed, "more.zip")]
        control = {
            "control_count": "2",
            "control_total_minor": "2000000",
            "control_currency": "EUR",
        }
        return program.send("/v1/batches", {"files": sent, **control}, key="z")

    answers = [hand_in() for _ in range(2)]
    assert answers[0].said == answers[1].said
    said = answers[0].said
    assert (said["files"], said["invoices"]) == (3, 2)
    assert [(one["file"], one["code"]) for one in said["findings"]] == [("more.zip", "member_name")]
    assert models.Batch.objects.count() == 1


def test_a_paper_is_filed_once_and_listed(program: Program, place: world.World) -> None:
    program.send("/v1/batches", {"files": [named(xml(place, "R-1"), "R-1.xml")]})
    invoice = models.Invoice.objects.get()
    path = f"/v1/invoices/{invoice.pk}/supporting"
    for _ in range(2):
        fields = {"file": [named(b"12 boxes", "note.txt")], "kind": "delivery_note"}
        made = program.send(path, fields, key="p")
        assert made.status_code == 201, made.content
    again = program.send(path, {"file": [named(b"12 boxes", "note.txt")], "kind": "order"})
    assert (again.status_code, again.said["code"]) == (409, "supporting_filed_already")
    (row,) = program.get(path).said["items"]
    assert (row["kind"], row["for_debtor"]) == ("delivery_note", False)
    assert program.get(f"/v1/documents/{row['document']}").content == b"12 boxes"
    assert key("read").get(path).status_code == 200


def test_a_door_is_set_and_shown(program: Program, place: world.World) -> None:
    path = f"/v1/clients/{place.acme.pk}/door"
    assert program.get(path).said["code"] == "de136695976"
    made = program.post(path, {"code": "Acme", "senders": ["AP@acme.example", "@acme.example"]})
    assert (made.status_code, made.said["code"]) == (201, "acme")
    assert made.said["senders"] == ["ap@acme.example", "@acme.example"]
    for wrong, code in (
        ({"code": "a b"}, "door_code_unusable"),
        ({"code": "acme", "senders": ["acme"]}, "door_sender_unusable"),
    ):
        assert program.post(path, wrong).said["code"] == code
    other = program.post(f"/v1/clients/{place.nord.pk}/door", {"code": "acme"})
    assert other.said["code"] == "door_code_unusable"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", ["intake.files_kept", "intake.committed"])
def test_killed_at_work_the_same_key_does_it_once(
    place: world.World, point: str, cluster: Cluster, tmp_path: Path
) -> None:
    program = key("read", "write")
    packed = tmp_path / "more.zip"
    packed.write_bytes(archive(**{"R-1.xml": xml(place, "R-1"), "R-2.xml": xml(place, "R-2")}))
    home = tmp_path / "home"
    home.mkdir()
    kept = Path(settings.STORAGES["documents"]["OPTIONS"]["location"])
    kept.mkdir(parents=True, exist_ok=True)
    (home / "documents").symlink_to(kept)
    script = (
        "import django; django.setup()\n"
        "from pathlib import Path\nfrom django.test import Client\n"
        "from django.core.files.uploadedfile import SimpleUploadedFile as File\n"
        f"file = File('more.zip', Path({str(packed)!r}).read_bytes(), 'application/zip')\n"
        f"head = {{'Authorization': 'Bearer {program.token}', 'Idempotency-Key': 'k',"
        " 'Host': 'localhost'}\n"
        "print(Client().post('/v1/batches', {'files': [file]}, headers=head).content)"
    )
    environment = {
        **os.environ, "USANCE_CRASH_AT": f"{point}:1", "USANCE_APP_URL": cluster.app_url,
        "USANCE_HOME": str(home), "USANCE_OUTSIDE": settings.OUTSIDE, "USANCE_ENVIRONMENT": "test",
        "DJANGO_SETTINGS_MODULE": "usance.settings", "USANCE_SECRET_KEY": settings.SECRET_KEY,
    }  # fmt: skip
    died = subprocess.run(
        [sys.executable, "-c", script], env=environment, check=False, capture_output=True
    )
    assert died.returncode == -signal.SIGKILL, (died.stdout, died.stderr.decode()[-1500:])
    assert not models.Batch.objects.exists()

    def hand_in() -> Any:
        file = named(packed.read_bytes(), "more.zip")
        return program.send("/v1/batches", {"files": [file]}, key="k")

    answers = [hand_in() for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201]
    assert (models.Batch.objects.count(), models.Invoice.objects.count()) == (1, 2)
