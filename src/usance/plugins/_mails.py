"""Open a mail that a stranger wrote, or only its head.

Python's parser goes as deep as parts lie in parts, and makes an object of each part and header.
"""

import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.parser import BytesHeaderParser
from hashlib import sha256
from itertools import islice

from . import Unreadable

WITHIN = "parts within parts without end"
LARGEST_HEAD = 1_000_000  # Bytes.
MOST_BOUNDARIES = 20_000
MOST_HEADERS = 100_000  # Of all parts together.
LONG = 1_000_000  # Bytes of base64 without a blank line: a file.
# No colon and no hyphen: neither a header nor a boundary can lie within. A run that is too short
# for us is taken whole, too, else it would be tried again from each of its bytes.
_BASE64 = re.compile(rb"[A-Za-z0-9+/\r\n]{64,}+")
_BLANK = re.compile(rb"\n\r?\n")
_HEADER = re.compile(rb"^[!-9;-~]{1,76}:", re.M)


def whole(data: bytes) -> Message:
    """:raises Unreadable: if it has more parts or headers than any mail, or they lie in each other
    too deep to be read."""
    if data.count(b"\n--") > MOST_BOUNDARIES:
        raise Unreadable(f"the mail has more than {MOST_BOUNDARIES:,} parts")
    if any(True for _ in islice(_HEADER.finditer(data), MOST_HEADERS, None)):
        raise Unreadable(f"the mail has more than {MOST_HEADERS:,} headers")
    try:
        return message_from_bytes(data)
    except RecursionError as deep:
        raise Unreadable(WITHIN, where="mail") from deep


@dataclass(frozen=True, slots=True)
class Slim:
    """A mail without its long files: the parser makes lines of them, in seven times the room."""

    mail: Message
    cut: Mapping[str, memoryview]  # What stands in the place of each, and the lines themselves.

    def is_long(self, written: str) -> bool:
        """Was something cut from what stands there?"""
        return any(mark in written for mark in self.cut)

    def restored(self, data: bytes) -> bytes:
        """What was cut, back in its place."""
        for mark, lines in self.cut.items():
            before, found, after = data.partition(mark.encode())
            if found:
                data = b"".join((before, lines, after))
        return data

    def content(self, part: Message) -> bytes:
        """What stands in a part that has no parts, decoded."""
        if self.cut:
            try:
                written = part.get_payload()
            except (ValueError, TypeError):  # Its character set is none.
                written = None
            if isinstance(written, str) and self.is_long(written):
                return self._long(part, written.encode("utf-8", "surrogateescape"))
        found = part.get_payload(decode=True)
        return self.restored(found) if isinstance(found, bytes) else b""

    def _long(self, part: Message, written: bytes) -> bytes:
        if str(part.get("Content-Transfer-Encoding", "")).strip().lower() == "base64":
            try:
                return binascii.a2b_base64(self.restored(written))
            except binascii.Error:
                part.set_payload(self.restored(written).decode("ascii", "surrogateescape"))
        found = part.get_payload(decode=True)
        return self.restored(found) if isinstance(found, bytes) else b""


def slim(data: bytes) -> Slim:
    """As `whole`, in memory that grows with the mail only once.

    :raises Unreadable: as `whole`.
    """
    kept: list[bytes | memoryview] = []
    cut: dict[str, memoryview] = {}
    seen, at = memoryview(data), 0
    digest = ""
    for start, end in _long_lines(data):
        digest = digest or sha256(data).hexdigest()  # Nobody can write it into the mail itself.
        mark = f"cut-{digest}-{len(cut)}-"
        cut[mark] = seen[start:end]
        kept += (seen[at:start], mark.encode())
        at = end
    return Slim(whole(b"".join((*kept, seen[at:])) if cut else data), cut)


def _long_lines(data: bytes) -> Iterator[tuple[int, int]]:
    """From the start of a line to the end of one, without a blank line between."""
    for found in _BASE64.finditer(data):
        start, end = data.find(b"\n", *found.span()) + 1, data.rfind(b"\n", *found.span())
        while start and end - start >= LONG:
            blank = _BLANK.search(data, start - 1, end + 1)
            stop = blank.start() if blank else end
            if stop - start >= LONG:
                yield start, stop - (data[stop - 1 : stop] == b"\r")
            if blank is None:
                break
            start = blank.end()


def head(data: bytes) -> Message:
    """Its headers; what follows them is not looked at."""
    return BytesHeaderParser().parsebytes(data[:LARGEST_HEAD])
