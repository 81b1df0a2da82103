"""Have what was handed in looked at for malware, before anything of it is read."""

from collections.abc import Sequence

from usance.domain.finding import Finding
from usance.domain.refusal import Refusal
from usance.plugins import TryLater
from usance.plugins.inspectors import TooLarge
from usance.queries import outside
from usance.queries.quarantine import INFECTED

from .reads import Read


class NotInspected(Refusal):
    code = "inspector_unreachable"
    todo = (
        "Hand the files in again later; tell the operator that the virus scanner does not answer."
    )


def inspect(reads: Sequence[Read]) -> None:
    """Mark each file in which something was found, or that could not be looked at; such a file is
    kept and not read. Without an inspector nothing happens.

    Wrappings are looked at as well as what is in them: they are kept and can be fetched.

    :raises NotInspected: if the inspector cannot be asked; then nothing was taken in.
    """
    inspector = outside.inspector()
    if inspector is None:
        return
    module, config = inspector
    for read in reads:
        try:
            found = module.inspect(read.file.data, config)
        except TooLarge:
            read.findings.append(_too_large(read))
        except TryLater as trouble:
            raise NotInspected(f"the virus scanner cannot be asked: {trouble}") from trouble
        else:
            if not found:
                continue
            read.findings.append(_infected(read, found))
        read.format = INFECTED
        read.is_refused = True


def _infected(read: Read, found: str) -> Finding:
    return Finding(
        code="malware_found",
        says=f"The virus scanner found {found[:100]!r} in it; it was not read.",
        where=read.file.name,
        todo="Tell the sender, and ask for the invoice from a computer that is clean.",
    )


def _too_large(read: Read) -> Finding:
    return Finding(
        code="not_inspected",
        says=f"The virus scanner does not look at files of {len(read.file.data):,} bytes; it was "
        "not read.",
        where=read.file.name,
        todo="Ask for a smaller file, or let the operator raise the scanner's limit.",
    )
