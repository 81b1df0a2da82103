"""Is this a true, complete and lawful invoice? Checks on its business, rules on its writing."""

from .checks import CHECKS, Check, Facts, verify

__all__ = ["CHECKS", "Check", "Facts", "verify"]
