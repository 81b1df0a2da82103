"""Which amounts are net, tax and gross: those that are called so and that add up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from .deductions import due_after
from .marks import Marked, Value
from .proposals import Candidate, merged
from .reading import Reason
from .taxes import (
    Part,
    TaxRow,
    adding_up,
    base_of,
    cents,
    in_total_row,
    is_legal,
    one_rate,
    parts_of,
    side_by_side,
    tax_rows,
    together,
)
from .untaxed import why_untaxed

MOST = 48  # Amounts that are tried.
PROOF = 2.4  # What a sum weighs that names or a rate speak for, too.
_BESIDE = 1.6  # Less has what only stands below its name.
CALLED = 0.8  # Weight from which an amount is called something.
_OTHERS = ("_prepaid", "_rounding", "_discount")


@dataclass(frozen=True, slots=True)
class Sums:
    """Candidates that belong together; what is not known is missing."""

    fields: Mapping[str, Candidate]
    taxes: tuple[TaxRow, ...]  # Only where they add up to net and tax.
    proven: bool  # Net + tax = gross with all three printed and tax not nothing.


def solved(m: Marked, proposals: Mapping[str, Sequence[Candidate]]) -> Sums:
    """The most believable net, tax, gross and payable amounts."""
    said = {
        name: {one.text: one for one in merged(proposals.get(name, ()))}
        for name in ("net", "tax", "gross", "payable", "_prepaid", "_rounding", "_discount")
    }
    rows, parts = list(tax_rows(m)), parts_of(m)
    scores = {
        name: {_cents_of(text): one.score for text, one in texts.items() if cents(text) is not None}
        for name, texts in said.items()
    }
    amounts, spots = _amounts(m, scores), _spots(m)
    for worth, rounded in _unrounded(amounts, scores).items():
        amounts.append(worth)
        scores["gross"][worth] = _called_total(scores, rounded)
        spots[worth] = replace(spots[rounded], text=_text(worth))
    wholes = _wholes(rows, parts, side_by_side(m)) | frozenset(in_total_row(m))
    bases = _bases(rows, amounts)
    amounts += sorted(bases - set(amounts))
    best = _best(amounts, scores, rows, wholes)
    best, untaxed = _without_tax(m, scores, best)
    if best is None:
        return Sums(_unproven(said), (), False)
    net, tax, gross = best
    taxes = adding_up(rows, net, tax) or one_rate(m, net, tax)
    summed = tax not in spots and tax in wholes
    whole = bool(taxes) or summed or tax in in_total_row(m)
    printed = net in spots or net in bases
    proven = tax != 0 and gross in spots and printed and (tax in spots or summed)
    says = f"{_text(net)} + {_text(tax)} = {_text(gross)}."
    weight = _proof(scores, best, whole=whole) if proven else 0.8
    fields = {}
    for name, value in (("net", net), ("tax", tax), ("gross", gross)):
        one = _named(said[name], value) or _found(name, spots, value)
        if name == "gross":
            due = _named(said["payable"], value)
            one = due if due and due.score > one.score else one
            one = Candidate("gross", one.text, one.reasons, one.box, one.mark)
        if untaxed:
            one = one.because("arithmetic", f"The lines make it, and “{untaxed}”.", 0.8)
        elif name in ("net", "tax") and value not in spots:
            one = _together(name, value)
        if _is_outdone(scores, gross, rows):
            one = one.because("doubt", "A larger amount is called the total.", -3.5)
        if proven and weight < PROOF:
            one = one.because("doubt", "Other amounts may be meant: hardly one is named.", -0.6)
        if taxes and tax:
            one = one.because("arithmetic", "The tax rows add up.", 0.8)
        fields[name] = one.because("arithmetic", says, weight)
    end = due_after(m, best, scores)
    fields["payable"] = (
        _after(said, end, gross) if end else _payable(said, scores, spots, best, fields["gross"])
    )
    return Sums(fields, taxes, proven)


def _unrounded(amounts: Sequence[int],
               scores: Mapping[str, Mapping[int, float]]) -> dict[int, int]:  # fmt: skip
    """Totals that no page prints, with what was made of them by a rounding that is printed."""
    roundings = [worth for worth, score in scores["_rounding"].items()
                 if score > 1 and 0 < abs(worth) < 100]  # fmt: skip
    totals = [worth for worth in amounts
              if worth % 100 == 0 and _called_total(scores, worth) >= CALLED]  # fmt: skip
    found = {total - cent: total for total in totals for cent in roundings}
    return {worth: total for worth, total in found.items() if worth not in amounts}


def _called_total(scores: Mapping[str, Mapping[int, float]], worth: int) -> float:
    return max(scores["gross"].get(worth, 0.0), 0.85 * scores["payable"].get(worth, 0.0))


def _without_tax(m: Marked, scores: Mapping[str, Mapping[int, float]],
                 best: tuple[int, int, int] | None) -> tuple[tuple[int, int, int] | None, str]:  # fmt: skip
    """Net, tax and total where no tax is charged, with the words that say why; else as found."""
    if best is not None and best[1] != 0:
        return best, ""
    total = best[2] if best else _most_called(scores)
    why = why_untaxed(m, total)
    return ((total, 0, total) if why else best), why


def _most_called(scores: Mapping[str, Mapping[int, float]]) -> int:
    """The amount that is called the total most, in cents; 0 if none is."""
    called = {
        worth: _called_total(scores, worth) for worth in (*scores["gross"], *scores["payable"])
    }
    best = max(called, key=lambda worth: called[worth], default=0)
    return best if called.get(best, 0.0) >= CALLED else 0


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
          rows: Sequence[TaxRow], wholes: frozenset[int]) -> tuple[int, int, int] | None:  # fmt: skip
    present = set(amounts)
    sums = {(round(row.net * 100), round(row.tax * 100)) for row in rows}
    largest = max((abs(worth) for worth in amounts), default=0)
    net_said, tax_said = scores["net"], scores["tax"]
    named = max(net_said.values(), default=0.0) >= CALLED  # Another amount is the net one.
    best, best_score = None, 2.2
    for gross in amounts:
        called = _called_total(scores, gross) - (2.0 if _is_outdone(scores, gross, rows) else 0.0)
        called -= 2.0 if _is_left(gross, present, scores) else 0.0
        called += 0.4 if abs(gross) == largest else 0.0
        for net in amounts:
            tax = gross - net
            if tax == 0:
                if gross == 0 or (net_said.get(net, 0) <= 0 and (0 not in present or named)):
                    continue
                score = called + net_said.get(net, 0.0) + tax_said.get(0, 0.0) - 0.3
                score += 0.6 if 0 in present else 0.0
            elif (tax in present or tax in wholes) and _is_plausible(net, tax):
                legal = is_legal(net, tax)
                if not (legal or tax in wholes) and _is_something_else(scores, tax):
                    continue
                score = called + net_said.get(net, 0.0) + tax_said.get(tax, 0.0) + 1.6
                score += 0.6 if legal else 0.0
                score += 0.6 if (net, tax) in sums else 0.0
                score += 2.4 if tax in wholes else 0.0
            else:
                continue
            if score > best_score:
                best, best_score = (net, tax, gross), score
    return best


def _is_something_else(scores: Mapping[str, Mapping[int, float]], tax: int) -> bool:
    """No tax by its name, or more by the name of a deposit, a rounding, a discount."""
    called = scores["tax"].get(tax, 0.0)
    others = max(scores[name].get(worth, 0.0) for name in _OTHERS for worth in (tax, -tax))
    return called < CALLED or others > called


def _proof(scores: Mapping[str, Mapping[int, float]], best: tuple[int, int, int], *,
           whole: bool) -> float:  # fmt: skip
    """What it says that net and tax make the total: much where names or a rate say so, too.

    Among many amounts some make a sum by chance.
    """
    net, tax, gross = best
    called = [scores[name].get(worth, 0.0) >= CALLED for name, worth in
              (("net", net), ("tax", tax), ("gross", gross), ("payable", gross))]  # fmt: skip
    names = called[0] + called[1] + (called[2] or called[3])
    return PROOF if names == 3 or (names and (whole or is_legal(net, tax))) else 0.8


def _wholes(rows: Sequence[TaxRow], parts: Sequence[Part], beside: int | None) -> frozenset[int]:
    """What the whole tax is by several rates: by rows with their bases, by labels with rates, by
    headings side by side."""
    found = (together(rows), _sum_of(parts), beside)
    return frozenset(whole for whole in found if whole is not None)


def _sum_of(parts: Sequence[Part]) -> int | None:
    return sum(_cents_of(part.value.text) for part in parts) if parts else None


def _together(name: str, worth: int) -> Candidate:
    what = "taxes" if name == "tax" else "net amounts"
    says = f"The {what} of the rates together; the page does not print their sum."
    reason = Reason(code="arithmetic", says=says, weight=1.6)
    return Candidate(name, _text(worth), (reason,), None)


def _bases(rows: Sequence[TaxRow], amounts: Sequence[int]) -> frozenset[int]:
    """What all rates are taken of, where the total that it makes is printed, and it is not."""
    base, tax = base_of(rows), together(rows)
    if base is None or tax is None or base + tax not in amounts:
        return frozenset()
    return frozenset({base})


def _is_outdone(scores: Mapping[str, Mapping[int, float]], gross: int,
                rows: Sequence[TaxRow]) -> bool:  # fmt: skip
    """Is a larger amount called the total, and more so? Then this is one of a line, or of a rate."""
    called = _called_total(scores, gross)
    several = len({row.rate for row in rows}) > 1
    # In a column of totals stand those of each rate, too.
    called += 0.3 if several and called < _BESIDE else 0.8
    return any(
        abs(worth) > abs(gross) and _called_total(scores, worth) > called
        for name in ("gross", "payable") for worth in scores[name]
    )  # fmt: skip


def _is_left(gross: int, present: set[int], scores: Mapping[str, Mapping[int, float]]) -> bool:
    """Is it what is left of another amount when what was paid or retained is taken off?"""
    return any(score > 1 and worth and gross + abs(worth) in present
               for worth, score in scores["_prepaid"].items())  # fmt: skip


def _is_less_paid(worth: int, best: tuple[int, int, int], scores: Mapping[str, Mapping[int, float]],
                  spots: Mapping[int, Value]) -> bool:  # fmt: skip
    """Is what is missing to the total printed? It is no proof of the net that the tax is."""
    net, tax, gross = best
    less = gross - worth
    discount = max(scores["_discount"].get(one, 0.0) for one in (less, -less))
    printed = any(one in spots and spots[one].is_money for one in (less, -less))
    return printed and discount < CALLED and worth not in (net, tax)


def _is_plausible(net: int, tax: int) -> bool:
    return net != 0 and 0 < tax / net < 0.28


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
    if {"net", "tax", "gross"} <= fields.keys():  # All three are named, and they do not add up.
        for name in ("net", "tax", "gross"):
            says = "Net and tax do not make the total."
            fields[name] = fields[name].because("doubt", says, -0.6)
    if "payable" in fields and "gross" not in fields:
        one = fields["payable"]
        fields["gross"] = Candidate("gross", one.text, one.reasons, one.box, one.mark)
    if "gross" in fields and "payable" not in fields:
        one = fields["gross"]
        fields["payable"] = Candidate("payable", one.text, one.reasons, one.box, one.mark)
    return fields


def _after(said: Mapping[str, Mapping[str, Candidate]], end: Value, gross: int) -> Candidate:
    worth = _cents_of(end.text)
    reason = Reason(code="position", says="Nothing names it.", weight=0.0)
    one = _named(said["payable"], worth) or Candidate("payable", end.text, (reason,), end.box, end)
    says = f"The total less {_text(gross - worth)}, as the rows below it say."
    return one.because("arithmetic", says, 2.0 if one.score > 1 else 1.6)


def _payable(said: Mapping[str, Mapping[str, Candidate]], scores: Mapping[str, Mapping[int, float]],
             spots: Mapping[int, Value], best: tuple[int, int, int], total: Candidate) -> Candidate:  # fmt: skip
    gross = best[2]
    prepaid = [worth for worth, score in scores["_prepaid"].items() if worth and score > 1]
    rounding = [0, *(worth for worth, score in scores["_rounding"].items() if score > 1)]
    reached = {
        gross - abs(paid) * (1 if gross >= 0 else -1) + cent: paid
        for paid in prepaid for cent in rounding
    }  # fmt: skip
    reached |= {gross + cent: 0 for cent in rounding}
    named = sorted(
        (one for one in said["payable"].values()
         if one.score > 0.4 and (cents(one.text) or 0) * gross >= 0), key=lambda one: -one.score
    )  # fmt: skip
    for one in named:
        worth = cents(one.text)
        if worth is not None and worth in reached:
            says = "It is the total." if worth == gross else "It is the total less what was paid."
            if worth != gross and not reached[worth]:
                says = "It is the total, rounded."
            return one.because("arithmetic", says, 2.2 if total.score > 3 else 0.8)
    worth = cents(named[0].text) if named and named[0].score > 1.4 else None
    if worth is not None and _is_less_paid(worth, best, scores, spots):
        says = f"It is the total less {_text(gross - worth)}, which is printed."
        return named[0].because("arithmetic", says, 1.0)
    if named and named[0].score > 1.4:
        return named[0].because("doubt", "It is not the total, and nothing says why.", -0.6)
    for worth, paid in reached.items():
        if paid and worth in spots:
            return _found("payable", spots, worth).because(
                "arithmetic", f"The total less {_text(abs(paid))} paid.", 2.0)  # fmt: skip
    one = Candidate("payable", total.text, total.reasons, total.box, total.mark)
    return one.because("custom", "Nothing else is said to be due: the total.", -0.1)
