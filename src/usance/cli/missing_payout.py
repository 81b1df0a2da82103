"""`usance payment missing`: payouts that the bank never executed, as two people say."""

import json
from uuid import UUID

import click

from . import home
from .signing import refusing, signed_in

MOST = 500


@click.group()
def missing() -> None:
    """Payouts that the bank neither executed nor rejected."""


@missing.command("list")
@click.option("--all", "every", is_flag=True, help="Also those that were said to be missing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each payout and line.")
def list_them(every: bool, as_json: bool) -> None:
    """List payouts that no statement shows two banking days after their day, or one if the bank has
    not answered the order, and what was said of them. Exit code 1 while there is one, or one was
    executed after all and is not made good."""
    home.open_home()
    from usance import clock
    from usance.queries import cut_offs
    from usance.queries import missing_payouts as query

    late = list(cut_offs.late(at=clock.now()))
    said = {row.payout_id: row for row in query.waiting()}
    after_all = query.after_all()
    with home.listing("No payout is missing.") as put:
        for one in late:
            row = said.get(one.pk)
            told = {
                "payout": str(one.pk), "state": "said" if row else "late",
                "amount": str(one.amount),
                "name": one.name, "said": str(row.pk) if row else "",
                "because": row.because if row else "", "proof": row.proof if row else "",
                "said_by": row.said_by if row else "",
            }  # fmt: skip
            put(json.dumps(told) if as_json else "  ".join(told.values()).rstrip())
        ended = query.rows().exclude(state="said").order_by("-pk")[:MOST] if every else after_all
        for row in ended:
            told = {
                "payout": str(row.payout_id), "state": "after_all" if row.line_id else row.state,
                "amount": str(row.payout.amount), "name": row.payout.name, "said": str(row.pk),
                "because": row.because, "proof": row.proof, "said_by": row.said_by,
            }  # fmt: skip
            put(json.dumps(told) if as_json else "  ".join(told.values()).rstrip())
    raise SystemExit(int(bool(late or after_all)))


@missing.command()
@click.argument("payout", type=click.UUID)
@click.option("--because", required=True, help="Why the bank never executed it.")
@click.option("--proof", required=True, help="What shows it, such as the bank's letter.")
@click.option("--as", "login", required=True, help="Who says it; the password is asked for.")
def say(payout: UUID, because: str, proof: str, login: str) -> None:
    """Say that the bank never executed PAYOUT. Nothing moves until another one agrees."""
    home.open_home()
    from usance import clock, models
    from usance.actions import missing_payouts

    _known(models.Payout.objects.filter(pk=payout).exists(), payout)
    who = signed_in(login)
    with refusing():
        row = missing_payouts.say(payout, because=because, proof=proof, at=clock.now(), **who)
    click.echo(f"{row.pk}  said")


@missing.command()
@click.argument("said", type=click.UUID)
@click.option("--as", "login", required=True, help="Who agrees; the password is asked for.")
def agree(said: UUID, login: str) -> None:
    """Agree to SAID, as it is shown first: the payout is rejected, and its money due again."""
    home.open_home()
    from usance import clock
    from usance.actions import missing_payouts
    from usance.queries import missing_payouts as query

    row = query.rows().filter(pk=said).first()
    _known(row is not None, said)
    assert row is not None
    click.echo(f"{row.payout.amount} to {row.payout.name}: {row.because} {row.proof}", err=True)
    seen = missing_payouts.content(row)
    who = signed_in(login)
    with refusing():
        missing_payouts.agree(said, seen=seen, at=clock.now(), **who)
    click.echo(f"{said}  agreed")


@missing.command()
@click.argument("said", type=click.UUID)
@click.option("--as", "login", required=True, help="Who withdraws it; the password is asked for.")
def withdraw(said: UUID, login: str) -> None:
    """It is not so: the payout of SAID stays under way."""
    home.open_home()
    from usance import clock, models
    from usance.actions import missing_payouts

    _known(models.MissingPayout.objects.filter(pk=said).exists(), said)
    who = signed_in(login)
    with refusing():
        missing_payouts.withdraw(said, at=clock.now(), **who)
    click.echo(f"{said}  withdrawn")


def _known(found: bool, pk: UUID) -> None:
    if not found:
        home.say(f"There is no {pk}. `usance payment missing list --all` shows them.")
        raise SystemExit(home.REFUSED)
