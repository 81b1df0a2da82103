"""What comes back from an e-invoice's buyer, as Peppol documents: his access point's Message Level
Status, and his own Invoice Responses by how he behaves (debtors.BEHAVIOURS).

Every buyer's system acknowledges what it got. Who will pay approves, and tells when the payment is
on its way; who takes a discount says so; who disputes asks or rejects; the rest is silence.
"""

from collections.abc import Mapping
from datetime import datetime

from lxml import etree

# A carrier's word -> message, its code, reasons (OPStatusReason) and actions (OPStatusAction).
MEANT: Mapping[str, tuple[str, str, tuple[str, ...], tuple[str, ...]]] = {
    "delivered": ("mls", "AP", (), ()),
    "rejected": ("mls", "RE", ("FD",), ()),
    "acknowledged": ("response", "AB", (), ()),
    "opened": ("response", "IP", (), ()),
    "approved": ("response", "AP", (), ()),
    "conditional": ("response", "CA", ("PRI",), ("CNP",)),
    "disputed": ("response", "UQ", ("QUA", "DEL"), ("PIN",)),
    "refused": ("response", "RE", ("REC",), ("NOA",)),
    "paid": ("response", "PD", (), ()),
}
# How a debtor behaves -> what he says after the acknowledgement, if anything.
SAYS = {
    "on_time": "approved",
    "late": "approved",
    "after_reminder": "",
    "short": "conditional",
    "twice": "approved",
    "without_reference": "approved",
    "number_in_text": "approved",
    "together": "approved",
    "dispute": "",  # He says so at once: "disputed".
    "never": "",
}
_CUSTOM = {
    "mls": ("urn:peppol:edec:mls:1.0", "urn:peppol:edec:mls"),
    "response": (
        "urn:fdc:peppol.eu:poacc:trns:invoice_response:3",
        "urn:fdc:peppol.eu:poacc:bis:invoice_response:3",
    ),
}
_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_CAC, _CBC = f"{_UBL}CommonAggregateComponents-2", f"{_UBL}CommonBasicComponents-2"
OURS = "0007:5590001111"  # Whoever sent it, as far as the sandbox knows.


def document(event: Mapping[str, str]) -> bytes:
    """The ApplicationResponse of an event (id, key, code, at, buyer, number, perhaps detail and
    pays_on)."""
    kind, code, reasons, actions = MEANT[event["code"]]
    root = etree.Element(
        f"{{{_UBL}ApplicationResponse-2}}ApplicationResponse",
        nsmap={None: f"{_UBL}ApplicationResponse-2", "cac": _CAC, "cbc": _CBC},  # type: ignore[dict-item]  # The stubs do not know None.
    )
    at = datetime.fromisoformat(event["at"])
    for name, text in zip(("CustomizationID", "ProfileID"), _CUSTOM[kind], strict=True):
        _text(root, name, text)
    _text(root, "ID", event["id"])
    _text(root, "IssueDate", at.date().isoformat())
    _text(root, "IssueTime", at.timetz().isoformat())
    _party(root, "SenderParty", event["buyer"])
    _party(root, "ReceiverParty", OURS)
    said = etree.SubElement(root, f"{{{_CAC}}}DocumentResponse")
    response = etree.SubElement(said, f"{{{_CAC}}}Response")
    _text(response, "ResponseCode", code)
    if kind == "mls":
        if code == "RE":
            _text(response, "Description", event.get("detail", ""))
    elif pays_on := event.get("pays_on"):
        _text(response, "EffectiveDate", pays_on)
    for place, (list_id, word) in enumerate(
        [("OPStatusReason", one) for one in reasons] + [("OPStatusAction", one) for one in actions]
    ):
        status = etree.SubElement(response, f"{{{_CAC}}}Status")
        _text(status, "StatusReasonCode", word).set("listID", list_id)
        if place == 0 and kind == "response":
            _text(status, "StatusReason", event.get("detail", ""))
    about = etree.SubElement(said, f"{{{_CAC}}}DocumentReference")
    _text(about, "ID", event["key"] if kind == "mls" else event["number"])
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _party(root: etree._Element, name: str, participant: str) -> None:
    scheme, _, value = participant.partition(":")
    party = etree.SubElement(root, f"{{{_CAC}}}{name}")
    _text(party, "EndpointID", value).set("schemeID", scheme)


def _text(parent: etree._Element, name: str, text: str) -> etree._Element:
    element = etree.SubElement(parent, f"{{{_CBC}}}{name}")
    element.text = text
    return element
