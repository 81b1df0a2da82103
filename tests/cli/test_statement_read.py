"""`usance statement read` says all of a file, or where it cannot be read."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from usance.cli.statement import statement

SAMPLES = Path(__file__).parents[1] / "plugins" / "statements"
SOUND = SAMPLES / "camt" / "batch_with_charges.xml"


def _read(*paths: Path) -> tuple[int, list[dict[str, Any]]]:
    result = CliRunner().invoke(statement, ["read", "--json", *map(str, paths)])
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


def test_every_file_is_one_line_of_json() -> None:
    code, files = _read(SOUND, SAMPLES / "mt940" / "dutch_code_words.sta")

    assert code == 0
    assert [file["format"] for file in files] == ["camt", "mt940"]
    (one,) = files[0]["statements"]
    assert one["closing"] == {"minor": 273837, "currency": "EUR"}
    assert [line["amount"]["minor"] for line in one["lines"]] == [100000, 75000, -150, -1013, 9999]
    assert files[0]["findings"] == []


def test_an_unreadable_amount_fails_with_its_place_and_no_zero(tmp_path: Path) -> None:
    broken = tmp_path / "broken.xml"
    broken.write_bytes(SOUND.read_bytes().replace(b">1748.50<", b">1748,50<"))

    code, (file,) = _read(broken)

    assert code == 1
    assert file["statements"] == []
    (finding,) = file["findings"]
    assert finding["where"] == "line 13, column 9, Amt"
    assert "1748,50" in finding["says"]


def test_a_gap_is_shown_with_the_lines(tmp_path: Path) -> None:
    other = tmp_path / "gap.xml"
    other.write_bytes(SOUND.read_bytes().replace(b">2738.37<", b">2738.38<"))

    code, (file,) = _read(other)

    assert code == 0
    assert len(file["statements"][0]["lines"]) == 5
    assert [finding["code"] for finding in file["findings"]] == ["statement_gap"]


@pytest.mark.parametrize("content", [b"", b"hello", b"%PDF-1.7", b"PK\x03\x04"])
def test_what_is_no_statement_fails_and_the_rest_goes_on(tmp_path: Path, content: bytes) -> None:
    other = tmp_path / "other.bin"
    other.write_bytes(content)

    code, files = _read(other, tmp_path / "missing.xml", SOUND)

    assert code == 1
    assert [bool(file["statements"]) for file in files] == [False, False, True]
    assert all(file["findings"] for file in files[:2])
