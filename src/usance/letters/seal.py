"""The factor's seal on a PDF: a signature of ours over all of its bytes, which any reader checks.

An incremental update adds a signature field without a picture and a detached CMS over everything
else. Whoever changes a byte afterwards breaks it.
Sources: ISO 32000-1 §12.8; ETSI EN 319 142-2 §5 (profile for CMS signatures in PDF).
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from usance.domain.refusal import Refusal

YEARS = 10
_ROOM = 8192  # Bytes of the CMS, in hexadecimal twice as many; ours has about a thousand.
_STARTXREF = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*$")
_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")
_PLACE = b"/ByteRange [0 0000000000 0000000000 0000000000]"
_DIGEST = bytes.fromhex("06092a864886f70d010904")  # messageDigest, RFC 5652 §11.2.


class NotSealed(Refusal):
    code = "seal_missing"
    todo = "Ask for the document as it was sealed: this one proves nothing."


@dataclass(frozen=True, slots=True)
class Seal:
    """Key and certificate of ours, PEM."""

    pem: bytes

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, hexadecimal: what we tell whoever asks for it."""
        return _print_of(_certificate(self.pem))


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a seal says of a file."""

    by: str  # The name in its certificate.
    fingerprint: str  # SHA-256 of that certificate, hexadecimal.
    intact: bool  # Nothing of the file was changed since.
    whole: bool  # Nothing stands in the file that the seal does not cover.


def made(name: str, *, at: datetime) -> Seal:
    """A new key with a certificate signed by itself: it proves that the same factor sealed, and
    who that is only to whom the fingerprint was told."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=365 * YEARS))
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    pem = serialization.Encoding.PEM
    return Seal(key.private_bytes(pem, form, plain) + certificate.public_bytes(pem))


def sealed(pdf: bytes, seal: Seal, *, at: datetime) -> bytes:
    """The PDF of our press with our seal behind its end.

    :param at: when it is sealed, for readers; the CMS has the machine's time.
    """
    body = pdf if pdf.endswith(b"\n") else pdf + b"\n"
    whole = _with_field(body, at)
    start = whole.rindex(b"/Contents <") + len(b"/Contents ")
    end = start + 2 * _ROOM + 2
    said = b"/ByteRange [0 %010d %010d %010d]" % (start, end, len(whole) - end)
    whole = whole.replace(_PLACE, said, 1)
    cms = _cms(whole[:start] + whole[end:], seal)
    assert len(cms) <= _ROOM, len(cms)
    return whole[:start] + b"<" + cms.hex().ljust(2 * _ROOM, "0").encode() + b">" + whole[end:]


def opened(pdf: bytes) -> Opened:
    """Whose seal is on the file, and whether it is as it was sealed.

    :raises NotSealed: if there is none, or what is there is no signature that we can read.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import pkcs7
    from cryptography.x509.oid import NameOID

    found = list(_RANGE.finditer(pdf))
    if not found:
        raise NotSealed("the file has no seal")
    first, length, second, rest = map(int, found[-1].groups())
    try:
        cms = bytes.fromhex(pdf[length + 1 : second - 1].decode("ascii"))
        (certificate,) = pkcs7.load_der_pkcs7_certificates(_first(cms))
        attributes, signature = _signer(_first(cms))
        key = certificate.public_key()
        names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        assert isinstance(key, ec.EllipticCurvePublicKey)
    except (ValueError, IndexError, AssertionError) as wrong:
        raise NotSealed("what stands where the seal should be cannot be read") from wrong
    covered = pdf[first:length] + pdf[second : second + rest]
    intact = sha256(covered).digest() == _message_digest(attributes)
    try:  # Signed is the set, read is its place in the CMS: only the first byte differs.
        key.verify(signature, b"\x31" + attributes[1:], ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        intact = False
    return Opened(
        by=str(names[0].value) if names else "", fingerprint=_print_of(certificate), intact=intact,
        whole=first == 0 and second + rest == len(pdf) and second - length == 2 * _ROOM + 2,
    )  # fmt: skip


def _with_field(pdf: bytes, at: datetime) -> bytes:
    """The file with a signature field, whose signature is still empty."""
    start = _STARTXREF.search(pdf[-64:])
    assert start is not None, "the press ends its files with a cross-reference table"
    table = int(start[1])
    trailer = pdf[pdf.rindex(b"trailer") :]
    size, root = _number(rb"/Size\s+(\d+)", trailer), _number(rb"/Root\s+(\d+)", trailer)
    pages = _number(rb"/Pages\s+(\d+)", _object(pdf, root))
    page = _number(rb"/Kids\s*\[\s*(\d+)", _object(pdf, pages))
    while b"/Kids" in _object(pdf, page):
        page = _number(rb"/Kids\s*\[\s*(\d+)", _object(pdf, page))
    field, value = size, size + 1
    objects = {
        root: _added(_object(pdf, root), b"/AcroForm <</Fields [%d 0 R] /SigFlags 3>>" % field),
        page: _annotated(_object(pdf, page), field),
        field: b"<</Type /Annot /Subtype /Widget /FT /Sig /T (Seal) /F 132 /Rect [0 0 0 0]"
        b" /P %d 0 R /V %d 0 R>>" % (page, value),
        value: b"<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached /M (D:%s)"
        b" %s /Contents <%s>>>" % (at.strftime("%Y%m%d%H%M%SZ").encode(), _PLACE, b"0" * 2 * _ROOM),
    }
    out, places = bytearray(pdf), {}
    for number, said in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, said)
    xref_at = len(out)
    out += b"xref\n"
    for number in sorted(places):
        out += b"%d 1\n%010d 00000 n \n" % (number, places[number])
    told = re.sub(rb"/Prev\s+\d+", b"", trailer[trailer.index(b"<<") + 2 : trailer.rindex(b">>")])
    told = re.sub(rb"/Size\s+\d+", b"/Size %d" % (size + 2), told)
    out += b"trailer\n<<%s /Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (told.strip(), table, xref_at)
    return bytes(out)


def _object(pdf: bytes, number: int) -> bytes:
    """The newest text of an object that is a dictionary without a stream."""
    found = list(re.finditer(rb"(?:^|\n)%d 0 obj\s*" % number, pdf))
    assert found, f"object {number}"
    return pdf[found[-1].end() : pdf.index(b"endobj", found[-1].end())].strip()


def _added(dictionary: bytes, more: bytes) -> bytes:
    assert dictionary.endswith(b">>")
    return dictionary[:-2] + b" " + more + b">>"


def _annotated(page: bytes, field: int) -> bytes:
    if b"/Annots" not in page:
        return _added(page, b"/Annots [%d 0 R]" % field)
    return re.sub(rb"/Annots\s*\[", b"/Annots [%d 0 R " % field, page, count=1)


def _number(pattern: bytes, text: bytes) -> int:
    found = re.search(pattern, text)
    assert found is not None, pattern
    return int(found[1])


def _cms(data: bytes, seal: Seal) -> bytes:
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import pkcs7

    key = serialization.load_pem_private_key(seal.pem, password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return (
        pkcs7.PKCS7SignatureBuilder()
        .set_data(data)
        .add_signer(_certificate(seal.pem), key, hashes.SHA256())
        .sign(
            serialization.Encoding.DER,
            [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary,
             pkcs7.PKCS7Options.NoCapabilities],
        )
    )  # fmt: skip


def _certificate(pem: bytes) -> Any:
    from cryptography import x509

    return x509.load_pem_x509_certificate(pem[pem.index(b"-----BEGIN CERTIFICATE") :])


def _print_of(certificate: Any) -> str:
    from cryptography.hazmat.primitives import hashes

    told: bytes = certificate.fingerprint(hashes.SHA256())
    return told.hex()


def _first(der: bytes) -> bytes:
    """The first value of a DER text: what fills it up behind is left out."""
    start, end = _span(der, 0)
    assert start < end <= len(der)
    return der[:end]


def _span(der: bytes, at: int) -> tuple[int, int]:
    """Where the content of the value at a place begins and ends."""
    length, start = der[at + 1], at + 2
    if length & 0x80:
        many = length & 0x7F
        length, start = int.from_bytes(der[start : start + many], "big"), start + many
    return start, start + length


def _parts(der: bytes) -> list[bytes]:
    """The values within a value."""
    at, end = _span(der, 0)
    found = []
    while at < end:
        _, until = _span(der, at)
        found.append(der[at:until])
        at = until
    return found


def _signer(cms: bytes) -> tuple[bytes, bytes]:
    """The signed attributes and the signature of the one signer. Source: RFC 5652 §5.3."""
    signed_data = _parts(_parts(cms)[1])[0]
    (info,) = _parts(_parts(signed_data)[-1])
    attributes = next(part for part in _parts(info) if part[0] == 0xA0)
    start, end = _span(_parts(info)[-1], 0)
    return attributes, _parts(info)[-1][start:end]


def _message_digest(attributes: bytes) -> bytes:
    for one in _parts(attributes):
        oid, values = _parts(one)
        if oid == _DIGEST:
            (value,) = _parts(values)
            return value[slice(*_span(value, 0))]
    return b""
