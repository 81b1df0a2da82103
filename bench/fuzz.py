"""Change our own samples of bank files, payment advices and callbacks at random, and read them.

Whatever is changed, a reader answers or raises `Unreadable`, within SECONDS and the process within
MEMORY. What breaks it is written beside the report, with the seed that makes it again. PDFs and
workbooks are opened by child processes, so they are tried more seldom.

`bench.guided` changes them as the branches of a reader ask for it.

Run: make fuzz (a minute), or PYTHONPATH=src python -m bench.fuzz [seconds] [seed]
"""

import os
import random
import resource
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from types import FrameType

from usance import plugins
from usance.plugins import Unreadable, advices, statements

from . import callbacks

HERE = Path(__file__).parents[1]
SAMPLES = HERE / "tests" / "plugins"
SECONDS = 10  # For one file; the samples take milliseconds.
MEMORY = 2 * 1024**3  # Bytes of address space.
SLOW = {".pdf": 0.02, ".xlsx": 0.02, ".ods": 0.02}  # How often such a sample is taken.
TOKENS = (
    b"0", b"9" * 30, b"-", b"+", b",", b".", b"1e9999", b"NaN", b"Infinity", b"\0", b"\xff", b"\n",
    b"\r\n", b";", b'"', b"<", b"&#0;", b"</Ntry>", b"20260230", b"991231", b"XXX", b":61:",
    b":86:", "٣".encode(), "²".encode(), "−".encode(), b"\xe2\x80\xae", b"\xef\xbb\xbf", b"EUR",
)  # fmt: skip


def mutated(data: bytes, others: list[bytes], luck: random.Random) -> bytes:
    """The bytes with one to eight changes: cut, doubled, exchanged, overwritten, mixed."""
    changed = bytearray(data)
    for _ in range(luck.choice((1, 1, 2, 3, 8))):
        if not changed:
            break
        at = luck.randrange(len(changed))
        size = luck.choice((1, 1, 2, 4, 16, 80, 400))
        piece = bytes(changed[at : at + size])
        match luck.randrange(8):
            case 0:
                del changed[at : at + size]
            case 1:
                changed[at:at] = piece * luck.choice((1, 2, 50))
            case 2:
                changed[at : at + size] = luck.randbytes(size)
            case 3:
                changed[at] ^= 1 << luck.randrange(8)
            case 4:
                changed[at : at + luck.choice((0, 1, len(piece)))] = luck.choice(TOKENS)
            case 5:
                to = luck.randrange(len(changed))
                changed[at : at + size], changed[to : to + size] = changed[to : to + size], piece
            case 6:
                other = luck.choice(others)
                start = luck.randrange(max(len(other), 1))
                changed[at:at] = other[start : start + size]
            case _:
                del changed[at:]
    return bytes(changed)


def readers(kind: str) -> Callable[[bytes], object]:
    """Every reader of the kind is asked, not only the one whose file it seems to be."""
    modules = [plugins.load(kind, name) for name in plugins.names(kind)]

    def read(data: bytes) -> None:
        (statements if kind == "statements" else advices).examine(data)
        for module in modules:
            if kind == "statements" or module.sniff(data):
                try:
                    module.read(data)
                except Unreadable:
                    continue

    return read


def too_slow(_number: int, _frame: FrameType | None) -> None:
    raise TimeoutError(f"more than {SECONDS} s")


def main() -> int:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "usance.settings")  # Anymail asks for some.
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGALRM, too_slow)
    samples = {
        kind: [(p, p.read_bytes()) for p in sorted((SAMPLES / kind).glob("*/*"))
               if p.suffix not in (".json", ".py")]
        for kind in ("statements", "advices")
    }  # fmt: skip
    read = {kind: readers(kind) for kind in samples}
    calls = {f"callbacks/{name}": name for name in callbacks.names()}
    for kind, name in calls.items():
        samples[kind] = [(Path(name, "body"), body) for body in callbacks.samples(name)]
        read[kind] = callbacks.reader(name)
    tried, broken = Counter[str](), {}
    began = time.process_time()
    while time.process_time() - began < seconds:
        seed += 1
        luck = random.Random(seed)  # noqa: S311 - Made again from its seed.
        kind = luck.choice(("statements", "advices", luck.choice(tuple(calls))))
        path, data = luck.choice(samples[kind])
        if luck.random() > SLOW.get(path.suffix, 1):
            continue
        within = callbacks.changed_within(data, luck) if luck.random() < 0.7 else None
        data = within or mutated(data, [one for _, one in samples[kind]], luck)
        tried[kind if kind in calls else f"{kind} {path.parent.name}"] += 1
        signal.alarm(SECONDS)
        try:
            read[kind](data)
        except (Exception, MemoryError) as fault:  # Any of them is looked for.
            last = traceback.extract_tb(fault.__traceback__)[-1]
            place = f"{type(fault).__name__} {Path(last.filename).name}:{last.lineno}"
            if place not in broken:
                broken[place] = f"seed {seed - 1}, {path.name}: {fault}"[:200]
                found = HERE / "var" / f"fuzz-{sha256(data).hexdigest()[:12]}{path.suffix}"
                found.parent.mkdir(exist_ok=True)
                found.write_bytes(data)
        finally:
            signal.alarm(0)
    for name, count in sorted(tried.items()):
        print(f"{count:>8,}  {name}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"{sum(tried.values()):>8,}  files, {memory:.2f} GiB, {len(broken)} ways to break")
    for place, says in broken.items():
        print(f"  {place}: {says}")
    return bool(broken)


if __name__ == "__main__":
    raise SystemExit(main())
