"""Whether Amazon SNS signed a message: its certificate, fetched once, and the signature.

Three things must hold: the certificate comes from a host of Amazon SNS over TLS, the signature over
the named fields fits it, and the message is of a topic of ours and not old. Version 1 signs with
SHA-1, version 2 with SHA-256; a topic is set to one of them.

Source: Amazon SNS developer guide, "Verifying the signatures of Amazon SNS messages" and "Creating
delivery policies" (a message is tried for at most an hour by default).
"""

import base64
import binascii
import re
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from usance.plugins import TryLater
from usance.plugins._trust import authorities

from . import Forged

AMAZON = re.compile(r"sns\.[a-z0-9-]{3,30}\.amazonaws\.com(\.cn)?")
LARGEST = 20_000  # Bytes of a certificate.
OLD, AHEAD = timedelta(hours=1, minutes=5), timedelta(minutes=5)
NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
CONFIRMATION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
HASHES: Mapping[str, hashes.HashAlgorithm] = {
    "1": hashes.SHA1(),  # noqa: S303 - Amazon's first version; ours is to verify it.
    "2": hashes.SHA256(),
}


def verify(told: Mapping[str, Any], config: Mapping[str, str], *, received: datetime) -> None:
    """Nothing comes back: Amazon signed it for one of our topics, lately.

    :raises Forged: if one of that does not hold.
    :raises TryLater: if the certificate could not be fetched: Amazon tells it again.
    """
    if str(told.get("TopicArn", "")) not in config.get("sns_topics", "").split():
        raise Forged("it is of no topic of ours")
    algorithm = HASHES.get(str(told.get("SignatureVersion", "")))
    if algorithm is None:
        raise Forged("signed in no version that we know")
    try:
        at = datetime.fromisoformat(str(told.get("Timestamp", "")))
        signature = base64.b64decode(str(told.get("Signature", "")), validate=True)
    except (ValueError, binascii.Error) as broken:
        raise Forged(f"timestamp or signature is none: {broken}") from broken
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    if not received - OLD <= at <= received + AHEAD:
        raise Forged("older than an hour, or of a time to come")
    certificate = _certificate(str(told.get("SigningCertURL", "")), config)
    if not certificate.not_valid_before_utc <= received <= certificate.not_valid_after_utc:
        raise Forged("the certificate is not valid now")
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise Forged("the certificate holds no RSA key")
    try:
        key.verify(signature, signed_text(told), padding.PKCS1v15(), algorithm)
    except InvalidSignature as wrong:
        raise Forged("the signature does not fit") from wrong


def signed_text(told: Mapping[str, Any]) -> bytes:
    """Name and value of each field that is signed, each on a line of its own."""
    fields = NOTIFICATION if told.get("Type") == "Notification" else CONFIRMATION
    return "".join(f"{name}\n{told[name]}\n" for name in fields if name in told).encode()


def _certificate(url: str, config: Mapping[str, str]) -> x509.Certificate:
    """:raises Forged: if it does not lie at Amazon's, or is none."""
    try:
        place = urlsplit(url)
        host = f"{place.hostname or ''}:{place.port}" if place.port else place.hostname or ""
    except ValueError as wrong:
        raise Forged("the certificate's address is none") from wrong
    known = host in config.get("sns_hosts", "").split() or AMAZON.fullmatch(host)
    if place.scheme != "https" or not known or place.username or not place.path.endswith(".pem"):
        raise Forged("the certificate does not lie at Amazon SNS")
    try:
        return x509.load_pem_x509_certificate(_fetched(url, config.get("sns_ca_file", "")))
    except ValueError as broken:
        _fetched.cache_clear()
        raise Forged(f"what lies there is no certificate: {broken}") from broken


@lru_cache(maxsize=16)
def _fetched(url: str, ca_file: str) -> bytes:
    """Fetched once for each address, as Amazon names a new one by a new address.

    :raises TryLater: if nobody is there; the next message asks again.
    """
    trust: ssl.SSLContext = authorities()
    if ca_file:
        trust = ssl.create_default_context(cadata=Path(ca_file).read_text())
    try:
        answer = httpx.get(url, timeout=10, follow_redirects=False, verify=trust, trust_env=False)
    except httpx.HTTPError as trouble:
        raise TryLater(f"the certificate of Amazon SNS: {trouble}") from trouble
    if answer.status_code != 200 or len(answer.content) > LARGEST:
        raise TryLater(f"the certificate of Amazon SNS: {answer.status_code}")
    return answer.content
