"""ZUGFeRD 1.0 in the words of today: its elements are those of CII under older names.

Source: ZUGFeRD 1.0 schema (CrossIndustryDocument, 1p0) beside CII D16B.
"""

from lxml.etree import QName, SubElement, _Element

from ._cii_parts import RAM, RSM, UDT

OLD_RSM = "urn:ferd:CrossIndustryDocument:invoice:1p0"
OLD_ROOT_TAG = f"{{{OLD_RSM}}}CrossIndustryDocument"
_NAMES = {
    "CrossIndustryDocument": "CrossIndustryInvoice",
    "SpecifiedExchangedDocumentContext": "ExchangedDocumentContext",
    "HeaderExchangedDocument": "ExchangedDocument",
    "SpecifiedSupplyChainTradeTransaction": "SupplyChainTradeTransaction",
    "ApplicableSupplyChainTradeAgreement": "ApplicableHeaderTradeAgreement",
    "ApplicableSupplyChainTradeDelivery": "ApplicableHeaderTradeDelivery",
    "ApplicableSupplyChainTradeSettlement": "ApplicableHeaderTradeSettlement",
    "SpecifiedSupplyChainTradeAgreement": "SpecifiedLineTradeAgreement",
    "SpecifiedSupplyChainTradeDelivery": "SpecifiedLineTradeDelivery",
    "SpecifiedSupplyChainTradeSettlement": "SpecifiedLineTradeSettlement",
    "ApplicablePercent": "RateApplicablePercent",
}
_SUMMATION = "SpecifiedTradeSettlementMonetarySummation"
_NAMESPACES = {"CrossIndustryDocument": RSM, "ReusableAggregate": RAM, "UnqualifiedDataType": UDT}


def modernise(root: _Element) -> _Element:
    """The same tree, renamed in place."""
    for element in root.iter():
        name = QName(element)
        local = _NAMES.get(name.localname, name.localname)
        parent = element.getparent()
        if local == _SUMMATION and parent is not None:
            at_line = QName(parent).localname == "SpecifiedLineTradeSettlement"
            level = "Line" if at_line else "Header"
            local = f"SpecifiedTradeSettlement{level}MonetarySummation"
        if parent is not None and QName(parent).localname.endswith("ReferencedDocument"):
            local = {"ID": "IssuerAssignedID", "IssueDateTime": "FormattedIssueDateTime"}.get(
                local, local
            )
            if local == "FormattedIssueDateTime" and element.text and element.text.strip():
                # A bare moment here, 2013-03-01T00:00:00; today it stands one element deeper.
                SubElement(element, f"{{{UDT}}}DateTime").text = element.text.strip()[:10]
        element.tag = f"{{{_today(name.namespace or '')}}}{local}"
    return root


def _today(namespace: str) -> str:
    return next((new for old, new in _NAMESPACES.items() if old in namespace), namespace)
