"""What is wrong with a document, as a value: all faults at once, each with its place."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    FATAL = "fatal"  # Stops this document until a person or a better document comes.
    WARNING = "warning"  # Is shown and kept; nothing stops.


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Another invoice as evidence: which one, and what is the same on both."""

    invoice: str  # Its id.
    number: str
    agrees: tuple[str, ...]  # Fields in words: "debtor", "amount", "lines".


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fault. `code` is stable, `says` is for people, `where` is an XPath, row or page."""

    code: str
    says: str
    where: str = ""
    severity: Severity = Severity.FATAL
    todo: str = ""
    others: tuple[Other, ...] = ()

    @property
    def blocks(self) -> bool:
        return self.severity is Severity.FATAL


def sentence(said: str) -> str:
    """What an outside party said, ended so that another sentence may follow; empty stays empty."""
    said = said.rstrip()
    return said if not said or said[-1] in ".!?" else f"{said}."


def blocking(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(finding for finding in findings if finding.blocks)
