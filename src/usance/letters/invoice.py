"""The client's invoice or credit note as paper, from the EN 16931 model."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from usance.domain.invoice.document import AllowanceCharge, Invoice, Line, Period, Tax
from usance.domain.invoice.square import Payable

from . import figures, fitting, qr
from .columns import widths
from .facts import InvoiceLetter, Recipient
from .languages import Texts, paragraphs, unit, words
from .sheet import Row, Sheet, payment, percent, sheet
from .told import title, told

FIGURES = ("number", "quantity", "price", "rate", "net")  # Every column but the description.


def page(letter: str, said: Texts, language: str, facts: InvoiceLetter) -> dict[str, Any]:
    """The template's input for `invoice.typ`."""
    invoice, own = facts.invoice, words(language)["words"]
    assert invoice.issued_on is not None, "an invoice without a date was never taken in"
    parts = Sheet(
        title=title(said, language, facts),
        written_on=invoice.issued_on,
        leads=facts.client,
        beside=facts.factor,
        beside_says=own["assigned_to"],
        recipient=facts.recipient or buyer(invoice),
        info=_info(letter, language, facts),
    )
    known = told(language, facts)
    heads = [own[key] for key in ("position", "description", "quantity", "price", "rate")]
    net_head = f"{own['net']} {invoice.currency}"
    lines = [_line(line, invoice, language) for line in invoice.lines]
    figured = ([line[key] for key in FIGURES] for line in lines)
    columns = widths([heads[0], *heads[2:], net_head], figured)
    return sheet(parts, language) | {
        "currency": invoice.currency,
        "heads": heads,
        "net_head": net_head,
        "lines": lines,
        "widths": columns,
        "heights": fitting.heights(lines, columns),
        "sums": _sums(letter, facts, language),
        "taxes": [_tax(tax, invoice, language) for tax in invoice.taxes],
        "tax_heads": [own["tax_kind"], own["taxable"], own["tax"]],
        "notes": list(_notes(invoice, language)),
        "payment": _payment(letter, language, facts),
        **{part: paragraphs(said[part], known) for part in ("opening", "closing", "clause")},
    }


def payable(letter: str, facts: InvoiceLetter) -> Payable | None:
    """What a square asks for. None for a credit note: nobody pays one."""
    invoice = facts.invoice
    if letter == "credit_note" or not (invoice.issued_on and invoice.due_on):
        return None
    return qr.payable(
        facts.account,
        facts.payable,
        facts.reference,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        payer=facts.recipient or (buyer(invoice) if invoice.buyer.address else None),
    )


def _info(letter: str, language: str, facts: InvoiceLetter) -> list[Row]:
    invoice, own = facts.invoice, words(language)["words"]
    number = own["credit_number" if letter == "credit_note" else "number"]
    preceding = ", ".join(before.number for before in invoice.preceding)
    delivery = invoice.delivery
    return [
        (number, invoice.number),
        (own["issued"], _day(invoice.issued_on, language)),
        (own["preceding"], preceding),
        (own["due"], "" if letter == "credit_note" else _day(invoice.due_on, language)),
        (own["delivered"], _day(delivery.on, language) if delivery else ""),
        (own["period"], _period(invoice.period, language)),
        (own["debtor_number"], facts.recipient.number if facts.recipient else ""),
        (own["your_reference"], invoice.buyer_reference),
        (own["order"], invoice.order),
        (own["contract"], invoice.contract),
        (own["your_vat"], invoice.buyer.vat_id),
    ]


def _line(line: Line, invoice: Invoice, language: str) -> dict[str, str | list[str]]:
    measure = unit(line.unit, language)
    below = [
        line.description,
        " · ".join(part for part in (line.seller_id, line.buyer_id) if part),
        line.note,
        _period(line.period, language),
        *(_allowance(one, invoice, language) for one in line.allowances),
    ]
    price = line.price
    return {
        "number": line.number,
        "name": line.name,
        "below": [text for text in below if text],
        "quantity": _joined(line.quantity, measure, language),
        "price": "" if price is None else figures.amount(price, invoice.currency, language),
        "rate": f"{percent(line.tax_rate, language)} %" if line.tax_rate is not None else "",
        "net": _amount(line.net, invoice, language),
    }


def _allowance(one: AllowanceCharge, invoice: Invoice, language: str) -> str:
    own = words(language)["words"]
    kind = own["charge" if one.is_charge else "allowance"]
    rate = f" {percent(one.percent, language)} %" if one.percent is not None else ""
    reason = f" ({one.reason})" if one.reason else ""
    sign = Decimal(1) if one.is_charge else Decimal(-1)
    amount = None if one.amount is None else one.amount * sign
    return f"{kind}{rate}{reason}: {_amount(amount, invoice, language)}"


def _sums(letter: str, facts: InvoiceLetter, language: str) -> list[dict[str, Any]]:
    """The staircase from the lines to what is to be paid; steps of nothing are left out."""
    invoice, own = facts.invoice, words(language)["words"]
    totals, rows = invoice.totals, []
    corrections = [
        (
            ": ".join(
                part
                for part in (own["charge" if one.is_charge else "allowance"], one.reason)
                if part
            ),
            one.amount if one.is_charge or one.amount is None else -one.amount,
        )
        for one in invoice.allowances
    ]
    if corrections:
        rows += [(own["sum_lines"], totals.lines), *corrections]
    rows += [
        (own["sum_net"], totals.net),
        (own["sum_tax"], totals.tax if totals.tax is not None else Decimal(0)),
        (own["sum_gross"], totals.gross),
    ]
    if totals.prepaid:
        rows.append((own["prepaid"], -totals.prepaid))
    if totals.rounding:
        rows.append((own["rounding"], totals.rounding))
    steps = [
        {"label": label, "value": _amount(value, invoice, language), "last": False}
        for label, value in rows
        if value is not None
    ]
    last = own["credited" if letter == "credit_note" else "to_pay"]
    steps.append({"label": last, "value": figures.money(facts.payable, language), "last": True})
    return steps


def _tax(tax: Tax, invoice: Invoice, language: str) -> list[str]:
    said = words(language)["taxes"].get(tax.category, tax.category)
    return [
        said.replace("{rate}", percent(tax.rate, language)),
        _amount(tax.taxable, invoice, language),
        _amount(tax.tax, invoice, language),
    ]


def _notes(invoice: Invoice, language: str) -> Iterator[str]:
    reasons = words(language)["tax_reasons"]
    for tax in invoice.taxes:
        for text in dict.fromkeys((reasons.get(tax.category, ""), tax.exemption)):
            if text:
                yield text
    if invoice.payment_terms:
        yield from invoice.payment_terms.splitlines()
    for note in invoice.notes:
        yield from (line for line in note.text.splitlines() if line.strip())


def _payment(letter: str, language: str, facts: InvoiceLetter) -> dict[str, Any]:
    own = words(language)["words"]
    credit = letter == "credit_note"
    head = own["account_of" if credit else "pay_to"].replace("{factor}", facts.factor.name)
    due = facts.invoice.due_on
    large = [(own["credited" if credit else "to_pay"], figures.money(facts.payable, language))]
    if due and not credit:
        large.append((own["pay_by"], figures.short_day(due, language)))
    return {
        "head": head,
        "large": large,
        "rows": payment(facts.account, facts.reference, language),
        "scan": own["scan"],
    }


def buyer(invoice: Invoice) -> Recipient:
    """Whom the paper is addressed to, if nobody else is named."""
    assert invoice.buyer.address is not None, "a letter needs an address"
    contact = invoice.buyer.contact
    return Recipient(
        name=invoice.buyer.name,
        attention=contact.name if contact else "",
        address=invoice.buyer.address,
    )


def _amount(value: Decimal | None, invoice: Invoice, language: str) -> str:
    return "" if value is None else figures.amount(value, invoice.currency, language)


def _joined(quantity: Decimal | None, measure: str, language: str) -> str:
    return "" if quantity is None else f"{figures.number(quantity, language)} {measure}".strip()


def _day(on: Any, language: str) -> str:
    return figures.short_day(on, language) if on else ""


def _period(period: Period | None, language: str) -> str:
    if period is None:
        return ""
    ends = [_day(on, language) for on in (period.start, period.end) if on]
    return " – ".join(ends)
