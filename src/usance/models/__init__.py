"""Rows and constraints of one book. No rules, no signals, no save() of our own."""

from . import among  # noqa: F401 - it registers itself
from .accrual import Accrual
from .advice import PaymentAdvice
from .bank import Allocation, BankAccount, BankLine, Explanation, HeldStatement, Statement
from .batch import Batch, ReceivedFile
from .buy_back import BuyBack, BuyBackLine, ReleaseLetter
from .capture import Correction, LearnedLayout, Reading
from .carrier import Carrier, CarrierPin
from .checkout import Checkout, ProviderEvent, ProviderMovement, ProviderPayout
from .client_ledger import Disclosure, OpenDifference, OpenList
from .conversion import Conversion, Crossing
from .debit import Debit, DebitFile, DebitMandate, DebitNotice, DebitRecall
from .decision import CreditDecision, Dispute, Funding, Hold, Settlement, Verification
from .diary import Diary, DiaryBlock
from .difference import Difference, Tolerance
from .dispatch import DeliveryEvent, Dispatch, DoubleDelivery, Reminder, Response
from .document import Counter, Document
from .door import Door
from .eligibility import EligibilityMark, EligibilitySet, Headroom, OverAdvance
from .exchange import ExchangeRate, Revaluation, TakenRate, Worth
from .facility import CreditLimit, Facility, FacilityProposal, ReferenceRate
from .factor import Factor
from .fee import FeeCharge, FeeInvoice, FeeInvoicing, FeeNotice
from .inbound import Acknowledgement, InboundMail
from .invoice import Invoice, Paper
from .issuing import Draft, IssuingRule, NumberSeries, Recurring
from .ledger import Balance, DayTotal, Entry, Move
from .mapping import ColumnMapping, WaitingTable
from .offer import Offer, OfferLine
from .party import AccountWarning, Alias, Client, ClientAccount, Debtor, DebtorAccount, Merger
from .payer_rule import PayerRule
from .payout import MissingPayout, Payout, PayoutFile
from .period import Period
from .promise import Instalment, Plan, Promise
from .proof import Proof
from .provider_refund import ProviderRefund
from .push import PushSubscription
from .question import Question, QuestionMail, QuestionPolicy
from .reach import AddressProposal, Capability, LadderSetting, Suppression
from .refactoring import Refactored
from .registration import Registration
from .report import ReportDecision
from .schedule import Schedule, SchedulePaper, ScheduleSignature
from .supporting import Supporting
from .template import Template
from .trust import ForeignPrint, Trait, TrustSetting
from .trust_account import TrustAccount
from .undertaking import Undertaking
from .voucher import Voucher, VoucherBatch, VoucherTarget
from .write_off import WriteOff, WriteOffAuthority

__all__ = [
    "AccountWarning",
    "Accrual",
    "Acknowledgement",
    "AddressProposal",
    "Alias",
    "Allocation",
    "Balance",
    "BankAccount",
    "BankLine",
    "Batch",
    "BuyBack",
    "BuyBackLine",
    "Capability",
    "Carrier",
    "CarrierPin",
    "Checkout",
    "Client",
    "ClientAccount",
    "ColumnMapping",
    "Conversion",
    "Correction",
    "Counter",
    "CreditDecision",
    "CreditLimit",
    "Crossing",
    "DayTotal",
    "Debit",
    "DebitFile",
    "DebitMandate",
    "DebitNotice",
    "DebitRecall",
    "Debtor",
    "DebtorAccount",
    "DeliveryEvent",
    "Diary",
    "DiaryBlock",
    "Difference",
    "Disclosure",
    "Dispatch",
    "Dispute",
    "Document",
    "Door",
    "DoubleDelivery",
    "Draft",
    "EligibilityMark",
    "EligibilitySet",
    "Entry",
    "ExchangeRate",
    "Explanation",
    "Facility",
    "FacilityProposal",
    "Factor",
    "FeeCharge",
    "FeeInvoice",
    "FeeInvoicing",
    "FeeNotice",
    "ForeignPrint",
    "Funding",
    "Headroom",
    "HeldStatement",
    "Hold",
    "InboundMail",
    "Instalment",
    "Invoice",
    "IssuingRule",
    "LadderSetting",
    "LearnedLayout",
    "Merger",
    "MissingPayout",
    "Move",
    "NumberSeries",
    "Offer",
    "OfferLine",
    "OpenDifference",
    "OpenList",
    "OverAdvance",
    "Paper",
    "PayerRule",
    "PaymentAdvice",
    "Payout",
    "PayoutFile",
    "Period",
    "Plan",
    "Promise",
    "Proof",
    "ProviderEvent",
    "ProviderMovement",
    "ProviderPayout",
    "ProviderRefund",
    "PushSubscription",
    "Question",
    "QuestionMail",
    "QuestionPolicy",
    "Reading",
    "ReceivedFile",
    "Recurring",
    "Refactored",
    "ReferenceRate",
    "Registration",
    "ReleaseLetter",
    "Reminder",
    "ReportDecision",
    "Response",
    "Revaluation",
    "Schedule",
    "SchedulePaper",
    "ScheduleSignature",
    "Settlement",
    "Statement",
    "Supporting",
    "Suppression",
    "TakenRate",
    "Template",
    "Tolerance",
    "Trait",
    "TrustAccount",
    "TrustSetting",
    "Undertaking",
    "Verification",
    "Voucher",
    "VoucherBatch",
    "VoucherTarget",
    "WaitingTable",
    "Worth",
    "WriteOff",
    "WriteOffAuthority",
]
