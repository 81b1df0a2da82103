"""What carriers of e-invoices look for in a parcel: the document, and whom it goes to."""

import re

from usance.domain.distribution import Attachment, Parcel

# Peppol Policy for use of Identifiers: a code of four digits, then at most 135 characters, among
# which blanks and slashes never stand.
_PARTICIPANT = re.compile(r"[0-9]{4}:[A-Za-z0-9._~:\-]{1,135}")
_UBL = re.compile(rb"urn:oasis:names:specification:ubl:schema:xsd:(Invoice|CreditNote)-2")
_LOOKS_INTO = 16_384  # The root's namespace stands at the beginning.


def is_participant(identifier: str) -> bool:
    """Whether it can be one, e.g. "0007:5560001111"; not whether anybody has it."""
    return _PARTICIPANT.fullmatch(identifier) is not None


def ubl_of(parcel: Parcel) -> Attachment | None:
    """The UBL invoice or credit note among the attachments."""
    for one in parcel.attachments:
        if "xml" in one.media_type and _UBL.search(one.content, 0, _LOOKS_INTO):
            return one
    return None


def is_credit_note(document: Attachment) -> bool:
    found = _UBL.search(document.content, 0, _LOOKS_INTO)
    return found is not None and found[1] == b"CreditNote"
