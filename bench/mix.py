"""A made-up year of payments as factors get them, and what became of each: right, wrong, waiting.

Debtors with dense number series; the same rent each month; the same round amounts at several
debtors; families of companies that pay for each other; numbers with slips, cut off, in a row, or of
invoices that we never bought; one payment for many invoices, many for one; cash discounts; the same
payment once more. Every payment knows what it truly pays. Counted per invoice, not per payer.

Run: PYTHONPATH=src python bench/mix.py [payments, without it 20000] [seed]
"""

import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from uuid import UUID

from usance.domain import reference
from usance.domain.money import Money
from usance.domain.payment import BankLine, OpenItem, OpenItems, Reference, Verdict

FIRST = date(2026, 1, 5)
PER_DEBTOR = 40
RENT, ROUND = (95_000, 120_000, 249_900), (10_000, 50_000, 100_000, 250_000)
# What of a hundred payments quotes what, roughly as domain studies and our own samples have it.
MIX = (
    ("reference in a field", 30), ("reference in the text", 10), ("number", 20), ("slips", 8),
    ("number cut off", 4), ("many for one payment", 8), ("numbers in a row", 3), ("in parts", 5),
    ("cash discount", 4), ("nothing", 4), ("not ours", 2), ("once more", 2),
)  # fmt: skip
assert sum(share for _, share in MIX) == 100


@dataclass(frozen=True, slots=True)
class Case:
    kind: str
    line: BankLine
    true: frozenset[int]  # The invoices that it pays.


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    items, cases = made(count, Random(seed))  # noqa: S311 - a sample, no secret
    began = time.process_time()
    book = OpenItems(items)
    found = book.take_all([case.line for case in cases])
    took = time.process_time() - began
    wrong = report(cases, found)
    print(f"{100 * decidable(items, cases):.1f} % can be decided at all")
    print(f"{len(cases) / took:,.0f} lines per core-second, {len(items):,} open items, seed {seed}")
    assert wrong == 0


def report(cases: list[Case], found: list) -> int:  # type: ignore[type-arg]  # Matches, in order.
    """Print the confusion table; how many invoices were paid wrongly."""
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for case, match in zip(cases, found, strict=True):
        counts = table[case.kind]
        counts["lines"] += 1
        paid = {share.item.invoice.int for share in match.allocations}
        counts["invoices"] += len(case.true)
        if match.verdict is Verdict.CERTAIN:
            counts["right"] += len(paid & case.true)
            counts["wrong"] += len(paid - case.true)
            counts["missed"] += len(case.true - paid)
        else:
            first = match.allocations[0].item.invoice.int if match.allocations else None
            counts["proposed" if first in case.true else "waits"] += max(len(case.true), 1)
    heads = ("lines", "invoices", "right", "wrong", "missed", "proposed", "waits")
    print(f"{'':<24}" + "".join(f"{head:>10}" for head in heads))
    for kind, counts in (*table.items(), ("all", sum(table.values(), Counter()))):
        print(f"{kind:<24}" + "".join(f"{counts[head]:>10,}" for head in heads))
    total = sum(table.values(), Counter[str]())
    print(f"of the invoices {100 * total['right'] / total['invoices']:.1f} % paid by themselves, "
          f"{total['wrong']} wrongly")  # fmt: skip
    return total["wrong"]


def decidable(items: list[OpenItem], cases: list[Case]) -> float:
    """The share of the invoices of which payer, number and amount leave no other reading: a whole
    number or reference stands in the line; or a part or slip of one, with an amount that no other
    invoice of the debtor has; or such an amount alone, and the debtor pays it himself."""
    same = Counter((item.debtor, item.outstanding.minor) for item in items)
    by_number = {item.invoice.int: item for item in items}
    told = can = 0
    for case in cases:
        for one in case.true:
            item = by_number[one]
            said = "".join((*case.line.texts, *(ref.value for ref in case.line.references)))
            only = same[item.debtor, item.outstanding.minor] == 1
            his = case.line.counterparty == item.debtor_name
            sure = case.kind not in ("slips", "number cut off", "in parts", "nothing")
            told += 1
            can += sure or item.number in said or (only and (case.kind != "nothing" or his))
    return can / told


def made(count: int, dice: Random) -> tuple[list[OpenItem], list[Case]]:
    """Open items, a third of which stays open, and the payments in the order of their days."""
    items = [_item(n, dice) for n in range(count * 2 + PER_DEBTOR * 4)]
    kinds = [kind for kind, share in MIX for _ in range(share)]
    left = list(range(len(items)))
    dice.shuffle(left)
    by_debtor: dict[int, list[int]] = defaultdict(list)
    for n in left:
        by_debtor[items[n].debtor.int].append(n)
    by_number = {item.number: item for item in items}
    cases: list[Case] = []
    debtors = list(by_debtor)
    while len(cases) < count:
        own = by_debtor[dice.choice(debtors)]
        if len(own) < PER_DEBTOR // 4:  # The rest of each stays open.
            debtors = [one for one in debtors if len(by_debtor[one]) >= PER_DEBTOR // 4]
            continue
        kind = dice.choice(kinds)
        many = dice.randint(2, 5) if kind in ("many for one payment", "numbers in a row") else 1
        chosen = [items[own.pop()] for _ in range(many)]
        cases.extend(_as_named(x, chosen[0], by_number) for x in _cases(kind, chosen, dice))
    cases.sort(key=lambda case: case.line.booked_on)
    return items, cases


def _as_named(case: Case, meant: OpenItem, by_number: dict[str, OpenItem]) -> Case:
    """Whose slip makes the number of another invoice of just this amount, pays that one: the payer
    says what he pays (BGB § 366(1))."""
    slipped = case.kind in ("slips", "in parts")
    said = by_number.get(case.line.texts[0].split()[-1]) if slipped else None
    if said is None or said.outstanding != meant.outstanding:
        return case
    return replace(case, true=frozenset({said.invoice.int}))


def _item(n: int, dice: Random) -> OpenItem:
    debtor = n // PER_DEBTOR
    kind = debtor % 4
    minor = (
        RENT[debtor % 3] if kind == 0 and n % PER_DEBTOR < 12
        else dice.choice(ROUND) if kind == 1
        else dice.randint(2_000, 3_000_000)
    )  # fmt: skip
    family = debtor // 3  # Three companies of one family have like names, and accounts of each.
    return OpenItem(
        invoice=UUID(int=n), number=_number(n), payment_reference=reference.of(n, currency="EUR"),
        outstanding=Money(minor, "EUR"), debtor=UUID(int=debtor),
        debtor_accounts=frozenset({_account(debtor)}) if debtor % 2 else frozenset(),
        debtor_name=f"{'ABC'[debtor % 3]} Familie {family} GmbH",
        due_on=FIRST + timedelta(days=n % 330),
    )  # fmt: skip


def _number(n: int) -> str:
    """Dense series: neighbours differ in the last sign or two."""
    return f"{20260000000 + n}" if n // PER_DEBTOR % 2 else f"RE-{1_000_000 + n}"


def _account(debtor: int) -> str:
    return f"DE{debtor % 97:02d}50010517{debtor:010d}"


def _cases(kind: str, items: list[OpenItem], dice: Random) -> list[Case]:
    one = items[0]
    owed = sum(item.outstanding.minor for item in items)
    true = frozenset(item.invoice.int for item in items)
    number, told = one.number, one.payment_reference
    if kind == "reference in a field":
        return [_case(kind, one, owed, true, dice, told=told)]
    if kind == "in parts":
        first = owed * dice.randint(20, 80) // 100
        text = f"Rg {number}" if dice.random() < 0.6 else f"Rg {_slip(number, dice)}"
        return [_case(kind, one, part, true, dice, text) for part in (first, owed - first) if part]
    if kind == "once more":
        twin = _case(kind, one, owed, true, dice, f"Rg {number}")
        again = Case(kind, _dated(twin.line, 9), frozenset())
        return [twin, again]
    if kind == "not ours":
        return [_case(kind, one, owed, frozenset(), dice, f"Rg {_foreign(number, dice)}")]
    texts = {
        "reference in the text": f"Ref. {told}",
        "number": f"Rechnung {number} vom 03.02.",
        "slips": f"Rechnung {_slip(number, dice)}",
        "number cut off": f"Rg {number[-dice.randint(4, 7) :]}",
        "many for one payment": " ".join(item.number for item in items),
        "numbers in a row": "".join(item.number.removeprefix("RE-") for item in items),
        "cash discount": f"Rechnung {number} abzgl. Skonto",
        "nothing": dice.choice(("Danke", "Miete", "Zahlung", "")),
    }
    paid = owed * 98 // 100 if kind == "cash discount" else owed
    return [_case(kind, one, paid, true, dice, texts[kind])]


def _case(
    kind: str, item: OpenItem, minor: int, true: frozenset[int], dice: Random, text: str = "",
    told: str = "",
) -> Case:  # fmt: skip
    """Three in four are paid by the debtor, the rest by its family or by a stranger."""
    debtor, from_whom = item.debtor.int, dice.random()
    payer = debtor if from_whom < 0.75 else debtor // 3 * 3 + dice.randrange(3)
    stranger = from_whom > 0.92
    return Case(kind, BankLine(
        amount=Money(max(minor, 1), "EUR"),
        booked_on=(item.due_on or FIRST) + timedelta(days=dice.randint(-10, 20)),
        texts=(text,) if text else (),
        references=(Reference(scheme="scor", value=told),) if told else (),
        counterparty="Treuhand 9 KG" if stranger
        else f"{'ABC'[payer % 3]} Familie {payer // 3} GmbH",
        counterparty_account="DE44500105175407324931" if stranger else _account(payer),
        bank_reference=f"{dice.getrandbits(60):x}",
    ), true)  # fmt: skip


def _dated(line: BankLine, days: int) -> BankLine:
    later = line.booked_on + timedelta(days=days)
    return replace(line, booked_on=later, bank_reference=line.bank_reference[::-1])


def _foreign(number: str, dice: Random) -> str:
    """A longer number in which ours stands: of another series, and by bad luck of our amount."""

    def digits(most: int) -> str:
        return str(dice.randint(1, 10**most - 1))  # No zero first: that is our number, padded.

    prefix, _, own = number.rpartition("-")
    stem = f"{prefix}-" if prefix else ""
    return dice.choice((
        f"{number}{digits(3)}", f"{stem}{digits(3)}{own}",
        f"{digits(3)}{own}{digits(3)}", f"{number}/{digits(4)}", f"{digits(3)}-{own}",
    ))  # fmt: skip


def _slip(number: str, dice: Random) -> str:
    """A sign lost, too many, exchanged with its neighbour, or wrong."""
    at = dice.randrange(3, len(number) - 1)
    match dice.randrange(4):
        case 0:
            return number[:at] + number[at + 1 :]
        case 1:
            return number[:at] + dice.choice("0123456789") + number[at:]
        case 2:
            return number[:at] + number[at + 1] + number[at] + number[at + 2 :]
        case _:
            return number[:at] + dice.choice("0123456789") + number[at + 1 :]


if __name__ == "__main__":
    main()
