"""The invoice as paper: the semantic model of EN 16931-1:2017, one field for each business term.

Readers of every format fill it, writers of every format read it. It holds what was written, right
or wrong: what is missing is None or empty, amounts are Decimals with the digits they came with.
Whether that is a good invoice is asked elsewhere.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from usance.domain.party import Address, Identifier, Party, Payee, TaxRepresentative

CREDIT_NOTE_CODES = frozenset(
    {"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    text: str  # BT-22
    subject: str = ""  # BT-21: UNTDID 4451, e.g. AAI, REG


@dataclass(frozen=True, slots=True, kw_only=True)
class Preceding:
    """BG-3: the invoice that this one corrects or credits."""

    number: str  # BT-25
    issued_on: date | None = None  # BT-26


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    start: date | None = None  # BT-73, 134
    end: date | None = None  # BT-74, 135


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """BG-13."""

    name: str = ""  # BT-70
    location: Identifier | None = None  # BT-71
    on: date | None = None  # BT-72
    address: Address | None = None  # BG-15


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """BG-17: where to pay."""

    number: str  # BT-84: IBAN, or the number of a national scheme
    name: str = ""  # BT-85
    bic: str = ""  # BT-86


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMeans:
    """BG-16."""

    code: str = ""  # BT-81: UNTDID 4461, 30 credit transfer, 58 SEPA, 59 SEPA debit
    text: str = ""  # BT-82
    reference: str = ""  # BT-83: what the payer is to quote
    accounts: tuple[Account, ...] = ()  # BG-17
    card_number: str = ""  # BT-87
    card_holder: str = ""  # BT-88
    mandate: str = ""  # BT-89
    creditor_id: str = ""  # BT-90
    debited_account: str = ""  # BT-91


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowanceCharge:
    """BG-20 and 21 on the document, BG-27 and 28 on a line."""

    is_charge: bool
    amount: Decimal | None = None  # BT-92, 99, 136, 141
    base: Decimal | None = None  # BT-93, 100, 137, 142
    percent: Decimal | None = None  # BT-94, 101, 138, 143
    tax_category: str = ""  # BT-95, 102: not on lines
    tax_rate: Decimal | None = None  # BT-96, 103: not on lines
    reason: str = ""  # BT-97, 104, 139, 144
    reason_code: str = ""  # BT-98, 105, 140, 145


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """BG-22."""

    lines: Decimal | None = None  # BT-106
    allowances: Decimal | None = None  # BT-107
    charges: Decimal | None = None  # BT-108
    net: Decimal | None = None  # BT-109
    tax: Decimal | None = None  # BT-110
    tax_in_tax_currency: Decimal | None = None  # BT-111
    gross: Decimal | None = None  # BT-112
    prepaid: Decimal | None = None  # BT-113
    rounding: Decimal | None = None  # BT-114
    payable: Decimal | None = None  # BT-115


@dataclass(frozen=True, slots=True, kw_only=True)
class Tax:
    """BG-23: one row of the tax breakdown."""

    taxable: Decimal | None = None  # BT-116
    tax: Decimal | None = None  # BT-117
    category: str = ""  # BT-118: UNTDID 5305
    rate: Decimal | None = None  # BT-119, in per cent
    exemption: str = ""  # BT-120
    exemption_code: str = ""  # BT-121


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """BG-24: a supporting document, inside or by its address."""

    reference: str = ""  # BT-122
    description: str = ""  # BT-123
    url: str = ""  # BT-124
    content: bytes | None = None  # BT-125
    media_type: str = ""
    file_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """BG-32."""

    name: str  # BT-160
    value: str  # BT-161


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    value: str  # BT-158
    scheme: str = ""  # UNTDID 7143
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """BG-25."""

    number: str = ""  # BT-126
    note: str = ""  # BT-127
    object_id: Identifier | None = None  # BT-128
    quantity: Decimal | None = None  # BT-129
    unit: str = ""  # BT-130: UN/ECE Rec. 20 and 21
    net: Decimal | None = None  # BT-131
    order_line: str = ""  # BT-132
    accounting: str = ""  # BT-133
    period: Period | None = None  # BG-26
    allowances: tuple[AllowanceCharge, ...] = ()  # BG-27 and 28
    price: Decimal | None = None  # BT-146: net, any number of digits
    price_discount: Decimal | None = None  # BT-147
    price_gross: Decimal | None = None  # BT-148
    price_quantity: Decimal | None = None  # BT-149
    price_unit: str = ""  # BT-150
    tax_category: str = ""  # BT-151
    tax_rate: Decimal | None = None  # BT-152
    name: str = ""  # BT-153
    description: str = ""  # BT-154
    seller_id: str = ""  # BT-155
    buyer_id: str = ""  # BT-156
    standard_id: Identifier | None = None  # BT-157
    classifications: tuple[Classification, ...] = ()  # BT-158
    origin: str = ""  # BT-159
    attributes: tuple[Attribute, ...] = ()  # BG-32


NO_PARTY = Party()
NO_TOTALS = Totals()


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """One invoice or credit note, as it was written."""

    number: str = ""  # BT-1
    issued_on: date | None = None  # BT-2
    type_code: str = ""  # BT-3: UNTDID 1001, 380 invoice, 381 credit note
    currency: str = ""  # BT-5
    tax_currency: str = ""  # BT-6
    tax_point_on: date | None = None  # BT-7
    tax_point_code: str = ""  # BT-8
    due_on: date | None = None  # BT-9
    buyer_reference: str = ""  # BT-10
    project: str = ""  # BT-11
    contract: str = ""  # BT-12
    order: str = ""  # BT-13: the buyer's purchase order
    sales_order: str = ""  # BT-14
    receipt: str = ""  # BT-15: receiving advice
    despatch: str = ""  # BT-16
    tender: str = ""  # BT-17
    object_id: Identifier | None = None  # BT-18
    accounting: str = ""  # BT-19
    payment_terms: str = ""  # BT-20
    notes: tuple[Note, ...] = ()  # BG-1
    process: str = ""  # BT-23
    specification: str = ""  # BT-24
    preceding: tuple[Preceding, ...] = ()  # BG-3
    seller: Party = NO_PARTY  # BG-4
    buyer: Party = NO_PARTY  # BG-7
    payee: Payee | None = None  # BG-10
    tax_representative: TaxRepresentative | None = None  # BG-11
    delivery: Delivery | None = None  # BG-13
    period: Period | None = None  # BG-14
    payment_means: tuple[PaymentMeans, ...] = ()  # BG-16
    allowances: tuple[AllowanceCharge, ...] = ()  # BG-20 and 21
    totals: Totals = NO_TOTALS  # BG-22
    taxes: tuple[Tax, ...] = ()  # BG-23
    attachments: tuple[Attachment, ...] = ()  # BG-24
    lines: tuple[Line, ...] = ()  # BG-25

    @property
    def is_credit_note(self) -> bool:
        return self.type_code in CREDIT_NOTE_CODES
