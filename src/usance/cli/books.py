"""The books from the command line: the trial balance on both axes of time; months that close."""

import json
from datetime import date, datetime
from typing import Any
from uuid import UUID

import click

from usance.domain.journal import Account
from usance.domain.money import Money

from . import home
from .signing import at_the_shell, refusing, signed_in
from .tolerances import money

DAY = click.DateTime(["%Y-%m-%d"])
MONTH = click.DateTime(["%Y-%m"])


@click.group()
def period() -> None:
    """Close months of the books; reopening takes two people."""


@click.group()
def ledger() -> None:
    """Read the books, and correct them by further entries."""


@ledger.command()
@click.option("--on", type=DAY, help="Entries that count for this day or before; without it today.")
@click.option("--known", type=DAY, help="Written by the end of this day (UTC); without it: all.")
@click.option("--json", "as_json", is_flag=True)
def trial(on: datetime | None, known: datetime | None, as_json: bool) -> None:
    """The trial balance of any day, by what was known on any day."""
    home.open_home()
    from usance import clock
    from usance.queries import ledger as query

    day = on.date() if on else clock.now().date()
    with home.listing("Nothing was booked by then.") as put:
        for one in query.trial(on=day, known=known.date() if known else None):
            for row in one.rows:
                if as_json:
                    put(json.dumps({
                        "account": row.account, "name": row.name, "currency": one.currency,
                        "debit_minor": row.debit.minor, "credit_minor": row.credit.minor,
                        "balance_minor": row.balance.minor,
                    }))  # fmt: skip
                else:
                    left, right = (str(side or "") for side in (row.left, row.right))
                    put(f"{row.account} {row.name:<24} {left:>24} {right:>24}")
            if not as_json:
                put(f"{'Sum':<29} {one.left!s:>24} {one.right!s:>24}")


@period.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_them(as_json: bool) -> None:
    """The months, the newest first."""
    home.open_home()
    from usance import clock
    from usance.queries import periods as query

    for one in query.months(today=clock.now().date()):
        by = one.row.closed_by if one.row and one.state != "open" else ""
        told = {"month": f"{one.first_on:%Y-%m}", "state": one.state.value, "closed_by": by}
        click.echo(json.dumps(told) if as_json else f"{one.first_on:%Y-%m}  {one.state:<4}  {by}")


@period.command()
@click.argument("month", type=MONTH)
@click.option("--json", "as_json", is_flag=True)
def check(month: datetime, as_json: bool) -> None:
    """What stands in the way of closing MONTH, such as 2026-03. Exit code 1 if a point stops it."""
    home.open_home()
    checks = _checks(month.date())
    for one in checks:
        if as_json:
            told = {"code": one.code, "says": one.says, "found": one.found, "stops": one.stops}
            click.echo(json.dumps(told))
            continue
        click.echo(f"{'✓' if one.is_done else '✗' if one.stops else '!'} {one.says}")
        for said in one.found:
            click.echo(f"    {said}")
    raise SystemExit(1 if any(one.stops and not one.is_done for one in checks) else 0)


@period.command()
@click.argument("month", type=MONTH)
@click.option("--hard", is_flag=True, help="Nothing at all is dated into it; without it: soft.")
@click.option("--remark", default="", help="Why points that do not stop it may stay open.")
def close(month: datetime, hard: bool, remark: str) -> None:
    """Close MONTH, such as 2026-03."""
    home.open_home()
    from usance.actions import periods as action
    from usance.domain.periods import State

    to = State.HARD if hard else State.SOFT
    with refusing():
        action.close(month.date(), to, remark=remark, **at_the_shell())
    click.echo(f"{month:%Y-%m} is closed ({to})")


@period.command()
@click.argument("month", type=MONTH)
@click.option("--because", required=True, help="Why it has to be open again.")
@click.option("--as", "login", required=True, help="Who asks; the password is asked for.")
def ask(month: datetime, because: str, login: str) -> None:
    """Ask to reopen MONTH. It stays closed until a second person agrees."""
    home.open_home()
    from usance import clock
    from usance.actions import periods as action

    who = signed_in(login)
    with refusing():
        action.ask_to_reopen(month.date(), because=because, at=clock.now(), **who)
    click.echo(f"{month:%Y-%m} waits for a second person")


@period.command()
@click.argument("month", type=MONTH)
@click.option("--as", "login", required=True, help="Who agrees; the password is asked for.")
def reopen(month: datetime, login: str) -> None:
    """Agree to reopen MONTH, as it was asked for: that is shown first."""
    home.open_home()
    from usance import clock
    from usance.actions import periods as action
    from usance.queries import periods as query

    row = query.one(month.date()).row
    if row is None or not row.asked_by or row.reopened_by:
        home.say(f"Nobody asks to reopen {month:%Y-%m}. `usance period ask` does.")
        raise SystemExit(home.REFUSED)
    home.say(f"{month:%Y-%m} ({row.state}), asked by {row.asked_by}: {row.asked_because}")
    seen, who = action.digest(row), signed_in(login)
    with refusing():
        action.reopen(month.date(), seen=seen, at=clock.now(), **who)
    click.echo(f"{month:%Y-%m} is open")


@ledger.command()
@click.option("--json", "as_json", is_flag=True, help="One line for each, amounts in minor units.")
def corrections(as_json: bool) -> None:
    """Entries made by hand and their reversals, the newest first."""
    home.open_home()
    from usance import models
    from usance.domain.periods import CORRECTION

    rows = models.Entry.objects.filter(key__startswith=CORRECTION).prefetch_related("moves")
    with home.listing("No entry was made by hand yet.") as put:
        for row in rows.order_by("-pk")[:500]:
            for one in row.moves.all():
                amount = Money(one.amount_minor, one.currency)
                told = {
                    "id": str(row.pk), "booked_on": row.booked_on.isoformat(), "debit": one.debit,
                    "credit": one.credit, "amount_minor": one.amount_minor,
                    "currency": one.currency,
                    "because": row.because, "voucher": row.voucher, "actor": row.actor,
                }  # fmt: skip
                line = f"{row.pk}  {row.booked_on}  {one.debit} {one.credit} {amount!s:>16}"
                put(json.dumps(told) if as_json else f"{line}  {row.because} ({row.actor})")


@ledger.command()
@click.argument("debit")
@click.argument("credit")
@click.argument("amount")
@click.argument("currency")
@click.option("--on", type=DAY, required=True, help="The day it counts for.")
@click.option("--because", required=True)
@click.option("--proof", required=True, help="What proves it, such as a bank's invoice.")
@click.option("--as", "login", required=True, help="Who corrects; the password is asked for.")
def correct(
    debit: str, credit: str, amount: str, currency: str, on: datetime, because: str, proof: str,
    login: str,
) -> None:  # fmt: skip
    """Move AMOUNT in CURRENCY from account CREDIT to account DEBIT by a further entry."""
    home.open_home()
    from usance import clock
    from usance.actions import corrections as action

    to, of = _account(debit), _account(credit)
    moved, who = money(amount, currency), signed_in(login)
    with refusing():
        row = action.correct(
            to, of, moved, on=on.date(), because=because, proof=proof, at=clock.now(), **who
        )
    click.echo(f"{row.pk}  {row.booked_on}  {moved}")


@ledger.command()
@click.argument("entry", type=click.UUID)
@click.option("--on", type=DAY, required=True, help="A day of an open month.")
@click.option("--because", required=True)
@click.option("--as", "login", required=True, help="Who reverses; the password is asked for.")
def reverse(entry: UUID, on: datetime, because: str, login: str) -> None:
    """Take the correction ENTRY back by a further entry."""
    home.open_home()
    from usance import clock
    from usance.actions import corrections as action

    who = signed_in(login)
    with refusing():
        row = action.reverse(entry, on=on.date(), because=because, at=clock.now(), **who)
    click.echo(f"{row.pk}  {row.booked_on}  {row.because}")


def _account(number: str) -> Account:
    try:
        return Account(number)
    except ValueError as no:
        raise click.BadParameter(
            f"{number} is no account; `usance ledger trial` lists them"
        ) from no


def _checks(first_on: date) -> Any:
    from usance import clock
    from usance.queries import periods as query

    return query.checklist(first_on, seed=int(clock.now().timestamp()))
