"""The mail that asks a debtor whether an invoice is right, before it is bought."""

from dataclasses import dataclass
from datetime import date

from usance.domain.money import Money

from . import figures, mail_html
from .brands import accent
from .facts import Brand
from .languages import words
from .mail import Message
from .sheet import address_lines
from .told import one_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What the mail says. The sentences are those of the page behind the link, filled in."""

    subject: str
    sentence: str
    contact: str
    number: str
    face: Money
    issued_on: date
    answer_by: date
    link: str
    factor: Brand


def asking(said: Asking, language: str, *, labels: dict[str, str], online: str) -> Message:
    """The mail in a language that we have.

    :param labels: the page's words for number, amount, issued and answer_by.
    :param online: what stands before the link.
    """
    spoken = words(language)["words"]
    rows = [
        (labels["number"], said.number),
        (labels["issued"], figures.day(said.issued_on, language)),
        (online, said.link),
    ]
    headline = [(labels["amount"], figures.money(said.face, language))]
    subject = one_line(said.subject)[:200]
    foot = _foot(said.factor)
    told = [*headline, *rows]
    wide = max(len(label) for label, _ in told)
    text = "\n\n".join([
        spoken["hello"],
        said.sentence,
        said.link,
        "\n".join(f"{label + ':':<{wide + 2}}{value}" for label, value in told[:-1]),
        said.contact,
        f"{spoken['regards']}\n{one_line(said.factor.name)}",
        "-- \n" + "\n".join(foot),
    ])  # fmt: skip
    html = mail_html.page(
        mail_html.Said(
            language=language, title=subject, sender=one_line(said.factor.name),
            accent=accent(said.factor), hello=spoken["hello"], opening=[(("", said.sentence),)],
            headline=headline, rows=rows, closing=[(("", said.contact),)],
            regards=spoken["regards"], foot=foot,
        )
    )  # fmt: skip
    return Message(subject, f"{text}\n", html)


def _foot(brand: Brand) -> list[str]:
    address = ", ".join(address_lines(brand.address, home=brand.address.country))
    reach = " · ".join(value for value in (brand.phone, brand.email) if value)
    numbers = " · ".join(value for value in (brand.company_id, brand.vat_id) if value)
    return [one_line(line) for line in (f"{brand.name}, {address}", reach, numbers) if line]
