"""Addresses: which reports spoil one, how it is compared, and what a corrected one changes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .parcels import Kind
from .registrations import BANK
from .reports import Outcome

# What spoils an address of a kind, until a person says that it is good.
SPOILS: dict[tuple[Kind, Outcome], str] = {
    (Kind.EMAIL, Outcome.BOUNCED): "Mail to it bounced for good.",
    (Kind.EMAIL, Outcome.COMPLAINED): "Its owner calls our mail unwanted.",
    (Kind.LETTER, Outcome.RETURNED): "A letter to it came back.",
    (Kind.SMS, Outcome.BOUNCED): "The number takes no messages.",
    (Kind.SMS, Outcome.COMPLAINED): "Its owner calls our messages unwanted.",
    (Kind.PUSH, Outcome.BOUNCED): "The device is no longer subscribed.",
}
# Enhanced status codes that speak of the moment, the message or us, and not of the address:
# RFC 3463 §2 and §3.3 (mailbox full, message too long), §3.4, §3.5, §3.6 (network, protocol,
# content), §3.8 (security and policy). https://www.rfc-editor.org/rfc/rfc3463
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_NOT_THE_ADDRESS = frozenset({"3", "4", "5", "6", "7"})
_NOT_THE_MAILBOX = frozenset({"2", "3"})  # Of subject 2: full, message too long.
# Before a code: who read all the words found that the address may be good, whatever the code says.
SOFT = "soft"

# As people type them; whether anybody is there is another question. One address alone: no name, no
# brackets, no second one. An e-invoice address begins with its scheme's four digits (ISO 6523).
EMAIL = r'[^@\s\x00-\x1f<>,;:"]{1,64}@[^@\s\x00-\x1f<>,;:"]+\.[^@\s\x00-\x1f<>,;:"]{2,}'
EINVOICE = rf"([0-9]{{4}}:|{BANK})[^\s\x00-\x1f]+"
LONGEST = {"street": 200, "postcode": 20, "city": 100, "country": 2, "email": 254}

COLUMNS = ("street", "postcode", "city", "country")
_POSTCODE = re.compile(
    r"^(?:(?P<country>[A-Z]{2})[- ])?(?P<postcode>\d{3} \d{2}|\d{4} [A-Z]{2}|\d{3,6}"
    r"|[A-Z]{1,2}\d{1,2}[A-Z]? \d[A-Z]{2})[ ,]+(?P<city>[^\d,]{2,60})$"
)
_EMAIL = re.compile(f"^{EMAIL}$")
_COUNTRY = re.compile(r"^[A-Z]{2}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An outcome that was reported of one address. `code` is the carrier's own word."""

    kind: Kind
    outcome: Outcome
    code: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A corrected address as it changes the debtor: column to new value. Empty: nobody but a
    person can read it."""

    said: str
    columns: Mapping[str, str]


def suppresses(found: Found) -> str:
    """Why this report spoils the address; empty if it does not.

    A bounce whose status code speaks of a full mailbox, of the network or of our reputation says
    nothing against the address, nor does one that was read as soft.
    """
    because = SPOILS.get((found.kind, found.outcome), "")
    if because and found.outcome is Outcome.BOUNCED:
        if found.code.partition(" ")[0] == SOFT:
            return ""
        for status in _STATUS.finditer(f"{found.code} {found.detail}"):
            if _speaks_of_something_else(*status.groups()):
                return ""
    return because


def _speaks_of_something_else(klass: str, subject: str, detail: str) -> bool:
    if klass != "5":
        return True
    return subject in _NOT_THE_ADDRESS or (subject == "2" and detail in _NOT_THE_MAILBOX)


def address_key(kind: Kind, address: Mapping[str, str]) -> str:
    """An address as it is compared and shown: one line. Empty for a kind without an address.

    Of a letter with the name: who is gone from a house says nothing of the others in it.
    """
    if kind is Kind.LETTER:
        parts = [address.get(name, "") for name in ("name", *COLUMNS)]
        return ", ".join(" ".join(part.split()).casefold() for part in parts if part)[:200]
    name = {
        Kind.EMAIL: "email", Kind.EINVOICE: "einvoice", Kind.MAILBOX: "mailbox",
        Kind.SMS: "phone", Kind.PUSH: "push",
    }.get(kind, "")  # fmt: skip
    return "".join(address.get(name, "").split()).casefold()[:200]


def corrected(kind: Kind, said: str, *, country: str) -> Correction:
    """Read a corrected address as carriers write it: lines, or parts between commas.

    The last part may be a country, the one before it holds postcode and town, what stands before
    is the street; a first line that is a name is no street as long as another line is one.

    :param country: of the debtor, where the text names none.
    """
    text = said.strip()
    if kind is Kind.EMAIL:
        return Correction(said=text, columns={"email": text} if _EMAIL.match(text) else {})
    if kind is not Kind.LETTER:
        return Correction(said=text, columns={})
    parts = [" ".join(part.split()) for part in re.split(r"[\n\r,;]+", text)]
    parts = [part for part in parts if part]
    if parts and _COUNTRY.match(parts[-1]):
        country = parts.pop()
    found = _POSTCODE.match(parts[-1]) if len(parts) >= 2 else None
    if found is None:
        return Correction(said=text, columns={})
    before = parts[:-1]
    streets = [part for part in before if any(ch.isdigit() for ch in part)] or before[-1:]
    return Correction(
        said=text,
        columns={
            "street": ", ".join(streets),
            "postcode": found["postcode"],
            "city": found["city"].strip(),
            "country": found["country"] or country,
        },
    )


def unfit(columns: Mapping[str, str]) -> str:
    """Why these cannot stand at a debtor, whatever they mean; empty: they can."""
    for name, value in columns.items():
        if len(value) > LONGEST[name]:
            return f"the {name} has more than {LONGEST[name]} characters"
    if "country" in columns and not _COUNTRY.fullmatch(columns["country"]):
        return "a country is two capital letters, such as SE or DE"
    if "email" in columns and not _EMAIL.fullmatch(columns["email"]):
        return f"{columns['email']} is no e-mail address"
    return ""
