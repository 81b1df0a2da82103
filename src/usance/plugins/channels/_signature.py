"""Signed callbacks as Standard Webhooks has them: made here, and checked here.

The signature is "v1," and the base64 of HMAC-SHA256 over "<id>.<timestamp>.<raw body>". A secret
is base64 behind "whsec_". Several secrets, separated by spaces, are all valid: so keys rotate.
A plug-in reads no clock: whoever took the callback in puts the moment into the header
"x-received-at" (ISO 8601 with offset), over whatever a caller wrote there.

Source: Standard Webhooks specification 1.0, "Signature scheme".
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

from . import Forged

TOLERANCE_SECONDS = 300


def sign(body: bytes, *, id: str, timestamp: int, secret: str) -> str:
    """The header webhook-signature for these bytes; `timestamp` counts seconds since 1970."""
    signed = f"{id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(_key(secret), signed, hashlib.sha256)).decode()


def verify(body: bytes, headers: Mapping[str, str], *, secrets: str) -> None:
    """Nothing comes back: the bytes are what the holder of one of the secrets signed, lately.

    :raises Forged: if a header is missing, no signature fits, or the timestamp lies more than
        300 seconds before or after the receipt.
    """
    id, stated = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not (id and stated.isascii() and stated.isdigit() and len(stated) <= 12):
        raise Forged("webhook-id or webhook-timestamp is missing or no number")
    timestamp = int(stated)
    if abs(_received(headers).timestamp() - timestamp) > TOLERANCE_SECONDS:
        raise Forged("signed more than 300 seconds before or after it was received")
    given = [word.encode() for word in headers.get("webhook-signature", "").split()]
    wanted = [sign(body, id=id, timestamp=timestamp, secret=s).encode() for s in secrets.split()]
    # Every pair is compared, so that the time taken tells nothing about which one fits.
    fits = [hmac.compare_digest(one, other) for one in wanted for other in given]
    if not any(fits):
        raise Forged("no signature fits")


def _received(headers: Mapping[str, str]) -> datetime:
    try:
        at = datetime.fromisoformat(headers.get("x-received-at", ""))
    except ValueError as broken:
        raise Forged("x-received-at is missing: nobody says when it came") from broken
    if at.tzinfo is None:
        raise Forged("x-received-at has no offset")
    return at


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error as broken:
        raise ValueError("a webhook secret is whsec_ and base64") from broken
