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


def sheet(*words: tuple[int, int, str]) -> bytes:
    """A page of A4 with texts at their places, points from the left top: (left, top, text)."""
    drawn = b"".join(
        b"BT /F1 10 Tf %d %d Td (%s) Tj ET\n" % (left, 842 - top, _escaped(text))
        for left, top, text in words
    )
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % len(out)
    return out + b"xref\n0 6\n0000000000 65535 f \n" + table + end


def _escaped(text: str) -> bytes:
    plain = text.encode("cp1252")
    return plain.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def odd(number: str, net: str, *, issued: str = "20.02.2026", due: str = "20.04.2026") -> bytes:
    """Acme's own paper: the number stands behind a word that nobody expects."""
    whole = Decimal(net)
    tax = (whole * Decimal("0.19")).quantize(Decimal("0.01"))
    return sheet(
        (50, 60, "Acme Feinblech GmbH"), (50, 74, "Hafenstraße 5, 20457 Hamburg"),
        (50, 88, "USt-IdNr. DE136695976"),
        (50, 140, "Bolt Maschinenbau AG"), (50, 154, "Industrieweg 9"),
        (50, 168, "80331 München"), (50, 182, "USt-IdNr. DE811193231"),
        (50, 240, "RECHNUNG"),
        (380, 140, "Kunde"), (470, 140, "20318"),
        (380, 154, "Fabrikzeichen"), (470, 154, number),
        (380, 168, "Rechnungsdatum"), (470, 168, issued),
        (380, 182, "Fällig am"), (470, 182, due),
        (50, 300, "1"), (80, 300, "Frästeile nach Zeichnung"), (470, 300, _german(whole)),
        (340, 360, "Nettobetrag"), (470, 360, _german(whole)),
        (340, 374, "19 % USt"), (470, 374, _german(tax)),
        (340, 388, "Gesamtbetrag EUR"), (470, 388, _german(whole + tax)),
        (50, 700, "IBAN DE02 1203 0000 0000 2020 51"),
    )  # fmt: skip


def _german(amount: Decimal) -> str:
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))
