"""What is known before a page is read: who may stand on it, and what people showed us before."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .learned import Hint


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownParty:
    """A client or a debtor of the register, or we ourselves.

    `ids` are VAT ids and organisation numbers, `accounts` are IBANs, bankgiro and plusgiro
    numbers; all without blanks and signs.
    """

    name: str
    ids: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Raises or sinks candidates; never puts a value on a page that does not say it."""

    sellers: tuple[KnownParty, ...] = ()  # One, where the client is known; else all there are.
    buyers: tuple[KnownParty, ...] = ()
    own_accounts: frozenset[str] = frozenset()  # Of the factor: a page that says them was assigned.
    # By sender, as `learned.sender_of` names it, then by field.
    learned: Mapping[str, Mapping[str, Hint]] = field(default_factory=dict)


NOTHING_KNOWN = Known()
