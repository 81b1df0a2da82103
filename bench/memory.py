"""The most memory a process holds while it takes in much: ten times the work, the same memory?

python -m bench.memory intake|statement COUNT    (in a home of its own; prints MB)
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from .measure import peak_mb

SIZES = {"intake": (500, 5_000), "statement": (2_000, 20_000, 100_000)}


def rows(*, quick: bool) -> Iterator[str]:
    for what, sizes in SIZES.items():
        counts = sizes[:1] if quick else sizes
        peaks = [float(_child(what, count)) for count in counts]
        told = ", ".join(f"{n:,}: {mb:.0f} MB" for n, mb in zip(counts, peaks, strict=True))
        yield f"most memory, {what} of {told}"


def _child(what: str, count: int) -> str:
    words = [sys.executable, "-m", "bench.memory", what, str(count)]
    done = subprocess.run(words, check=True, capture_output=True, text=True)  # noqa: S603
    return done.stdout.split()[-1]


def main(what: str, count: int) -> None:
    from . import house, sends

    with house.opened() as opened:
        sends.connected(opened)
        {"intake": _intake, "statement": _statement}[what](opened, count)
        print(f"{peak_mb():.0f}")


def _intake(opened: object, count: int) -> None:
    """Files one chunk after the other, as the command line hands them in."""
    from usance.actions import intake
    from usance.plugins.einvoices import ubl

    from .house import ACTOR, NOW
    from .walk import CHUNK, papers

    for start in range(0, count, CHUNK):
        files = [
            intake.File(name=f"{paper.number}.xml", data=ubl.write(paper, {}))
            for paper in papers(opened, start)  # type: ignore[arg-type]  # It is a House.
        ]
        intake.receive(files, client=None, way="cli", at=NOW, actor=ACTOR)


def _statement(opened: object, count: int) -> None:
    """A file with so many lines that name nothing, read, booked and matched."""
    from usance import models
    from usance.actions import payment

    from .house import ACTOR, NOW, House

    assert isinstance(opened, House)
    path = opened.home / "b.xml"
    _write(path, count)
    with path.open("rb") as file:
        payment.import_statement(path.name, file, at=NOW, actor=ACTOR)
    payment.match(list(models.Statement.objects.values_list("pk", flat=True)), at=NOW, actor=ACTOR)


def _write(path: Path, count: int) -> None:
    """A camt.053, an entry at a time: the most memory shall be that of who reads it."""
    from usance.domain.money import Money
    from usance.domain.payment import BankLine, Statement
    from usance.plugins.statements._camt_write import write_camt053

    from .house import OUR_IBAN

    day = date(2026, 3, 1)
    line = BankLine(amount=Money(7_777_77, "EUR"), booked_on=day, bank_reference="REFERENCE",
                    texts=("Rechnung REFERENCE vom 01.03.",), code="PMNT/RCDT/ESCT")  # fmt: skip
    statement = Statement(
        account=OUR_IBAN, currency="EUR", reference="B", opening=Money(0, "EUR"),
        closing=Money(sum(range(count)) + 100 * count, "EUR"), opened_on=day, closed_on=day,
        lines=(line,),
    )  # fmt: skip
    text = write_camt053(statement, datetime(2026, 3, 31, tzinfo=UTC)).decode()
    head, entry, end = re.split("(<Ntry>.*</Ntry>)", text)
    with path.open("w") as file:
        file.write(head)
        for n in range(count):
            amount = f"{(100 + n) // 100}.{(100 + n) % 100:02}"
            file.write(entry.replace("7777.77", amount).replace("REFERENCE", f"E{n}"))
        file.write(end)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
