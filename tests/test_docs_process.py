"""docs/process.md says what follows what; pipeline.FOLLOWS decides it. They say the same."""

import inspect
from pathlib import Path

from usance import pipeline

PAGE = Path(__file__).parents[1] / "docs" / "process.md"
BEGIN, END = "<!-- follows -->\n", "<!-- /follows -->\n"


def table() -> str:
    """The table as it has to stand in docs/process.md."""
    rows = ["| event | next step | what it does |", "|---|---|---|"]
    for kind, steps in pipeline.FOLLOWS.items():
        names = "<br>".join(f"`{pipeline.name_of(step)}`" for step in steps)
        says = "<br>".join(_first_line(step) for step in steps)
        rows.append(f"| `{kind}` | {names or '—'} | {says} |")
    return "\n".join(rows) + "\n"


def test_the_table_of_the_belt_is_the_one_that_runs() -> None:
    page = PAGE.read_text()
    _, _, rest = page.partition(BEGIN)
    stands, end, _ = rest.partition(END)
    assert end, f"docs/process.md has no {BEGIN.strip()} … {END.strip()}"
    assert stands == table(), f"put this between the marks of docs/process.md:\n\n{table()}"


def _first_line(step: pipeline.Step) -> str:
    said = inspect.getdoc(step)
    assert said, f"{step.__name__} has no docstring: docs/process.md quotes it"
    return said.splitlines()[0]
