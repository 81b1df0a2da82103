"""Whether an SMP's answer is signed by whom we trust. Only what was signed comes back.

The certificate in the signature must lead to one of the authorities given, step by step, each
valid at the moment of asking. Peppol's certificates name no host and are made for nothing on the
web, so that a web browser's rules for chains do not fit; revocation is not looked up.

Source: Peppol SMP specification (enveloped XML signature over the whole answer, RSA-SHA256,
certificate in KeyInfo); XML Signature 1.1.
"""

import base64
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from usance.plugins._xml import open_xml

from ._smp import LARGEST_BYTES

LONGEST_CHAIN = 4
_METHODS = frozenset(
    {
        SignatureMethod.RSA_SHA256,
        SignatureMethod.RSA_SHA384,
        SignatureMethod.RSA_SHA512,
        SignatureMethod.ECDSA_SHA256,
        SignatureMethod.ECDSA_SHA384,
        SignatureMethod.ECDSA_SHA512,
    }
)
_DIGESTS = frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512})
_BROKEN = (SignXMLException, InvalidSignature, UnsupportedAlgorithm, ValueError, etree.LxmlError)
_CERTIFICATES = "{*}Signature/{*}KeyInfo/{*}X509Data/{*}X509Certificate"


class NotTrusted(ValueError):
    """The signature is missing, broken, or by somebody else. Says which."""


@lru_cache(maxsize=4)
def authorities(file: Path, changed_ns: int) -> tuple[x509.Certificate, ...]:
    """The certificates in a PEM file; `changed_ns` is part of the key, so that it is read anew."""
    return tuple(x509.load_pem_x509_certificates(file.read_bytes()))


def signed_part(data: bytes, *, trusted: Sequence[x509.Certificate], at: datetime | None) -> bytes:
    """The bytes that the signature covers. `at` None: no certificate's dates are looked at.

    :raises NotTrusted:
    :raises Unreadable: if it is no XML that we open.
    """
    root = open_xml(data, largest=LARGEST_BYTES)
    named = root.findall(_CERTIFICATES)
    if not named:
        raise NotTrusted("the SMP's answer is not signed with a certificate")
    try:
        chain = [x509.load_der_x509_certificate(base64.b64decode(one.text or "")) for one in named]
        _lead_to(chain[0], chain[1:], trusted, at)
        config = SignatureConfiguration(
            location="./",
            signature_methods=_METHODS,
            digest_algorithms=_DIGESTS,
            verification_time=at or chain[0].not_valid_before_utc,
        )
        verified = XMLVerifier().verify(root, x509_cert=chain[0], expect_config=config)
    except NotTrusted:
        raise
    except _BROKEN as broken:
        raise NotTrusted(
            f"the SMP's signature does not hold: {type(broken).__name__}: {broken}"
        ) from broken
    assert not isinstance(verified, list), "one reference was expected"
    if verified.signed_xml is None:
        raise NotTrusted("the SMP's signature covers no XML")
    return etree.tostring(verified.signed_xml)


def _lead_to(
    certificate: x509.Certificate,
    offered: Iterable[x509.Certificate],
    trusted: Sequence[x509.Certificate],
    at: datetime | None,
) -> None:
    """:raises NotTrusted: if no chain leads from it to one of the trusted."""
    issuers = [*trusted, *offered]
    for _ in range(LONGEST_CHAIN):
        _is_in_time(certificate, at)
        if certificate in trusted:
            return
        issuer = next((one for one in issuers if _issued(certificate, by=one)), None)
        if issuer is None:
            break
        certificate = issuer
    raise NotTrusted(f"nobody we trust vouches for {certificate.subject.rfc4514_string()[:100]}")


def _is_in_time(certificate: x509.Certificate, at: datetime | None) -> None:
    if at and not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        ended = certificate.not_valid_after_utc.date()
        raise NotTrusted(f"the SMP's certificate is not valid now; it ends on {ended}")


def _issued(certificate: x509.Certificate, *, by: x509.Certificate) -> bool:
    try:
        is_authority = by.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False
    if not is_authority or certificate == by:
        return False
    try:
        certificate.verify_directly_issued_by(by)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
