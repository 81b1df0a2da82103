"""An invoice as commands name it: by its number, and its client where several use that number."""

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
