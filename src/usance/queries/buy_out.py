"""A quote to buy back as a file: the paper that the client signs, and its rows for a table."""

from collections.abc import Iterator
from typing import Any

from usance import models
from usance.domain.settlement.buy_backs import Line, State, Way, sums
from usance.letters import buy_out, nearest

from . import accounts, buy_backs, parcels

COLUMNS = ("invoice", "debtor", "issued_on", "due_on", "outstanding", "reserve", "fees", "interest",
           "vat", "price", "currency", "rate", "counts_for")  # fmt: skip


def paper(row: models.BuyBack) -> bytes:
    """The statement as PDF, in the client's language where we have it."""
    found, us = buy_backs.told(row), models.Factor.objects.get()
    to = None
    if row.way == Way.RECEIPT and row.state == State.QUOTED:  # Nobody is asked to pay it twice.
        own = models.BankAccount.objects.filter(currency=row.currency).first()
        to = accounts.account(own, us) if own else None
    return buy_out.buy_out(
        nearest(row.client.language),
        buy_out.BuyOut(
            factor=parcels.brand(us), client=parcels.brand(row.client), currency=row.currency,
            on=row.for_day, made_at=row.quoted_at, content=row.content,
            items=tuple(
                buy_out.Item(
                    number=invoice.number,
                    debtor=invoice.debtor.name if invoice.debtor else "",
                    due_on=invoice.due_on, line=line,
                )
                for invoice, line in found.lines
            ),
            stands=row.account, to_pay=row.to_pay, is_done=row.state == State.DONE, account=to,
        ),
    )  # fmt: skip


def cells(row: models.BuyBack) -> Iterator[tuple[Any, ...]]:
    """A row for each invoice in the order of COLUMNS, then one for the sum, and of an exit one for
    what else stands between us."""
    found = buy_backs.told(row)
    for invoice, one in found.lines:
        name = invoice.debtor.name if invoice.debtor else ""
        yield (
            invoice.number, name, invoice.issued_on, invoice.due_on, one.outstanding.decimal,
            one.reserve.decimal, one.fees.decimal, one.interest.decimal, one.vat.decimal,
            one.price.decimal, one.price.currency, _rate(one), one.counted.price.decimal,
        )  # fmt: skip
    whole = sums([line for _, line in found.lines], row.currency)
    yield ("total", "", None, None, whole.outstanding.decimal, whole.reserve.decimal, None, None,
           None, whole.price.decimal, row.currency, "", whole.price.decimal)  # fmt: skip
    if (stands := row.account) is not None:
        for says, amount in (("claims", stands.claims), ("due", -stands.due)):
            yield (says, "", *[None] * 7, amount.decimal, row.currency, "",
                   amount.decimal)  # fmt: skip
        yield ("to pay", "", *[None] * 7, row.to_pay.decimal, row.currency, "",
               row.to_pay.decimal)  # fmt: skip


def _rate(one: Line) -> str:
    """Units of the facility's currency for one of the invoice's. Empty: it is the same."""
    return f"{one.rate.rate.normalize():f}" if one.rate else ""
