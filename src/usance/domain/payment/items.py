"""Open items in memory, found by what a bank line says, with what is still outstanding on each."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from operator import is_
from uuid import UUID

from .advices import Advices, Awaited, agreeing, by_advice
from .bank import BankLine
from .clues import EXACT, OpenItem, has, like_one_in, names, paying
from .clues import number_in_a_row as in_a_row
from .clues import number_like_it_in_line as like_it
from .index import Found, got, put
from .matching import Match, Verdict, match
from .namesakes import Namesakes
from .reading import MOST_READ, said, sought
from .rules import Rules
from .tails import GRAM, Tails
from .together import together
from .wording import compact, name_key

MOST_INDEXED = 1000  # Debtors whose numbers with slips are looked for without reading them anew.
MOST_OPEN = 40  # Open items of a payer that are looked at without any number.
MANY = 9  # Invoices of a debtor, no two of one amount: then an amount tells them apart.
ROUNDS = 6
_DEBTORS = 1 << 32  # An amount with its debtor is one number: cheaper by half than a pair of them.


class OpenItems:
    """Items by what names them. What a line surely pays is outstanding no longer for the next, and
    the account that paid is known from then on.

    Items and debtors are known by their places: a UUID takes ten times as long to look up.

    :param paid: the debtors for which an account has paid before, by account.
    :param rules: what people said about payers.
    :param advices: what payers said that they paid, and whose money has not come yet.
    :param alone: the invoices whose amount no other of the book has or had. None: the items are
        the whole book, and tell it themselves.
    """

    def __init__(
        self,
        items: Iterable[OpenItem],
        *,
        paid: Mapping[str, Collection[UUID]] | None = None,
        rules: Rules | None = None,
        advices: Iterable[Awaited] = (),
        alone: Collection[UUID] | None = None,
    ) -> None:
        self._items: list[OpenItem] = []
        self._debtor: list[int] = []  # Of each item.
        self._settled: dict[int, bool] = {}  # Whether its own debtor paid it.
        self._told: set[int] = set()  # Items of which it was told that their amount recurs.
        self._named: dict[str, Found] = {}
        self._owed: dict[int, Found] = {}  # By amount and debtor.
        self._alone: dict[int, int] = {}  # By amount; -1 if several items have it.
        self._of_debtor: dict[int, list[int]] = {}
        self._place_of: dict[UUID, int] = {}  # Of an invoice.
        self._debtor_at: dict[UUID, int] = {}
        self._debtors: dict[str, set[int]] = {}  # By account and by name.
        self._namesakes = Namesakes()
        self._repeats: set[int] = set()  # Debtors of whom two items have or had one amount.
        self._stems: dict[int, int] = {}
        self._tails: dict[int, Tails] = {}
        self._made: dict[tuple[int, str], tuple[OpenItem, OpenItem]] = {}
        self._moved: set[int | str] = set()  # Debtors and accounts that a booking changed.
        self._paid_from: dict[str, set[int]] = {}
        self._rules = rules or Rules()
        self._advices = Advices(advices)
        self._names: dict[int, tuple[BankLine, dict[int, None]]] = {}  # By the line's id.
        self._matched: dict[int, tuple[BankLine, list[OpenItem], Match]] = {}
        told_alone = None if alone is None else frozenset(alone)
        for item in items:
            self._add(item, told_alone)
        self.remember(paid or {})
        self._all_recur()

    def widen(self, items: Iterable[OpenItem], *, alone: Collection[UUID]) -> None:
        """Before anything is taken: further items, and of some that are here already what else is
        known of their debtors' invoices.

        :param alone: of them and of those before the invoices whose amount no other has or had.
        """
        self._alone.clear()
        self._names.clear()
        told_alone = frozenset(alone)
        for item in items:
            place = self._place_of.get(item.invoice)
            if place is None:
                self._add(item, told_alone)
                continue
            self._items[place] = item
            self._mark(place, item, told_alone)
        self._all_recur()

    def _add(self, item: OpenItem, alone: frozenset[UUID] | None) -> None:
        place, minor = len(self._items), item.outstanding.minor
        debtor = self._placed(item.debtor)
        self._place_of[item.invoice] = place
        self._items.append(item)
        self._debtor.append(debtor)
        for form in names(item):
            put(self._named, form, place)
        for payer in (*item.debtor_accounts, name_key(item.debtor_name)):
            if payer:
                self._debtors.setdefault(payer, set()).add(debtor)
        if debtor not in self._of_debtor:
            self._namesakes.add(debtor, item.debtor_name)
        self._of_debtor.setdefault(debtor, []).append(place)
        put(self._owed, minor * _DEBTORS + debtor, place)
        self._mark(place, item, alone)

    def _mark(self, place: int, item: OpenItem, alone: frozenset[UUID] | None) -> None:
        if item.recurs:
            self._told.add(place)
            self._repeats.add(self._debtor[place])
        if alone is None or item.invoice in alone:
            minor = item.outstanding.minor
            self._alone[minor] = -1 if minor in self._alone else place

    def candidates(self, line: BankLine) -> list[OpenItem]:
        """The items that the line names; if it names none, those of its payer and amount."""
        found = self._named_by(line)
        return self._seen(line, found or dict.fromkeys(self._of_amount(line)))

    def more(self, line: BankLine) -> list[OpenItem]:
        """Beside the candidates what else its payer owes: of the amount, with a number like one in
        the line, or all of it if that is little; and whoever owes it, the one item of the amount,
        if its number is like one in the line."""
        return self._seen(line, *self._beside(line))

    def _beside(self, line: BankLine) -> tuple[dict[int, None], int | None]:
        found = self._named_by(line) | dict.fromkeys(self._of_amount(line))
        for debtor in self._payers(line) | self._namesakes.of(line):
            owed = self._of_debtor.get(debtor, [])
            if len(owed) <= MOST_OPEN:
                found |= dict.fromkeys(owed)
                continue
            words = said(line).words
            grams = {w[n : n + GRAM] for w in words for n in range(len(w) - GRAM + 1)}
            found |= dict.fromkeys(owed[place] for place in self._tails_of(debtor).near(grams))
        alone = self._alone_like(line)
        if alone is not None:
            found[alone] = None
        self._tell_apart(line, found)
        return found, alone

    def is_plain(self, line: BankLine) -> bool:
        """Do the items that it names say all: what else its payer owes need not be looked at? Not
        if an amount or a slip of the pen makes it sure: others that are not here may share it."""
        candidates = self.candidates(line)
        found = self._match(line, candidates)
        self._matched[id(line)] = (line, candidates, found)
        named = all(has(one, *EXACT, in_a_row) for one in found.allocations)
        return found.verdict is Verdict.CERTAIN and named and not self._unsure(line, found)

    def unknown(self, lines: Sequence[BankLine]) -> list[BankLine]:
        """The lines of which it matters for whom their accounts have paid: all but the plain ones
        that their own debtor pays, by account or name, and that alone pay what they name."""
        plain = [line for line in lines if self.is_plain(line) and self._payers(line)]
        paid = Counter(
            share.item.invoice for line in plain for share in self._matched[id(line)][2].allocations
        )
        alone = {
            id(line) for line in plain
            if all(paid[x.item.invoice] == 1 for x in self._matched[id(line)][2].allocations)
        }  # fmt: skip
        return [line for line in lines if id(line) not in alone]

    def remember(self, paid: Mapping[str, Collection[UUID]]) -> None:
        """The debtors for which accounts have paid before, by account."""
        for account, found in paid.items():
            self._paid_from[account] = {self._placed(one) for one in found}

    def take(self, line: BankLine) -> Match:
        """Match the line; what it surely pays is outstanding no longer."""
        few = self._named_by(line)
        found = self._match(line, self._seen(line, few)) if few else None
        if found is None or found.verdict is not Verdict.CERTAIN:
            found = match(line, self._seen(line, few | dict.fromkeys(self._of_amount(line))))
        if found.verdict is not Verdict.CERTAIN or self._unsure(line, found):
            found = self._among_all(line)
        if self._advices:
            found = self._advised(line, found)
        if found.verdict is Verdict.CERTAIN:
            self._book(line, found)
        return found

    def _among_all(self, line: BankLine) -> Match:
        """With all that may be meant. Its own debtor's payment puts an item out of the way; that
        somebody else paid it makes it more likely that both are mistaken."""
        places, alone = self._beside(line)
        seen = self._seen(line, places, alone)
        found = match(line, seen)
        gone = {place for place in places if self._settled.get(place) is False}
        if found.verdict is not Verdict.CERTAIN or not gone:
            return found
        other = match(line, self._seen(line, places, alone, gone))
        sure = other.verdict is Verdict.CERTAIN
        return found if sure else replace(other, allocations=found.allocations)

    def _match(self, line: BankLine, items: list[OpenItem]) -> Match:
        """As it was found when it was asked for first, if it may pay the same items still."""
        before = self._matched.pop(id(line), None)
        if before is None or before[0] is not line or len(before[1]) != len(items):
            return match(line, items)
        return before[2] if all(map(is_, before[1], items)) else match(line, items)

    def _advised(self, line: BankLine, found: Match) -> Match:
        """What it pays by what its payer said; as it was found if nobody said anything."""
        about = self._advices.about(line)
        if found.verdict is Verdict.CERTAIN:
            return replace(found, advice=agreeing(about, found))
        if not about:
            return found
        named = self._named_by(line) | dict.fromkeys(
            one for word in self._advices.listed(line) for one in got(self._named, word)
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

    def _concerned(self, line: BankLine, moved: set[int | str]) -> bool:
        """Did a booking change what this line may pay?"""
        if line.counterparty_account in moved or not moved.isdisjoint(self._payers(line)):
            return True
        return any(self._debtor[one] in moved for one in self._named_by(line))

    def _named_by(self, line: BankLine) -> dict[int, None]:
        """Not to be changed: it is asked for again."""
        kept = self._names.get(id(line))
        if kept is None or kept[0] is not line:
            here = [got(self._named, word) for word in sought(line) if word in self._named]
            kept = line, dict.fromkeys([one for places in here for one in places])
            if len(self._names) >= MOST_READ:
                self._names.clear()
            self._names[id(line)] = kept
        return kept[1]

    def _unsure(self, line: BankLine, found: Match) -> bool:
        """Part of an item is paid, or more than all, or all of another debtor's than the payer is:
        others of the payer may be meant."""
        paid, payers = found.allocations, self._payers(line)
        if found.left or any([x.amount.minor < x.item.outstanding.minor for x in paid]):
            return True
        return bool(payers) and payers.isdisjoint([self._debtor_at[x.item.debtor] for x in paid])

    def _all_recur(self) -> None:
        for key, same in self._owed.items():
            if isinstance(same, list):
                self._recur(same, key // _DEBTORS)

    def _recur(self, same: list[int], minor: int) -> None:
        """Items of one debtor that have or had the same amount: it does not tell them apart."""
        if len(set(same)) < 2:
            return
        self._repeats.add(self._debtor[same[0]])
        for one in same:
            item = self._items[one]
            if item.outstanding.minor == minor and not item.recurs:
                self._items[one] = replace(item, recurs=True)

    def _payers(self, line: BankLine) -> frozenset[int] | set[int]:
        account = line.counterparty_account
        payers = self._debtors.get(account, _NOBODY) | self._debtors.get(said(line).payer, _NOBODY)
        if self._rules and (by_rule := self._rules.debtor(line)):
            payers = payers | {self._placed(by_rule)}
        seen = self._paid_from.get(account, _NOBODY)
        if len(seen) == 1:
            payers = payers | seen
        return payers

    def _of_amount(self, line: BankLine) -> Iterable[int]:
        for debtor in self._payers(line):
            yield from got(self._owed, line.amount.minor * _DEBTORS + debtor)

    def _alone_like(self, line: BankLine) -> int | None:
        """The one item of the book with this amount, if a number like its own stands in the line;
        the payer may be anybody."""
        place = self._alone.get(line.amount.minor, -1)
        if place < 0 or place in self._settled:
            return None
        item, read = self._items[place], said(line)
        return place if item.outstanding == line.amount and like_one_in(read, item) else None

    def _seen(
        self, line: BankLine, found: Iterable[int], alone: int | None = None,
        gone: Collection[int] = (),
    ) -> list[OpenItem]:  # fmt: skip
        """The items, those of the account's only debtor with that account, as those of the debtor
        who has the payer's name; and those of whom a person said that this payer pays for him."""
        items, settled = self._items, self._settled
        account = line.counterparty_account
        seen = self._paid_from.get(account, _NOBODY)
        if len(seen) > 1:
            seen = seen & self._debtors.get(said(line).payer, _NOBODY)
        by_rule = self._rules.debtor(line) if self._rules else None
        told = []
        for place in found:
            if place in settled and place not in gone:
                continue
            item = items[place]
            if place == alone:
                item = replace(item, alone=True)
            if self._debtor[place] in seen:
                item = self._paying(place, item, account)
            told.append(replace(item, by_rule=True) if by_rule and item.debtor == by_rule else item)
        return told

    def _paying(self, place: int, item: OpenItem, account: str) -> OpenItem:
        """The item with the account of the line; made once, for lines are asked again."""
        made = self._made.get((place, account))
        if made is None or made[0] is not item:
            made = (item, paying(item, account))
            self._made[place, account] = made
        return made[1]

    def _tell_apart(self, line: BankLine, found: Iterable[int]) -> None:
        """Mark the items but for a sign in the line whose debtors have many, no two of one amount:
        a sign in which none of them differ is wrong."""
        read = said(line)
        for place in found:
            debtor, item = self._debtor[place], self._items[place]
            if item.stem or item.crowded or debtor in self._repeats:
                continue
            if like_it(read, item) and (stem := self._stem_of(debtor)):
                self._items[place] = replace(item, stem=stem)

    def _stem_of(self, debtor: int) -> int:
        """With how many signs all the numbers of a debtor begin; 0 if it has few."""
        if debtor not in self._stems:
            numbers = [compact(self._items[one].number) for one in self._of_debtor[debtor]]
            first, last = min(numbers), max(numbers)
            same = next((n for n, sign in enumerate(first) if last[n : n + 1] != sign), len(first))
            self._stems[debtor] = same if len(numbers) >= MANY else 0
        return self._stems[debtor]

    def _tails_of(self, debtor: int) -> Tails:
        if debtor not in self._tails:
            if len(self._tails) >= MOST_INDEXED:
                self._tails.clear()
            items = (self._items[one] for one in self._of_debtor[debtor])
            self._tails[debtor] = Tails((x.number, x.payment_reference) for x in items)
        return self._tails[debtor]

    def _placed(self, debtor: UUID) -> int:
        return self._debtor_at.setdefault(debtor, len(self._debtor_at))

    def _book(self, line: BankLine, found: Match) -> None:
        if found.advice:
            self._advices.spend(found.advice)
        debtors, payers = set(), self._payers(line)
        for share in found.allocations:
            place = self._place_of[share.item.invoice]
            debtor = self._debtor[place]
            debtors.add(debtor)
            self._moved.add(debtor)
            item = self._items[place]
            owed = item.outstanding - share.amount
            if not owed:
                self._settled[place] = debtor in payers
                continue
            self._items[place] = replace(item, outstanding=owed, recurs=place in self._told)
            # Entries of an earlier amount stay: what an item had recurs, too.
            key = owed.minor * _DEBTORS + debtor
            put(self._owed, key, place)
            if isinstance(same := self._owed[key], list):
                self._recur(same, owed.minor)
        if line.counterparty_account:
            paid = self._paid_from.setdefault(line.counterparty_account, set())
            before = len(paid)
            paid.update(debtors)
            if len(paid) > before:
                self._moved.add(line.counterparty_account)


_NOBODY: frozenset[int] = frozenset()
