"""What a home plays and how far it is, kept in files: told before the database is awake."""

import json
import os
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Self


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
    def opening(self) -> datetime:
        """When its book is opened."""
        return datetime.combine(self.first, time(7), UTC)

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


def logins(home: Path) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(_logins(home).read_text())
    return found


def write_logins(home: Path, people: dict[str, dict[str, str]]) -> None:
    place = _logins(home)
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(people, file)


def _logins(home: Path) -> Path:
    return home / "secrets" / "demo-logins.json"
