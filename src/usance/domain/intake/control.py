"""The client's own totals of a batch against what was read, and what exactly is missing."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..finding import Finding, Severity
from ..money import Money

SHOWN = 20  # Rows that a finding names one by one.
_UNIT = re.compile(
    r"(?:/[A-Za-z]+)?/[0-9]+|.*?\brow [0-9]+"
)  # Place of one invoice within its file.


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """What the client says: how many invoices, and what they come to in each currency."""

    count: int | None = None
    totals: tuple[Money, ...] = ()


UNTOLD = Control()


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """Something in a file that did not become an invoice of the batch."""

    file: str
    place: str = ""  # Empty: the whole file.
    codes: tuple[str, ...] = ()

    def __str__(self) -> str:
        reasons = ", ".join(code.replace("_", " ") for code in self.codes)
        place = f", {self.place}" if self.place else ""
        return f"{self.file}{place}" + (f" ({reasons})" if reasons else "")


def missed(files: Iterable[tuple[str, int, Sequence[Finding]]]) -> tuple[Missed, ...]:
    """Each row or file that did not become an invoice, once, with all its reasons.

    :param files: name, how many invoices came out of it, and the findings that stayed on it.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for name, taken, findings in files:
        stopped = [f for f in findings if f.blocks or f.code == "invoice_seen_before"]
        for finding in stopped:
            unit = _UNIT.match(finding.where)
            found.setdefault((name, unit[0] if unit else ""), []).append(finding.code)
        if not taken and not stopped:
            found[name, ""] = []
    return tuple(
        Missed(file=name, place=place, codes=tuple(dict.fromkeys(codes)))
        for (name, place), codes in found.items()
    )


def differences(
    control: Control, *, count: int, sums: Mapping[str, int], lost: Sequence[Missed]
) -> tuple[Finding, ...]:
    """Where the client's totals and ours differ, each with what was not taken in.

    :param sums: minor units by currency of what was taken in.
    """
    findings = []
    names = _named(lost)
    if control.count is not None and control.count != count:
        findings.append(
            Finding(
                code="control_count_differs",
                says=f"The client counts {control.count} invoices, we read {count}.{names}",
                todo="Look at what was not taken in, then ask the client.",
            )
        )
    for total in control.totals:
        ours = Money(sums.get(total.currency, 0), total.currency)
        if ours != total:
            apart = Money(abs(total.minor - ours.minor), total.currency)
            word = "less" if ours.minor < total.minor else "more"
            findings.append(
                Finding(
                    code="control_total_differs",
                    says=f"The client's total is {total}, ours {ours}: {apart} {word}.{names}",
                    todo="Compare the batch with the client's list.",
                )
            )
    told = {total.currency for total in control.totals}
    if told:
        findings.extend(_untold(Money(sums[code], code)) for code in sorted(set(sums) - told))
    return tuple(findings)


def _untold(total: Money) -> Finding:
    return Finding(
        code="control_currency_untold",
        says=f"We read {total}, and the client gave no total in {total.currency}.",
        severity=Severity.WARNING,
        todo="Ask the client whether these invoices belong to the batch.",
    )


def _named(lost: Sequence[Missed]) -> str:
    if not lost:
        return " Everything that was handed in was taken in."
    shown = "; ".join(map(str, lost[:SHOWN]))
    more = f"; and {len(lost) - SHOWN} more" if len(lost) > SHOWN else ""
    return f" Not taken in: {shown}{more}."
