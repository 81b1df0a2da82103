"""Run as a program by `_child`: documents on stdin, what a reader makes of each on stdout.

The reader is a file with these names: `MEMORY` (bytes of address space, its libraries included),
`CPU_SECONDS` (for all documents that one process reads), `answer(data) -> bytes`, and `Refused`,
an exception with `says` and `where` that `answer` raises when there is nothing to give; optionally
`ALONE = True` if it needs no threads. A question is its length as eight bytes and the document. An
answer is a byte (0 found, 1 refused, 2 refused and unfit for more), a length likewise, and bytes:
what was found, or JSON with "says" and "where".

Imports nothing of ours, so that it starts fast and holds nothing worth stealing; a reader that
needs usance says so to `_child`.
"""

import importlib.util
import json
import os
import resource
import struct
import sys
from types import ModuleType

FOUND, REFUSED, SPENT = range(3)


def loaded(path: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location("reader", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["reader"] = module  # Dataclasses look there for the module they are of.
    spec.loader.exec_module(module)
    return module


def limit(reader: ModuleType) -> None:
    for what, most in (
        (resource.RLIMIT_AS, reader.MEMORY),
        (resource.RLIMIT_CPU, reader.CPU_SECONDS),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),  # Nothing is written.
        *([(resource.RLIMIT_NPROC, 0)] if getattr(reader, "ALONE", False) else []),
    ):
        resource.setrlimit(what, (most, most))


def answered(reader: ModuleType, data: bytes) -> tuple[int, bytes]:
    try:
        return FOUND, reader.answer(data)
    except reader.Refused as refused:
        said = {"says": refused.says, "where": refused.where}
        return REFUSED, json.dumps(said).encode()
    except (MemoryError, RecursionError):
        return SPENT, b'{"says": "", "where": ""}'


def main(path: str, *ours: str) -> None:
    sys.path[:0] = ours
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # Libraries may talk; the answer is ours alone.
    reader = loaded(path)
    limit(reader)
    while head := source.read(8):
        (length,) = struct.unpack(">Q", head)
        kind, said = answered(reader, source.read(length))
        sink.write(struct.pack(">BQ", kind, len(said)))
        sink.write(said)
        sink.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
