"""Other ways to pay into our accounts: bankgiro, Swish, QR-IBAN."""

import click

from . import home
from .signing import at_the_shell, refusing


@click.command("ways")
@click.argument("currency", required=False)
@click.option("--bankgiro", help="Of an account in kronor, as 5050-1055; empty: none.")
@click.option("--swish", help="Of an account in kronor, ten digits that begin with 123.")
@click.option("--qr-iban", help="Of an account in Switzerland or Liechtenstein.")
def command(
    currency: str | None, bankgiro: str | None, swish: str | None, qr_iban: str | None
) -> None:
    """Show how debtors pay into our accounts, or set it for the account in CURRENCY.

    What is set stands on letters and pages from then on; references that were issued stay as they
    are and find their invoices.
    """
    home.open_home()
    from usance import models
    from usance.actions import ways

    given = {"bankgiro": bankgiro, "swish": swish, "qr_iban": qr_iban}
    changed = {name: value for name, value in given.items() if value is not None}
    if changed and not currency:
        raise click.UsageError("Say of which account, by its currency.")
    if changed and currency:
        with refusing():
            ways.set_ways(currency.upper(), changed, **at_the_shell())
    rows = models.BankAccount.objects.order_by("currency")
    for row in rows.filter(currency=currency.upper()) if currency else rows:
        own = (("bankgiro", row.bankgiro), ("Swish", row.swish), ("QR-IBAN", row.qr_iban))
        more = ", ".join(f"{name} {value}" for name, value in own if value)
        click.echo(f"{row.currency}  {row.iban}  {more}".rstrip())
