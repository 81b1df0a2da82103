"""Are the books right? Every promise about money as one question whose answer must be empty.

The numbers are those of docs/invariants.md. Each question returns the rows that break the promise,
so that a person can go and look.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from random import Random

from django.core.files.storage import storages
from django.db import connection

from usance import models
from usance.queries.audit import START, block_hash

from . import _books, _deliveries, _exchange, _fees, _money
from ._books import GUARDED as GUARDED
from ._deliveries import POST as POST

SHOWN = 20  # Offending rows that are shown; all of them are counted up to MOST.
MOST = 1_000
AT_ONCE = 2_000  # Rows that are in memory together.
ASKED = {
    **_books.QUESTIONS, **_money.QUESTIONS, **_fees.QUESTIONS, **_exchange.QUESTIONS,
    **_deliveries.QUESTIONS,
}  # fmt: skip


def _place(rule: str) -> tuple[int, str]:
    """Where a promise stands in a list: M2, M2a, M10."""
    digits = "".join(filter(str.isdigit, rule))
    return int(digits), rule.partition(digits)[2]


QUESTIONS = {rule: ASKED[rule] for rule in sorted(ASKED, key=_place)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One promise: kept when `broken` is zero. `rows` are the first that break it."""

    rule: str
    promise: str
    broken: int
    rows: tuple[tuple[str, ...], ...] = field(default=())

    @property
    def kept(self) -> bool:
        return not self.broken


def examine(*, files: int = 200, seed: int = 0) -> list[Answer]:
    """Ask everything. `files`: how many stored files are read again, chosen by `seed`; -1: all."""
    answers = [_asked(rule, promise, sql) for rule, (promise, sql) in QUESTIONS.items()]
    answers.append(_answer("M21", "The diary's chain is unbroken", _broken_blocks()))
    answers.append(
        _answer("M22", "Every kept file is there with its hash", _lost_files(files, seed))
    )
    return sorted(answers, key=lambda answer: _place(answer.rule))


def balanced() -> dict[str, int]:
    """Debits less credits in each currency, for the badge in the header. Zero is balanced."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT currency, sum(debit_minor) - sum(credit_minor) FROM day_total GROUP BY 1"
        )
        return {currency: int(minor) for currency, minor in cursor.fetchall()}


def _asked(rule: str, promise: str, sql: str) -> Answer:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({sql}) AS asked LIMIT {MOST}")  # noqa: S608 - ours, above
        return _answer(rule, promise, cursor.fetchall())


def _answer(rule: str, promise: str, rows: Sequence[Sequence[object]]) -> Answer:
    shown = tuple(tuple(map(str, row)) for row in rows[:SHOWN])
    return Answer(rule=rule, promise=promise, broken=len(rows), rows=shown)


def _broken_blocks() -> list[tuple[object, ...]]:
    broken: list[tuple[object, ...]] = []
    previous, next_tx = START, 0
    for block in models.DiaryBlock.objects.order_by("pk").iterator(AT_ONCE):
        digest, rows = block_hash(block.previous, block.first_tx, block.next_tx)
        if block.previous != previous or block.first_tx != next_tx:
            broken.append((f"block {block.pk}", "does not follow the one before it"))
        if digest != block.hash or rows != block.rows:
            broken.append((f"block {block.pk}", f"{block.rows} rows sealed, {rows} found"))
        previous, next_tx = block.hash, block.next_tx
    return broken


def _lost_files(most: int, seed: int) -> list[tuple[object, ...]]:
    store = storages["documents"]
    lost: list[tuple[object, ...]] = []
    for digest, name in _some_documents(most, seed):
        place = f"{digest[:2]}/{digest}"
        if not store.exists(place):
            lost.append((name, digest, "is missing"))
            continue
        with store.open(place) as file:
            if sha256(file.read()).hexdigest() != digest:
                lost.append((name, digest, "has other content"))
    return lost


def _some_documents(most: int, seed: int) -> Iterator[tuple[str, str]]:
    """As many documents from a hash that the seed gives, and on from the first; < 0: all of them.

    Hashes are spread evenly, so that neighbours are as good a sample as any. Read in pieces.
    """
    rows = models.Document.objects.order_by("sha256").values_list("sha256", "name")
    if most < 0:
        yield from rows.iterator(AT_ONCE)
        return
    start = f"{Random(seed).getrandbits(256):064x}"  # noqa: S311 - a sample, no secret
    behind = list(rows.filter(sha256__gte=start)[:most])
    yield from behind
    yield from rows.filter(sha256__lt=start)[: most - len(behind)]
