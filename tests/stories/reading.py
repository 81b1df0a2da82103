"""Stories: what happened in words, and what it did to the books as a table of double entries.

A story is a Markdown file. Each step is a heading `## <date> <word> <what>`; under it stands the
table of the moves that it makes, or the sentence "Nothing moves.". Words and what they take are the
functions of tests/stories/telling.py. The last table is the trial balance.
"""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

STEP = re.compile(r"^## (\d{4}-\d\d-\d\d) (\w+)(?: (.*))?$")
ROW = re.compile(r"^\| *(.*?) *\|$")


@dataclass(frozen=True, slots=True)
class Row:
    """A move: from the credited account to the debited one."""

    debit: str
    credit: str
    amount: str
    currency: str


@dataclass(frozen=True, slots=True)
class Step:
    on: date
    word: str
    says: dict[str, str]  # "invoice: R-1, amount: 100.00" below the heading's words.
    moves: tuple[Row, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Story:
    title: str
    steps: tuple[Step, ...]
    balance: dict[str, str]  # "1000 Bank EUR" -> "100.00 debit"


def read(path: Path) -> Story:
    """:raises ValueError: for a line that is no part of a story."""
    lines = path.read_text().splitlines()
    steps: list[Step] = []
    balance: dict[str, str] = {}
    rows: list[Row] = []
    in_balance = False
    for number, line in enumerate(lines, start=1):
        if found := STEP.match(line):
            rows = []
            steps.append(
                Step(date.fromisoformat(found[1]), found[2], _says(found[3] or ""), (), number)
            )
        elif line == "## Trial balance":
            in_balance = True
        elif (found := ROW.match(line)) and not set(line) <= set("|-: "):
            cells = [cell.strip() for cell in found[1].split("|")]
            if cells[0] in ("Debit", "Account"):
                continue
            if in_balance:
                balance[cells[0]] = cells[1]
            else:
                amount, currency = cells[2].split()
                rows.append(Row(cells[0][:4], cells[1][:4], amount.replace(",", ""), currency))
                last = steps[-1]
                steps[-1] = Step(last.on, last.word, last.says, tuple(rows), last.line)
    return Story(lines[0].removeprefix("# "), tuple(steps), balance)


def _says(text: str) -> dict[str, str]:
    """`R-1 for 10000.00 EUR by bolt` → {"": "R-1", "for": "10000.00 EUR", "by": "bolt"}."""
    words = re.split(
        r" (for|by|with|of|to|in|because|credits|due|issued|quoting|level|from) ", " " + text
    )
    said = {"": words[0].strip()}
    said.update({words[n]: words[n + 1].strip() for n in range(1, len(words), 2)})
    return said
