"""Open items in memory, found by what a bank line says, with what is still outstanding on each."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar
from uuid import UUID

from .advices import Advices, Awaited, agreeing, by_advice
from .bank import BankLine
from .clues import EXACT, OpenItem, has, names, number_in_a_row
from .matching import Match, Verdict, match
from .reading import said, sought
from .rules import Rules
from .tails import GRAM, Tails
from .together import together
from .wording import name_key

MOST_INDEXED = 1000  # Debtors whose numbers with slips are looked for without reading them anew.
MOST_OPEN = 40  # Open items of a payer that are looked at without any number.
ROUNDS = 6
Key = TypeVar("Key")
Found = UUID | list[UUID]  # Most keys have one item: a list for each would be most of the memory.


class OpenItems:
    """Items by what names them. What a line surely pays is outstanding no longer for the next, and
    the account that paid is known from then on.

    :param paid: the debtors for which an account has paid before, by account.
    :param rules: what people said about payers.
    :param advices: what payers said that they paid, and whose money has not come yet.
    """

    def __init__(
        self,
        items: Iterable[OpenItem],
        *,
        paid: Mapping[str, Collection[UUID]] | None = None,
        rules: Rules | None = None,
        advices: Iterable[Awaited] = (),
    ) -> None:
        self.items = {item.invoice: item for item in items}
        self._named: dict[str, Found] = {}
        self._owed: dict[tuple[UUID, int], Found] = {}
        self._of_debtor: dict[UUID, list[UUID]] = {}
        self._debtors: dict[str, set[UUID]] = {}  # By account and by name.
        self._paid_from = {account: set(found) for account, found in (paid or {}).items()}
        self._rules = rules or Rules()
        self._advices = Advices(advices)
        self._tails: dict[UUID, Tails] = {}
        self._made: dict[tuple[UUID, str], tuple[OpenItem, OpenItem]] = {}
        self._moved: set[UUID | str] = set()  # Debtors and accounts that a booking changed.
        for item in self.items.values():
            for form in names(item):
                _put(self._named, form, item.invoice)
            for payer in {*item.debtor_accounts, name_key(item.debtor_name)} - {""}:
                self._debtors.setdefault(payer, set()).add(item.debtor)
            self._of_debtor.setdefault(item.debtor, []).append(item.invoice)
            _put(self._owed, (item.debtor, item.outstanding.minor), item.invoice)
        self._told = {item.invoice for item in self.items.values() if item.recurs}
        for (_, minor), same in self._owed.items():
            self._recur(same, minor)

    def candidates(self, line: BankLine) -> list[OpenItem]:
        """The items that the line names; if it names none, those of its payer and amount."""
        found = self._named_by(line)
        return self._seen(line, found or dict.fromkeys(self._of_amount(line)))

    def more(self, line: BankLine) -> list[OpenItem]:
        """Beside the candidates what else its payer owes: of the amount, with a number like one in
        the line, or all of it if that is little."""
        found = self._named_by(line)
        found |= dict.fromkeys(self._of_amount(line))
        for debtor in self._payers(line):
            owed = self._of_debtor.get(debtor, [])
            if len(owed) <= MOST_OPEN:
                found |= dict.fromkeys(owed)
                continue
            words = said(line).words
            grams = {w[n : n + GRAM] for w in words for n in range(len(w) - GRAM + 1)}
            found |= dict.fromkeys(owed[place] for place in self._tails_of(debtor).near(grams))
        return self._seen(line, found)

    def is_plain(self, line: BankLine) -> bool:
        """Do the items that it names say all: what else its payer owes need not be looked at? Not
        if an amount or a slip of the pen makes it sure: others that are not here may share it."""
        found = match(line, self.candidates(line))
        named = all(has(one, *EXACT, number_in_a_row) for one in found.allocations)
        return found.verdict is Verdict.CERTAIN and named and not self._unsure(line, found)

    def take(self, line: BankLine) -> Match:
        """Match the line; what it surely pays is outstanding no longer."""
        few = self._named_by(line)
        found = match(line, self._seen(line, few)) if few else None
        if found is None or found.verdict is not Verdict.CERTAIN:
            found = match(line, self._seen(line, few | dict.fromkeys(self._of_amount(line))))
        if found.verdict is not Verdict.CERTAIN or self._unsure(line, found):
            found = match(line, self.more(line))
        if self._advices:
            found = self._advised(line, found)
        if found.verdict is Verdict.CERTAIN:
            self._book(line, found)
        return found

    def _advised(self, line: BankLine, found: Match) -> Match:
        """What it pays by what its payer said; as it was found if nobody said anything."""
        about = self._advices.about(line)
        if found.verdict is Verdict.CERTAIN:
            return replace(found, advice=agreeing(about, found))
        if not about:
            return found
        named = self._named_by(line) | dict.fromkeys(
            one for word in self._advices.listed(line) for one in _got(self._named, word)
        )
        return by_advice(line, about, self._seen(line, named), found)

    def take_all(self, lines: Sequence[BankLine]) -> list[Match]:
        """Match the lines in their order; then look again at those that wait, while what others
        paid, or paid together with them, makes one of them certain."""
        self._moved.clear()
        found = [self.take(line) for line in lines]
        for _ in range(ROUNDS):
            waiting = [n for n, one in enumerate(found) if one.verdict is not Verdict.CERTAIN]
            sure = together([(lines[n], found[n]) for n in waiting])
            for place, one in sure.items():
                found[waiting[place]] = one
                self._book(lines[waiting[place]], one)
            moved, self._moved = self._moved, set()
            waiting = [n for n in waiting if found[n].verdict is not Verdict.CERTAIN]
            for n in waiting:
                if self._concerned(lines[n], moved):
                    found[n] = self.take(lines[n])
            if not sure and all(found[n].verdict is not Verdict.CERTAIN for n in waiting):
                break
        return found

    def _concerned(self, line: BankLine, moved: set[UUID | str]) -> bool:
        """Did a booking change what this line may pay?"""
        if line.counterparty_account in moved or not moved.isdisjoint(self._payers(line)):
            return True
        return any(self.items[one].debtor in moved for one in self._named_by(line))

    def _named_by(self, line: BankLine) -> dict[UUID, None]:
        named = self._named
        return dict.fromkeys(one for word in sought(line) for one in _got(named, word))

    def _unsure(self, line: BankLine, found: Match) -> bool:
        """Part of an item is paid, or more than all, or all of another debtor's than the payer is:
        others of the payer may be meant."""
        if found.left or any(
            one.amount.minor < one.item.outstanding.minor for one in found.allocations
        ):
            return True
        payers = self._payers(line)
        return bool(payers) and all(one.item.debtor not in payers for one in found.allocations)

    def _recur(self, same: Found | None, minor: int) -> None:
        """Items of one debtor that have or had the same amount: it does not tell them apart."""
        if not isinstance(same, list) or len(set(same)) < 2:
            return
        for one in same:
            item = self.items[one]
            if item.outstanding.minor == minor and not item.recurs:
                self.items[one] = replace(item, recurs=True)

    def _payers(self, line: BankLine) -> set[UUID]:
        payers: set[UUID] = set()
        for payer in {line.counterparty_account, name_key(line.counterparty)} - {""}:
            payers |= self._debtors.get(payer, set())
        if said := self._rules.debtor(line):
            payers.add(said)
        seen = self._paid_from.get(line.counterparty_account, set())
        return payers | seen if len(seen) == 1 else payers

    def _of_amount(self, line: BankLine) -> Iterable[UUID]:
        for debtor in self._payers(line):
            yield from _got(self._owed, (debtor, line.amount.minor))

    def _seen(self, line: BankLine, found: Iterable[UUID]) -> list[OpenItem]:
        """The items, those of the account's only debtor with that account, as those of the debtor
        who has the payer's name; and those of whom a person said that this payer pays for him."""
        items = [item for one in found if (item := self.items[one]).outstanding.minor]
        seen = self._paid_from.get(line.counterparty_account)
        if seen:
            if len(seen) > 1:
                seen = seen & self._debtors.get(said(line).payer, set())
            items = [self._paying(x, line) if x.debtor in seen else x for x in items]
        if by_rule := self._rules.debtor(line):
            items = [replace(x, by_rule=True) if x.debtor == by_rule else x for x in items]
        return items

    def _paying(self, item: OpenItem, line: BankLine) -> OpenItem:
        """The item with the account of the line; made once, for lines are asked again."""
        key = (item.invoice, line.counterparty_account)
        made = self._made.get(key)
        if made is None or made[0] is not item:
            made = (item, replace(item, paid_from=frozenset({line.counterparty_account})))
            self._made[key] = made
        return made[1]

    def _tails_of(self, debtor: UUID) -> Tails:
        if debtor not in self._tails:
            if len(self._tails) >= MOST_INDEXED:
                self._tails.clear()
            items = (self.items[one] for one in self._of_debtor[debtor])
            self._tails[debtor] = Tails((x.number, x.payment_reference) for x in items)
        return self._tails[debtor]

    def _book(self, line: BankLine, found: Match) -> None:
        if found.advice:
            self._advices.spend(found.advice)
        for share in found.allocations:
            item = self.items[share.item.invoice]
            owed = item.outstanding - share.amount
            self.items[item.invoice] = replace(
                item, outstanding=owed, recurs=item.invoice in self._told
            )
            self._moved.add(item.debtor)
            if owed:
                # Entries of an earlier amount stay: what an item had recurs, too.
                _put(self._owed, (item.debtor, owed.minor), item.invoice)
                self._recur(self._owed[item.debtor, owed.minor], owed.minor)
        if line.counterparty_account:
            paid = self._paid_from.setdefault(line.counterparty_account, set())
            before = len(paid)
            paid.update(share.item.debtor for share in found.allocations)
            if len(paid) > before:
                self._moved.add(line.counterparty_account)


def _put(index: dict[Key, Found], key: Key, one: UUID) -> None:
    here = index.get(key)
    if here is None:
        index[key] = one
    elif isinstance(here, list):
        here.append(one)
    else:
        index[key] = [here, one]


def _got(index: dict[Key, Found], key: Key) -> Sequence[UUID]:
    here = index.get(key, [])
    return here if isinstance(here, list) else [here]
