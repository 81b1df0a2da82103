"""What a sentence may name: the placeholders of each kind of letter, filled from its facts."""

import unicodedata

from . import figures
from .facts import Facts, InvoiceLetter, Notice, Release, Reminder, Schedule
from .languages import Texts, paragraph, words

_BOTH = ("client", "factor")
# Every name that a sentence may have in braces, by the facts that fill it.
NAMES: dict[type[Facts], tuple[str, ...]] = {
    InvoiceLetter: (*_BOTH, "number", "amount", "due"),
    Notice: (*_BOTH, "assigned"),
    Release: (*_BOTH, "since"),
    Reminder: (*_BOTH, "amount", "pay_by", "numbers"),
    Schedule: (*_BOTH, "number", "contract", "count", "amount", "purchased"),
}


def told(language: str, facts: Facts) -> dict[str, str]:
    """Names and figures for a sentence, already in the reader's manner."""
    own = {"client": facts.client.name, "factor": facts.factor.name} | _own(language, facts)
    return {name: one_line(value) for name, value in own.items()}


def one_line(text: str) -> str:
    """As a name may stand in a message: no line end, and nothing that cannot be seen or that turns
    the direction of what follows. Source: Unicode TR 36 §2.5, bidirectional spoofing.
    """
    if text.isprintable():  # Nothing of the kind is.
        return text
    return "".join(_ONE_LINE.get(unicodedata.category(char), char) for char in text)


_ONE_LINE = {"Cc": " ", "Zl": " ", "Zp": " ", "Cf": ""}


def _own(language: str, facts: Facts) -> dict[str, str]:
    match facts:
        case InvoiceLetter():
            return _invoice(language, facts)
        case Notice():
            return {"assigned": figures.day(facts.assigned_on, language)}
        case Release():
            return {"since": figures.day(facts.since, language)}
        case Reminder():
            return {
                "amount": figures.money(facts.payable, language),
                "pay_by": figures.day(facts.pay_by, language),
                "numbers": ", ".join(claim.number for claim in facts.claims),
            }
        case Schedule():
            return {
                "number": facts.number,
                "contract": facts.contract,
                "count": str(len(facts.claims)),
                "amount": figures.money(facts.total, language),
                "purchased": figures.day(facts.purchased_on, language),
            }


def sentences(own: Texts, language: str, facts: Facts, written: Texts, part: str) -> list[str]:
    """A part of what is `written`, on paper or in a mail, the sentence put in that depends on the
    facts: how much a notice is about, whether a release names an account, what of its claim a
    reminder leaves out. `own` are the letter's."""
    said: list[str] = written[part]
    if isinstance(facts, Release):
        pay = own["pay_known" if facts.account else "pay_untold"]
        return [sentence.replace("{pay}", pay) for sentence in said]
    if isinstance(facts, Reminder) and facts.disputed and part == "closing":
        left_out = figures.money(facts.disputed, language)
        sentence: str = words(language)["words"]["disputed_part"]
        return [sentence.replace("{disputed}", left_out), *said]
    if not isinstance(facts, Notice):
        return said
    scope = own["scope_listed" if facts.claims else "scope_all"]
    return [sentence.replace("{scope}", scope) for sentence in said]


def title(own: Texts, language: str, facts: Facts) -> str:
    runs = paragraph(own["title"], told(language, facts))
    return "".join(text for _, text in runs)


def _invoice(language: str, facts: InvoiceLetter) -> dict[str, str]:
    due = facts.invoice.due_on
    return {
        "number": facts.invoice.number,
        "amount": figures.money(facts.payable, language),
        "due": figures.day(due, language) if due else "",
    }
