"""Mails (.eml): what is attached to one. Its text stays where it is, in the mail.

Not taken: the small pictures of signatures, which the text shows by their Content-ID (RFC 2392),
and what programs add for each other: signatures, calendars, visiting cards.

Source: RFC 5322 (message), RFC 2045 and 2183 (parts), RFC 2046 §5.2.1 (a mail in a mail).
"""

import binascii
import re
from collections.abc import Iterator
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message

from usance.plugins import Unreadable, _mails

from . import Budget, Member
from ._attached import OF_PROGRAMS, SMALL_PICTURE, Attached, members, plain
from ._tnef import unpacked

MEDIA_TYPE = "message/rfc822"
MOST_PARTS = 1_000
# What a mail says to people; text/xml and text/csv are files, named or not.
BODIES = frozenset({
    "text/plain", "text/html", "text/enriched", "text/richtext", "text/x-amp-html", "text/rtf",
    "text/watch-html", "text/rfc822-headers",
})  # fmt: skip
_HEAD = re.compile(
    rb"\A(?:[A-Za-z][A-Za-z0-9-]{0,70}:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*){2,}", re.M
)
_A_MAIL = re.compile(rb"^(?:From|MIME-Version|Received|Return-Path|Message-ID):", re.I | re.M)


def sniff(data: bytes) -> bool:
    """Two headers at least from the first line on, and one of them such as only mails have."""
    head = _HEAD.match(data[:16_384])
    return head is not None and _A_MAIL.search(head[0]) is not None


def unpack(data: bytes, name: str, budget: Budget) -> Iterator[Member]:
    mail = _mails.slim(data)
    parts = list(_leaves(mail))
    return members(unpacked(_attached(part, mail) for part in parts), budget)


def attached(data: bytes) -> int:
    """How many files a mail brings.

    :raises Unreadable: as `unpack`.
    """
    return sum(1 for _ in unpack(data, "", Budget()))


def _leaves(mail: _mails.Slim) -> Iterator[Message]:
    """The parts that are files. A mail in the mail is one, and not looked into here."""
    waiting, seen = [mail.mail], 0
    while waiting:
        part = waiting.pop()
        seen += 1
        if seen > MOST_PARTS:
            raise Unreadable(f"the mail has more than {MOST_PARTS:,} parts")
        inner = _inner(part)
        if part.get_content_type() == MEDIA_TYPE and part is not mail.mail:
            yield part
        elif isinstance(inner, list):
            waiting.extend(reversed([one for one in inner if isinstance(one, Message)]))
        elif _is_a_file(part, mail):
            yield part


def _inner(part: Message) -> object:
    """The parts of a part, or what stands in it. What has no parts is given as it came where its
    character set is none (a NUL in its name)."""
    try:
        return part.get_payload()
    except (ValueError, TypeError):  # The last: a character set in two parts (RFC 2231).
        return part.get_payload(decode=True)


def _is_a_file(part: Message, mail: _mails.Slim) -> bool:
    kind = part.get_content_type()
    if kind in OF_PROGRAMS:
        return False
    named = _stated_name(part) is not None
    if kind in BODIES and not named:
        return part.get_content_disposition() == "attachment"
    is_shown = part.get("Content-ID") is not None and part.get_content_disposition() != "attachment"
    if kind.startswith("image/") and is_shown:
        written = str(_inner(part))
        return mail.is_long(written) or len(written) * 3 // 4 > SMALL_PICTURE
    return named or kind != "application/octet-stream" or bool(_inner(part))


def _attached(part: Message, mail: _mails.Slim) -> Attached:
    data, because = b"", ""
    try:
        data = _content(part, mail)
    except RecursionError:  # Writing a mail goes as deep as reading one, with more steps for each.
        because = "mails lie in it without end"
    return Attached(name=_name(part), kind=part.get_content_type(), data=data, because=because)


def _content(part: Message, mail: _mails.Slim) -> bytes:
    if part.get_content_type() == MEDIA_TYPE:
        return _mail_within(part, mail)
    return mail.content(part)


def _mail_within(part: Message, mail: _mails.Slim) -> bytes:
    """A mail in a mail is not to be encoded (RFC 2046 §5.2.1); some are in base64, and read."""
    inner = part.get_payload()
    first = inner[0] if isinstance(inner, list) and inner else None
    content = mail.restored(_bytes(first)) if isinstance(first, Message) else b""
    if str(part.get("Content-Transfer-Encoding", "")).strip().lower() != "base64":
        return content
    try:
        return binascii.a2b_base64(content)
    except binascii.Error:
        return content


def _bytes(mail: Message) -> bytes:
    try:
        return mail.as_bytes()
    except ValueError:  # A character beyond ASCII stands where none may.
        return mail.as_string().encode("utf-8", "replace")


def _stated_name(part: Message) -> str | None:
    """As it is stated; empty: under a character set that cannot be one (a NUL in its name)."""
    try:
        return part.get_filename()
    except ValueError:
        return ""


def _name(part: Message) -> str:
    """The file's name without any path; both ways of writing beyond ASCII are read."""
    said = _stated_name(part) or ""
    try:
        said = str(make_header(decode_header(said)))
    except (LookupError, ValueError, MessageError):
        said = said.encode("ascii", "replace").decode()
    return plain(said)
