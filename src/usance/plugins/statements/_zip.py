"""Files that a bank sends packed: unpacked only after the table of contents was found harmless."""

import io
import zipfile
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from usance.plugins import Unreadable

MOST_FILES = 5000
MOST_BYTES = 512 * 1024 * 1024  # All files together, unpacked.
LARGEST_RATIO = 100  # Bank XML packs 10 to 40 times; a bomb packs a thousand times.
LONG = 16 * 1024 * 1024  # Bytes, beyond which a file is not held in memory if its format allows.
BLOCK = 1024 * 1024  # Bytes that are unpacked at a time.
MAGIC = b"PK\x03\x04"


def unpacked(source: bytes | BinaryIO) -> Iterator[tuple[str, bytes | BinaryIO]]:
    """Name and content of each file, in the order of the archive; what is long lies on the disk,
    and is closed when the next one is asked for.

    :raises Unreadable: for a broken or encrypted archive, and beyond the limits above.
    """
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    try:
        with zipfile.ZipFile(file) as archive:
            members = [member for member in archive.infolist() if not _is_noise(member)]
            _check(members)
            for member in members:
                with archive.open(member) as stream:
                    plain = copied(cast(BinaryIO, stream), member.file_size)
                assert plain is not None, member.filename  # No archive gives more than it tells.
                yield member.filename, plain
                if not isinstance(plain, bytes):
                    plain.close()
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError) as broken:
        raise Unreadable(f"broken archive: {broken}") from broken


def copied(stream: BinaryIO, most: int) -> bytes | BinaryIO | None:
    """What can be read of it: bytes, or if it is long a file on the disk, from its beginning.
    None: it is more than that."""
    begun = stream.read(min(most, LONG) + 1)
    if len(begun) > most:
        return None
    if len(begun) <= LONG:
        return begun
    plain = cast(BinaryIO, TemporaryFile())  # noqa: SIM115 - closed by who asked for it.
    size = plain.write(begun)
    while block := stream.read(BLOCK):
        size += plain.write(block)
        if size > most:
            plain.close()
            return None
    plain.seek(0)
    return plain


def heads(data: bytes, size: int = 2048) -> Iterator[bytes]:
    """The first bytes of each file, for those who sniff; nothing for what is no sound archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [member for member in archive.infolist() if not _is_noise(member)]
            _check(members)
            for member in members:
                with archive.open(member) as opened:
                    yield opened.read(size)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError, Unreadable):
        return


def _check(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MOST_FILES:
        raise Unreadable(f"{len(members)} files are more than the {MOST_FILES} that we unpack")
    if sum(member.file_size for member in members) > MOST_BYTES:
        raise Unreadable(f"it would unpack to more than {MOST_BYTES} bytes")
    for member in members:
        if member.flag_bits & 1:
            raise Unreadable("it is encrypted", where=member.filename)
        if member.file_size > LARGEST_RATIO * max(member.compress_size, 1):
            raise Unreadable(f"it is packed more than {LARGEST_RATIO} times", where=member.filename)


def _is_noise(member: zipfile.ZipInfo) -> bool:
    return member.is_dir() or member.filename.startswith("__MACOSX/")
