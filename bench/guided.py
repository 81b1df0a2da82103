"""Change bank files and payment advices as their readers' branches ask for it, and read them.

`bench.fuzz` changes samples at random; here libFuzzer keeps what reaches a branch of the reader
that nothing reached before, and changes that. Each format is read in a process of its own, for the
seconds given. Whatever is changed, its reader answers or raises `Unreadable`, within SECONDS.
What breaks it is written to var/.

Needs atheris (a wheel for Linux and macOS; no part of the locks, for nothing else needs it):

    pip install atheris==3.0.0
    PYTHONPATH=src python -m bench.guided [seconds] [format …]
"""

import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from usance import plugins

from .fuzz import HERE, MEMORY, SAMPLES, SECONDS

LONGEST = 20_000  # Bytes of an input.
CHILDREN = {"pages", "tables"}  # They open files in processes of their own: not seen from here.


def formats() -> Iterator[tuple[str, str]]:
    """Kind and name of every reader whose branches are in this process."""
    for kind in ("statements", "advices"):
        for name in plugins.names(kind):
            if name not in CHILDREN:
                yield kind, name


def guided(kind: str, name: str, corpus: Path, seconds: int) -> None:
    """Read what libFuzzer makes, in this process; it ends the process."""
    import atheris

    with atheris.instrument_imports(include=["usance.plugins", "usance.domain"]):
        for loaded in [one for one in sys.modules if one.startswith("usance.")]:
            del sys.modules[loaded]  # What was read before was not instrumented.
        module = import_module(f"usance.plugins.{kind}.{name}")
        unreadable = import_module("usance.plugins").Unreadable

    def read(data: bytes) -> None:
        try:
            module.read(data)
        except unreadable:
            return

    found = HERE / "var" / f"fuzz-{name}-"
    atheris.Setup(
        [
            "guided", str(corpus), f"-max_total_time={seconds}", f"-timeout={SECONDS}",
            f"-max_len={LONGEST}", f"-rss_limit_mb={MEMORY // 1024**2}", "-print_final_stats=1",
            f"-artifact_prefix={found}", "-verbosity=0",
        ],
        read,
    )  # fmt: skip
    atheris.Fuzz()


def main() -> int:
    if find_spec("atheris") is None:
        print("NOT FUZZED: atheris is not here (pip install atheris==3.0.0)")
        return 1
    seconds, wanted = (int(sys.argv[1]) if len(sys.argv) > 1 else 60), sys.argv[2:]
    (HERE / "var").mkdir(exist_ok=True)
    broken = 0
    for kind, name in formats():
        if wanted and name not in wanted:
            continue
        corpus = HERE / "var" / "corpus" / name
        corpus.mkdir(parents=True, exist_ok=True)
        for sample in (SAMPLES / kind / name).glob("*"):
            if sample.suffix not in (".json", ".py"):
                (corpus / sample.name).write_bytes(sample.read_bytes())
        asked = [sys.executable, "-m", "bench.guided", "--one", kind, name, str(corpus)]
        done = subprocess.run(  # noqa: S603 - This file itself.
            [*asked, str(seconds)], cwd=HERE, capture_output=True, check=False
        )
        said = (done.stdout + done.stderr).decode("utf-8", "replace")
        runs = said.rpartition("stat::number_of_executed_units:")[2].split()[:1]
        print(f"{runs[0] if runs else '?':>10}  {kind} {name}", flush=True)
        if done.returncode:
            broken += 1
            print("\n".join(one for one in said.splitlines() if "INFO:" not in one), flush=True)
    return bool(broken)


if __name__ == "__main__":
    if "--one" in sys.argv:
        _, _, kind, name, corpus, seconds = sys.argv
        guided(kind, name, Path(corpus), int(seconds))
    raise SystemExit(main())
