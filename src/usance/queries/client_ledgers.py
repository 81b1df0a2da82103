"""Clients that keep their own ledgers: what they handed in, what is awaited, what differs."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from usance import models
from usance.domain.finance import client_ledger
from usance.domain.finance.client_ledger import Ours, Theirs
from usance.domain.finding import Finding, Severity
from usance.domain.intake import mapping, normalised
from usance.domain.intake.fields import folded, known
from usance.domain.intake.table import Table
from usance.domain.invoice import Invoice, Kind
from usance.domain.journal import Account
from usance.domain.money import Money, NotMoney
from usance.plugins import einvoices

from .reports import sums
from .reports.asked import Asked
from .standings import end_of

NO_ROWS = (
    "There is no table with a row in it. If nothing is open, list an invoice that was paid with 0."
)
CREDIT_NOTE = "381"  # UNTDID 1001

# What a column of what is left to pay is called; the face beside it is not looked at.
OPEN = frozenset(
    folded(name)
    for name in (
        "open", "open amount", "outstanding", "outstanding amount", "balance", "remaining",
        "amount open", "restbelopp", "kvar att betala", "saldo", "utestående", "öppet belopp",
        "offen", "offener betrag", "offener posten", "restbetrag", "rest", "udestående",
        "restbeløp", "utestående beløp", "avoinna", "avoin saldo", "restant dû", "solde",
        "reste à payer", "openstaand",
        "openstaand bedrag",
    )
)  # fmt: skip


def is_late(client: UUID, *, on: date, days: int) -> bool:
    """Whether at the end of that day the list of a month that ended so many days before is not
    there, of a client of whom we had bought by that month's end."""
    month_end = client_ledger.wanted(on=on, days=days)
    if not models.Funding.objects.filter(
        invoice__client_id=client, funded_on__lte=month_end
    ).exists():
        return False
    there = models.OpenList.objects.filter(
        client_id=client, as_of__gte=month_end, taken_at__lt=end_of(on)
    )
    return not there.exists()


def awaited(*, today: date) -> "QuerySet[models.Client]":
    """Clients whose list of a month is overdue by the terms that hold with them."""
    holding = models.Facility.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=today), known_to=None, valid_from__lte=today,
        list_days__isnull=False,
    )  # fmt: skip
    agreed = holding.order_by("list_days").values_list("list_days", flat=True).distinct()
    late = Q()
    for days in list(agreed) or [0]:  # Nobody agrees on 0 days, so that nobody is late.
        month_end = client_ledger.wanted(on=today, days=days)
        holds = holding.filter(client=OuterRef("pk"), list_days=days)
        bought = models.Funding.objects.filter(
            invoice__client=OuterRef("pk"), funded_on__lte=month_end,
            facility__list_days__isnull=False,
        )  # fmt: skip
        there = models.OpenList.objects.filter(client=OuterRef("pk"), as_of__gte=month_end)
        late |= Q(Exists(holds) & Exists(bought) & ~Exists(there))
    return models.Client.objects.filter(late).order_by("name", "pk")


def keeps(client: UUID, *, on: date) -> bool:
    """Whether the client keeps its own ledger, by terms that hold or by which we bought."""
    return keepers(on=on).filter(pk=client).exists()


def keepers(*, on: date) -> "QuerySet[models.Client]":
    """Clients that keep their own ledgers."""
    terms = models.Facility.objects.filter(client=OuterRef("pk"), list_days__isnull=False)
    rows = models.Client.objects.filter(Exists(terms.exclude(valid_from__gt=on)))
    return rows.order_by("name", "pk")


def differences() -> "QuerySet[models.OpenDifference]":
    """Those that nobody has dealt with, the oldest first."""
    rows = models.OpenDifference.objects.filter(closed_at=None)
    return rows.select_related("of__client", "invoice__debtor").order_by("pk")


def asked(client: UUID) -> "QuerySet[models.OpenDifference]":
    """Of this client's lists, what nobody has dealt with, the newest list first."""
    return differences().filter(of__client=client).order_by("-of__as_of", "number", "pk")


def ours(client: UUID, *, on: date) -> dict[str, Ours]:
    """What the client's list should show: what we bought and is open at the end of that day, by
    its number without what people write differently."""
    asked = Asked(on=on, since=on, client=client)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT b.invoice_id, i.number, b.minor, b.currency, i.issued_on, i.due_on
  FROM ({sums.balances(asked, (Account.FACTORED_RECEIVABLES,))}) b
  JOIN invoice i ON i.id = b.invoice_id ORDER BY i.due_on, i.id""",  # noqa: S608 - names of ours
            asked.values,
        )
        rows = cursor.fetchall()
    return {
        normalised(number): Ours(
            invoice=pk, number=number, open=Money(minor, currency), issued_on=issued_on,
            due_on=due_on,
        )
        for pk, number, minor, currency, issued_on, due_on in rows
    }  # fmt: skip


def credited(client: UUID) -> set[str]:
    """Numbers of the client's credit notes that we have."""
    rows = models.Invoice.objects.filter(client_id=client, kind=Kind.CREDIT_NOTE)
    return {normalised(number) for number in rows.values_list("number", flat=True)}


def read(data: bytes, *, currency: str = "") -> list[tuple[str, Theirs]]:
    """The rows of a list in a CSV file or workbook, each with its place, as schedules are read.

    :param currency: of a list that does not say one. :raises Unreadable: if it is broken.
    :raises ListFaulty: naming every faulty row.
    """
    tables = einvoices.tables(data)
    if not tables:
        raise client_ledger.ListFaulty([_fault("the file", NO_ROWS)])
    findings: list[Finding] = []
    rows: list[tuple[str, Theirs]] = []
    for found in tables:
        said = _columns(found.table, currency)
        if isinstance(said, Finding):
            findings.append(said)
            continue
        for where, paper, faults in einvoices.read_table(found, said).invoices:
            wrong = [one for one in faults if one.severity is Severity.FATAL]
            row = None if wrong else _theirs(paper)
            if row is None:
                findings += wrong or [_fault(where, "It lacks a number, an amount or a currency.")]
            else:
                rows.append((where, row))
    if findings:
        raise client_ledger.ListFaulty(findings)
    return rows


def by_number(rows: Sequence[tuple[str, Theirs]]) -> dict[str, Theirs]:
    """:raises ListFaulty: if a number stands twice."""
    found: dict[str, Theirs] = {}
    twice = []
    for where, row in rows:
        key = normalised(row.number)
        if key in found:
            twice.append(_fault(where, f"{row.number} stands in the list twice."))
        found[key] = row
    if twice:
        raise client_ledger.ListFaulty(twice)
    return found


def _columns(table: Table, currency: str) -> mapping.Mapping | Finding:
    """What is open is taken from the column that says it, if there is one. What only looks like a
    number and an amount is not believed: a list is compared without anybody's yes."""
    said = mapping.propose(table).mapping
    columns = dict(said.columns)
    at = next((place for place, name in enumerate(table.names) if folded(name) in OPEN), None)
    if at is not None:
        apart = {"gross", "net", "tax"}
        columns = {n: p for n, p in columns.items() if n not in apart and p != at} | {"gross": at}
    named = {*known(table.names)} | ({"gross"} if at is not None else set())
    if not {"number", "gross"} <= named & columns.keys():
        where = table.where(table.headed_by or 1)
        return _fault(where, "Its headings do not name the number and what is open.")
    return mapping.Mapping(
        columns=columns, currency=said.currency or currency, writing=said.writing
    )


def _theirs(paper: Invoice) -> Theirs | None:
    gross = paper.totals.gross
    if not paper.number or gross is None:
        return None
    try:
        amount = Money.of(gross, paper.currency)
    except NotMoney:
        return None
    return Theirs(
        number=paper.number, open=amount, issued_on=paper.issued_on, due_on=paper.due_on,
        credits=paper.type_code == CREDIT_NOTE,
    )  # fmt: skip


def _fault(where: str, says: str) -> Finding:
    return Finding(code="open_item", says=says, where=where, todo=client_ledger.ListFaulty.todo)
