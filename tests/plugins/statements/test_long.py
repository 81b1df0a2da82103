"""A file too long for memory says what a short one says."""

import gzip
import io
import os
from datetime import date
from pathlib import Path
from typing import BinaryIO

import pytest

from usance.domain.money import Money
from usance.domain.payment import BankLine, Reference
from usance.plugins import Unreadable, statements
from usance.plugins.statements import camt, mt940
from usance.plugins.statements._kept import AT_ONCE, Keeper, Lines
from usance.plugins.statements._zip import LONG

from .test_camt import entry, file, tx

HERE = Path(__file__).parent
READERS = {"camt": camt, "mt940": mt940}
SAMPLES = [
    (name, path) for name in READERS for path in sorted((HERE / name).iterdir())
    if path.suffix != ".json"
]  # fmt: skip


@pytest.mark.parametrize(("name", "sample"), SAMPLES, ids=lambda said: getattr(said, "stem", said))
def test_the_samples_are_read_the_same_in_passing(
    name: str, sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mt940, "BLOCK", 7)
    data, reader = sample.read_bytes(), READERS[name]
    assert list(reader.stream(io.BytesIO(data))) == reader.read(data)


MT940 = """:20:A
:25:DE89370400440532013000
:28C:1
:60F:C260301EUR0,00
:61:2603010301C1,00NTRFNONREF//B1
:86:166?20Grüße?21:5
:
61:2603010301C2,00NTRFNONREF//B2
:
:61:2603010301C3,00NTRFNONREF//B3
:86:Text
:62F:C260301EUR6,00
-
"""


@pytest.mark.parametrize(("old", "new", "charset", "says"), [
    ("", "", "utf-8", ""),
    ("", "", "utf-8-sig", ""),
    ("", "", "cp850", ""),
    ("", "", "cp1252", ""),
    ("\n", "\r\n", "utf-8", ""),
    ("\n", "\r", "utf-8", ""),
    (":60F:C260301EUR0,00\n", "", "utf-8", ""),  # The currency comes last.
    ("EUR6", "SEK6", "utf-8", ""),
    ("-\n", "-\n:", "utf-8", ""),
    ("C2,00", "C2,0,0", "utf-8", "line 8"),
])  # fmt: skip
def test_an_odd_file_is_as_odd_in_passing(old: str, new: str, charset: str, says: str) -> None:
    data = MT940.replace(old, new).encode(charset) if old else MT940.encode(charset)
    found: list[object] = []
    for read in (mt940.read, lambda data: list(mt940.stream(io.BytesIO(data)))):
        try:
            found.append(read(data))
        except Unreadable as no:
            found.append(f"{no.where}: {no.says}")
    assert found[0] == found[1]
    assert str(found[0]).startswith(says or "[Statement(")


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


def test_too_much_of_a_format_that_is_held_in_memory_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(statements, "MOST_WHOLE", LONG)
    path = tmp_path / "long.csv"
    path.write_bytes(b"Buchungstag;Betrag;IBAN\n")
    os.truncate(path, LONG + 1)
    with path.open("rb") as file:
        (finding,) = statements.examine(file).findings
    assert finding.says.startswith(f"{LONG + 1} bytes of this format are more than the {LONG} ")


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
