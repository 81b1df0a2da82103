"""Who carries what, and with which settings: from the file that the operator keeps.

`<home>/secrets/outside.json` (or $USANCE_OUTSIDE) holds carriers, bank and bureau with their
secrets; the database holds none of them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from django.conf import settings

from usance import plugins
from usance.domain.distribution import Kind
from usance.domain.refusal import Refusal


class NotConfigured(Refusal):
    code = "outside_not_configured"
    todo = "Write it into secrets/outside.json: docs/operations.md shows how."


@dataclass(frozen=True, slots=True)
class Carrier:
    name: str
    channel: ModuleType  # Keeps plugins.channels.Channel.
    config: Mapping[str, str]


def carrier_of(kind: Kind) -> str:
    """The name of who carries this kind.

    :raises NotConfigured: if nobody does.
    """
    name = _settings().get("kinds", {}).get(kind.value)
    if not name:
        raise NotConfigured(f"nobody carries {kind}")
    return str(name)


def carrier(name: str) -> Carrier:
    """:raises NotConfigured: if no carrier of this name is set up."""
    found = _settings().get("carriers", {}).get(name)
    if found is None:
        raise NotConfigured(f"no carrier is called {name}")
    return Carrier(name, plugins.load("channels", found["plugin"]), found["config"])


def fetched() -> list[Carrier]:
    """The carriers that leave their reports as files, by name."""
    found = [carrier(name) for name in sorted(_settings().get("carriers", {}))]
    return [one for one in found if hasattr(one.channel, "fetch")]


def bank() -> tuple[ModuleType, Mapping[str, str]]:
    """The connection to our bank and its settings.

    :raises NotConfigured: if there is none.
    """
    found = _part("bank")
    return plugins.load("banks", found["plugin"]), found["config"]


def bureau() -> tuple[ModuleType, Mapping[str, str]]:
    """The credit bureau's plug-in and its settings.

    :raises NotConfigured: if there is none.
    """
    found = _part("bureau")
    return plugins.load("bureaus", found["plugin"]), found["config"]


def carried() -> frozenset[Kind]:
    """The kinds of channel that somebody is set up to carry."""
    return frozenset(kind for kind in Kind if _settings().get("kinds", {}).get(kind.value))


def directories() -> dict[Kind, tuple[ModuleType, Mapping[str, str]]]:
    """Who knows which addresses of a kind can receive, with its settings. Empty: nobody is set
    up, and nothing is asked."""
    found: dict[str, Any] = _settings().get("directories", {})
    return {
        Kind(kind): (plugins.load("directories", one["plugin"]), one["config"])
        for kind, one in found.items()
    }


def _part(name: str) -> Any:
    found = _settings().get(name)
    if not found:
        raise NotConfigured(f"no {name} is set up")
    return found


def _settings() -> dict[str, Any]:
    path = Path(settings.OUTSIDE)
    return _read(path, path.stat().st_mtime_ns) if path.exists() else {}


@lru_cache(maxsize=4)
def _read(path: Path, changed_ns: int) -> dict[str, Any]:
    """Read anew when the file changes: `changed_ns` is part of the key."""
    found: dict[str, Any] = json.loads(path.read_text())
    return found
