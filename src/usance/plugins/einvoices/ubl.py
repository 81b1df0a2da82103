"""UBL 2.1 Invoice and CreditNote: Peppol BIS Billing 3, XRechnung and EN 16931 itself.

Read also as OIOUBL 2, the Danish one of UBL 2.0.
"""

from collections.abc import Mapping

from usance.domain.finding import Finding
from usance.domain.invoice import Invoice

from . import _oioubl, _ubl_read, _ubl_write, _xml
from ._ubl_parts import ROOTS

MEDIA_TYPE = "application/xml"


def sniff(data: bytes) -> bool:
    head = _xml.prolog(data)
    return head is not None and head.tag in ROOTS


def read(data: bytes) -> list[tuple[Invoice, tuple[Finding, ...]]]:
    """The one invoice of the file.

    :raises Unreadable: if it is no UBL invoice, broken, or refused for what it would do to us.
    """
    root = _xml.parse(data, roots=ROOTS, what="UBL invoice")
    made, findings = _ubl_read.invoice(root)
    return [(_oioubl.in_our_words(made) if _oioubl.is_ours(made) else made, findings)]


def write(invoice: Invoice, options: Mapping[str, bytes]) -> bytes:
    """An Invoice, or a CreditNote where BT-3 says so; a Peppol BIS 3 one unless BT-24 says else.

    Several notes become one for Peppol, the first one's subject code in front (PEPPOL-EN16931-R002
    allows one note unless both parties are German). `options` has no key here.
    """
    return _ubl_write.document(invoice).encode("utf-8")
