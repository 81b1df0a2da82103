"""Peppol BIS Billing 3, with the rules of the countries."""

from datetime import date

from ..rulebook import Release
from . import amounts, coded, countries, denmark, general, germany, greece, sweden

CHAPTERS = (general, amounts, coded, countries, denmark, sweden, greece, germany)
RELEASES = (
    Release(
        name="Peppol BIS Billing",
        version="3.0",
        valid_from=date(2025, 11, 15),
        rules=tuple(rule for chapter in CHAPTERS for rule in chapter.CHAPTER.rules),
    ),
)
