"""UN/CEFACT Cross Industry Invoice: the XML of Factur-X, ZUGFeRD and XRechnung CII."""

from collections.abc import Mapping

from usance.domain.finding import Finding
from usance.domain.invoice import Invoice

from . import _cii_read, _cii_write, _xml
from ._cii_parts import ROOT_TAG
from ._zugferd1 import OLD_ROOT_TAG, modernise

MEDIA_TYPE = "application/xml"
_ROOTS = (ROOT_TAG, OLD_ROOT_TAG)


def sniff(data: bytes) -> bool:
    head = _xml.prolog(data)
    return head is not None and head.tag in _ROOTS


def read(data: bytes) -> list[tuple[Invoice, tuple[Finding, ...]]]:
    """The one invoice of the file, D16B, D22B or ZUGFeRD 1.0, whatever its profile.

    Places in a ZUGFeRD 1.0 file are told with the names of today.

    :raises Unreadable: if it is no CII invoice, broken, or refused for what it would do to us.
    """
    root = _xml.parse(data, roots=_ROOTS, what="CII invoice")
    if root.tag == OLD_ROOT_TAG:
        root = modernise(root)
    return [_cii_read.invoice(root)]


def write(invoice: Invoice, options: Mapping[str, bytes]) -> bytes:
    """CII D22B in the EN 16931 profile of Factur-X, or XRechnung where BT-24 says so.

    `options` has no key here.
    """
    return _cii_write.document(invoice).encode("utf-8")
