"""Payment advices: what payers say that they paid. A format is a module with these names.

Pure: bytes in, values out. No network, no database; held so by a contract. What comes in may be
anybody's: PDFs and workbooks are opened in child processes with limits.
"""

from dataclasses import dataclass
from typing import Protocol, cast

from usance import plugins
from usance.domain.finding import Finding, blocking
from usance.domain.payment import Advice, faults, merged

KIND = "advices"
LARGEST_BYTES = 20 * 1024 * 1024


class Format(Protocol):
    def sniff(self, data: bytes) -> bool:
        """May it be ours? Cheap, and never wrong with a no."""

    def read(self, data: bytes) -> list[Advice]:
        """Every advice in the file; none if it is no advice at all.

        :raises Unreadable: if it is one that cannot be read to the end, or might be read in two
            ways.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A file as far as it could be read. With a fatal finding nothing of it is used."""

    format: str  # Name of the plug-in; empty if nobody knows the format.
    advices: tuple[Advice, ...] = ()
    findings: tuple[Finding, ...] = ()


def examine(data: bytes) -> Reading:
    """Find the format, read everything, check what can be checked; faults become findings."""
    if len(data) > LARGEST_BYTES:
        says = f"The file has {len(data):,} bytes, more than the {LARGEST_BYTES:,} that we read."
        return _no("", "advice_too_large", says, "Ask the payer for the list alone.")
    for name in plugins.names(KIND):
        module = cast(Format, plugins.load(KIND, name))
        if not module.sniff(data):
            continue
        try:
            found = [merged(one) for one in module.read(data)]
        except plugins.Unreadable as broken:
            todo = "Ask the payer for it as a table (CSV, XLSX), or match the line by hand."
            return _no(name, "advice_unreadable", broken.says, todo, where=broken.where)
        if found:
            findings = tuple(fault for one in found for fault in faults(one))
            kept = () if blocking(findings) else tuple(found)
            return Reading(format=name, advices=kept, findings=findings)
    says = "No list of invoices with amounts was found in it."
    return _no("", "advice_unknown_format", says, f"Known are {', '.join(plugins.names(KIND))}.")


def _no(name: str, code: str, says: str, todo: str, *, where: str = "") -> Reading:
    finding = Finding(code=code, says=says, where=where, todo=todo)
    return Reading(format=name, findings=(finding,))
