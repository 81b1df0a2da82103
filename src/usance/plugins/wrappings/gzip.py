"""One file packed with gzip, such as an invoice.xml.gz.

Source: RFC 1952.
"""

import zlib
from collections.abc import Iterator

from usance.plugins import Unreadable

from . import MOST_RATIO, RATIO_FROM, Budget, Member
from ._names import media_type

MEDIA_TYPE = "application/gzip"
MAGIC = b"\x1f\x8b\x08"
WINDOW = 16 + zlib.MAX_WBITS  # With gzip's own head and checksum.


def sniff(data: bytes) -> bool:
    return data.startswith(MAGIC)


def unpack(data: bytes, name: str, budget: Budget) -> Iterator[Member]:
    most = min(budget.each, budget.total, max(RATIO_FROM, MOST_RATIO * len(data)))
    unpacker = zlib.decompressobj(WINDOW)
    try:
        content = unpacker.decompress(data, most + 1)
    except zlib.error as broken:
        raise Unreadable("the gzip file is damaged; ask for it again") from broken
    if len(content) > most:
        raise Unreadable(f"the gzip file unpacks to more than {most:,} bytes, as bombs do")
    if not unpacker.eof:
        raise Unreadable("the gzip file ends too early; ask for it again")
    if unpacker.unused_data.strip(b"\0"):
        raise Unreadable("something follows behind the packed file; pack one file alone")
    if not budget.fits(len(content)):
        raise Unreadable("there is more in it than one file may hold; send it alone")
    budget.spend(len(content))
    inner = name.rpartition("/")[2]
    inner = inner[:-3] if inner.lower().endswith(".gz") else inner
    return iter([Member(name=inner or "file", data=content, media_type=media_type(inner))])
