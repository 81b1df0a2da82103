"""What our plug-in tells a house with Pingen's API, and what its answers leave behind."""

import json
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from tests.outside import PAGE, PAPER, parcel
from usance import sandbox
from usance.domain.distribution import Attachment, Handed, Kind
from usance.plugins.channels import pingen
from usance.plugins.channels._pingen_words import Upload, creation


@pytest.fixture
def world() -> Iterator[sandbox.Running]:
    with sandbox.start(sandbox.Settings(seed=7, bouncing=0, failing=0)) as running:
        yield running


def config(world: sandbox.Running, **more: str) -> dict[str, str]:
    return world.config("channels", "pingen") | {"timeout_seconds": "2"} | more


def test_the_settings_decide_how_a_letter_is_printed_and_posted() -> None:
    place = Upload(url="https://store.example/f", url_signature="sig")
    recipient = {
        "name": "Kund", "street": "Gatan 1", "postcode": "111 22", "city": "M", "country": "SE",
    }  # fmt: skip
    told = {"address_position": "right", "delivery_product": "fast", "duplex": "yes",
            "print_spectrum": "color"}  # fmt: skip
    one = json.loads(creation("k.pdf", place, recipient, config=told))["data"]["attributes"]
    plain = json.loads(creation("k.pdf", place, recipient, config={}))["data"]["attributes"]
    names = ("address_position", "delivery_product", "print_mode", "print_spectrum", "auto_send")
    assert [one[name] for name in names] == ["right", "fast", "duplex", "color", True]
    assert [plain[name] for name in names] == ["left", "cheap", "simplex", "grayscale", True]
    assert one["file_original_name"] == "k.pdf"
    assert (one["file_url"], one["file_url_signature"]) == (place.url, place.url_signature)
    assert one["meta_data"]["recipient"]["zip"] == "111 22"


@pytest.mark.parametrize("wrong", ["client_id", "client_secret"])
def test_without_a_token_nothing_leaves_the_house(world: sandbox.Running, wrong: str) -> None:
    handed = list(pingen.send([parcel("k1", Kind.LETTER)], config(world) | {wrong: "x"}))
    assert [one.came_to for one in handed] == [Handed.TRY_LATER]
    assert "no token: 401" in handed[0].detail
    assert pingen.status("k1", config(world) | {wrong: "x"}).came_to is Handed.UNKNOWN
    assert world.dump()["deliveries"] == {}


def test_a_house_that_is_not_ours_is_try_later(world: sandbox.Running) -> None:
    told = config(world) | {"url": f"{world.url}/elsewhere"}
    (handed,) = pingen.send([parcel("k1", Kind.LETTER)], told)
    assert handed.came_to is Handed.TRY_LATER
    assert "not uploaded" in handed.detail


@pytest.mark.parametrize(
    ("attachments", "says"),
    [
        ((), "no PDF"),
        ((Attachment(name="a.xml", media_type="application/xml", content=b"<a/>"),), "no PDF"),
        ((replace(PAPER, content=PAGE + b"\0" * 8_000_000),), "8.0 MB; the house takes 8"),
    ],
)
def test_what_the_house_never_takes_is_not_uploaded(
    world: sandbox.Running, attachments: tuple[Attachment, ...], says: str
) -> None:
    odd = replace(parcel("k1", Kind.LETTER), attachments=attachments)
    (handed,) = pingen.send([odd], config(world))
    assert handed.came_to is Handed.REFUSED
    assert says in handed.detail


def test_an_address_without_a_town_is_refused_and_named(world: sandbox.Running) -> None:
    (handed,) = pingen.send(
        [parcel("k1", Kind.LETTER, address={"city": " ", "postcode": ""})], config(world)
    )
    assert (handed.came_to, handed.detail) == (
        Handed.REFUSED, "The address lacks postcode, city.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("status", "came_to"),
    [
        (401, Handed.TRY_LATER), (404, Handed.TRY_LATER), (409, Handed.UNKNOWN),
        (422, Handed.REFUSED), (429, Handed.TRY_LATER), (500, Handed.UNKNOWN),
        (503, Handed.UNKNOWN),
    ],
)  # fmt: skip
def test_only_a_clear_no_is_a_no(status: int, came_to: Handed) -> None:
    answer = httpx.Response(status, json={"errors": [{"title": "no", "detail": None}]})
    handed, _ = pingen._judged("k1", answer)
    assert handed.came_to is came_to
    assert handed.detail == f"{status} no"


def test_a_token_of_ours_is_never_shown_to_the_store(world: sandbox.Running) -> None:
    """The store is somebody else's: the sandbox refuses an upload that carries a token."""
    (handed,) = pingen.send([parcel("k1", Kind.LETTER)], config(world))
    assert handed.came_to is Handed.ACCEPTED
