"""An invoice as its paper writes it: parties, terms, lines and sums. Values only."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from usance.domain.invoice import Invoice
from usance.domain.party import Address, Party
from usance.web import shown as writing

Sum = dict[str, str | Decimal | bool | None]


def shown(paper: Invoice) -> dict[str, object]:
    """For `office/paper_terms.html`; figures as they were written."""
    return {
        "parties": [
            (_("Seller"), list(_said(paper.seller))), (_("Buyer"), list(_said(paper.buyer))),
        ],
        "lines": [
            {
                "number": line.number or str(place),
                "name": line.name or line.description or line.note,
                "quantity": line.quantity, "unit": line.unit, "price": line.price,
                "tax": line.tax_rate, "net": line.net,
            }
            for place, line in enumerate(paper.lines, start=1)
        ],
        "sums": list(_sums(paper)),
    }  # fmt: skip


def terms(paper: Invoice) -> list[tuple[str, str]]:
    """What an order, a delivery note or a contract can be compared with; what is said alone."""
    delivery, period = paper.delivery, paper.period
    accounts = [one.number for means in paper.payment_means for one in means.accounts]
    said = [
        (_("Number"), paper.number),
        (_("Issued"), _day(paper.issued_on)),
        (_("Due"), _day(paper.due_on)),
        (_("Order"), paper.order),
        (_("Contract"), paper.contract),
        (_("Buyer's reference"), paper.buyer_reference),
        (_("Delivery note"), paper.despatch),
        (_("Delivered on"), _day(delivery.on) if delivery else ""),
        (_("Delivered to"), ", ".join(_where(delivery.name, delivery.address)) if delivery else ""),
        (_("Period"), _span(period.start, period.end) if period else ""),
        (_("Terms of payment"), paper.payment_terms),
        (_("To be paid to"), ", ".join(accounts)),
        (_("Payment reference"), ", ".join(
            one.reference for one in paper.payment_means if one.reference
        )),
        (_("Notes"), " ".join(note.text for note in paper.notes)),
    ]  # fmt: skip
    return [(name, text) for name, text in said if text]


def _sums(paper: Invoice) -> Iterator[Sum]:
    """From the net of the lines to what is to be paid, as far as the paper says."""
    totals = paper.totals
    for one in paper.allowances:
        word = _("Charge") if one.is_charge else _("Allowance")
        amount = one.amount if one.is_charge or one.amount is None else -one.amount
        yield _sum(" · ".join(filter(None, (word, one.reason))), amount)
    if totals.net is not None:
        yield _sum(_("Net"), totals.net, strong=True)
    for tax in paper.taxes:
        rate = "" if tax.rate is None else f"{tax.rate} %"
        yield _sum(" ".join(filter(None, (_("Tax"), tax.category, rate))), tax.tax)
    if totals.prepaid:
        yield _sum(_("Paid before"), -totals.prepaid)
    if totals.rounding:
        yield _sum(_("Rounding"), totals.rounding)
    if totals.payable is not None:
        yield _sum(f"{_('To pay')} {paper.currency}", totals.payable, strong=True)


def _sum(name: str, figure: Decimal | None, *, strong: bool = False) -> Sum:
    return {"name": name, "figure": figure, "strong": strong}


def _said(party: Party) -> Iterator[str]:
    yield from _where(party.name or "–", party.address)
    if party.vat_id:
        yield f"VAT {party.vat_id}"
    if party.legal_id:
        yield f"Reg. {party.legal_id.value}"


def _where(name: str, at: Address | None) -> Iterator[str]:
    yield from filter(None, (name,))
    if at:
        town = f"{at.postcode} {at.city}".strip()
        yield from filter(None, (at.street, at.extra, at.third, town, at.country))


def _day(on: date | None) -> str:
    return writing.day(on, get_language()) if on else ""


def _span(start: date | None, end: date | None) -> str:
    return " – ".join(_day(on) or "…" for on in (start, end))
