"""What commands name: an invoice by its number, and its client where several use that number; a
client by its name, a debtor by its identifier."""

from typing import TYPE_CHECKING

from . import home

if TYPE_CHECKING:
    from usance import models


def invoice(number: str, client: str = "") -> "models.Invoice":
    """The one invoice of that number. Ends the command with exit code 3 unless there is one."""
    from usance import models

    rows = models.Invoice.objects.filter(number=number).select_related("client")
    if client:
        rows = rows.filter(client__name__iexact=client)
    found = list(rows.order_by("pk")[:20])
    if not found:
        home.say(f"There is no invoice {number}. The office lists them.")
        raise SystemExit(home.REFUSED)
    if len(found) > 1:
        names = ", ".join(sorted({row.client.name for row in found}))
        home.say(f"Several clients have an invoice {number}: {names}. Name one with --client.")
        raise SystemExit(home.REFUSED)
    return found[0]


def client(name: str) -> "models.Client":
    """The one client of that name. Ends the command with exit code 3 unless there is one."""
    from usance import models

    found = list(models.Client.objects.filter(name__iexact=name).order_by("pk")[:2])
    if len(found) != 1:
        home.say(f"{'Several clients are' if found else 'No client is'} called {name}.")
        raise SystemExit(home.REFUSED)
    return found[0]


def debtor(identifier: str) -> "models.Debtor":
    """The debtor with that VAT id or registration number. Ends the command with exit code 3 unless
    there is one."""
    from usance.queries import parties

    found = parties.debtor_with(identifier)
    if found is None:
        home.say(f"No debtor has the identifier {identifier}. The office lists them under Debtors.")
        raise SystemExit(home.REFUSED)
    return found
