"""Signed envelopes (CAdES, .p7m) around an Italian invoice: known, so that it can be said.

Source: RFC 5652 §5.1, id-signedData 1.2.840.113549.1.7.2, in DER or BER; some senders add base64.
"""

from binascii import Error as NotBase64
from binascii import a2b_base64

_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_ARMOURED = (b"-----BEGIN PKCS7", b"-----BEGIN CMS")
SAYS = "a signed envelope (.p7m), which is not opened; ask the sender for the XML file inside it"


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
