"""Invoices on paper for tests: a PDF with nothing but what one can see, set by our own press."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from tests import world
from usance import letters, models
from usance.actions import intake
from usance.domain.capture.reading import FIELDS, Box, Field, Page, Reading, Reason
from usance.domain.capture.review import corrected
from usance.domain.invoice import Invoice
from usance.domain.invoice.document import Line, Tax, Totals
from usance.domain.money import Money
from usance.domain.party import Address
from usance.domain.reference import rf
from usance.letters.facts import Account, Brand, InvoiceLetter, Recipient


def paper(
    client: models.Client, debtor: models.Debtor, *, number: str, net: str = "1000.00",
    issued_on: date = date(2026, 2, 20), due_on: date = date(2026, 4, 20),
) -> Invoice:  # fmt: skip
    """An invoice with German tax whose sums are right: 1000.00 and 190.00 are 1190.00."""
    whole = Decimal(net)
    tax = (whole * Decimal("0.19")).quantize(Decimal("0.01"))
    plain = world.paper(client, debtor, number=number, issued_on=issued_on, due_on=due_on)
    return replace(
        plain,
        lines=(
            Line(
                number="1", name="Frästeile nach Zeichnung", quantity=Decimal(1), unit="C62",
                price=whole, net=whole, tax_category="S", tax_rate=Decimal(19),
            ),
        ),
        taxes=(Tax(taxable=whole, tax=tax, category="S", rate=Decimal(19)),),
        totals=Totals(lines=whole, net=whole, tax=tax, gross=whole + tax, payable=whole + tax),
    )  # fmt: skip


def printed(invoice: Invoice, client: models.Client, *, language: str = "en") -> bytes:
    """The invoice as a client prints it: a PDF without data."""
    buyer = invoice.buyer
    address = buyer.address or Address()
    brand = Brand(
        name=client.name, colour="#0B6E5F", company_id=client.legal_id, vat_id=client.vat_id,
        address=Address(
            street=client.street, postcode=client.postcode, city=client.city,
            country=client.country,
        ),
        email=client.email or "post@client.example",
    )  # fmt: skip
    facts = InvoiceLetter(
        invoice=invoice, client=brand, factor=brand, reference=rf("0000004810"),
        account=Account(holder=client.name, iban="DE02120300000000202051", bic="BYLADEM1001"),
        payable=Money.of(str(invoice.totals.payable), invoice.currency),
        recipient=Recipient(name=buyer.name, address=address),
    )  # fmt: skip
    return letters.render("invoice", language, facts)


def hand_in(
    *files: bytes, client: models.Client | None = None, control: intake.Control | None = None
) -> models.Batch:
    """PDF files in one batch, by the door."""
    return intake.receive(
        [
            intake.File(name=f"scan-{n}.pdf", data=data, media_type="application/pdf")
            for n, data in enumerate(files, start=1)
        ],
        client=client.pk if client else None,
        way="cli",
        control=control or intake.Control(),
        at=world.NOW,
        actor=world.OFFICER,
    )


def reading(invoice: Invoice, *, doubtful: dict[str, str] | None = None, **more: Any) -> Reading:
    """What a reader made of the invoice: all of it sure, but for `doubtful`, field to what was
    read in its place."""
    wrong = doubtful or {}
    totals, seller, buyer = invoice.totals, invoice.seller, invoice.buyer
    told = {
        "number": invoice.number, "issued_on": str(invoice.issued_on),
        "due_on": str(invoice.due_on), "currency": invoice.currency,
        "seller_name": seller.name, "seller_vat_id": seller.vat_id,
        "seller_number": seller.legal_id.value if seller.legal_id else "",
        "buyer_name": buyer.name, "buyer_vat_id": buyer.vat_id,
        "net": str(totals.net), "tax": str(totals.tax), "gross": str(totals.gross),
        "payable": str(totals.payable), "iban": "DE02120300000000202051",
    }  # fmt: skip
    right = {name: Field(name=name, value=told[name], confidence=1.0) for name in wrong}
    told = {name: wrong.get(name, value) for name, value in told.items()}
    fields = {
        name: Field(
            name=name, value=value, confidence=0.71 if name in wrong else 0.99,
            reasons=(Reason(code="label", says=f"Stands beside a word for {name}.", weight=1.0),),
            box=Box(page=1, left=60, top=80 + 40 * place, right=190, bottom=94 + 40 * place),
            term=FIELDS[name],
        )
        for place, (name, value) in enumerate(told.items())
        if value
    }  # fmt: skip
    page = Page(number=1, width=595.28, height=841.89, words=(), source="text")
    bare = Reading(pages=(page,), language="en", kind="invoice", fields=fields, invoice=invoice)
    said, _faults = corrected(replace(bare, fields={**fields, **right}), wrong)
    return replace(bare, invoice=said.invoice, **more)
