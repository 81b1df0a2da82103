"""The message that carries a letter: subject, plain text, and the same as quiet HTML (mail_html).

Nothing in it is fetched from elsewhere, so that no mail program tells anybody that it was read.
"""

from typing import NamedTuple

from . import figures, mail_html
from .brands import accent
from .facts import Account, Brand, Facts, InvoiceLetter, Notice, Reminder
from .languages import Paragraph, Texts, paragraph, paragraphs, plain, texts, words
from .sheet import Row, address_lines, payment
from .told import one_line, sentences, told


class Message(NamedTuple):
    subject: str
    text: str
    html: str


def mail(
    letter: str,
    language: str,
    facts: Facts,
    *,
    wording: Texts | None = None,
    online: Row | None = None,
) -> Message:
    """The message for a letter in its language, from the brand that leads the letter.

    `online` is the address of the reader's own page, behind a word for it.

    :raises UnknownLetter, UnknownLanguage, UnusableBrand: as `render`.
    """
    whole = wording or texts(letter, language)
    own, known = whole["mail"], told(language, facts)
    said = {
        part: paragraphs(sentences(whole, language, facts, own, part), known)
        for part in ("opening", "closing")
    }
    subject = " ".join(plain(paragraph(own["subject"], known)).split())
    brand = _leads(facts)
    headline, rows = (
        [(label, one_line(value)) for label, value in found]
        for found in (_due(letter, language, facts), _rows(language, facts))
    )
    rows += [online] if online else []
    spoken = words(language)["words"]
    hello, regards = spoken["hello"], spoken["regards"]
    text = _text(hello, said["opening"], headline + rows, said["closing"], regards, brand)
    html = mail_html.page(
        mail_html.Said(
            language=language, title=subject, sender=one_line(brand.name), accent=accent(brand),
            hello=hello, headline=headline, rows=rows, regards=regards, foot=_foot(brand), **said,
        )
    )  # fmt: skip
    return Message(subject, text, html)


def _leads(facts: Facts) -> Brand:
    return facts.client if isinstance(facts, InvoiceLetter | Notice) else facts.factor


def _due(letter: str, language: str, facts: Facts) -> list[Row]:
    """How much is to be paid until when, if there is something to pay."""
    if letter == "credit_note" or not isinstance(facts, InvoiceLetter | Reminder):
        return []
    own = words(language)["words"]
    until = facts.invoice.due_on if isinstance(facts, InvoiceLetter) else facts.pay_by
    rows = [(own["to_pay"], figures.money(facts.payable, language))]
    return [*rows, (own["pay_by"], figures.day(until, language))] if until else rows


def _rows(language: str, facts: Facts) -> list[Row]:
    """To which account, when there is something to pay or somebody new to pay to."""
    account: Account | None = getattr(facts, "account", None)
    return payment(account, getattr(facts, "reference", ""), language) if account else []


def _text(
    hello: str,
    opening: list[Paragraph],
    rows: list[Row],
    closing: list[Paragraph],
    regards: str,
    brand: Brand,
) -> str:
    parts = [hello, *map(plain, opening)]
    if rows:
        wide = max(len(label) for label, _ in rows)
        parts.append("\n".join(f"{label + ':':<{wide + 2}}{value}" for label, value in rows))
    parts += [
        *map(plain, closing),
        f"{regards}\n{one_line(brand.name)}",
        "-- \n" + "\n".join(_foot(brand)),
    ]
    return "\n\n".join(parts) + "\n"


def _foot(brand: Brand) -> list[str]:
    address = ", ".join(address_lines(brand.address, home=brand.address.country))
    reach = " · ".join(value for value in (brand.phone, brand.email, brand.web) if value)
    numbers = " · ".join(value for value in (brand.company_id, brand.vat_id) if value)
    lines = (f"{brand.name}, {address}", reach, numbers, *brand.lines)
    return [one_line(line) for line in lines if line]
