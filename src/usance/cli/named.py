"""What commands name. Everywhere alike a client or debtor is named by its id, VAT id, registration
number or name, or by a part of the name that only one has; an invoice by its number, and its client
where several use that number."""

from typing import TYPE_CHECKING

from . import home

if TYPE_CHECKING:
    from collections.abc import Sequence

    from usance import models


def invoice(number: str, client: str = "") -> "models.Invoice":
    """The one invoice of that number. Ends the command with exit code 3 unless there is one."""
    from usance import models

    rows = models.Invoice.objects.filter(number=number).select_related("client")
    if client:
        rows = rows.filter(client=the_client(client))
    found = list(rows.order_by("pk")[:20])
    if not found:
        home.say(f"There is no invoice {number}. The office lists them.")
        raise SystemExit(home.REFUSED)
    if len(found) > 1:
        names = ", ".join(sorted({row.client.name for row in found}))
        home.say(f"Several clients have an invoice {number}: {names}. Name one with --client.")
        raise SystemExit(home.REFUSED)
    return found[0]


def client(words: str) -> "models.Client":
    """The one client called so. Ends the command with exit code 3 unless there is one."""
    from usance.queries import parties

    found = parties.clients_called(words)
    if len(found) != 1:
        _which("client", words, found)
    return found[0]


def debtor(words: str) -> "models.Debtor":
    """The one debtor called so. Ends the command with exit code 3 unless there is one."""
    from usance.queries import parties

    found = parties.debtors_called(words)
    if len(found) != 1:
        _which("debtor", words, found)
    return found[0]


the_client = client  # Where a parameter has its name.


def _which(what: str, words: str, found: "Sequence[models.Client | models.Debtor]") -> None:
    if not found:
        home.say(f"No {what} is called {words}. Give its VAT id, registration number, name or id;"
                 f" the office lists them under {what.title()}s.")  # fmt: skip
    else:
        home.say(f"More than one {what} is called {words}. Name it by what stands first:")
    for row in found:
        home.say(f"  {row.vat_id or row.legal_id or row.pk}  {row.name}, {row.city}")
    raise SystemExit(home.REFUSED)
