"""Debtors whose name is the payer's but for its legal form: what they owe is proposed alone."""

from .bank import BankLine
from .reading import said
from .wording import bare


class Namesakes:
    """Debtors, by places, of a batch or a book. A name is taken apart only once somebody asks."""

    def __init__(self) -> None:
        self._fresh: dict[int, str] = {}
        self._by_name: dict[str, set[int]] = {}

    def add(self, debtor: int, name: str) -> None:
        self._fresh[debtor] = name

    def of(self, line: BankLine) -> set[int]:
        """Those of the payer of this line, also where its name is exactly theirs."""
        if self._fresh:
            for debtor, name in self._fresh.items():
                for key in bare(name):
                    self._by_name.setdefault(key, set()).add(debtor)
            self._fresh.clear()
        return {one for key in said(line).bare_payer for one in self._by_name.get(key, ())}
