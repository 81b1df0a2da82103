"""Web push: the standard's own example, and browsers, services and addresses that will not do."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.outside import Receiver, parcel
from usance import sandbox
from usance.domain.distribution import Handed, Kind
from usance.plugins.channels import _push_secret, webpush
from usance.plugins.channels._push_secret import Malformed, decode, encode
from usance.sandbox.houses.webpush import subscription

# RFC 8291 §5 and appendix A.
PLAIN = b"When I grow up, I want to be a watermelon"
SENDER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
BROWSER = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
BROWSER_POINT = (
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
)
SALT, AUTH = "DGv6ra1nlYgDCS1FRnbzlw", "BTBZMqHH6r4Tts7J_aSIgg"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6"
    "TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy"
    "4a-fN"
)


@pytest.fixture
def world() -> Iterator[sandbox.Running]:
    with sandbox.start(sandbox.Settings(seed=7, bouncing=0, failing=0)) as running:
        yield running


def config(world: sandbox.Running, **changed: str) -> dict[str, str]:
    return world.config("channels", "webpush") | changed


def send(world: sandbox.Running, address: dict[str, str], **changed: str) -> tuple[Handed, str]:
    one = parcel("key-1", Kind.PUSH, address=subscription("b1") | address)
    (handed,) = webpush.send([one], config(world, **changed))
    return handed.came_to, handed.detail


def test_the_standards_example_is_encrypted_to_the_byte() -> None:
    body = _push_secret.encrypted(
        PLAIN, decode(BROWSER_POINT), decode(AUTH),
        own=_push_secret.private_key(SENDER), salt=decode(SALT),
    )  # fmt: skip

    assert encode(body) == BODY
    assert _push_secret.decrypted(body, _push_secret.private_key(BROWSER), decode(AUTH)) == PLAIN


def test_two_messages_of_the_same_words_have_no_byte_alike_but_their_header() -> None:
    one, two = (
        _push_secret.encrypted(PLAIN, decode(BROWSER_POINT), decode(AUTH)) for _ in range(2)
    )

    assert one[:16] != two[:16]
    assert one[86:] != two[86:]


@pytest.mark.parametrize("place", [0, 30, 90, -1])
def test_an_altered_message_is_read_by_nobody(place: int) -> None:
    body = bytearray(decode(BODY))
    body[place] ^= 1

    with pytest.raises(Malformed):
        _push_secret.decrypted(bytes(body), _push_secret.private_key(BROWSER), decode(AUTH))


def test_a_token_is_believed_under_its_own_key_alone() -> None:
    mine, other = _push_secret.private_key(SENDER), _push_secret.private_key(BROWSER)
    token = _push_secret.token(mine, audience="https://a.example", subject="mailto:x", expires=9)

    told = {"aud": "https://a.example", "exp": 9, "sub": "mailto:x"}
    assert _push_secret.claims_of(token, mine.public_key()) == told
    for key, stated in ((other, token), (mine, token[:-8] + "AAAAAAAA"), (mine, token[:-8])):
        with pytest.raises(Malformed):
            _push_secret.claims_of(stated, key.public_key())


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "push",
        "http://fcm.googleapis.com/fcm/send/x",
        "https://fcm.googleapis.com:8443/fcm/send/x",
        "https://me@fcm.googleapis.com/x",
        "https://fcm.googleapis.com.evil.example/x",
        "https://evilpush.services.mozilla.com.example/x",
        "https://push.services.mozilla.com/x",  # The maker's own page, no service's.
        "https://127.0.0.1/admin",
        "https://[::1]/x",
        "https://[bad/x",
        "https://localhost/x",
        "https://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
    ],
)
def test_an_address_that_is_no_push_service_is_never_called(endpoint: str) -> None:
    with pytest.raises(Malformed):
        webpush.service_of(endpoint)
    with Receiver() as nobody:
        one = parcel("key-1", Kind.PUSH, address=subscription("b1") | {"endpoint": endpoint})
        settings = {"private_key": SENDER, "subject": "mailto:x@example.com", "url": nobody.url}
        (handed,) = webpush.send([one], settings)

    assert handed.came_to is Handed.REFUSED
    assert nobody.got == []


@pytest.mark.parametrize(
    ("endpoint", "origin"),
    [
        ("https://fcm.googleapis.com/fcm/send/x:y", "https://fcm.googleapis.com"),
        (
            "https://updates.push.services.mozilla.com/wpush/v2/x",
            "https://updates.push.services.mozilla.com",
        ),
        ("https://web.push.apple.com/Q", "https://web.push.apple.com"),
        ("https://wns2-par02p.notify.windows.com/w/?token=x", "https://wns2-par02p.notify.windows.com"),
    ],
)  # fmt: skip
def test_each_browser_makers_service_is_known(endpoint: str, origin: str) -> None:
    assert webpush.service_of(endpoint) == origin


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ({"endpoint": "https://push.sandbox.example/webpush/gone-1"}, "410"),
        ({"endpoint": "https://push.sandbox.example/elsewhere"}, "404"),
        ({"auth": ""}, "16 bytes"),
        ({"auth": "ö"}, "base64url"),
        ({"p256dh": ""}, "65 bytes"),
        ({"p256dh": encode(b"\x04" + b"\x01" * 64)}, "no point"),
        ({"p256dh": BROWSER_POINT}, "400"),  # Another browser's: it cannot be read.
    ],
)
def test_a_browser_that_cannot_be_reached_is_refused(
    world: sandbox.Running, address: dict[str, str], why: str
) -> None:
    came_to, detail = send(world, address)

    assert came_to is Handed.REFUSED
    assert why in detail
    assert world.dump()["deliveries"] == {}


@pytest.mark.parametrize(
    "changed",
    [
        {"private_key": SENDER},  # Not the one that the browser subscribed to.
        {"signed_at": (datetime.now(UTC) - timedelta(days=1)).isoformat()},
        {"signed_at": (datetime.now(UTC) + timedelta(days=1)).isoformat()},
    ],
    ids=["key", "slow clock", "fast clock"],
)
def test_who_is_not_believed_has_a_fault_of_ours_not_of_the_browser(
    world: sandbox.Running, changed: dict[str, str]
) -> None:
    came_to, detail = send(world, {}, **changed)

    assert came_to is Handed.TRY_LATER
    assert "403" in detail
    assert world.dump()["deliveries"] == {}


@pytest.mark.parametrize("changed", [{"subject": "us"}, {"private_key": "x"}, {"private_key": ""}])
def test_settings_that_no_service_takes_are_our_mistake(
    world: sandbox.Running, changed: dict[str, str]
) -> None:
    with pytest.raises(ValueError, match=r"subject|private key|base64url"):
        send(world, {}, **changed)


@pytest.mark.parametrize(("size", "came_to"), [(3000, Handed.ACCEPTED), (4000, Handed.REFUSED)])
def test_a_message_fits_into_what_every_service_takes(
    world: sandbox.Running, size: int, came_to: Handed
) -> None:
    one = parcel("key-1", Kind.PUSH, address=subscription("b1"), text="x" * size)
    (handed,) = webpush.send([one], config(world))

    assert handed.came_to is came_to


def test_a_busy_service_says_when_to_come_again(world: sandbox.Running) -> None:
    world.faults(busy_429=1)

    one = parcel("key-1", Kind.PUSH, address=subscription("b1"))
    (handed,) = webpush.send([one], config(world))

    assert (handed.came_to, handed.retry_after_seconds) == (Handed.TRY_LATER, 2)
