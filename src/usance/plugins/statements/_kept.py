"""The lines of a long file: on disk as they come, so that memory does not grow with them.

The file has no name, is readable by nobody else, and is gone with the last who holds its lines.
"""

import os
import zlib
from collections.abc import Iterable, Iterator, Sequence
from tempfile import TemporaryFile
from typing import IO, overload

import msgspec

from usance.domain.payment import BankLine

IN_MEMORY = 20_000  # Lines of a file, before the next ones go to the disk.
AT_ONCE = 500  # Lines that are written and read together.
_ENCODED = msgspec.msgpack.Encoder()
_DECODED = msgspec.msgpack.Decoder(list[BankLine])


class Keeper:
    """Where the lines of one file are kept, whichever of its statements they are of."""

    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        self.room = in_memory
        self._file: IO[bytes] | None = None  # None: nothing had to go to the disk.
        self._end = 0

    def put(self, lines: Sequence[BankLine]) -> tuple[int, int]:
        """Where they lie and how long they are, in bytes."""
        if self._file is None:
            self._file = TemporaryFile(buffering=0)  # noqa: SIM115 - closed with its last holder.
        packed = zlib.compress(_ENCODED.encode(lines), 1)  # A tenth of what a bank writes as XML.
        at, self._end = self._end, self._end + len(packed)
        with memoryview(packed) as left:
            done = 0
            while done < len(packed):  # A write may take less than it was given.
                done += os.pwrite(self._file.fileno(), left[done:], at + done)
        return at, len(packed)

    def get(self, at: int, size: int) -> list[BankLine]:
        assert self._file is not None, at
        packed = os.pread(self._file.fileno(), size, at)
        assert len(packed) == size, (at, size)
        return _DECODED.decode(zlib.decompress(packed))


class Lines(Sequence[BankLine]):
    """The lines of a statement while they come, and afterwards."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._parts: list[tuple[int, int]] = []  # Place and size.
        self._stored = 0
        self._last: list[BankLine] = []

    def extend(self, lines: Iterable[BankLine]) -> None:
        self._last.extend(lines)
        if len(self._last) >= AT_ONCE and len(self) > self._keeper.room:
            self._store(len(self._last) // AT_ONCE * AT_ONCE)

    def done(self) -> Sequence[BankLine]:
        """No more are to come. A plain tuple, if all of them are in memory."""
        if not self._parts and len(self._last) <= self._keeper.room:
            self._keeper.room -= len(self._last)
            return tuple(self._last)
        self._store(len(self._last))
        self._keeper.room = 0
        return self

    def _store(self, count: int) -> None:
        """The first of what is in memory; a part is AT_ONCE lines long, but for the last one."""
        for start in range(0, count, AT_ONCE):
            part = self._last[start : start + AT_ONCE]
            self._parts.append(self._keeper.put(part))
            self._stored += len(part)
        self._last = self._last[count:]

    def __len__(self) -> int:
        return self._stored + len(self._last)

    def __iter__(self) -> Iterator[BankLine]:
        for part in self._parts:
            yield from self._keeper.get(*part)
        yield from self._last

    @overload
    def __getitem__(self, nth: int) -> BankLine: ...
    @overload
    def __getitem__(self, nth: slice) -> Sequence[BankLine]: ...
    def __getitem__(self, nth: int | slice) -> BankLine | Sequence[BankLine]:
        if isinstance(nth, slice):
            return [self[n] for n in range(*nth.indices(len(self)))]
        nth = nth + len(self) if nth < 0 else nth
        if not 0 <= nth < len(self):
            raise IndexError(nth)
        if nth >= self._stored:
            return self._last[nth - self._stored]
        part, place = divmod(nth, AT_ONCE)
        return self._keeper.get(*self._parts[part])[place]
