"""Where histories take place: a factor with four clients, each with a contract of another kind and
a currency of its own, among them one without and one with three decimals. The same contracts twice:
in the words of the model, and as the office agrees on them."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from tests import world
from usance import models
from usance.actions import (
    accounts,
    debit_mandates,
    exchange,
    fees,
    parties,
    paying,
    terms,
    tolerances,
)
from usance.actions.parties import Company
from usance.domain.collection.debits import Finality
from usance.domain.collection.signed import Scheme
from usance.domain.finance import (
    Base,
    Bracket,
    Brackets,
    Charges,
    DayCount,
    Extent,
    Foreign,
    Interest,
    LegalBasis,
    Product,
    Refactoring,
)
from usance.domain.mandate import Role
from usance.domain.money import Money
from usance.domain.payment import Bears
from usance.sandbox.iban import made_up

from .billing import Contract
from .price import Steps, Terms, Use
from .small import Tolerance

RATE, SINCE = "EURIBOR3M", date(2026, 1, 1)
BASE = ((date(2026, 1, 1), "0.0210"), (date(2026, 4, 1), "-0.0035"), (date(2026, 6, 10), "0.0275"))
END = date(2030, 12, 31)
LIMIT = 10**13


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """A client and what was agreed with it."""

    client: str
    currency: str
    advance: str
    fee: str
    recourse_days: int | None
    steps: tuple[tuple[int, str], ...] = ()
    whole: bool = True
    least_days: int = 0
    margin: str = ""
    floor: str = ""
    count: str = "ACT/360"
    float_days: int = 0
    monthly: bool = False
    lowest: int = 0  # Of each invoice.
    most: int | None = None
    vat: str = "0"
    share: str = ""  # Of recourse. Empty: all of what is outstanding.
    cap: int | None = None
    put_off: tuple[int, str, int] | None = None  # Days, fee, times.
    into: str = ""  # By another deal of the client, whose currency it is. Empty: its own.
    product: Product = Product.SELECTIVE
    pledge: bool = False
    month: int = 0  # What it pays at least, in fees,
    year: int = 0  # also in a year of the contract.
    since: date = SINCE
    home: bool = False  # In the factor's own country, whose tax our invoices bear.
    small: int = 0  # A difference of a payment up to this is small,
    bears: Bears = Bears.FACTOR  # and whose it is.

    def rate(self, day: date) -> Fraction:
        """Cents of a euro for a yen, as published last before the day."""
        day -= timedelta(days=1)
        while day.weekday() > 4 or day in CLOSED:
            day -= timedelta(days=1)
        return Fraction(100, per_euro(day))

    def terms(self) -> Terms:
        """In the words of the model."""
        steps = tuple((days, Fraction(rate)) for days, rate in self.steps)
        base = tuple((since, Fraction(rate)) for since, rate in BASE) if self.floor else ()
        floor = Fraction(self.floor) if self.floor else None
        use = Use(
            margin=Fraction(self.margin), base=base, floor=floor, count=self.count,
            float_days=self.float_days, monthly=self.monthly, to_due=self.is_confirmed,
        ) if self.margin else None  # fmt: skip
        days, fee, times = self.put_off or (0, "0", 0)
        return Terms(
            advance=Fraction(self.advance), fee=Fraction(self.fee),
            recourse_days=self.recourse_days, use=use, least=self.lowest, most=self.most,
            steps=Steps(steps=steps, whole=self.whole, least_days=self.least_days)
            if steps else None, vat=Fraction(self.vat), share=Fraction(self.share or 1),
            cap=self.cap, put_off_days=days, put_off_fee=Fraction(fee), put_off_times=times,
            pledge=self.pledge, undertaken=self.is_confirmed,
        )  # fmt: skip

    @property
    def is_confirmed(self) -> bool:
        """Bought is what debtors undertook to pay, at a discount to the due date."""
        return self.product is Product.CONFIRMING

    @property
    def smallest(self) -> int:
        """Of less nothing would be left to advance, and it is not bought."""
        return 50 if self.is_confirmed else 1

    def promise(self) -> Contract:
        """What of fees is promised, in the words of the model."""
        return Contract(
            client=self.client, currency=self.currency, since=self.since, month=self.month,
            year=self.year, rate=self.rate, vat=Fraction(1, 4) if self.home else Fraction(0),
        )  # fmt: skip

    def tolerance(self) -> Tolerance:
        client = self.client if self.bears is Bears.CLIENT else ""
        return Tolerance(currency=self.currency, most=self.small, client=client)

    def charges(self) -> Charges:
        """As the office writes them down."""
        brackets = Brackets(
            steps=tuple(Bracket(days=days, rate=Decimal(rate)) for days, rate in self.steps),
            whole=self.whole, minimum_days=self.least_days,
        ) if self.steps else None  # fmt: skip
        interest = Interest(
            margin=Decimal(self.margin), reference=RATE if self.floor else "",
            floor=Decimal(self.floor) if self.floor else None, count=DayCount(self.count),
            float_days=self.float_days, monthly=self.monthly, to_due=self.is_confirmed,
            base=Base.FACE if self.is_confirmed else Base.IN_USE,
        ) if self.margin else None  # fmt: skip
        return Charges(
            brackets=brackets, interest=interest, minimum=self.lowest, maximum=self.most,
            vat_rate=Decimal(self.vat), minimum_month=self.month, minimum_year=self.year,
        )  # fmt: skip


DEALS = (
    Deal(client="Acme", currency="EUR", advance="0.80", fee="0.005", recourse_days=20,
         steps=((10, "0.004"), (15, "0.003"), (30, "0.0025")), vat="0.19"),
    Deal(client="Nord", currency="SEK", advance="0.85", fee="0.0075", recourse_days=None,
         margin="0.0795", floor="0", vat="0.25", monthly=True, lowest=15000),
    Deal(client="Tokyo", currency="JPY", advance="0.70", fee="0.01", recourse_days=35,
         steps=((30, "0.013"),), whole=False, least_days=5, margin="0.0333", count="30E/360",
         float_days=2, most=40000),
    Deal(client="Manama", currency="BHD", advance="0.9", fee="0.0125", recourse_days=None,
         margin="0.0611", floor="0.01", count="ACT/ACT", float_days=1, vat="0.1"),
    Deal(client="Oslo", currency="NOK", advance="0.75", fee="0.01", recourse_days=12,
         margin="0.0705", count="ACT/365F", vat="0.25", share="0.8", cap=900_000,
         put_off=(10, "0.0075", 2)),
)  # fmt: skip
# One client with a facility in euros, which takes yen: the same contract for both.
EUROS = replace(DEALS[0], month=500_00)
ACROSS = (EUROS, replace(EUROS, currency="JPY", into="EUR", month=0))
# The same, with recourse for a part only, put off once.
SHARED = tuple(
    replace(deal, share="0.666667", put_off=(7, "0.005", 1), recourse_days=8) for deal in ACROSS
)
# A loan against pledged claims; what a debtor undertook to pay; and what no debtor hears of.
OTHERS = (
    Deal(client="Pfand", currency="EUR", advance="0.80", fee="0.005", recourse_days=20,
         steps=((10, "0.004"), (15, "0.003"), (30, "0.0025")), vat="0.19", pledge=True,
         product=Product.RECOURSE, month=2_500_00, small=15_00, bears=Bears.CLIENT),
    Deal(client="Kuwait", currency="KWD", advance="0.99", fee="0.002", recourse_days=None,
         margin="0.0612", count="ACT/365F", vat="0.05", product=Product.CONFIRMING, small=2_500,
         home=True),
    Deal(client="Still", currency="JPY", advance="0.75", fee="0.01", recourse_days=12,
         margin="0.0705", count="30E/360", vat="0.1", product=Product.CONFIDENTIAL, small=50,
         year=90_000, since=date(2025, 3, 20), home=True),
)  # fmt: skip
WORLDS = (DEALS, ACROSS, SHARED, OTHERS)
CLOSED = {date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 1), date(2026, 12, 25)}  # TARGET.
SIGNED = {"Bolt": Scheme.CORE, "Kaufmann": Scheme.B2B}  # Who lets us collect, by which scheme.

# How long they may have it back: eight weeks and four days to hear of it; three banking days.
FINAL = {"Bolt": timedelta(days=60), "Kaufmann": timedelta(days=5)}
DEBTORS = ("Bolt", "Kaufmann", "Kronor", "Hikari")
CURRENCIES = {deal.currency for deals in WORLDS for deal in deals}
ACCOUNTS = {currency: made_up("DE", 1, currency) for currency in CURRENCIES}


def per_euro(day: date) -> int:
    """Yen for one euro, another number each day."""
    return 150 + 7 * day.toordinal() % 23


def account_of(debtor: str) -> str:
    """From which a debtor pays."""
    return made_up("DE", 2, debtor)


@dataclass(frozen=True, slots=True)
class Place:
    clients: dict[str, models.Client]
    debtors: dict[str, models.Debtor]


def build(deals: tuple[Deal, ...] = DEALS) -> Place:
    """An empty book with these clients, all debtors, and limits that hold nothing back."""
    models.Factor.objects.create(
        name="Factor Nord AB", legal_id="5560001111", vat_id="SE556000111101",
        street="Kungsgatan 1", postcode="111 43", city="Stockholm", country="SE",
        email="faktura@factor.example",
    )  # fmt: skip
    paying.set_passing_on(True, role=Role.ADMIN, at=world.NOW, actor=world.OFFICER)
    fees.start(SINCE, role=Role.FINANCE, at=world.NOW, actor=world.OFFICER)
    for (place, (first, rate)), last in zip(
        enumerate(BASE), [*(day for day, _ in BASE[1:]), END], strict=True
    ):
        terms.enter_rate(
            RATE, Decimal(rate), first=first, last=last - timedelta(days=place < len(BASE) - 1),
            source="EMMI", role=Role.CREDIT, at=world.NOW, actor=world.OFFICER,
        )  # fmt: skip
    for deal in deals:
        models.BankAccount.objects.create(
            name="Factor Nord AB", iban=ACCOUNTS[deal.currency], bic="COBADEFFXXX",
            currency=deal.currency,
        )  # fmt: skip
    if any(deal.into for deal in deals):
        _publish()
        exchange.choose_home("EUR", role=Role.ADMIN, at=world.NOW, actor=world.OFFICER)
    clients = {
        deal.client: _client(
            n, deal, [one for one in deals if one.into and one.client == deal.client]
        )
        for n, deal in enumerate(deals)
        if not deal.into
    }
    for deal in deals:
        if deal.small:
            _tolerate(deal, clients[deal.client])
    debtors = {name: _debtor(n, name, deals) for n, name in enumerate(DEBTORS)}
    if any(deal.currency == "EUR" for deal in deals):
        _sign(debtors)
    return Place(clients, debtors)


def _tolerate(deal: Deal, client: models.Client) -> None:
    tolerances.set_tolerance(
        Money(deal.small, deal.currency), share=None, bears=deal.bears,
        client=client.pk if deal.bears is Bears.CLIENT else None, valid_from=SINCE,
        reason="Small is small.", role=Role.ADMIN, at=world.NOW, actor=world.OFFICER,
    )  # fmt: skip


def _sign(debtors: dict[str, models.Debtor]) -> None:
    """Two of them let us collect in euro."""
    paying.set_debits(
        models.BankAccount.objects.get(currency="EUR").pk, creditor_id="DE98ZZZ09999999999",
        version="08", finality=Finality.REFUND, role=Role.OPERATIONS, at=world.NOW,
        actor=world.OFFICER,
    )  # fmt: skip
    for name, scheme in SIGNED.items():
        row = debit_mandates.enter(
            debtors[name].pk, reference=f"M-{name}", scheme=scheme, iban=account_of(name),
            signed_on=date(2026, 1, 15), evidence="Folder 7", notice_days=2, role=Role.COLLECTION,
            at=world.NOW, actor=world.OFFICER,
        )  # fmt: skip
        debit_mandates.confirm(
            row.pk, seen=row.iban, role=Role.CREDIT, at=world.NOW, actor=world.SECOND
        )


def _publish() -> None:
    days = [date(2026, 2, 20) + timedelta(days=n) for n in range(400)]
    models.ExchangeRate.objects.bulk_create(
        models.ExchangeRate(
            currency="JPY", published_on=day, per_euro=per_euro(day), source="ecb", state="known",
            said_at=world.NOW, said_by="day", decided_at=world.NOW,
        )
        for day in days
    )  # fmt: skip


def _client(n: int, deal: Deal, across: list[Deal]) -> models.Client:
    country, vat_id = ("SE", f"SE55600022220{n}") if deal.home else ("DE", f"DE{111111111 + n}")
    row = parties.register_client(
        Company(
            name=f"{deal.client} GmbH", country=country, vat_id=vat_id,
            legal_id=f"HRB47{n}", street=f"Hafenstraße {n}", postcode="20457", city="Hamburg",
            language="de", email=f"{deal.client.lower()}@client.example",
        ),
        role=Role.ADMIN, at=world.NOW, actor=world.OFFICER,
    )  # fmt: skip
    for one in (deal, *across):
        account = accounts.enter(
            row.pk, number=made_up("DE", 3, deal.client + one.into), currency=one.currency,
            role=Role.ADMIN, at=world.LONG_AGO, actor=world.OFFICER,
        )  # fmt: skip
        accounts.verify(
            account.pk, world.CALLED, role=Role.ADMIN, at=world.LONG_AGO, actor=world.SECOND
        )
    said = world.agreement(
        Money(LIMIT, deal.currency), rates=(deal.advance, deal.fee), charges=deal.charges(),
        recourse_days=deal.recourse_days, valid_from=deal.since, product=deal.product,
    )  # fmt: skip
    basis = LegalBasis.PLEDGE if deal.pledge else LegalBasis.SALE
    extent = Extent(share=Decimal(deal.share) if deal.share else None, most=deal.cap)
    days, fee, times = deal.put_off or (0, "0", 0)
    put_off = Refactoring(days=days, fee_rate=Decimal(fee), times=times) if deal.put_off else None
    taken = Foreign(currencies=tuple(sorted(one.currency for one in across)))
    said = replace(said, basis=basis, foreign=taken, extent=extent, refactoring=put_off)
    world.agree(row, said)
    return row


def _debtor(n: int, name: str, deals: tuple[Deal, ...]) -> models.Debtor:
    row = parties.register_debtor(
        Company(
            name=f"{name} AG", country="DE", vat_id=f"DE{222222222 + n}", legal_id=f"HRB8{n}",
            street=f"Industrieweg {n}", postcode="80331", city="München", language="de",
            email=f"{name.lower()}@debtor.example",
        ),
        accounts=(account_of(name),), role=Role.ADMIN, at=world.NOW, actor=world.OFFICER,
    )  # fmt: skip
    for deal in deals:
        parties.set_limit(
            row.pk, Money(LIMIT, deal.currency), source="Test bureau", role=Role.ADMIN,
            at=world.NOW, actor=world.OFFICER,
        )  # fmt: skip
    return row
