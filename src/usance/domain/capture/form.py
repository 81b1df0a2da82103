"""From the words of a document to its reading: every field chosen among its candidates."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

from usance.domain.finding import Finding

from . import learned, sums
from .assembly import assembled
from .confidence import confidence
from .hint import Hint
from .known import NOTHING_KNOWN, Known
from .marks import Marked, Value, key, marked
from .numbers import numbered
from .oddities import oddities
from .parties import named
from .phrases_of_text import DISCOUNT, PAY, assignment, currency, due_by_terms, terms
from .proposals import Candidate, merged, proposed
from .reading import FIELDS, Field, Page, Reading, Reason
from .tables import lines_of
from .taxes import TaxRow, cents
from .territories import cell_of
from .titles import DATED, below_title, kind_of

KEPT = 4  # Candidates of a field.
_PROOFS = frozenset({"arithmetic", "check_digit"})
_ASKED = 2.1  # What a due date weighs at least in a sentence that asks for payment.
_SENTENCE = 4  # Words that are no sentence yet.
_IN_FULL = re.compile(r"netto|ohne abzug|(?<!\w)net(?!\w)|sans escompte", re.IGNORECASE)
_TO = frozenset({"–", "-", "—", "bis", "to", "till", "til", "au", "tot", "t/m"})
_LEFT = 0.25  # Of the doubt about letters, where a proof holds.
_TOWN = re.compile(r"[^\W\d_][^\d,:]{1,40}, ?(?:den|the|le|am|d\.)?")


def read(
    pages: Sequence[Page], *, known: Known = NOTHING_KNOWN, findings: Iterable[Finding] = ()
) -> Reading:
    """The reading of one document. `findings`: of the reader of its pages, handed on."""
    m = marked(pages)
    hints = _hints(m, known)
    kind, told = learned.kind(kind_of(m), hints)
    proposals = proposed(m)
    numbers = _numbers(m, proposals)
    totals = sums.solved(m, proposals)
    parties = named(m, known)
    found: dict[str, list[Candidate]] = {
        "number": numbers,
        "issued_on": _issued(m, proposals),
        "due_on": list(_payable_by(m, proposals)),
        **parties,
        **numbered(m, proposals, known, parties),
        "currency": list(currency(m)),
        "terms": list(terms(m)),
        "assignment": list(assignment(m)),
        **{name: [one] for name, one in totals.fields.items()},
    }
    for name, text, box, reason in learned.hinted(m, hints):
        found.setdefault(name, []).append(Candidate(name, text, (reason,), box))
    for name in ("net", "tax", "gross", "payable"):
        found[name] = found.get(name, []) + list(
            _rest(proposals.get(name, ()), found.get(name, ()))
        )
    ranked = {name: merged(ones) for name, ones in found.items() if ones}
    _due(m, ranked)
    if "payment_reference" not in ranked and "number" in ranked:
        says = "Nothing else is to be quoted: payers quote the number."
        reason = Reason(code="custom", says=says, weight=0.9)
        ranked["payment_reference"] = [
            Candidate("payment_reference", ranked["number"][0].text, (reason,), None)
        ]
    candidates = {
        name: tuple(_field(one, ones) for one in ones[:KEPT])
        for name in FIELDS
        if (ones := ranked.get(name))
    }
    fields = {name: ones[0] for name, ones in candidates.items() if ones[0].confidence >= 0.1}
    fields |= _tax_fields(totals.taxes, fields.get("tax"))
    net = Decimal(fields["net"].value) if "net" in fields else None
    lines, adding_up = lines_of(m, net)
    return Reading(
        pages=tuple(pages), language=m.language, kind=kind, fields=fields,
        invoice=assembled(fields, kind=kind, lines=lines if adding_up else ()),
        candidates=candidates,
        findings=(
            *findings, *told,
            *oddities(m, kind, fields, numbers, proposals, lines, adding_up=adding_up),
        ),
    )  # fmt: skip


def senders(pages: Sequence[Page]) -> frozenset[str]:
    """Every key under which `sender_of` may name the sender of these pages."""
    return _senders(marked(pages))


def _senders(m: Marked) -> frozenset[str]:
    names = {"vat_id": ("seller_vat_id",), "vat_like": ("seller_vat_id",), "iban": ("iban",),
             "bankgiro": ("bankgiro",), "plusgiro": ("plusgiro",),
             "number": ("seller_number", "seller_tax_number")}  # fmt: skip
    return frozenset(
        f"{name}:{value.text}" for value in m.values for name in names.get(value.kind, ())
    )


def _hints(m: Marked, known: Known) -> Mapping[str, Hint]:
    if not known.learned:
        return {}
    found: dict[str, Hint] = {}
    for sender in sorted(_senders(m) & known.learned.keys()):
        found |= known.learned[sender]
    return found


def _field(one: Candidate, ones: Sequence[Candidate]) -> Field:
    rival = max((other.score for other in ones if other is not one), default=0.0)
    seen = one.mark.score if one.mark else 1.0
    if any(reason.code in _PROOFS and reason.weight >= 1.0 for reason in one.reasons):
        seen = 1 - (1 - seen) * _LEFT  # A letter read wrong would break the sum, or its check.
    return Field(
        name=one.field, value=one.text, reasons=one.reasons, box=one.box, term=FIELDS[one.field],
        confidence=confidence(one.score, rival=rival, seen=seen),
    )  # fmt: skip


def _rest(proposals: Sequence[Candidate], chosen: Sequence[Candidate]) -> Iterable[Candidate]:
    """What the sums did not choose: kept for the person, below what they chose."""
    taken = {cents(one.text) for one in chosen}
    least = min((one.score for one in chosen), default=2.0)
    for one in merged(proposals)[:KEPT]:
        if cents(one.text) not in taken:
            weight = min(-1.5, least - one.score - 0.5)
            yield one.because("doubt", "It does not go into the sum.", weight)


def _numbers(m: Marked, proposals: Mapping[str, Sequence[Candidate]]) -> list[Candidate]:
    claimed = {one.text for name in ("_other_number", "order_number") for one in
               proposals.get(name, ())}  # fmt: skip
    dates = {(value.row, value.first) for value in m.values if value.kind == "date"}
    found = []
    for one in proposals.get("number", ()):
        assert one.mark is not None
        is_date = (one.mark.row, one.mark.first) in dates
        if (is_date and not _is_called(one)) or len(one.text) > 40:
            continue
        digits = sum(ch.isdigit() for ch in one.text)
        if digits < 3:
            one = one.because("doubt", "Has hardly a digit.", -0.4)
        if one.text in claimed:
            one = one.because("doubt", "Is called something else, too.", -0.5)
        box = one.box
        if box and box.page == 1 and box.top < 0.55 * m.pages[0].height:
            one = one.because("position", "Stands at the head of the first page.", 0.3)
            if one.reasons[0].weight < 1.1 and below_title(m, box):
                one = one.because("position", "Stands right below the title.", 0.3)
        found.append(one)
    whole = [one for one in found if not _is_count(one)]
    return _alone(whole if any(one.score > 1.4 for one in whole) else found, "number")


def _is_called(one: Candidate) -> bool:
    """Do digits that could be a day, 20260305, stand beside a label that says number?"""
    return one.text.isdigit() and "title" not in one.reasons[0].says and one.score > 1.4


def _is_count(one: Candidate) -> bool:
    """Which part bill it is, where another number is called the invoice's: "Part invoice 3 of 5"."""
    return one.text.isdigit() and len(one.text) < 3 and "title" in one.reasons[0].says


def _alone(found: list[Candidate], what: str) -> list[Candidate]:
    """Surer where labels announce one value and no other."""
    if len({one.text for one in found if one.score > 0}) != 1:
        return found
    says = f"Nothing else on the pages is called {what}."
    return [one.because("only", says, 0.5) if one.score > 0 else one for one in found]


def _issued(m: Marked, proposals: Mapping[str, Sequence[Candidate]]) -> list[Candidate]:
    found = []
    elsewhere = {one.box: one.reasons[0].says for name in ("due_on", "_delivered_on", "_other_number")
                 for one in proposals.get(name, ())}  # fmt: skip
    for one in proposals.get("issued_on", ()):
        if elsewhere.get(one.box, one.reasons[0].says) != one.reasons[0].says:
            one = one.because("doubt", "Another label is as near.", -0.5)
        if one.mark and one.mark.checked is False:
            one = one.because("doubt", "Day and month could be exchanged.", -0.3)
        if one.box and one.box.page == 1 and one.box.top < 0.55 * m.pages[0].height:
            one = one.because("position", "Stands at the head of the first page.", 0.3)
        found.append(one)
    found += [one for one in _dated_letter(m) if one.box not in elsewhere]
    found = [one for one in found if not _is_of_a_line(m, one.mark)] or found
    if found:
        others = {value.text for value in m.values if value.kind == "date"
                  and not _of_another(m, value) and not _is_of_a_line(m, value)}  # fmt: skip
        others -= {one.text for name in ("issued_on", "due_on", "_delivered_on", "_other_number")
                   for one in proposals.get(name, ())}  # fmt: skip
        others -= set(_of_spans(m))
        found = _alone(found, "the date")
        says = "Every other date is called something else."
        if others or len({one.text for one in found}) > 1:
            return found
        return [one.because("only", says, 0.4) for one in found]
    free = [value for value in m.values if value.kind == "date" and value.box not in elsewhere
            and value.box.page == 1 and value.box.top < 0.5 * m.pages[0].height]  # fmt: skip
    for value in free[:1]:
        reason = Reason(code="position", says="The first date on the page, with no label.",
                        weight=0.9 if len(free) == 1 else 0.5)  # fmt: skip
        found.append(Candidate("issued_on", value.text, (reason,), value.box, value))
    return found


def _of_spans(m: Marked) -> Iterator[str]:
    """Both dates of "01.03.2026 bis 31.03.2026": no paper is issued for a span."""
    for number, values in m.values_by_row.items():
        days = [value for value in values if value.kind == "date"]
        for one, other in pairwise(days):
            between = m.rows[number].words[one.last : other.first]
            if len(between) == 1 and between[0].text.casefold() in _TO:
                yield from (one.text, other.text)


def _is_of_a_line(m: Marked, value: Value | None) -> bool:
    """Does money stand in another column of its row: a day's hours, a payment?"""
    if value is None:
        return False
    cell = cell_of(m.rows[value.row], value.first)
    last = cell.first + len(cell.words)
    return any(one.is_money and one.first >= last for one in m.values_by_row.get(value.row, ()))


def _of_another(m: Marked, value: Value) -> bool:
    """Is it the date of a paper whose number stands before it: "credit of F4711 of 5 May"?"""
    words = m.rows[value.row].words
    return value.first > 1 and key(words[value.first - 1].text) in DATED and any(
        ch.isdigit() for ch in words[value.first - 2].text
    )  # fmt: skip


def _payable_by(m: Marked, proposals: Mapping[str, Sequence[Candidate]]) -> Iterable[Candidate]:
    """Due dates; what lies before the last of them for a discount is doubted."""
    ones = [_last_of_terms(m, one) for one in proposals.get("due_on", ())]
    last = max((one.text for one in ones), default="")
    for one in ones:
        if one.mark and one.text < last and DISCOUNT.search(m.rows[one.mark.row].text):
            one = one.because("doubt", "Until then there is a discount.", -1.0)
        elif one.mark and _is_for_a_discount(m.rows[one.mark.row].text):
            one = one.because("doubt", "It may be until when there is a discount.", -0.6)
        elif one.mark and one.score < _ASKED and _is_asked_for(m.rows[one.mark.row].text):
            one = one.because("label", "The line asks for payment.", _ASKED - one.reasons[0].weight)
        yield one


def _is_for_a_discount(line: str) -> bool:
    return bool(DISCOUNT.search(line)) and not _IN_FULL.search(line)


def _is_asked_for(line: str) -> bool:
    """Does a sentence ask for payment, and speak of no discount: "Please pay by 5 March"?"""
    return bool(PAY.search(line)) and not DISCOUNT.search(line) and len(line.split()) > _SENTENCE


def _last_of_terms(m: Marked, one: Candidate) -> Candidate:
    """The last date of a table of terms with a column of discounts: until the others there is one."""
    mark = one.mark
    if mark is None or not any(
        len(cell.words) < 3 and DISCOUNT.search(cell.text)
        for row in m.rows[max(mark.row - 2, 0) : mark.row] for cell in row.cells
    ):  # fmt: skip
        return one
    later = [
        value for value in m.values
        if value.kind == "date" and 0 < value.row - mark.row < 4 and value.text > one.text
        and abs(value.box.left - mark.box.left) < 2 and _is_alone(m, value) and _is_alone(m, mark)
    ]  # fmt: skip
    if not later:
        return one
    return Candidate("due_on", later[-1].text, one.reasons, later[-1].box, later[-1])


def _is_alone(m: Marked, value: Value) -> bool:
    cell = cell_of(m.rows[value.row], value.first)
    return (cell.first, cell.first + len(cell.words)) == (value.first, value.last)


def _dated_letter(m: Marked) -> list[Candidate]:
    """The date behind a town, as letters begin: "Köln, den 5. März 2026"."""
    says = "Stands behind a town, at the head of the first page."
    reason = Reason(code="position", says=says, weight=1.5)
    return [
        Candidate("issued_on", value.text, (reason,), value.box, value)
        for value in m.values
        if value.kind == "date" and value.box.page == 1
        and value.box.top < 0.5 * m.pages[0].height
        and _TOWN.fullmatch(" ".join(
            word.text for word in m.rows[value.row].words[: value.first]
            if value.box.left - word.box.right < 150))
    ]  # fmt: skip


def _due(m: Marked, ranked: dict[str, list[Candidate]]) -> None:
    """Due dates that lie before the issue sink; where none is printed the terms may say it."""
    issued = ranked["issued_on"][0].text if "issued_on" in ranked else ""
    if "due_on" in ranked and issued:
        ranked["due_on"] = sorted(
            (one if one.text >= issued else one.because("doubt", "Lies before the issue.", -1.5)
             for one in ranked["due_on"]), key=lambda one: -one.score)  # fmt: skip
        _agree(m, ranked)
    elif issued and (said := due_by_terms(m)):
        day = said.on(date.fromisoformat(issued))
        says = f"{said.days} days after the issue, by “{said.phrase}”."
        if said.month_end:
            says = f"{said.days} days and the end of a month, by “{said.phrase}”."
        reason = Reason(code="custom", says=says, weight=1.2 if said.month_end else 1.6)
        ranked["due_on"] = [Candidate("due_on", day.isoformat(), (reason,), said.box)]


def _agree(m: Marked, ranked: dict[str, list[Candidate]]) -> None:
    """The date of issue and the due date prove each other where the terms lie between them."""
    said = due_by_terms(m)
    issued, due = ranked["issued_on"][0], ranked["due_on"][0]
    if said is None or said.on(date.fromisoformat(issued.text)).isoformat() != due.text:
        return
    says = f"The terms, “{said.phrase}”, lie between {issued.text} and {due.text}."
    for name, one in (("issued_on", issued), ("due_on", due)):
        ranked[name] = [one.because("arithmetic", says, 1.0), *ranked[name][1:]]


def _tax_fields(taxes: Sequence[TaxRow], tax: Field | None) -> dict[str, Field]:
    found: dict[str, Field] = {}
    for nth, row in enumerate(taxes, 1):
        says = f"{row.net} at {row.rate} % is {row.tax}, and the rows add up."
        reason = Reason(code="arithmetic", says=says, weight=2.4)
        for part, value, term in (("rate", row.rate, "BT-119"), ("net", row.net, "BT-116"),
                                  ("tax", row.tax, "BT-117")):  # fmt: skip
            name = f"vat_{nth}_{part}"
            found[name] = Field(
                name=name, value=format(value, "f"), reasons=(reason,), term=term,
                confidence=min(confidence(2.4), tax.confidence if tax else 1.0),
            )  # fmt: skip
    return found
