"""Payments that others wrote, each with its true invoices: how many we match, and none wrongly.

What is measured and how: docs/matching.md.
"""

import csv
import json
import time
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from tests.plugins.packs import pack
from usance.domain.money import Money
from usance.domain.payment import BankLine, Match, OpenItem, OpenItems, Verdict, score

SET = Path("entity_matching/pay_to_inv/download/single/descriptive")
KINDS = ("certain", "part", "WRONG", "first", "among", "other", "none")
Case = tuple[str, str]  # How payments and invoices belong together, and what was disturbed.


def test_no_payment_is_matched_to_an_invoice_that_it_does_not_pay(
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = pack("matching") / SET
    items = OpenItems(_items(folder))
    lines = list(_lines(folder))
    truth, cases = _truth(folder)
    table: dict[Case, Counter[str]] = defaultdict(Counter)
    right = wrong = 0
    began = time.process_time()
    found = items.take_all(lines)
    took = time.process_time() - began
    for number, match in enumerate(found):
        table[cases[number]][_kind(match, truth[number])] += 1
        if match.verdict is Verdict.CERTAIN:
            paid = {share.item.invoice.int for share in match.allocations}
            right += len(paid & truth[number])
            wrong += len(paid - truth[number])
    calibrated = _calibrated(OpenItems(_items(folder)), lines, truth)
    with capsys.disabled():
        _print(table, right, wrong, int(len(lines) / took))
        for tenth, (hits, shown) in sorted(calibrated.items()):
            print(f"best proposal scored .{tenth}: {hits} of {shown} right")
    assert wrong == 0


def _calibrated(
    items: OpenItems, lines: list[BankLine], truth: dict[int, set[int]]
) -> dict[int, tuple[int, int]]:
    """By tenths of the score: how many of the best proposals were right, and how many there are.
    Every fourth line, before anything is booked and no payer's account is known."""
    counts: dict[int, tuple[int, int]] = {}
    for number in range(0, len(lines), 4):
        scored = score(lines[number], items.more(lines[number]))
        if scored:
            hits, shown = counts.get(tenth := int(scored[0].score * 10), (0, 0))
            hit = scored[0].item.invoice.int in truth[number]
            counts[tenth] = (hits + hit, shown + 1)
    return counts


def _kind(match: Match, true: set[int]) -> str:
    paid = [share.item.invoice.int for share in match.allocations]
    if match.verdict is Verdict.CERTAIN:
        return "certain" if set(paid) == true else "part" if set(paid) <= true else "WRONG"
    if not paid:
        return "none"
    return "first" if paid[0] in true else "among" if true & set(paid) else "other"


def _print(table: dict[Case, Counter[str]], right: int, wrong: int, rate: int) -> None:
    total = sum(table.values(), Counter[str]())
    print(f"\n{'':<36}{'lines':>7}" + "".join(f"{kind:>9}" for kind in KINDS))
    for (how, what), counts in (*sorted(table.items()), (("all", ""), total)):
        row = "".join(f"{counts[kind]:>9}" for kind in KINDS)
        print(f"{how:<18}{what:<18}{counts.total():>7}{row}")
    share = 100 * (total["certain"] + total["part"]) / total.total()
    print(f"certain: {share:.1f} % of the lines; invoices paid: {right} rightly, {wrong} wrongly; "
          f"{rate} lines/s on one core")  # fmt: skip


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def _items(folder: Path) -> list[OpenItem]:
    """The assignment number is what the payer is asked to quote, as our payment reference is; the
    billing number is the client's. No account of a debtor is known."""
    debtors: dict[str, UUID] = {}
    return [
        OpenItem(
            invoice=UUID(int=number), number=row["Billing Number"],
            payment_reference=row["Assignment Number"],
            outstanding=_money(row["Amount"], row["Currency Code"]),
            debtor=debtors.setdefault(row["Customer ID"], UUID(int=len(debtors))),
            debtor_name=row["Customer Name"], due_on=date.fromisoformat(row["Due Date"]),
        )
        for number, row in enumerate(_rows(folder / "invoices.csv"))
    ]  # fmt: skip


def _lines(folder: Path) -> list[BankLine]:
    return [
        BankLine(
            amount=_money(row["Amount"], row["Currency"]), texts=(row["Memo Line"],),
            booked_on=date.fromisoformat(row["Posting Date"]),
            counterparty=row["Business Partner"], counterparty_account=row["Account Number"],
        )
        for row in _rows(folder / "payments.csv")
    ]  # fmt: skip


def _money(text: str, currency: str) -> Money:
    """Hundredths in every currency, for the set has them even where ISO 4217 has none; what a
    binary fraction left behind them is rounded away."""
    return Money(int((Decimal(text) * 100).to_integral_value()), currency)


def _truth(folder: Path) -> tuple[dict[int, set[int]], dict[int, Case]]:
    true: dict[int, set[int]] = defaultdict(set)
    cases: dict[int, Case] = {}
    for row in _rows(folder / "matches.csv"):
        disturbed = json.loads(row["perturbation_categories"])
        case = (row["match_category"], ", ".join(disturbed).removeprefix("perturbed_"))
        for payment in json.loads(row["payment_ids"]):
            true[payment].update(json.loads(row["invoice_ids"]))
            cases[payment] = case
    return true, cases
