"""Is this a true, complete and lawful invoice? Checks on its business, rules on its writing."""

from .checks import CHECKS, NEVER_WAIVED, Check, Facts, stopping, verify

__all__ = ["CHECKS", "NEVER_WAIVED", "Check", "Facts", "stopping", "verify"]
