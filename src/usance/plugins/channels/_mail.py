"""A parcel as an e-mail: text, HTML and attachments, headers that nobody can break out of.

Source: RFC 5322 (message), RFC 2046 §5.1.4 (alternatives), RFC 2047 and 2231 (names), RFC 3834 §5
(Auto-Submitted), RFC 6531 (addresses beyond ASCII), RFC 8058 (List-Unsubscribe).
"""

import re
from binascii import b2a_base64, b2a_qp
from collections.abc import Mapping
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from functools import lru_cache
from urllib.parse import quote

from usance.domain.distribution import Attachment, Parcel

from . import _dkim

_LINE = 76  # Signs of base64: RFC 2045 §6.8.
_PLAIN = re.compile(r"(?!.*(=\?|  ))[!-~][ -~]*")  # Nothing that a reader would decode, or fold.
# A mailbox that needs neither quotes nor encoding: RFC 5322 §3.2.3.
_NAMED = re.compile(
    r"{atom}( {atom})* <{atom}(\.{atom})*@[A-Za-z0-9.-]+>".replace("{atom}", "[A-Za-z0-9&'*+/_-]+")
)
_KEY = re.compile(r"[A-Za-z0-9._=-]{1,50}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9.+-]{1,60}/[A-Za-z0-9.+-]{1,90}")
_LOCAL = re.compile(r"[^\s\"(),:;<>@\[\\\]\x00-\x1f\x7f]{1,64}")
_DOMAIN = re.compile(r"(?=.{1,253}$)([A-Za-z0-9_][A-Za-z0-9_-]*\.)*[A-Za-z0-9][A-Za-z0-9-]*")


class MalformedAddress(ValueError):
    """No mail can go to this address; says why."""


def written(parcel: Parcel, config: Mapping[str, str]) -> bytes:
    """The message with CRLF line ends, signed, ready for DATA (dots not yet doubled).

    :raises MalformedAddress: if the parcel's address is none.
    :raises UnusableKey: if it should be signed and the key cannot.
    """
    # What cannot be said in ASCII may stand there only if the whole way speaks SMTPUTF8.
    locals_ = [a.rpartition("@")[0] for a in (config["sender"], parcel.address.get("email", ""))]
    is_plain = all(map(str.isascii, locals_))
    headers: list[tuple[str, str | Address]] = [
        ("From", mailbox(parcel.sender, config["sender"])),
        ("To", mailbox(parcel.address.get("name", ""), parcel.address.get("email", ""))),
        ("Subject", one_line(parcel.subject)),
        ("Message-ID", message_id(parcel.key, config)),
        ("Auto-Submitted", "auto-generated"),
    ]
    if moment := config.get("sent_at", ""):
        headers.append(("Date", format_datetime(datetime.fromisoformat(moment))))
    if parcel.language:
        headers.append(("Content-Language", one_line(parcel.language)))
    if reply_to := config.get("reply_to", ""):
        headers.append(("Reply-To", mailbox("", reply_to)))
    unsubscribe = config.get("unsubscribe", "")
    if unsubscribe and parcel.is_optional:
        link = unsubscribe.replace("{key}", parcel.key)
        headers.append(("List-Unsubscribe", f"<{one_line(link)}>"))
        if link.startswith("https:"):
            headers.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    head = b"".join(_header(name, value, is_plain=is_plain) for name, value in headers)
    boundary = f"=_{_safe(parcel.key)}"  # Stands in no base64 and no quoted-printable.
    parts = [_said(parcel, boundary), *(_attached(one) for one in parcel.attachments)]
    kind = f'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n'
    raw = head + kind.encode() + _joined(parts, boundary)
    return _dkim.signatures(raw, config) + raw


def _header(name: str, value: str | Address, *, is_plain: bool) -> bytes:
    """One header with its line end. Words that stand as they are need no setting."""
    if isinstance(value, str) and _PLAIN.fullmatch(value) and len(name) + len(value) <= _LINE:
        return f"{name}: {value}\r\n".encode()
    if isinstance(value, Address):
        said = f"{value.display_name} <{value.username}@{value.domain}>"
        if _NAMED.fullmatch(said) and len(name) + len(said) <= _LINE:
            return f"{name}: {said}\r\n".encode()
        return _set(name, (value.display_name, value.username, value.domain), is_plain)
    return _set(name, value, is_plain)


@lru_cache(maxsize=1024)
def _set(name: str, value: str | tuple[str, str, str], is_plain: bool) -> bytes:
    """Folded and encoded. Kept, because most mails are from and to the same parties."""
    message = EmailMessage(policy=SMTP if is_plain else SMTPUTF8)
    message[name] = value if isinstance(value, str) else Address(*value)
    return message.as_bytes().removesuffix(b"\r\n")


def _said(parcel: Parcel, boundary: str) -> bytes:
    """The text, and beside it as an alternative the same with its looks: the better stands last."""
    text = _text(parcel.text, "plain")
    if not parcel.html:
        return text
    inner = f"{boundary}_said"
    kind = f'Content-Type: multipart/alternative; boundary="{inner}"\r\n\r\n'.encode()
    return kind + _joined([text, _text(parcel.html, "html")], inner).removesuffix(b"\r\n")


def _joined(parts: list[bytes], boundary: str) -> bytes:
    edge = f"--{boundary}".encode()
    return b"".join(edge + b"\r\n" + part + b"\r\n" for part in parts) + edge + b"--\r\n"


def _text(text: str, kind: str) -> bytes:
    lines = "\r\n".join(text.splitlines()) + "\r\n"
    head = (
        f"Content-Type: text/{kind}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    return head.encode() + b2a_qp(lines.encode(), istext=True)


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
    coded = b2a_base64(attachment.content, newline=False)
    lines = [coded[at : at + _LINE] for at in range(0, len(coded), _LINE)]
    return head.encode() + b"\r\n".join([*lines, b""])


def message_id(key: str, config: Mapping[str, str]) -> str:
    """One for each key: a mail that was sent twice is seen to be the same by the receiver."""
    return f"<{_safe(key)}@{domain(config)}>"


def return_path(key: str, config: Mapping[str, str]) -> str:
    """Where a bounce goes, so that the bounce names its parcel whatever else it says (VERP)."""
    return f"{prefix(config)}+{_safe(key)}@{domain(config)}"


def is_ours(address: str, config: Mapping[str, str]) -> bool:
    """Whether mail to this address is for us: a return path, or where people answer to."""
    local, _, host = address.strip().strip("<>").lower().rpartition("@")
    if host == domain(config).lower() and local.startswith(f"{prefix(config)}+".lower()):
        return True
    people = (config.get("reply_to", ""), config["sender"])
    return f"{local}@{host}" in {recipient(one).lower() for one in people if one}


def domain(config: Mapping[str, str]) -> str:
    return _ascii(config.get("domain", "") or config["sender"].rpartition("@")[2])


def prefix(config: Mapping[str, str]) -> str:
    return config.get("return_path", "") or "bounce"


def recipient(address: str) -> str:
    """The address with its domain in ASCII.

    :raises MalformedAddress: if it is none.
    """
    local, at, host = address.strip().rpartition("@")
    ascii_host = _ascii(host)
    if not (at and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(ascii_host)):
        raise MalformedAddress(f"{address!r} is no e-mail address")
    return f"{local}@{ascii_host}"


def _ascii(host: str) -> str:
    """A domain as DNS has it: by IDNA 2008, for to IDNA 2003 straße and strasse are one.

    :raises MalformedAddress: if it cannot be written so.
    """
    if host.isascii():
        return host
    import idna  # Its tables are large, and few domains need them.

    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError as broken:
        raise MalformedAddress(f"{host!r} is no domain that can be written") from broken


def one_line(text: str) -> str:
    """Without anything that could end a header: line ends and control characters are a blank."""
    return _CONTROL.sub(" ", text).strip()


def mailbox(name: str, address: str) -> Address:
    local, _, host = recipient(address).rpartition("@")
    return Address(one_line(name), local, host)


def _safe(key: str) -> str:
    assert _KEY.fullmatch(key), f"{key!r} cannot stand in an address"
    return key
