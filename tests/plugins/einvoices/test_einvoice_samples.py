"""Every e-invoice format keeps the contract and reads its own samples as they are meant.

A sample is a pair in the folder of its format: the file, and what it says as JSON. In the JSON
what is empty is left out.
"""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from usance import plugins
from usance.plugins.einvoices import read_any

HERE = Path(__file__).parent
NAMES = plugins.names("einvoices")
SAMPLES = sorted(path for name in NAMES for path in (HERE / name).glob("*.json"))


def said(data: bytes) -> Any:
    return [
        {"invoice": _filled(msgspec.to_builtins(invoice)), "findings": _filled(findings)}
        for invoice, findings in read_any(data)[1]
    ]


def _filled(value: Any) -> Any:
    """Without what is empty, all the way down."""
    value = msgspec.to_builtins(value)
    if isinstance(value, dict):
        filled = {key: _filled(each) for key, each in value.items()}
        return {key: each for key, each in filled.items() if each not in ("", None, [], {})}
    return [_filled(each) for each in value] if isinstance(value, list | tuple) else value


def file_of(sample: Path) -> Path:
    (path,) = (each for each in sample.parent.glob(f"{sample.stem}.*") if each.suffix != ".json")
    return path


def test_the_built_in_formats_are_found() -> None:
    assert NAMES == (
        "cii", "csv_schedule", "erp_json", "facturx", "fatturapa", "finvoice", "svefaktura", "ubl",
        "xlsx_schedule",
    )  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_format_has_samples_and_a_media_type(name: str) -> None:
    assert list((HERE / name).glob("*.json")), f"add a sample to {HERE / name}"
    assert plugins.load("einvoices", name).MEDIA_TYPE


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_only_its_own_format_says_yes_to_a_sample(sample: Path) -> None:
    data = file_of(sample).read_bytes()

    yes = [name for name in NAMES if plugins.load("einvoices", name).sniff(data)]

    assert yes == [sample.parent.name]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_a_sample_says_what_it_is_meant_to_say(sample: Path) -> None:
    assert said(file_of(sample).read_bytes()) == json.loads(sample.read_text("utf-8"))


def test_no_sample_lacks_its_meaning() -> None:
    files = {path.with_suffix("") for name in NAMES for path in (HERE / name).iterdir()}
    assert files == {path.with_suffix("") for path in SAMPLES}
