"""One factor, two clients and their debtors on paper, for the letters' tests and bench."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from usance.domain.invoice.document import (
    AllowanceCharge,
    Delivery,
    Invoice,
    Line,
    Note,
    Preceding,
    Tax,
    Totals,
)
from usance.domain.money import Money
from usance.domain.party import Address, Contact, Identifier, Party
from usance.domain.reference import rf
from usance.letters.facts import (
    Account,
    Brand,
    Claim,
    Fee,
    InvoiceLetter,
    Notice,
    Overdue,
    Recipient,
    Release,
    Reminder,
    Schedule,
)

LOGO = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 48">
<rect width="48" height="48" rx="10" fill="#0B6E5F"/>
<path d="M12 33 24 14l12 19" stroke="#fff" stroke-width="5" fill="none"/>
<path d="M62 36V12h6v19h14v5zM90 36V12h20v5H96v5h12v5H96v4h14v5z" fill="#0B6E5F"/></svg>"""

NORDHAV = Brand(
    name="Nordhav Möbler AB",
    address=Address(street="Hamngatan 12", postcode="411 14", city="Göteborg", country="SE"),
    colour="#0B6E5F",
    company_id="556703-7485",
    vat_id="SE556703748501",
    phone="+46 31 700 10 00",
    email="faktura@nordhav.example",
    web="nordhav.example",
    lines=("Godkänd för F-skatt", "Säte: Göteborg"),
)
KESSLER = Brand(
    name="Keßler Feinblech GmbH",
    address=Address(street="Gießereistraße 7", postcode="70469", city="Stuttgart", country="DE"),
    colour="#B3401E",
    company_id="HRB 24511",
    vat_id="DE136695976",
    phone="+49 711 890 22-0",
    email="rechnung@kessler.example",
    web="kessler.example",
    lines=("Amtsgericht Stuttgart", "Geschäftsführerin: Änne Keßler"),
)
SUND = Brand(
    name="Sund Factoring AB",
    address=Address(street="Skeppsbron 8", postcode="111 30", city="Stockholm", country="SE"),
    colour="#1F4E9C",
    company_id="559000-1234",
    vat_id="SE559000123401",
    phone="+46 8 555 210 00",
    email="inkasso@sund.example",
    web="sund.example",
    lines=("Står under tillsyn av Finansinspektionen",),
)
RHEIN = Brand(
    name="Rhein Factoring GmbH",
    address=Address(street="Kölner Straße 21", postcode="40211", city="Düsseldorf", country="DE"),
    colour="#24475B",
    company_id="HRB 90017",
    vat_id="DE811907980",
    phone="+49 211 440 10-0",
    email="debitoren@rhein.example",
    web="rhein.example",
    lines=("Amtsgericht Düsseldorf", "Geschäftsführer: Jörg Weiß"),
)
SE_ACCOUNT = Account(
    holder="Sund Factoring AB",
    iban="SE4550000000058398257466",
    bic="ESSESESS",
    bankgiro="5050-1055",
)
DE_ACCOUNT = Account(
    holder="Rhein Factoring GmbH", iban="DE89370400440532013000", bic="COBADEFFXXX"
)
SE_DEBTOR = Recipient(
    name="Östra Sjukhusets Inköp AB",
    attention="Leverantörsreskontra",
    address=Address(
        street="Ängsvägen 3 B", extra="Box 4410", postcode="212 14", city="Malmö", country="SE"
    ),
    number="104417",
)
DE_DEBTOR = Recipient(
    name="Müller & Söhne Großhandels GmbH & Co. KG",
    attention="Kreditorenbuchhaltung",
    address=Address(
        street="Lange Straße 118", extra="Hinterhaus", postcode="20097", city="Hamburg",
        country="DE",
    ),
    number="20318",
)  # fmt: skip

ONLINE = (
    "Online ansehen",
    "https://factoring.rhein.example/i/AZ0LwUvQcZ2koKXtJ4EGQw8qwl4M3kq7Yw2ZtQ5X",
)

ARTICLES = (
    ("Rostfreies Feinblech 1.4301, 2 mm, geschliffen", "Zuschnitt 1000 × 2000 mm", "H87", "86.40"),
    ("Montage und Anpassung vor Ort", "", "HUR", "64.00"),
    (
        "Winkelprofil 40 × 40, eloxiert",
        "Charge 26-0418, Werkszeugnis 3.1 liegt bei",
        "MTR",
        "11.25",
    ),
    ("Transport frei Haus", "", "LS", "145.00"),
)


def lines(count: int, *, rate: str = "19", category: str = "S") -> tuple[Line, ...]:
    made = []
    for nth in range(count):
        name, description, unit, price = ARTICLES[nth % len(ARTICLES)]
        quantity = Decimal(1 + (nth * 7) % 23)
        made.append(
            Line(
                number=str(nth + 1),
                name=name,
                description=description,
                quantity=quantity,
                unit=unit,
                price=Decimal(price),
                net=quantity * Decimal(price),
                tax_category=category,
                tax_rate=Decimal(rate),
            )
        )
    return tuple(made)


def invoice(
    count: int = 3, *, currency: str = "EUR", rate: str = "19", category: str = "S"
) -> Invoice:
    """An invoice of so many lines whose sums are right."""
    made = lines(count, rate=rate, category=category)
    net = sum((line.net for line in made if line.net is not None), Decimal(0))
    tax = (net * Decimal(rate) / 100).quantize(Decimal("0.01"))
    return Invoice(
        number="2026-04810",
        issued_on=date(2026, 11, 2),
        due_on=date(2026, 12, 2),
        type_code="380",
        currency=currency,
        buyer_reference="Einkauf / Ö. Yıldız",
        order="B-77120",
        seller=Party(name="Keßler Feinblech GmbH", address=KESSLER.address),
        buyer=Party(
            name=DE_DEBTOR.name,
            legal_id=Identifier(value="HRA 1"),
            vat_id="DE129273398",
            address=DE_DEBTOR.address,
            contact=Contact(name="Kreditorenbuchhaltung"),
        ),
        delivery=Delivery(on=date(2026, 10, 30)),
        payment_terms="Zahlbar innerhalb von 30 Tagen ohne Abzug.",
        lines=made,
        taxes=(Tax(taxable=net, tax=tax, category=category, rate=Decimal(rate)),),
        totals=Totals(lines=net, net=net, tax=tax, gross=net + tax, payable=net + tax),
    )


def german(count: int = 3, **more: str) -> InvoiceLetter:
    paper = invoice(count, **more)
    return InvoiceLetter(
        invoice=paper,
        client=KESSLER,
        factor=RHEIN,
        account=DE_ACCOUNT,
        reference=rf("0000004810"),
        payable=Money.of(str(paper.totals.payable), paper.currency),
        recipient=DE_DEBTOR,
    )


def swedish(count: int = 3) -> InvoiceLetter:
    paper = invoice(count, currency="SEK", rate="25")
    return InvoiceLetter(
        invoice=replace(paper, payment_terms="30 dagar netto."),
        client=replace(NORDHAV, logo=LOGO),
        factor=SUND,
        account=SE_ACCOUNT,
        reference="0000481006",
        payable=Money.of(str(paper.totals.payable), "SEK"),
        recipient=SE_DEBTOR,
    )


def reverse_charge() -> InvoiceLetter:
    letter = german(2, rate="0", category="AE")
    net = Decimal("588.40")
    return replace(
        letter,
        payable=Money.of(net, "EUR"),
        invoice=replace(
            letter.invoice,
            taxes=(Tax(taxable=net, tax=Decimal("0.00"), category="AE", rate=Decimal(0)),),
            totals=Totals(
                lines=Decimal("598.40"),
                allowances=Decimal("10.00"),
                net=net,
                tax=Decimal("0.00"),
                gross=net,
                payable=net,
            ),
            allowances=(
                AllowanceCharge(is_charge=False, amount=Decimal("10.00"), reason="Treuerabatt"),
            ),
            notes=(Note(text="Vielen Dank für Ihren Auftrag.\nEs gelten unsere AGB."),),
        ),
    )


def credit_note() -> InvoiceLetter:
    letter = german(1)
    return replace(
        letter,
        invoice=replace(
            letter.invoice,
            number="G-2026-0031",
            type_code="381",
            preceding=(Preceding(number="2026-04810"),),
        ),
    )


def notice(*, listed: bool = True) -> Notice:
    return Notice(
        written_on=date(2026, 11, 22),
        client=NORDHAV,
        factor=SUND,
        debtor=SE_DEBTOR,
        account=SE_ACCOUNT,
        assigned_on=date(2026, 11, 20),
        claims=claims(3) if listed else (),
    )


def release() -> Release:
    own = Account(holder=NORDHAV.name, iban="SE3550000000054910000003", bic="ESSESESS")
    return Release(
        written_on=date(2026, 11, 22),
        since=date(2026, 11, 22),
        client=NORDHAV,
        factor=SUND,
        debtor=SE_DEBTOR,
        account=own,
        claims=claims(3),
    )


def claims(count: int) -> tuple[Claim, ...]:
    return tuple(
        Claim(
            number=f"2026-{4810 + nth:05d}",
            issued_on=date(2026, 11, 2),
            due_on=date(2026, 12, 2),
            face=Money(1_234_550 + 7_777 * nth, "SEK"),
            debtor=SE_DEBTOR.name if nth % 3 else "Åkerö Bygg & Entreprenad i Norrköping AB",
        )
        for nth in range(count)
    )


def reminder() -> Reminder:
    return Reminder(
        written_on=date(2026, 11, 22),
        client=NORDHAV,
        factor=SUND,
        debtor=SE_DEBTOR,
        account=SE_ACCOUNT,
        reference="0000481006",
        claims=(
            Overdue(
                number="2026-04711",
                issued_on=date(2026, 9, 11),
                due_on=date(2026, 10, 11),
                days_overdue=42,
                face=Money.of("12500.00", "SEK"),
                outstanding=Money.of("10000.00", "SEK"),
                interest=Money.of("115.07", "SEK"),
            ),
        ),
        pay_by=date(2026, 12, 2),
        interest_until=date(2026, 11, 22),
        rate=Decimal("10.00"),
        fees=(Fee(kind="compensation", amount=Money.of("450.00", "SEK")),),
    )


def schedule(count: int = 48) -> Schedule:
    return Schedule(
        number="B-2026-118",
        written_on=date(2026, 11, 22),
        purchased_on=date(2026, 11, 23),
        client=NORDHAV,
        factor=SUND,
        contract="F-1044 (2025-03-01)",
        claims=claims(count),
        digest="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        signed=(("Åsa Lindqvist", datetime(2026, 11, 22, 9, 14, tzinfo=UTC)),),
    )
