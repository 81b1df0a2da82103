"""Writes mails as Outlook does (.msg), small ones: for tests, by the published descriptions.

Source: [MS-CFB] §2 (header, tables, directory, mini stream), [MS-OXMSG] §2.2, §2.4.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

END, FREE, NONE, OF_TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFD
SECTOR, SMALL, CUT = 512, 64, 4096
Storage = Mapping[str, "bytes | Storage"]


def message(*attached: Storage, top: bool = True) -> dict[str, Any]:
    """A mail as a storage; with `top` as the file's own, else as one within another."""
    said: dict[str, Any] = {
        "__properties_version1.0": bytes(32 if top else 24),
        "__substg1.0_0037001F": "March".encode("utf-16-le"),
    }
    if top:
        said["__nameid_version1.0"] = {"__substg1.0_00020102": b""}
    said |= {f"__attach_version1.0_#{at:08X}": one for at, one in enumerate(attached)}
    return said


def attachment(
    name: str, content: "bytes | Storage", *, kind: str = "", method: int = 1, cid: str = "",
    flags: int = 0, is_short: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """A file, or with a storage for its content the mail (method 5) or object (6) that it is."""
    plain = b"".join(
        struct.pack("<IIII", tag, 6, value, 0)
        for tag, value in ((0x37050003, method), (0x37140003, flags))
    )
    said: dict[str, Any] = {"__properties_version1.0": bytes(8) + plain}
    if is_short:
        said["__substg1.0_3704001E"] = name.encode("cp1252")
    else:
        said["__substg1.0_3707001F"] = name.encode("utf-16-le")
    if kind:
        said["__substg1.0_370E001F"] = kind.encode("utf-16-le")
    if cid:
        said["__substg1.0_3712001F"] = cid.encode("utf-16-le")
    said["__substg1.0_37010102" if isinstance(content, bytes) else "__substg1.0_3701000D"] = content
    return said


@dataclass(slots=True)
class _Entry:
    name: str
    kind: int  # 1 storage, 2 stream, 5 root.
    content: bytes = b""
    children: list["_Entry"] = field(default_factory=list)
    at: int = 0
    left: int = NONE
    right: int = NONE
    child: int = NONE
    start: int = END


def written(root: Storage) -> bytes:
    """The file, version 3: sectors of 512 bytes, mini sectors of 64."""
    entries: list[_Entry] = []
    top = _tree("Root Entry", root, entries)
    top.kind = 5
    sectors: list[bytes] = []
    table: list[int] = []
    small, small_table = b"", []
    for one in entries:
        if one.kind != 2 or not one.content:
            continue
        if len(one.content) >= CUT:
            one.start = _add(one.content, sectors, table)
            continue
        one.start = len(small_table)
        count = -(-len(one.content) // SMALL)
        small += one.content.ljust(count * SMALL, b"\0")
        small_table += [*range(one.start + 1, one.start + count), END]
    if small:
        top.start, top.content = _add(small, sectors, table), small
    packed = struct.pack(f"<{len(small_table)}I", *small_table)
    small_at = _add(packed, sectors, table, fill=b"\xff") if small_table else END
    directory_at = _add(b"".join(map(_packed, entries)), sectors, table)
    of_table = 1
    while of_table * SECTOR // 4 < len(table) + of_table:
        of_table += 1
    first = len(sectors)
    table += [OF_TABLE] * of_table
    table += [FREE] * (of_table * SECTOR // 4 - len(table))
    sectors.append(struct.pack(f"<{len(table)}I", *table))
    places = list(range(first, first + of_table))
    head = struct.pack(
        "<8s16sHHHHH6s9I", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", bytes(16), 0x3E, 3, 0xFFFE,
        9, 6, bytes(6), 0, of_table, directory_at, 0, CUT, small_at,
        -(-len(packed) // SECTOR), END, 0,
    )  # fmt: skip
    assert of_table <= 109, "a larger file needs tables of tables"
    head += struct.pack("<109I", *places, *[FREE] * (109 - of_table))
    return head + b"".join(sectors)


def _tree(name: str, content: "bytes | Storage", entries: list[_Entry]) -> _Entry:
    one = _Entry(name, 2, content) if isinstance(content, bytes) else _Entry(name, 1)
    one.at = len(entries)
    entries.append(one)
    if not isinstance(content, bytes):
        one.children = [_tree(inner, what, entries) for inner, what in content.items()]
        ordered = sorted(one.children, key=lambda each: (len(each.name), each.name.upper()))
        one.child = _balanced(ordered)
    return one


def _balanced(ordered: Sequence[_Entry]) -> int:
    if not ordered:
        return NONE
    middle = len(ordered) // 2
    one = ordered[middle]
    one.left, one.right = _balanced(ordered[:middle]), _balanced(ordered[middle + 1 :])
    return one.at


def _add(content: bytes, sectors: list[bytes], table: list[int], fill: bytes = b"\0") -> int:
    start, count = len(table), -(-len(content) // SECTOR)
    sectors += [content[at : at + SECTOR].ljust(SECTOR, fill)
                for at in range(0, len(content), SECTOR)]  # fmt: skip
    table += [*range(start + 1, start + count), END]
    return start


def _packed(one: _Entry) -> bytes:
    name = one.name.encode("utf-16-le") + b"\0\0"
    return struct.pack(
        "<64sHBBIII16sIQQIQ", name, len(name), one.kind, 1, one.left, one.right, one.child,
        bytes(16), 0, 0, 0, one.start, len(one.content),
    )  # fmt: skip
