"""Contracts as JSON: as they lie in a column, and as the domain reads them."""

from collections.abc import Mapping
from typing import Any

import msgspec

from usance.domain.finance import Agreement, Charges

NOTHING = Charges()


def charges_of(kept: Mapping[str, Any]) -> Charges:
    """:raises msgspec.ValidationError: for what is no contract's charges."""
    return msgspec.convert(kept, Charges) if kept else NOTHING


def charges_kept(charges: Charges) -> dict[str, Any]:
    """Only what the contract says beyond silence, so that an empty column charges nothing."""
    if charges == NOTHING:
        return {}
    told = _told(charges)
    silent = _told(NOTHING)
    return {name: value for name, value in told.items() if value != silent[name]}


def agreement_of(kept: Mapping[str, Any]) -> Agreement:
    """:raises msgspec.ValidationError: for what is no contract."""
    return msgspec.convert(kept, Agreement)


def agreement_kept(agreement: Agreement) -> dict[str, Any]:
    return _told(agreement)


def _told(value: Agreement | Charges) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(value)
    return told
