"""Send what debtors must have: who gets what by which channel, and the calls that do it."""

from .planning import AGAIN, add, again, fall_back, plan
from .sending import ATTEMPTS, NotUnknown, ask, expire_leases, resolve_unknown, send

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
