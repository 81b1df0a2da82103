"""What does not count of a client's ledger, and what it may draw beyond it, signed by people."""

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from . import home, named
from .signing import refusing, signed_in
from .tolerances import money

if TYPE_CHECKING:
    from usance import models

DAY = click.DateTime(["%Y-%m-%d"])
KINDS = ("affiliate", "assignment_banned", "excluded", "sale_or_return", "progress_billing",
         "pre_billed", "contra")  # fmt: skip


@click.group()
def mark() -> None:
    """Debtors and invoices that do not count for what a client may draw."""


@mark.command("list")
@click.argument("client")
@click.option("--all", "every", is_flag=True, help="Also those that ended.")
@click.option("--json", "as_json", is_flag=True, help="One line for each, amounts in minor units.")
def list_marks(client: str, every: bool, as_json: bool) -> None:
    """The marks of CLIENT that hold, the oldest first."""
    home.open_home()
    from usance import models

    rows = models.EligibilityMark.objects.filter(client=named.client(client))
    rows = rows if every else rows.filter(valid_to=None)
    for row in rows.select_related("debtor", "invoice").order_by("pk"):
        click.echo(json.dumps(_plain_mark(row)) if as_json else _mark(row))


@mark.command("set")
@click.argument("client")
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--debtor", default="", help="Whom it is about.")
@click.option("--invoice", "number", default="", help="Number of the invoice.")
@click.option("--amount", default="", help="Of contra: what the client owes the debtor.")
@click.option("--currency", default="", metavar="CUR", help="Of the amount.")
@click.option("--reason", required=True, help="Why: it stands in the diary.")
@click.option("--as", "login", required=True, help="Who says it; the password is asked for.")
def set_mark(
    client: str, kind: str, debtor: str, number: str, amount: str, currency: str, reason: str,
    login: str,
) -> None:  # fmt: skip
    """Say that a debtor or an invoice of CLIENT does not count, from today on."""
    home.open_home()
    from usance import clock
    from usance.actions import eligibility
    from usance.domain.credit.eligibility import Mark

    if bool(amount) is not bool(currency):
        raise click.UsageError("--amount and --currency are given together.")
    whose = named.client(client)
    about = named.debtor(debtor).pk if debtor else None
    invoice = named.invoice(number, str(whose.pk)).pk if number else None
    who = signed_in(login)
    with refusing():
        row = eligibility.mark(
            whose.pk, Mark(kind), debtor=about, invoice=invoice, reason=reason, at=clock.now(),
            amount=money(amount, currency) if amount else None, **who,
        )  # fmt: skip
    click.echo(_mark(row))


@mark.command("end")
@click.argument("mark_id", metavar="MARK", type=click.UUID)
@click.option("--as", "login", required=True, help="Who ends it; the password is asked for.")
def end_mark(mark_id: UUID, login: str) -> None:
    """Let MARK hold no more, from today on."""
    home.open_home()
    from usance import clock
    from usance.actions import eligibility

    who = signed_in(login)
    with refusing():
        eligibility.end_mark(mark_id, at=clock.now(), **who)
    click.echo("Ended")


@click.group("over-advance")
def over_advance() -> None:
    """Let a client draw beyond what its ledger covers: for a reason, until a day, by two people."""


@over_advance.command("list")
@click.option("--all", "every", is_flag=True, help="Also those that were decided.")
@click.option("--json", "as_json", is_flag=True, help="One line for each, amounts in minor units.")
def list_over_advances(every: bool, as_json: bool) -> None:
    """Over-advances that wait for a second person, or ended and are not covered. Exit code 1 while
    there is one."""
    home.open_home()
    from django.db.models import Q

    from usance import models

    waits = Q(state="proposed") | Q(uncovered_minor__gt=0)

    rows = models.OverAdvance.objects.select_related("client").order_by("pk")
    found = list(rows[:500] if every else rows.filter(waits)[:500])
    with home.listing(
        "There is no over-advance yet." if every else "No over-advance waits or is uncovered."
    ) as put:
        for row in found:
            put(json.dumps(_plain_over(row)) if as_json else _over(row))
    raise SystemExit(int(any(row.state == "proposed" or row.uncovered_minor for row in found)))


@over_advance.command()
@click.argument("client")
@click.argument("amount")
@click.argument("currency")
@click.option("--until", "until", required=True, type=DAY, help="The last day.")
@click.option("--reason", required=True, help="Why: who agrees reads it.")
@click.option("--as", "login", required=True, help="Who proposes it; the password is asked for.")
def propose(
    client: str, amount: str, currency: str, until: datetime, reason: str, login: str
) -> None:
    """Ask a colleague to let CLIENT draw AMOUNT in CURRENCY more."""
    home.open_home()
    from usance import clock
    from usance.actions import eligibility

    row, wanted = named.client(client), money(amount, currency)
    who = signed_in(login)
    with refusing():
        made = eligibility.propose_over_advance(
            row.pk, wanted, reason=reason, valid_to=until.date(), at=clock.now(), **who
        )
    click.echo(_over(made))


@over_advance.command()
@click.argument("over_id", metavar="OVER_ADVANCE", type=click.UUID)
@click.option("--as", "login", required=True, help="Who agrees; the password is asked for.")
def agree(over_id: UUID, login: str) -> None:
    """Agree to OVER_ADVANCE, as it is shown first; held purchases are tried again."""
    _decide(over_id, login, yes=True)


@over_advance.command()
@click.argument("over_id", metavar="OVER_ADVANCE", type=click.UUID)
@click.option("--as", "login", required=True, help="Who declines; the password is asked for.")
def decline(over_id: UUID, login: str) -> None:
    """Say no to OVER_ADVANCE, or take it back."""
    _decide(over_id, login, yes=False)


def _decide(over_id: UUID, login: str, *, yes: bool) -> None:
    home.open_home()
    from usance import clock, models
    from usance.actions import eligibility

    row = models.OverAdvance.objects.select_related("client").filter(pk=over_id).first()
    if row is None:
        home.say(
            f"There is no over-advance {over_id}. `usance over-advance list --all` shows them."
        )
        raise SystemExit(home.REFUSED)
    home.say(_over(row))
    who = signed_in(login)
    with refusing():
        done = eligibility.decide_over_advance(
            row.pk, yes=yes, seen=row.content, at=clock.now(), **who
        )
    click.echo(f"{done.pk}  {done.state}")


def _mark(row: "models.EligibilityMark") -> str:
    about = row.debtor.name if row.debtor else row.invoice.number if row.invoice else ""
    amount = f" {row.amount}" if row.amount else ""
    until = f" to {row.valid_to}" if row.valid_to else ""
    return f"{row.pk}  {row.kind}{amount}  {about}, from {row.valid_from}{until}: {row.reason}"


def _plain_mark(row: "models.EligibilityMark") -> dict[str, Any]:
    return {
        "id": str(row.pk), "kind": row.kind, "debtor": row.debtor.name if row.debtor else None,
        "invoice": row.invoice.number if row.invoice else None, "amount_minor": row.amount_minor,
        "currency": row.currency, "from": row.valid_from.isoformat(),
        "to": row.valid_to.isoformat() if row.valid_to else None, "reason": row.reason,
        "said_by": row.said_by,
    }  # fmt: skip


def _over(row: "models.OverAdvance") -> str:
    told = f"{row.pk}  {row.state:<8} {row.amount!s:>16}  {row.client.name} until {row.valid_to}"
    left = f"; it is over, {row.uncovered} is not covered" if row.uncovered_minor else ""
    return f"{told}, proposed by {row.proposed_by}: {row.reason}{left}"


def _plain_over(row: "models.OverAdvance") -> dict[str, Any]:
    return {
        "id": str(row.pk), "state": row.state, "client": row.client.name,
        "amount_minor": row.amount_minor, "currency": row.currency, "reason": row.reason,
        "until": row.valid_to.isoformat(), "proposed_by": row.proposed_by,
        "decided_by": row.decided_by, "uncovered_minor": row.uncovered_minor,
    }  # fmt: skip
