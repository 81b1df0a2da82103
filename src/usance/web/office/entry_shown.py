"""What the form of an invoice shows: as it was typed, or as a draft keeps it."""

from decimal import Decimal

from django.http import HttpRequest

from usance import clock, models
from usance.domain.intake.entry import Entry, EntryAllowance, EntryLine
from usance.domain.invoice import Invoice
from usance.domain.party import name_key
from usance.queries import companies

from . import desk
from .entry_form import CATEGORIES, UNITS, Form, known

Rows = list[dict[str, str]]
LISTED = 20  # Debtors that a search suggests.


def shown(request: HttpRequest, form: Form, made: Invoice | None) -> dict[str, object]:
    """For office/entry_fields.html."""
    nets = [line.net for line in made.lines] if made else []
    return {
        "said": form.said,
        "kind": form.text("kind") or "invoice",
        "currency": form.text("currency") or "EUR",
        "issued_on": form.text("issued_on") or clock.now().date().isoformat(),
        "lines": [
            {**line, "at": at, "net": nets[at - 1] if at <= len(nets) else None}
            for at, line in enumerate(form.lines, start=1)
        ],
        "allowances": [{**one, "at": at} for at, one in enumerate(form.allowances, start=1)],
        "added": request.POST.get("act") == "add",
        "allowed": request.POST.get("act") == "allow",
        "made": made,
        "units": UNITS,
        "categories": CATEGORIES,
        "clients": list(models.Client.objects.order_by("name_key").values("pk", "name")[:500]),
        "client": desk.key(form.text("client")),
        "debtors": companies.debtors("").order_by("name_key")[:LISTED],
        "known": known(form) if made else None,
    }


def typed(entry: Entry, *, client: object) -> tuple[dict[str, str], Rows, Rows]:
    """The fields, lines and allowances of a form that says this entry."""
    buyer = entry.buyer
    said = {
        "kind": "credit" if entry.is_credit_note else "invoice",
        "client": str(client),
        "debtor": buyer.name,
        "number": entry.number,
        "issued_on": entry.issued_on.isoformat() if entry.issued_on else "",
        "due_on": entry.due_on.isoformat() if entry.due_on else "",
        "currency": entry.currency,
        "order": entry.order,
        "reference": entry.reference,
        "account": entry.account,
        "credited": entry.credited,
        "note": entry.note,
    }
    if models.Debtor.objects.filter(name_key=name_key(buyer.name)).count() != 1:
        said |= {
            "debtor_street": buyer.address.street,
            "debtor_postcode": buyer.address.postcode,
            "debtor_city": buyer.address.city,
            "debtor_country": buyer.address.country,
            "debtor_vat_id": buyer.vat_id,
            "debtor_registration": buyer.legal_id.value if buyer.legal_id else "",
            "debtor_email": buyer.contact.email if buyer.contact else "",
        }
    return said, [_typed(line) for line in entry.lines], [_off(one) for one in entry.allowances]


def _typed(line: EntryLine) -> dict[str, str]:
    return {
        "text": line.text,
        "quantity": _figure(line.quantity),
        "unit": line.unit,
        "price": _figure(line.price),
        "allowance": _figure(line.allowance) if line.allowance else "",
        "category": line.category,
        "rate": _figure(line.rate),
    }


def _off(one: EntryAllowance) -> dict[str, str]:
    return {
        "kind": "charge" if one.is_charge else "allowance",
        "text": one.text,
        "amount": "" if one.percent else _figure(one.amount),
        "percent": _figure(one.percent) if one.percent else "",
        "category": one.category,
        "rate": _figure(one.rate),
    }


def _figure(value: Decimal) -> str:
    """Three decimals would be asked about: they may be thousands. A fourth says what they are."""
    text = f"{value:f}"
    return f"{text}0" if len(text.partition(".")[2]) == 3 else text
