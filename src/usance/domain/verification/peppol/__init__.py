"""Peppol BIS Billing 3, with the rules of the countries."""

from datetime import date

from ..document import Document
from ..reading import text
from ..rulebook import Release, Rule
from . import amounts, coded, countries, denmark, general, germany, greece, sweden

# The rules of a country are only asked of documents in which it occurs.
NATIONS = frozenset(["DE", "DK", "GR", "IS", "IT", "NL", "NO", "SE"])
CHAPTERS = (general, amounts, coded, countries, denmark, sweden, greece, germany)
RELEASES = (
    Release(
        name="Peppol BIS Billing",
        version="3.0",
        valid_from=date(2025, 11, 15),
        rules=tuple(rule for chapter in CHAPTERS for rule in chapter.CHAPTER.rules),
    ),
)


def nation_of(rule: Rule) -> str:
    """The country whose rule it is, "" for those of all: DK-R-002 is Denmark's."""
    nation = rule.id[:2]
    return nation if nation in NATIONS and rule.id[2:5] in ("-R-", "-S-") else ""


def nations(document: Document) -> frozenset[str]:
    """The countries with rules that occur in addresses or tax numbers of a document."""
    if document.syntax == "ubl":
        addresses, numbers = "cbc:IdentificationCode", "cbc:CompanyID"
    else:
        addresses, numbers = "ram:CountryID", "ram:ID"
    found = {text(place).strip().upper() for place in document.all(addresses)}
    found.update(text(place).strip()[:2].upper() for place in document.all(numbers))
    if "EL" in found:
        found.add("GR")
    return NATIONS & found
