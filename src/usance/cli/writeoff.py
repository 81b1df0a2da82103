"""Write-offs from the command line: show them, propose, agree as a person who signs in."""

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from . import home, named
from .signing import refusing, signed_in
from .tolerances import money

if TYPE_CHECKING:
    from usance.queries.write_offs import Told

CAUSES = ("insolvent", "default", "time_barred", "composition", "uneconomic", "dispute")


@click.group("write-off")
def write_off() -> None:
    """What nobody will pay: given up by whom its amount takes."""


@write_off.command("list")
@click.option("--all", "every", is_flag=True, help="Also those that were decided.")
@click.option("--json", "as_json", is_flag=True, help="One line for each, amounts in minor units.")
def list_them(every: bool, as_json: bool) -> None:
    """Write-offs that wait for a yes, the oldest first. Exit code 1 while there is one."""
    home.open_home()
    from usance.queries import write_offs as query

    rows = query.rows() if every else query.rows().filter(state="proposed")
    found = query.told(list(rows.order_by("pk")[:500]))
    with home.listing("Nothing was proposed yet." if every else "No write-off waits.") as put:
        for one in found:
            put(json.dumps(_plain(one)) if as_json else _line(one))
    raise SystemExit(bool(found) and not every)


@write_off.command()
@click.argument("number")
@click.option("--client", default="", help="The client, where several have this number.")
@click.option("--cause", type=click.Choice(CAUSES), required=True)
@click.option("--reason", required=True, help="Why it will not be paid, and what was tried.")
@click.option("--as", "login", required=True, help="Who proposes it; the password is asked for.")
def propose(number: str, client: str, cause: str, reason: str, login: str) -> None:
    """Give up what is outstanding on invoice NUMBER, or ask whom the amount takes."""
    home.open_home()
    from usance import clock
    from usance.actions import write_offs
    from usance.domain.settlement.losses import Cause

    row, who = named.invoice(number, client), signed_in(login)
    with refusing():
        made = write_offs.propose(row.pk, cause=Cause(cause), reason=reason, at=clock.now(), **who)
    click.echo(f"{made.pk}  {made.state}  {made.amount}  {made.bearer}")


@write_off.command()
@click.argument("client")
@click.argument("amount")
@click.argument("currency")
@click.option("--cause", type=click.Choice(CAUSES), required=True)
@click.option("--reason", required=True, help="Why it will not be paid, and what was tried.")
@click.option("--as", "login", required=True, help="Who proposes it; the password is asked for.")
def claim(client: str, amount: str, currency: str, cause: str, reason: str, login: str) -> None:
    """Give up AMOUNT in CURRENCY of what CLIENT owes us, or ask whom the amount takes."""
    home.open_home()
    from usance import clock
    from usance.actions import write_offs
    from usance.domain.settlement.losses import Cause

    row, given_up = named.client(client), money(amount, currency)
    who = signed_in(login)
    with refusing():
        made = write_offs.propose_claim(
            row.pk, given_up, cause=Cause(cause), reason=reason, at=clock.now(), **who
        )
    click.echo(f"{made.pk}  {made.state}  {made.amount}  {made.bearer}")


@write_off.command()
@click.argument("write_off", type=click.UUID)
@click.option("--because", default="", help="Why not.")
@click.option("--as", "login", required=True, help="Who declines; the password is asked for.")
def decline(write_off: UUID, because: str, login: str) -> None:
    """Say no to WRITE_OFF, or take it back."""
    home.open_home()
    from usance import clock
    from usance.actions import write_offs

    who = signed_in(login)
    with refusing():
        done = write_offs.decline(write_off, remark=because, at=clock.now(), **who)
    click.echo(f"{done.pk}  {done.state}  {done.amount}")


@write_off.command()
@click.argument("write_off", type=click.UUID)
@click.option("--as", "login", required=True, help="Who agrees; the password is asked for.")
def agree(write_off: UUID, login: str) -> None:
    """Agree to WRITE_OFF, as it is shown first."""
    home.open_home()
    from usance import clock, models
    from usance.actions import write_offs
    from usance.queries import write_offs as query

    row = query.rows().filter(pk=write_off).first()
    if row is None:
        home.say(f"There is no write-off {write_off}. `usance write-off list --all` shows them.")
        raise SystemExit(home.REFUSED)
    home.say(_line(query.told([row])[0]))
    who = signed_in(login)
    with refusing():
        done: models.WriteOff = write_offs.agree(
            row.pk, seen=write_offs.digest(row), at=clock.now(), **who
        )
    click.echo(f"{done.pk}  {done.state}  {done.amount}  {done.bearer}")


def _line(one: "Told") -> str:
    row = one.row
    of = row.invoice.number if row.invoice else f"claim on {row.client.name}"
    back = f"  came back {one.recovered}" if one.recovered else ""
    ours = f", {row.back} charged back, {row.ours} lost" if row.bearer == "shared" else ""
    who = f"{row.bearer}{ours}{back}"
    return f"{row.pk}  {row.state:<8} {row.amount!s:>16}  {of}: {row.cause}, {who}"


def _plain(one: "Told") -> dict[str, Any]:
    row = one.row
    return {
        "id": str(row.pk), "client": row.client.name,
        "invoice": row.invoice.number if row.invoice else None, "state": row.state,
        "amount_minor": row.amount_minor, "currency": row.currency, "cause": row.cause,
        "reason": row.reason, "bearer": row.bearer, "people": row.people,
        "charged_back_minor": row.client_minor, "loss_minor": row.loss_minor,
        "recovered_minor": one.recovered.minor,
    }  # fmt: skip
