"""Signed envelopes (CAdES, .p7m) around an Italian invoice: known, so that it can be said.

Source: RFC 5652 §5.1, id-signedData 1.2.840.113549.1.7.2, in DER or BER; some senders add base64.
"""

_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_SIGNED_DATA_BASE64 = (b"BgkqhkiG9w0BBwKg", b"-----BEGIN PKCS7", b"-----BEGIN CMS")
SAYS = "a signed envelope (.p7m), which is not opened; ask the sender for the XML file inside it"


def is_signed_envelope(data: bytes) -> bool:
    head = data[:64].lstrip()
    if head.startswith(b"\x30"):
        return _SIGNED_DATA in data[:32]
    return (head.startswith(b"MI") and b"kqhkiG9w0BBw" in head) or head.startswith(
        _SIGNED_DATA_BASE64
    )
