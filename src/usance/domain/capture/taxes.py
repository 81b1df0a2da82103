"""Rows of tax: a rate, what it is taken of, and the tax; one or several of them on a paper."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from .marks import Label, Marked, Value
from .proposals import below, is_aside, right_of

# Of the Union, Norway, Switzerland and the United Kingdom; also former ones that old papers show.
RATES = tuple(Decimal(rate) for rate in (
    "2.1", "2.5", "2.6", "3", "3.8", "4", "4.8", "5", "5.5", "6", "7", "7.7", "8", "8.1", "8.5", "9",
    "9.5", "10", "11", "12", "13", "13.5", "14", "15", "16", "17", "18", "19", "20", "21", "22", "23",
    "24", "25", "25.5", "27",
))  # fmt: skip
_PERCENT = re.compile(r"(?<![\d.,])(\d{1,2}(?:[.,]\d{1,3})?) ?%")


@dataclass(frozen=True, slots=True)
class TaxRow:
    rate: Decimal
    net: Decimal
    tax: Decimal
    row: int
    percent: bool = False  # The rate bears its sign: no count that looks like one.


@dataclass(frozen=True, slots=True)
class Part:
    """The tax at one rate, of an invoice that says several: "VAT 25 %  100.00"."""

    rate: Decimal
    value: Value


def cents(text: str) -> int | None:
    """Whole cents; None for more than two decimals or text that is no number."""
    try:
        scaled = Decimal(text).scaleb(2)
    except InvalidOperation:
        return None
    return int(scaled) if scaled == scaled.to_integral_value() else None


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
        signed = {Decimal(found.replace(",", ".")) for found in _PERCENT.findall(row.text)}
        rates = signed | {Decimal(value.text) for value in values if Decimal(value.text) in RATES}
        for rate in rates:
            for net in money:
                for tax in money:
                    one = (rate, net, tax)
                    near = abs(net * rate / 100 - tax) <= Decimal("0.011")
                    if near and tax and abs(tax) < abs(net) and one not in seen:
                        seen.add(one)
                        yield TaxRow(rate, net, tax, row.number, rate in signed)


def one_rate(m: Marked, net: int, tax: int) -> tuple[TaxRow, ...]:
    """A single rate, printed in the row of the whole tax: "plus 19 % VAT  190.00"."""
    for value in m.values:
        if tax and value.kind == "amount" and cents(value.text) == tax:
            for found in _PERCENT.findall(m.rows[value.row].text):
                rate = Decimal(found.replace(",", "."))
                if abs(Decimal(net) * rate / 100 - tax) <= 1:
                    return (TaxRow(rate, Decimal(net).scaleb(-2), Decimal(tax).scaleb(-2),
                                   value.row),)  # fmt: skip
    return ()


def in_total_row(m: Marked) -> Iterator[int]:
    """The tax, in cents, in a row that says net, tax and total: "Sum  933.75  233.44  1,167.19"."""
    for label in m.labels:
        if label.field != "gross" or is_aside(m, label):
            continue
        money = [cents(value.text) for value in right_of(m, label, ("amount",)) if value.is_money]
        if len(money) == 3 and None not in money:
            net, tax, gross = (worth or 0 for worth in money)
            if 0 < tax < net and net + tax == gross:
                yield tax


def adding_up(rows: Sequence[TaxRow], net: int, tax: int) -> tuple[TaxRow, ...]:
    """The rows whose taxes are the whole tax: one of them, or each rate's largest together."""
    for row in rows:
        if round(row.tax * 100) == tax and round(row.net * 100) == net:
            return (row,)
    largest = _largest(rows)
    if largest and round(sum(row.tax for row in largest.values()) * 100) == tax:
        return tuple(largest[rate] for rate in sorted(largest))
    return ()


def together(rows: Sequence[TaxRow]) -> int | None:
    """The whole tax, in cents, where several rates have their rows; else None."""
    largest = _of_each_rate(rows)
    return round(sum(row.tax for row in largest) * 100) if largest else None


def base_of(rows: Sequence[TaxRow]) -> int | None:
    """What it is taken of, in cents, where several rates have their rows; else None."""
    largest = _of_each_rate(rows)
    return round(sum(row.net for row in largest) * 100) if largest else None


def _of_each_rate(rows: Sequence[TaxRow]) -> tuple[TaxRow, ...]:
    largest = _largest([row for row in rows if row.percent])
    if len(largest) < 2:
        largest = _largest(rows)
    return tuple(largest.values()) if len(largest) > 1 else ()


def _largest(rows: Sequence[TaxRow]) -> dict[Decimal, TaxRow]:
    found: dict[Decimal, TaxRow] = {}
    for row in rows:
        before = found.get(row.rate)
        if before is None or abs(row.net) > abs(before.net):
            found[row.rate] = row
    return found


def parts_of(m: Marked) -> tuple[Part, ...]:
    """The tax of each rate where labels say two rates or more: of each the last that is printed."""
    found: dict[Decimal, Part] = {}
    for label in m.labels:
        if label.field != "tax" or is_aside(m, label) or (rate := _rate_at(m, label)) is None:
            continue
        beside = [value for value in right_of(m, label, ("amount",))
                  if value.is_money and not _is_base(m, value)]  # fmt: skip
        value = beside[-1] if beside else next(below(m, label, ("amount",)), None)
        if value is not None and value.is_money and cents(value.text) is not None:
            found[rate] = Part(rate, value)
    return tuple(found.values()) if len(found) > 1 else ()


def side_by_side(m: Marked) -> int | None:
    """The whole tax, in cents, where one row has a heading for the tax of each rate; else None."""
    for row, labels in m.labels_by_row.items():
        words = m.rows[row].words
        heads = [label for label in labels if label.field == "tax" and not is_aside(m, label)
                 and not (label.last < len(words) and words[label.last].text == "%")]  # fmt: skip
        if len(heads) < 2 or len({label.phrase for label in heads}) > 1:
            continue
        found = [next(below(m, label, ("amount",)), None) for label in heads]
        taxes = [cents(one.text) for one in found if one is not None and one.is_money]
        if len(taxes) == len(heads) and None not in taxes:
            return sum(tax for tax in taxes if tax is not None)
    return None


def _is_base(m: Marked, value: Value) -> bool:
    """ "VAT 25 % (400.00)", "(25 % on 400.00)": what it is taken of stands in brackets."""
    words = m.rows[value.row].words
    return words[value.first].text.startswith("(") or words[value.last - 1].text.endswith(")")


def _rate_at(m: Marked, label: Label) -> Decimal | None:
    """The rate behind a label, or before it: "VAT 25 %", "25 % VAT"."""
    words = m.rows[label.row].words
    ends = next((cell.first + len(cell.words) for cell in m.rows[label.row].cells
                 if label.last <= cell.first + len(cell.words)), label.last)  # fmt: skip
    behind = " ".join(word.text for word in words[label.last : min(label.last + 6, max(
        ends, label.last + 3))])  # fmt: skip
    before = " ".join(word.text for word in words[max(label.first - 2, 0) : label.first])
    shown = _PERCENT.search(behind) or _PERCENT.search(before)
    rate = Decimal(shown[1].replace(",", ".")) if shown else None
    return rate if rate in RATES else None


def is_legal(net: int, tax: int) -> bool:
    """Is the tax what some rate makes of the net, to the cent?"""
    return any(abs(Decimal(net) * rate / 100 - tax) <= 1 for rate in RATES)
