"""Invoices of more manners than `bench.layouts` knows, with their truth: `python -m bench.manners`.

Eight languages; several rates of tax with or without their sum, discounts, freight, deposits,
rounding, reverse charge, credit notes above and below zero, dates in words, due dates that only
the terms say, sums left, right, in a box, on a second page, slips at the foot, identifiers with
right check digits, and the numbers and dates of other papers that stand on every page. They ask
what is read wrong and shown as sure: `--wrong` names it.
"""

import random
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from usance.domain import capture
from usance.domain.capture.reading import Box, Page, Word
from usance.domain.capture.rows import rows_of

from .manners_words import SAID
from .manners_writer import Writer
from .reading import AMOUNTS, SURE, Score, scored, table

LINE, LETTER = 14.0, 6.0  # Points.
DEEP = 54  # Lines of a page.


@dataclass
class Sheet:
    """Text on a grid of letters, page below page."""

    spots: list[tuple[int, float, float, str]] = field(default_factory=list)
    row: int = 0

    def put(self, column: float, text: str, *, right: bool = False) -> None:
        """Text that begins at a column, or ends there."""
        left = column - len(text) if right else column
        for word in text.split(" "):
            if word:
                self.spots.append((self.row, left, left + len(word), word))
            left += len(word) + 1

    def down(self, rows: int = 1) -> None:
        self.row += rows

    def next_page(self) -> None:
        self.row = (self.row // DEEP + 1) * DEEP

    def pages(self) -> tuple[Page, ...]:
        count = max(row for row, *_ in self.spots) // DEEP + 1
        words: list[list[Word]] = [[] for _ in range(count)]
        for row, left, right, text in sorted(self.spots):
            page, at = divmod(row, DEEP)
            top = 30 + at * LINE
            words[page].append(Word(text=text, box=Box(
                page=page + 1, left=30 + left * LETTER, top=top, right=30 + right * LETTER,
                bottom=top + 10)))  # fmt: skip
        return tuple(
            Page(number=at, width=640, height=842, words=tuple(one), source="text")
            for at, one in enumerate(words, 1)
        )


@dataclass(frozen=True)
class Paper:
    name: str
    language: str
    kind: str
    truth: dict[str, str]
    pages: tuple[Page, ...]


def head_of(w: Writer) -> list[tuple[str, str]]:
    """Number, dates, and what else stands there; where no due date does, the terms say it."""
    found = [(w.word("number"), w.number), (w.word("issued"), w.day(w.issued))]
    if w.dice.random() < 0.75:
        found.append((w.word("due"), w.day(w.issued + timedelta(days=w.days))))
        w.says_due = True
    else:
        w.says_due = False
    others = [(w.word("customer"), str(w.dice.randint(1000, 99_999))),
              (w.word("order"), f"PO{w.dice.randint(1000, 99_999)}"),
              (w.word("delivered"), w.day(w.issued - timedelta(days=w.dice.randint(1, 20)))),
              (w.word("yours"), "Anna Dahl")]  # fmt: skip
    for other in others:
        if w.dice.random() < 0.4:
            found.insert(w.dice.randint(0, len(found)), other)
    return found


def put_parties(w: Writer, s: Sheet) -> None:
    manner = w.dice.choice(("window", "two", "headed"))
    if manner == "window":
        s.put(0, f"{w.seller} · Box 12 · {w.city}")
        s.down(2)
        for text in (w.buyer, "Lagergatan 3", "100 20 Stad"):
            s.put(0, text)
            s.down()
        return
    if manner == "two":
        s.put(0, w.seller)
        s.down()
        s.put(0, "Storgatan 5")
        s.down()
        s.put(0, w.city)
        s.down(2)
        s.put(48, w.word("buyer"))
        for text in (w.buyer, "Lagergatan 3", "100 20 Stad"):
            s.down()
            s.put(48, text)
        s.down()
        return
    seller = {"sv": "Säljare", "no": "Selger", "da": "Sælger", "fi": "Myyjä", "fr": "Vendeur",
              "nl": "Verkoper", "de": "Verkäufer", "en": "From"}[w.language]  # fmt: skip
    for left, right in ((seller, w.word("buyer")), (w.seller, w.buyer),
                        ("Storgatan 5", "Lagergatan 3"), (w.city, "100 20 Stad")):  # fmt: skip
        s.put(0, left)
        s.put(48, right)
        s.down()


def put_head(w: Writer, s: Sheet) -> None:
    head, colon = head_of(w), w.dice.choice(("", ":", " :"))
    title = w.word("credit" if w.is_credit else "title")
    manner = w.dice.choice(("right", "left", "above", "grid"))
    s.put(w.dice.choice((0, 48)), title)
    s.down(2)
    if manner in ("right", "left"):
        at = 48 if manner == "right" else 0
        wide = max(len(name) for name, _ in head) + 4
        for name, value in head:
            s.put(at, name + colon)
            s.put(at + wide, value)
            s.down()
    elif manner == "above":
        for start in range(0, len(head), 4):
            for nth, (name, _) in enumerate(head[start : start + 4]):
                s.put(nth * 25, name)
            s.down()
            for nth, (_, value) in enumerate(head[start : start + 4]):
                s.put(nth * 25, value)
            s.down(2)
    else:
        for start in range(0, len(head), 2):
            for nth, (name, value) in enumerate(head[start : start + 2]):
                s.put(nth * 50, name + colon)
                s.put(nth * 50 + 26, value)
            s.down()
    s.down()


def put_table(w: Writer, s: Sheet) -> None:
    """Lines; some print their rate, some a second line of text, some a sum carried over."""
    heads = SAID[w.language]["heads"].split("|")[0].split(";")
    rated, wide = w.dice.random() < 0.5, w.dice.random() < 0.2
    edges = (40, 56, 78)
    s.put(0, heads[0])
    for edge, name in zip(edges, heads[1:], strict=True):
        s.put(edge, name, right=True)
    if rated:
        s.put(90, w.word("rate"), right=True)
    s.down()
    for at, (what, count, price, amount, rate) in enumerate(w.items):
        if s.row % DEEP > DEEP - 6:
            if w.dice.random() < 0.5:
                s.put(0, w.word("carried"))
                s.put(78, w.amount(sum((i[3] for i in w.items[:at]), Decimal())), right=True)
            s.next_page()
            s.down()
        s.put(0, what)
        s.put(40, str(count))
        s.put(56, w.amount(price * w.sign), right=True)
        s.put(78, w.amount(amount), right=True)
        if rated:
            s.put(90, f"{rate}%".replace(".", ","), right=True)
        s.down()
        if wide:
            s.put(0, "LN 4711-2, 12 mm")
            s.down()
    s.down()


def put_sums(w: Writer, s: Sheet) -> None:
    if s.row % DEEP > DEEP - 20 or w.dice.random() < 0.05:
        s.next_page()
        s.down()
    sums, manner = w.sums(), w.dice.choice(("right", "right", "left", "box", "band"))
    if manner == "box" and not w.is_reverse:
        s.put(0, w.word("rate"))
        s.put(20, w.word("base"))
        s.put(45, w.word("tax").replace("{rate}", "").replace("%", "").replace("()", "").strip())
        s.down()
        for rate, base, tax in w.taxes:
            s.put(0, f"{rate} %".replace(".", ","))
            s.put(20, w.amount(base))
            s.put(45, w.amount(tax))
            s.down()
        s.down()
        rates = {str(rate) for rate, *_ in w.taxes}
        sums = [one for one in sums if not any(f"{r}".replace(".", ",") + "%" in one.word.replace(
            " ", "") for r in rates)] if w.dice.random() < 0.5 else sums  # fmt: skip
    if manner == "band" and len(sums) <= 5:
        wide = max(20, *(len(one.word) + 3 for one in sums))
        for nth, one in enumerate(sums):
            s.put(nth * wide, one.word)
        s.down()
        for nth, one in enumerate(sums):
            s.put(nth * wide, w.amount(one.amount, money=nth == len(sums) - 1))
        s.down()
    else:
        at, end = (0, 40) if manner == "left" else (42, 90)
        for nth, one in enumerate(sums):
            s.put(at, one.word + ("" if nth % 2 else w.dice.choice(("", ":"))))
            s.put(end, w.amount(one.amount, money=nth == len(sums) - 1), right=True)
            s.down()
    if w.is_reverse:
        s.down()
        s.put(0, w.word("exempt"))
    s.down(2)


def put_foot(w: Writer, s: Sheet) -> None:
    if s.row % DEEP > DEEP - 14:
        s.next_page()
        s.down()
    if not w.says_due or w.dice.random() < 0.3:
        s.put(0, w.word("skonto") if w.dice.random() < 0.25 else w.word("due in"))
        s.down()
    s.put(0, w.word("thanks"))
    s.down()
    if w.dice.random() < 0.3:
        s.put(0, w.word("reference") + ":")
        s.put(26, w.reference)
        s.put(50, w.word("pay"))
        s.put(78, w.amount(w.payable), right=True)
        s.down()
    s.row = max(s.row, s.row // DEEP * DEEP + DEEP - 5)
    iban = w.iban if w.dice.random() < 0.3 else " ".join(
        w.iban[at : at + 4] for at in range(0, len(w.iban), 4))  # fmt: skip
    vat = w.vat
    rows = [(w.seller, "Nordbanken", f"{w.word('vat')} {vat}"),
            ("Storgatan 5", f"IBAN {iban}" if w.has_iban else "", "Tel. 031-555 12 34"),
            (w.city, "", "www.example.com")]  # fmt: skip
    for left, middle, right in rows:
        s.put(0, left)
        s.put(36, middle)
        s.put(75, right)
        s.down()


def papers(each: int = 120, seed: int = 5, languages: Iterable[str] = SAID) -> Iterator[Paper]:
    """`each` papers of every language, always the same ones for a seed."""
    for language in languages:
        for at in range(each):
            w, s = Writer(language, random.Random(f"{seed}{language}{at}")), Sheet()  # noqa: S311
            put_parties(w, s)
            s.down()
            put_head(w, s)
            put_table(w, s)
            put_sums(w, s)
            put_foot(w, s)
            kind = "credit_note" if w.is_credit else "invoice"
            yield Paper(f"{language} {at}", language, kind, w.truth, s.pages())


def text_of(pages: tuple[Page, ...]) -> str:
    """What stands on the pages, as a person would copy it."""
    return "\n".join("   ".join(cell.text for cell in row.cells) for row in rows_of(pages))


def main(shown: bool, each: int, seed: int) -> None:
    scores: list[Score] = []
    readings, spent = {}, 0.0
    for paper in papers(each, seed):
        before = time.process_time()
        reading = readings[paper.name] = capture.read(paper.pages)
        spent += time.process_time() - before
        found = list(scored(paper.name, reading, paper.truth))
        found.append(Score(paper.name, "kind", reading.kind == paper.kind, True, 1.0))
        scores += found
        for one in found:
            bad = not one.right and one.shown
            if shown and bad and (one.confidence >= SURE or one.name in AMOUNTS):
                print(one, paper.truth.get(one.name, paper.kind))
                print(text_of(paper.pages))
    table(f"{len(readings)} papers of many manners", scores, readings)
    for language in SAID:
        own = [one for one in scores if one.paper.startswith(language)]
        wrong = [one for one in own if one.shown and not one.right and one.confidence >= SURE]
        print(f"{language}: {sum(one.right for one in own) / len(own):.1%} right,"
              f" {len(wrong)} wrong at {SURE}, of them amounts:"
              f" {sum(one.name in AMOUNTS for one in wrong)}")  # fmt: skip
    print(f"fields {spent / len(readings) * 1000:.1f} ms a paper, of a core")


if __name__ == "__main__":
    given = sys.argv[1:]
    asked = {
        name: int(given[given.index(name) + 1]) for name in ("--each", "--seed") if name in given
    }
    main("--wrong" in given, asked.get("--each", 120), asked.get("--seed", 5))
