"""Every statement format keeps the contract and reads its own samples to the cent.

A sample is a pair in tests/plugins/statements/<name>/: the bank's file, and what it says as JSON
(without raw text and without what is empty). All samples were written by us.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from usance import plugins
from usance.cli.statement import plain
from usance.domain.payment import gap
from usance.plugins import Unreadable, statements

SAMPLES = Path(__file__).parent / "statements"
DOCS = Path(__file__).parents[2] / "docs" / "plugins.md"
NAMES = plugins.names("statements")
PAIRS = sorted(SAMPLES.glob("*/*.json"))


@pytest.mark.parametrize("name", NAMES)
def test_format_has_a_sample_and_its_line_of_docs(name: str) -> None:
    assert list((SAMPLES / name).glob("*.json")), f"add a sample to {SAMPLES / name}"
    assert f"| statements | `{name}` |" in DOCS.read_text()
    assert plugins.load("statements", name).__doc__, "say what it is and where that is specified"


@pytest.mark.parametrize("said", PAIRS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_sample(said: Path) -> None:
    data = _file(said).read_bytes()

    assert [n for n in NAMES if plugins.load("statements", n).sniff(data)] == [said.parent.name]
    reading = statements.examine(data)
    assert reading.findings == ()
    assert [told(plain(one)) for one in reading.statements] == json.loads(said.read_text())
    assert not any(gap(one) for one in reading.statements)
    assert all(line.raw for one in reading.statements for line in one.lines if line.code != "CHRG")


@pytest.mark.parametrize("said", PAIRS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_cut_or_altered_file_is_unreadable_or_reads_on(said: Path) -> None:
    """Whatever is cut off or overwritten: an answer or a typed error, never another one."""
    data = _file(said).read_bytes()
    reader = plugins.load("statements", said.parent.name)

    for at in range(0, len(data), max(len(data) // 150, 1)):
        for broken in (data[:at], data[:at] + b"\xff?x" + data[at + 3 :], data[at:]):
            try:
                reader.sniff(broken)
                reader.read(broken)
                if hasattr(reader, "check"):
                    reader.check(broken)
            except Unreadable:
                continue


@pytest.mark.parametrize(
    ("sample", "written", "instead"),
    [
        ("bai2/credits_and_debits.bai", "16,195,", "16,6¹8,"),
        ("bai2/credits_and_debits.bai", "125050,V,260401,", "125050,D,²,1,2,"),
        ("bai2/credits_and_debits.bai", "125050,V,260401,", f"125050,D,{'9' * 5_000},1,2,"),
    ],
)
def test_what_only_looks_like_a_digit_is_none(sample: str, written: str, instead: str) -> None:
    """Found by fuzzing: signs that are digits to Unicode, and more digits than a number has."""
    data = (SAMPLES / sample).read_text()
    assert written in data
    reader = plugins.load("statements", sample.partition("/")[0])
    with pytest.raises(Unreadable):
        reader.read(data.replace(written, instead, 1).encode())


def test_many_empty_lines_before_what_is_no_field_take_no_time() -> None:
    """Found by fuzzing: each way to share them out between two repetitions was tried."""
    reader = plugins.load("statements", "mt940")
    assert not reader.sniff(b"{1:F01}{4:\r\n20 ST" + b"\r\n" * 400 + b"?")


def test_an_account_with_other_signs_stays_as_it_is_written() -> None:
    data = (SAMPLES / "cfonb120/transfer_and_commission.txt").read_text()
    account = data[21:32]
    (one,) = plugins.load("statements", "cfonb120").read(
        data.replace(account, f"{account[:-1]}²").encode()
    )
    assert one.account == f"{data[2:7]}{data[11:16]}{account[:-1]}²"


def _file(said: Path) -> Path:
    (found,) = (path for path in said.parent.glob(f"{said.stem}.*") if path.suffix != ".json")
    return found


def told(value: Any) -> Any:
    """Without raw text and without what is empty, so that a sample shows what was said."""
    if isinstance(value, dict):
        return {
            k: told(v) for k, v in value.items() if k != "raw" and v not in ("", None, [], False)
        }
    return [told(one) for one in value] if isinstance(value, list) else value
