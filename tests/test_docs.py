"""What the documents promise is there, and what is there is documented."""

import re
from pathlib import Path

import pytest

from usance import plugins

DOCS = Path(__file__).parents[1] / "docs"
ROW = re.compile(r"^\| (\w+) \| `([\w.]+)` \| (.+) \|$", re.MULTILINE)


def _documented() -> dict[tuple[str, str], str]:
    text = (DOCS / "plugins.md").read_text()
    return {(kind, name): says for kind, name, says in ROW.findall(text)}


def _built_in() -> list[tuple[str, str]]:
    return [(kind, name) for kind in plugins.KINDS for name in plugins.names(kind)]


@pytest.mark.parametrize(("kind", "name"), _built_in())
def test_every_plug_in_has_its_line(kind: str, name: str) -> None:
    assert len(_documented().get((kind, name), "")) > 20, "a line in docs/plugins.md"


def test_no_line_speaks_of_a_plug_in_that_is_not_there() -> None:
    assert set(_documented()) <= set(_built_in())
