"""What an SMP says of a participant: which documents he takes, and by which access point.

Pure: bytes in, values out. Source: Peppol SMP specification, ServiceGroup and
SignedServiceMetadata.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import unquote

from cryptography import x509
from lxml import etree

from usance.plugins import Unreadable
from usance.plugins._xml import local, open_xml

LARGEST_BYTES = 1024 * 1024  # The largest groups in the network have some hundred documents.


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One way to hand over a kind of document."""

    process: str
    transport: str
    url: str
    active_from: datetime | None
    expires_at: datetime | None
    certificate: (
        x509.Certificate | None
    )  # Of the access point; None: there is none, or no readable.


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    participant: str
    document: str
    endpoints: tuple[Endpoint, ...]
    elsewhere: str  # Another SMP answers for this document; then there are no endpoints.


def read_group(data: bytes) -> tuple[str, frozenset[str]]:
    """The participant, and the identifiers of the documents that he takes.

    :raises Unreadable:
    """
    root = _root(data, "ServiceGroup")
    references = _all(root, "ServiceMetadataReferenceCollection/ServiceMetadataReference")
    documents = (one.get("href", "").rpartition("/services/")[2] for one in references)
    return _participant(root), frozenset(filter(None, map(unquote, documents)))


def read_metadata(data: bytes) -> Metadata:
    """:raises Unreadable:"""
    root = _root(data, "SignedServiceMetadata", "ServiceMetadata")
    metadata = root if local(root) == "ServiceMetadata" else _one(root, "ServiceMetadata")
    redirects = _all(metadata, "Redirect")
    if redirects:
        return Metadata(
            participant="", document="", endpoints=(), elsewhere=redirects[0].get("href", "")
        )
    service = _one(metadata, "ServiceInformation")
    document = _one(service, "DocumentIdentifier")
    return Metadata(
        participant=_participant(service),
        document=f"{document.get('scheme', '')}::{_content(document)}",
        endpoints=tuple(
            _endpoint(process, endpoint)
            for process in _all(service, "ProcessList/Process")
            for endpoint in _all(process, "ServiceEndpointList/Endpoint")
        ),
        elsewhere="",
    )


def unfit(
    endpoints: Sequence[Endpoint], *, process: str, transport: str, at: datetime | None
) -> str:
    """Why none of them will do now; empty if one does. `at` None: no date is looked at."""
    ours = [one for one in endpoints if (one.process, one.transport) == (process, transport)]
    if not ours:
        return f"no endpoint for {process} by {transport}"
    why = [_unfit(one, at) for one in ours]
    return "" if "" in why else why[0]


def _unfit(endpoint: Endpoint, at: datetime | None) -> str:
    if not endpoint.url.startswith("https://"):
        return f"the access point's address is {endpoint.url[:80]!r}"
    if endpoint.certificate is None:
        return "the access point's certificate cannot be read"
    if at is None:
        return ""
    if endpoint.active_from and at < endpoint.active_from:
        return f"it begins on {endpoint.active_from.date()}"
    if endpoint.expires_at and at >= endpoint.expires_at:
        return f"it ended on {endpoint.expires_at.date()}"
    certificate = endpoint.certificate
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        return f"the access point's certificate ended on {certificate.not_valid_after_utc.date()}"
    return ""


def _endpoint(process: etree._Element, endpoint: etree._Element) -> Endpoint:
    return Endpoint(
        process=_text(process, "ProcessIdentifier"),
        transport=endpoint.get("transportProfile", ""),
        url=_text(endpoint, "EndpointReference/Address"),
        active_from=_moment(_text(endpoint, "ServiceActivationDate")),
        expires_at=_moment(_text(endpoint, "ServiceExpirationDate")),
        certificate=_certificate(_text(endpoint, "Certificate")),
    )


def _certificate(stated: str) -> x509.Certificate | None:
    """Base64 of DER, with or without the lines of PEM around it."""
    bare = "".join(word for word in stated.split() if "-----" not in word and word != "CERTIFICATE")
    try:
        return x509.load_der_x509_certificate(base64.b64decode(bare, validate=True))
    except (binascii.Error, ValueError):
        return None


def _moment(stated: str) -> datetime | None:
    if not stated:
        return None
    try:
        moment = datetime.fromisoformat(stated)
    except ValueError as broken:
        raise Unreadable(f"{stated[:40]!r} is no moment") from broken
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _participant(element: etree._Element) -> str:
    return _content(_one(element, "ParticipantIdentifier")).lower()


def _root(data: bytes, *names: str) -> etree._Element:
    root = open_xml(data, largest=LARGEST_BYTES)
    if local(root) not in names:
        raise Unreadable(f"the SMP answered with {local(root)} instead of {names[0]}")
    return root


def _one(element: etree._Element, path: str) -> etree._Element:
    found = _all(element, path)
    if not found:
        raise Unreadable(f"it has no {path}", where=local(element))
    return found[0]


def _text(element: etree._Element, path: str) -> str:
    found = _all(element, path)
    return _content(found[0]) if found else ""


def _all(element: etree._Element, path: str) -> list[etree._Element]:
    return element.findall("/".join(f"{{*}}{step}" for step in path.split("/")))


def _content(element: etree._Element) -> str:
    return (element.text or "").strip()
