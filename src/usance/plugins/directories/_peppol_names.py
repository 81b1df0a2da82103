"""How Peppol writes names: participants, where DNS knows them, and what they take.

Source: Peppol Policy for use of Identifiers; Peppol SML specification with the change to NAPTR
alone (CNAME with MD5 ended on 1 November 2025); RFC 3403, RFC 4848 (U-NAPTR).
"""

import base64
import hashlib
import re
from urllib.parse import quote, urlsplit

SCHEME = "iso6523-actorid-upis"
ZONE = "participant.sml.prod.tech.peppol.org"
SERVICE = "Meta:SMP"
_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_BILLING = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
# What we send: an invoice as Peppol BIS Billing 3.
INVOICE = f"busdox-docid-qns::{_UBL}Invoice-2::Invoice##{_BILLING}::2.1"
PROCESS = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
TRANSPORT = "peppol-transport-as4-v2_0"

_PARTICIPANT = re.compile(r"[0-9]{4}:[a-z0-9._~:\-]{1,135}")
_WHOLE = frozenset({"^.*$", ".*"})  # The only patterns in use; another one is not evaluated.


def canonical(identifier: str) -> str:
    """As it is compared and hashed: lower case, its scheme of identifiers left out.

    >>> canonical("iso6523-actorid-upis::9915:TEST")
    '9915:test'

    Empty for what can be no participant.
    """
    bare = identifier.strip().lower().removeprefix(f"{SCHEME}::")
    return bare if _PARTICIPANT.fullmatch(bare) else ""


def dns_name(participant: str, zone: str = ZONE) -> str:
    """Where DNS tells the SMP of a canonical participant."""
    digest = base64.b32encode(hashlib.sha256(participant.encode()).digest())
    label = digest.decode().rstrip("=").lower()
    return f"{label}.{SCHEME}.{zone}"


def smp_of(flags: str, service: str, regexp: str, *, plain: bool) -> str:
    """The SMP's address in a NAPTR record, without a slash at the end; empty if it has none.

    `plain` lets in http, which the network has not used since 1 February 2026.
    """
    if flags.upper() != "U" or service.lower() != SERVICE.lower() or len(regexp) < 3:
        return ""
    mark = regexp[0]
    parts = regexp.split(mark)
    if len(parts) != 4 or parts[1] not in _WHOLE:
        return ""
    address = parts[2].rstrip("/")
    try:
        url = urlsplit(address)
    except ValueError:
        return ""
    allowed = ("https", "http") if plain else ("https",)
    is_address = url.scheme in allowed and url.hostname and not (url.query or url.fragment)
    return address if is_address else ""


def group_url(smp: str, participant: str) -> str:
    return f"{smp}/{quote(f'{SCHEME}::{participant}', safe='')}"


def metadata_url(smp: str, participant: str, document: str) -> str:
    return f"{group_url(smp, participant)}/services/{quote(document, safe='')}"
