"""What a file comes wrapped in before any reader sees it: gzip, an archive, UTF-16."""

import gzip
import io
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from usance.plugins import Unreadable

from ._zip import LARGEST_RATIO, MAGIC, MOST_BYTES, copied, unpacked

GZIP = b"\x1f\x8b"
_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def opened(source: bytes | BinaryIO) -> Iterator[tuple[str, bytes | BinaryIO]]:
    """Name and content of each file in it; a plain file is one without a name. What is long comes
    as a file, and is closed when the next one is asked for.

    :raises Unreadable: for a broken archive, and for one that unpacks to more than is sound.
    """
    head = _head(source)
    if head.startswith(MAGIC):
        for name, part in unpacked(source):
            yield name, _of_signs(part)
    elif head.startswith(GZIP):
        with _inflated(source) as plain:
            yield "", _of_signs(plain)
    else:
        yield "", _of_signs(source)


def _head(source: bytes | BinaryIO) -> bytes:
    if isinstance(source, bytes):
        return source[:4]
    head = source.read(4)
    source.seek(0)
    return head


@contextmanager
def _inflated(source: bytes | BinaryIO) -> Iterator[bytes | BinaryIO]:
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    most = min(MOST_BYTES, LARGEST_RATIO * file.seek(0, os.SEEK_END))
    file.seek(0)
    try:
        with gzip.GzipFile(fileobj=file) as stream:
            plain = copied(cast(BinaryIO, stream), most)
    except (OSError, EOFError, zlib.error) as broken:
        raise Unreadable(f"broken archive: {broken}") from broken
    if plain is None:
        raise Unreadable(f"it is packed more than {LARGEST_RATIO} times")
    if isinstance(plain, bytes):
        yield plain
    else:
        with plain:
            yield plain


def _of_signs(source: bytes | BinaryIO) -> bytes | BinaryIO:
    """UTF-16 as UTF-8; XML stays, for it says itself how it is written."""
    head = _head(source)
    charset = _MARKS.get(head[:2])
    if charset is None and b"\0" in head[:2] and len(head) > 3:  # Without a mark.
        charset = "utf-16-be" if head[0] == 0 else "utf-16-le"
    if charset is None:
        return source
    if isinstance(source, bytes):
        data = source
    else:
        data = source.read()
        source.seek(0)
    try:
        text = data.decode(charset)
    except UnicodeDecodeError:
        return source
    return source if text.lstrip("\ufeff").startswith("<?xml") else text.encode()
