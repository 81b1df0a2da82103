"""The invoice as others' systems want it: the specification it keeps to, and whom it goes to."""

import re
from dataclasses import dataclass, replace

from usance.domain.party import Identifier

from .document import Invoice


@dataclass(frozen=True, slots=True)
class Specification:
    """What a receiver's system checks an invoice by."""

    name: str  # BT-24
    process: str  # BT-23


_PROCESS = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
PEPPOL = Specification(
    "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0", _PROCESS
)
XRECHNUNG = Specification(
    "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0", _PROCESS
)

# Coarse address, perhaps a fine one, and two check digits; upper case or lower.
_LEITWEG = re.compile(r"[0-9]{2,12}(-[0-9A-Z]{1,30})?-[0-9]{2}")


def keeping_to(invoice: Invoice, specification: Specification) -> Invoice:
    """The same invoice, naming this specification, whatever it named when it came."""
    return replace(invoice, specification=specification.name, process=specification.process)


def addressed(invoice: Invoice, participant: str) -> Invoice:
    """The same invoice with the participant ("0007:5560001111") as the buyer's electronic address
    (BT-49): access points route by it, and a client may have written another one. What is no
    participant changes nothing: whoever is to carry it refuses it.
    """
    scheme, _, value = participant.partition(":")
    if not (scheme and value):
        return invoice
    buyer = replace(invoice.buyer, endpoint=Identifier(value=value, scheme=scheme))
    return replace(invoice, buyer=buyer)


def is_leitweg(reference: str) -> bool:
    """Whether a buyer's reference (BT-10) is a German authority's address, by its check digits.

    Source: KoSIT, Formatspezifikation Leitweg-ID: check digits modulo 97 (ISO/IEC 7064).

    >>> is_leitweg("04011000-12345-03")
    True
    """
    bare = reference.strip().upper()
    if not _LEITWEG.fullmatch(bare):
        return False
    digits = "".join(str(int(ch, 36)) for ch in bare if ch != "-")
    return int(digits) % 97 == 1
