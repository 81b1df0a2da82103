"""What people said about payers: whose money it is that comes from an account, a name, a text."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from ..refusal import Refusal
from .bank import BankLine
from .wording import name_key

SHORTEST = 6  # Letters and digits of a text that may mean one payer.


class By(StrEnum):
    """By what a payer is known again, the surest first."""

    ACCOUNT = "account"
    NAME = "name"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class PayerRule:
    """A payer pays for this debtor, or what it pays belongs to this client: one of both."""

    by: By
    value: str  # As `key` writes it.
    debtor: UUID | None = None
    client: UUID | None = None


class RuleTooShort(Refusal):
    code = "payer_rule_too_short"
    todo = "Give an account, or at least six letters and digits that stand for this payer alone."


def key(by: By, text: str) -> str:
    """How a rule writes an account, a name or a text, so that it is found again.

    :raises RuleTooShort: if so little is left that it would speak of many payers.
    """
    kept = "".join(text.split()).upper() if by is By.ACCOUNT else name_key(text)
    if len(kept) < SHORTEST:
        raise RuleTooShort(f"“{text}” is too little to know a payer by")
    return kept


class Rules:
    """The rules that hold, found by what a line says of its payer."""

    def __init__(self, rules: Iterable[PayerRule] = ()) -> None:
        self._payers: dict[str, set[PayerRule]] = {}
        self._texts: list[PayerRule] = []
        for rule in rules:
            if rule.by is By.TEXT:
                self._texts.append(rule)
            else:
                self._payers.setdefault(rule.value, set()).add(rule)

    def __bool__(self) -> bool:
        """Did anybody say anything?"""
        return bool(self._payers or self._texts)

    def debtor(self, line: BankLine) -> UUID | None:
        """The one debtor for which the payer pays; None too if people named several."""
        return _only({rule.debtor for rule in self._of(line)})

    def client(self, line: BankLine) -> UUID | None:
        """The one client to whom the money belongs; None too if people named several."""
        return _only({rule.client for rule in self._of(line)})

    def _of(self, line: BankLine) -> set[PayerRule]:
        found: set[PayerRule] = set()
        if self._payers:
            for payer in {line.counterparty_account, name_key(line.counterparty)} - {""}:
                found |= self._payers.get(payer, set())
        if self._texts:
            said = name_key("".join(line.texts))
            found |= {rule for rule in self._texts if rule.value in said}
        return found


def _only(found: set[UUID | None]) -> UUID | None:
    if not found:
        return None
    (one,) = found if len(found) == 1 else (None,)
    return one
