"""A strict reader of SIE type 4, by the words of the specification and not by those of our writer:
what it lets pass, a bookkeeping program can take over."""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

ORDER = ("FLAGGA", "PROGRAM", "FORMAT", "GEN", "SIETYP", "ORGNR", "FNAMN", "RAR", "KPTYP", "VALUTA",
         "KONTO", "KTYP", "IB", "UB", "RES", "VER", "TRANS")  # fmt: skip
FIELD = re.compile(r'"((?:[^"\\]|\\")*)"|\{([^{}]*)\}|([^\s"{}]+)')
AMOUNT = re.compile(r"-?\d+(\.\d{1,2})?")


@dataclass
class Ver:
    series: str
    number: str
    on: date
    text: str
    rows: list[tuple[str, Decimal, str]] = field(default_factory=list)


@dataclass
class Sie:
    facts: dict[str, list[str]]
    accounts: dict[str, tuple[str, str]]
    opening: dict[str, Decimal]
    closing: dict[str, Decimal]
    results: dict[str, Decimal]
    vers: list[Ver]


def read(data: bytes) -> Sie:
    """:raises AssertionError: for whatever the specification does not know."""
    text = data.decode("cp437")
    assert text.endswith("\r\n")
    assert all(ch >= " " or ch in "\r\n" for ch in text), "a control character"
    found = Sie({}, {}, {}, {}, {}, [])
    sums = {"IB": found.opening, "UB": found.closing, "RES": found.results}
    last, inside = 0, False
    for line in text.split("\r\n")[:-1]:
        if line in {"{", "}"}:
            assert inside is (line == "}"), line
            inside = line == "{"
            if not inside:
                _balanced(found.vers[-1])
            continue
        label, *fields = _fields(line)
        assert inside is (label == "TRANS"), line
        place = ORDER.index(label)
        assert place >= last or {ORDER[last], label} <= {"KONTO", "KTYP", "VER", "TRANS"}, line
        last = place
        match label:
            case "KONTO":
                assert fields[0] not in found.accounts, line
                found.accounts[fields[0]] = (fields[1], "")
            case "KTYP":
                assert fields[1] in "TSKI", line
                found.accounts[fields[0]] = (found.accounts[fields[0]][0], fields[1])
            case "IB" | "UB" | "RES":
                assert fields[0] == "0", line
                assert fields[1] in found.accounts, line
                sums[label][fields[1]] = _amount(fields[2])
            case "VER":
                found.vers.append(Ver(fields[0], fields[1], _day(fields[2]), fields[3]))
            case "TRANS":
                assert fields[0] in found.accounts, line
                found.vers[-1].rows.append((fields[0], _amount(fields[2]), fields[4]))
            case _:
                assert label not in found.facts, line
                found.facts[label] = fields
    _whole(found)
    return found


def _fields(line: str) -> list[str]:
    assert line.lstrip().startswith("#"), line
    label, _, rest = line.strip().partition(" ")
    parts, end = [label[1:]], 0
    for match in FIELD.finditer(rest):
        assert not rest[end : match.start()].strip(), f"unreadable: {line}"
        quoted, braced, bare = match.groups()
        parts.append((quoted or "").replace('\\"', '"') if bare is None and braced is None
                     else braced if bare is None else bare)  # fmt: skip
        end = match.end()
    assert not rest[end:].strip(), f"unreadable: {line}"
    return parts


def _amount(text: str) -> Decimal:
    assert AMOUNT.fullmatch(text), text
    return Decimal(text)


def _day(text: str) -> date:
    assert re.fullmatch(r"\d{8}", text), text
    return date.fromisoformat(text)


def _balanced(ver: Ver) -> None:
    assert ver.rows, f"{ver.number} has no rows"
    assert sum(amount for _, amount, _ in ver.rows) == 0, f"{ver.number} does not balance"


def _whole(found: Sie) -> None:
    facts = found.facts
    assert facts["FLAGGA"] == ["0"]
    assert (facts["FORMAT"], facts["SIETYP"]) == (["PC8"], ["4"])
    assert {"PROGRAM", "GEN", "FNAMN"} <= facts.keys()
    first, last = _day(facts["RAR"][1]), _day(facts["RAR"][2])
    assert all(first <= ver.on <= last for ver in found.vers), "outside of the year"
    assert len({(ver.series, ver.number) for ver in found.vers}) == len(found.vers)
    if not found.opening and not found.closing:
        return  # 4I: vouchers alone.
    turned: dict[str, Decimal] = dict.fromkeys(found.accounts, Decimal(0))
    for ver in found.vers:
        for account, amount, _ in ver.rows:
            turned[account] += amount
    for account, (_, sort) in found.accounts.items():
        if sort in "TS":
            before, after = (x.get(account, Decimal(0)) for x in (found.opening, found.closing))
            assert before + turned[account] == after, account
        else:
            assert found.results.get(account, Decimal(0)) == turned[account], account
    assert sum(found.opening.values()) == 0
    assert sum(found.closing.values()) + sum(found.results.values()) == 0
