"""The numbers that a company is known by, wherever an invoice states them."""

from collections.abc import Iterator

from . import Identifier, Party, identifier_key
from .notation import (
    country_code,
    register_key,
    register_notations,
    vat_key,
    vat_notations,
    with_more,
)

# Identifiers that are the registration number of a country (EAS and ICD code lists).
REGISTERS = {"0007": "SE", "0192": "NO", "0184": "DK", "0208": "BE", "0212": "FI", "0002": "FR",
             "0009": "FR", "0183": "CH"}  # fmt: skip
VAT_IDS = frozenset({"0211", "0213"})  # Of Italy and Finland; those from 9906 to 9957, too.
# Countries whose VAT number is the registration number, with what stands around it.
_AROUND = {"SE": ("SE", "01"), "DK": ("DK", ""), "FI": ("FI", ""), "NO": ("NO", "MVA"),
           "BE": ("BE", ""), "CH": ("", "")}  # fmt: skip


def identities(party: Party) -> frozenset[str]:
    """What the paper says, as "vat:DE136695976" and "reg:SE:5566778899"."""
    return frozenset(_said(party))


def stated(party: Party) -> frozenset[str]:
    """Only what stands in the fields for VAT id and registration number."""
    country = country_code(party.address.country) if party.address else ""
    said = set()
    if vat := vat_key(party.vat_id, country):
        said.add(f"vat:{vat}")
    if party.legal_id and (number := _registered(party.legal_id, country)):
        said.add(number)
    return frozenset(said)


def of_columns(*, vat_id: str, legal_id: str, country: str) -> frozenset[str]:
    """The same of a row of the register."""
    said = {f"vat:{vat_key(vat_id, country)}"} if vat_id else set()
    if legal_id:
        said.add(f"reg:{country}:{register_key(legal_id, country)}")
    return frozenset(said | {also for one in said for also in _same(one)})


def written_as(identity: str) -> tuple[str, ...]:
    """How a column of the register may have the number."""
    kind, _, rest = identity.partition(":")
    if kind == "vat":
        return vat_notations(rest)
    country, _, number = rest.partition(":")
    return register_notations(number, country)


def begins_as(identity: str) -> tuple[str, ...]:
    """How the column of a register may begin that has the number and more behind it."""
    kind, _, rest = identity.partition(":")
    country, _, number = rest.partition(":")
    return with_more(number, country) if kind == "reg" else ()


def _said(party: Party) -> Iterator[str]:
    for one in stated(party):
        yield one
        yield from _same(one)
    if party.endpoint and (number := identifier_key(party.endpoint.value)):
        scheme = party.endpoint.scheme
        if scheme in REGISTERS:
            yield f"reg:{REGISTERS[scheme]}:{register_key(number, REGISTERS[scheme])}"
        elif (scheme.startswith("99") or scheme in VAT_IDS) and number[:2].isalpha():
            yield f"vat:{vat_key(number)}"


def _registered(said: Identifier, country: str) -> str:
    where = REGISTERS.get(said.scheme, country)
    number = register_key(said.value, where)
    return f"reg:{where}:{number}" if number else ""


def _same(identity: str) -> Iterator[str]:
    """The registration number in a VAT id, and the other way about, where one makes the other."""
    kind, _, rest = identity.partition(":")
    if kind == "vat" and (around := _AROUND.get(rest[:2])):
        before, after = around
        yield f"reg:{rest[:2]}:{rest.removeprefix(before).removesuffix(after)}"
    elif kind == "vat" and rest[:2] == "FR" and len(rest) == 13:
        yield f"reg:FR:{rest[4:]}"  # Two signs to check, then the SIREN.
    elif kind == "reg":
        country, _, number = rest.partition(":")
        if around := _AROUND.get(country):
            yield f"vat:{around[0]}{number}{around[1]}"
        elif country == "FR" and len(number) == 9 and number.isdecimal():
            yield f"vat:FR{(12 + 3 * (int(number) % 97)) % 97:02}{number}"
