"""Storecove's API v2 in types and words: what is submitted, and what its webhooks say.

Source: Storecove API documentation (storecove.com/docs), DocumentSubmission, Webhooks and Receiver
Identifiers; names of schemes: Peppol Code List "Participant identifier schemes" v9.
"""

import base64
import binascii
from uuid import UUID

import msgspec

from usance.domain.distribution import Attachment, Outcome, Parcel
from usance.plugins import Unreadable

SCHEMES = {
    "0002": "FR:SIRENE", "0007": "SE:ORGNR", "0009": "FR:SIRET", "0060": "DUNS", "0088": "GLN",
    "0096": "DK:P", "0097": "IT:FTI", "0106": "NL:KVK", "0135": "IT:SIA", "0142": "IT:SECETI",
    "0151": "AU:ABN", "0183": "CH:UIDB", "0184": "DK:DIGST", "0188": "JP:SST", "0190": "NL:OINO",
    "0191": "EE:CC", "0192": "NO:ORG", "0195": "SG:UEN", "0196": "IS:KTNR", "0198": "DK:ERST",
    "0199": "LEI", "0200": "LT:LEC", "0201": "IT:CUUO", "0204": "DE:LWID", "0208": "BE:EN",
    "0209": "GS1", "0210": "IT:CFI", "0211": "IT:IVA", "0216": "FI:OVT", "0221": "JP:IIN",
    "9910": "HU:VAT", "9914": "AT:VAT", "9915": "AT:GOV", "9920": "ES:VAT", "9922": "AD:VAT",
    "9923": "AL:VAT", "9924": "BA:VAT", "9925": "BE:VAT", "9926": "BG:VAT", "9927": "CH:VAT",
    "9928": "CY:VAT", "9929": "CZ:VAT", "9930": "DE:VAT", "9931": "EE:VAT", "9932": "GB:VAT",
    "9933": "GR:VAT", "9934": "HR:VAT", "9935": "IE:VAT", "9936": "LI:VAT", "9937": "LT:VAT",
    "9938": "LU:VAT", "9939": "LV:VAT", "9940": "MC:VAT", "9941": "ME:VAT", "9942": "MK:VAT",
    "9943": "MT:VAT", "9944": "NL:VAT", "9945": "PL:VAT", "9946": "PT:VAT", "9947": "RO:VAT",
    "9948": "RS:VAT", "9949": "SI:VAT", "9950": "SK:VAT", "9951": "SM:VAT", "9952": "TR:VAT",
    "9953": "VA:VAT", "9957": "FR:VAT",
}  # fmt: skip

# "succeeded" is the receipt of the receiving access point: it left for the buyer's own provider.
OUTCOMES = {
    "succeeded": Outcome.SENT,
    "failed": Outcome.BOUNCED,
    "no_action_taken": Outcome.BOUNCED,  # Nobody of that address was found in the network.
}
SUBMISSION = "document_submission"


class Identifier(msgspec.Struct):
    scheme: str
    id: str


class Routing(msgspec.Struct, rename="camel"):
    e_identifiers: list[Identifier]


class Raw(msgspec.Struct, rename="camel"):
    document: bytes  # Base64 in JSON.
    parse_strategy: str = "ubl"


class Document(msgspec.Struct, rename="camel"):
    raw_document_data: Raw
    document_type: str = "invoice"  # Of a credit note too: the one that raw documents have.


class Submission(msgspec.Struct, rename="camel"):
    """What is asked for by POST /document_submissions."""

    legal_entity_id: int
    idempotency_guid: str
    routing: Routing
    document: Document


class Taken(msgspec.Struct):
    guid: str


class Fault(msgspec.Struct):
    """One of the list that a 422 carries."""

    source: str = ""
    details: str = ""


class Instance(msgspec.Struct):
    """What waits in the queue of webhooks: its own name, and the webhook's body as text."""

    guid: str
    body: str


class Webhook(msgspec.Struct):
    """New fields may come unannounced: what is not named here is passed over."""

    event_type: str
    event: str = ""
    details: str | None = None
    guid: str = ""  # Of the submission.
    idempotency_guid: str = msgspec.field(default="", name="idempotencyGuid")
    response_document: str | None = None  # What the buyer answered, base64.


def submission(parcel: Parcel, document: Attachment, *, legal_entity: int, scheme: str) -> bytes:
    """The same parcel gives the same bytes. `scheme` is Storecove's name of the address's."""
    _, _, value = parcel.address["einvoice"].partition(":")
    return msgspec.json.encode(
        Submission(
            legal_entity_id=legal_entity,
            idempotency_guid=guid_of(parcel.key),
            routing=Routing(e_identifiers=[Identifier(scheme=scheme, id=value)]),
            document=Document(raw_document_data=Raw(document=document.content)),
        )
    )


def guid_of(key: str) -> str:
    """Our key as the 36 characters that Storecove wants."""
    return str(UUID(key))


def key_of(guid: str) -> str:
    """Our key in a webhook; empty if it has none of ours."""
    try:
        return UUID(guid).hex
    except ValueError:
        return ""


def answer_in(stated: str) -> bytes:
    """:raises Unreadable: if it is neither XML nor base64."""
    if stated.lstrip().startswith("<"):
        return stated.encode()
    try:
        return base64.b64decode(stated, validate=True)
    except (binascii.Error, ValueError) as broken:
        raise Unreadable("response_document is no base64", where="response_document") from broken
