"""Mails as Outlook saves them (.msg): what is attached to one, also to the mails within it.

Not taken, as in `mail`: small pictures that the text shows, and what programs add for each other.
The file is a small file system that others have broken; a child process opens it.

Source: [MS-OXMSG] (mail), [MS-CFB] (the file system, read by olefile).
"""

import json
from collections.abc import Iterator
from pathlib import Path

from usance.plugins._child import Child

from . import Budget, Member
from ._attached import OF_PROGRAMS, SMALL_PICTURE, Attached, members, plain
from ._tnef import unpacked

MEDIA_TYPE = "application/vnd.ms-outlook"
MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OF_MAILS = "__properties_version1.0".encode("utf-16-le")
BROKEN = "the mail's file needs more time or memory than we give; send it as .eml"
child = Child(
    Path(__file__).with_name("_outlook_child.py"), documents=200, seconds=30, broken=BROKEN
)


def sniff(data: bytes) -> bool:
    """An office document in which a mail lies says yes as well, and is refused then."""
    return data.startswith(MAGIC) and OF_MAILS in data


def unpack(data: bytes, name: str, budget: Budget) -> Iterator[Member]:
    head, _, contents = child.ask(data).partition(b"\n")
    return members(unpacked(_attached(head, contents)), budget)


def _attached(head: bytes, contents: bytes) -> Iterator[Attached]:
    at = 0
    for said in json.loads(head):
        content = contents[at : at + said["size"]]
        at += said["size"]
        is_picture = said["kind"].startswith("image/")
        if said["kind"] in OF_PROGRAMS:
            continue
        if is_picture and said["shown"] and len(content) <= SMALL_PICTURE:
            continue
        yield Attached(
            name=plain(said["name"]), kind=said["kind"], data=content, because=said["because"],
            within="".join(f"mail-{number}/" for number in said["within"]),
        )  # fmt: skip
