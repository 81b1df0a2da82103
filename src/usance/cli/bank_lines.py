"""`usance payment lines`, `split`, `take-back`, `paid-out`, `not-paid-out`: bank lines, and which
invoices or payouts a person says they are."""

import json
from typing import TYPE_CHECKING, Any

import click

from usance.domain.money import Money

from . import home, named
from .signing import refusing, signed_in
from .told import counted
from .tolerances import money

if TYPE_CHECKING:
    from usance.queries.statements import Line

MOST = 500


@click.command("lines")
@click.option("--view", type=click.Choice(["decide", "proposed", "matched", "debits"]),
              default="decide", show_default=True, help="As at the cash desk.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object per bank line and line.")
def lines(view: str, as_json: bool) -> None:
    """List bank lines with what they may pay, the newest 500 first."""
    home.open_home()
    from usance.queries import statements

    rows = list(statements.found(view=view).order_by("-booked_on", "-pk")[:MOST])
    with home.listing("No such bank line.") as put:
        for one in statements.lines(rows):
            if as_json:
                put(json.dumps(_told(one), ensure_ascii=False))
                continue
            row = one.row
            who = " · ".join(word for word in (row.counterparty, *row.texts) if word)
            put(f"{row.pk}  {row.booked_on}  {one.amount}  {one.left} left  {who}".rstrip())
            for fit in one.proposals:
                put(f"    {fit.number}  {fit.pays}  {fit.score}  {fit.debtor}")


def _told(one: "Line") -> dict[str, Any]:
    row = one.row
    return {
        "id": str(row.pk), "booked_on": row.booked_on.isoformat(), "currency": row.currency,
        "minor": row.amount_minor, "unapplied_minor": row.unapplied_minor, "verdict": row.verdict,
        "counterparty": row.counterparty, "account": row.counterparty_account, "texts": row.texts,
        "bank_reference": row.bank_reference,
        "proposals": [
            {"invoice": fit.number, "debtor": fit.debtor, "minor": fit.pays.minor,
             "score": float(fit.score)}
            for fit in one.proposals
        ],
    }  # fmt: skip


@click.command("split")
@click.argument("line_id", metavar="LINE", type=click.UUID)
@click.argument("parts", metavar="INVOICE=AMOUNT...", nargs=-1, required=True)
@click.option("--client", default="", help="The client, where several have these numbers.")
@click.option("--as", "login", required=True, help="Who says it; the password is asked for.")
def split(line_id: Any, parts: tuple[str, ...], client: str, login: str) -> None:
    """Say which invoices bank LINE pays, and with how much of it each: all or none."""
    home.open_home()
    from usance import clock, models
    from usance.actions import allocations

    with refusing():
        row = models.BankLine.objects.get(pk=line_id)
    shares = {}
    for part in parts:
        number, _, amount = part.rpartition("=")
        if not number:
            raise click.BadParameter(f"{part} is not INVOICE=AMOUNT")
        pk = named.invoice(number, client).pk
        if pk in shares:
            raise click.BadParameter(f"{number} is named twice")
        shares[pk] = money(amount, row.currency)
    who = signed_in(login)
    with refusing():
        allocations.split(row.pk, shares, at=clock.now(), **who)
    row.refresh_from_db()
    left = Money(row.unapplied_minor, row.currency)
    click.echo(f"{row.amount} pays {counted(len(shares), 'invoice')}, {left} left")


@click.command("take-back")
@click.argument("line_id", metavar="LINE", type=click.UUID)
@click.argument("number", metavar="INVOICE")
@click.option("--client", default="", help="The client, where several have this number.")
@click.option("--as", "login", required=True, help="Who says it; the password is asked for.")
def take_back(line_id: Any, number: str, client: str, login: str) -> None:
    """Bank LINE does not pay INVOICE: the money is not explained again. Within 14 days."""
    home.open_home()
    from usance import clock, models
    from usance.actions import allocations

    invoice = named.invoice(number, client)
    rows = models.Allocation.objects.filter(line=line_id, invoice=invoice, undone_at=None)
    pks = list(rows.values_list("pk", flat=True))
    who = signed_in(login)
    with refusing():
        if not pks:
            raise allocations.UndoneBefore(f"the line pays nothing of {number}")
        allocations.undo(pks, at=clock.now(), **who)
    click.echo("Taken back")


@click.command("paid-out")
@click.argument("line_id", metavar="LINE", type=click.UUID)
@click.argument("payouts", metavar="[PAYOUT...]", type=click.UUID, nargs=-1)
@click.option("--as", "login", help="Who says it; the password is asked for.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per payout and line.")
def paid_out(line_id: Any, payouts: tuple[Any, ...], login: str | None, as_json: bool) -> None:
    """Say that bank LINE, a debit, is these payouts; without any, list those under way."""
    home.open_home()
    from usance import clock, models
    from usance.actions import paid_out_said
    from usance.queries import paid_out as questions

    with refusing():
        row = models.BankLine.objects.get(pk=line_id)
    if not payouts:
        for one in questions.for_line(row):
            assert one.file is not None, one.pk
            told = {"id": str(one.pk), "pay_on": one.file.pay_on.isoformat(),
                    "minor": one.amount_minor, "currency": one.currency, "name": one.name,
                    "account": one.iban, "file": one.file.name}  # fmt: skip
            words = f"{one.pk}  {one.file.pay_on}  {one.amount}  {one.name}  {one.file.name}"
            click.echo(json.dumps(told, ensure_ascii=False) if as_json else words)
        return
    if login is None:
        raise click.UsageError("Say who says it: --as USER.")
    who = signed_in(login)
    with refusing():
        left = paid_out_said.say(row.pk, payouts, at=clock.now(), **who)
    click.echo(f"{row.amount} is {counted(len(set(payouts)), 'payout')}, {left} left")


@click.command("not-paid-out")
@click.argument("line_id", metavar="LINE", type=click.UUID)
@click.option("--as", "login", required=True, help="Who says it; the password is asked for.")
def not_paid_out(line_id: Any, login: str) -> None:
    """Take back which payouts bank LINE was said to be; they are under way again."""
    home.open_home()
    from usance import clock
    from usance.actions import paid_out_said

    who = signed_in(login)
    with refusing():
        done = paid_out_said.take_back(line_id, at=clock.now(), **who)
    click.echo(f"Taken back, {counted(done, 'payout')} under way again")
