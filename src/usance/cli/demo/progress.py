"""What the demo shows while it runs, and the table at its end."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from usance.domain.money import Money

from . import figures

if TYPE_CHECKING:
    from .run import Plan
    from .season import Played


@contextmanager
def shown(plan: "Plan") -> Iterator["Live"]:
    """A bar on a terminal; elsewhere a line every ten days."""
    console = Console(stderr=True)
    if not sys.stderr.isatty():
        yield Live(console, None, plan.done, plan.days)
        return
    columns = (
        TextColumn("[bold]{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[says]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as bar:
        yield Live(console, bar, plan.done, plan.days)


class Live:
    def __init__(self, console: Console, bar: Progress | None, done: int, days: int) -> None:
        self._console, self._bar, self._count, self._days = console, bar, done, days
        self._invoices = self._lines = self._reminders = self._payouts = 0
        if bar:
            self._task = bar.add_task("Day", total=days, completed=done, says="")

    def day(self, played: "Played") -> None:
        self._count += 1
        self._invoices += played.invoices
        self._lines += played.bank_lines
        self._reminders += played.reminders
        self._payouts += played.payouts
        says = (
            f"{played.on} · {self._invoices} invoices · {self._lines} bank lines ·"
            f" {self._reminders} reminders · {self._payouts} payouts"
        )
        if self._bar:
            self._bar.update(self._task, advance=1, says=says)
        elif self._count % 10 == 0 or self._count == self._days:
            self._console.print(f"day {self._count} of {self._days}: {says}")

    def say(self, text: str) -> None:
        self._console.print(text)


def table(told: dict[str, Any]) -> None:
    """The summary for people, on stdout."""
    console = Console()
    for title, columns, rows in _tables(told):
        grid = Table(title=title, title_justify="left", header_style="bold")
        for place, column in enumerate(columns):
            grid.add_column(column, justify="left" if place == 0 else "right")
        for row in rows:
            grid.add_row(*row)
        console.print(grid)
    kept, broken = told["promises_kept"], told["promises_broken"]
    books = "balanced" if told["balanced"] else "NOT balanced"
    console.print(f"Books {books}; {kept} promises about money kept, broken: {broken or 'none'}")


def _tables(told: dict[str, Any]) -> Iterator[tuple[str, tuple[str, ...], list[tuple[str, ...]]]]:
    stages = [(stage, str(count)) for stage, count in sorted(told["invoices"].items())]
    stages.append(("of these wait for a person", str(told["held"])))
    yield "Invoices", ("stage", "count"), stages
    money = [
        (name.replace("_", " "), str(row["lines"]), figures.words(row["minor"], currency))
        for name in ("money_in", "money_out")
        for currency, row in sorted(told[name].items())
    ]
    money += [("unapplied", "", figures.words(m, c)) for c, m in sorted(told["unapplied"].items())]
    yield "Money", ("", "bank lines", "amount"), money
    states = sorted({state for row in told["deliveries"].values() for state in row})
    sent = [
        (kind, *(str(row.get(state, "")) for state in states))
        for kind, row in sorted(told["deliveries"].items())
    ]
    yield "Deliveries", ("channel", *states), sent
    for currency in sorted({row["currency"] for row in told["trial_balance"]}):
        rows = [
            (f"{row['account']} {row['name']}", *map(_plain, _turnover(row)))
            for row in told["trial_balance"]
            if row["currency"] == currency
        ]
        yield f"Trial balance {currency}", ("account", "debit", "credit", "balance"), rows


def _turnover(row: dict[str, Any]) -> tuple[Money, Money, Money]:
    debit = Money(row["debit_minor"], row["currency"])
    credit = Money(row["credit_minor"], row["currency"])
    return debit, credit, debit - credit


def _plain(amount: Money) -> str:
    return f"{amount.decimal:,.2f}"
