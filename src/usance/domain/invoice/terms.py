"""Which terms of EN 16931 an invoice states, by their numbers (BT-1, BG-23)."""

from collections.abc import Iterable, Iterator, Mapping

from usance.domain.party import Party

from .document import AllowanceCharge, Invoice, Line

OF_INVOICE = {
    "number": "BT-1", "issued_on": "BT-2", "type_code": "BT-3", "currency": "BT-5",
    "tax_currency": "BT-6", "tax_point_on": "BT-7", "tax_point_code": "BT-8", "due_on": "BT-9",
    "buyer_reference": "BT-10", "project": "BT-11", "contract": "BT-12", "order": "BT-13",
    "sales_order": "BT-14", "receipt": "BT-15", "despatch": "BT-16", "tender": "BT-17",
    "object_id": "BT-18", "accounting": "BT-19", "payment_terms": "BT-20", "notes": "BG-1",
    "process": "BT-23", "specification": "BT-24", "preceding": "BG-3", "payee": "BG-10",
    "tax_representative": "BG-11", "delivery": "BG-13", "period": "BG-14",
    "payment_means": "BG-16", "taxes": "BG-23", "attachments": "BG-24", "lines": "BG-25",
}  # fmt: skip
OF_TOTALS = {
    "lines": "BT-106", "allowances": "BT-107", "charges": "BT-108", "net": "BT-109",
    "tax": "BT-110", "tax_in_tax_currency": "BT-111", "gross": "BT-112", "prepaid": "BT-113",
    "rounding": "BT-114", "payable": "BT-115",
}  # fmt: skip
OF_TAX = {
    "taxable": "BT-116", "tax": "BT-117", "category": "BT-118", "rate": "BT-119",
    "exemption": "BT-120", "exemption_code": "BT-121",
}  # fmt: skip
OF_LINE = {
    "number": "BT-126", "note": "BT-127", "quantity": "BT-129", "unit": "BT-130", "net": "BT-131",
    "price": "BT-146", "price_discount": "BT-147", "price_gross": "BT-148",
    "price_quantity": "BT-149", "price_unit": "BT-150", "tax_category": "BT-151",
    "tax_rate": "BT-152", "name": "BT-153", "description": "BT-154", "seller_id": "BT-155",
    "buyer_id": "BT-156", "standard_id": "BT-157", "classifications": "BT-158",
    "origin": "BT-159", "attributes": "BG-32", "period": "BG-26",
}  # fmt: skip
OF_SELLER = {
    "name": "BT-27", "trading_name": "BT-28", "identifiers": "BT-29", "legal_id": "BT-30",
    "vat_id": "BT-31", "tax_id": "BT-32", "legal_form": "BT-33", "endpoint": "BT-34",
    "address": "BG-5", "contact": "BG-6",
}  # fmt: skip
OF_BUYER = {
    "name": "BT-44", "trading_name": "BT-45", "identifiers": "BT-46", "legal_id": "BT-47",
    "vat_id": "BT-48", "endpoint": "BT-49", "address": "BG-8", "contact": "BG-9",
}  # fmt: skip
OF_MEANS = {
    "code": "BT-81", "text": "BT-82", "reference": "BT-83", "card_number": "BT-87",
    "mandate": "BT-89", "creditor_id": "BT-90", "debited_account": "BT-91",
}  # fmt: skip
# Allowance or charge: the group, amount, base, percentage, category, rate, reason, its code.
ON_INVOICE = {
    False: ("BG-20", "BT-92", "BT-93", "BT-94", "BT-95", "BT-96", "BT-97", "BT-98"),
    True: ("BG-21", "BT-99", "BT-100", "BT-101", "BT-102", "BT-103", "BT-104", "BT-105"),
}
ON_LINE = {
    False: ("BG-27", "BT-136", "BT-137", "BT-138", "", "", "BT-139", "BT-140"),
    True: ("BG-28", "BT-141", "BT-142", "BT-143", "", "", "BT-144", "BT-145"),
}
_PARTS = ("amount", "base", "percent", "tax_category", "tax_rate", "reason", "reason_code")


def stated(invoice: Invoice) -> frozenset[str]:
    """The terms of which the invoice holds a value. A group counts if anything in it is stated."""
    return frozenset(_all(invoice)) - {""}


def _all(invoice: Invoice) -> Iterator[str]:
    yield from _of(invoice, OF_INVOICE)
    yield from _party(invoice.seller, OF_SELLER, "BG-4", "BT-40")
    yield from _party(invoice.buyer, OF_BUYER, "BG-7", "BT-55")
    if totals := list(_of(invoice.totals, OF_TOTALS)):
        yield from ("BG-22", *totals)
    for tax in invoice.taxes:
        yield from _of(tax, OF_TAX)
    for means in invoice.payment_means:
        yield from _of(means, OF_MEANS)
        if means.accounts:
            yield from ("BG-17", "BT-84")
    if any(one.number for one in invoice.preceding):
        yield "BT-25"
    if invoice.period:
        yield from _of(invoice.period, {"start": "BT-73", "end": "BT-74"})
    yield from _allowances(invoice.allowances, ON_INVOICE)
    for line in invoice.lines:
        yield from _line(line)


def _line(line: Line) -> Iterator[str]:
    yield from _of(line, OF_LINE)
    if line.period:
        yield from _of(line.period, {"start": "BT-134", "end": "BT-135"})
    yield from _allowances(line.allowances, ON_LINE)


def _of(thing: object, terms: dict[str, str]) -> Iterator[str]:
    return (term for name, term in terms.items() if getattr(thing, name) not in (None, "", ()))


def _party(party: Party, terms: dict[str, str], group: str, country: str) -> Iterator[str]:
    found = list(_of(party, terms))
    if found:
        yield from (group, *found)
    if party.address and party.address.country:
        yield country


def _allowances(
    groups: Iterable[AllowanceCharge], terms: Mapping[bool, tuple[str, ...]]
) -> Iterator[str]:
    for group in groups:
        head, *parts = terms[group.is_charge]
        yield head
        yield from _of(group, dict(zip(_PARTS, parts, strict=True)))
