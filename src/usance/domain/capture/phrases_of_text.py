"""What stands in running text: payment terms, an assignment clause, and the currency of all amounts."""

import re
from collections import Counter
from collections.abc import Iterator

from .amounts import CODES
from .marks import Label, Marked
from .proposals import Candidate
from .reading import Box, Reason
from .rows import around

# A clause that the claim was sold: words in one sentence, by language.
_ASSIGNED = re.compile(
    r"överlåt\w*|pantsatt|overdratt|overdraget|transporteret|siirretty|abgetreten|Abtretung"
    r"|cédée?|subrog\w+|affacturage|factoring\w*|gecedeerd|assigned to|been assigned|Forderungsverkauf",
    re.IGNORECASE,
)
_PAY = re.compile(r"betal|zahl|maks|pay|règle|régl|utbetal", re.IGNORECASE)
_NET = (
    re.compile(r"(?<![\d,.])(\d{1,3}) ?(?:dagar|dager|dage|pv|päivää|vrk|days|jours|dagen|Tagen?|d)"
               r"\.?(?: \w+)? ?(?:netto|net|rein|ohne Abzug|nettó)", re.IGNORECASE),
    re.compile(r"(?:netto|net) ?(\d{1,3}) ?(?:dagar|dager|dage|pv|päivää|days|jours|dagen|Tage)",
               re.IGNORECASE),
    re.compile(r"(?:within|innerhalb(?: von)?|inom|innen|binnen|sous|à|uden for|30 dage)?"
               r" ?(?<![\d,.])(\d{1,3}) ?(?:dagar|dager|dage|pv|päivää|days|jours|dagen|Tage[n]?)",
               re.IGNORECASE),
)  # fmt: skip
_DISCOUNT = re.compile(r"skonto|%|rabatt|discount|escompte|kassa-?alennus|korting", re.IGNORECASE)


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
    near = []
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
        weight = 1.8 if _PAY.search(text) else 1.0
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
                    reason = Reason(code="label", says=f"Stands beside “{label.phrase}”.", weight=2.8)
                    yield Candidate("currency", code, (reason,), word.box)
    votes: Counter[str] = Counter()
    places: dict[str, Box] = {}
    for value in m.values:
        if value.kind == "amount" and value.currency:
            votes[value.currency] += 1
            places[value.currency] = value.box
    loose: Counter[str] = Counter()
    for page in m.pages:
        for word in page.words:
            code = word.text.strip("()[]:.,;*").upper()
            if code in CODES and word.text.isupper() or code in ("€", "£"):
                code = {"€": "EUR", "£": "GBP"}.get(code, code)
                loose[code] += 1
                places.setdefault(code, word.box)
    total = sum(votes.values())
    for code, count in votes.most_common(3):
        weight = 2.6 * count / total
        reason = Reason(code="position", says=f"Stands beside {count} amounts.", weight=weight)
        yield Candidate("currency", code, (reason,), places[code])
    if not total:
        for code, count in loose.most_common(2):
            reason = Reason(code="position", says=f"Stands {count} times on the page.", weight=1.6)
            yield Candidate("currency", code, (reason,), places[code])
        if not loose and (code := _by_custom(m)):
            reason = Reason(code="custom", says="Follows from language and tax.", weight=1.5)
            yield Candidate("currency", code, (reason,), None)


def _by_custom(m: Marked) -> str:
    """Of kronor: whose, by the words and identifiers that only one country prints."""
    if any(value.kind in ("bankgiro", "plusgiro") and value.checked for value in m.values) and (
        m.language == "sv"
    ):
        return "SEK"
    return {"sv": "SEK", "no": "NOK", "da": "DKK"}.get(m.language, "")


def days_net(m: Marked) -> tuple[int, Box, str] | None:
    """Days until payment as the terms say them, without those for a discount; None if unsaid."""
    marks = {label.row for label in m.labels if label.field == "terms"}
    for row in m.rows:
        near = row.number in marks or row.number - 1 in marks
        if not near and not _PAY.search(row.text):
            continue
        for at, shape in enumerate(_NET):
            for found in shape.finditer(row.text):
                around_it = row.text[max(0, found.start() - 25) : found.end() + 12]
                if at == 2 and _DISCOUNT.search(around_it):
                    continue
                if 0 < int(found[1]) <= 180:
                    return int(found[1]), around(row.words), found[0].strip()
    return None
