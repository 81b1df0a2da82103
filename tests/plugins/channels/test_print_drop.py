"""A print house over SFTP: what lies in its folder, what is believed, what comes back as files."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import asyncssh
import pytest

from tests.outside import PAGE, PAPER, parcel
from usance import sandbox
from usance.domain.distribution import Attachment, Handed, Kind, Outcome
from usance.plugins import TryLater, Unreadable
from usance.plugins.channels import print_drop
from usance.plugins.channels._sftp import Drop


@pytest.fixture
def world() -> Iterator[sandbox.Running]:
    with sandbox.start(sandbox.Settings(seed=7, bouncing=0, failing=0)) as running:
        yield running


def config(world: sandbox.Running, **more: str) -> dict[str, str]:
    given = world.config("channels", "print_drop")
    return given | {"timeout_seconds": "2", "inbound": "fetched"} | more


def listed(world: sandbox.Running, folder: str) -> list[str]:
    with Drop(config(world)) as drop:
        return [name for name, _ in drop.files(folder, ending="", most=99, largest=10**6)]


def content(world: sandbox.Running, path: str) -> bytes:
    folder, _, name = path.partition("/")
    with Drop(config(world)) as drop:
        return dict(drop.files(folder, ending="", most=99, largest=10**6))[name]


def test_a_letter_is_a_pdf_and_a_manifest_under_its_key(world: sandbox.Running) -> None:
    told = config(world, duplex="yes", window="swedish_right", product="B-post")
    (handed,) = print_drop.send([parcel("k1", Kind.LETTER)], told)

    assert (handed.came_to, handed.reference) == (Handed.ACCEPTED, "k1")
    assert listed(world, "taken") == ["k1.json", "k1.pdf"]
    assert content(world, "taken/k1.pdf") == PAGE
    assert json.loads(content(world, "taken/k1.json")) == {
        "version": 1, "key": "k1", "file": "k1.pdf", "sha256": sha256(PAGE).hexdigest(),
        "pages": 1, "duplex": True, "window": "swedish_right", "product": "B-post",
        "sender": "Nordic Factoring AB",
        "recipient": {"name": "Kund AB", "street": "Gatan 1", "postcode": "111 22",
                      "city": "Malmö", "country": "SE"},
    }  # fmt: skip
    assert listed(world, "in") == []


def test_a_key_that_was_taken_is_not_written_again(world: sandbox.Running) -> None:
    first = parcel("k1", Kind.LETTER)
    other = replace(first, attachments=(replace(PAPER, content=PAGE + b"% other"),))
    handed = [*print_drop.send([first], config(world)), *print_drop.send([other], config(world))]

    assert [one.came_to for one in handed] == [Handed.ACCEPTED, Handed.ACCEPTED]
    assert content(world, "taken/k1.pdf") == PAGE


def test_what_was_half_written_is_written_anew(world: sandbox.Running) -> None:
    with Drop(config(world)) as drop:
        drop.write("in/k1.pdf", b"an attempt that broke off")
        drop.write("in/k1.json.part", b"{")
    (handed,) = print_drop.send([parcel("k1", Kind.LETTER)], config(world))

    assert handed.came_to is Handed.ACCEPTED
    assert content(world, "taken/k1.pdf") == PAGE


def test_a_full_disk_leaves_nothing_that_would_be_printed(world: sandbox.Running) -> None:
    world.faults(busy_429=1)
    (handed,) = print_drop.send([parcel("k1", Kind.LETTER)], config(world))

    assert handed.came_to is Handed.TRY_LATER
    assert listed(world, "in") == ["k1.pdf.part"]
    assert print_drop.status("k1", config(world)).came_to is Handed.REFUSED


@pytest.mark.parametrize(
    ("attachments", "says"),
    [
        ((), "no PDF"),
        ((Attachment(name="a.xml", media_type="application/xml", content=b"<a/>"),), "no PDF"),
        ((replace(PAPER, content=b"hello"),), "cannot be opened"),
        ((replace(PAPER, content=PAGE + b"\0" * 30_000_000),), "more than 30 MB"),
    ],
)
def test_what_cannot_be_printed_is_refused_and_not_sent(
    world: sandbox.Running, attachments: tuple[Attachment, ...], says: str
) -> None:
    odd = replace(parcel("k1", Kind.LETTER), attachments=attachments)
    (handed,) = print_drop.send([odd], config(world))

    assert handed.came_to is Handed.REFUSED
    assert says in handed.detail
    assert listed(world, "in") == listed(world, "taken") == []


@pytest.mark.parametrize("wrong", ["password", "host_key", "user"])
def test_a_wrong_login_or_a_stranger_in_its_place_gets_nothing(
    world: sandbox.Running, wrong: str
) -> None:
    stranger = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    given = config(world) | {wrong: stranger}
    handed = list(print_drop.send([parcel(f"k{n}", Kind.LETTER) for n in range(5)], given))

    assert {one.came_to for one in handed} == {Handed.TRY_LATER}
    assert listed(world, "in") == []
    assert print_drop.status("k0", given).came_to is Handed.UNKNOWN
    with pytest.raises(TryLater):
        list(print_drop.fetch(given))


def test_receipts_are_fetched_until_they_are_done(world: sandbox.Running) -> None:
    told = config(world)
    list(print_drop.send([parcel("k1", Kind.LETTER), parcel("moved", Kind.LETTER)], told))
    moved = {"name": "Moved AB"}
    list(print_drop.send([parcel("k2", Kind.LETTER, address=moved)], told))
    assert list(print_drop.fetch(told)) == []
    world.clock(sandbox.Settings().at + timedelta(days=9))

    ((name, body),) = print_drop.fetch(told)
    assert [one for one, _ in print_drop.fetch(told)] == [name], "nobody said that it was taken in"
    events = print_drop.read(body, {}, told)
    about = {key: [e.outcome for e in events if e.key == key] for key in ("k1", "k2")}
    assert about["k1"] == [Outcome.ACCEPTED, Outcome.SENT, Outcome.DELIVERED]
    assert about["k2"] == [Outcome.ACCEPTED, Outcome.SENT, Outcome.RETURNED]
    corrected = next(e for e in events if e.outcome is Outcome.RETURNED).corrected_address
    assert corrected

    print_drop.done(name, told)
    assert list(print_drop.fetch(told)) == []
    assert listed(world, "out/done") == [name]


def test_a_file_that_is_not_the_manifests_is_rejected_by_receipt(world: sandbox.Running) -> None:
    letter = parcel("k1", Kind.LETTER)
    told = config(world)
    with Drop(told) as drop:
        drop.write("in/k1.pdf", PAGE)
        drop.write("in/k1.json.part", print_drop.manifest(letter, PAGE + b"%", 1, told))
        drop.rename("in/k1.json.part", "in/k1.json")
    ((_, body),) = print_drop.fetch(told)
    (event,) = print_drop.read(body, {}, told)
    assert (event.key, event.outcome, event.code) == ("k1", Outcome.BOUNCED, "rejected")


def test_a_file_of_receipts_that_is_too_large_is_left_there(world: sandbox.Running) -> None:
    with Drop(config(world)) as drop:
        drop.write("out/huge.csv", b"x" * 10_000_001)
    with pytest.raises(TryLater, match=r"huge\.csv has 10000001 bytes"):
        list(print_drop.fetch(config(world)))


def test_a_file_that_is_being_written_is_not_fetched(world: sandbox.Running) -> None:
    with Drop(config(world)) as drop:
        drop.write("out/receipts.csv.part", b"key,status")
    assert list(print_drop.fetch(config(world))) == []


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (b"key;status;at\n", "line 1"),
        (b"key,status\n", "line 1"),
        (b"key,status,at\nk1,posted,yesterday\n", "line 2"),
        (b"key,status,at\nk1,posted,2026-03-02T10:00:00\n", "line 2"),
        (
            b"key,status,at\nk1,posted,2026-03-02T10:00:00Z\n,posted,2026-03-02T10:00:00Z\n",
            "line 3",
        ),
        (b'key,status,at\nk1,"posted,2026-03-02T10:00:00Z\n', "line 2"),
        (b"key,status,at\nk1,posted,2026\xe4\n", "byte 28"),
    ],
)
def test_a_file_with_one_bad_line_is_not_believed_at_all(body: bytes, where: str) -> None:
    with pytest.raises(Unreadable) as no:
        print_drop.read(body, {}, {"inbound": "fetched"})
    assert no.value.where == where


def test_a_corrected_address_may_have_lines() -> None:
    body = b'key,status,at,corrected_address\nk1,returned,2026-03-02T10:00:00Z,"A\nB 1\n111 22 C"\n'
    (event,) = print_drop.read(body, {}, {"inbound": "fetched"})
    assert event.corrected_address == "A\nB 1\n111 22 C"


class Server(asyncssh.SSHServer):
    """Lets in whoever has this key."""

    def __init__(self, key: asyncssh.SSHKey) -> None:
        self._key = key.convert_to_public()

    def begin_auth(self, username: str) -> bool:
        return True

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return key == self._key


def handed_to(place: Path) -> list[Handed]:
    """What a letter comes to at an ordinary server with a login by key."""
    ours, theirs = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    for folder in ("in", "taken"):
        (place / folder).mkdir()

    async def talk() -> list[Handed]:
        acceptor = await asyncssh.listen(
            "127.0.0.1", 0, server_factory=lambda: Server(ours), server_host_keys=[theirs],
            sftp_factory=lambda chan: asyncssh.SFTPServer(chan, chroot=str(place).encode()),
        )  # fmt: skip
        told = {
            "host": "127.0.0.1", "port": str(acceptor.sockets[0].getsockname()[1]), "user": "us",
            "private_key": ours.export_private_key().decode(), "timeout_seconds": "2",
            "host_key": theirs.export_public_key().decode(),
        }  # fmt: skip
        letters = [parcel("k1", Kind.LETTER)]
        handed = await asyncio.to_thread(lambda: list(print_drop.send(letters, told)))
        acceptor.close()
        return [one.came_to for one in handed]

    return asyncio.run(talk())


def test_a_key_of_ours_opens_the_door_as_well_as_a_password(tmp_path: Path) -> None:
    assert handed_to(tmp_path) == [Handed.ACCEPTED]
    assert sorted(path.name for path in (tmp_path / "in").iterdir()) == ["k1.json", "k1.pdf"]
