"""What a file comes wrapped in before any reader sees it: gzip, an archive, UTF-16."""

import gzip
import io
import zlib
from collections.abc import Iterator

from usance.plugins import Unreadable

from ._zip import LARGEST_RATIO, MAGIC, MOST_BYTES, unpacked

GZIP = b"\x1f\x8b"
_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def opened(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file in it; a plain file is one without a name.

    :raises Unreadable: for a broken archive, and for one that unpacks to more than is sound.
    """
    if data.startswith(MAGIC):
        for name, part in unpacked(data):
            yield name, _as_bytes_of_signs(part)
    elif data.startswith(GZIP):
        yield "", _as_bytes_of_signs(_inflated(data))
    else:
        yield "", _as_bytes_of_signs(data)


def _inflated(data: bytes) -> bytes:
    most = min(MOST_BYTES, LARGEST_RATIO * len(data))
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            plain = stream.read(most + 1)
    except (OSError, EOFError, zlib.error) as broken:
        raise Unreadable(f"broken archive: {broken}") from broken
    if len(plain) > most:
        raise Unreadable(f"it is packed more than {LARGEST_RATIO} times")
    return plain


def _as_bytes_of_signs(data: bytes) -> bytes:
    """UTF-16 as UTF-8; XML stays, for it says itself how it is written."""
    charset = _MARKS.get(data[:2])
    if charset is None and b"\0" in data[:2] and len(data) > 3:  # Without a mark.
        charset = "utf-16-be" if data[0] == 0 else "utf-16-le"
    if charset is None:
        return data
    try:
        text = data.decode(charset)
    except UnicodeDecodeError:
        return data
    return data if text.lstrip("\ufeff").startswith("<?xml") else text.encode()
