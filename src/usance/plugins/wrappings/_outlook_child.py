"""Run in a child process by `outlook`: a mail of Outlook (.msg), and what is attached to it.

Imports nothing of ours (see `_child_loop`). The answer is a line of JSON, a list of {"within",
"name", "kind", "shown", "because", "size"}, and then the files one after the other. `within` are
the numbers of the mails in the mail that lead to it, `shown` whether the text shows it.

Source: [MS-OXMSG] §2.2 (storages), §2.4 (properties); [MS-OXPROPS] for their numbers.
"""

import json
import struct
from io import BytesIO
from typing import Any

MEMORY = 1_500_000_000  # Bytes of address space: the mail, and what is in it.
CPU_SECONDS = 120  # For all mails that one child reads.
ALONE = True
MOST_ATTACHED = 1_000  # In all mails within each other together.
MOST_BYTES = 200 * 1024 * 1024
LEVELS = 2  # A mail in a mail in the mail is not opened.
PROPERTIES = "__properties_version1.0"
HEAD, HEAD_OF_ATTACHMENT = 32, 8  # Bytes before the properties (§2.4.1).
# Tags of properties (MS-OXPROPS): number, then type: 1F Unicode, 1E 8-bit, 02 bytes, 0D object.
LONG_NAME, SHORT_NAME, SHOWN_NAME, KIND, CONTENT_ID = 0x3707, 0x3704, 0x3001, 0x370E, 0x3712
DATA, MAIL = "37010102", "3701000D"
METHOD, FLAGS, CODEPAGE, INTERNET_CODEPAGE = 0x37050003, 0x37140003, 0x3FFD0003, 0x3FDE0003
BY_VALUE, EMBEDDED, OLE = 1, 5, 6  # Other methods are links to files elsewhere.
IN_THE_TEXT = 4  # Of the flags: the text shows it.


class Refused(Exception):
    """There is nothing to give. Says why."""

    where = ""

    def __init__(self, says: str) -> None:
        super().__init__(says)
        self.says = says


def answer(data: bytes) -> bytes:
    import olefile

    try:
        with olefile.OleFileIO(BytesIO(data)) as ole:
            if not ole.exists(PROPERTIES):
                raise Refused("it is an Outlook file, but no mail; save the mail itself")
            found: list[tuple[dict[str, Any], bytes]] = []
            _attached(ole, [], [], _codepage(ole), found)
    except (OSError, ValueError, IndexError, KeyError, TypeError, AttributeError, struct.error):
        raise Refused("the mail's file is broken; save it again, or send it as .eml") from None
    head = json.dumps([{**said, "size": len(content)} for said, content in found])
    return b"".join((head.encode(), b"\n", *(content for _, content in found)))


def _attached(
    ole: Any, at: list[str], within: list[int], codepage: str,
    found: list[tuple[dict[str, Any], bytes]],
) -> None:  # fmt: skip
    """Everything attached to the mail in this storage, and to the mails within."""
    names = {
        path[len(at)]
        for path in ole.listdir(streams=True, storages=False)
        if path[: len(at)] == at and len(path) > len(at) + 1
        and path[len(at)].lower().startswith("__attach_version1.0_#")
    }  # fmt: skip
    for number, name in enumerate(sorted(names), start=1):
        place = [*at, name]
        said, content = _one(ole, place, codepage)
        if said["method"] == EMBEDDED and ole.exists([*place, f"__substg1.0_{MAIL}"]):
            if len(within) + 1 < LEVELS:
                inner = [*place, f"__substg1.0_{MAIL}"]
                _attached(ole, inner, [*within, number], codepage, found)
                continue
            said["because"] = "it is a mail in a mail in a mail"
        found.append(({**said, "within": within}, content))
        if len(found) > MOST_ATTACHED:
            raise Refused(f"the mail has more than {MOST_ATTACHED:,} attachments")
        if sum(len(one) for _, one in found) > MOST_BYTES:
            raise Refused(f"what is attached has more than {MOST_BYTES:,} bytes")


def _one(ole: Any, place: list[str], codepage: str) -> tuple[dict[str, Any], bytes]:
    plain = _numbers(ole, [*place, PROPERTIES], HEAD_OF_ATTACHMENT)
    names = (_text(ole, place, tag, codepage) for tag in (LONG_NAME, SHORT_NAME, SHOWN_NAME))
    content, because, method = b"", "", plain.get(METHOD, BY_VALUE)
    if method == BY_VALUE:
        stream = [*place, f"__substg1.0_{DATA}"]
        content = ole.openstream(stream).read() if ole.exists(stream) else b""
    elif method == OLE:
        because = "it is an object of another program, not a file"
    elif method != EMBEDDED:
        because = "the mail has only a link to it"
    return {
        "name": next(filter(None, names), ""),
        "kind": _text(ole, place, KIND, codepage).lower() or "application/octet-stream",
        "shown": bool(_text(ole, place, CONTENT_ID, codepage)
                      and plain.get(FLAGS, 0) & IN_THE_TEXT),
        "because": because, "method": method,
    }, content  # fmt: skip


def _text(ole: Any, place: list[str], tag: int, codepage: str) -> str:
    for type_, encoding in (("001F", "utf-16-le"), ("001E", codepage)):
        stream = [*place, f"__substg1.0_{tag:04X}{type_}"]
        if ole.exists(stream):
            raw: bytes = ole.openstream(stream).read(2_000)
            return raw.decode(encoding, "replace").rstrip("\0")
    return ""


def _numbers(ole: Any, stream: list[str], head: int) -> dict[int, int]:
    """The properties of fixed length: tag, flags and eight bytes each (§2.4.2.1)."""
    raw: bytes = ole.openstream(stream).read() if ole.exists(stream) else b""
    return {
        tag: value
        for tag, _, value, _ in struct.iter_unpack(
            "<IIII", raw[head : len(raw) - (len(raw) - head) % 16]
        )
    }


def _codepage(ole: Any) -> str:
    """Of texts that are not Unicode."""
    said = _numbers(ole, [PROPERTIES], HEAD)
    number = said.get(CODEPAGE) or said.get(INTERNET_CODEPAGE) or 1252
    name = {65001: "utf-8", 28591: "latin-1", 20127: "ascii"}.get(number, f"cp{number}")
    try:
        "".encode(name)
    except LookupError:
        return "cp1252"
    return name
