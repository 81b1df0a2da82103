"""Send what debtors must have: who gets what by which channel, and the calls that do it."""

from .outcomes import ATTEMPTS, NotUnknown, ask, expire_leases, resolve_unknown
from .planning import AGAIN, add, again, fall_back, plan
from .sending import send

__all__ = [
    "AGAIN",
    "ATTEMPTS",
    "NotUnknown",
    "add",
    "again",
    "ask",
    "expire_leases",
    "fall_back",
    "plan",
    "resolve_unknown",
    "send",
]
