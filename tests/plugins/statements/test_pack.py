"""Files of other people and what they say, format by format; prints the agreement.

Where the truth was taken from another reader and that reader is wrong, the reason stands here.
"""

import json
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.plugins.packs import pack
from usance.domain.payment import BankLine, Statement, gap
from usance.plugins import statements

DIFFERS = {
    "raphaelm.sta": ("closing", "62F states no currency; our 95000.00 closes without a gap"),
    "test.n43": ("n", "the peer drops an entry of 0.00; we drop none"),
    "Coda_v2_3_single_statement.txt": ("n", "the peer counts two totals beside their 15 parts"),
    "camt053.v3.xml": ("n", "its detail is not the entry; the rest is a line of its own"),
}


def test_every_file_is_read_to_the_truth(capsys: pytest.CaptureFixture[str]) -> None:
    folder = pack("bank")
    table: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    wrong: list[str] = []
    for said in (folder / "truth.jsonl").read_text().splitlines():
        truth = json.loads(said)
        kind, name = truth["format"], Path(truth["file"]).name
        faults = list(_faults(truth, (folder / truth["file"]).read_bytes()))
        known = DIFFERS.get(name, ("", ""))[0]
        new = [fault for fault in faults if not (known and fault.startswith(known))]
        table[kind][0] += 1
        table[kind][1] += not faults
        table[kind][2] += bool(faults) and not new
        wrong += [f"{truth['file']}: {fault}" for fault in new]
    with capsys.disabled():
        print("\nformat      files  agree  explained")
        for kind, (files, agree, explained) in sorted(table.items()):
            print(f"{kind:<10} {files:>6} {agree:>6} {explained:>10}")
    assert wrong == []


def _faults(truth: dict[str, Any], data: bytes) -> list[str]:
    reading = statements.examine(data)
    if truth.get("error"):
        return [] if reading.findings and not reading.statements else ["error: it was read"]
    if not reading.statements:
        empty = truth.get("n") == 0 and truth.get("account") is None
        return [] if empty else [f"unread: {reading.findings}"]
    if truth["format"] == "bgmax":
        return _bgmax(truth, reading.statements)
    if truth["format"] == "nets-ocr":
        return _nets(truth, reading.statements)
    return _plain(truth, reading.statements)


def _plain(truth: dict[str, Any], found: tuple[Statement, ...]) -> list[str]:
    """Peers that know one statement per file tell the last of several."""
    faults = []
    if truth.get("n_statements", len(found)) != len(found):
        faults.append(f"n_statements: {len(found)}")
    told = found if truth["format"] == "mt940" else found[-1:]
    lines = [line for one in told for line in one.lines]
    last, first = found[-1], found[0]
    checks = {
        "account": last.account or None, "statement": last.sequence or None, "n": len(lines),
        "opening": _major(last.opening), "closing": _major(last.closing),
        "sum": sum((line.amount.decimal for line in lines), Decimal(0)),
        "currency": last.currency, "opening_date": str(last.opened_on),
        "closing_date": str(last.closed_on),
        "first_date": str(lines[0].value_on) if lines else None,
    }  # fmt: skip
    for key, ours in checks.items():
        if key not in truth or (key == "statement" and truth[key] is None):
            continue
        theirs = truth[key]
        if key in ("opening", "closing", "sum") and theirs is not None:
            theirs = Decimal(theirs)
        if key in ("opening", "closing") and theirs is None:
            continue  # The peer does not tell it.
        if key == "account" and theirs is None:
            continue
        if ours != theirs:
            faults.append(f"{key}: {ours}, not {theirs}")
    if truth["format"] in ("coda", "n43") and any(gap(one) for one in found):
        faults.append("gap")
    pairs = zip(lines, truth.get("entries", []), strict=False)
    return faults + [fault for line, said in pairs for fault in _entry(line, said, first)]


def _entry(line: BankLine, said: dict[str, Any], first: Statement) -> list[str]:
    ours = {
        "amount": line.amount.decimal, "name": line.counterparty, "end_to_end": line.end_to_end,
        "iban": line.counterparty_account, "entry_date": str(line.booked_on),
        "bank_ref": line.bank_reference, "reversal": line.reversal,
        "purpose": line.texts[0] if line.texts else "", "text": line.texts[0] if line.texts else "",
    }  # fmt: skip
    faults = []
    for key, theirs in said.items():
        if key not in ours:
            continue
        if key == "amount":
            if len(first.lines) == 1 and Decimal(theirs) != ours[key]:
                faults.append(f"amount: {ours[key]}, not {theirs}")
        elif ours[key] != theirs:
            faults.append(f"entry {key}: {ours[key]!r}, not {theirs!r}")
    if "date" in said and said["date"] not in (str(line.booked_on), str(line.value_on)):
        faults.append(f"entry date: {line.booked_on}, not {said['date']}")
    return faults


def _bgmax(truth: dict[str, Any], found: tuple[Statement, ...]) -> list[str]:
    ours = [[
        one.account, one.currency, one.reference, str(one.closed_on), one.sequence,
        [[line.amount.decimal, line.counterparty_account or None,
          [ref.value for ref in line.references]] for line in one.lines],
    ] for one in found]  # fmt: skip
    theirs = [[
        deposit["bankgiro"], deposit["currency"], deposit["account"], deposit["date"],
        deposit["serial"],
        [[Decimal(paid["amount"]), paid["sender_bg"],
          [x for x in (paid["ref"], *paid.get("extra_refs", [])) if x]]
         for paid in deposit["payments"]],
    ] for deposit in truth["deposits"]]  # fmt: skip
    return [] if ours == theirs else [f"deposits: {ours}, not {theirs}"]


def _nets(truth: dict[str, Any], found: tuple[Statement, ...]) -> list[str]:
    ours = [
        (line.code, f"{line.booked_on:%d%m%y}", line.amount.decimal, line.references[0].value)
        for one in found for line in one.lines
    ]  # fmt: skip
    theirs = [
        (said["kind"], said["date_ddmmyy"], Decimal(said["amount"]), said["kid"])
        for said in truth["entries"]
    ]
    return [] if ours == theirs else [f"entries: {ours}, not {theirs}"]


def _major(amount: Any) -> Decimal | None:
    return None if amount is None else amount.decimal
