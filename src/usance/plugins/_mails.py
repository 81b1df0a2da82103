"""Open a mail that a stranger wrote, or only its head.

Python's parser goes as deep as parts lie in parts, and makes an object of each part and header.
"""

import re
from email import message_from_bytes
from email.message import Message
from email.parser import BytesHeaderParser
from itertools import islice

from . import Unreadable

WITHIN = "parts within parts without end"
LARGEST_HEAD = 1_000_000  # Bytes.
MOST_BOUNDARIES = 20_000
MOST_HEADERS = 100_000  # Of all parts together.
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


def head(data: bytes) -> Message:
    """Its headers; what follows them is not looked at."""
    return BytesHeaderParser().parsebytes(data[:LARGEST_HEAD])
