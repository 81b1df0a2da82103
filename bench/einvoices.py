"""E-invoices read and written per second of one core: `python -m bench.einvoices`."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from functools import partial
from io import BytesIO

import pikepdf

from tests.plugins.einvoices.papers import FULL, LEAST
from usance.domain.invoice import Invoice
from usance.plugins.einvoices import cii, csv_schedule, facturx, read_any, ubl

from .measure import Row, rounds

SECONDS = 2


def paper(lines: int) -> Invoice:
    """An ordinary invoice; one with nine lines has about 9 KB in UBL."""
    first = LEAST.lines[0]
    return replace(
        LEAST,
        lines=tuple(
            replace(first, number=str(at), description="Ekdörr, 9 × 21, med karm", seller_id="D-9")
            for at in range(1, lines + 1)
        ),
        totals=replace(LEAST.totals, lines=Decimal(1000 * lines)),
    )


def pdf(xml: bytes) -> bytes:
    made, out = pikepdf.new(), BytesIO()
    made.add_blank_page()
    made.attachments["factur-x.xml"] = pikepdf.AttachedFileSpec(made, xml, filename="factur-x.xml")
    made.save(out)
    return out.getvalue()


def rate(work: Callable[[], object]) -> float:
    """Runs per second of processor time, warm."""
    work()
    done, start = 0, time.process_time()
    while (spent := time.process_time() - start) < SECONDS:
        work()
        done += 1
    return done / spent


def rows(*, quick: bool) -> Iterator[Row]:
    """For the common table: what intake reads most."""
    xml, cii_xml = ubl.write(paper(9), {}), cii.write(paper(9), {})
    for what, data in (("UBL", xml), ("CII", cii_xml), ("Factur-X PDF", pdf(cii_xml))):
        yield rounds(f"e-invoices read, {what}, 9 lines", "files", 200,
                     [lambda data=data: [read_any(data) for _ in range(200)]]
                     * (3 if quick else 6))  # fmt: skip


def main() -> None:
    ordinary = paper(9)
    for name, invoice in (("9 lines", ordinary), ("every term", FULL), ("200 lines", paper(200))):
        for format_, syntax in ((ubl, "UBL"), (cii, "CII")):
            xml = format_.write(invoice, {})
            size = f"{syntax}, {name}, {len(xml) / 1024:.1f} KB"
            show(f"read  {size}", rate(partial(format_.read, xml)))
            show(f"write {size}", rate(partial(format_.write, invoice, {})))
    xml, document = ubl.write(ordinary, {}), pdf(cii.write(ordinary, {}))
    thousand = [ordinary] * 1000
    rows = csv_schedule.write_rows(thousand)
    show("read  any (with sniff), UBL, 9 lines", rate(lambda: read_any(xml)))
    show("read  Factur-X PDF, 9 lines", rate(lambda: facturx.read(document)))
    show("read  CSV schedule", 1000 * rate(lambda: csv_schedule.read(rows)), "rows")
    show("write CSV schedule", 1000 * rate(lambda: csv_schedule.write_rows(thousand)), "rows")


def show(what: str, done: float, unit: str = "files") -> None:
    print(f"{what:38} {done:9,.0f} {unit}/core-s")


if __name__ == "__main__":
    main()
