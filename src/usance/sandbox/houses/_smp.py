"""An SMP's answers, signed as in the network, each wrong in the way its participant asks for."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cached_property
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml import XMLSigner, algorithms

from usance.plugins.directories import _peppol_names as names
from usance.sandbox.serving import Reply

_SMP = "http://busdox.org/serviceMetadata/publishing/1.0/"
_IDS = "http://busdox.org/transport/identifiers/1.0/"
_WSA = "http://www.w3.org/2005/08/addressing"
ORDER = names.INVOICE.replace("Invoice-2::Invoice", "Order-2::Order")
CREDIT_NOTE = names.INVOICE.replace("Invoice", "CreditNote")
ENDLESS_BYTES = 20 * 1024 * 1024
_FIRST, _LAST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class Publisher:
    """Signs with a key made when first needed, under an authority of its own."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._root = _certificate("usance sandbox SMP authority", self._key, is_authority=True)
        self.authority = self._root.public_bytes(serialization.Encoding.PEM)

    def group(self, participant: str, url: str) -> Reply:
        fate = participant.removeprefix("0007:")
        if wrong := _wrong(fate):
            return wrong
        named = "0007:somebody" if fate == "other" else participant
        root = etree.Element(f"{{{_SMP}}}ServiceGroup", nsmap={"smp": _SMP, "ids": _IDS})
        _participant(root, named)
        listed = etree.SubElement(root, f"{{{_SMP}}}ServiceMetadataReferenceCollection")
        taken = [ORDER] if fate == "noinvoice" else [ORDER, names.INVOICE, CREDIT_NOTE]
        for document in taken:
            etree.SubElement(listed, f"{{{_SMP}}}ServiceMetadataReference").set(
                "href", names.metadata_url(url, participant, document)
            )
        return _xml(root)

    def metadata(self, participant: str, document: str, url: str) -> Reply:
        fate = participant.removeprefix("0007:")
        root = etree.Element(f"{{{_SMP}}}SignedServiceMetadata", nsmap={"smp": _SMP, "ids": _IDS})
        metadata = etree.SubElement(root, f"{{{_SMP}}}ServiceMetadata")
        if fate in ("moved", "circle"):
            onward = "circle" if fate == "circle" else "moved%2Fhere"
            there = f"{url}/{quote(f'{names.SCHEME}::0007:{onward}', safe='%')}/services/"
            redirect = etree.SubElement(metadata, f"{{{_SMP}}}Redirect")
            redirect.set("href", there + quote(document, safe=""))
        else:
            self._service(metadata, participant.removesuffix("/here"), document, fate)
        if fate == "unsigned":
            return _xml(root)
        data = etree.tostring(self._sign(root, by_stranger=fate == "wrongkey"))
        if fate == "altered":
            data = data.replace(b"https://ap.", b"https://evil.")
        return Reply(200, data, {"content-type": "application/xml"})

    def _service(
        self, metadata: etree._Element, participant: str, document: str, fate: str
    ) -> None:
        service = etree.SubElement(metadata, f"{{{_SMP}}}ServiceInformation")
        _participant(service, participant)
        scheme, _, value = document.partition("::")
        _text(service, _IDS, "DocumentIdentifier", value).set("scheme", scheme)
        process = etree.SubElement(
            etree.SubElement(service, f"{{{_SMP}}}ProcessList"), f"{{{_SMP}}}Process"
        )
        _text(process, _IDS, "ProcessIdentifier", names.PROCESS).set("scheme", "cenbii-procid-ubl")
        endpoint = etree.SubElement(
            etree.SubElement(process, f"{{{_SMP}}}ServiceEndpointList"), f"{{{_SMP}}}Endpoint"
        )
        endpoint.set("transportProfile", names.TRANSPORT)
        reference = etree.SubElement(endpoint, f"{{{_WSA}}}EndpointReference")
        _text(reference, _WSA, "Address", "https://ap.example/as4")
        if fate == "ended":
            yesterday = self._now() - timedelta(days=1)
            _text(endpoint, _SMP, "ServiceExpirationDate", yesterday.isoformat())
        ends = self._now() - timedelta(days=1) if fate == "oldcert" else _LAST
        access_point = _certificate("PXX000001", self._key, issuer=self._root, last=ends)
        der = access_point.public_bytes(serialization.Encoding.PEM).decode()
        _text(endpoint, _SMP, "Certificate", der)

    def _sign(self, root: etree._Element, *, by_stranger: bool) -> etree._Element:
        key, certificate = self._stranger if by_stranger else self._signer
        signer = XMLSigner(
            signature_algorithm=algorithms.SignatureMethod.RSA_SHA256,
            c14n_algorithm=algorithms.CanonicalizationMethod.CANONICAL_XML_1_0,
        )
        return signer.sign(root, key=key, cert=[certificate])

    @cached_property
    def _signer(self) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
        key = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
        return key, _certificate("PXX000002", key, issuer=self._root, signed_by=self._key)

    @cached_property
    def _stranger(self) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
        key = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
        return key, _certificate("stranger", key)


def _wrong(fate: str) -> Reply | None:
    head = {"content-type": "application/xml"}
    return {
        "forgotten": Reply(404),
        "down": Reply(500),
        "garbage": Reply(200, b"\x00<<not xml", head),
        "doctype": Reply(200, b'<!DOCTYPE a [<!ENTITY b "c">]><ServiceGroup/>', head),
        "endless": Reply(200, b"<a>" + b"x" * ENDLESS_BYTES, head) if fate == "endless" else None,
    }.get(fate)


def _certificate(
    name: str,
    key: Key,
    *,
    issuer: x509.Certificate | None = None,
    signed_by: Key | None = None,
    is_authority: bool = False,
    last: datetime = _LAST,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_FIRST)
        .not_valid_after(last)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .sign(signed_by or key, hashes.SHA256())
    )


def _participant(parent: etree._Element, participant: str) -> None:
    _text(parent, _IDS, "ParticipantIdentifier", participant).set("scheme", names.SCHEME)


def _text(parent: etree._Element, space: str, name: str, text: str) -> etree._Element:
    element = etree.SubElement(parent, f"{{{space}}}{name}")
    element.text = text
    return element


def _xml(root: etree._Element) -> Reply:
    return Reply(200, etree.tostring(root), {"content-type": "application/xml"})
