"""Our own invoice to a client as paper, from the EN 16931 model, in the form of a statement; and
the mail that brings it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from usance.domain.invoice.document import Invoice
from usance.domain.money import Money

from . import figures
from .brands import logo_svg
from .facts import Brand, Recipient
from .languages import words_of
from .press import typeset
from .sheet import Sheet, placed, sheet
from .windows import window_of

TEMPLATE = "statement.typ"
OTHERWISE = "en"  # Where we have no words of ours.
MOST = 500  # Charges that are printed one by one.


@dataclass(frozen=True, slots=True, kw_only=True)
class Single:
    """What an invoice of the client was charged on a day."""

    on: date
    number: str
    fees: Money
    interest: Money
    vat: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeLetter:
    invoice: Invoice
    factor: Brand
    client: Brand
    first: date
    last: date
    made_at: datetime
    gross: Money  # These three have the sign of the paper: of a credit note what is given back.
    taken: Money
    due: Money
    singles: tuple[Single, ...]  # Empty: it is a credit note.


def line_text(sort: str, count: int, language: str) -> str:
    """What a line of the invoice is called, in the client's language."""
    _, own = _words(language)
    return str(own["sorts"][sort]).format(count=count)


def terms(due: Money, language: str) -> str:
    """How the rest is settled."""
    spoken, own = _words(language)
    name = "settled" if due.minor > 0 else "returned" if due.minor < 0 else "even"
    amount = Money(abs(due.minor), due.currency)
    return str(own[name]).format(due=figures.money(amount, spoken))


def mail(facts: FeeLetter, language: str) -> tuple[str, str]:
    """Subject and text of the mail."""
    spoken, own = _words(language)
    since, on = (figures.short_day(day, spoken) for day in (facts.first, facts.last))
    told = {
        "number": facts.invoice.number, "gross": figures.money(facts.gross, spoken),
        "factor": facts.factor.name, "since": since, "on": on,
    }  # fmt: skip
    said = own["mail"]
    subject = said["credit_subject" if facts.invoice.preceding else "subject"].format(**told)
    return subject[:200], f"{said['text'].format(**told)}\n\n{facts.factor.name}"


def pdf(facts: FeeLetter, language: str) -> bytes:
    """PDF/A-3b, the same bytes for the same facts; without words of ours in English.

    :raises UnusableBrand: if a colour or logo cannot be used.
    """
    spoken, own = _words(language)
    made = facts.invoice
    since, on = (figures.short_day(day, spoken) for day in (facts.first, facts.last))
    credited = made.preceding[0].number if made.preceding else ""
    assert made.issued_on is not None
    form = Sheet(
        title=own["credit_title" if made.is_credit_note else "title"],
        written_on=made.issued_on, leads=facts.factor, beside=facts.client,
        beside_says=own["for_client"],
        recipient=Recipient(name=facts.client.name, address=facts.client.address),
        info=[
            (own["number"], made.number), (own["credits"], credited),
            (own["issued"], figures.short_day(made.issued_on, spoken)),
            (own["period"], f"{since} – {on}"), (own["our_vat"], made.seller.vat_id),
            (own["your_vat"], made.buyer.vat_id),
        ],
    )  # fmt: skip
    intro = own["credit_intro" if credited else "intro"]
    page = sheet(form, spoken) | {
        "window": placed(window_of(facts.factor.address.country), folds=True), "data_line": None,
        "parts": _parts(facts, own, spoken),
        "intro": intro.format(factor=facts.factor.name, since=since, on=on, credited=credited),
        "nothing": "", "notes": _notes(facts, own, spoken),
        "made": own["made"].format(at=figures.moment(facts.made_at, spoken)),
    }  # fmt: skip
    files = {"logo": logo_svg(facts.factor), "beside_logo": logo_svg(facts.client), "qr": ""}
    return typeset(TEMPLATE, page, files).pdf


def _words(language: str) -> tuple[str, dict[str, Any]]:
    own = words_of("fee_invoice", language)
    if own is not None:
        return language, own
    own = words_of("fee_invoice", OTHERWISE)
    assert own is not None, "English is always there"
    return OTHERWISE, own


def _notes(facts: FeeLetter, own: dict[str, Any], language: str) -> str:
    found = {tax.category for tax in facts.invoice.taxes}
    said = [] if facts.invoice.is_credit_note else [terms(facts.due, language)]
    said += [tax.exemption for tax in facts.invoice.taxes if tax.category == "E"]
    said += [own["reverse"]] if "AE" in found else []
    said += [own["outside"]] if "O" in found else []
    said += [own["long"]] if len(facts.singles) > MOST else []
    return " ".join(one if one.endswith(".") else f"{one}." for one in said)


def _parts(facts: FeeLetter, own: dict[str, Any], language: str) -> list[dict[str, Any]]:
    made, labels = facts.invoice, own["labels"]
    currency = facts.gross.currency

    def amount(value: Any) -> str:
        return figures.amount(value, currency, language)

    lines = [
        _row([one.name, _rate(one.tax_category, one.tax_rate, own, language), amount(one.net)])
        for one in made.lines
    ]
    tiles = [
        (labels[name], figures.money(value, language))
        for name, value in (("gross", facts.gross), ("taken", facts.taken), ("due", facts.due))
    ]
    taxes = [
        _row([_rate(tax.category, tax.rate, own, language), amount(tax.taxable), amount(tax.tax)])
        for tax in made.taxes
    ]
    total = made.totals
    parts = [
        _table(own["lines"], [labels["what"], labels["rate"], labels["net"]],
               [*lines, _row([labels["total"], "", amount(total.net)], strong=True)],
               figures_from=1, tiles=tiles),
        _table(own["taxes"], [labels["rate"], labels["taxable"], labels["tax"]],
               [*taxes, _row([labels["total"], amount(total.net), amount(total.tax)],
                             strong=True)], figures_from=1),
    ]  # fmt: skip
    if facts.singles and len(facts.singles) <= MOST:
        parts.append(_singles(facts.singles, own, language))
    return parts


def _singles(singles: Sequence[Single], own: dict[str, Any], language: str) -> dict[str, Any]:
    labels = own["labels"]
    heads = [labels[name] for name in ("day", "invoice", "fees", "interest", "vat")]
    rows = [
        _row([figures.short_day(one.on, language), one.number,
              *(figures.amount(each.decimal, each.currency, language)
                for each in (one.fees, one.interest, one.vat))])
        for one in singles
    ]  # fmt: skip
    return _table(own["detail"], heads, rows, figures_from=2, wide=1)


def _rate(category: str, rate: Any, own: dict[str, Any], language: str) -> str:
    if category in ("E", "O"):
        return str(own["labels"]["exempt"]) if category == "E" else "–"
    return f"{figures.number(rate or 0, language)} %"


def _row(cells: list[str], *, strong: bool = False) -> dict[str, Any]:
    return {"strong": strong, "more": "", "cells": cells}


def _table(
    head: str, heads: list[str], rows: list[dict[str, Any]], *, figures_from: int,
    tiles: Sequence[tuple[str, str]] = (), wide: int = 0,
) -> dict[str, Any]:  # fmt: skip
    return {
        "head": head, "tiles": list(tiles), "heads": heads, "wide": wide,
        "figures": figures_from, "payment": None, "rows": rows,
    }  # fmt: skip
