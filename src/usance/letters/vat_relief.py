"""The tax in what debtors never paid, as paper for the client that owes it: each invoice with its
part, from when it may be corrected, what is to be done, and what of it is owed again.

In the form of a statement, and like it without sentences of the factor's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from usance.domain.money import Money
from usance.domain.settlement.relief import Loss, Relief, Rule, State

from . import figures
from .brands import logo_svg
from .facts import Brand, Recipient
from .languages import words_of
from .press import typeset
from .sheet import Sheet, country_name, placed, sheet
from .statement import OTHERWISE, TEMPLATE
from .windows import window_of

Totals = tuple[str, Money, Money, Money, Money]  # Currency; lost, ready, open, owed again.


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    number: str
    debtor: str
    loss: Loss
    found: Relief
    ours: Money  # What of it we bear.


@dataclass(frozen=True, slots=True, kw_only=True)
class VatRelief:
    factor: Brand
    client: Brand
    on: date
    made_at: datetime
    rule: Rule | None  # None: we know none for the client's country.
    items: tuple[Item, ...]
    sums: tuple[Totals, ...]
    unplaced: tuple[tuple[date, str, Money], ...]  # Payments that name no invoice.


def vat_relief(language: str, facts: VatRelief) -> bytes:
    """PDF/A-3b, the same bytes for the same facts; without words of ours in English.

    :raises UnusableBrand: if a colour or logo cannot be used.
    """
    own, spoken = words_of("vat_relief", language), language
    if own is None:
        own, spoken = words_of("vat_relief", OTHERWISE), OTHERWISE
    assert own is not None, "English is always there"
    on = figures.short_day(facts.on, spoken)
    told = {"client": facts.client.name, "factor": facts.factor.name, "on": on,
            "at": figures.moment(facts.made_at, spoken)}  # fmt: skip
    form = Sheet(
        title=own["title"], written_on=facts.made_at.date(), leads=facts.factor,
        beside=facts.client, beside_says=own["for_client"],
        recipient=Recipient(name=facts.client.name, address=facts.client.address),
        info=[(own["on"], on)],
    )  # fmt: skip
    parts = [part for totals in facts.sums for part in _currency(totals, facts, spoken, own)]
    if facts.unplaced:
        parts.append(_unplaced(facts, spoken, own))
    page = sheet(form, spoken) | {
        "window": placed(window_of(facts.factor.address.country), folds=True), "data_line": None,
        "parts": parts, "intro": own["intro"].format(**told),
        "nothing": "" if parts else own["nothing"],
        "notes": f"{_law(facts.rule, own, spoken)} {own['notes'].format(**told)}",
        "made": own["made"].format(**told),
    }  # fmt: skip
    files = {"logo": logo_svg(facts.factor), "beside_logo": logo_svg(facts.client), "qr": ""}
    return typeset(TEMPLATE, page, files).pdf


def _law(rule: Rule | None, own: dict[str, Any], language: str) -> str:
    if rule is None:
        return str(own["no_law"])
    words = own["law" if rule.read else "law_unread"]
    country = country_name(rule.country, language)
    told = words.format(source=rule.source, country=country, read=rule.read)
    return f"{told} {rule.does} {rule.again}"


def _currency(
    totals: Totals, facts: VatRelief, language: str, own: dict[str, Any]
) -> Sequence[dict[str, Any]]:
    """The invoices, and how their VAT is made of rates. What nothing was paid later of needs no
    columns for it."""
    currency, *amounts = totals
    labels = own["labels"]
    items = [one for one in facts.items if one.loss.amount.currency == currency]
    later = any(one.loss.later for one in items)
    heads = ("invoice", "debtor", "lost_on", "lost", *(("later",) if later else ()), "tax",
             *(("again",) if later else ()), "earliest")  # fmt: skip
    tiles = [
        (labels[name], figures.money(amount, language))
        for name, amount in zip(("lost", "ready", "open", "again"), amounts, strict=True)
    ]
    lines = {
        "head": own["lines"].format(currency=currency), "tiles": tiles,
        "heads": [labels[name] for name in heads], "wide": 1, "figures": 3, "payment": None,
        "rows": [_item(one, language, own, later=later) for one in items],
    }  # fmt: skip
    rates = {
        "head": own["rates"].format(currency=currency), "tiles": [],
        "heads": [labels[name] for name in ("invoice", "rate", "net", "tax")],
        "wide": 0, "figures": 1, "payment": None,
        "rows": [row for one in items for row in _rates(one, language)],
    }  # fmt: skip
    return [lines, rates] if rates["rows"] else [lines]


def _item(one: Item, language: str, own: dict[str, Any], *, later: bool) -> dict[str, Any]:
    loss, found = one.loss, one.found
    day = figures.short_day(found.earliest, language) if found.earliest else "–"
    if found.state not in (State.READY, State.WAITS):
        day = own["states"][found.state.value]
    more = own["causes"][loss.cause.value if loss.cause else "recourse"]
    if one.ours:
        more += f" · {own['ours'].format(amount=figures.money(one.ours, language))}"
    cells = [
        one.number, one.debtor, figures.short_day(loss.on, language),
        _amount(loss.amount, language), *([_amount(loss.later, language)] if later else []),
        _amount(found.tax, language), *([_amount(found.again, language)] if later else []), day,
    ]  # fmt: skip
    return {"strong": False, "more": more, "cells": cells}


def _rates(one: Item, language: str) -> list[dict[str, Any]]:
    return [
        {"strong": False, "more": "",
         "cells": [one.number, f"{cut.rate.normalize():f} %", _amount(cut.net, language),
                   _amount(cut.tax, language)]}
        for cut in one.found.slices
    ]  # fmt: skip


def _unplaced(facts: VatRelief, language: str, own: dict[str, Any]) -> dict[str, Any]:
    labels = own["labels"]
    return {
        "head": own["unplaced"], "tiles": [],
        "heads": [labels[name] for name in ("day", "debtor", "paid")], "wide": 1, "figures": 2,
        "payment": None,
        "rows": [{"strong": False, "more": "",
                  "cells": [figures.short_day(day, language), debtor,
                            figures.money(amount, language)]}
                 for day, debtor, amount in facts.unplaced],
    }  # fmt: skip


def _amount(amount: Money, language: str) -> str:
    return figures.amount(amount.decimal, amount.currency, language)
