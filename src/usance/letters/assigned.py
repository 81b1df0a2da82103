"""A sealed schedule of assignment, read back without any database: what it says, who signed it,
and whether it is as it was sealed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from usance.domain.finance import schedule
from usance.domain.finding import Finding

from . import seal

LARGEST = 50_000_000  # Bytes of what a file encloses; ours have some hundred for each claim.


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What was found. Without findings nothing was altered, and the seal is of the one expected."""

    told: Mapping[str, Any]  # The schedule as it was hashed; empty: it cannot be read.
    digest: str  # SHA-256 of it, hexadecimal.
    signers: int  # Whom the terms asked for.
    signatures: tuple[Mapping[str, Any], ...]
    sealed: seal.Opened | None  # None: there is no seal.
    findings: tuple[Finding, ...]


def checked(pdf: bytes, *, fingerprint: str = "") -> Checked:
    """Everything that is wrong with it, all at once.

    :param fingerprint: SHA-256 of the certificate that the factor named; empty: whoever sealed it.
    """
    findings = []
    try:
        opened = seal.opened(pdf)
    except seal.NotSealed as no:
        opened = None
        findings.append(Finding(code=no.code, says=f"{no}.", todo=no.todo))
    if opened is not None:
        findings += _sealed(opened, fingerprint)
    files = _enclosed(pdf)
    text, said = files.get("manifest.json", ""), files.get("signatures.json", "")
    if not text or not said:
        says = "It encloses no schedule of assignment, or what it encloses cannot be read."
        findings.append(Finding(code="schedule_unreadable", says=says))
        return Checked(told={}, digest="", signers=0, signatures=(), sealed=opened,
                       findings=tuple(findings))  # fmt: skip
    told, evidence = _object(text), _object(said)
    signatures = [one for one in evidence.get("signatures", []) if isinstance(one, dict)]
    findings += schedule.examined(
        text, digest=str(evidence.get("digest", "")), signatures=signatures
    )
    signers = evidence.get("signers", 0)
    return Checked(
        told=told, digest=schedule.digest(text), signers=signers if isinstance(signers, int) else 0,
        signatures=tuple(signatures), sealed=opened, findings=tuple(findings),
    )  # fmt: skip


def _sealed(opened: seal.Opened, fingerprint: str) -> list[Finding]:
    found = []
    if not opened.intact:
        says = "Bytes were changed after the file was sealed."
        found.append(Finding(code="seal_broken", says=says, todo="Ask for the file as it was."))
    if not opened.whole:
        says = "Something was added to the file that the seal does not cover."
        found.append(Finding(code="seal_not_whole", says=says, todo="Ask for the file as it was."))
    if fingerprint and fingerprint.replace(":", "").lower() != opened.fingerprint:
        says = f"The seal is by another certificate: {opened.fingerprint}."
        todo = "Ask the factor for the fingerprint of its seal."
        found.append(Finding(code="seal_of_another", says=says, todo=todo))
    return found


def _enclosed(pdf: bytes) -> dict[str, str]:
    """Files that the PDF carries, as text; none of a file that cannot be opened."""
    import pikepdf  # Only who checks a paper needs it, and every start would wait for it.

    try:
        with pikepdf.open(BytesIO(pdf)) as document:
            return {
                name: kept.get_file().read_bytes()[:LARGEST].decode()
                for name, kept in document.attachments.items()
            }
    except (pikepdf.PdfError, UnicodeDecodeError, KeyError, ValueError):
        return {}


def _object(text: str) -> dict[str, Any]:
    try:
        told = json.loads(text)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
