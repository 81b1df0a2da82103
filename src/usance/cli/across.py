"""`usance payment across`: a bank line that pays an invoice in another currency."""

from decimal import Decimal, InvalidOperation
from typing import Any

import click

from usance.domain.payment import Across

from . import home, named
from .signing import refusing, signed_in
from .tolerances import money


@click.command("across")
@click.argument("line_id", metavar="LINE", type=click.UUID)
@click.argument("number", metavar="INVOICE")
@click.option("--client", default="", help="The client, where several have this number.")
@click.option("--rate", default="", help="Of the bank: units of the invoice's currency for one of"
              " the line's; without it what its statement tells, else the day's.")  # fmt: skip
@click.option("--paid", default="", help="What of the line pays it; without it what is left.")
@click.option("--pays", default="", help="What of the invoice is paid: both amounts make the rate.")
@click.option("--as", "login", default="", help="Book it, as this user; the password is asked for."
              " Without it only shown.")  # fmt: skip
def across(
    line_id: Any, number: str, client: str, rate: str, paid: str, pays: str, login: str
) -> None:
    """Show what bank LINE pays of INVOICE, which is in another currency; and book it."""
    home.open_home()
    from usance import clock, models
    from usance.actions import across as action
    from usance.queries import across as questions
    from usance.queries import cash

    invoice = named.invoice(number, client)
    with refusing():
        line = models.BankLine.objects.get(pk=line_id)
        item = next(iter(cash.items([invoice.pk])), None)
        if item is None or item.outstanding.currency == line.currency:
            raise action.NotOpen(f"{number} is not open in another currency than the line's")
        told = questions.quote(
            line, item, rate=_rate(rate) if rate else None,
            paid=money(paid, line.currency) if paid else None,
            pays=money(pays, invoice.currency) if pays else None,
        )  # fmt: skip
    click.echo(_said(told, number))
    if not login:
        return
    who = signed_in(login)
    with refusing():
        action.pay(line_id, invoice.pk, paid=told.paid, pays=told.pays, at=clock.now(), **who)
    click.echo("Booked")


def _rate(text: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation as no:
        raise click.BadParameter(f"{text} is no rate") from no
    if not found.is_finite():
        raise click.BadParameter(f"{text} is no rate")
    return found


def _said(told: Across, number: str) -> str:
    return f"{told.paid} pays {told.pays} of {number}: {told.because}"
