"""What is attached in Outlook's own packing (TNEF, winmail.dat), also to a mail within it.

Source: [MS-OXTNEF] 2.1.3 (attributes), 2.1.3.4 (properties); [MS-OXCDATA] 2.11.1 (their types).
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from usance.plugins import Unreadable

from ._attached import OF_PROGRAMS, SMALL_PICTURE, Attached, plain

MAGIC = b"\x78\x9f\x3e\x22"
HEAD = 6  # Bytes: the magic, and a key of no meaning.
MOST_ATTRIBUTES = 20_000
MOST_PROPERTIES = 5_000  # Of one attachment.
OF_MAIL, OF_ATTACHMENT = 1, 2  # Levels of attributes.
CODEPAGE, BEGIN, TITLE, CONTENT, PROPERTIES = 0x69007, 0x69002, 0x18010, 0x6800F, 0x69005
NAME, LONG_NAME, MIME, CONTENT_ID, OBJECT = 0x3704, 0x3707, 0x370E, 0x3712, 0x3701
# Before an object stands what it is: a mail (IID_IMessage), or another of the same family.
IS_A_MAIL = b"\x07\x03\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46"
FAMILY = IS_A_MAIL[4:]
NAMED = 0x8000
MANY = 0x1000
TEXT, UNICODE, BYTES, THING = 0x1E, 0x1F, 0x102, 0x0D
_FIXED = {
    0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8,
    0x48: 16,
}  # fmt: skip
BROKEN = "it is Outlook's own packing (winmail.dat), and damaged"


@dataclass(slots=True)
class _Kept:
    title: str = ""
    data: bytes = b""
    said: dict[int, str | bytes] = field(default_factory=dict)


def sniff(data: bytes) -> bool:
    return data.startswith(MAGIC)


def unpacked(attached_: Iterable[Attached]) -> Iterator[Attached]:
    """Where such a packing is attached to a mail, the files in it are."""
    for one in attached_:
        if not sniff(one.data):
            yield one
            continue
        try:
            inside = list(attached(one.data))
        except Unreadable as broken:
            yield replace(one, data=b"", because=broken.says)
            continue
        yield from (replace(each, within=one.within + each.within) for each in inside)


def attached(data: bytes, *, deep: bool = True) -> Iterator[Attached]:
    """Every file in it. `deep`: a mail within it is opened.

    :raises Unreadable: if it is cut or lies about its lengths.
    """
    try:
        kept = _kept(data)
    except struct.error as cut:
        raise Unreadable(BROKEN) from cut
    for number, one in enumerate(kept, start=1):
        said = one.said.get(OBJECT, b"")
        thing = said if isinstance(said, bytes) else b""
        content = thing[16:] if thing[4:16] == FAMILY else thing
        if thing.startswith(IS_A_MAIL) and sniff(content):
            if deep:
                for inner in attached(content, deep=False):
                    yield replace(inner, within=f"mail-{number}/")
            else:
                yield Attached(name=f"mail-{number}", kind="", data=b"",
                               because="it is a mail in a mail in a mail")  # fmt: skip
            continue
        kind = _text(one, MIME).lower()
        is_shown = bool(_text(one, CONTENT_ID)) and len(one.data) <= SMALL_PICTURE
        if kind in OF_PROGRAMS or (kind.startswith("image/") and is_shown):
            continue
        name = _text(one, LONG_NAME) or one.title or _text(one, NAME)
        yield Attached(name=plain(name), kind=kind, data=one.data or content)


def _text(one: _Kept, name: int) -> str:
    said = one.said.get(name, "")
    return said if isinstance(said, str) else ""


def _kept(data: bytes) -> list[_Kept]:
    codepage = "cp1252"
    kept: list[_Kept] = []
    for level, name, content in _attributes(data):
        if name == CODEPAGE:
            codepage = _codec(struct.unpack_from("<I", content)[0])
        elif level == OF_ATTACHMENT and name == BEGIN:
            kept.append(_Kept())
        elif level == OF_ATTACHMENT and not kept:
            raise Unreadable(BROKEN)
        elif name == TITLE:
            kept[-1].title = _decoded(content, codepage)
        elif name == CONTENT:
            kept[-1].data = content
        elif name == PROPERTIES:
            kept[-1].said = dict(_properties(content, codepage))
    return kept


def _attributes(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = HEAD
    if len(data) < HEAD:
        raise Unreadable(BROKEN)
    for _ in range(MOST_ATTRIBUTES):
        if at >= len(data):
            return
        level, name, size = struct.unpack_from("<BII", data, at)
        if level not in (OF_MAIL, OF_ATTACHMENT):
            return  # Some programs write something behind it.
        yield level, name, _piece(data, at + 9, size)
        at += 9 + size + 2  # And its checksum, which others forget to reckon.
    raise Unreadable(f"the winmail.dat has more than {MOST_ATTRIBUTES:,} parts")


def _properties(data: bytes, codepage: str) -> Iterator[tuple[int, str | bytes]]:
    (count,) = struct.unpack_from("<I", data)
    at = 4
    for _ in range(min(count, MOST_PROPERTIES)):
        kind, name = struct.unpack_from("<HH", data, at)
        at += 4
        if name >= NAMED:
            by_name, length = struct.unpack_from("<II", data, at + 16)
            at += 24 + (_padded(length) if by_name else 0)
        sort = kind & ~MANY
        if sort in _FIXED:
            times = 1
            if kind & MANY:
                (times,) = struct.unpack_from("<I", data, at)
                at += 4
            at += times * _FIXED[sort]
            continue
        if sort not in (TEXT, UNICODE, BYTES, THING):
            raise Unreadable(BROKEN)
        (times,) = struct.unpack_from("<I", data, at)
        at += 4
        for _ in range(times):
            (size,) = struct.unpack_from("<I", data, at)
            value = _piece(data, at + 4, size)
            at += 4 + _padded(size)
            if sort in (TEXT, UNICODE):
                yield name, _decoded(value, codepage if sort == TEXT else "utf-16-le")
            else:
                yield name, value


def _piece(data: bytes, at: int, size: int) -> bytes:
    if at + size > len(data):
        raise Unreadable(BROKEN)
    return data[at : at + size]


def _padded(size: int) -> int:
    return (size + 3) // 4 * 4


def _decoded(text: bytes, codec: str) -> str:
    return text.decode(codec, "replace").partition("\0")[0]


def _codec(number: int) -> str:
    name = {65001: "utf-8", 28591: "latin-1", 20127: "ascii"}.get(number, f"cp{number}")
    try:
        "".encode(name)
    except LookupError:
        return "cp1252"
    return name
