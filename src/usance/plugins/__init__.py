"""The outside world, one folder for each kind of party or format. A plug-in is a module.

A built-in plug-in is found by its file's name; one of another package by its entry point in
the group "usance.<kind>". A built-in cannot be replaced from outside.
"""

import pkgutil
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import EntryPoints

KINDS = (
    "advices", "banks", "bureaus", "channels", "directories", "drops", "einvoices", "inspectors",
    "payouts", "providers", "rates", "scans", "statements", "vouchers", "wrappings",
)  # fmt: skip


class UnknownPlugin(LookupError):
    """No built-in and no installed package carries this name."""


class TryLater(Exception):
    """The other side could not be asked. The same question may be asked again."""


class Unreadable(ValueError):
    """The bytes are not this format, or broken. Says where: line and column, row, or XPath."""

    def __init__(self, says: str, *, where: str = "") -> None:
        super().__init__(f"{where}: {says}" if where else says)
        self.says, self.where = says, where


@cache
def names(kind: str) -> tuple[str, ...]:
    """Names of all plug-ins of a kind, sorted. A module whose name starts with "_" is none."""
    foreign = {point.name for point in _foreign(kind)}
    return tuple(sorted(_built_in(kind) | foreign))


@cache
def load(kind: str, name: str) -> ModuleType:
    """The plug-in's module.

    :raises UnknownPlugin: if nobody brings it.
    """
    if name in _built_in(kind):
        return import_module(f"{__name__}.{kind}.{name}")
    for point in _foreign(kind).select(name=name):
        module = point.load()
        assert isinstance(module, ModuleType), f"{point.value} is not a module"
        return module
    raise UnknownPlugin(f"no {kind} plug-in is called {name!r}")


def _foreign(kind: str) -> "EntryPoints":
    from importlib.metadata import entry_points  # Slow to load; most commands load no plug-in.

    return entry_points(group=f"usance.{kind}")


def _built_in(kind: str) -> set[str]:
    package = import_module(f"{__name__}.{kind}")
    found = {module.name for module in pkgutil.iter_modules(package.__path__)}
    return {name for name in found if not name.startswith("_")}
