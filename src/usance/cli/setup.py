"""Begin a book of one's own: the company, its bank accounts, the first user."""

import secrets

import click

from . import home


def _account(text: str) -> tuple[str, str, str]:
    """ "IBAN:CURRENCY" or "IBAN:CURRENCY:BIC"; the IBAN is checked."""
    from schwifty import IBAN
    from schwifty.exceptions import SchwiftyException

    iban, _, rest = text.partition(":")
    currency, _, bic = rest.partition(":")
    if len(currency) != 3 or not currency.isalpha():
        raise click.BadParameter(f"{text}: write IBAN:CURRENCY, as in DE89370400440532013000:EUR")
    try:
        return str(IBAN(iban)), currency.upper(), bic.upper()
    except SchwiftyException as wrong:
        raise click.BadParameter(f"{iban}: {wrong}") from wrong


@click.command()
@click.option("--name", required=True, help="Of the company, as it stands in the register.")
@click.option("--country", required=True, help="Two letters: whose law the book follows.")
@click.option("--street", required=True)
@click.option("--postcode", required=True)
@click.option("--city", required=True)
@click.option("--email", required=True, help="What debtors answer to; the sender of all mail.")
@click.option("--phone", default="")
@click.option("--legal-id", default="", help="Registration number.")
@click.option("--vat-id", default="")
@click.option(
    "--account", "accounts", multiple=True, required=True, help="IBAN:CURRENCY[:BIC], one each."
)
@click.option("--admin", default="admin", show_default=True, help="User name of the first user.")
def init(accounts: tuple[str, ...], admin: str, name: str, country: str, **rest: str) -> None:
    """Begin: write down who the factor is, and make the first user.

    The password of the first user is printed once. Then: `usance up`.
    """
    ours = [_account(text) for text in accounts]
    home.open_home()
    from django.db import transaction

    from usance import clock
    from usance.domain.party import identifier_key
    from usance.models import BankAccount, Factor
    from usance.shared.models import Book, User

    if Book.objects.exists():
        home.say("There is a book in this home already. Choose another with USANCE_HOME.")
        raise SystemExit(home.REFUSED)
    rest = {key: identifier_key(x) if key.endswith("_id") else x for key, x in rest.items()}
    password = secrets.token_urlsafe(12)
    with transaction.atomic():
        Book.objects.create(slug="main", name=name, country=country.upper(), created_at=clock.now())
        Factor.objects.create(name=name, country=country.upper(), **rest)
        for iban, currency, bic in ours:
            BankAccount.objects.create(
                name=name, iban=iban, bic=bic, currency=currency, bank="rest"
            )
        User.objects.create_user(admin, password=password, role="admin")
    click.echo(f"{admin} {password}")
    home.say("Next: `usance up`, and docs/operations.md for who carries your letters and mail.")
