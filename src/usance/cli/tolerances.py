"""Small differences of payments from the command line: what holds, and why a payment is short."""

import json
from typing import Any

import click

from usance.domain.money import Money, NotMoney
from usance.domain.payment import Bears, Follows, Reason

from . import home, named
from .signing import refusing, signed_in

DAY = click.DateTime(["%Y-%m-%d"])


def money(text: str, currency: str) -> Money:
    """:raises click.BadParameter: if it is no amount in this currency."""
    try:
        return Money.of(text, currency)
    except NotMoney as no:
        raise click.BadParameter(f"{text} is no amount in {currency}") from no


@click.group()
def tolerance() -> None:
    """How much a payment may be short or over, and who bears it."""


@tolerance.command("list")
@click.option("--json", "as_json", is_flag=True, help="One line for each.")
def list_(as_json: bool) -> None:
    """List what holds or will."""
    home.open_home()
    from usance import clock
    from usance.queries import tolerances

    with home.listing("No tolerance holds or will.") as put:
        for row in tolerances.current(clock.now().date()):
            told = {
                "id": str(row.pk), "most": str(row.most),
                "share": "" if row.share is None else f"{row.share.normalize():f}",
                "bears": row.bears, "client": row.client.name if row.client else "",
                "debtor": row.debtor.name if row.debtor else "", "from": row.valid_from.isoformat(),
                "to": row.valid_to.isoformat() if row.valid_to else "", "reason": row.reason,
            }  # fmt: skip
            put(json.dumps(told) if as_json else "  ".join(filter(None, told.values())))


@tolerance.command("set")
@click.argument("most")
@click.argument("currency")
@click.option("--percent", default=None, help="And at most this of what was owed.")
@click.option("--bears", type=click.Choice([one.value for one in Bears]), default="factor")
@click.option("--client", default="", help="Without it all clients.")
@click.option("--debtor", default="", help="Without it all debtors.")
@click.option("--from", "valid_from", type=DAY, required=True)
@click.option("--because", required=True, help="Where it was agreed, or why.")
@click.option("--as", "login", required=True, help="Who sets it; the password is asked for.")
def set_(
    most: str, currency: str, percent: str | None, bears: str, client: str, debtor: str,
    valid_from: Any, because: str, login: str,
) -> None:  # fmt: skip
    """Bear differences up to MOST in CURRENCY from a day on."""
    from decimal import Decimal, InvalidOperation

    home.open_home()
    from usance import clock
    from usance.actions import tolerances

    try:
        share = None if percent is None else Decimal(percent) / 100
    except InvalidOperation as no:
        raise click.BadParameter(f"{percent} is no percentage") from no
    whose = named.client(client).pk if client else None
    owes = named.debtor(debtor).pk if debtor else None
    who = signed_in(login)
    with refusing():
        row = tolerances.set_tolerance(
            money(most, currency), share=share, bears=Bears(bears), client=whose, debtor=owes,
            valid_from=valid_from.date(), reason=because, at=clock.now(), **who,
        )  # fmt: skip
    click.echo(f"{row.pk}  up to {row.most} from {row.valid_from}")


@tolerance.command("end")
@click.argument("tolerance_id", metavar="TOLERANCE", type=click.UUID)
@click.option("--last", type=DAY, required=True, help="The last day on which it holds.")
@click.option("--because", default="")
@click.option("--as", "login", required=True, help="Who ends it; the password is asked for.")
def end(tolerance_id: Any, last: Any, because: str, login: str) -> None:
    """Let TOLERANCE end with a day."""
    home.open_home()
    from usance import clock
    from usance.actions import tolerances

    who = signed_in(login)
    with refusing():
        tolerances.end(tolerance_id, last=last.date(), because=because, at=clock.now(), **who)
    click.echo("Ended")


@click.command("short")
@click.argument("line_id", metavar="LINE", type=click.UUID)
@click.argument("invoice_id", metavar="INVOICE", type=click.UUID)
@click.option("--reason", type=click.Choice([one.value for one in Reason]), required=True)
@click.option("--follows", type=click.Choice([one.value for one in Follows]), default=None,
              help="What becomes of the rest; without it what usually follows.")  # fmt: skip
@click.option("--amount", default=None, help="Of what is outstanding; without it all.")
@click.option("--because", default="", help="What the debtor said.")
@click.option("--as", "login", required=True, help="Who says it; the password is asked for.")
def short(
    line_id: Any, invoice_id: Any, reason: str, follows: str | None, amount: str | None,
    because: str, login: str,
) -> None:  # fmt: skip
    """Say why bank LINE paid less than INVOICE asks for."""
    home.open_home()
    from usance import clock, models
    from usance.actions import short_payments

    who = signed_in(login)
    with refusing():
        currency = models.BankLine.objects.get(pk=line_id).currency
        row = short_payments.say(
            line_id, invoice_id, Reason(reason), follows=Follows(follows) if follows else None,
            amount=money(amount, currency) if amount else None, because=because, at=clock.now(),
            **who,
        )  # fmt: skip
    click.echo(f"{row.pk}  {row.amount} {row.reason}: {row.follows}")
