"""What a letter is told: plain values, one frozen type for each kind of letter.

Amounts are Money in the claim's currency, dates are days. Nothing here is optional by accident:
an empty text or None says in its comment what it means.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from usance.domain.invoice.document import Invoice
from usance.domain.money import Money, total
from usance.domain.party import Address
from usance.domain.reference import is_qrr


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """A company as it shows itself on paper: the client or the factor."""

    name: str
    address: Address
    colour: str = "#22303F"  # Accent, #RRGGBB.
    logo: bytes = b""  # SVG or PNG. Empty: the name is set in type.
    company_id: str = ""
    vat_id: str = ""
    phone: str = ""
    email: str = ""
    web: str = ""
    lines: tuple[str, ...] = ()  # What company law wants on paper: seat, register, directors.


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who stands in the envelope's window."""

    name: str
    address: Address
    attention: str = ""  # A person or department.
    number: str = ""  # Our number for them, printed so that they can quote it.


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The factor's account. At least one of IBAN and bankgiro is given."""

    holder: str
    iban: str = ""
    bic: str = ""
    bankgiro: str = ""
    swish: str = ""
    qr_iban: str = ""  # The same Swiss account, for payments with a QR reference.
    address: Address | None = None  # Of the holder; a Swiss payment part is not made without.

    def iban_for(self, reference: str) -> str:
        """A Swiss account has another IBAN for payments with a QR reference."""
        return self.qr_iban if self.qr_iban and is_qrr(reference) else self.iban


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLetter:
    """`invoice`, `confirmed` (one that the debtor irrevocably undertook to pay) and `credit_note`:
    the client's document with the factor's account and clause."""

    invoice: Invoice
    client: Brand
    factor: Brand
    account: Account
    reference: str  # What the debtor quotes.
    payable: Money  # What is to be paid to the factor; for a credit note, what is credited.
    recipient: Recipient | None = None  # None: the invoice's buyer at the buyer's address.


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One invoice, in a list."""

    number: str
    issued_on: date
    due_on: date
    face: Money
    debtor: str = ""  # Printed in the schedule of assignment only, as what follows.
    advance: Money | None = None  # None: the schedule is of claims that are not priced yet.
    reserve: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """`notice`: the assignment alone, told to the debtor."""

    written_on: date
    client: Brand
    factor: Brand
    debtor: Recipient
    account: Account
    assigned_on: date
    reference: str = ""  # Empty: each payment quotes the reference of its invoice.
    claims: tuple[Claim, ...] = ()  # Empty: all claims of the client, present and future.


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """One late invoice in a reminder, as of the reminder's day."""

    number: str
    issued_on: date
    due_on: date
    days_overdue: int
    face: Money
    outstanding: Money
    interest: Money  # Accrued up to `Reminder.interest_until`; zero if none is claimed.
    disputed: Money | None = None  # Of what is outstanding; not asked for. None: nothing.


FeeKind = Literal["reminder", "demand", "compensation"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    kind: FeeKind
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """`first_reminder`, `second_reminder`, `final_demand`, and the same `confirmed_…` of what the
    debtor irrevocably undertook to pay.

    The final demand has what Swedish law wants in one: creditor, ground and amount of the claim,
    interest with its rate, fees, last day to pay, how to pay and what follows.
    Source: inkassolagen (1974:182) §5.
    """

    written_on: date
    client: Brand
    factor: Brand
    debtor: Recipient
    account: Account
    reference: str
    claims: tuple[Overdue, ...]
    pay_by: date
    interest_until: date
    rate: Decimal | None = None  # Per cent a year that runs now, 10.0; None: it is not said.
    fees: tuple[Fee, ...] = ()

    @property
    def currency(self) -> str:
        return self.claims[0].outstanding.currency

    @property
    def outstanding(self) -> Money:
        return total((claim.outstanding for claim in self.claims), self.currency)

    @property
    def interest(self) -> Money:
        return total((claim.interest for claim in self.claims), self.currency)

    @property
    def disputed(self) -> Money:
        """What the debtor objects to: it stays out of what is to be paid."""
        return total((one.disputed for one in self.claims if one.disputed), self.currency)

    @property
    def payable(self) -> Money:
        """Outstanding and not disputed, interest and fees together."""
        fees = total((fee.amount for fee in self.fees), self.currency)
        return self.outstanding - self.disputed + self.interest + fees


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """`schedule`: what the client assigns to the factor in one batch."""

    number: str
    written_on: date
    purchased_on: date
    client: Brand
    factor: Brand
    contract: str  # The framework contract, as the parties name it.
    claims: tuple[Claim, ...]
    digest: str  # SHA-256 of the batch as it was handed in, hexadecimal.
    signed: tuple[tuple[str, datetime], ...] = ()  # Names; empty: a line for the pen is printed.
    pledged: bool = False  # The claims are security for a loan; else they are sold.
    manifest: str = ""  # What the digest is of, carried by the paper. Empty: it carries nothing.
    signatures: str = ""  # The evidence of who signed, as JSON.

    @property
    def total(self) -> Money:
        return total((claim.face for claim in self.claims), self.claims[0].face.currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """`release`: the claims are the client's again, and whom the debtor pays from a day on."""

    written_on: date
    since: date
    client: Brand
    factor: Brand
    debtor: Recipient
    account: Account | None  # The client's own, verified. None: the client tells it.
    claims: tuple[Claim, ...]


Facts = InvoiceLetter | Notice | Release | Reminder | Schedule

# Which facts each letter wants.
LETTERS: dict[str, type[Facts]] = {
    "invoice": InvoiceLetter,
    "confirmed": InvoiceLetter,
    "credit_note": InvoiceLetter,
    "notice": Notice,
    "first_reminder": Reminder,
    "second_reminder": Reminder,
    "final_demand": Reminder,
    "confirmed_first_reminder": Reminder,
    "confirmed_second_reminder": Reminder,
    "confirmed_final_demand": Reminder,
    "schedule": Schedule,
    "release": Release,
}
# What takes the place of a letter where the debtor irrevocably undertook to pay: it asks for no
# objections to goods or services, which change nothing.
CONFIRMED: dict[str, str] = {
    "invoice": "confirmed",
    "first_reminder": "confirmed_first_reminder",
    "second_reminder": "confirmed_second_reminder",
    "final_demand": "confirmed_final_demand",
}
# As BCP 47 names them; Norwegian is bokmål. What else a debtor reads: languages.nearest.
LANGUAGES = ("sv", "nb", "da", "fi", "de", "fr", "en")
