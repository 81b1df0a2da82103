"""DKIM signatures over the mails that we write: relaxed/relaxed, RSA and Ed25519.

A mail may carry one of each: who cannot read the younger one reads the older. The keys are PEM
files that the operator keeps; what stands in DNS beside them is in docs/operations.md.

Source: RFC 6376 (§3.4.2 and §3.4.4 relaxed, §3.7 what is hashed), RFC 8463 (Ed25519), RFC 8058 §4
(List-Unsubscribe must be covered).
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

SMALLEST_RSA_BITS = 2048  # RFC 8301 §3.2 asks for 1024 and recommends 2048.
SIGNED = (
    b"from", b"to", b"subject", b"date", b"message-id", b"reply-to", b"auto-submitted",
    b"content-language", b"list-unsubscribe", b"list-unsubscribe-post", b"mime-version",
    b"content-type",
)  # fmt: skip
# Named once more than they stand there, so that a second one breaks the signature (§5.4.2, §8.15).
# No Date: a server adds the one that we left out, and must not break it.
SEALED = (b"from", b"to", b"subject", b"message-id", b"content-type")
_BLANKS = re.compile(rb"[ \t]+")

Key = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


class UnusableKey(ValueError):
    """The operator's key file is no private key of a kind that DKIM knows, or is too short."""


def signatures(message: bytes, config: Mapping[str, str]) -> bytes:
    """The DKIM-Signature headers of a message with CRLF line ends, to stand above it.

    Nothing where config names no `dkim_key_file` and no `dkim_ed25519_key_file`.

    :raises UnusableKey: if a file holds no key that may sign.
    """
    domain = config.get("dkim_domain", "") or config["sender"].rpartition("@")[2]
    signed, body = b"", b""
    for prefix in ("dkim", "dkim_ed25519"):
        if path := config.get(f"{prefix}_key_file", ""):
            key = _key(path, Path(path).stat().st_mtime_ns)
            body = body or _digest(message)  # The same for both.
            signed += _signature(message, body, domain, config[f"{prefix}_selector"], key)
    return signed


def record(key: Key) -> str:
    """What stands in DNS as the TXT record of `<selector>._domainkey.<domain>` for this key."""
    if isinstance(key, rsa.RSAPrivateKey):
        kind, raw = "rsa", key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )  # fmt: skip
    else:
        kind, raw = "ed25519", key.public_key().public_bytes_raw()
    return f"v=DKIM1; k={kind}; p={b64encode(raw).decode()}"


@lru_cache(maxsize=8)
def _key(path: str, changed_ns: int) -> Key:
    """Read anew when the file changes: `changed_ns` is part of the key of the cache."""
    try:
        key = serialization.load_pem_private_key(Path(path).read_bytes(), password=None)
    except (ValueError, TypeError) as broken:
        raise UnusableKey(f"{path} holds no private key in PEM without a password") from broken
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < SMALLEST_RSA_BITS:
        raise UnusableKey(f"{path} must be Ed25519, or RSA of {SMALLEST_RSA_BITS} bits or more")
    return key


def _digest(message: bytes) -> bytes:
    _, _, body = message.partition(b"\r\n\r\n")
    return b64encode(sha256(_relaxed_body(body)).digest())


def _signature(message: bytes, body: bytes, domain: str, selector: str, key: Key) -> bytes:
    headers = _headers(message.partition(b"\r\n\r\n")[0])
    names = [name for name in SIGNED for own, _ in headers if own == name]
    names += [name for name in SEALED if name in names]
    algorithm = "rsa-sha256" if isinstance(key, rsa.RSAPrivateKey) else "ed25519-sha256"
    stated = (
        f"v=1; a={algorithm}; c=relaxed/relaxed; d={domain}; s={selector};\r\n"
        f" h={':'.join(name.decode() for name in names)};\r\n"
        f" bh={body.decode()};\r\n b="
    ).encode()
    hashed = b"".join(_taken(headers, names))
    hashed += b"dkim-signature:" + _relaxed_value(stated)
    value = b64encode(_sign(key, hashed))
    folded = b"\r\n ".join(value[at : at + 72] for at in range(0, len(value), 72))
    return b"DKIM-Signature: " + stated + folded + b"\r\n"


def _sign(key: Key, hashed: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(hashed, padding.PKCS1v15(), hashes.SHA256())
    return key.sign(sha256(hashed).digest())  # RFC 8463 §3: Ed25519 over the digest.


def _headers(top: bytes) -> list[tuple[bytes, bytes]]:
    """Name in lower case, and name:value as relaxed has it; folded lines are one."""
    found = []
    for line in re.split(rb"\r\n(?![ \t])", top):
        name, _, value = line.partition(b":")
        name = name.strip().lower()
        found.append((name, name + b":" + _relaxed_value(value) + b"\r\n"))
    return found


def _taken(headers: list[tuple[bytes, bytes]], names: list[bytes]) -> list[bytes]:
    """For each name the last header of that name that was not taken yet; none left: nothing."""
    left = list(headers)
    taken = []
    for name in names:
        for place in reversed(range(len(left))):
            if left[place][0] == name:
                taken.append(left.pop(place)[1])
                break
    return taken


def _relaxed_value(value: bytes) -> bytes:
    return _BLANKS.sub(b" ", value.replace(b"\r\n", b"")).strip(b" ")


def _relaxed_body(body: bytes) -> bytes:
    """Looked through as a whole: line by line, or by an expression, it takes milliseconds a mail,
    and nearly all of it is base64 without a blank."""
    body = body.replace(b"\t", b" ")
    while b"  " in body:
        body = body.replace(b"  ", b" ")
    body = body.replace(b" \r\n", b"\r\n").removesuffix(b" ")
    end = len(body)
    while body.endswith(b"\r\n", 0, end):
        end -= 2
    return body[:end] + b"\r\n" if end else b""
