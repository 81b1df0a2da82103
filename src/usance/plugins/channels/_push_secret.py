"""What a push service may not read: a message encrypted for one browser, and who we are.

Source: RFC 8291 (message encryption), RFC 8188 (aes128gcm), RFC 8292 (VAPID), RFC 7518 §3.4
(ES256).
"""

import base64
import binascii
import os

import msgspec
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from usance.plugins._json import BROKEN

RECORD = 4096  # One record holds the whole message (RFC 8291 §4).
LARGEST = RECORD - 86 - 17  # Without header, tag and delimiter: what every service has to take.
CURVE = ec.SECP256R1()


class Malformed(ValueError):
    """A key, a message or a token that is none."""


def decode(text: str) -> bytes:
    """Base64 of URLs without padding (RFC 4648 §5).

    :raises Malformed: if it is none.
    """
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as broken:
        raise Malformed("not base64url") from broken


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def public_key(point: bytes) -> ec.EllipticCurvePublicKey:
    """:raises Malformed: if it is no uncompressed point of P-256."""
    if len(point) != 65:
        raise Malformed("a public key is 65 bytes")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point)
    except ValueError as broken:
        raise Malformed("no point of P-256") from broken


def private_key(text: str) -> ec.EllipticCurvePrivateKey:
    """From 32 bytes in base64url, as key generators print it.

    :raises Malformed: if it is none.
    """
    secret = decode(text)
    if len(secret) != 32:
        raise Malformed("a private key is 32 bytes")
    try:
        return ec.derive_private_key(int.from_bytes(secret, "big"), CURVE)
    except ValueError as broken:
        raise Malformed("no private key of P-256") from broken


def point(key: ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey) -> bytes:
    """The public key as 65 bytes."""
    public = key.public_key() if isinstance(key, ec.EllipticCurvePrivateKey) else key
    return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def encrypted(
    plain: bytes,
    receiver: bytes,
    auth: bytes,
    *,
    own: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes = b"",
) -> bytes:
    """The body for a browser with this public key and secret; key and salt are made if not given.

    :raises Malformed: if the receiver's keys are none, or the message is longer than LARGEST.
    """
    if len(auth) != 16:
        raise Malformed("an authentication secret is 16 bytes")
    if len(plain) > LARGEST:
        raise Malformed(f"a message of {len(plain)} bytes; {LARGEST} are taken")
    theirs = public_key(receiver)
    own, salt = own or ec.generate_private_key(CURVE), salt or os.urandom(16)
    shared = own.exchange(ec.ECDH(), theirs)
    key, nonce = _keys(shared, auth, salt, receiver, point(own))
    header = salt + RECORD.to_bytes(4, "big") + bytes([65]) + point(own)
    return header + AESGCM(key).encrypt(nonce, plain + b"\x02", None)


def decrypted(body: bytes, own: ec.EllipticCurvePrivateKey, auth: bytes) -> bytes:
    """What a browser reads.

    :raises Malformed: if it is not for this browser, or was altered.
    """
    if len(body) < 86 + 17 or body[20] != 65:
        raise Malformed("no header of aes128gcm with a key of 65 bytes")
    salt, sender = body[:16], body[21:86]
    shared = own.exchange(ec.ECDH(), public_key(sender))
    key, nonce = _keys(shared, auth, salt, point(own), sender)
    try:
        padded = AESGCM(key).decrypt(nonce, body[86:], None).rstrip(b"\x00")
    except InvalidTag as wrong:
        raise Malformed("it cannot be decrypted") from wrong
    if not padded.endswith(b"\x02"):
        raise Malformed("the last record ends in no delimiter")
    return padded[:-1]


def token(key: ec.EllipticCurvePrivateKey, *, audience: str, subject: str, expires: int) -> str:
    """A JSON Web Token, ES256: who we are, for one push service, until a second since 1970."""
    head = encode(b'{"typ":"JWT","alg":"ES256"}')
    claims = encode(msgspec.json.encode({"aud": audience, "exp": expires, "sub": subject}))
    r, s = decode_dss_signature(key.sign(f"{head}.{claims}".encode(), ec.ECDSA(SHA256())))
    return f"{head}.{claims}.{encode(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def claims_of(token: str, key: ec.EllipticCurvePublicKey) -> dict[str, object]:
    """What a token says, if the holder of this key signed it.

    :raises Malformed: if not.
    """
    signed, _, stated = token.rpartition(".")
    head, _, claims = signed.partition(".")
    signature = decode(stated)
    if len(signature) != 64:
        raise Malformed("a signature is 64 bytes")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    try:
        key.verify(encode_dss_signature(r, s), signed.encode(), ec.ECDSA(SHA256()))
        if msgspec.json.decode(decode(head), type=dict[str, object]).get("alg") != "ES256":
            raise Malformed("not signed with ES256")
        return msgspec.json.decode(decode(claims), type=dict[str, object])
    except (InvalidSignature, *BROKEN) as wrong:
        raise Malformed("the signature does not fit") from wrong


def _keys(
    shared: bytes, auth: bytes, salt: bytes, receiver: bytes, sender: bytes
) -> tuple[bytes, bytes]:
    """Content key and nonce (RFC 8291 §3.4)."""
    secret = _derived(shared, auth, b"WebPush: info\x00" + receiver + sender, 32)
    key = _derived(secret, salt, b"Content-Encoding: aes128gcm\x00", 16)
    return key, _derived(secret, salt, b"Content-Encoding: nonce\x00", 12)


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(secret)
