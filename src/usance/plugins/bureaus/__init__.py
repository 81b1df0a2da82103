"""Credit bureaus and registers. A bureau is a module with these names."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from usance.domain.money import Money


class NotFound(LookupError):
    """The bureau knows no company of this identifier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the bureau says, and its own words for our files."""

    identifier: str
    name: str
    limit: Money | None  # None: it recommends no credit.
    insolvent: bool
    rating: str
    as_of: date
    reasons: tuple[str, ...]
    raw: bytes


class Bureau(Protocol):
    CONFIG: Mapping[str, str]

    def ask(self, identifier: str, config: Mapping[str, str]) -> Report:
        """The report on a company.

        :raises TryLater: if the bureau cannot be reached.
        :raises NotFound: if it knows no such company.
        """
