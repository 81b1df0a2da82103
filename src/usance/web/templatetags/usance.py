"""Words for templates: money, figure, said, measure, day, moment, days, actor, icon, badge."""

from datetime import date, datetime
from decimal import Decimal

from django import template
from django.forms import BoundField
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language

from usance import letters
from usance.domain import distribution
from usance.domain.distribution import Kind
from usance.domain.money import Money
from usance.queries.pages import MOST_COUNTED
from usance.web import shown
from usance.web.office import diary_words, papers
from usance.web.office.standing import KINDS

register = template.Library()

# A state is told by its word, its shape and its colour, so that none of the three is needed alone.
SHAPES = {
    "plain": "circle-dashed",
    "info": "circle-dot",
    "good": "circle-check",
    "warn": "clock",
    "bad": "octagon-x",
    "odd": "circle-question-mark",
}
READERS = {
    "ubl": "UBL", "cii": "CII", "facturx": "Factur-X", "fatturapa": "FatturaPA",
    "finvoice": "Finvoice", "svefaktura": "Svefaktura", "erp_json": "ERP JSON",
    "csv_schedule": "CSV", "xlsx_schedule": "Excel",
}  # fmt: skip
NONE = "–"  # Not known, or does not apply.


@register.filter
def money(amount: Money | None) -> str:
    """An amount with its currency: 55,230.12 EUR."""
    if amount is None:
        return NONE
    return format_html(
        '<data class="num" value="{}">{} <span class="unit">{}</span></data>',
        str(amount), shown.figure(amount, get_language()), amount.currency,
    )  # fmt: skip


@register.filter
def figure(amount: Money | None) -> str:
    """An amount without its currency, for a column whose head names it."""
    if amount is None:
        return NONE
    return format_html(
        '<data class="num" value="{}">{}</data>', str(amount), shown.figure(amount, get_language())
    )


@register.filter
def said(sentence: object) -> str:
    """What a rule or the diary said, or several of them, with amounts in the reader's language."""
    if sentence is None:
        return NONE
    whole = " ".join(sentence) if isinstance(sentence, list) else str(sentence)
    return shown.sentence(whole, get_language())


@register.filter
def plain(detail: str) -> str:
    """What a channel noted of trouble, as people say it."""
    return distribution.plain(detail)


@register.filter
def number(value: int | Decimal | None, digits: int | None = None) -> str:
    """A count (12,345) or, with digits, a ratio: {{ dso|number:1 }}."""
    return NONE if value is None else shown.number(value, get_language(), digits=digits)


@register.filter
def measure(code: str | None) -> str:
    """The unit of a line as people write it: "h" of HUR."""
    return letters.unit(code, get_language() or "en") if code else ""


@register.filter
def channel(kind: str) -> str:
    """A kind of channel as people call it; a word that is none as it stands."""
    return str(KINDS[Kind(kind)]) if kind in {*Kind} else kind


@register.filter
def reader(name: str) -> str:
    """The format in which a document was read, as people call it."""
    return READERS.get(name, name)


@register.filter
def actor(name: str | None) -> str:
    """Who did it, as the timeline says it: "user:asa" is "asa"."""
    return diary_words.actor(name) if name else NONE


@register.filter
def supporting(kind: str) -> str:
    """A kind of supporting paper as people call it."""
    return str(papers.KINDS[papers.Kind(kind)])


@register.filter
def percent(rate: Decimal | None, digits: int | None = None) -> str:
    """A rate as people say it: 0.015 is 1.5 %. `digits`: in a column, always so many."""
    if rate is None:
        return NONE
    if digits is None:
        digits = max(-int((rate * 100).normalize().as_tuple().exponent), 0)
    return f"{shown.number(rate * 100, get_language(), digits=digits)} %"


@register.filter
def tally(count: int | None) -> str:
    """A count that stopped at pages.MOST_COUNTED: "10,000+" for what is beyond."""
    if count is None or count <= MOST_COUNTED:
        return number(count)
    return f"{number(MOST_COUNTED)}+"


@register.filter
def day(on: date | None) -> str:
    """A day as the reader's language writes it: 5 May 2026."""
    if on is None:
        return NONE
    return format_html(
        '<time class="num" datetime="{}">{}</time>', on.isoformat(), shown.day(on, get_language())
    )


@register.filter
def iso(on: date | None) -> str:
    """A day for a column: 2026-05-05, always as wide."""
    if on is None:
        return NONE
    return format_html('<time class="num" datetime="{0}">{0}</time>', on.isoformat())


@register.filter
def moment(at: datetime | None) -> str:
    """Day and minute in the zone of the installation."""
    if at is None:
        return NONE
    return format_html(
        '<time class="num" datetime="{}">{}</time>',
        at.isoformat(), shown.moment(localtime(at), get_language()),
    )  # fmt: skip


@register.filter
def stamp(at: datetime | None) -> str:
    """Day and minute for a column, beside `iso`: 2026-05-05 14:07, always as wide."""
    if at is None:
        return NONE
    return format_html(
        '<time class="num" datetime="{}">{}</time>',
        at.isoformat(), f"{localtime(at):%Y-%m-%d %H:%M}",
    )  # fmt: skip


@register.filter
def days(count: int | None) -> str:
    """12 as "12 days" in the reader's language."""
    return NONE if count is None else shown.days(count, get_language())


@register.filter
def lasting(seconds: Decimal | None) -> str:
    """How long something took: "1 day 3 hrs"; the seconds as data."""
    if seconds is None:
        return NONE
    return format_html(
        '<data class="num" value="{}">{}</data>', seconds, shown.lasting(seconds, get_language())
    )


@register.simple_tag
def icon(name: str, look: str = "") -> SafeString:
    """A drawing from the sprite; the word beside it says what it means, so readers skip it."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#{}"/></svg>',
        look, static("usance/icons.svg"), name,
    )  # fmt: skip


@register.simple_tag
def badge(word: str, tone: str = "plain", href: str = "") -> SafeString:
    """A state. `tone` is a key of SHAPES; with `href` it leads to the rows behind it.

    :raises KeyError: for a tone that is none, so that a wrong word is seen in the first test.
    """
    shape = icon(SHAPES[tone])
    if href:
        return format_html('<a class="state state-{}" href="{}">{}{}</a>', tone, href, shape, word)
    return format_html('<span class="state state-{}">{}{}</span>', tone, shape, word)


LOOKS = {
    "select": "select w-full",
    "textarea": "textarea",
    "checkbox": "checkbox checkbox-sm",
    "file": "file-input",
}


@register.filter
def dressed(field: BoundField) -> SafeString:
    """A form's field with the class of its kind. Django itself names its hint and its fault."""
    widget = field.field.widget
    kind = getattr(widget, "input_type", None) or type(widget).__name__.lower()
    return field.as_widget(attrs={"class": LOOKS.get(kind, "input")})
