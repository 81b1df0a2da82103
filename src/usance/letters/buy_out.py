"""What a client pays to have its invoices back, as paper: each invoice, and one sum.

In the form of a statement, and like it without sentences of the factor's own.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from usance.domain.money import Money
from usance.domain.settlement.buy_backs import Account as Stands
from usance.domain.settlement.buy_backs import Line, sums

from . import figures
from .brands import logo_svg
from .facts import Account, Brand, Recipient
from .languages import words_of
from .press import typeset
from .sheet import Row, Sheet, payment, placed, sheet
from .statement import OTHERWISE, TEMPLATE
from .windows import window_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    number: str
    debtor: str
    due_on: date
    line: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyOut:
    factor: Brand
    client: Brand
    currency: str
    on: date
    made_at: datetime
    content: str  # The hash of what is quoted.
    items: tuple[Item, ...]
    stands: Stands | None  # Of an exit; None: some invoices alone.
    to_pay: Money
    is_done: bool  # What was to be paid is.
    account: Account | None  # Ours. None: nothing is to be paid to us by transfer.


def buy_out(language: str, facts: BuyOut) -> bytes:
    """PDF/A-3b, the same bytes for the same facts; without words of ours in English.

    :raises UnusableBrand: if a colour or logo cannot be used.
    """
    own, spoken = words_of("buy_out", language), language
    if own is None:
        own, spoken = words_of("buy_out", OTHERWISE), OTHERWISE
    assert own is not None, "English is always there"
    some = "" if facts.stands is not None else "_some"
    on = figures.short_day(facts.on, spoken)
    told = {
        "client": facts.client.name, "factor": facts.factor.name, "currency": facts.currency,
        "on": on, "content": facts.content,
        "at": figures.moment(facts.made_at, spoken),
    }  # fmt: skip
    form = Sheet(
        title=own[f"title{some}"], written_on=facts.made_at.date(), leads=facts.factor,
        beside=facts.client, beside_says=own["for_client"],
        recipient=Recipient(name=facts.client.name, address=facts.client.address),
        info=[(own["on"], on)],
    )  # fmt: skip
    parts = [_lines(facts, spoken, own, told)] if facts.items else []
    page = sheet(form, spoken) | {
        "window": placed(window_of(facts.factor.address.country), folds=True), "data_line": None,
        "parts": [*parts, _sums(facts, spoken, own, told)],
        "intro": own[f"intro{some}"].format(**told), "nothing": "" if parts else own["nothing"],
        "notes": own["notes"].format(**told), "made": own["made"].format(**told),
    }  # fmt: skip
    files = {"logo": logo_svg(facts.factor), "beside_logo": logo_svg(facts.client), "qr": ""}
    return typeset(TEMPLATE, page, files).pdf


def _lines(
    facts: BuyOut, language: str, own: dict[str, Any], told: dict[str, str]
) -> dict[str, Any]:
    labels, all_ = own["labels"], sums([one.line for one in facts.items], facts.currency)
    last = [labels["total"], "", "", *_amounts(all_, language)]
    return {
        "head": own["lines"].format(**told), "tiles": [],
        "heads": [labels[name] for name in
                  ("invoice", "debtor", "due_on", "outstanding", "reserve", "charges", "price")],
        "wide": 1, "figures": 3, "payment": None,
        "rows": [*(_item(one, language) for one in facts.items),
                 {"strong": True, "more": "", "cells": last}],
    }  # fmt: skip


def _item(one: Item, language: str) -> dict[str, Any]:
    """One in another currency than the facility's names it, and what it comes to, with the rate."""
    on, rate = figures.short_day(one.due_on, language), one.line.rate
    if rate is None:
        cells = [one.number, one.debtor, on, *_amounts(one.line, language)]
        return {"strong": False, "more": "", "cells": cells}
    of = one.line
    told = [figures.money(amount, language)
            for amount in (of.outstanding, of.reserve, of.charges, of.price)]  # fmt: skip
    came = figures.money(of.counted.price, language)
    shown = figures.number(rate.rate.normalize(), language)
    more = f"= {came} (1 {rate.of} = {shown} {rate.into})"
    return {"strong": False, "more": more, "cells": [one.number, one.debtor, on, *told]}


def _amounts(one: Any, language: str) -> list[str]:
    return [_amount(amount, language)
            for amount in (one.outstanding, one.reserve, one.charges, one.price)]  # fmt: skip


def _sums(
    facts: BuyOut, language: str, own: dict[str, Any], told: dict[str, str]
) -> dict[str, Any]:
    labels = own["labels"]
    price = sums([one.line for one in facts.items], facts.currency).price
    rows = [(labels["invoices"], price)]
    if facts.stands is not None:
        rows += [(labels["claims"], facts.stands.claims), (labels["due"], -facts.stands.due)]
        if facts.stands.on_the_way:
            rows.append((labels["on_the_way"], facts.stands.on_the_way))
    is_owed = facts.to_pay.minor >= 0
    last = labels[("paid" if facts.is_done else "to_pay") if is_owed else "to_get"]
    whole = facts.to_pay if is_owed else -facts.to_pay
    box = None
    if facts.account is not None and facts.to_pay.minor > 0:
        to: list[Row] = payment(facts.account, "", language)
        box = {"head": own["pay_to"].format(**told), "rows": to, "scan": "",
               "large": [(last, figures.money(whole, language))]}  # fmt: skip
    told_rows = [{"strong": False, "more": "", "cells": [says, _amount(amount, language)]}
                 for says, amount in rows]  # fmt: skip
    told_rows.append({"strong": True, "more": "", "cells": [last, _amount(whole, language)]})
    return {
        "head": own["sums"], "tiles": [], "heads": [labels["what"], labels["amount"]],
        "wide": 0, "figures": 1, "payment": box, "rows": told_rows,
    }  # fmt: skip


def _amount(amount: Money, language: str) -> str:
    return figures.amount(amount.decimal, amount.currency, language)
