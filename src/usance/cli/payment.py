"""`usance payment match`: which open items a bank's file pays, without a database."""

import gc
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import click

from usance.domain.finding import blocking
from usance.domain.money import Money
from usance.domain.payment import (
    NEAR_ITS_COMING,
    NEAR_ITS_DAY,
    Allocation,
    Awaited,
    BankLine,
    Match,
    OpenItems,
    Share,
)
from usance.plugins import Unreadable, advices, statements

from . import bank_lines, home, missing_payout
from .across import across
from .open_items import read
from .signing import at_the_shell
from .statement import examined, plain
from .told import fault
from .tolerances import short, tolerance

BROKEN, UNREADABLE = 1, 3  # Exit codes.


@click.group()
def payment() -> None:
    """Incoming payments."""


payment.add_command(tolerance)
payment.add_command(short)
payment.add_command(across)
payment.add_command(bank_lines.lines)
payment.add_command(bank_lines.split)
payment.add_command(bank_lines.take_back)
payment.add_command(bank_lines.paid_out)
payment.add_command(bank_lines.not_paid_out)
payment.add_command(missing_payout.missing)


@payment.command()
@click.option("--statement", "files", multiple=True, required=True, metavar="FILE",
              type=click.Path(path_type=Path, dir_okay=False),
              help="A bank's file; may be given again.")  # fmt: skip
@click.option("--items", "items_file", required=True, metavar="FILE.csv",
              type=click.Path(path_type=Path, dir_okay=False), help="The open items.")  # fmt: skip
@click.option("--advice", "advice_files", multiple=True, metavar="FILE",
              type=click.Path(path_type=Path, dir_okay=False),
              help="What a payer says that it paid; may be given again.")  # fmt: skip
@click.option("--currency", default="", metavar="CODE", help="Of items that name none.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line per bank line on stdout.")
@click.argument("more", nargs=-1, metavar="[FILE…]",
                type=click.Path(path_type=Path, dir_okay=False))  # fmt: skip
def match(
    files: tuple[Path, ...], items_file: Path, advice_files: tuple[Path, ...], currency: str,
    as_json: bool, more: tuple[Path, ...],
) -> None:  # fmt: skip
    """Match incoming bank lines, in their order, with open items.

    What a line surely pays is outstanding no longer for the lines after it; those that wait are
    looked at again when all are through. Exit code 1 if a bank file cannot be read or is not sound
    (none of its lines is matched then), 3 if the items cannot.
    """
    try:
        awaited = [one for path in advice_files for one in _advices(path, currency)]
        items = OpenItems(read(items_file.read_bytes(), currency=currency), advices=awaited)
    except (Unreadable, OSError) as broken:
        click.echo(f"{items_file}: {broken}", err=True)
        sys.exit(UNREADABLE)
    gc.freeze()  # Millions of items that stay need not be looked through for garbage.
    counts: Counter[str] = Counter()
    failed = False
    coming: list[tuple[Path, int, BankLine]] = []
    for path in (*files, *more):
        reading = examined(path)
        failed |= bool(blocking(reading.findings))
        for one in reading.findings:
            says = fault(one.says, where=one.where, todo=one.todo)
            click.echo(f"{path}: {one.severity}: {says}", err=True)
        for number, line in enumerate(_lines(reading), start=1):
            if line.pending or line.amount.minor <= 0:
                counts["passed over"] += 1
                continue
            coming.append((path, number, replace(line, raw="")))
    matches = items.take_all([line for _, _, line in coming])
    for (path, number, line), found in zip(coming, matches, strict=True):
        counts[found.verdict] += 1
        if as_json:
            told = {"file": str(path), "line": number} | _told(line, found)
            click.echo(json.dumps(told, ensure_ascii=False))
        else:
            _print(number, line, found)
    matched = sum(counts[verdict] for verdict in ("certain", "probable", "none"))
    click.echo(
        f"{matched} lines: {counts['certain']} certain, {counts['probable']} probable, "
        f"{counts['none']} none; {counts['passed over']} outgoing or pending passed over",
        err=True,
    )
    sys.exit(BROKEN if failed else 0)


@payment.command()
@click.option("--set", "rule", type=click.Choice(["claim", "law"]), help="Follow this from now on.")
@click.option("--json", "as_json", is_flag=True)
def order(rule: str | None, as_json: bool) -> None:
    """What a payment pays first where it is not enough for claim and late interest.

    `claim`: the claim. `law`: the order of the debtor's country, listed with its source.
    """
    home.open_home()
    from usance import law, models
    from usance.actions import paying
    from usance.domain.payment import Rule

    if rule:
        paying.set_allocation(Rule(rule), **at_the_shell())
    held = models.Factor.objects.values_list("allocation_rule", flat=True).get()
    orders = law.allocation_orders().values()
    if as_json:
        click.echo(json.dumps({
            "rule": held,
            "law": {one.country: {"order": one.debts, "several": one.several,
                                  "source": one.source} for one in orders},
        }))  # fmt: skip
        return
    click.echo(f"rule: {held}")
    for one in orders:
        click.echo(f"{one.country}  {', '.join(one.debts):<24}  {one.source}")


@payment.command("pass-on")
@click.option("--set", "by", type=click.Choice(["itself", "person"]), help="From now on.")
def pass_on(by: str | None) -> None:
    """Who says that money for an invoice which its client bought back is the client's.

    `itself`: what surely pays it is due to the client at once. `person`: somebody says so.
    """
    home.open_home()
    from usance.actions import paying
    from usance.queries import released

    if by:
        paying.set_passing_on(by == "itself", **at_the_shell())
    click.echo("itself" if released.is_passed_on() else "person")


def _advices(path: Path, currency: str) -> Iterator[Awaited]:
    """What a file of a payer says; a day that it does not name is that of the file.

    :raises Unreadable: if it is no advice, or names no currency and none was given.
    """
    reading = advices.examine(path.read_bytes())
    if faults := blocking(reading.findings):
        raise Unreadable(faults[0].says, where=f"{path} {faults[0].where}".strip())
    came = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC).date()
    for one in reading.advices:
        code = one.currency or currency
        if not code:
            raise Unreadable("names no currency; give --currency", where=str(path))
        yield Awaited(
            id=uuid4(), total=Money.of(one.total, code), payer=one.payer,
            payer_account=one.payer_account, reference=one.reference, on=one.paid_on or came,
            near=NEAR_ITS_DAY if one.paid_on else NEAR_ITS_COMING,
            shares=tuple(
                Share(numbers=(part.number, *part.also), amount=Money.of(part.amount, code),
                      reason=part.reason)
                for part in one.parts
            ),
        )  # fmt: skip


def _lines(reading: statements.Reading) -> Iterator[BankLine]:
    """The lines of a file in their order, one after the other; none of one that is not sound."""
    if not blocking(reading.findings):
        for one in reading.statements:
            yield from one.lines


def _told(line: BankLine, found: Match) -> dict[str, Any]:
    said = plain(line)
    return {
        "bank_reference": line.bank_reference,
        "booked_on": said["booked_on"],
        "amount": said["amount"],
        "verdict": found.verdict.value,
        "allocations": [_share(share) for share in found.allocations],
        "left": {"minor": found.left.minor, "currency": found.left.currency},
        "says": found.says,
        "short": found.short and {
            "minor": found.short.amount.minor, "currency": found.short.amount.currency,
            "reason": found.short.reason.value, "says": found.short.says,
        },
    }  # fmt: skip


def _share(share: Allocation) -> dict[str, Any]:
    return {
        "number": share.item.number,
        "reference": share.item.payment_reference,
        "amount": {"minor": share.amount.minor, "currency": share.amount.currency},
        "score": float(share.score),
        "because": list(share.because),
    }


def _print(number: int, line: BankLine, found: Match) -> None:
    click.echo(f"{number:>6} {line.booked_on} {line.amount!s:>18}  {found.verdict.value}")
    for share in found.allocations:
        click.echo(f"       {share.amount!s:>29}  {share.item.number}  {share.score}")
