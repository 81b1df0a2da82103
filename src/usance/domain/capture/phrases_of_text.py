"""What stands in running text: payment terms, an assignment clause, the currency."""

import re
from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from .amounts import CODES, SIGNS
from .marks import Label, Marked
from .proposals import Candidate
from .reading import Box, Reason, Word
from .rows import around

_OF_LANGUAGE = {"sv": "SEK", "no": "NOK", "da": "DKK"}
_OF_EURO = frozenset({"fi", "de", "fr", "nl"})
# Countries whose VAT ids and accounts we know, and that do not pay in euro (ISO 4217).
_OF_COUNTRY = {"SE": "SEK", "NO": "NOK", "DK": "DKK", "GB": "GBP", "CH": "CHF", "LI": "CHF",
               "PL": "PLN", "CZ": "CZK", "HU": "HUF", "RO": "RON", "IS": "ISK", "FO": "DKK",
               "GL": "DKK"}  # fmt: skip
_TOTALS = frozenset({"net", "gross", "payable"})
_CROWNS = re.compile(r"[Kk]r\.?|kronor|kroner|:-")  # Not the three of a company's name.
# A clause that the claim was sold: words in one sentence, by language.
_ASSIGNED = re.compile(
    r"överlåt\w*|pantsatt|overdratt|overdraget|transporteret|siirretty|abgetreten|Abtretung"
    r"|cédée?|subrog\w+|affacturage|factoring\w*|gecedeerd|assigned to|been assigned|Forderungsverkauf",
    re.IGNORECASE,
)
PAY = re.compile(
    r"betal|zahl|maks|pay|paie|règle|régl|utbetal|(?<!\w)due(?!\w)|förfall|forfald|forfall"
    r"|fällig|überweis|begleich|ausgleich|virement|overmaken|over te maken|voldoen|overfør",
    re.IGNORECASE,
)
_DAYS = r"(?:dagar|dager|dage|pv|päivää|vrk|days|jours|dagen|Tagen?|d)"
_NET = (
    re.compile(
        rf"(?<![\d,.])(\d{{1,3}}) ?{_DAYS}\.?(?: \w+)? ?"
        r"(?:netto|net|rein|ohne Abzug|nettó)(?!\w)(?! ?:? ?\d)",
        re.IGNORECASE,
    ),
    re.compile(rf"(?<!\w)(?:netto|net):? ?(\d{{1,3}}) ?{_DAYS}(?!\w)", re.IGNORECASE),
    re.compile(rf"(?<![\d,.])(\d{{1,3}}) ?{_DAYS}(?!\w)", re.IGNORECASE),
    re.compile(r"(?<!\w)(?:netto|net) (\d{1,3})(?= *$|[;.]| ?,)", re.IGNORECASE),
)
_LOOSE, _BARE = 2, 3  # The first ways of saying it are said of nothing but a payment.
_DISCOUNT = re.compile(
    r"skonto|%|rabatt|discount|escompte|kassa-?alennus|korting"
    # Days after which a late payer is charged, or until which goods may be complained about.
    r"|verzug|ränta|rente|korko|interest|intérêt|pénalit|late|försen|reklam|huomautus|complain",
    re.IGNORECASE,
)
DISCOUNT = re.compile(
    r"skonto|rabatt|discount|escompte|kassa-?alennus|korting|rabat(?!t)", re.IGNORECASE
)
_MONTH_END = (
    r"(?:fin de mois|fin du mois|end of (?:the )?month|EOM|løb(?:ende|\.) ?m(?:åned|d\.?)"
    r"|lb\.? ?md\.?|løp(?:ende|\.) ?m(?:åned|nd\.?)|innevarande månad|löpande månad"
    r"|(?:zum |ab )?Monatsende|einde (?:van de )?maand|kuukauden loppuun)"
)
_END_THEN_DAYS = re.compile(
    rf"{_MONTH_END}(?: ?\+| plus|,)? ?(?P<days>\d{{1,3}}) ?{_DAYS}(?!\w)", re.IGNORECASE
)
_DAYS_THEN_END = re.compile(
    rf"(?<![\d,.])(?P<days>\d{{1,3}}) ?{_DAYS},? ?(?:netto |net )?{_MONTH_END}", re.IGNORECASE
)


def terms(m: Marked) -> Iterator[Candidate]:
    """The text beside a label for payment terms."""
    for label in m.labels:
        if label.field != "terms":
            continue
        text, box = text_beside(m, label)
        if len(text) > 3:
            reason = Reason(code="label", says=f"Stands beside “{label.phrase}”.", weight=2.0)
            yield Candidate("terms", text, (reason,), box)


def text_beside(m: Marked, label: Label) -> tuple[str, Box | None]:
    """The words right of a label, else those below it; empty and None where there are none."""
    row = m.rows[label.row]
    words = [word for word in row.words[label.last :] if word.text.strip(" :")]
    near: list[Word] = []
    for word in words:
        before = near[-1].box.right if near else label.box.right
        if word.box.left - before > (200 if not near else 25):
            break
        near.append(word)
    if near:
        return " ".join(word.text for word in near).lstrip(": "), around(near)
    for below in m.rows[label.row + 1 : label.row + 3]:
        for cell in below.cells:
            if below.page == row.page and abs(cell.box.left - label.box.left) < 20:
                return cell.text, cell.box
    return "", None


def assignment(m: Marked) -> Iterator[Candidate]:
    """The sentence that says that the claim was assigned, as printed."""
    for row in m.rows:
        if not _ASSIGNED.search(row.text) or len(row.words) < 4:
            continue
        rows = [row]
        for below in m.rows[row.number + 1 : row.number + 4]:
            if below.page != row.page or below.top - rows[-1].bottom > 0.8 * max(row.height, 6):
                break
            if rows[-1].text.endswith((".", "!")):
                break
            rows.append(below)
        text = " ".join(one.text for one in rows)
        weight = 1.8 if PAY.search(text) else 1.0
        reason = Reason(code="label", says="Says that the claim was assigned.", weight=weight)
        yield Candidate("assignment", text, (reason,),
                        around([word for one in rows for word in one.words]))  # fmt: skip
        return


def currency(m: Marked) -> Iterator[Candidate]:
    """The code beside a label, else the one that stands beside most amounts."""
    for label in m.labels:
        if label.field == "currency":
            for word in m.rows[label.row].words[label.last : label.last + 2]:
                if (code := word.text.strip(" :.,()").upper()) in CODES:
                    says = f"Stands beside “{label.phrase}”."
                    yield _currency(code, "label", says, 2.8, word.box)
    votes: Counter[str] = Counter()
    places: dict[str, Box] = {}
    for value in m.values:
        if value.kind == "amount" and value.currency:
            votes[value.currency] += 1
            places[value.currency] = value.box
    total = sum(votes.values())
    for code, count in votes.most_common(3):
        says = f"Stands beside {count} amounts."
        yield _currency(code, "position", says, 2.6 * count / total, places[code])
    of_totals = dict(_of_totals(m))
    for code, (phrase, box) in of_totals.items():
        weight = (2.8 if total else 2.2) / len(of_totals)
        yield _currency(code, "label", f"Stands beside “{phrase}”.", weight, box)
    if not total and not of_totals:
        yield from _loose_currency(m)


def _of_totals(m: Marked) -> Iterator[tuple[str, tuple[str, Box]]]:
    """Codes beside the words for a total: "Total EUR", "To pay (SEK)"."""
    for label in m.labels:
        if label.field in _TOTALS:
            words = m.rows[label.row].words
            for word in words[max(label.first - 1, 0) : label.first + 6]:
                near = word.box.left - label.box.right < 20 and label.box.left - word.box.right < 20
                if near and (code := word.text.strip("()[]:.,;*")) in CODES:
                    yield code, (label.phrase, word.box)


def _loose_currency(m: Marked) -> Iterator[Candidate]:
    """Codes anywhere on the pages; where there are none, what the country would use."""
    found: Counter[str] = Counter()
    places: dict[str, Box] = {}
    for word in (word for page in m.pages for word in page.words):
        code = word.text.strip("()[]:.,;*")
        code = SIGNS.get(code, code)
        if code in CODES:
            found[code] += 1
            places.setdefault(code, word.box)
    for code, count in found.most_common(2):
        says = f"Stands {'once' if count == 1 else f'{count} times'} on the page."
        yield _currency(code, "position", says, 1.6, places[code])
    code, weight = _by_custom(m)
    if code and (not found or code in found):
        yield _currency(code, "custom", "Follows from language and tax.", weight, None)


def _currency(code: str, reason: str, says: str, weight: float, box: Box | None) -> Candidate:
    return Candidate("currency", code, (Reason(code=reason, says=says, weight=weight),), box)


def _by_custom(m: Marked) -> tuple[str, float]:
    """Whose money, by what only one country prints: its giros, its VAT ids and accounts, its words;
    and what that weighs. Empty where they speak of several.
    """
    marks = {value.text[:2] for value in m.values if value.kind in ("vat_id", "iban")
             and value.checked is not False}  # fmt: skip
    found = {_OF_COUNTRY.get(country, "EUR") for country in marks}
    crowns = any(_CROWNS.fullmatch(word.text) for page in m.pages for word in page.words)
    if code := _OF_LANGUAGE.get(m.language):
        giro = code == "SEK" and any(
            value.kind in ("bankgiro", "plusgiro") and value.checked for value in m.values
        )
        return code, 2.2 if (crowns or giro or found) and found <= {code} else 1.5
    if len(found) != 1 or crowns:
        return "", 0.0
    (code,) = found
    return code, 2.0 if code == "EUR" and m.language in _OF_EURO else 1.5


@dataclass(frozen=True, slots=True)
class Due:
    """How payment terms count: days from the issue, or also to or from the end of a month."""

    days: int
    month_end: str  # "": none; "before": of the month of issue, then days; "after": days, then it.
    box: Box
    phrase: str

    def on(self, issued: date) -> date:
        if self.month_end == "before":
            return _end_of_month(issued) + timedelta(days=self.days)
        due = issued + timedelta(days=self.days)
        return _end_of_month(due) if self.month_end == "after" else due


def _end_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def due_by_terms(m: Marked) -> Due | None:
    """When payment is due as the terms say it, without days for a discount; None if unsaid."""
    for end, shape in (("before", _END_THEN_DAYS), ("after", _DAYS_THEN_END)):
        for row in m.rows:
            if found := shape.search(row.text):
                return Due(int(found["days"]), end, around(row.words), found[0].strip())
    return _in_days(m)


def _in_days(m: Marked) -> Due | None:
    marks = {label.row for label in m.labels if label.field == "terms"}
    for at, shape in enumerate(_NET):
        for row in m.rows:
            near = row.number in marks or row.number - 1 in marks
            if not near and (at == _BARE or (at >= _LOOSE and not PAY.search(row.text))):
                continue
            for found in shape.finditer(row.text):
                around_it = row.text[max(0, found.start() - 25) : found.end() + 12]
                if (at < _LOOSE or not _DISCOUNT.search(around_it)) and 0 < int(found[1]) <= 180:
                    return Due(int(found[1]), "", around(row.words), found[0].strip())
    return None
