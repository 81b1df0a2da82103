"""Rows and constraints of one book. No rules, no signals, no save() of our own."""

from . import among  # noqa: F401 - it registers itself
from .bank import Allocation, BankAccount, BankLine, Payout, PayoutFile, Statement
from .batch import Batch, ReceivedFile
from .capture import Correction, LearnedLayout, Reading
from .carrier import Carrier, CarrierPin
from .decision import CreditDecision, Dispute, Funding, Hold, Settlement, Verification
from .diary import Diary, DiaryBlock
from .dispatch import DeliveryEvent, Dispatch, DoubleDelivery, Reminder, Response
from .document import Counter, Document
from .door import Door
from .facility import CreditLimit, Facility
from .factor import Factor
from .inbound import Acknowledgement, InboundMail
from .invoice import Invoice, Paper
from .issuing import Draft, IssuingRule, NumberSeries, Recurring
from .ledger import Balance, DayTotal, Entry, Move
from .mapping import ColumnMapping, WaitingTable
from .party import Alias, Client, ClientAccount, Debtor, DebtorAccount
from .promise import Instalment, Plan, Promise
from .proof import Proof
from .push import PushSubscription
from .question import Question, QuestionPolicy
from .reach import AddressProposal, Capability, LadderSetting, Suppression
from .registration import Registration
from .report import ReportDecision
from .supporting import Supporting
from .template import Template
from .trust import ForeignPrint, Trait, TrustSetting

__all__ = [
    "Acknowledgement",
    "AddressProposal",
    "Alias",
    "Allocation",
    "Balance",
    "BankAccount",
    "BankLine",
    "Batch",
    "Capability",
    "Carrier",
    "CarrierPin",
    "Client",
    "ClientAccount",
    "ColumnMapping",
    "Correction",
    "Counter",
    "CreditDecision",
    "CreditLimit",
    "DayTotal",
    "Debtor",
    "DebtorAccount",
    "DeliveryEvent",
    "Diary",
    "DiaryBlock",
    "Dispatch",
    "Dispute",
    "Document",
    "Door",
    "DoubleDelivery",
    "Draft",
    "Entry",
    "Facility",
    "Factor",
    "ForeignPrint",
    "Funding",
    "Hold",
    "InboundMail",
    "Instalment",
    "Invoice",
    "IssuingRule",
    "LadderSetting",
    "LearnedLayout",
    "Move",
    "NumberSeries",
    "Paper",
    "Payout",
    "PayoutFile",
    "Plan",
    "Promise",
    "Proof",
    "PushSubscription",
    "Question",
    "QuestionPolicy",
    "Reading",
    "ReceivedFile",
    "Recurring",
    "Registration",
    "Reminder",
    "ReportDecision",
    "Response",
    "Settlement",
    "Statement",
    "Supporting",
    "Suppression",
    "Template",
    "Trait",
    "TrustSetting",
    "Verification",
    "WaitingTable",
]
