"""Who bears what a debtor does not pay, and who may say that it will never be paid.

A claim is written off once. Whose loss it is follows from the contract and the cause; who may agree
to it follows from the amount, by bands that the factor sets itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ..finance import Extent, LegalBasis
from ..finding import Finding
from ..mandate import Role
from ..money import Money, zero
from ..refusal import Refusal


class Cause(StrEnum):
    """Why it will not be paid."""

    INSOLVENT = "insolvent"
    DEFAULT = "default"  # Protracted: every step of collection was taken in vain.
    TIME_BARRED = "time_barred"
    COMPOSITION = "composition"  # A part was agreed to be enough.
    UNECONOMIC = "uneconomic"  # To collect it costs more than it is.
    DISPUTE = "dispute"  # The debtor was right, or it cannot be shown that it was not.


class Bearer(StrEnum):
    FACTOR = "factor"
    CLIENT = "client"  # It is charged back; if the client cannot pay, that claim is written off.
    SHARED = "shared"  # Limited recourse: a part is charged back, the rest is our loss.


def bearer(
    *, has_recourse: bool, basis: LegalBasis, cause: Cause, undertaken: bool = False
) -> Bearer:
    """Whose loss it is.

    A pledged claim was never ours, and recourse gives a bought one back. Without recourse we bear
    that the debtor cannot pay, but never that the claim was not as the client said: unless the
    debtor undertook to pay it whatever it objects to later.
    """
    if undertaken:
        return Bearer.FACTOR
    if basis is LegalBasis.PLEDGE or has_recourse or cause is Cause.DISPUTE:
        return Bearer.CLIENT
    return Bearer.FACTOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Borne:
    """What each of both bears; together what is outstanding."""

    client: Money
    factor: Money

    @property
    def bearer(self) -> Bearer:
        if not self.client.minor:
            return Bearer.FACTOR
        return Bearer.SHARED if self.factor.minor else Bearer.CLIENT


def borne(
    outstanding: Money, *, recourse: Extent | None, basis: LegalBasis, cause: Cause,
    undertaken: bool = False,
) -> Borne:  # fmt: skip
    """How much of the loss is whose: as `bearer` says, and within recourse as far as it goes.

    What the debtor need not pay is the client's as a whole, however far recourse goes: that is no
    risk that we took.

    :param recourse: of the invoice. None: without recourse.
    :param undertaken: it was bought on the debtor's irrevocable undertaking.
    """
    whose = bearer(
        has_recourse=recourse is not None, basis=basis, cause=cause, undertaken=undertaken
    )
    part = outstanding
    if whose is Bearer.FACTOR:
        part = zero(outstanding.currency)
    elif recourse is not None and cause is not Cause.DISPUTE:
        part = recourse.of(outstanding)
    return Borne(client=part, factor=outstanding - part)


MOST_BANDS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Who may write off up to an amount."""

    up_to_units: int | None  # Whole units of the claim's currency, included. None: any amount.
    role: Role  # Of who agrees. An administrator may, whatever the role.
    people: int  # 1: whoever proposes it, if of that role. 2: another person agrees.


# As usance brings them; a factor sets its own.
BANDS = (
    Band(up_to_units=50, role=Role.COLLECTION, people=1),
    Band(up_to_units=5_000, role=Role.FINANCE, people=2),
    Band(up_to_units=None, role=Role.ADMIN, people=2),
)
DECIDES = (Role.COLLECTION, Role.FINANCE, Role.ADMIN)


class AboveAuthority(Refusal):
    code = "write_off_above_authority"
    todo = "Ask somebody with the role that the amount takes: Settings, Write-off authority."


class NothingToWriteOff(Refusal):
    code = "nothing_to_write_off"
    todo = "Look at it again: it may be paid, taken back or written off by now."


def band_of(amount: Money, bands: Sequence[Band]) -> Band:
    """The first band that the amount fits into; a fault of `faults` is that there is none."""
    for band in bands:
        if band.up_to_units is None:
            return band
        if amount.minor <= Money.of(str(band.up_to_units), amount.currency).minor:
            return band
    raise AssertionError("the last band has no upper bound")


def require(band: Band, role: Role) -> None:
    """:raises AboveAuthority: if the role may not agree to an amount of this band."""
    if role not in (Role.ADMIN, band.role):
        raise AboveAuthority(f"that amount takes the role {band.role}, not {role}")


def faults(bands: Sequence[Band]) -> list[Finding]:
    """Everything that keeps bands from being set, all at once."""
    found = []
    if not 0 < len(bands) <= MOST_BANDS or bands[-1].up_to_units is not None:
        found.append(_fault("The last of one to six bands, and it alone, has no upper bound."))
    bounds = [band.up_to_units for band in bands[:-1]]
    if None in bounds or bounds != sorted({bound for bound in bounds if bound is not None}):
        found.append(_fault("Each band goes further than the one before."))
    if any(bound is not None and not 0 < bound <= 10**12 for bound in bounds):
        found.append(_fault("A bound is a positive number of whole units."))
    people = [band.people for band in bands]
    if people != sorted(people) or not set(people) <= {1, 2}:
        found.append(_fault("Where two people are asked for, they are for all that is more."))
    if people and people[-1] != 2:
        found.append(_fault("Without an upper bound it takes two people."))
    if any(band.role not in DECIDES for band in bands):
        found.append(_fault("Collection, finance or an administrator agrees to write-offs."))
    return found


def _fault(says: str) -> Finding:
    return Finding(
        code="authority_faulty", says=says, where="bands", todo="Correct the bands, then set them."
    )
