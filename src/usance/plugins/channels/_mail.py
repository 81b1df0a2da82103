"""A parcel as an e-mail: text and attachments, headers that nobody can break out of.

Source: RFC 5322 (message), RFC 2047 and 2231 (names), RFC 3834 §5 (Auto-Submitted), RFC 8058
(List-Unsubscribe).
"""

import re
from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Mapping
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import quote

from usance.domain.distribution import Attachment, Parcel

_KEY = re.compile(r"[A-Za-z0-9._=-]{1,50}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9.+-]{1,60}/[A-Za-z0-9.+-]{1,90}")
_LOCAL = re.compile(r"[^\s\"(),:;<>@\[\\\]\x00-\x1f\x7f]{1,64}")
_DOMAIN = re.compile(r"(?=.{1,253}$)([A-Za-z0-9_][A-Za-z0-9_-]*\.)*[A-Za-z0-9][A-Za-z0-9-]*")


class MalformedAddress(ValueError):
    """No mail can go to this address; says why."""


def written(parcel: Parcel, config: Mapping[str, str]) -> bytes:
    """The message with CRLF line ends, ready for DATA (dots not yet doubled).

    :raises MalformedAddress: if the parcel's address is none.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = _mailbox(parcel.sender, config["sender"])
    message["To"] = _mailbox(parcel.address.get("name", ""), parcel.address.get("email", ""))
    message["Subject"] = one_line(parcel.subject)
    message["Message-ID"] = message_id(parcel.key, config)
    message["Auto-Submitted"] = "auto-generated"
    if moment := config.get("sent_at", ""):
        message["Date"] = format_datetime(datetime.fromisoformat(moment))
    if parcel.language:
        message["Content-Language"] = one_line(parcel.language)
    if reply_to := config.get("reply_to", ""):
        message["Reply-To"] = _mailbox("", reply_to)
    if unsubscribe := config.get("unsubscribe", ""):
        link = unsubscribe.replace("{key}", parcel.key)
        message["List-Unsubscribe"] = f"<{one_line(link)}>"
        if link.startswith("https:"):
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    boundary = f"=_{_safe(parcel.key)}"  # Stands in no base64 and no quoted-printable.
    kind = f'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n'
    parts = [_text(parcel.text), *(_attached(one) for one in parcel.attachments)]
    edge = f"--{boundary}".encode()
    body = b"".join(edge + b"\r\n" + part + b"\r\n" for part in parts)
    head = message.as_bytes().removesuffix(b"\r\n") + kind.encode()
    return head + body + edge + b"--\r\n"


def _text(text: str) -> bytes:
    lines = "\r\n".join(text.splitlines()) + "\r\n"
    head = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable"
    return head + b"\r\n\r\n" + b2a_qp(lines.encode(), istext=True)


def _attached(attachment: Attachment) -> bytes:
    """Written by hand: the email package splits and copies a PDF line by line."""
    media_type = attachment.media_type
    if not _MEDIA_TYPE.fullmatch(media_type):
        media_type = "application/octet-stream"
    name = quote(one_line(attachment.name)[:150], safe="")
    head = (
        f"Content-Type: {media_type}\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment; filename*=utf-8''{name}\r\n\r\n"
    )
    return head.encode() + encodebytes(attachment.content).replace(b"\n", b"\r\n")


def message_id(key: str, config: Mapping[str, str]) -> str:
    """One for each key: a mail that was sent twice is seen to be the same by the receiver."""
    return f"<{_safe(key)}@{domain(config)}>"


def return_path(key: str, config: Mapping[str, str]) -> str:
    """Where a bounce goes, so that the bounce names its parcel whatever else it says (VERP)."""
    return f"{prefix(config)}+{_safe(key)}@{domain(config)}"


def domain(config: Mapping[str, str]) -> str:
    return config.get("domain", "") or config["sender"].rpartition("@")[2]


def prefix(config: Mapping[str, str]) -> str:
    return config.get("return_path", "") or "bounce"


def recipient(address: str) -> str:
    """The address with its domain in ASCII.

    :raises MalformedAddress: if it is none.
    """
    local, at, host = address.strip().rpartition("@")
    try:
        ascii_host = host.encode("idna").decode() if not host.isascii() else host
    except UnicodeError as broken:
        raise MalformedAddress(f"{address!r} has no domain that can be written") from broken
    if not (at and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(ascii_host)):
        raise MalformedAddress(f"{address!r} is no e-mail address")
    return f"{local}@{ascii_host}"


def one_line(text: str) -> str:
    """Without anything that could end a header: line ends and control characters are a blank."""
    return _CONTROL.sub(" ", text).strip()


def _mailbox(name: str, address: str) -> Address:
    local, _, host = recipient(address).rpartition("@")
    return Address(one_line(name), local, host)


def _safe(key: str) -> str:
    assert _KEY.fullmatch(key), f"{key!r} cannot stand in an address"
    return key
