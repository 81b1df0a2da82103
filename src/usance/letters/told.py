"""What a sentence may name: the placeholders of each kind of letter, filled from its facts."""

from . import figures
from .facts import Facts, InvoiceLetter, Notice, Reminder, Schedule
from .languages import paragraph, texts


def told(letter: str, language: str, facts: Facts) -> dict[str, str]:
    """Names and figures for `str.format_map`, already in the reader's manner."""
    common = {"client": facts.client.name, "factor": facts.factor.name}
    match facts:
        case InvoiceLetter():
            return common | _invoice(language, facts)
        case Notice():
            assigned = figures.day(facts.assigned_on, language)
            return common | {"assigned": assigned}
        case Reminder():
            return common | {
                "amount": figures.money(facts.payable, language),
                "pay_by": figures.day(facts.pay_by, language),
                "numbers": ", ".join(claim.number for claim in facts.claims),
            }
        case Schedule():
            return common | {
                "number": facts.number,
                "contract": facts.contract,
                "count": str(len(facts.claims)),
                "amount": figures.money(facts.total, language),
                "purchased": figures.day(facts.purchased_on, language),
            }


def sentences(letter: str, language: str, facts: Facts, written: list[str]) -> list[str]:
    """The letter's sentences, the one sentence of a notice that depends on its scope put in."""
    if not isinstance(facts, Notice):
        return written
    own = texts(letter, language)
    scope = own["scope_listed" if facts.claims else "scope_all"]
    return [sentence.replace("{scope}", scope) for sentence in written]


def title(letter: str, language: str, facts: Facts) -> str:
    runs = paragraph(texts(letter, language)["title"], told(letter, language, facts))
    return "".join(text for _, text in runs)


def _invoice(language: str, facts: InvoiceLetter) -> dict[str, str]:
    due = facts.invoice.due_on
    return {
        "number": facts.invoice.number,
        "amount": figures.money(facts.payable, language),
        "due": figures.day(due, language) if due else "",
    }
