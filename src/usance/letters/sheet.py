"""What every letter has: brands, window, recipient, numbers, footer. Plain JSON values."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from babel import Locale

from usance.domain.party import Address
from usance.domain.reference import printed

from . import figures, fitting
from .brands import accent
from .facts import Account, Brand, Recipient
from .languages import words
from .windows import Window, Zone

FOOTER_EM = 17.5  # Of a column of the footer: 42 mm in letters of 6.8 pt.
LONGEST_SENDER = 88  # Letters on one line in the smallest size.

Row = tuple[str, str]  # A label and what stands beside it.


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The parts that differ, for `sheet`."""

    title: str
    written_on: date
    leads: Brand  # Whose letter it is.
    beside: Brand  # The other brand, small at the top.
    beside_says: str
    recipient: Recipient
    info: list[Row]


def sheet(parts: Sheet, language: str) -> dict[str, Any]:
    """The frame's part of the template's input."""
    home = parts.leads.address.country
    leads = parts.leads
    return {
        "language": language,
        "title": parts.title,
        "written": [parts.written_on.year, parts.written_on.month, parts.written_on.day],
        "author": leads.name,
        "accent": accent(leads),
        "leads": leads.name,
        "beside": {"name": parts.beside.name, "says": parts.beside_says},
        "sender": _sender(leads),
        "recipient": recipient_lines(parts.recipient, language, home=home),
        "info": [row for row in parts.info if row[1]],
        "footer": _footer(leads, language),
        "pages": words(language)["words"]["page"].replace("{page}", "|").replace("{pages}", "|"),
    }


def placed(window: Window, *, folds: bool) -> dict[str, Any]:
    """Where the frame's parts stand. `folds`: with marks for whoever folds it by hand."""
    return {
        "sender": zone(window.sender) if window.sender else None,
        "recipient": zone(window.recipient),
        "info": zone(window.info),
        "subject": window.subject_y,
        "folds": window.folds if folds else (),
    }


def address_lines(address: Address, *, home: str, language: str = "") -> list[str]:
    """Street lines, postcode and town, and abroad the country: for the post, or to be read in a
    language."""
    town = " ".join(part for part in (address.postcode, address.city) if part)
    if address.country in {"GB", "IE", "US", "CA", "AU"}:
        town = " ".join(part for part in (address.city, address.region, address.postcode) if part)
    lines = [address.street, address.extra, address.third, town]
    if address.country and address.country != home:
        country = address.country
        lines.append(country_name(country, language) if language else _posted(country))
    return [line for line in lines if line]


def country_name(code: str, language: str) -> str:
    """As the reader writes it; the code if it is no country's."""
    return str(Locale(language).territories.get(code, code))


def _posted(code: str) -> str:
    """In capitals as the UPU asks, and in English, which every post office on the way reads."""
    return country_name(code, "en").upper()


def payment(account: Account, reference: str, language: str) -> list[Row]:
    """Where to pay, row by row."""
    own = words(language)["words"]
    rows = [
        (own["holder"], account.holder),
        (own["iban"], figures.grouped(account.iban_for(reference))),
        (own["bic"], account.bic),
        (own["bankgiro"], account.bankgiro),
        ("Swish", account.swish),
        (own["reference"], printed(reference)),
    ]
    return [(label, value) for label, value in rows if value]


def percent(rate: Any, language: str) -> str:
    return "" if rate is None else figures.number(rate, language)


def _sender(brand: Brand) -> str:
    """One line: a long name gives way, the address does not."""
    address = " · ".join(address_lines(brand.address, home=brand.address.country))
    room = max(LONGEST_SENDER - len(address), 12)
    name = brand.name if len(brand.name) <= room else brand.name[: room - 1].rstrip() + "…"
    return f"{name} · {address}"


def recipient_lines(recipient: Recipient, language: str, *, home: str) -> list[str]:
    """What stands in the window; `home`: the sender's country, which is left out."""
    attention = words(language)["words"]["attention"]
    lines = [recipient.name]
    if recipient.attention:
        lines.append(f"{attention} {recipient.attention}")
    return [*lines, *address_lines(recipient.address, home=home)]


def _footer(brand: Brand, language: str) -> list[list[str]]:
    own = words(language)["words"]
    numbers = [
        f"{label} {value}"
        for label, value in (
            (own["company_id"], brand.company_id), (own["vat_id"], brand.vat_id),
        )
        if value
    ]  # fmt: skip
    known = (value for value in (brand.phone, brand.email, brand.web) if value)
    reach = [line for value in known for line in fitting.in_lines(value, FOOTER_EM)]
    columns = [
        [brand.name, *address_lines(brand.address, home=brand.address.country)],
        reach,
        [*numbers, *brand.lines],
    ]
    return [column for column in columns if column]


def zone(zone: Zone) -> dict[str, float]:
    return {"x": zone.x, "y": zone.y, "width": zone.width, "height": zone.height}
