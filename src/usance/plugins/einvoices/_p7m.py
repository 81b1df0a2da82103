"""Signed envelopes (CAdES, .p7m) around an invoice, as Italy sends them: the invoice is taken out.

The signature is not checked, for we have no list of those who may certify signers; a finding says
so.
Source: RFC 5652 §5.1 and §5.2 (SignedData, EncapsulatedContentInfo); X.690 §8.1 (BER: lengths may
be indefinite, a string may come in parts). Some senders add base64, with or without a PEM frame.
"""

from binascii import Error as NotBase64
from binascii import a2b_base64

from usance.domain.finding import Finding, Severity
from usance.plugins import Unreadable

_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_ARMOURED = (b"-----BEGIN PKCS7", b"-----BEGIN CMS")
_SEQUENCE, _INTEGER, _OBJECT, _SET, _OCTETS, _FIRST = 0x30, 0x02, 0x06, 0x31, 0x04, 0xA0
_CONSTRUCTED = 0x20
_INDEFINITE = 0x80
DEEPEST = 16
SIGNED_AGAIN = 4  # Envelopes one inside the other that are opened.
UNCHECKED = Finding(
    code="signature_unchecked",
    says="The invoice came in a signed envelope (.p7m); its signature was not checked.",
    severity=Severity.WARNING,
)
_CUT = "the signed envelope (.p7m) is broken or cut off; ask the sender for it again"


def is_signed_envelope(data: bytes) -> bool:
    head = data[:64].lstrip()
    if head.startswith(b"\x30"):
        return _SIGNED_DATA in head
    if head.startswith(b"MI"):  # Base64 of the same beginning.
        try:
            return _SIGNED_DATA in a2b_base64(head[:32])
        except NotBase64:
            return False
    return head.startswith(_ARMOURED)


def opened(data: bytes) -> bytes:
    """What was signed, byte for byte; of envelopes one inside the other, what is in the innermost.

    :raises Unreadable: if the envelope is broken, or only has the signature in it.
    """
    for _ in range(SIGNED_AGAIN):
        data = _signed(_binary(data))
        if not is_signed_envelope(data):
            return data
    raise Unreadable(f"more than {SIGNED_AGAIN} signed envelopes, one inside the other")


def _binary(data: bytes) -> bytes:
    data = data.lstrip()
    if data.startswith(b"\x30"):
        return data
    lines = (line for line in data.splitlines() if not line.startswith(b"-----"))
    try:
        return a2b_base64(b"".join(lines))
    except NotBase64 as fault:
        raise Unreadable(_CUT) from fault


def _signed(data: bytes) -> bytes:
    cursor = _Cursor(data)
    cursor.enter(_SEQUENCE)
    cursor.skip(_OBJECT)
    cursor.enter(_FIRST)
    cursor.enter(_SEQUENCE)
    cursor.skip(_INTEGER)  # The version.
    cursor.skip(_SET)  # How the digests are made.
    cursor.enter(_SEQUENCE)
    cursor.skip(_OBJECT)  # What kind of content it is.
    if not cursor.is_at(_FIRST):
        raise Unreadable(
            "this is the signature (.p7m) of an invoice without the invoice; ask the sender for it"
        )
    cursor.enter(_FIRST)
    return b"".join(cursor.octets())


class _Cursor:
    """A place in BER. Whatever reaches beyond what holds it is refused."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0
        self.end = len(data)  # Of what was entered; of an indefinite length, of what holds it.

    def is_at(self, tag: int) -> bool:
        return self.at < self.end and self.data[self.at] == tag

    def enter(self, tag: int) -> None:
        """Go into an element: next is what stands first in it."""
        length = self._head(tag)
        if length is not None:
            self.end = self.at + length

    def skip(self, tag: int | None = None, depth: int = 0) -> None:
        length = self._head(tag)
        if length is not None:
            self.at += length
            return
        if depth > DEEPEST:
            raise Unreadable(_CUT)
        while not self._ends():
            self.skip(depth=depth + 1)

    def octets(self, depth: int = 0) -> list[bytes]:
        """The parts of a string; one, if it comes in one."""
        if self.is_at(_OCTETS):
            length = self._head(_OCTETS)
            assert length is not None  # Only what has parts is of indefinite length.
            self.at += length
            return [self.data[self.at - length : self.at]]
        length = self._head(_OCTETS | _CONSTRUCTED)
        if depth > DEEPEST:
            raise Unreadable(_CUT)
        end = None if length is None else self.at + length
        parts: list[bytes] = []
        while self.at < end if end is not None else not self._ends():
            parts += self.octets(depth + 1)
        if end is not None and self.at != end:
            raise Unreadable(_CUT)
        return parts

    def _ends(self) -> bool:
        """Whether the mark stands here that ends an indefinite length; then it is passed."""
        if self.data[self.at : self.at + 2] != b"\0\0":
            return False
        self.at += 2
        return True

    def _head(self, tag: int | None) -> int | None:
        """Pass a tag and its length, which is given; None: it is indefinite."""
        here = self.data[self.at : self.at + 2]
        if len(here) < 2 or here[0] & 0x1F == 0x1F or (tag is not None and here[0] != tag):
            raise Unreadable(_CUT)
        self.at += 2
        length = here[1]
        if length == _INDEFINITE:
            if not here[0] & _CONSTRUCTED:
                raise Unreadable(_CUT)
            return None
        if length > _INDEFINITE:
            size = length - _INDEFINITE
            length = int.from_bytes(self.data[self.at : self.at + size])
            self.at += size
        if self.at + length > self.end:
            raise Unreadable(_CUT)
        return length
