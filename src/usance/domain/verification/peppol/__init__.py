"""Peppol BIS Billing 3, with the rules of the countries, and Self-Billing 3, which has none."""

from datetime import date

from ..document import Document
from ..reading import text
from ..rulebook import Release, Rule
from . import amounts, coded, countries, denmark, general, germany, greece, self_billing, sweden

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
CORRECTED_OR_PARTIAL = "PEPPOL-EN16931-P0112"  # Types that self-billing does not have.


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


def _self_billing() -> Release:
    own = self_billing.CHAPTER.rules
    replaced = {(rule.id, rule.syntax) for rule in own}
    kept = tuple(
        rule
        for rule in RELEASES[0].rules
        if not nation_of(rule)
        and rule.id != CORRECTED_OR_PARTIAL
        and (rule.id, rule.syntax) not in replaced
    )
    return Release(
        name="Peppol BIS Self-Billing",
        version="3.0",
        valid_from=RELEASES[0].valid_from,
        rules=(*kept, *own),
    )


SELF_BILLING = (_self_billing(),)
