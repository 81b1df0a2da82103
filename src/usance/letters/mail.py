"""The message that carries a letter: subject, plain text, and the same as quiet HTML.

Nothing in it is fetched from elsewhere, and all styles are inline, so every mail program shows it
the same and none tells anybody that it was read.
"""

from html import escape
from typing import NamedTuple

from . import figures
from .brands import accent
from .facts import Account, Brand, Facts, InvoiceLetter, Notice, Reminder
from .languages import Paragraph, Texts, paragraph, paragraphs, plain, texts, words
from .sheet import Row, address_lines, payment
from .told import one_line, sentences, told

_BODY = "font:15px/1.5 -apple-system,'Segoe UI',Helvetica,Arial,sans-serif;color:#1b232d"
_LABEL = "padding:3px 16px 3px 0;color:#5a6572"
_VALUE = "padding:3px 0;font-weight:600"
_FOOT = "margin-top:28px;padding-top:12px;border-top:1px solid #d5dbe2;font-size:12px;color:#5a6572"


class Message(NamedTuple):
    subject: str
    text: str
    html: str


def mail(letter: str, language: str, facts: Facts, *, wording: Texts | None = None) -> Message:
    """The message for a letter in its language, from the brand that leads the letter.

    :raises UnknownLetter, UnknownLanguage, UnusableBrand: as `render`.
    """
    whole = wording or texts(letter, language)
    own, known = whole["mail"], told(language, facts)
    said = {
        part: paragraphs(sentences(whole, facts, own[part]), known)
        for part in ("opening", "closing")
    }
    subject = " ".join(plain(paragraph(own["subject"], known)).split())
    brand = _leads(facts)
    rows = [(label, one_line(value)) for label, value in _rows(letter, language, facts)]
    spoken = words(language)["words"]
    hello, regards = spoken["hello"], spoken["regards"]
    text = _text(hello, said["opening"], rows, said["closing"], regards, brand)
    html = _html(hello, said["opening"], rows, said["closing"], regards, brand, language)
    return Message(subject, text, html)


def message(
    letter: str, language: str, facts: Facts, *, wording: Texts | None = None
) -> tuple[str, str]:
    """What fits a telephone, beside the letter itself: its subject, and how to pay.

    :raises UnknownLetter, UnknownLanguage: as `render`.
    """
    whole = wording or texts(letter, language)
    own, known = whole["mail"], told(language, facts)
    subject = " ".join(plain(paragraph(own["subject"], known)).split())
    rows = [f"{label}: {one_line(value)}" for label, value in _rows(letter, language, facts)]
    return subject, "\n".join([subject, *rows])


def _leads(facts: Facts) -> Brand:
    return facts.client if isinstance(facts, InvoiceLetter | Notice) else facts.factor


def _rows(letter: str, language: str, facts: Facts) -> list[Row]:
    """How to pay, when there is something to pay or somebody new to pay to."""
    account: Account | None = getattr(facts, "account", None)
    if account is None:
        return []
    own, rows = words(language)["words"], []
    if letter != "credit_note" and isinstance(facts, InvoiceLetter | Reminder):
        rows.append((own["to_pay"], figures.money(facts.payable, language)))
        until = facts.invoice.due_on if isinstance(facts, InvoiceLetter) else facts.pay_by
        if until:
            rows.append((own["pay_by"], figures.day(until, language)))
    reference = getattr(facts, "reference", "")
    return [*rows, *payment(account, reference, language)]


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


def _html(
    hello: str,
    opening: list[Paragraph],
    rows: list[Row],
    closing: list[Paragraph],
    regards: str,
    brand: Brand,
    language: str,
) -> str:
    colour = accent(brand)
    cells = "".join(
        f'<tr><td style="{_LABEL}">{escape(label)}</td>'
        f'<td style="{_VALUE}">{escape(value)}</td></tr>'
        for label, value in rows
    )
    table = (
        f'<table role="presentation" cellspacing="0" style="margin:20px 0;padding:14px 18px;'
        f'background:#f5f7f9;border-top:2px solid {colour};font-size:14px">{cells}</table>'
    )
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"></head>'
        f'<body style="margin:0;padding:24px;{_BODY}"><div style="max-width:600px;margin:0 auto">'
        f'<p style="margin:0 0 24px;font-size:20px;font-weight:700;color:{colour}">'
        f"{escape(one_line(brand.name))}</p><p>{escape(hello)}</p>"
        + "".join(map(_p, opening))
        + (table if rows else "")
        + "".join(map(_p, closing))
        + f"<p>{escape(regards)}<br>{escape(one_line(brand.name))}</p>"
        + f'<div style="{_FOOT}">{"<br>".join(map(escape, _foot(brand)))}</div>'
        + "</div></body></html>"
    )


def _p(runs: Paragraph) -> str:
    said = "".join(
        f"<strong>{escape(text)}</strong>" if kind == "b" else escape(text) for kind, text in runs
    )
    return f"<p>{said}</p>"


def _foot(brand: Brand) -> list[str]:
    address = ", ".join(address_lines(brand.address, home=brand.address.country))
    reach = " · ".join(value for value in (brand.phone, brand.email, brand.web) if value)
    numbers = " · ".join(value for value in (brand.company_id, brand.vat_id) if value)
    lines = (f"{brand.name}, {address}", reach, numbers, *brand.lines)
    return [one_line(line) for line in lines if line]
