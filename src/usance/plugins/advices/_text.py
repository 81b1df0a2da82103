"""An advice in words: lines of a mail or a page with numbers and amounts.

No heading tells the columns apart, so arithmetic does: the amounts that count are those whose sum
is the total that stands below them. Without a total each line must have just one amount.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from usance.domain.payment import Advice, Part
from usance.plugins import Unreadable
from usance.plugins._table import Amounts, Days, folded

from . import _rows

MOST_LINES = 20_000
LONGEST_LINE = 2_000
_AMOUNT = re.compile(
    r"(?<![\w.,/+-])[-+−]?(?:\d{1,3}(?:[ .,'’\u00a0\u202f]\d{3})+|\d{1,12})[.,]\d{2}-?"
    r"(?![\w/]|[.,]\d)"
)
_DATE = re.compile(
    r"(?<![\w./-])(?:\d{4}-\d\d-\d\d|\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d\d))(?![\w/-]|\.\d)"
)
_NUMBER = re.compile(r"[A-Za-zÀ-ÿ0-9][\w./-]{2,39}")
_DIGITS = re.compile(r"\d")
_ACCOUNT = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_CODE = re.compile(r"(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])")
_SIGNS = {"€": "EUR", "£": "GBP"}
_CREDIT = re.compile(
    r"credit ?note|credit memo|gutschrift|kredit(?:faktura|nota|ering)|hyvityslasku|\bavoir\b"
    r"|note de crédit|creditnota|nota di credito|nota de crédito", re.IGNORECASE,
)  # fmt: skip
_REFERENCE = re.compile(
    r"(?:payment (?:reference|no\.?|number|id)|zahlungs(?:referenz|nummer|beleg)|betalnings(?:id"
    r"|referens|nummer)|betalings(?:referanse|reference|kenmerk)|maksu(?:viite|tunnus)|référence de"
    r" paiement|avis(?:nummer|nr\.?| no\.?)|advice (?:no\.?|number))\s*[:#]?\s*([\w./-]{4,40})",
    re.IGNORECASE,
)
_PAID_ON = re.compile(
    r"(?:payment date|paid on|value date|zahlungsdatum|zahldatum|valuta(?:datum)?|betal(?:nings)?"
    r"datum|betalingsdato|maksupäivä|date de paiement|betaaldatum)\s*:?\s*"
    r"(\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{4})", re.IGNORECASE,
)  # fmt: skip
_FEWEST = 4  # Digits of a number of which nothing else tells that it is an invoice's.


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    where: str
    numbers: tuple[str, ...]
    amounts: tuple[str, ...]
    credited: bool


def advice(lines: Sequence[tuple[str, str]], *, payer: str = "") -> Advice | None:
    """The advice in these lines, each with its place; None if no line lists anything.

    :raises Unreadable: if no column of amounts makes the total that is stated; if nothing is stated
        and a line has several amounts; if totals differ, or amounts are written in two ways.
    """
    listed, totals, texts = [], [], []
    for where, text in lines[:MOST_LINES]:
        text = _ACCOUNT.sub(" ", text[:LONGEST_LINE])
        texts.append(text)
        found = _read(where, text)
        if found and _is_sum(text):
            totals.append(found)
        elif found and found.numbers:
            listed.append(found)
    if not listed:
        return None
    amounts = Amounts((text, one.where) for one in (*listed, *totals) for text in one.amounts)
    parts, total = _summed(listed, totals, amounts)
    whole = "\n".join(texts)
    return Advice(
        parts=parts, total=total, currency=_currency(whole), payer=payer,
        reference=hit[1] if (hit := _REFERENCE.search(whole)) else "", paid_on=_paid_on(whole),
    )  # fmt: skip


def _read(where: str, text: str) -> _Line | None:
    amounts = tuple(hit.group().strip() for hit in _AMOUNT.finditer(text))
    if not amounts:
        return None
    bare = _DATE.sub(" ", _AMOUNT.sub(" ", text))
    words = (hit.group().rstrip(".,-/") for hit in _NUMBER.finditer(bare))
    numbers = [word for word in words if len(_DIGITS.findall(word)) >= _FEWEST]
    return _Line(
        where=where, numbers=tuple(dict.fromkeys(numbers)), amounts=amounts,
        credited=_CREDIT.search(text) is not None,
    )  # fmt: skip


def _is_sum(text: str) -> bool:
    """Before its first amount stands a word for a sum, and no number of an invoice."""
    head = _DATE.sub(" ", text[: hit.start()] if (hit := _AMOUNT.search(text)) else text)
    words = [folded(word) for word in re.split(r"[\s:(]+", head) if word]
    several = {folded("".join(words[at : at + 2])) for at in range(len(words))}
    long = any(len(_DIGITS.findall(word)) >= _FEWEST for word in words)
    return not long and not _rows.SUMS.isdisjoint({*words, *several})


def _summed(
    listed: Sequence[_Line], totals: Sequence[_Line], amounts: Amounts
) -> tuple[tuple[Part, ...], Decimal]:
    """The one column of amounts that makes a total which is stated."""
    said = [[_signed(amounts.read(text), one) for text in one.amounts] for one in listed]
    if not totals:
        several = next((one for one, row in zip(listed, said, strict=True) if len(row) > 1), None)
        if several:
            raise Unreadable(
                "several amounts, and no total tells which counts", where=several.where
            )
        parts = _parts(listed, said, 0)
        return parts, sum((part.amount for part in parts), Decimal(0))
    stated = {amounts.read(text) for one in totals for text in one.amounts}
    fitting: dict[tuple[Decimal, ...], tuple[Part, ...]] = {}
    for place in (-1, 0):
        parts = _parts(listed, said, place)
        if sum((part.amount for part in parts), Decimal(0)) in stated:
            fitting[tuple(part.amount for part in parts)] = parts
    if len(fitting) > 1:
        # The gross column has its own total beside that of what is paid, which stands last.
        last = amounts.read(totals[-1].amounts[-1])
        fitting = {key: parts for key, parts in fitting.items() if sum(key) == last}
    if len(fitting) != 1:
        where = totals[-1].where
        raise Unreadable("the amounts of its lines do not make its total", where=where)
    ((key, parts),) = fitting.items()
    return parts, sum(key, Decimal(0))


def _signed(amount: Decimal, one: _Line) -> Decimal:
    return -amount if one.credited and amount > 0 else amount


def _parts(
    listed: Sequence[_Line], said: Sequence[Sequence[Decimal]], place: int
) -> tuple[Part, ...]:
    return tuple(
        Part(
            number=one.numbers[0], also=one.numbers[1:5], amount=row[place],
            deducted=_deducted(row) if place == -1 else Decimal(0),
        )
        for one, row in zip(listed, said, strict=True)
    )  # fmt: skip


def _deducted(row: Sequence[Decimal]) -> Decimal:
    """What stands between gross and paid, if the three agree to the cent."""
    if len(row) < 3:
        return Decimal(0)
    missing = row[0] - row[-1]
    return missing if missing > 0 and missing == sum(map(abs, row[1:-1])) else Decimal(0)


def _currency(text: str) -> str:
    found = {code for code in _CODE.findall(text) if _rows.is_currency(code)}
    found |= {code for sign, code in _SIGNS.items() if sign in text}
    return found.pop() if len(found) == 1 else ""


def _paid_on(text: str) -> date | None:
    found = {hit[1] for hit in _PAID_ON.finditer(text)}
    if len(found) != 1:
        return None
    stated = found.pop()
    try:
        return Days([(stated, "")]).read(stated, "")
    except Unreadable:
        return None  # Its day may be read in two ways: then it counts as none.
