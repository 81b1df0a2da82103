"""How well and how fast pages are read: `python -m bench.reading [--pictures N]`.

The papers are those of the packs (../shared/packs/pages or USANCE_PACKS), whose truth is the data
that was taken out of them. Only fields that stand visibly on the page are scored. With
`--pictures` N of them are drawn, spoilt like a scan, and recognised.
"""

import json
import os
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path

from usance.domain import capture
from usance.domain.capture.companies import LEGAL_FORM
from usance.domain.capture.reading import Page, Reading
from usance.plugins.scans import read_pages

from .measure import cpu_of

ROOT = Path(__file__).parents[1]
PACKS = Path(os.environ.get("USANCE_PACKS") or ROOT.parent / "shared" / "packs") / "pages"
NAMES = {
    "number": "number", "issue_date": "issued_on", "due_date": "due_on", "currency": "currency",
    "seller": "seller_name", "buyer": "buyer_name", "net": "net", "tax": "tax", "gross": "gross",
    "payable": "payable", "seller_tax_no": "seller_tax_number", "seller_vat": "seller_vat_id",
    "iban": "iban", "payment_reference": "payment_reference",
}  # fmt: skip
AMOUNTS = frozenset({"net", "tax", "gross", "payable"})
BANDS = ((0.95, 1.01), (0.9, 0.95), (0.8, 0.9), (0.6, 0.8), (0.0, 0.6))
SURE = 0.9  # Fields below are shown to a person.
PERSON = ("number", "issued_on", "currency", "gross", "payable", "seller_name", "buyer_name")


@dataclass(frozen=True)
class Score:
    """One field of one paper."""

    paper: str
    name: str
    right: bool
    shown: bool  # Some value was given.
    confidence: float


def truths() -> Iterator[tuple[Path, dict[str, str]]]:
    """Each paper with its visible fields."""
    for line in (PACKS / "truth.jsonl").read_text("utf-8").splitlines():
        entry = json.loads(line)
        visible = entry["truth"]["_visible"]
        yield (
            PACKS / entry["pdf"],
            {name: entry["truth"][name] for name in NAMES if visible.get(name) is True},
        )


def scored(paper: str, reading: Reading, truth: dict[str, str]) -> Iterator[Score]:
    for name, value in truth.items():
        field = reading.fields.get(NAMES[name])
        right = field is not None and plain(name, field.value) == plain(name, value)
        yield Score(paper, name, right, field is not None, field.confidence if field else 0.0)


def plain(name: str, value: str) -> str:
    """As two values are compared: names without their legal form, amounts to the cent."""
    if name in AMOUNTS:
        return str(Decimal(value).quantize(Decimal("0.01")))
    if name in ("seller", "buyer"):
        return re.sub(r"\W", "", LEGAL_FORM.sub("", value)).casefold()
    return re.sub(r"\s", "", value)


def needs_no_person(reading: Reading) -> bool:
    """Are all fields that matter there and sure, and is nothing odd?"""
    sure = all(
        name in reading.fields and reading.fields[name].confidence >= SURE for name in PERSON
    )
    return sure and not any(finding.blocks for finding in reading.findings)


def spoilt(data: bytes, page: int) -> bytes:
    """A page as a poor scan of 200 dpi: grey, 0.7 degrees off, blurred, JPEG of low quality."""
    import pypdfium2
    from PIL import Image, ImageFilter

    picture = pypdfium2.PdfDocument(data)[page].render(scale=200 / 72).to_pil().convert("L")
    picture = picture.rotate(0.7, Image.Resampling.BICUBIC, fillcolor=248)
    picture = picture.filter(ImageFilter.GaussianBlur(0.6))
    out = BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=55, dpi=(200, 200))
    return out.getvalue()


def pages_of_scan(data: bytes) -> tuple[Page, ...]:
    """All pages of a PDF, each read from its spoilt picture."""
    import pypdfium2

    found = []
    for at in range(len(pypdfium2.PdfDocument(data))):
        ((page,), _) = read_pages(spoilt(data, at))
        words = tuple(replace(word, box=replace(word.box, page=at + 1)) for word in page.words)
        found.append(replace(page, number=at + 1, words=words))
    return tuple(found)


def table(title: str, scores: list[Score], readings: dict[str, Reading]) -> None:
    print(f"\n{title}")
    right, total, sure = Counter(), Counter(), defaultdict(list)
    for one in scores:
        total[one.name] += 1
        right[one.name] += one.right
        if one.confidence >= SURE:
            sure[one.name].append(one.right)
    print(f"{'field':20} {'right':>9} {'':6} {'of those at 0.9':>16}")
    for name in total:
        told = f"{sum(sure[name])} of {len(sure[name])}"
        print(f"{name:20} {right[name]:3} of {total[name]:3} {right[name] / total[name]:6.1%}"
              f" {told:>16}")  # fmt: skip
    whole = {one.paper for one in scores} - {one.paper for one in scores if not one.right}
    alone = {name for name, reading in readings.items() if needs_no_person(reading)}
    wrong = {one.paper for one in scores
             if one.name in AMOUNTS and not one.right and one.shown}  # fmt: skip
    print(f"whole papers right: {len(whole)} of {len(readings)}")
    print(f"papers that need no person: {len(alone)} of {len(readings)},"
          f" of them with a wrong amount: {len(alone & wrong)}")  # fmt: skip
    print(f"{'confidence':12} {'fields':>7} {'right':>7}")
    for low, high in BANDS:
        inside = [one.right for one in scores if one.shown and low <= one.confidence < high]
        if inside:
            print(
                f"{low:.2f} to {min(high, 1):.2f} {len(inside):7} {sum(inside) / len(inside):7.1%}"
            )


def main(pictures: int) -> None:
    papers = list(truths())
    scores: list[Score] = []
    readings: dict[str, Reading] = {}
    spent, words = 0.0, 0.0
    for path, truth in papers:
        before = time.process_time(), _children()
        pages, findings = read_pages(path.read_bytes())
        words += time.process_time() - before[0] + _children() - before[1]
        start = time.process_time()
        readings[path.name] = capture.read(pages, findings=findings)
        spent += time.process_time() - start
        scores += scored(path.name, readings[path.name], truth)
    table(f"{len(papers)} PDFs that say their words", scores, readings)
    count = sum(len(one.pages) for one in readings.values())
    print(f"words {words / count * 1000:.1f} ms a page, fields {spent / len(papers) * 1000:.1f} ms"
          f" a paper, of a core; {count / (words + spent):.0f} pages per core-second")  # fmt: skip
    if pictures:
        recognised(papers[:: max(len(papers) // pictures, 1)][:pictures])


def recognised(papers: Iterable[tuple[Path, dict[str, str]]]) -> None:
    scores: list[Score] = []
    readings: dict[str, Reading] = {}
    before, count = _children(), 0
    for path, truth in papers:
        pages = pages_of_scan(path.read_bytes())
        count += len(pages)
        readings[path.name] = capture.read(pages)
        scores += scored(path.name, readings[path.name], truth)
    table(f"{len(readings)} of them as poor scans", scores, readings)
    print(f"{(_children() - before) / count:.1f} core-seconds a page")


def _children() -> float:
    """Processor seconds of the reading processes."""
    from usance.plugins.scans import pdf_text, pictures

    running = [child.pid for child in (pdf_text.child, pictures.child)]
    return cpu_of([pid for pid in running if pid is not None])


if __name__ == "__main__":
    given = sys.argv[1:]
    main(int(given[given.index("--pictures") + 1]) if "--pictures" in given else 0)
