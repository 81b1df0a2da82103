"""Is this invoice valid? Bytes in, the verdict and every finding out.

What reads other formats is loaded when one comes: most files are UBL or CII, and judged at once.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from usance.domain.finding import Finding, Severity
from usance.domain.verification.profiles import (
    NoRelease,
    Profile,
    issue_date,
    judge,
    profile_of,
)
from usance.plugins import Unreadable

from . import read_isolated
from ._view import Foreign, lent

if TYPE_CHECKING:
    from usance.domain.invoice import Invoice

FRAMED = b"</Finvoice>"
Read = Callable[[bytes], "tuple[str, list[tuple[str, Invoice, tuple[Finding, ...]]]]"]
TABLES = ("csv_schedule", "xlsx_schedule")


class NoSchemas(LookupError):
    """The package with the schemas is not installed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    syntax: str  # "ubl", "cii", another format's name, or "" for what cannot be read
    profile: str
    findings: tuple[Finding, ...]
    # Rules that a table or another format does not say enough for; always () in UBL and CII.
    not_judged: tuple[str, ...] = ()

    @property
    def valid(self) -> bool:
        """Whether nothing fatal was found."""
        return all(one.severity is not Severity.FATAL for one in self.findings)


def verdict(
    data: bytes,
    *,
    profile: Profile | None,
    on: date | None = None,
    today: date,
    schema: bool = False,
    read: Read = read_isolated,
) -> Verdict:
    """What the rule sets of a profile say; without one, of the profile that the document names.

    The releases are those in force on the day `on`, without it on the day on which the invoice was
    issued, and today if it says none. A fragment is judged like a whole invoice. A PDF
    or a signed envelope is judged by the invoice inside; another format, and each row of a table,
    by its values. What cannot be read has the one finding "readable".

    :param schema: judge UBL and CII by their XML schema, too.
    :param read: reads other formats. A workbook is an archive of strangers' making: a child opens
        it, unless whoever judges is one.
    :raises NoSchemas: if `schema` is asked for and the package that carries the schemas is missing.
    """
    try:
        try:
            found = _written(data, profile, on, today)
        except Foreign:
            from . import _envelope, _p7m, facturx

            if _p7m.is_signed_envelope(data):
                signed = _p7m.opened(data)
                found = verdict(
                    signed, profile=profile, on=on, today=today, schema=schema, read=read
                )
                return replace(found, findings=(_p7m.UNCHECKED, *found.findings))
            if _envelope.sniff(data):
                inside = _envelope.opened(data)
            elif facturx.sniff(data):
                inside = facturx.xml_inside(data)
            else:
                return _values(data, profile, on, today, read)
            try:
                data, found = inside, _written(inside, profile, on, today)
            except Foreign:
                return _values(data, profile, on, today, read)
        except Unreadable:
            # Finvoice: several below one another are no XML, and old ones have a DOCTYPE.
            if FRAMED not in data:
                raise
            return _values(data, profile, on, today, read)
        return _by_schema(data, found) if schema else found
    except Unreadable as fault:
        return refused(fault.says, fault.where, profile=profile)
    except RecursionError:
        return refused("elements nested too deeply", profile=profile)


def refused(says: str, where: str = "", *, profile: Profile | None = None) -> Verdict:
    """The verdict on what cannot be read."""
    says = f"The document cannot be read: {says}."
    finding = Finding(code="readable", says=says, where=where)
    return Verdict(syntax="", profile=profile or "", findings=(finding,))


def _by_schema(data: bytes, found: Verdict) -> Verdict:
    from ._schema import by_schema

    return replace(found, findings=(*by_schema(data), *found.findings))


def _written(data: bytes, profile: Profile | None, on: date | None, today: date) -> Verdict:
    with lent(data) as document:
        chosen = profile or profile_of(document)
        day = on or issue_date(document) or today
        try:
            findings = judge(document, chosen, on=day)
        except NoRelease as none:
            says = f"No release of the rules is known: {none}."
            findings = [Finding(code="no_release", says=says)]
        return Verdict(syntax=document.syntax, profile=chosen, findings=tuple(findings))


def _values(
    data: bytes, profile: Profile | None, on: date | None, today: date, reader: Read
) -> Verdict:
    from ._values import judge_values, known_in_table

    try:
        name, placed = reader(data)
    except Unreadable as fault:
        return refused(fault.says, fault.where, profile=profile)
    read = [(invoice, odd) for _, invoice, odd in placed]
    table = name in TABLES
    known = known_in_table(invoice for invoice, _ in read) if table else None
    findings: list[Finding] = []
    left: dict[str, None] = {}
    for at, (invoice, odd) in enumerate(read, 1):
        found, open_ = judge_values(invoice, known=known, on=on or invoice.issued_on or today)
        left.update(dict.fromkeys(open_))
        place = f"invoice {at} ({invoice.number})" if len(read) > 1 else ""
        findings += odd
        findings += [
            replace(
                one,
                where=f"{place}: {one.where}" if place else one.where,
                # Another format does not claim to keep EN 16931; a table is kept to it by us.
                severity=one.severity if table else Severity.WARNING,
            )
            for one in found
        ]
    return Verdict(
        syntax=name, profile=Profile.EN16931, findings=tuple(findings), not_judged=tuple(left)
    )
