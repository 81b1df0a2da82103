"""Which amounts are net, tax and gross: those that are called so and that add up."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from .marks import Marked, Value
from .proposals import Candidate, merged
from .reading import Reason

# Of the Union, Norway, Switzerland and the United Kingdom; also former ones that old papers show.
RATES = tuple(Decimal(rate) for rate in (
    "2.1", "2.5", "2.6", "3", "3.8", "4", "4.8", "5", "5.5", "6", "7", "7.7", "8", "8.1", "8.5", "9",
    "9.5", "10", "11", "12", "13", "13.5", "14", "15", "16", "17", "18", "19", "20", "21", "22", "23",
    "24", "25", "25.5", "27",
))  # fmt: skip
MOST = 48  # Amounts that are tried.
_PERCENT = re.compile(r"(?<![\d.,])(\d{1,2}(?:[.,]\d{1,2})?) ?%")


@dataclass(frozen=True, slots=True)
class TaxRow:
    rate: Decimal
    net: Decimal
    tax: Decimal
    row: int


@dataclass(frozen=True, slots=True)
class Sums:
    """Candidates that belong together; what is not known is missing."""

    fields: Mapping[str, Candidate]
    taxes: tuple[TaxRow, ...]  # Only where they add up to net and tax.
    proven: bool  # Net + tax = gross with all three printed and tax not nothing.


def cents(text: str) -> int | None:
    """Whole cents; None for more than two decimals or text that is no number."""
    try:
        scaled = Decimal(text).scaleb(2)
    except InvalidOperation:
        return None
    return int(scaled) if scaled == scaled.to_integral_value() else None


def solved(m: Marked, proposals: Mapping[str, Sequence[Candidate]]) -> Sums:
    """The most believable net, tax, gross and payable amounts."""
    said = {
        name: {one.text: one for one in merged(proposals.get(name, ()))}
        for name in ("net", "tax", "gross", "payable", "_prepaid", "_rounding", "_discount")
    }
    rows = list(tax_rows(m))
    scores = {
        name: {_cents_of(text): one.score for text, one in texts.items() if cents(text) is not None}
        for name, texts in said.items()
    }
    amounts = _amounts(m, scores)
    best = _best(amounts, scores, rows)
    if best is None:
        return Sums(_unproven(said), (), False)
    net, tax, gross = best
    taxes = _adding_up(rows, net, tax)
    spots = _spots(m)
    proven = tax != 0 and gross in spots and net in spots and tax in spots
    says = f"{_text(net)} + {_text(tax)} = {_text(gross)}."
    weight = 2.4 if proven and _is_plausible(net, tax) else 0.8
    fields = {}
    for name, value in (("net", net), ("tax", tax), ("gross", gross)):
        one = _named(said[name], value) or _found(name, spots, value)
        if name == "gross" and not said[name].get(one.text):
            one = _named(said["payable"], value) or one
            one = Candidate("gross", one.text, one.reasons, one.box, one.mark)
        if taxes and tax:
            one = one.because("arithmetic", "The tax rows add up.", 0.8)
        fields[name] = one.because("arithmetic", says, weight)
    fields["payable"] = _payable(said, scores, spots, gross, fields["gross"])
    return Sums(fields, taxes, proven)


def _cents_of(text: str) -> int:
    found = cents(text)
    assert found is not None
    return found


def _text(value: int) -> str:
    return format(Decimal(value).scaleb(-2), "f")


def _spots(m: Marked) -> dict[int, Value]:
    """Where each amount stands last: totals stand below."""
    found: dict[int, Value] = {}
    for value in m.values:
        if value.kind == "amount" and (worth := cents(value.text)) is not None:
            before = found.get(worth)
            if before is None or value.is_money >= before.is_money:
                found[worth] = value
    return found


def _amounts(m: Marked, scores: Mapping[str, Mapping[int, float]]) -> list[int]:
    weights: dict[int, float] = {}
    for value in m.values:
        worth = cents(value.text) if value.kind == "amount" else None
        if worth is None or (not value.is_money and not any(worth in s for s in scores.values())):
            continue
        called = max((s.get(worth, 0.0) for name, s in scores.items() if name[0] != "_"), default=0)
        weights[worth] = max(weights.get(worth, 0.0), 10 * called + value.row / max(len(m.rows), 1))
    return sorted(weights, key=lambda worth: -weights[worth])[:MOST]


def _best(amounts: Sequence[int], scores: Mapping[str, Mapping[int, float]],
          rows: Sequence[TaxRow]) -> tuple[int, int, int] | None:  # fmt: skip
    present = set(amounts)
    sums = {(round(row.net * 100), round(row.tax * 100)) for row in rows}
    several = _together(rows)
    largest = max((abs(worth) for worth in amounts), default=0)
    net_said, tax_said, gross_said = scores["net"], scores["tax"], scores["gross"]
    best, best_score = None, 2.2
    for gross in amounts:
        called = max(gross_said.get(gross, 0.0), 0.85 * scores["payable"].get(gross, 0.0))
        called += 0.4 if abs(gross) == largest else 0.0
        for net in amounts:
            tax = gross - net
            if tax == 0:
                if gross == 0 or (net_said.get(net, 0) <= 0 and 0 not in present):
                    continue
                score = called + net_said.get(net, 0.0) + tax_said.get(0, 0.0) - 0.3
                score += 0.6 if 0 in present else 0.0
            elif tax in present and _is_plausible(net, tax):
                score = called + net_said.get(net, 0.0) + tax_said.get(tax, 0.0) + 1.6
                score += 0.6 if _is_legal(net, tax) else 0.0
                score += 0.6 if (net, tax) in sums else 0.0
                score += 2.4 if several == tax else 0.0
            else:
                continue
            if score > best_score:
                best, best_score = (net, tax, gross), score
    return best


def _together(rows: Sequence[TaxRow]) -> int | None:
    """The whole tax, in cents, where several rates have their rows; else None."""
    largest = _largest(rows)
    if len(largest) < 2:
        return None
    return round(sum(row.tax for row in largest.values()) * 100)


def _largest(rows: Sequence[TaxRow]) -> dict[Decimal, TaxRow]:
    found: dict[Decimal, TaxRow] = {}
    for row in rows:
        before = found.get(row.rate)
        if before is None or abs(row.net) > abs(before.net):
            found[row.rate] = row
    return found


def _is_plausible(net: int, tax: int) -> bool:
    return net != 0 and 0 < tax / net < 0.28


def _is_legal(net: int, tax: int) -> bool:
    return any(abs(Decimal(net) * rate / 100 - tax) <= 1 for rate in RATES)


def _named(said: Mapping[str, Candidate], worth: int) -> Candidate | None:
    found = [one for text, one in said.items() if cents(text) == worth]
    return max(found, key=lambda one: one.score) if found else None


def _found(name: str, spots: Mapping[int, Value], worth: int) -> Candidate:
    """An amount that nothing names: believed because the sum needs it."""
    spot = spots.get(worth)
    reason = Reason(code="position", says="Nothing names it.", weight=0.0)
    return Candidate(name, spot.text if spot else _text(worth), (reason,),
                     spot.box if spot else None, spot)  # fmt: skip


def _unproven(said: Mapping[str, Mapping[str, Candidate]]) -> dict[str, Candidate]:
    fields = {}
    for name in ("net", "tax", "gross", "payable"):
        usable = [one for one in said[name].values() if one.score > 0.4]
        if usable:
            best = max(usable, key=lambda one: one.score)
            fields[name] = best.because("doubt", "No sum proves it.", -1.0)
    if "payable" in fields and "gross" not in fields:
        one = fields["payable"]
        fields["gross"] = Candidate("gross", one.text, one.reasons, one.box, one.mark)
    if "gross" in fields and "payable" not in fields:
        one = fields["gross"]
        fields["payable"] = Candidate("payable", one.text, one.reasons, one.box, one.mark)
    return fields


def _payable(said: Mapping[str, Mapping[str, Candidate]], scores: Mapping[str, Mapping[int, float]],
             spots: Mapping[int, Value], gross: int, total: Candidate) -> Candidate:  # fmt: skip
    prepaid = [worth for worth, score in scores["_prepaid"].items() if worth and score > 1]
    rounding = [0, *(worth for worth, score in scores["_rounding"].items() if score > 1)]
    reached = {
        gross - abs(paid) * (1 if gross >= 0 else -1) + cent: paid
        for paid in prepaid for cent in rounding
    }  # fmt: skip
    reached |= {gross + cent: 0 for cent in rounding}
    named = sorted(
        (one for one in said["payable"].values() if one.score > 0.4), key=lambda one: -one.score
    )
    for one in named:
        worth = cents(one.text)
        if worth is not None and worth in reached:
            says = "It is the total." if worth == gross else "It is the total less what was paid."
            return one.because("arithmetic", says, 2.2 if total.score > 3 else 0.8)
    if named and named[0].score > 1.4:
        return named[0].because("doubt", "It is not the total, and nothing says why.", -0.6)
    for worth, paid in reached.items():
        if paid and worth in spots:
            return _found("payable", spots, worth).because(
                "arithmetic", f"The total less {_text(abs(paid))} paid.", 2.0)  # fmt: skip
    one = Candidate("payable", total.text, total.reasons, total.box, total.mark)
    return one.because("custom", "Nothing else is said to be due: the total.", -0.1)


def tax_rows(m: Marked) -> Iterator[TaxRow]:
    """Rows that say a rate, an amount and its tax, right to the cent."""
    seen = set()
    for row in m.rows:
        values = [
            value for value in m.values_by_row.get(row.number, ())
            if value.kind == "amount" and cents(value.text) is not None
        ]  # fmt: skip
        money = [Decimal(value.text) for value in values if value.is_money]
        if len(money) < 2:
            continue
        rates = {Decimal(found.replace(",", ".")) for found in _PERCENT.findall(row.text)}
        rates |= {Decimal(value.text) for value in values if Decimal(value.text) in RATES}
        for rate in rates:
            for net in money:
                for tax in money:
                    one = (rate, net, tax)
                    near = abs(net * rate / 100 - tax) <= Decimal("0.011")
                    if near and tax and abs(tax) < abs(net) and one not in seen:
                        seen.add(one)
                        yield TaxRow(rate, net, tax, row.number)


def _adding_up(rows: Sequence[TaxRow], net: int, tax: int) -> tuple[TaxRow, ...]:
    """The rows whose taxes are the whole tax: one of them, or each rate's largest together."""
    for row in rows:
        if round(row.tax * 100) == tax and round(row.net * 100) == net:
            return (row,)
    largest = _largest(rows)
    if largest and round(sum(row.tax for row in largest.values()) * 100) == tax:
        return tuple(largest[rate] for rate in sorted(largest))
    return ()
