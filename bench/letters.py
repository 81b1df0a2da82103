"""How many letters a core prints in a second: `python -m bench.letters [SECONDS]`.

Each document differs from the one before in its number, its debtor and every line, so that the
setter's cache answers only what the letters of a house have in common: brands and footers.
Processor time of all threads of this process is counted, so a busy neighbour changes less than the
clock would show.
"""

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.letters import samples
from usance.letters import render, render_facturx

from .measure import Row, rounds

XML = b'<?xml version="1.0" encoding="UTF-8"?><a>' + b"<b>facts</b>" * 700 + b"</a>"


def invoice(nth: int) -> bytes:
    return render("invoice", "de", _numbered(nth))


def facturx(nth: int) -> bytes:
    return render_facturx("invoice", "de", _numbered(nth), xml=XML)


def reminder(nth: int) -> bytes:
    return render("final_demand", "sv", replace(samples.reminder(), reference=f"{nth:010d}"))


def per_core_second(work: Callable[[int], bytes], seconds: float) -> tuple[float, int]:
    """Documents per second of processor time, warm, and the bytes of the last one."""
    for nth in range(3):
        work(-nth)
    made, started = 0, time.process_time()
    while time.process_time() - started < seconds:
        last = work(made)
        made += 1
    return made / (time.process_time() - started), len(last)


def _numbered(nth: int) -> samples.InvoiceLetter:
    letter = samples.german(12)
    lines = tuple(
        replace(line, name=f"{line.name} {nth}", quantity=line.quantity + nth % 977 + at)
        for at, line in enumerate(letter.invoice.lines)
    )
    whom = replace(samples.DE_DEBTOR, name=f"Müller & {nth} Söhne GmbH", number=f"{20318 + nth}")
    paper = replace(letter.invoice, number=f"2026-{nth:06d}", lines=lines)
    return replace(letter, invoice=paper, recipient=whom)


def rows(*, quick: bool) -> Iterator[Row]:
    """For the common table. Each round prints other documents."""
    for name, work in (("invoice", invoice), ("Factur-X", facturx), ("final demand", reminder)):
        yield rounds(f"PDFs printed, {name}", "PDFs", 20,
                     [lambda work=work, nth=nth: [work(nth * 20 + at) for at in range(20)]
                      for nth in range(3 if quick else 6)])  # fmt: skip


def main(seconds: float) -> None:
    for name, work in (
        ("invoice, 12 lines", invoice),
        ("Factur-X, 12 lines", facturx),
        ("final demand", reminder),
    ):
        rate, size = per_core_second(work, seconds)
        print(f"{name:<20} {rate:6.1f} PDFs per core-second, {size / 1000:.0f} kB each")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 5.0)
