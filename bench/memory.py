"""The most memory a process holds while it takes in much: ten times the work, the same memory?

python -m bench.memory intake|statement COUNT    (in a home of its own; prints MB)
"""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime
from multiprocessing import get_context

from .measure import peak_mb

SIZES = {"intake": (500, 5_000), "statement": (2_000, 20_000)}


def rows(*, quick: bool) -> Iterator[str]:
    for what, (small, large) in SIZES.items():
        counts = (small,) if quick else (small, large)
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


def _statement(_: object, count: int) -> None:
    """One statement with so many lines that name nothing, read, booked and matched."""
    from usance import models
    from usance.actions import payment

    from .house import ACTOR, NOW

    with ProcessPoolExecutor(1, get_context("spawn")) as bank:  # Its memory is not ours.
        data = bank.submit(_written, count).result()
    payment.import_statement("b.xml", data, at=NOW, actor=ACTOR)
    payment.match(list(models.Statement.objects.values_list("pk", flat=True)), at=NOW, actor=ACTOR)


def _written(count: int) -> bytes:
    from usance.domain.money import Money
    from usance.domain.payment import BankLine, Statement
    from usance.plugins.statements._camt_write import write_camt053

    from .house import OUR_IBAN

    day = date(2026, 3, 1)
    lines = tuple(
        BankLine(amount=Money(100 + n, "EUR"), booked_on=day, bank_reference=f"E{n}",
                 texts=(f"Rechnung {n} vom 01.03.",), code="PMNT/RCDT/ESCT")
        for n in range(count)
    )  # fmt: skip
    closing = sum((one.amount for one in lines), start=Money(0, "EUR"))
    statement = Statement(
        account=OUR_IBAN, currency="EUR", reference="B", opening=Money(0, "EUR"), closing=closing,
        opened_on=day, closed_on=day, lines=lines,
    )  # fmt: skip
    return write_camt053(statement, datetime(2026, 3, 31, tzinfo=UTC))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
