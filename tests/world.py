"""One small world for tests: a factor, two clients, three debtors, their terms."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from tests.kept import kept
from usance import models
from usance.actions import accounts, parties, terms
from usance.actions import ledger as books
from usance.actions.parties import Company
from usance.domain import ledger
from usance.domain.finance import NOTHING, Agreement, Charges, LegalBasis, Product
from usance.domain.invoice import Invoice
from usance.domain.invoice.document import Line, Preceding, Tax, Totals
from usance.domain.mandate import Role
from usance.domain.money import Money
from usance.domain.party import Address, Identifier, Party
from usance.domain.payee import CallBack

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
LONG_AGO = NOW - timedelta(days=40)
CALLED = CallBack(
    person="Anna Acme", number="+49 40 1234567", remark="Read it out; number of the contract."
)
OFFICER, SECOND = "user:officer", "user:second"
OUR_EUR = "DE89370400440532013000"
OUR_SEK = "SE4550000000058398257466"


@dataclass(frozen=True)
class World:
    acme: models.Client  # German, recourse after 60 days, EUR, 80 % at 1.5 %
    nord: models.Client  # Swedish, without recourse, SEK, 85 % at 2 %
    bolt: models.Debtor  # Reached by e-mail; limit EUR 50 000
    kaufmann: models.Debtor  # Reached by letter only; limit EUR 20 000
    tre_kronor: models.Debtor  # Reached by e-invoice; limit SEK 500 000


@kept
def build() -> World:
    """Add the world to an empty book."""
    models.Factor.objects.create(
        name="Factor Nord AB", legal_id="5560001111", vat_id="SE556000111101",
        street="Kungsgatan 1", postcode="111 43", city="Stockholm", country="SE",
        email="faktura@factor.example",
    )  # fmt: skip
    _accounts()
    acme = _client(
        Company(
            name="Acme Feinblech GmbH", country="DE", vat_id="DE136695976",
            legal_id="HRB4711", street="Hafenstraße 5", postcode="20457", city="Hamburg",
            language="de", email="buchhaltung@acme.example",
        ),
        iban="DE02120300000000202051",
        limit=Money.of("200000", "EUR"),
        rates=("0.80", "0.015"),
        recourse_days=60,
    )  # fmt: skip
    nord = _client(
        Company(
            name="Nordhav Seafood AB", country="SE", vat_id="SE556677889901",
            legal_id="5566778899", street="Fiskhamnen 2", postcode="414 58", city="Göteborg",
            language="sv", email="ekonomi@nordhav.example",
        ),
        iban="SE3550000000054910000003",
        limit=Money.of("2000000", "SEK"),
        rates=("0.85", "0.02"),
        recourse_days=None,
    )  # fmt: skip
    bolt = _debtor(
        Company(
            name="Bolt Maschinenbau AG", country="DE", vat_id="DE811193231",
            street="Industrieweg 9", postcode="80331", city="München", language="de",
            email="rechnung@bolt.example",
        ),
        Money.of("50000", "EUR"),
        accounts=("DE75512108001245126199",),
    )  # fmt: skip
    kaufmann = _debtor(
        Company(
            name="Kaufmann & Söhne KG", country="DE", vat_id="DE126563585",
            street="Am Markt 3", postcode="50667", city="Köln", language="de",
        ),
        Money.of("20000", "EUR"),
    )  # fmt: skip
    tre_kronor = _debtor(
        Company(
            name="Tre Kronor Livs AB", country="SE", legal_id="5561234567",
            street="Storgatan 10", postcode="852 30", city="Sundsvall", language="sv",
        ),
        Money.of("500000", "SEK"),
        einvoice_id="0007:5561234567",
    )  # fmt: skip
    return World(acme, nord, bolt, kaufmann, tre_kronor)


def capital(amount: str, currency: str) -> None:
    """Money of the owners on our account, so that payouts do not overdraw it."""
    books.book(
        [ledger.capital(Money.of(amount, currency), on=TODAY, voucher=f"deed-{currency}")],
        at=NOW,
        actor=OFFICER,
    )


def paper(
    client: models.Client,
    debtor: models.Debtor,
    *,
    number: str = "R-1",
    gross: str = "10000.00",
    currency: str = "EUR",
    issued_on: date = date(2026, 3, 1),
    due_on: date = date(2026, 4, 30),
    credits: str = "",
) -> Invoice:
    """An invoice whose totals add up: one line, no tax."""
    amount = Decimal(gross)
    return Invoice(
        number=number,
        type_code="381" if credits else "380",
        issued_on=issued_on,
        due_on=None if credits else due_on,
        currency=currency,
        despatch=f"LS-{number}",  # Goods of their own: many cost the same on one day.
        specification="urn:cen.eu:en16931:2017",
        preceding=(Preceding(number=credits),) if credits else (),
        seller=_party(client),
        buyer=_party(debtor),
        lines=(
            Line(
                number="1", name=f"Frästeile nach Zeichnung {number}", quantity=Decimal(1),
                unit="C62", price=amount, net=amount, tax_category="E", tax_rate=Decimal(0),
            ),
        ),
        taxes=(
            Tax(
                taxable=amount, tax=Decimal("0.00"), category="E", rate=Decimal(0),
                exemption="Exempt",
            ),
        ),
        totals=Totals(
            lines=amount, net=amount, tax=Decimal("0.00"), gross=amount, payable=amount
        ),
    )  # fmt: skip


def without_buyer_ids(invoice: Invoice, name: str) -> Invoice:
    return replace(invoice, buyer=Party(name=name, address=invoice.buyer.address))


def _party(row: models.Client | models.Debtor) -> Party:
    return Party(
        name=row.name,
        vat_id=row.vat_id,
        legal_id=Identifier(value=row.legal_id) if row.legal_id else None,
        address=Address(
            street=row.street, postcode=row.postcode, city=row.city, country=row.country
        ),
    )


def _accounts() -> None:
    models.BankAccount.objects.create(
        name="Factor Nord AB", iban=OUR_EUR, bic="COBADEFFXXX", currency="EUR"
    )
    models.BankAccount.objects.create(
        name="Factor Nord AB", iban=OUR_SEK, bic="ESSESESS", currency="SEK"
    )


def _client(
    company: Company,
    *,
    iban: str,
    limit: Money,
    rates: tuple[str, str],
    recourse_days: int | None,
) -> models.Client:
    row = parties.register_client(company, role=Role.ADMIN, at=NOW, actor=OFFICER)
    account = accounts.enter(
        row.pk, number=iban, currency=limit.currency, role=Role.ADMIN, at=LONG_AGO, actor=OFFICER
    )
    accounts.verify(account.pk, CALLED, role=Role.ADMIN, at=LONG_AGO, actor=SECOND)
    agree(row, agreement(limit, rates=rates, recourse_days=recourse_days))
    return row


def agreement(
    limit: Money,
    *,
    rates: tuple[str, str] = ("0.80", "0.015"),
    recourse_days: int | None = 90,
    charges: Charges = NOTHING,
    valid_from: date = date(2026, 1, 1),
    product: Product = Product.SELECTIVE,
) -> Agreement:
    """Terms as tests need them; what is not said costs nothing."""
    return Agreement(
        product=product, basis=LegalBasis.SALE, limit=limit, advance_rate=Decimal(rates[0]),
        fee_rate=Decimal(rates[1]), recourse_days=recourse_days, charges=charges,
        valid_from=valid_from,
    )  # fmt: skip


def agree(
    client: models.Client,
    said: Agreement,
    *,
    corrects: UUID | None = None,
    at: datetime | None = None,
) -> models.Facility:
    """One person writes the terms down, a second one puts them in force."""
    at = at or NOW
    row = terms.propose(client.pk, said, corrects=corrects, role=Role.CREDIT, at=at, actor=OFFICER)
    return terms.put_in_force(row.pk, seen=row.digest, role=Role.CREDIT, at=at, actor=SECOND)


def _debtor(company: Company, limit: Money, **more: object) -> models.Debtor:
    row = parties.register_debtor(company, role=Role.ADMIN, at=NOW, actor=OFFICER, **more)
    parties.set_limit(row.pk, limit, source="Test bureau", role=Role.ADMIN, at=NOW, actor=OFFICER)
    return row
