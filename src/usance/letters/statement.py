"""Statements of account: a client's with everything of a period, a debtor's with what it owes.

They are letters in their form, with the window of the factor's country, and no letters in their
wording: nobody writes sentences of his own into a statement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from usance.domain.money import Money, total, zero

from . import figures
from .brands import logo_svg
from .facts import Account, Brand, Recipient
from .languages import words_of
from .press import typeset
from .sheet import Row, Sheet, payment, placed, sheet
from .windows import window_of

TEMPLATE = "statement.typ"
OTHERWISE = "en"  # Where we have no words of ours.
COLUMNS = ("receivables", "reserve", "due", "claims", "fees")


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """`amounts`: what it did to each of COLUMNS."""

    on: date
    kind: str  # What the key of its entry begins with: domain.ledger.
    because: str  # For kinds that we have no word for.
    invoice: str
    debtor: str
    amounts: tuple[Money, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InCurrency:
    """A client's account in one currency; balances by COLUMNS, fees those of the period."""

    currency: str
    opening: tuple[Money, ...]
    movements: tuple[Movement, ...]
    closing: tuple[Money, ...]
    funds: Money  # In use at the end.


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientStatement:
    factor: Brand
    client: Brand
    since: date
    on: date
    made_at: datetime
    accounts: tuple[InCurrency, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    number: str
    client: str
    issued_on: date
    due_on: date
    days_late: int
    reference: str
    outstanding: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    on: date
    number: str
    client: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What a debtor owes in one currency, by age, and what it paid in the period."""

    currency: str
    account: Account | None  # Of the factor. None: it has none in this currency.
    aged: tuple[tuple[str, Money], ...]  # Name of the bucket → outstanding.
    items: tuple[Item, ...]
    payments: tuple[Paid, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DebtorStatement:
    factor: Brand
    clients: tuple[str, ...]
    debtor: Recipient
    since: date
    on: date
    made_at: datetime
    owed: tuple[Owed, ...]


def client_statement(language: str, facts: ClientStatement) -> bytes:
    """PDF/A-3b, the same bytes for the same facts; without words of ours in English.

    :raises UnusableBrand: if a colour or logo cannot be used.
    """
    spoken, own = _words(language)
    whom = Recipient(name=facts.client.name, address=facts.client.address)
    parts = [_account(one, spoken, own, facts) for one in facts.accounts]
    return _paper(
        spoken, own, facts, title=own["client_title"], recipient=whom, beside=facts.client,
        beside_says=own["for_client"], intro=own["client_intro"], parts=parts,
        notes=own["client_notes"],
    )  # fmt: skip


def debtor_statement(language: str, facts: DebtorStatement) -> bytes:
    """As `client_statement`, for a debtor."""
    spoken, own = _words(language)
    names = Brand(name=" · ".join(facts.clients) or facts.factor.name, address=facts.factor.address)
    parts = [part for one in facts.owed for part in _owed(one, spoken, own)]
    return _paper(
        spoken, own, facts, title=own["debtor_title"], recipient=facts.debtor, beside=names,
        beside_says=own["claims_of"], intro=own["debtor_intro"], parts=parts,
        notes=own["debtor_notes"],
    )  # fmt: skip


def _words(language: str) -> tuple[str, dict[str, Any]]:
    own = words_of("statement", language)
    if own is not None:
        return language, own
    own = words_of("statement", OTHERWISE)
    assert own is not None, "English is always there"
    return OTHERWISE, own


def _paper(
    language: str, own: dict[str, Any], facts: ClientStatement | DebtorStatement, *, title: str,
    recipient: Recipient, beside: Brand, beside_says: str, intro: str,
    parts: Sequence[dict[str, Any]], notes: str,
) -> bytes:  # fmt: skip
    since, on = (figures.short_day(day, language) for day in (facts.since, facts.on))
    form = Sheet(
        title=title, written_on=facts.made_at.date(), leads=facts.factor, beside=beside,
        beside_says=beside_says, recipient=recipient,
        info=[(own["period"], f"{since} – {on}"), (own["as_of"], on)],
    )  # fmt: skip
    window = window_of(facts.factor.address.country)
    page = sheet(form, language) | {
        "window": placed(window, folds=True), "data_line": None, "parts": list(parts),
        "intro": intro.format(factor=facts.factor.name, since=since, on=on),
        "nothing": "" if parts else own["nothing"],
        "notes": notes.format(factor=facts.factor.name),
        "made": own["made"].format(at=figures.moment(facts.made_at, language)),
    }  # fmt: skip
    files = {"logo": logo_svg(facts.factor), "beside_logo": logo_svg(beside), "qr": ""}
    return typeset(TEMPLATE, page, files).pdf


def _account(
    one: InCurrency, language: str, own: dict[str, Any], facts: ClientStatement
) -> dict[str, Any]:
    labels = own["labels"]
    every = [one.opening, one.closing, *(each.amounts for each in one.movements)]
    kept = [
        place for place, name in enumerate(COLUMNS)
        if name != "claims" or any(amounts[place] for amounts in every)
    ]  # fmt: skip

    def cells(amounts: tuple[Money, ...], *, blank: bool) -> list[str]:
        return ["" if blank and not amounts[p] else _amount(amounts[p], language) for p in kept]

    def balance(says: str, on: date, amounts: tuple[Money, ...]) -> dict[str, Any]:
        day = figures.short_day(on, language)
        return {"strong": True, "more": "", "cells": [day, says, *cells(amounts, blank=False)]}

    tiles = [(labels[COLUMNS[p]], figures.money(one.closing[p], language)) for p in kept]
    tiles.insert(2, (labels["funds"], figures.money(one.funds, language)))
    return {
        "head": own["account_in"].format(currency=one.currency),
        "tiles": tiles,
        "heads": [labels["day"], labels["movement"], *(labels[COLUMNS[p]] for p in kept)],
        "wide": 1, "figures": 2, "payment": None,
        "rows": [
            balance(own["opening"], facts.since, one.opening),
            *(_movement(each, cells(each.amounts, blank=True), language, own)
              for each in one.movements),
            balance(own["closing"], facts.on, one.closing),
        ],
    }  # fmt: skip


def _movement(
    one: Movement, amounts: list[str], language: str, own: dict[str, Any]
) -> dict[str, Any]:
    word = own["kinds"].get(one.kind)
    says = " ".join(part for part in (word, one.invoice) if part) if word else one.because
    day = figures.short_day(one.on, language)
    return {"strong": False, "more": one.debtor, "cells": [day, says, *amounts]}


def _owed(one: Owed, language: str, own: dict[str, Any]) -> list[dict[str, Any]]:
    labels, sum_up = own["labels"], own["labels"]["total"]
    owed = total((item.outstanding for item in one.items), one.currency)
    paid = total((each.amount for each in one.payments), one.currency)
    box = None
    if one.account is not None and owed != zero(one.currency):
        rows: list[Row] = payment(one.account, "", language)
        box = {"head": own["pay_to"].format(factor=one.account.holder), "rows": rows, "scan": "",
               "large": [(labels["outstanding"], figures.money(owed, language))]}  # fmt: skip
    items = {
        "head": own["owed_in"].format(currency=one.currency),
        "tiles": [(own["buckets"][name], figures.money(amount, language))
                  for name, amount in one.aged],
        "heads": [labels[name] for name in ("invoice", "client", "issued", "due_on", "late",
                                            "reference", "outstanding")],
        "wide": 1, "figures": 6, "payment": box,
        "rows": [*(_item(item, language) for item in one.items),
                 _sum(sum_up, owed, 7, language)],
    }  # fmt: skip
    if not one.payments:
        return [items] if one.items else []
    payments = {
        "head": own["paid_in"].format(currency=one.currency), "tiles": [],
        "heads": [labels[name] for name in ("day", "invoice", "client", "paid")],
        "wide": 2, "figures": 3, "payment": None,
        "rows": [
            *({"strong": False, "more": "",
               "cells": [figures.short_day(each.on, language), each.number, each.client,
                         _amount(each.amount, language)]} for each in one.payments),
            _sum(sum_up, paid, 4, language),
        ],
    }  # fmt: skip
    return [items, payments] if one.items else [payments]


def _item(item: Item, language: str) -> dict[str, Any]:
    cells = [
        item.number, item.client, figures.short_day(item.issued_on, language),
        figures.short_day(item.due_on, language), str(item.days_late) if item.days_late else "",
        item.reference, _amount(item.outstanding, language),
    ]  # fmt: skip
    return {"strong": False, "more": "", "cells": cells}


def _sum(says: str, amount: Money, columns: int, language: str) -> dict[str, Any]:
    cells = [says, *([""] * (columns - 2)), _amount(amount, language)]
    return {"strong": True, "more": "", "cells": cells}


def _amount(amount: Money, language: str) -> str:
    return figures.amount(amount.decimal, amount.currency, language)
