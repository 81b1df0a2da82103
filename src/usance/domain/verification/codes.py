"""Code lists: which words a coded field may hold. Public facts, kept as data with their source."""

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def codes(name: str) -> frozenset[str]:
    """The codes of one list of data/codes.json, e.g. "currencies"."""
    return frozenset(_lists()[name]["codes"].split())


@cache
def _lists() -> dict[str, dict[str, str]]:
    lists: dict[str, dict[str, str]] = table("codes")
    return lists


def table(name: str) -> dict[str, Any]:
    """A table of the folder `data`, read once when the rules are loaded."""
    found: dict[str, Any] = json.loads(
        files(__package__).joinpath(f"data/{name}.json").read_text(encoding="utf-8")
    )
    return found
