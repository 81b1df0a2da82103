"""Statements as papers: the rows of the reports, told to the press."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from usance import models
from usance.domain.measures import BY_DUE, bucket
from usance.domain.money import zero
from usance.domain.party import Address
from usance.domain.refusal import Refusal
from usance.letters import facts, statement
from usance.queries import disclosure, parcels

from . import catalogue, table
from .asked import Asked
from .table import Report, Row

MOST = 5_000  # Lines of a paper: about a hundred pages.
Told = dict[str, Any]  # A row by its columns.


class StatementTooLong(Refusal):
    code = "statement_too_long"
    todo = "Ask for a shorter period, or take the same statement as CSV or XLSX."


def client(asked: Asked, *, language: str, at: datetime) -> bytes:
    """The statement of the client of the question, as PDF.

    :raises StatementTooLong: for more than MOST movements.
    """
    report = catalogue.report("client-statement")
    row = models.Client.objects.get(pk=asked.client)
    opening, closing = table.ends(report, asked)
    movements: dict[str, list[statement.Movement]] = {}
    for told in _told(report, asked):
        movements.setdefault(str(told["currency"]), []).append(
            statement.Movement(
                on=told["booked_on"], kind=told["kind"], because=told["because"],
                invoice=told["invoice"] or "", debtor=told["debtor"] or "",
                amounts=tuple(told[name] for name in statement.COLUMNS),
            )
        )  # fmt: skip
    accounts = []
    for was, now in zip(opening, closing, strict=True):
        before, after = _named(report, asked, was), _named(report, asked, now)
        accounts.append(
            statement.InCurrency(
                currency=was.currency,
                opening=tuple(before[name] for name in statement.COLUMNS),
                movements=tuple(movements.get(was.currency, ())),
                closing=tuple(after[name] for name in statement.COLUMNS),
                funds=after["funds"],
            )
        )
    return statement.client_statement(
        language,
        statement.ClientStatement(
            factor=parcels.brand(models.Factor.objects.get()), client=parcels.brand(row),
            since=asked.since, on=asked.on, made_at=at, accounts=tuple(accounts),
        ),
    )  # fmt: skip


def debtor(items: Asked, payments: Asked, *, language: str, at: datetime) -> bytes:
    """What the debtor of the questions owes and what it paid, as PDF. It goes to the debtor: what
    was bought in confidence is not on it.

    :raises StatementTooLong: for more than MOST lines of either kind.
    """
    row = models.Debtor.objects.get(pk=items.debtor)
    owed = _known_to_it(catalogue.report("open-items"), items)
    paid = _known_to_it(catalogue.report("payments"), payments)
    factor = models.Factor.objects.get()
    accounts = {one.currency: one for one in models.BankAccount.objects.all()}
    currencies = sorted({told["currency"] for told in (*owed, *paid)})
    return statement.debtor_statement(
        language,
        statement.DebtorStatement(
            factor=parcels.brand(factor),
            clients=tuple(sorted({told["client"] for told in (*owed, *paid)})),
            debtor=facts.Recipient(
                name=row.name,
                address=Address(
                    street=row.street, postcode=row.postcode, city=row.city, country=row.country
                ),
            ),
            since=payments.since, on=items.on, made_at=at,
            owed=tuple(
                _owed(one, accounts.get(one), factor, [t for t in owed if t["currency"] == one],
                      [t for t in paid if t["currency"] == one])
                for one in currencies
            ),
        ),
    )  # fmt: skip


def _owed(
    currency: str, account: models.BankAccount | None, factor: models.Factor, owed: list[Told],
    paid: list[Told],
) -> statement.Owed:  # fmt: skip
    aged = {each.name: zero(currency) for each in BY_DUE}
    for told in owed:
        aged[bucket(told["age"], BY_DUE).name] += told["outstanding"]
    return statement.Owed(
        currency=currency,
        account=facts.Account(holder=factor.name, iban=account.iban, bic=account.bic)
        if account
        else None,
        aged=tuple(aged.items()),
        items=tuple(
            statement.Item(
                number=told["invoice"], client=told["client"], issued_on=told["issued_on"],
                due_on=told["due_on"], days_late=told["age"], reference=told["reference"],
                outstanding=told["outstanding"],
            )
            for told in owed
        ),
        payments=tuple(
            statement.Paid(
                on=told["booked_on"], number=told["invoice"], client=told["client"],
                amount=told["paid"],
            )
            for told in paid
        ),
    )  # fmt: skip


def _known_to_it(report: Report, asked: Asked) -> list[Told]:
    """The rows of invoices whose debtor was told that they are ours."""
    rows = list(_rows(report, asked))
    ids = [UUID(row.links["invoice"].of) for row in rows]
    secret = disclosure.untold(ids)
    return [
        _named(report, asked, row)
        for pk, row in zip(ids, rows, strict=True)
        if pk not in secret
    ]  # fmt: skip


def _told(report: Report, asked: Asked) -> Iterator[Told]:
    """The rows by their columns."""
    return (_named(report, asked, row) for row in _rows(report, asked))


def _rows(report: Report, asked: Asked) -> Iterator[Row]:
    for place, row in enumerate(table.rows(report, asked, most=MOST + 1)):
        if place == MOST:
            raise StatementTooLong(f"the statement has more than {MOST} lines")
        yield row


def _named(report: Report, asked: Asked, row: Row) -> Told:
    names = [column.name for column in report.columns(asked)]
    return dict(zip(names, row.cells, strict=True))
