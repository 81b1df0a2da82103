"""A client that keeps its own ledger: its debtors pay without knowing of us, some of them to the
client, which is slow to pass it on. Each month it hands in what is open there."""

import csv
from datetime import date, datetime, timedelta
from io import StringIO

from usance import models
from usance.actions import client_ledgers
from usance.actions.documents import Content
from usance.domain.finance import Product
from usance.domain.mandate import Role
from usance.domain.money import Money
from usance.queries import cash, disclosure
from usance.queries import client_ledgers as query
from usance.sandbox.iban import made_up

from .cast import CLIENTS
from .outside import Outside

KEEPS = {role.name for role in CLIENTS if role.product is Product.CONFIDENTIAL}
ACTOR = "demo:clients"
LIST_DAY = 5  # Of a month: what was open at the end of the one before.
KEPT_BACK = 4  # Each so manyth is paid to the client and waits there.
HEAD = ("Rechnungsnummer", "Rechnungsdatum", "Fälligkeit", "Kunde", "Betrag", "Offen", "Währung")


def evening(outside: Outside, *, seed: int, at: datetime) -> None:
    """What falls due today is paid; on its day the list is handed in."""
    _pay(outside, seed=seed, at=at)
    if at.day == LIST_DAY:
        for client in query.keepers(on=at.date()):
            _hand_in(client, as_of=at.date().replace(day=1) - timedelta(days=1), at=at)


def _pay(outside: Outside, *, seed: int, at: datetime) -> None:
    """Into our account, as the client's paper says: the number, and nothing of us."""
    due = disclosure.quiet().filter(stage="funded", due_on__lte=at.date(), client__name__in=KEEPS)
    rows = list(due.select_related("debtor").order_by("pk"))
    played = outside.left_alone() if rows else set()
    new = [row for row in rows if row.number not in played and row.debtor is not None]
    left = cash.outstanding([row.pk for row in new])
    outside.leave_alone([row.number for row in new])
    for row in new:
        if row.debtor is None or is_kept_back(row.number) or not left.get(row.pk):
            continue
        account = models.BankAccount.objects.get(currency=row.currency)
        outside.credit(
            account.iban, Money(left[row.pk], row.currency), payer=row.debtor.name,
            account=made_up(row.debtor.country, seed, row.debtor.name),
            text=f"Rechnung {row.number}",
        )  # fmt: skip


def is_kept_back(number: str) -> bool:
    """The client has the money, its ledger shows it as paid, and we do not have it."""
    return int(number[-2:]) % KEPT_BACK == 0


def _hand_in(client: models.Client, *, as_of: date, at: datetime) -> None:
    found = query.ours(client.pk, on=as_of)
    if not found:
        return
    sheet = StringIO()
    rows = csv.writer(sheet, delimiter=";")
    rows.writerow(HEAD)
    for one in found.values():
        row = models.Invoice.objects.select_related("debtor").get(pk=one.invoice)
        paid = is_kept_back(row.number) and row.due_on <= at.date()  # Some days early.
        rows.writerow((
            row.number, row.issued_on, row.due_on, row.debtor.name if row.debtor else "",
            row.face.decimal, 0 if paid else one.open.decimal, row.currency,
        ))  # fmt: skip
    content = Content(
        data=sheet.getvalue().encode(), media_type="text/csv", name=f"offene-posten-{as_of}.csv"
    )
    client_ledgers.compare_file(
        client.pk, content, as_of=as_of, role=Role.CLIENT, at=at, actor=ACTOR
    )
