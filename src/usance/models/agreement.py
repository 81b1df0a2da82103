"""Contracts as JSON: as they lie in a column, and as the domain reads them."""

from collections.abc import Mapping
from typing import Any

import msgspec

from usance.domain.finance import (
    AS_THEY_COME,
    FULL,
    OWN_ONLY,
    Agreement,
    Buying,
    Charges,
    Foreign,
    Refactoring,
    TrustAccount,
    completed,
)

NOTHING = Charges()


def charges_of(kept: Mapping[str, Any]) -> Charges:
    """:raises msgspec.ValidationError: for what is no contract's charges."""
    return msgspec.convert(kept, Charges) if kept else NOTHING


def charges_kept(charges: Charges) -> dict[str, Any]:
    """Only what the contract says beyond silence, so that an empty column charges nothing."""
    if charges == NOTHING:
        return {}
    told = _told(charges)
    _plainly(told)
    silent = _told(NOTHING)
    return {name: value for name, value in told.items() if value != silent[name]}


def buying_of(kept: Mapping[str, Any]) -> Buying:
    """:raises msgspec.ValidationError: for what is no way of buying."""
    return msgspec.convert(kept, Buying) if kept else AS_THEY_COME


def buying_kept(buying: Buying) -> dict[str, Any]:
    """Empty where everything is bought as it comes in."""
    return {} if buying == AS_THEY_COME else _told(buying)


def refactoring_of(kept: Mapping[str, Any]) -> Refactoring | None:
    """:raises msgspec.ValidationError: for what is no way of putting recourse off."""
    return msgspec.convert(kept, Refactoring, strict=False) if kept else None


def refactoring_kept(said: Refactoring | None) -> dict[str, Any]:
    """Empty where recourse is not put off."""
    told: dict[str, Any] = msgspec.to_builtins(said) if said else {}
    return told


def foreign_of(kept: Mapping[str, Any]) -> Foreign:
    """:raises msgspec.ValidationError: for what says nothing about other currencies."""
    return msgspec.convert(kept, Foreign) if kept else OWN_ONLY


def foreign_kept(foreign: Foreign) -> dict[str, Any]:
    """Empty where nothing is bought in other currencies."""
    return {} if foreign == OWN_ONLY else _told(foreign)


def agreement_of(kept: Mapping[str, Any]) -> Agreement:
    """What was proposed before a client's days were agreed is as its product had them.

    :raises msgspec.ValidationError: for what is no contract.
    """
    return completed(msgspec.convert(kept, Agreement))


def agreement_kept(agreement: Agreement) -> dict[str, Any]:
    """Without a word of buying where everything is bought as it comes in, of the extent of a
    recourse for all, of one that is not put off, nor of other currencies, signers, an account in
    trust or a ledger of the client's where there are none: so contracts that were proposed before
    there was a choice say the same as then."""
    told = _told(agreement)
    _plainly(told["charges"])
    if agreement.buying == AS_THEY_COME:
        del told["buying"]
    if agreement.extent == FULL:
        del told["extent"]
    if agreement.refactoring is None:
        del told["refactoring"]
    if agreement.foreign == OWN_ONLY:
        del told["foreign"]
    if not agreement.schedule_signers:
        del told["schedule_signers"]
    if agreement.trust_account is TrustAccount.NONE:
        del told["trust_account"]
    if agreement.keeping is None:
        del told["keeping"]
    return told


def _plainly(charges: dict[str, Any]) -> None:
    """Interest that is no discount says nothing of one, as before there were any."""
    if (timed := charges["interest"]) and not timed["to_due"]:
        del timed["to_due"]


def _told(value: Agreement | Charges | Buying | Foreign) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(value)
    return told
