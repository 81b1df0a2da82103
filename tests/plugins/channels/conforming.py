"""What every channel is tried with: its case, its house in the sandbox, parcels of its kind."""

import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from tests.outside import PAPER, parcel, ubl
from usance import plugins, sandbox
from usance.domain.distribution import Attachment, Kind, Parcel
from usance.domain.money import Money

NAMES = plugins.names("channels")
HERE = Path(__file__).parent
CARRIED = [name for name in NAMES if name != "portal"]  # The portal is ours: nobody can fail.
CASES = {name: tomllib.loads((HERE / "cases" / f"{name}.toml").read_text()) for name in CARRIED}
KEYS = [f"{n:032x}" for n in range(500)]  # As ours are: a UUID's digits.


def channel(name: str) -> ModuleType:
    return plugins.load("channels", name)


every = pytest.mark.parametrize("name", NAMES)
carried = pytest.mark.parametrize("name", CARRIED)


def config(world: sandbox.Running, name: str, *, hurried: bool = False) -> dict[str, str]:
    """Patient, so that a busy machine is no silent carrier; hurried where the carrier is silent."""
    seconds = CASES.get(name, {}).get("timeout_seconds", "0.3") if hurried else "10"
    return world.config("channels", name) | {"timeout_seconds": seconds}


def parcels(name: str, count: int) -> list[Parcel]:
    address = CASES.get(name, {}).get("address", {})
    return [
        parcel(key, kind(name), address=address, attachments=papers(key, name))
        for key in KEYS[:count]
    ]


def papers(key: str, name: str) -> tuple[Attachment, ...]:
    """Nothing, or what its kind of channel cannot do without."""
    if kind(name) is Kind.LETTER:
        return (PAPER,)
    if kind(name) is not Kind.EINVOICE:
        return ()
    amount = Money.of("125.00", "SEK")
    return (ubl(f"F{key}", "RF18539007547034", amount, due_on="2026-02-02", debtor="Kund AB"),)


def kind(name: str) -> Kind:
    return Kind(CASES[name]["kind"]) if name in CASES else Kind.PORTAL


def truth(world: sandbox.Running, name: str) -> dict[str, int]:
    """How often each key was really taken."""
    dump = world.dump()
    carried = {key: one["times"] for key, one in dump["deliveries"].items()}
    return carried | dict(dump["mails"])
