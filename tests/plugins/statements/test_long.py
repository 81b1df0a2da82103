"""A file too long for memory says what a short one says."""

import gzip
import io
from datetime import date
from pathlib import Path
from typing import BinaryIO

import pytest

from usance.domain.money import Money
from usance.domain.payment import BankLine, Reference
from usance.plugins import Unreadable, statements
from usance.plugins.statements import camt
from usance.plugins.statements._kept import AT_ONCE, Keeper, Lines
from usance.plugins.statements._zip import LONG

from .test_camt import entry, file, tx

SAMPLES = sorted((Path(__file__).parent / "camt").glob("*.xml"))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_the_samples_are_read_the_same_in_passing(sample: Path) -> None:
    data = sample.read_bytes()
    assert list(camt.stream(io.BytesIO(data))) == camt.read(data)


def _padded(*entries: str) -> bytes:
    return file(*entries).replace(b"<Ntry>", b" " * (LONG // 2) + b"\n<Ntry>")


def test_a_long_file_is_examined_open_or_in_memory_packed_or_not() -> None:
    short = statements.examine(file(entry(tx("4.00") + tx("6.00")), entry("", "DBIT")))
    data = _padded(entry(tx("4.00") + tx("6.00")), entry("", "DBIT"))
    assert len(data) > LONG
    rest = b"".join(b"<!--%d-->" % n for n in range(60_000))  # That it is packed 100 times at most.
    packed = gzip.compress(data.replace(b"</Document>", rest + b"</Document>"), 1)
    sources: list[bytes | BinaryIO] = [data, io.BytesIO(data), io.BytesIO(packed)]
    for source in sources:
        assert statements.examine(source) == short
    assert [len(one.lines) for one in short.statements] == [3]


def test_what_cannot_be_read_of_a_long_file_says_where() -> None:
    data = file(*[entry(tx("4.00"))] * 2, entry("", amount="1e3"))
    found = []
    for read in (camt.read, lambda data: list(camt.stream(io.BytesIO(data)))):
        with pytest.raises(Unreadable) as no:
            read(data)
        found.append((no.value.says, no.value.where.partition(",")[0]))
    assert found[0] == found[1] == ("'1e3' is not an amount", "line 8")


def test_lines_on_the_disk_are_those_that_came() -> None:
    told = [
        BankLine(
            amount=Money(n, "EUR"), booked_on=date(2026, 3, 31), texts=("Grüße", str(n)),
            references=(Reference(scheme="scor", value=str(n), amount=Money(n, "EUR")),),
            raw="<Ntry/>",
        )
        for n in range(2 * AT_ONCE + 3)
    ]  # fmt: skip
    keeper = Keeper(in_memory=2)
    first, second, third = (Lines(keeper) for _ in range(3))
    first.extend(told[:2])
    for line in told:
        second.extend([line])
    third.extend(told[:1])
    assert first.done() == tuple(told[:2])
    assert list(third.done()) == told[:1]
    kept = second.done()
    assert keeper.room == 0
    assert (list(kept), len(kept)) == (told, len(told))
    assert [kept[n] for n in (0, AT_ONCE, -1)] == [told[n] for n in (0, AT_ONCE, -1)]
    assert kept[AT_ONCE - 1 : AT_ONCE + 1] == told[AT_ONCE - 1 : AT_ONCE + 1]
    with pytest.raises(IndexError):
        kept[len(told)]
