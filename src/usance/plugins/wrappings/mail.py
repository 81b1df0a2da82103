"""Mails (.eml): what is attached to one. Its text stays where it is, in the mail.

Not taken: the small pictures of signatures, which the text shows by their Content-ID (RFC 2392),
and what programs add for each other: signatures, calendars, visiting cards.

Source: RFC 5322 (message), RFC 2045 and 2183 (parts), RFC 2046 §5.2.1 (a mail in a mail).
"""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message

from usance.plugins import Unreadable

from . import Budget, Member
from ._names import media_type, refused, trouble

MEDIA_TYPE = "message/rfc822"
MOST_PARTS = 1_000
SMALL_PICTURE = 100_000  # Bytes; a scanned page has more.
_HEAD = re.compile(
    rb"\A(?:[A-Za-z][A-Za-z0-9-]{0,70}:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*){2,}", re.M
)
_A_MAIL = re.compile(rb"^(?:From|MIME-Version|Received|Return-Path|Message-ID):", re.I | re.M)
OF_PROGRAMS = frozenset({
    "application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature",
    "text/calendar", "text/vcard", "text/x-vcard", "application/pgp-keys",
    "message/delivery-status", "message/disposition-notification",
})  # fmt: skip
_ENDINGS = {
    "application/pdf": ".pdf", "application/xml": ".xml", "text/xml": ".xml", "text/csv": ".csv",
    "image/png": ".png", "image/jpeg": ".jpg", "image/tiff": ".tif", "message/rfc822": ".eml",
    "application/zip": ".zip",
}  # fmt: skip


def sniff(data: bytes) -> bool:
    """Two headers at least from the first line on, and one of them such as only mails have."""
    head = _HEAD.match(data[:16_384])
    return head is not None and _A_MAIL.search(head[0]) is not None


def unpack(data: bytes, name: str, budget: Budget) -> Iterator[Member]:
    try:
        mail = message_from_bytes(data)
        parts = list(_leaves(mail))
    except RecursionError as deep:
        raise Unreadable("parts within parts without end", where="mail") from deep
    return _members(parts, budget)


def attached(data: bytes) -> int:
    """How many files a mail brings.

    :raises Unreadable: as `unpack`.
    """
    return sum(1 for _ in unpack(data, "", Budget()))


def _leaves(mail: Message) -> Iterator[Message]:
    """The parts that are files. A mail in the mail is one, and not looked into here."""
    waiting, seen = [mail], 0
    while waiting:
        part = waiting.pop()
        seen += 1
        if seen > MOST_PARTS:
            raise Unreadable(f"the mail has more than {MOST_PARTS:,} parts")
        inner = part.get_payload()
        if part.get_content_type() == MEDIA_TYPE and part is not mail:
            yield part
        elif isinstance(inner, list):
            waiting.extend(reversed([one for one in inner if isinstance(one, Message)]))
        elif _is_a_file(part):
            yield part


def _is_a_file(part: Message) -> bool:
    kind = part.get_content_type()
    if kind in OF_PROGRAMS:
        return False
    named = part.get_filename() is not None
    if kind.startswith("text/") and not named:
        return part.get_content_disposition() == "attachment"
    is_shown = part.get("Content-ID") is not None and part.get_content_disposition() != "attachment"
    if kind.startswith("image/") and is_shown:
        return len(str(part.get_payload())) * 3 // 4 > SMALL_PICTURE
    return named or kind != "application/octet-stream" or bool(part.get_payload())


def _members(parts: list[Message], budget: Budget) -> Iterator[Member]:
    seen: set[str] = set()
    for number, part in enumerate(parts, start=1):
        kind = part.get_content_type()
        name = _name(part) or f"attachment-{number}{_ENDINGS.get(kind, '')}"
        if name.casefold() in seen:  # In mails that is usual: image.png, image.png.
            name = f"{number}-{name}"
        seen.add(name.casefold())
        content = _content(part)
        if because := trouble(name):
            todo = "Ask for it under a plain name."
            yield Member(name=name, finding=refused("member_name", name, because, todo))
        elif kind == "application/ms-tnef" or name.lower() == "winmail.dat":
            because = "it is Outlook's own packing (winmail.dat), which is not opened"
            todo = "Ask the sender to send as HTML or plain text."
            yield Member(name=name, finding=refused("member_packing", name, because, todo))
        elif not content:
            todo = "Ask the sender for it again."
            yield Member(name=name, finding=refused("member_empty", name, "it is empty", todo))
        elif len(content) > budget.each or not budget.fits(len(content)):
            todo = "Hand it in alone, or split it."
            because = "with it the mail has more or larger files than we take"
            yield Member(name=name, finding=refused("member_too_large", name, because, todo))
        else:
            budget.spend(len(content))
            type_ = media_type(name)
            is_known = type_ != "application/octet-stream"
            yield Member(name=name, data=content, media_type=type_ if is_known else kind)


def _content(part: Message) -> bytes:
    if part.get_content_type() == MEDIA_TYPE:
        inner = part.get_payload()
        first = inner[0] if isinstance(inner, list) and inner else None
        return first.as_bytes() if isinstance(first, Message) else b""
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _name(part: Message) -> str:
    """The file's name without any path; both ways of writing beyond ASCII are read."""
    said = part.get_filename() or ""
    try:
        said = str(make_header(decode_header(said)))
    except (LookupError, ValueError, HeaderParseError):
        said = said.encode("ascii", "replace").decode()
    return " ".join(said.replace("\\", "/").rpartition("/")[2].split())
