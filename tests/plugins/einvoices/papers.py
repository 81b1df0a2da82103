"""Invoices that the tests of the formats share: the least one, and one with every term."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from usance.domain.invoice.document import (
    Account,
    AllowanceCharge,
    Attachment,
    Attribute,
    Classification,
    Delivery,
    Invoice,
    Line,
    Note,
    PaymentMeans,
    Period,
    Preceding,
    Tax,
    Totals,
)
from usance.domain.party import Address, Contact, Identifier, Party, Payee, TaxRepresentative

PEPPOL = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
EN16931 = "urn:cen.eu:en16931:2017"


def number(text: str) -> Decimal:
    return Decimal(text)


def scheme(value: str, name: str = "") -> Identifier:
    return Identifier(value=value, scheme=name)


LEAST = Invoice(
    number="2026-17",
    issued_on=date(2026, 3, 2),
    due_on=date(2026, 4, 1),
    type_code="380",
    currency="SEK",
    specification=PEPPOL,
    process="urn:fdc:peppol.eu:2017:poacc:billing:01:1.0",
    buyer_reference="kst 41",
    seller=Party(
        name="Norrbygdens Snickeri AB",
        vat_id="SE556677889901",
        endpoint=scheme("5566778899", "0007"),
        address=Address(street="Sågvägen 3", city="Luleå", postcode="972 41", country="SE"),
    ),
    buyer=Party(
        name="Kustbygg i Piteå AB",
        vat_id="SE556011223301",
        endpoint=scheme("5560112233", "0007"),
        address=Address(street="Hamngatan 8", city="Piteå", postcode="941 31", country="SE"),
    ),
    payment_means=(
        PaymentMeans(code="30", reference="2026173", accounts=(Account(number="5050-1055"),)),
    ),
    totals=Totals(
        lines=number("1000.00"),
        net=number("1000.00"),
        tax=number("250.00"),
        gross=number("1250.00"),
        payable=number("1250.00"),
    ),
    taxes=(Tax(taxable=number("1000.00"), tax=number("250.00"), category="S", rate=number("25")),),
    lines=(
        Line(
            number="1",
            quantity=number("4"),
            unit="HUR",
            net=number("1000.00"),
            price=number("250.00"),
            tax_category="S",
            tax_rate=number("25"),
            name="Montering av dörrar",
        ),
    ),
)

FULL = Invoice(
    number="R 2026/0815",
    issued_on=date(2026, 5, 4),
    type_code="380",
    currency="EUR",
    tax_currency="SEK",
    tax_point_on=date(2026, 5, 1),
    due_on=date(2026, 6, 3),
    buyer_reference="04011000-12345-34",
    project="P-77",
    contract="V-2025-9",
    order="B-4711",
    sales_order="A-1138",
    receipt="WE-5",
    despatch="LS-6",
    tender="VERGABE-3",
    object_id=scheme("Zähler 99", "ABZ"),
    accounting="4400",
    payment_terms="30 Tage netto",
    notes=(Note(text="Forderung & <Rechte> abgetreten", subject="ACC"), Note(text="Danke")),
    process="urn:fdc:peppol.eu:2017:poacc:billing:01:1.0",
    specification=EN16931,
    preceding=(
        Preceding(number="R 2026/0700", issued_on=date(2026, 4, 1)),
        Preceding(number="R 2026/0701"),
    ),
    seller=Party(
        name="Müller Maschinen GmbH",
        trading_name="Müller & Söhne",
        identifiers=(scheme("L-1"), scheme("4012345000009", "0088")),
        legal_id=scheme("HRB 4711", "0198"),
        vat_id="DE123456789",
        tax_id="201/113/40209",
        legal_form="Geschäftsführerin: Änne Müller",
        endpoint=scheme("rechnung@mueller.example", "EM"),
        address=Address(
            street="Werkstraße 1",
            extra="Halle 4",
            third="Tor 2",
            city="Köln",
            postcode="50667",
            region="NW",
            country="DE",
        ),
        contact=Contact(name="Änne Müller", phone="+49 221 1", email="a@mueller.example"),
    ),
    buyer=Party(
        name="Åkeri Öst AB",
        trading_name="Öståkarna",
        identifiers=(scheme("7350000000006", "0088"),),
        legal_id=scheme("5560112233", "0007"),
        vat_id="SE556011223301",
        endpoint=scheme("5560112233", "0007"),
        address=Address(
            street="Kajen 1",
            extra="Box 9",
            third="Port C",
            city="Gävle",
            postcode="803 20",
            region="X",
            country="SE",
        ),
        contact=Contact(name="Eva Ek", phone="+46 26 1", email="eva@ost.example"),
    ),
    payee=Payee(
        name="Usance Factoring AB",
        identifier=scheme("7300000000001", "0088"),
        legal_id=scheme("5591112222", "0007"),
    ),
    tax_representative=TaxRepresentative(
        name="Skatteombud AB",
        vat_id="SE556123456701",
        address=Address(street="Torget 2", city="Malmö", postcode="211 22", country="SE"),
    ),
    delivery=Delivery(
        name="Åkeri Öst, lager",
        location=scheme("7350000000013", "0088"),
        on=date(2026, 4, 29),
        address=Address(street="Lagret 5", city="Gävle", postcode="803 21", country="SE"),
    ),
    period=Period(start=date(2026, 4, 1), end=date(2026, 4, 30)),
    payment_means=(
        PaymentMeans(
            code="58",
            text="SEPA",
            reference="RF18539007547034",
            accounts=(
                Account(number="SE4550000000058398257466", name="Usance", bic="ESSESESS"),
                Account(number="DE02120300000000202051", name="Usance Köln", bic="BYLADEM1001"),
            ),
        ),
        PaymentMeans(
            code="48", reference="RF18539007547034", card_number="123456", card_holder="E. Ek"
        ),
        PaymentMeans(
            code="59",
            reference="RF18539007547034",
            mandate="M-1",
            creditor_id="DE98ZZZ09999999999",
            debited_account="SE3550000000054910000003",
        ),
    ),
    allowances=(
        AllowanceCharge(
            is_charge=False,
            amount=number("10.00"),
            base=number("200.00"),
            percent=number("5"),
            tax_category="S",
            tax_rate=number("19"),
            reason="Rabatt",
            reason_code="95",
        ),
        AllowanceCharge(
            is_charge=True,
            amount=number("20.00"),
            tax_category="E",
            tax_rate=number("0"),
            reason="Fracht",
            reason_code="FC",
        ),
    ),
    totals=Totals(
        lines=number("200.00"),
        allowances=number("10.00"),
        charges=number("20.00"),
        net=number("210.00"),
        tax=number("36.10"),
        tax_in_tax_currency=number("397.10"),
        gross=number("246.10"),
        prepaid=number("46.00"),
        rounding=number("-0.10"),
        payable=number("200.00"),
    ),
    taxes=(
        Tax(taxable=number("190.00"), tax=number("36.10"), category="S", rate=number("19")),
        Tax(
            taxable=number("20.00"),
            tax=number("0.00"),
            category="E",
            rate=number("0"),
            exemption="§4 UStG",
            exemption_code="VATEX-EU-132",
        ),
    ),
    attachments=(
        Attachment(
            reference="Stunden",
            description="Stundenzettel",
            content=b"tag;stunden\n1;8\n",
            media_type="text/csv",
            file_name="stunden.csv",
        ),
        Attachment(reference="Fotos", url="https://mueller.example/fotos"),
    ),
    lines=(
        Line(
            number="1",
            note="wie besprochen",
            object_id=scheme("Pumpe 7", "ABZ"),
            quantity=number("2"),
            unit="C62",
            net=number("200.00"),
            order_line="10",
            accounting="4401",
            period=Period(start=date(2026, 4, 1), end=date(2026, 4, 15)),
            allowances=(
                AllowanceCharge(
                    is_charge=False,
                    amount=number("8.00"),
                    base=number("200.00"),
                    percent=number("4"),
                    reason="Menge",
                    reason_code="100",
                ),
                AllowanceCharge(is_charge=True, amount=number("8.00"), reason_code="ABL"),
            ),
            price=number("100.0000"),
            price_discount=number("5.0000"),
            price_gross=number("105.0000"),
            price_quantity=number("1"),
            price_unit="C62",
            tax_category="S",
            tax_rate=number("19"),
            name="Pumpe",
            description="Kreiselpumpe, DN 50",
            seller_id="P-50",
            buyer_id="99-1",
            standard_id=scheme("4012345000016", "0160"),
            classifications=(Classification(value="43211503", scheme="TST", version="19.05.01"),),
            origin="DE",
            attributes=(Attribute(name="Farbe", value="blau"),),
        ),
    ),
)

CREDIT_NOTE = replace(
    LEAST,
    number="K-3",
    type_code="381",
    preceding=(Preceding(number="2026-17", issued_on=date(2026, 3, 2)),),
    project="Hamnen",
    period=Period(start=date(2026, 3, 1)),
    tax_point_code="35",
)


def in_currency(currency: str, net: str) -> Invoice:
    """The least invoice, without tax, in another currency and with its number of digits."""
    amount = number(net)
    return replace(
        LEAST,
        currency=currency,
        totals=Totals(lines=amount, net=amount, tax=amount * 0, gross=amount, payable=amount),
        taxes=(Tax(taxable=amount, tax=amount * 0, category="Z", rate=number("0")),),
        lines=(
            Line(number="1", quantity=number("1"), unit="C62", net=amount, price=amount,
                 tax_category="Z", tax_rate=number("0"), name="Frakt"),
        ),
    )  # fmt: skip
