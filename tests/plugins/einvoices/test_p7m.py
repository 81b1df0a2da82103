"""Italian invoices as they come over certified mail: in a signed envelope (.p7m)."""

from base64 import b64encode
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7

from usance.plugins import Unreadable
from usance.plugins.einvoices import _p7m, read_any, read_isolated
from usance.plugins.einvoices._verdict import verdict

HERE = Path(__file__).parent
PLAIN = (HERE / "fatturapa" / "three_bodies.xml").read_bytes()
TODAY = date(2026, 3, 31)
SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
DATA = bytes.fromhex("06092a864886f70d010701")


def signed(data: bytes, *options: pkcs7.PKCS7Options) -> bytes:
    """An envelope by the library, of a key and a certificate made for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Mario Rossi")])
    now = datetime.now(tz=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    builder = pkcs7.PKCS7SignatureBuilder().set_data(data)
    builder = builder.add_signer(certificate, key, hashes.SHA256())
    return builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary, *options])


def ber(tag: int, *parts: bytes) -> bytes:
    """An element of indefinite length, as programs write that sign while they read."""
    return bytes([tag, 0x80]) + b"".join(parts) + b"\0\0"


def streamed(data: bytes, part: int = 1000) -> bytes:
    """As `openssl cms -sign -nodetach -stream` has it, but for the signature."""
    pieces = [data[at : at + part] for at in range(0, len(data), part)]
    octets = [b"\x04\x82" + len(one).to_bytes(2) + one for one in pieces]
    content = ber(0x30, DATA, ber(0xA0, ber(0x24, *octets)))
    return ber(0x30, SIGNED_DATA, ber(0xA0, ber(0x30, b"\x02\x01\x01", ber(0x31), content)))


DER = signed(PLAIN)


@pytest.mark.parametrize(
    "data",
    [
        DER,
        streamed(PLAIN),
        signed(DER),
        b64encode(DER),
        b"\n".join(b64encode(DER)[at : at + 64] for at in range(0, len(DER) * 4 // 3 + 4, 64)),
        b"-----BEGIN PKCS7-----\r\n" + b64encode(DER) + b"\r\n-----END PKCS7-----\r\n",
    ],
    ids=["der", "ber", "twice", "base64", "base64 in lines", "pem"],
)
def test_an_invoice_in_a_signed_envelope_reads_as_it_does_without(data: bytes) -> None:
    assert _p7m.opened(data) == PLAIN
    name, plain = read_any(PLAIN)
    found, judged = (
        verdict(data, profile=None, today=TODAY),
        verdict(PLAIN, profile=None, today=TODAY),
    )

    assert read_any(data) == (name, [(one, (_p7m.UNCHECKED, *odd)) for one, odd in plain])
    assert found.findings == (_p7m.UNCHECKED, *judged.findings)
    assert found.valid == judged.valid


def test_a_child_process_opens_envelopes_too() -> None:
    name, placed = read_isolated(DER)

    assert (name, len(placed)) == ("fatturapa", 3)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (signed(PLAIN, pkcs7.PKCS7Options.DetachedSignature), "without the invoice"),
        (DER[:-1], "broken or cut off"),
        (streamed(PLAIN)[:3000], "broken or cut off"),
        (b64encode(DER)[:-2], "broken or cut off"),
        (b"\x30\x84\xff\xff\xff\xff" + SIGNED_DATA, "broken or cut off"),
        (ber(0x30, SIGNED_DATA, ber(0xA0, b"\x30\x80" * 9_000)), "broken or cut off"),
        (ber(0x30, SIGNED_DATA, ber(0xA0, ber(0x30, b"\x02\x01\x01", b"\x31\x80" * 90))), "broken"),
        (streamed(b"").replace(b"\x24\x80", b"\x24\x80" * 90), "broken or cut off"),
        (signed(b"hello"), "this is text"),
        (signed(signed(signed(signed(signed(PLAIN))))), "one inside the other"),
    ],
)
def test_an_envelope_that_cannot_be_opened_says_so(data: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read_any(data)
    assert "readable" in {one.code for one in verdict(data, profile=None, today=TODAY).findings}
