"""DKIM: another implementation, dkimpy, must find our signatures right."""

from pathlib import Path
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from tests.outside import parcel
from usance.domain.distribution import Attachment, Kind
from usance.plugins.channels import _dkim, _mail

RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ED25519 = ed25519.Ed25519PrivateKey.generate()
DNS = {
    b"r1._domainkey.factor.example.": _dkim.record(RSA).encode(),
    b"e1._domainkey.factor.example.": _dkim.record(ED25519).encode(),
}


@pytest.fixture
def config(tmp_path: Path) -> dict[str, str]:
    return {
        "sender": "invoices@factor.example",
        "sent_at": "2026-03-02T12:00:00+01:00",
        "dkim_selector": "r1",
        "dkim_key_file": kept(tmp_path / "rsa.pem", RSA),
        "dkim_ed25519_selector": "e1",
        "dkim_ed25519_key_file": kept(tmp_path / "ed25519.pem", ED25519),
    }


def kept(path: Path, key: Any) -> str:
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return str(path)


def written(config: dict[str, str], **changed: Any) -> bytes:
    pdf = Attachment(name="Fäktura.pdf", media_type="application/pdf", content=bytes(range(256)))
    given = {"attachments": (pdf,), "html": "<p>Hej  på dig \t</p>\n\n\n"} | changed
    return _mail.written(parcel("key-1", Kind.EMAIL, **given), config)


def is_right(message: bytes) -> list[bool]:
    """One answer for each signature, the uppermost first."""
    return [_fits(message, place) for place in range(message.count(b"DKIM-Signature:"))]


def _fits(message: bytes, place: int) -> bool:
    try:
        return bool(dkim.DKIM(message).verify(place, dnsfunc=lambda name, timeout=5: DNS.get(name)))
    except dkim.ValidationError:  # The text was altered; of a header it only says no.
        return False


def test_both_signatures_are_right(config: dict[str, str]) -> None:
    message = written(config)

    assert message.startswith(b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;")
    assert b"a=ed25519-sha256" in message
    assert is_right(message) == [True, True]


def test_every_length_of_header_and_text_is_signed_right(config: dict[str, str]) -> None:
    for subject in ("", "Ä" * 200, "two  blanks and\ta tab ", "x" * 900):
        for text in ("", "\n\n", " \n ", "a\n" * 500, "."):
            assert is_right(written(config, subject=subject, text=text)) == [True, True]


@pytest.mark.parametrize(
    ("was", "became"),
    [
        (b"Subject: Faktura", b"Subject: Fakturb"),
        (b"ap@kund.example", b"xx@kund.example"),
        (b"Content-Language: sv", b"Content-Language: de"),
        (b"application/pdf", b"application/xml"),
    ],
)
def test_an_altered_mail_is_not_right(config: dict[str, str], was: bytes, became: bytes) -> None:
    message = written(config)
    assert was in message

    assert is_right(message.replace(was, became)) == [False, False]


@pytest.mark.parametrize("name", ["From", "Subject", "To", "Message-ID"])
def test_a_second_header_breaks_the_signature(config: dict[str, str], name: str) -> None:
    message = written(config)
    second = f"\r\n{name}: x@evil.example\r\nMIME-Version".encode()
    doubled = message.replace(b"\r\nMIME-Version", second)

    assert True not in is_right(doubled)


def test_what_servers_do_on_the_way_does_not_break_it(config: dict[str, str]) -> None:
    del config["sent_at"]
    message = written(config)
    added = b"Received: from us by them\r\nDate: Mon, 02 Mar 2026 12:00:00 +0100\r\n"
    wrapped = message.replace(b"Subject: Faktura ", b"subject:  Faktura\r\n   ")

    assert is_right(added + wrapped + b"\r\n\r\n") == [True, True]


def test_how_to_unsubscribe_is_signed(config: dict[str, str]) -> None:
    config["unsubscribe"] = "https://factor.example/u/{key}"
    message = written(config, is_optional=True)

    assert is_right(message) == [True, True]
    assert is_right(message.replace(b"factor.example/u/", b"evil.example/u/")) == [False, False]


def test_who_has_no_key_signs_nothing() -> None:
    assert b"DKIM" not in written({"sender": "invoices@factor.example"})


def test_another_domain_may_sign(config: dict[str, str]) -> None:
    message = written(config | {"dkim_domain": "mail.factor.example"})

    assert message.count(b"d=mail.factor.example;") == 2


def test_a_key_that_may_not_sign_is_refused(config: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "text.pem").write_text("no key")
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - that is the point
    for path in (
        str(tmp_path / "text.pem"),
        kept(tmp_path / "short.pem", short),
        kept(tmp_path / "curve.pem", ec.generate_private_key(ec.SECP256R1())),
    ):
        with pytest.raises(_dkim.UnusableKey):
            written(config | {"dkim_key_file": path})
