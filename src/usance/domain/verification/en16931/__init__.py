"""EN 16931-1:2017, the European core invoice: its business rules and their two syntaxes."""

from datetime import date

from ..rulebook import Release
from . import (
    allowances,
    coded,
    core,
    decimals,
    lines,
    syntax,
    syntax_cii,
    syntax_ubl,
    tax_cii,
    tax_ubl,
    totals,
)

CHAPTERS = (
    core,
    lines,
    allowances,
    totals,
    decimals,
    tax_ubl,
    tax_cii,
    coded,
    syntax,
    syntax_ubl,
    syntax_cii,
)
RELEASES = (
    Release(
        name="EN 16931",
        version="1.3",
        valid_from=date(2025, 11, 15),
        rules=tuple(rule for chapter in CHAPTERS for rule in chapter.CHAPTER.rules),
    ),
)
