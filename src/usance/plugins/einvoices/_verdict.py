"""Is this written invoice valid? Bytes in, the verdict and every finding out."""

from dataclasses import dataclass
from datetime import date

from usance.domain.finding import Finding, blocking
from usance.domain.verification.profiles import Profile, judge, profile_of
from usance.plugins import Unreadable

from ._view import view


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    syntax: str  # "ubl", "cii", or "" for what cannot be read
    profile: str
    findings: tuple[Finding, ...]

    @property
    def valid(self) -> bool:
        """Whether nothing fatal was found."""
        return not blocking(self.findings)


def verdict(data: bytes, *, profile: Profile | None, on: date) -> Verdict:
    """What the rule sets of a profile say; without one, of the profile that the document names.

    A fragment is judged like a whole invoice. What cannot be read has the one finding "readable".
    """
    try:
        document = view(data)
        chosen = profile or profile_of(document)
        findings = judge(document, chosen, on=on)
    except (Unreadable, RecursionError) as fault:
        says = fault.says if isinstance(fault, Unreadable) else "elements nested too deeply"
        where = fault.where if isinstance(fault, Unreadable) else ""
        return Verdict(syntax="", profile=profile or "", findings=(unreadable(says, where),))
    return Verdict(syntax=document.syntax, profile=chosen, findings=tuple(findings))


def unreadable(says: str, where: str = "") -> Finding:
    return Finding(code="readable", says=f"The document cannot be read: {says}.", where=where)
