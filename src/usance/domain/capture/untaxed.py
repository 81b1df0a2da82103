"""Papers that charge no tax: the total is what the lines come to, and a sentence says why."""

import re
from decimal import Decimal

from .marks import Marked
from .tables import lines_of

_WHY = re.compile(
    r"omvänd (?:betalnings|skatt)skyldighet|omvendt (?:avgifts|betalings)plikt|käännetty"
    r"|Steuerschuldnerschaft|autoliquidation|btw verlegd|reverse charge"  # Who buys owes it.
    r"|vinstmarginal|Differenzbesteuer|margeregeling|margin scheme|marge bénéficiaire|brugtmoms"
    r"|marginaalivero|avansesystem"  # Used goods, Directive 2006/112/EC articles 311 to 343.
    r"|Kleinunternehmer|§ ?19 (?:Abs\. ?1 )?UStG|293 ?B|TVA non applicable|momsfri|mva-?fri"
    r"|unntatt (?:fra )?m(?:erverdiavgift|va)|undantag\w* från (?:skatteplikt|moms)|steuerfrei"
    r"|steuerbefreit|exonér\w+|vrijgesteld|(?:vat|tax) exempt|exempt from (?:vat|tax)|zero[- ]rated"
    r"|innergemeinschaftlich|intra-?communau|intracommunautair|unionsintern|gemenskapsintern",
    re.IGNORECASE,
)


def why_untaxed(m: Marked, total: int) -> str:
    """The words that say why no tax is charged, where the lines make the total, in cents, as well;
    else empty."""
    found = next((hit for row in m.rows if (hit := _WHY.search(row.text))), None)
    worth = Decimal(total).scaleb(-2)
    if found is None or not total:
        return ""
    lines, _ = lines_of(m, worth)
    return found[0] if sum((line.net or Decimal(0) for line in lines), Decimal(0)) == worth else ""
