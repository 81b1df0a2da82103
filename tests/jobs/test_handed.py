"""Clients hand in invoices by mail: over SMTP, LMTP and out of a mailbox; senders are told."""

import io
import json
import threading
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from tests import world
from tests.jobs.test_inbox import bring, connect
from tests.listening import listening
from usance import models, sandbox
from usance.actions import handed, mails
from usance.actions.mails import Came
from usance.domain.mandate import NotAllowed, Role
from usance.jobs import notices
from usance.plugins.channels import _handed
from usance.plugins.einvoices import ubl
from usance.queries import batches
from usance.queries import mails as queries

pytestmark = pytest.mark.django_db(transaction=True)
DOOR = "invoices+de136695976@in.factor.example"
SENDER = "buchhaltung@acme.example"


@pytest.fixture
def place() -> world.World:
    return world.build()


@pytest.fixture
def carried() -> Iterator[sandbox.Running]:
    told = sandbox.Settings(seed=7, bouncing=0, failing=0, at=world.NOW)
    with sandbox.start(told) as running:
        open_door(running)
        yield running


def open_door(running: sandbox.Running, listen: str = "lmtp://127.0.0.1:0", **more: object) -> None:
    connect(running, listen)
    path = Path(settings.OUTSIDE)
    known = json.loads(path.read_text())
    known["inbound"] |= {"invoices": "invoices@in.factor.example", **more}
    path.write_text(json.dumps(known))


def written(
    place: world.World,
    *numbers: str,
    sender: str = SENDER,
    id: str = "<1@acme.example>",
    **more: str,
) -> EmailMessage:
    mail = EmailMessage()
    headers = {"From": f"Buchhaltung <{sender}>", "To": DOOR, "Subject": "Rechnungen März",
               "Message-ID": id, "Date": "Mon, 02 Mar 2026 10:00:00 +0000"}  # fmt: skip
    for name, value in (
        headers | {key.replace("_", "-"): word for key, word in more.items()}
    ).items():
        mail[name] = value
    mail.set_content("Anbei unsere Rechnungen.")
    mail.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="logo.png",
                        cid="<logo>", disposition="inline")  # fmt: skip
    for number in numbers:
        data = ubl.write(world.paper(place.acme, place.bolt, number=number), {})
        mail.add_attachment(data, maintype="application", subtype="xml", filename=f"{number}.xml")
    return mail


def take(mail: EmailMessage, to: str = DOOR) -> int:
    came = Came(mail.as_bytes(), to)
    return mails.take("mail", [came], at=world.NOW, actor="inbox")


@pytest.mark.parametrize("scheme", ["lmtp", "smtp"])
def test_a_mail_becomes_a_batch_and_its_sender_is_told(
    carried: sandbox.Running, place: world.World, scheme: str
) -> None:
    open_door(carried, f"{scheme}://127.0.0.1:0")
    mail = written(place, "R-1", "R-2")
    mail.add_attachment(b"<Invoice", maintype="application", subtype="xml", filename="bad.xml")
    with listening() as port:
        for _ in range(2):
            assert bring(port, mail.as_bytes(), DOOR, lmtp=scheme == "lmtp") == {}

    row = models.InboundMail.objects.get()
    assert (row.heard, row.client, row.sender) == (
        "invoices",
        place.acme,
        f"Buchhaltung <{SENDER}>",
    )
    assert (row.batch.way, row.batch.client, models.Invoice.objects.count()) == (
        "email",
        place.acme,
        2,
    )
    assert {one.name for one in row.batch.files.all()} == {
        "mail.eml", "mail.eml/R-1.xml", "mail.eml/R-2.xml", "mail.eml/bad.xml",
    }  # fmt: skip
    assert row.batch.files.get(name="mail.eml").document_id == row.document_id
    assert not queries.open_ones().exists()

    assert [notices.answer_due(at=world.NOW), notices.answer_due(at=world.NOW)] == [1, 0]
    answer = models.Acknowledgement.objects.get()
    assert (answer.state, answer.address) == ("sent", SENDER)
    assert answer.subject == "Eingegangen: Rechnungen März"
    assert "2 Rechnungen" in answer.text
    assert "- bad.xml: " in answer.text


def test_the_same_message_by_two_ways_is_one_batch(
    carried: sandbox.Running, place: world.World
) -> None:
    assert take(written(place, "R-1")) == 1
    assert take(written(place, "R-1", Received="from mx2.example")) == 1
    assert models.Batch.objects.count() == 1
    assert models.Acknowledgement.objects.count() == 1
    first = models.Batch.objects.get()
    assert (
        models.InboundMail.objects.get(batch=None).remark
        == f"It came before and is batch {first.number}."
    )


def test_eight_copies_at_once_are_one_batch(carried: sandbox.Running, place: world.World) -> None:
    raw = [written(place, "R-1", Received=f"from mx{n}.example").as_bytes() for n in range(8)]
    wrong: list[Exception] = []

    def bring_one(data: bytes) -> None:
        try:
            mails.take("mail", [Came(data, DOOR)], at=world.NOW, actor="inbox")
        except Exception as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=bring_one, args=(one,)) for one in raw]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert (models.Batch.objects.count(), models.InboundMail.objects.count()) == (1, 8)


@pytest.mark.parametrize(
    ("sender", "to", "because"),
    [
        ("boss@evil.example", DOOR, "is no registered sender of Acme"),
        (SENDER, "invoices+nobody@in.factor.example", "No client is called “nobody”"),
        (SENDER, "invoices+a\0\udcff@in.factor.example", "No client is called “a\ufffd\ufffd”"),
        ("boss@evil.example", "invoices@in.factor.example", "No client has this sender"),
    ],
)
def test_a_strangers_mail_waits_for_a_person_unanswered(
    carried: sandbox.Running, place: world.World, sender: str, to: str, because: str
) -> None:
    assert take(written(place, "R-1", sender=sender), to) == 1
    row = queries.open_ones().get()
    assert row.heard == "unplaced"
    assert because in row.verdict
    assert not models.Batch.objects.exists()
    assert not models.Acknowledgement.objects.exists()

    signed: dict[str, Any] = {"at": world.NOW, "actor": world.OFFICER}
    with pytest.raises(NotAllowed):
        handed.place(row.pk, place.acme.pk, remember=False, role=Role.CASH, **signed)
    batch = handed.place(row.pk, place.acme.pk, remember=True, role=Role.INTAKE, **signed)
    assert (batch.client, models.Invoice.objects.count()) == (place.acme, 1)
    assert not queries.open_ones().exists()
    with pytest.raises(handed.PlacedAlready):
        handed.place(row.pk, place.acme.pk, remember=False, role=Role.INTAKE, **signed)
    take(written(place, "R-2", sender=sender, id="<2@x>"), DOOR)
    assert models.Batch.objects.count() == 2, "the sender is believed from now on"


def test_the_sender_alone_names_the_client(carried: sandbox.Running, place: world.World) -> None:
    models.Door.objects.create(client=place.acme, code="acme", senders=["@acme-group.example"])
    take(written(place, "R-1", sender="anna@acme-group.example"), "invoices@in.factor.example")
    take(written(place, "R-2", id="<2@x>"), "invoices+acme@in.factor.example")
    assert [row.client for row in models.Batch.objects.all()] == [place.acme, place.acme]


@pytest.mark.parametrize(
    ("result", "must_pass", "taken"),
    [
        ("mx.factor.example; dmarc=pass header.from=acme.example", True, True),
        ("mx.factor.example; dkim=pass header.d=acme.example", True, True),
        ("mx.factor.example; dkim=pass header.d=evil.example", True, False),
        ("mx.factor.example; dmarc=fail header.from=acme.example", False, False),
        ("mx.evil.example; dmarc=pass header.from=acme.example", True, False),
        ("mx.factor.example; none", False, True),
    ],
)
def test_only_our_own_servers_verdict_counts(
    carried: sandbox.Running, place: world.World, result: str, must_pass: bool, taken: bool
) -> None:
    open_door(carried, authserv_id="mx.factor.example", must_pass=must_pass)
    take(written(place, "R-1", Authentication_Results=result))
    row = models.InboundMail.objects.get()
    assert (row.heard == "invoices") is taken
    if result.startswith("mx.factor"):
        assert result in row.verdict


@pytest.mark.parametrize(
    ("name", "value"),
    [("Precedence", "bulk"), ("List-Id", "<l.example>"), ("Return-Path", "<>")],
)
def test_machines_are_never_answered(
    carried: sandbox.Running, place: world.World, name: str, value: str
) -> None:
    take(written(place, "R-1", **{name.replace("-", "_"): value}))
    assert not models.Acknowledgement.objects.exists()


def test_an_automatic_reply_hands_nothing_in(carried: sandbox.Running, place: world.World) -> None:
    take(written(place, "R-1", Auto_Submitted="auto-replied"))
    assert models.InboundMail.objects.get().heard == "auto_reply"
    assert not models.Batch.objects.exists()


def test_a_sender_is_told_at_most_so_often(carried: sandbox.Running, place: world.World) -> None:
    open_door(carried, answers_per_hour=2)
    for n in range(4):
        take(written(place, f"R-{n}", id=f"<{n}@acme.example>"))
    states = list(
        models.Acknowledgement.objects.order_by("made_at", "id").values_list("state", flat=True)
    )
    assert (models.Batch.objects.count(), states) == (4, ["due", "due", "left_out", "left_out"])


def test_a_worker_that_died_while_it_answered_answers_no_second_time(
    carried: sandbox.Running, place: world.World
) -> None:
    take(written(place, "R-1"))
    models.Acknowledgement.objects.update(state="calling", called_at=world.NOW)
    assert notices.answer_due(at=world.NOW + timedelta(hours=1)) == 0
    assert models.Acknowledgement.objects.get().state == "unknown"


def test_a_bounced_answer_is_noted_and_asks_nobody(
    carried: sandbox.Running, place: world.World
) -> None:
    take(written(place, "R-1"))
    notices.answer_due(at=world.NOW)
    answer = models.Acknowledgement.objects.get()
    bounce = EmailMessage()
    bounce["From"], bounce["Subject"] = "MAILER-DAEMON@mx.example", "Undeliverable"
    bounce["Date"] = "Mon, 02 Mar 2026 10:00:00 +0000"
    bounce.set_content(f"<{SENDER}>: 550 5.1.1 User unknown")
    take(bounce, f"bounce+{answer.pk.hex}@factor.example")
    answer.refresh_from_db()
    assert answer.state == "refused"
    assert not queries.open_ones().exists()


def test_a_mail_with_an_archive_and_papers_and_totals_is_one_record(
    carried: sandbox.Running, place: world.World
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(
            "R-9.xml", ubl.write(world.paper(place.acme, place.bolt, number="R-9999"), {})
        )
    mail = written(place)
    mail.add_attachment(packed.getvalue(), maintype="application", subtype="zip", filename="a.zip")
    mail.add_attachment("Lieferschein zu R-9999", filename="ls.txt")
    take(mail)
    report = batches.report(models.Batch.objects.get().pk)
    assert (report["files"], report["invoices"], report["findings"]) == (4, 1, [])
    assert models.Supporting.objects.get().invoice.number == "R-9999"


def test_a_mail_without_files_waits_for_a_person(
    carried: sandbox.Running, place: world.World
) -> None:
    take(written(place))
    assert "No file is attached." in queries.open_ones().get().verdict


@pytest.mark.parametrize(
    ("address", "invoices", "word"),
    [
        ("Faktura+ACME@In.Example", "faktura@in.example", "acme"),
        ("faktura@in.example", "faktura@in.example", ""),
        ("acme@in.example", "@in.example", "acme"),
        ("bounce+abc@in.example", "faktura@in.example", None),
        ("faktura@other.example", "faktura@in.example", None),
        ("faktura+acme@in.example", "", None),
    ],
)
def test_addresses_name_clients(address: str, invoices: str, word: str | None) -> None:
    assert _handed.door(address, invoices) == word
