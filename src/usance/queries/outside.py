"""Who carries what, and with which settings: from the file that the operator keeps.

`<home>/secrets/outside.json` (or $USANCE_OUTSIDE) holds carriers, bank and bureau with their
secrets; the database holds none of them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from django.conf import settings

from usance import plugins
from usance.domain.distribution import Kind, is_bank
from usance.domain.refusal import Refusal
from usance.domain.verification.fingerprints import Key


class NotConfigured(Refusal):
    code = "outside_not_configured"
    todo = "Write it into secrets/outside.json: docs/operations.md shows how."


@dataclass(frozen=True, slots=True)
class Carrier:
    name: str
    channel: ModuleType  # Keeps plugins.channels.Channel.
    config: Mapping[str, str]
    per_second: int | Decimal | None = None  # How many it may get; None: as many as it takes.

    @property
    def interval(self) -> timedelta | None:
        """The time between two hand-overs, as its rate limit asks."""
        if self.per_second is None:
            return None
        return timedelta(microseconds=int(1_000_000 / self.per_second))


def weights_of(kind: Kind, identifier: str = "") -> Mapping[str, int]:
    """Who carries this kind, with the share of each at rest; a single one has all of it.

    :param identifier: of the receiver; with one, those who carry e-invoices to such an address.
    :raises NotConfigured: if nobody does, or it is written so that it means nothing.
    """
    found = _weights_of(kind)
    if kind is not Kind.EINVOICE or not identifier:
        return found
    fit = {name: share for name, share in found.items() if _carries_to(name, identifier)}
    if not any(fit.values()):
        raise NotConfigured(f"nobody carries {kind} to {identifier}")
    return fit


def _carries_to(name: str, identifier: str) -> bool:
    """Internet banks are reached by channels of their own, networks by all others."""
    return getattr(carrier(name).channel, "TO_BANKS", False) is is_bank(identifier)


def _weights_of(kind: Kind) -> Mapping[str, int]:
    found = _settings().get("kinds", {}).get(kind.value)
    if isinstance(found, str) and found:
        return {found: 100}
    if not found:
        raise NotConfigured(f"nobody carries {kind}")
    if not isinstance(found, dict) or not all(_is_weight(one) for one in found.values()):
        raise NotConfigured(f"the carriers of {kind} have no weights from 0 to 100")
    if not any(found.values()):
        raise NotConfigured(f"nobody has any weight for {kind}")
    return dict(found)


def carrier_of(kind: Kind, identifier: str = "") -> str:
    """Who carries most of this kind, to the receiver with this identifier.

    :raises NotConfigured: if nobody does.
    """
    weights = weights_of(kind, identifier)
    return max(sorted(weights), key=weights.__getitem__)


def kinds() -> Mapping[Kind, Mapping[str, int]]:
    """Every kind that somebody carries, as `weights_of`."""
    named = _settings().get("kinds", {})
    return {kind: weights_of(kind) for kind in Kind if named.get(kind.value)}


def carrier(name: str) -> Carrier:
    """:raises NotConfigured: if no carrier of this name is set up, or its rate is none."""
    found = _settings().get("carriers", {}).get(name)
    if found is None:
        raise NotConfigured(f"no carrier is called {name}")
    rate = found.get("per_second")
    is_rate = isinstance(rate, int | Decimal) and not isinstance(rate, bool) and rate > 0
    if rate is not None and not is_rate:
        raise NotConfigured(f"per_second of {name} is {rate!r}, not a number above 0")
    return Carrier(name, plugins.load("channels", found["plugin"]), found["config"], rate)


def carrier_names() -> Sequence[str]:
    """All that are set up, those that carry nothing too."""
    return sorted(_settings().get("carriers", {}))


def fetched() -> list[Carrier]:
    """The carriers that leave their reports as files, by name."""
    found = [carrier(name) for name in sorted(_settings().get("carriers", {}))]
    return [one for one in found if hasattr(one.channel, "fetch")]


def registrars() -> list[Carrier]:
    """The carriers by which consumers register in internet banks, by name."""
    found = [carrier(name) for name in sorted(_settings().get("carriers", {}))]
    return [one for one in found if hasattr(one.channel, "answer")]


def witnesses() -> list[Carrier]:
    """The carriers that hold proof of what they delivered, by name."""
    found = [carrier(name) for name in sorted(_settings().get("carriers", {}))]
    return [one for one in found if hasattr(one.channel, "evidence")]


def bank() -> tuple[ModuleType, Mapping[str, str]]:
    """The connection to our bank and its settings.

    :raises NotConfigured: if there is none.
    """
    found = _part("bank")
    return plugins.load("banks", found["plugin"]), found["config"]


def rates() -> tuple[str, ModuleType, Mapping[str, str]]:
    """Who publishes what currencies are worth: its name, its plug-in and its settings.

    :raises NotConfigured: if nobody is set up.
    """
    found = _part("rates")
    name = found["plugin"]
    return name, plugins.load("rates", name), found["config"]


def bureau() -> tuple[ModuleType, Mapping[str, str]]:
    """The credit bureau's plug-in and its settings.

    :raises NotConfigured: if there is none.
    """
    found = _part("bureau")
    return plugins.load("bureaus", found["plugin"]), found["config"]


@dataclass(frozen=True, slots=True)
class Provider:
    """Who takes in what debtors pay online."""

    name: str
    module: ModuleType  # Keeps plugins.providers.Provider.
    config: Mapping[str, str]


def providers() -> dict[str, Provider]:
    """By name. Empty: nobody pays online."""
    found: dict[str, Any] = _settings().get("providers", {})
    return {
        name: Provider(name, plugins.load("providers", one["plugin"]), one["config"])
        for name, one in found.items()
    }


def provider(currency: str) -> Provider | None:
    """The first that takes this currency; None: nobody does."""
    return next((one for one in providers().values() if currency in one.module.CURRENCIES), None)


def inspector() -> tuple[ModuleType, Mapping[str, str]] | None:
    """Who looks for malware in what is handed in, and its settings; None: nobody does."""
    found = _settings().get("inspector")
    return (plugins.load("inspectors", found["plugin"]), found["config"]) if found else None


def carried(einvoice: str = "") -> frozenset[Kind]:
    """The kinds of channel that somebody is set up to carry; with an e-invoice address, that kind
    only if somebody carries to such an address."""
    found = frozenset(kind for kind in Kind if _settings().get("kinds", {}).get(kind.value))
    if einvoice and Kind.EINVOICE in found:
        try:
            weights_of(Kind.EINVOICE, einvoice)
        except NotConfigured:
            return found - {Kind.EINVOICE}
    return found


def directories() -> dict[Kind, tuple[ModuleType, Mapping[str, str]]]:
    """Who knows which addresses of a kind can receive, with its settings. Empty: nobody is set
    up, and nothing is asked."""
    found: dict[str, Any] = _settings().get("directories", {})
    return {
        Kind(kind): (plugins.load("directories", one["plugin"]), one["config"])
        for kind, one in found.items()
    }


@dataclass(frozen=True, slots=True)
class Drop:
    """Where a client leaves files, besides its folder in the inbox."""

    name: str  # Of the plug-in.
    module: ModuleType  # Keeps plugins.drops.Drop.
    client: str  # Its code, VAT id or registration number.
    config: Mapping[str, str]


def drops() -> dict[str, Drop]:
    """By name. Empty: none is set up."""
    found: dict[str, Any] = _settings().get("drops", {})
    return {
        name: Drop(
            one["plugin"], plugins.load("drops", one["plugin"]), one["client"], one["config"]
        )
        for name, one in sorted(found.items())
    }


def inbox() -> Mapping[str, str]:
    """Settings of plugins.drops.folder for the clients' folders in the inbox."""
    found: dict[str, str] = _settings().get("inbox", {})
    return found


@dataclass(frozen=True, slots=True)
class Inbound:
    """Where mail that is for us comes in."""

    carrier: str  # Whose mail it answers: it has the domain and the first word of return paths.
    listen: str  # lmtp://host:port or smtp://host:port; empty: we do not listen.
    imap: Mapping[str, str]  # Settings of plugins.channels._imap; empty: no mailbox is visited.
    invoices: str = (
        ""  # Where clients send files: see plugins.channels._handed.door. Empty: nowhere.
    )
    server: str = ""  # The authserv-id of our receiving server; empty: no result is believed.
    must_pass: bool = False  # Only senders whose address is proved hand in by themselves.


def inbound() -> Inbound:
    """:raises NotConfigured: if no mail comes in by itself, or for a carrier that there is not."""
    found = _part("inbound")
    name = found.get("carrier") or carrier_of(Kind.EMAIL)
    carrier(name)
    return Inbound(
        name, found.get("listen", ""), found.get("imap", {}), found.get("invoices", ""),
        found.get("authserv_id", ""), bool(found.get("must_pass", False)),
    )  # fmt: skip


def answers_per_hour() -> int:
    """To one sender of clients' mails."""
    return int(_settings().get("inbound", {}).get("answers_per_hour", 20))


def invoices_address() -> str:
    """Where clients send files; empty: nowhere."""
    return str(_settings().get("inbound", {}).get("invoices", ""))


def advices_address() -> str:
    """Where payers send advices of what they paid, as `invoices_address`; empty: nowhere."""
    return str(_settings().get("inbound", {}).get("advices", ""))


def _part(name: str) -> Any:
    found = _settings().get(name)
    if not found:
        raise NotConfigured(f"no {name} is set up")
    return found


def _is_weight(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 100


def _settings() -> dict[str, Any]:
    path = Path(settings.OUTSIDE)
    return _read(path, path.stat().st_mtime_ns) if path.exists() else {}


@lru_cache(maxsize=4)
def _read(path: Path, changed_ns: int) -> dict[str, Any]:
    """Read anew when the file changes: `changed_ns` is part of the key."""
    try:
        found: dict[str, Any] = json.loads(path.read_text(), parse_float=Decimal)
    except json.JSONDecodeError as wrong:
        raise NotConfigured(f"{path.name} is no JSON: {wrong}") from wrong
    return found


@dataclass(frozen=True, slots=True)
class Circle:
    """Factors that compare fingerprints: our name in it, and its keys, of which one is current."""

    name: str
    factor: str
    current: str
    keys: Mapping[str, Key]


def circles() -> Mapping[str, Circle]:
    """Every circle that we are in, by name.

    :raises NotConfigured: if one is written so that it means nothing.
    """
    found = {}
    for name, said in _settings().get("circles", {}).items():
        try:
            keys = {
                key: Key(circle=name, id=key, secret=bytes.fromhex(secret))
                for key, secret in said["keys"].items()
            }
            found[name] = Circle(name, said["factor"], said["current"], keys)
        except (KeyError, TypeError, ValueError, AttributeError) as wrong:
            raise NotConfigured(f"the circle {name} lacks factor, current or keys") from wrong
        if found[name].current not in keys:
            raise NotConfigured(f"the current key of the circle {name} is not among its keys")
    return found
