"""What was ordered in another currency, at which rate, and what banks took: OCMT, EXCH and CHGS.

Source: SWIFT Standards MT, MT940, field 61 subfield 9 (supplementary details) and field 86: code
words /OCMT/ (3!a15d, original amount), /EXCH/ (12d, rate), /CHGS/ (3!a15d, charges); German banks
write the same words in field 61 (DK-Abkommen, Anlage 3, chapter "MT940").
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from usance.domain.money import Money, NotMoney
from usance.domain.payment import Ordered

_SUBFIELD = re.compile(r"[?@>~^<|]\d\d")
_AMOUNT = r"(?<![A-Z])%s[/+: ]{0,2}([A-Z]{3}) ?([0-9]{1,15}(?:[,.][0-9]{0,3})?)(?![0-9])"
_ORIGINAL, _CHARGES = re.compile(_AMOUNT % "OCMT"), re.compile(_AMOUNT % "CHGS")
_RATE = re.compile(r"(?<![A-Z])EXCH[/+: ]{0,2}([0-9]{1,9}[,.][0-9]{1,11}|[0-9]{1,9})(?![0-9])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchanged:
    ordered: Ordered | None = None
    charges: Money | None = None


def exchanged(extra: str, text: str, currency: str) -> Exchanged:
    """Nothing is booked by what stands here: what cannot be read is left out.

    :param extra: the second line of field 61. :param text: field 86, with its lines.
    """
    if "OCMT" not in extra + text and "EXCH" not in extra + text and "CHGS" not in extra + text:
        return Exchanged()
    said = f"{extra.replace(chr(10), '')} {_SUBFIELD.sub('', ''.join(text.split(chr(10))))}"
    amount = _money(_ORIGINAL, said)
    amount = amount if amount and amount.currency != currency else None
    told = _RATE.search(said)
    rate = Decimal(told[1].replace(",", ".")) if told else Decimal(0)
    charges = _money(_CHARGES, said)
    return Exchanged(
        # A rate of one is that of an amount in the account's own currency.
        ordered=Ordered(amount=amount, rate=rate or None)
        if amount or rate not in (Decimal(0), Decimal(1)) else None,
        charges=charges if charges and charges.currency == currency else None,
    )  # fmt: skip


def _money(pattern: re.Pattern[str], said: str) -> Money | None:
    found = pattern.search(said)
    if found is None:
        return None
    try:
        return Money.of(found[2].replace(",", ".").rstrip("."), found[1]) or None
    except NotMoney:
        return None
