"""ZIP archives: read from their directory, each file counted while it is unpacked.

Refused as a whole: more files or bytes than the budget, files that lie upon each other (the trick
of the best bombs), a broken directory. Refused alone: locked files, links, names that lead
elsewhere, a name for the second time, packings other than deflate, a ratio that no invoice has.

Source: PKWARE APPNOTE 6.3.10 §4.3 (structure), §4.4.4 (flags), §4.4.5 (methods).
"""

import stat
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from usance.domain.finding import Finding
from usance.plugins import Unreadable

from . import LARGEST_MEMBER, MOST_MEMBERS, MOST_RATIO, RATIO_FROM, Budget, Member
from ._names import is_left_by_a_program, media_type, refused, trouble

MEDIA_TYPE = "application/zip"
BEGINS = (b"PK\x03\x04", b"PK\x05\x06")
ENTRY = b"PK\x01\x02"
LOCAL_HEADER = 30  # Bytes before the name.
LOCKED = 0x1 | 0x40 | 0x2000  # Flags: encrypted, strongly, and with a hidden directory.
MEGABYTE = 1024 * 1024
MOST_ENTRIES = 2 * MOST_MEMBERS  # Folders and what programs leave are entries too.
# Names by which an archive is a document of its own: XLSX and DOCX, then ODF.
OF_DOCUMENTS = frozenset({"[Content_Types].xml", "META-INF/manifest.xml"})
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError)


def sniff(data: bytes) -> bool:
    """An archive from its first byte on that is no workbook or other document in ZIP's clothes."""
    return data.startswith(BEGINS) and not _is_a_document(data)


def unpack(data: bytes, name: str, budget: Budget) -> Iterator[Member]:
    files = _directory(data, budget)
    return _members(data, files, budget)


def _is_a_document(data: bytes) -> bool:
    if data.count(ENTRY) > MOST_ENTRIES:  # Counted in C, before an object is made of each.
        return False
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return not OF_DOCUMENTS.isdisjoint(archive.namelist())
    except BROKEN:
        return False


def _directory(data: bytes, budget: Budget) -> list[zipfile.ZipInfo]:
    """:raises Unreadable: if it promises more than we take, or lies."""
    if data.count(ENTRY) > MOST_ENTRIES:
        raise Unreadable(f"the archive has more than {budget.members:,} files; split it")
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            files = [one for one in archive.infolist() if not one.is_dir()]
            end = archive.start_dir
    except BROKEN as broken:
        raise Unreadable("the archive is broken; pack it again, or send the files") from broken
    files = [one for one in files if not is_left_by_a_program(one.filename)]
    if not files:
        raise Unreadable("the archive is empty")
    if len(files) > budget.members:
        raise Unreadable(f"the archive has {len(files):,} files, we take {budget.members:,}")
    if _overlap(files, end):
        raise Unreadable("files in the archive lie upon each other, as only bombs have them")
    unpacked = sum(one.file_size for one in files if not _trouble(one))
    if unpacked > budget.total:
        raise Unreadable(
            f"the archive has {unpacked // MEGABYTE:,} MB unpacked, we take "
            f"{budget.total // MEGABYTE:,}; split it"
        )
    return files


def _overlap(files: list[zipfile.ZipInfo], end: int) -> bool:
    at = 0
    for one in sorted(files, key=lambda one: one.header_offset):
        if one.header_offset < at:
            return True
        at = one.header_offset + LOCAL_HEADER + one.compress_size
    return at > end


def _members(data: bytes, files: list[zipfile.ZipInfo], budget: Budget) -> Iterator[Member]:
    seen: set[str] = set()
    with zipfile.ZipFile(BytesIO(data)) as archive:
        for one in files:
            finding = _trouble(one) or _again(one, seen) or _beyond(one, budget)
            seen.add(one.filename.casefold())
            content = b"" if finding else _content(archive, one)
            if content is None:
                todo = "Ask for it again."
                finding = refused("member_broken", one.filename, "it is damaged", todo)
            if finding is not None or content is None:
                yield Member(name=one.filename, finding=finding)
                continue
            budget.spend(len(content))
            yield Member(name=one.filename, data=content, media_type=media_type(one.filename))


def _content(archive: zipfile.ZipFile, one: zipfile.ZipInfo) -> bytes | None:
    """None: it is damaged. zipfile unpacks what the directory says at most, and compares sums."""
    try:
        with archive.open(one) as file:
            return file.read()
    except (*BROKEN, RuntimeError):  # RuntimeError: it asks for a password after all.
        return None


def _beyond(one: zipfile.ZipInfo, budget: Budget) -> Finding | None:
    """An archive within took what this file would need."""
    if budget.fits(one.file_size):
        return None
    because = "with it there are more or larger files than we take at once"
    return refused("member_too_large", one.filename, because, "Split the archive.")


def _trouble(one: zipfile.ZipInfo) -> Finding | None:
    """Why this file is not taken, by what the directory says of it."""
    name = one.orig_filename
    if because := trouble(name):
        return refused("member_name", name, because, "Pack it again under a plain name.")
    if stat.S_ISLNK(one.external_attr >> 16):
        return refused("member_link", name, "it is a link", "Pack the file that it points to.")
    if one.flag_bits & LOCKED:
        return refused(
            "member_encrypted", name, "it is locked with a password",
            "Ask for it without one; a password in another mail protects nothing.",
        )  # fmt: skip
    if one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return refused(
            "member_packing", name, "it is packed in a way that is not read",
            "Pack it with the ordinary method (deflate).",
        )  # fmt: skip
    if one.file_size > LARGEST_MEMBER:
        return refused(
            "member_too_large", name,
            f"it has {one.file_size // MEGABYTE:,} MB, we take {LARGEST_MEMBER // MEGABYTE:,}",
            "Look whether it is an invoice; split a schedule.",
        )  # fmt: skip
    if one.file_size > RATIO_FROM and one.file_size > MOST_RATIO * max(one.compress_size, 1):
        return refused(
            "member_ratio", name,
            f"it unpacks to more than {MOST_RATIO} times its size, as bombs do",
            "Send the file as it is.",
        )  # fmt: skip
    return None


def _again(one: zipfile.ZipInfo, seen: set[str]) -> Finding | None:
    """Programs differ in which of two they show, so that two people may see two invoices."""
    if one.filename.casefold() not in seen:
        return None
    return refused(
        "member_twice", one.filename, "another file of the archive has the same name",
        "Give each a name of its own.",
    )  # fmt: skip
