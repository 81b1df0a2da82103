"""Identifiers as their registers write them, with what their check digits say.

Sources: python-stdnum and schwifty, which follow the registers' own publications.
"""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib import import_module
from typing import Any

from stdnum.exceptions import ValidationError
from stdnum.util import get_cc_module

from usance.domain.party import identifier_key
from usance.domain.party.notation import register_key, vat_key
from usance.domain.verification.cleansing import Number

# Registration numbers of companies that carry a check digit, by country.
REGISTERS = {
    "SE": "stdnum.se.orgnr", "NO": "stdnum.no.orgnr", "DK": "stdnum.dk.cvr",
    "FI": "stdnum.fi.ytunnus", "FR": "stdnum.fr.siren", "BE": "stdnum.be.vat",
    "CH": "stdnum.ch.uid", "EE": "stdnum.ee.registrikood",
}  # fmt: skip
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{8,30}")


def numbers(asked: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Number]:
    """For each (scheme, as written) that a register is known for: how it writes it."""
    found = {}
    for scheme, written in asked:
        number = _number(scheme, written)
        if number is not None:
            found[scheme, written] = number
    return found


@lru_cache(maxsize=20_000)
def _number(scheme: str, written: str) -> Number | None:
    if scheme == "iban":
        return _iban(identifier_key(written))
    kind, _, country = scheme.partition(":")
    if kind == "vat":
        compact = vat_key(written, country)
        # In Switzerland the check digit is that of the UID, which is all of it.
        swiss = compact.startswith("CHE")
        register = _register("CH") if swiss else _vat(compact[:2])
        rest = compact if swiss else compact[2:]
    elif kind == "reg":
        compact = rest = register_key(written, country)
        register = _register(country)
    else:
        return None
    if register is None:
        return None
    try:
        register.validate(rest)
    except ValidationError:
        return Number(compact, False)
    return Number(compact, True)


def _iban(compact: str) -> Number | None:
    if not _IBAN.fullmatch(compact):
        return None  # The number of a national scheme.
    from schwifty import IBAN  # With its list of banks it takes a while to load.
    from schwifty.exceptions import SchwiftyException

    try:
        IBAN(compact)
    except SchwiftyException:
        return Number(compact, False)
    return Number(compact, True)


@cache
def _vat(country: str) -> Any:
    """The module that checks a country's VAT ids; None: there is none."""
    return get_cc_module("gr" if country == "EL" else country.lower(), "vat")


@cache
def _register(country: str) -> Any:
    """The module that checks a country's registration numbers; None: there is none."""
    name = REGISTERS.get(country)
    return import_module(name) if name else None
