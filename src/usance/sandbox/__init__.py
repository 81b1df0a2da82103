"""The outside world, simulated, over real protocols on loopback, deterministic by seed.

One process plays everybody we talk to: a mail server, a hybrid distributor, our bank, a credit
bureau, and the debtors, who pay by their character what reached them. It keeps its own truth and
tells it (GET /dump). It imports no database and no Django; whoever runs usance against it cannot
see the difference to the real ones, except that time here moves by POST /clock.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .running import Running, Settings, spawn, start

__all__ = ["Running", "Settings", "spawn", "start"]


def __getattr__(name: str) -> Any:
    """All houses are loaded by whoever runs them, not by whoever needs an invented IBAN."""
    if name not in __all__:
        raise AttributeError(name)
    from . import running

    return getattr(running, name)
