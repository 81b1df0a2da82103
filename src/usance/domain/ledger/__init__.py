"""The bookkeeping of factoring: which entry each event makes. An accountant reads this room."""

from .cash import (
    EXPLAINED,
    EXPLAINED_AS,
    allocation,
    allocation_key,
    allocation_undone,
    explanation,
    receipt,
    withdrawal,
)
from .claims import (
    EARNED,
    accrual,
    purchase,
    reduction,
    refactoring,
    repurchase,
    set_off,
    settlement,
    settlement_undone,
)
from .conversions import Owned, across_key, conversion, evened, owned, payment_across
from .corrections import FREE, KeptByRecord, NotACorrection, capital, correction, reversal
from .differences import difference, difference_undone, had_before
from .exchange import MONETARY, differences, revaluation
from .fees import BOOKED_BY, fee_credit, fee_invoice
from .losses import claim_written_off, write_off
from .payouts import (
    payout_found,
    payout_paid,
    payout_rejected,
    payout_released,
    payout_returned,
    refund_rejected,
    refund_released,
    refund_taken,
)
from .pledges import beside, is_beside, touched

__all__ = [
    "BOOKED_BY",
    "EARNED",
    "EXPLAINED",
    "EXPLAINED_AS",
    "FREE",
    "MONETARY",
    "KeptByRecord",
    "NotACorrection",
    "Owned",
    "accrual",
    "across_key",
    "allocation",
    "allocation_key",
    "allocation_undone",
    "beside",
    "capital",
    "claim_written_off",
    "conversion",
    "correction",
    "difference",
    "difference_undone",
    "differences",
    "evened",
    "explanation",
    "fee_credit",
    "fee_invoice",
    "had_before",
    "is_beside",
    "owned",
    "payment_across",
    "payout_found",
    "payout_paid",
    "payout_rejected",
    "payout_released",
    "payout_returned",
    "purchase",
    "receipt",
    "reduction",
    "refactoring",
    "refund_rejected",
    "refund_released",
    "refund_taken",
    "repurchase",
    "revaluation",
    "reversal",
    "set_off",
    "settlement",
    "settlement_undone",
    "touched",
    "withdrawal",
    "write_off",
]
