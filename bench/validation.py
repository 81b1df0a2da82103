"""Invoices judged per second of one core, and memory over many files: `python -m bench.validation`.

With the packs at hand (../shared/packs or USANCE_PACKS) the rates are those of others' invoices.
"""

import gc
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from bench.einvoices import paper
from usance.domain.verification import profiles
from usance.domain.verification.profiles import Profile
from usance.plugins.einvoices import _view, cii, ubl
from usance.plugins.einvoices._verdict import verdict

from .measure import Row, Spent, heading, rounds, show

SECONDS = 2
FILES = 20_000
TODAY = date(2026, 11, 22)
ROOT = Path(__file__).parents[1]
PACKS = Path(os.environ.get("USANCE_PACKS") or ROOT.parent / "shared" / "packs") / "einvoices"
LARGEST = 100_000  # Larger ones are mostly attachment and say little about the rules.


def rate(papers: list[bytes], profile: Profile) -> float:
    """Invoices per second of processor time, warm, the papers in turn."""
    for data in papers:
        verdict(data, profile=profile, today=TODAY)
    done, start = 0, time.process_time()
    while (spent := time.process_time() - start) < SECONDS:
        for data in papers:
            verdict(data, profile=profile, today=TODAY)
        done += len(papers)
    return done / spent


def others() -> dict[tuple[str, str], list[bytes]]:
    """The whole invoices of the packs by syntax and the rule set that they name."""
    found: dict[tuple[str, str], list[bytes]] = {}
    listing = PACKS / "whole.jsonl"
    for line in listing.read_text("utf-8").splitlines() if listing.exists() else ():
        entry = json.loads(line)
        data = (PACKS / entry["path"]).read_bytes()
        if len(data) <= LARGEST:
            found.setdefault((entry["syntax"], entry["rulesets"][-1]), []).append(data)
    return found


def rows(*, quick: bool) -> Iterator[Row]:
    """For the common table: ordinary invoices of one to twelve lines, each profile and syntax."""
    for syntax, write in (("UBL", ubl.write), ("CII", cii.write)):
        papers = [write(paper(lines), {}) for lines in range(1, 13)] * 20
        size = sum(map(len, papers)) // len(papers)
        for profile in Profile:
            what = f"e-invoices judged, {syntax}, {profile.value}, {size:,} bytes"
            yield rounds(what, "invoices", len(papers), [_judging(papers, profile)]
                         * (3 if quick else 6))  # fmt: skip
    yield from met_once(quick=quick)


def met_once(*, quick: bool) -> Iterator[Row]:
    """The packs' invoices, each once: as a process judges them that never saw one like them, and
    what the whole command takes for them with its start and end.
    """
    folders = [PACKS / "cases", PACKS / "whole"]
    papers = [path.read_bytes() for folder in folders for path in sorted(folder.rglob("*.xml"))]
    many = 3 if quick else 6
    if papers:
        what = "e-invoices judged, packs, each once"
        yield rounds(what, "files", len(papers), [lambda: _judged_first(papers)] * many)
        command = [sys.executable, "-m", "usance", "validate", "--json", "--jobs"]
        for jobs in ("1", "2"):
            spent = [_of_command([*command, jobs, *map(str, folders)]) for _ in range(many)]
            what = f"the same by usance validate --jobs {jobs}"
            yield Row(what=what, unit="files", count=len(papers), rounds=spent)


def _judged_first(papers: list[bytes]) -> None:
    _view.forget()
    profiles.forget()
    gc.disable()  # As good as the command, which looks for cycles seldom.
    try:
        for data in papers:
            verdict(data, profile=None, today=TODAY)
    finally:
        gc.enable()


def _of_command(command: list[str]) -> Spent:
    def children() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    theirs, wall = children(), time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=False)  # noqa: S603  # It is our own.
    return Spent(wall=time.perf_counter() - wall, theirs=children() - theirs)


def _judging(papers: list[bytes], profile: Profile) -> Callable[[], object]:
    return lambda: [verdict(data, profile=profile, today=TODAY) for data in papers]


def memory() -> int:
    """The most that this process ever held, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> None:
    heading("The packs' invoices")
    for row in met_once(quick=False):
        show(row)
    gc.disable()  # As good as the processes of `usance validate`, which look for cycles seldom.
    nine = {"ubl": ubl.write(paper(9), {}), "cii": cii.write(paper(9), {})}
    for syntax, data in nine.items():
        for profile in Profile:
            print(
                f"our own {len(data):6} bytes {syntax} {profile:10} {rate([data], profile):7.0f}/s"
            )
    names = {"cen": Profile.EN16931, "peppol": Profile.PEPPOL, "xr": Profile.XRECHNUNG}
    for (syntax, rules), papers in sorted(others().items()):
        size = sum(map(len, papers)) // len(papers)
        for profile in dict.fromkeys((Profile.EN16931, names[rules])):
            print(f"{len(papers):4} of {size:6} bytes {syntax} {profile:10} "
                  f"{rate(papers, profile):7.0f}/s")  # fmt: skip
    told = []
    for at, data in enumerate(different(FILES), start=1):
        verdict(data, profile=Profile.PEPPOL, today=TODAY)
        if at in (FILES // 10, FILES // 2, FILES):
            told.append(f"{memory() // 1024} MB after {at:,}")
    print(f"memory over files of which no two are the same: {', '.join(told)}")


def different(count: int) -> Iterator[bytes]:
    """Invoices that differ in their texts, and 10,000 times in the elements that they have."""
    made = [ubl.write(paper(lines), {}).splitlines() for lines in range(1, 40)]
    left_out = (b"<cbc:StreetName", b"<cbc:DueDate", b"<cbc:PostalZone", b"<cbc:CityName",
                b"<cbc:ProfileID", b"<cbc:BuyerReference", b"<cbc:PaymentID",
                b"<cbc:Regis")  # fmt: skip
    for at in range(count):
        gone = tuple(start for bit, start in enumerate(left_out) if at >> bit & 1)
        word = f" {at * 7919 % 1_000_003}</cbc:".encode()
        data = b"\n".join(line for line in made[at % len(made)] if not line.startswith(gone))
        for name in (b"ID", b"Name", b"StreetName", b"BuyerReference", b"RegistrationName"):
            data = data.replace(b"</cbc:" + name + b">", word + name + b">")
        yield data


if __name__ == "__main__":
    main()
