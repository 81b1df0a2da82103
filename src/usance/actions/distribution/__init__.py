"""Send what debtors must have: who gets what by which channel, and the calls that do it."""

from .deadlines import judge
from .lookups import look_up
from .outcomes import ATTEMPTS, NotUnknown, ask, expire_leases, resolve_unknown
from .planning import AGAIN, add, again, came_to_nothing, fall_back, plan
from .sending import send

__all__ = [
    "AGAIN",
    "ATTEMPTS",
    "NotUnknown",
    "add",
    "again",
    "ask",
    "came_to_nothing",
    "expire_leases",
    "fall_back",
    "judge",
    "look_up",
    "plan",
    "resolve_unknown",
    "send",
]
