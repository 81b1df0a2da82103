"""Run the demo: make the stage and the season, start everybody, play what is left of it."""

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Self

from usance import models
from usance.cli.processes import Children, wait_for
from usance.shared.models import Book

from . import outside, papers, season, stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is played, and how many days of it are done. Kept in <home>/demo/plan.json."""

    home: Path
    first: date
    invoices: int
    days: int
    seed: int
    faults: float
    done: int = 0

    @classmethod
    def load_or_make(cls, home: Path, *, first: date, **wanted: object) -> Self:
        """The plan that was begun in this home, whatever is wanted now; else a new one."""
        place = home / "demo" / "plan.json"
        if place.exists():
            kept = json.loads(place.read_text())
            return cls(home=home, first=date.fromisoformat(kept.pop("first")), **kept)
        return cls(home=home, first=first, **wanted)  # type: ignore[arg-type]  # click has checked

    @property
    def is_finished(self) -> bool:
        return self.done >= self.days

    def finish_day(self) -> Self:
        plan = replace(self, done=self.done + 1)
        plan.save()
        return plan

    def save(self) -> None:
        kept = asdict(self) | {"first": self.first.isoformat()}
        del kept["home"]
        place = self.home / "demo" / "plan.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        partial = place.with_suffix(".partial")
        partial.write_text(json.dumps(kept))
        partial.rename(place)


Told = Callable[[str], None]


def start(children: Children, plan: Plan, *, port: int, workers: int) -> outside.Outside:
    """Start the sandbox and, when the office is there, the workers; on the first start set the
    stage."""
    opening = datetime.combine(plan.first, time(7), UTC)
    world = outside.start(
        children, home=plan.home, seed=plan.seed, at=opening, port=port, faults=plan.faults
    )
    if not Book.objects.exists():
        stage.company(at=opening, seed=plan.seed)
        _write_logins(plan.home, stage.people())
    if not models.Debtor.objects.exists():
        _set_stage(plan, world, at=opening)
    wait_for(port, children)  # Carriers call back from the first day on.
    for number in range(workers):
        children.python(f"worker-{number + 1}", "usance", "worker", "--concurrency", "1")
    return world


def play(plan: Plan, world: outside.Outside, display: season.Display) -> None:
    """Play the days that are left."""
    while not plan.is_finished:
        day = season.one_day(plan.home / "demo" / "inbox", world, plan.first, plan.done, display)
        plan = plan.finish_day()
        display.day(day)


def logins(home: Path) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(_logins(home).read_text())
    return found


def _set_stage(plan: Plan, world: outside.Outside, *, at: datetime) -> None:
    for account in models.BankAccount.objects.all():
        world.open_account(
            account.iban, account.name, stage.CAPITAL[account.currency].minor, account.currency
        )
    sellers = stage.clients(at=at, seed=plan.seed, since=plan.first, invoices=plan.invoices)
    _, first = sellers[0]
    _write_logins(plan.home, logins(plan.home) | stage.own_user(first))
    buyers = stage.debtors(at=at, seed=plan.seed)
    handed = papers.season(
        sellers, buyers, count=plan.invoices, first=plan.first, days=plan.days, seed=plan.seed
    )
    papers.write(plan.home / "demo" / "inbox", handed)
    plan.save()


def _write_logins(home: Path, people: dict[str, dict[str, str]]) -> None:
    place = _logins(home)
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(people, file)


def _logins(home: Path) -> Path:
    return home / "secrets" / "demo-logins.json"
