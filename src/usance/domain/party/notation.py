"""One number, written in several ways: the notation in which numbers are compared.

Sources: Directive 2006/112/EC, Art. 215 (prefixes; EL for Greece); python-stdnum, which follows
what the registers publish. A SIRET is a SIREN and five digits for one of its establishments.
"""

import re
from functools import lru_cache

from . import identifier_key

# What people write in a field for ISO 3166-1 alpha-2.
COUNTRIES = {
    "SVERIGE": "SE", "SWEDEN": "SE", "SWE": "SE", "DEUTSCHLAND": "DE", "GERMANY": "DE",
    "DEU": "DE", "GER": "DE", "NORGE": "NO", "NORWAY": "NO", "NOR": "NO", "DANMARK": "DK",
    "DENMARK": "DK", "DNK": "DK", "SUOMI": "FI", "FINLAND": "FI", "FIN": "FI",
    "ÖSTERREICH": "AT", "AUSTRIA": "AT", "AUT": "AT", "FRANCE": "FR", "FRA": "FR",
    "NEDERLAND": "NL", "NETHERLANDS": "NL", "NLD": "NL", "BELGIË": "BE", "BELGIQUE": "BE",
    "BELGIUM": "BE", "BEL": "BE", "ITALIA": "IT", "ITALY": "IT", "ITA": "IT", "ESPAÑA": "ES",
    "SPAIN": "ES", "ESP": "ES", "POLSKA": "PL", "POLAND": "PL", "POL": "PL", "UK": "GB",
    "GBR": "GB", "UNITED KINGDOM": "GB", "EL": "GR", "GRC": "GR", "SCHWEIZ": "CH",
    "SWITZERLAND": "CH", "CHE": "CH", "IRELAND": "IE", "IRL": "IE",
}  # fmt: skip
_VAT_PREFIX = {"GR": "EL"}  # Where it is not the code of the country.
# A VAT id without its country, where its address names one.
_BARE_VAT = {
    "AT": re.compile(r"U\d{8}"), "BE": re.compile(r"[01]\d{9}"), "DE": re.compile(r"\d{9}"),
    "DK": re.compile(r"\d{8}"), "FI": re.compile(r"\d{8}"), "GR": re.compile(r"\d{9}"),
    "IT": re.compile(r"\d{11}"), "NL": re.compile(r"\d{9}B\d{2}"),
    "NO": re.compile(r"\d{9}(MVA)?"), "SE": re.compile(r"\d{10}01"),
}  # fmt: skip
_UID = re.compile(r"(CHE\d{9})(MWST|TVA|IVA|VAT)?")
_SUFFIXES = ("", "MWST", "TVA", "IVA", "VAT")
_SIRET = re.compile(r"(?:SIRET)?(\d{14})")
# How registration numbers are written beside their plain digits, which are the first group.
_REGISTERS = {
    "SE": re.compile(r"(?:SE)?(?:16)?(\d{10})(?:(?<=SE\d{10})01)?"),
    "NO": re.compile(r"(?:NO)?(\d{9})(?:MVA)?"),
    "DK": re.compile(r"(?:DK|CVR)?(\d{8})"),
    "FI": re.compile(r"(?:FI)?(\d{8})"),
    "BE": re.compile(r"(?:BE)?0?([01]?\d{9})"),
    "FR": re.compile(r"(?:SIREN|SIRET)?(\d{9})(?:\d{5})?"),
    "CH": _UID,
}


def country_code(written: str) -> str:
    """A country by its code of two letters, if it is one that people write otherwise."""
    code = written.strip().upper()
    return COUNTRIES.get(code, code)


@lru_cache(maxsize=32_768)
def vat_key(written: str, country: str = "") -> str:
    """A VAT id as it is compared.

    >>> vat_key("GR 094259216"), vat_key("NO 995 525 828"), vat_key("CHE-107.787.577 TVA")
    ('EL094259216', 'NO995525828MVA', 'CHE107787577')
    >>> vat_key("136 695 976", "DE")
    'DE136695976'
    """
    key = identifier_key(written)
    if (bare := _BARE_VAT.get(country)) and bare.fullmatch(key):
        key = f"{_VAT_PREFIX.get(country, country)}{key}"
    prefix, rest = key[:2], key[2:]
    match prefix:
        case "GR":
            return f"EL{rest}"
        case "NO" if re.fullmatch(r"\d{9}", rest):
            return f"{key}MVA"
        case "SE" if re.fullmatch(r"\d{10}", rest):
            return f"{key}01"
        case "BE" if re.fullmatch(r"\d{9}", rest):
            return f"BE0{rest}"
        case "AT" if re.fullmatch(r"\d{8}", rest):
            return f"ATU{rest}"
        case "CH" if uid := _UID.fullmatch(key):
            return uid[1]
    return key


@lru_cache(maxsize=32_768)
def register_key(written: str, country: str) -> str:
    """A registration number as it is compared; in France that of the company, for any of its
    establishments.

    >>> register_key("165566778899", "SE"), register_key("303 265 045 00014", "FR")
    ('5566778899', '303265045')
    """
    key = identifier_key(written)
    form = _REGISTERS.get(country)
    plain = form and form.fullmatch(key)
    if not plain:
        return key
    return plain[1].rjust(10, "0") if country == "BE" else plain[1]


def vat_notations(key: str) -> tuple[str, ...]:
    """How a register may have written down the VAT id with this key."""
    match key[:2]:
        case "EL":
            return key, f"GR{key[2:]}"
        case "NO":
            return key, key.removesuffix("MVA")
        case "SE":
            return key, key.removesuffix("01")
        case "BE":
            return key, f"BE{key[2:].removeprefix('0')}"
        case "AT":
            return key, f"AT{key[2:].removeprefix('U')}"
        case "CH":
            return tuple(f"{key}{suffix}" for suffix in _SUFFIXES)
    return (key,)


@lru_cache(maxsize=32_768)
def branch_key(written: str, country: str) -> str:
    """The number of one establishment, where it says more than that of the company; else empty.

    >>> branch_key("303 265 045 00014", "FR"), branch_key("303 265 045", "FR")
    ('30326504500014', '')
    """
    found = _SIRET.fullmatch(identifier_key(written)) if country == "FR" else None
    return found[1] if found else ""


def with_more(key: str, country: str) -> tuple[str, ...]:
    """How a number begins that says more than the company: in France that of an establishment."""
    return (key, f"SIRET{key}") if country == "FR" and re.fullmatch(r"\d{9}", key) else ()


def register_notations(key: str, country: str) -> tuple[str, ...]:
    """How a register may have written down the registration number with this key."""
    match country:
        case "SE":
            return key, f"16{key}", f"SE{key}01"
        case "NO":
            return key, f"NO{key}MVA", f"{key}MVA"
        case "DK" | "FI":
            return key, f"{country}{key}"
        case "BE":
            return key, f"BE{key}", key.removeprefix("0")
        case "FR":
            return key, f"SIREN{key}"
        case "CH":
            return tuple(f"{key}{suffix}" for suffix in _SUFFIXES)
    return (key,)
