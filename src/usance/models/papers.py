"""The paper as JSON: domain.invoice.Invoice, with its empty fields left out."""

import re

import msgspec

from usance.domain.invoice import Invoice
from usance.domain.invoice.excerpt import Excerpt

# Most of EN 16931's terms are empty on an ordinary invoice. Cut out of the written bytes, because
# to walk through the fields costs ten times as much. A quote within a text is written with a
# backslash, so nothing in a text looks like a field. Four names are required somewhere: they stay.
_EMPTY = rb'"(?!text"|number"|name"|value")\w+":(?:null|""|\[\])'
_LATER = re.compile(rb"," + _EMPTY)
_FIRST = re.compile(rb"\{" + _EMPTY + rb",?")
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Invoice).decode
_glance = msgspec.json.Decoder(Excerpt).decode


def written(paper: Invoice) -> str:
    return _FIRST.sub(b"{", _LATER.sub(b"", _encode(paper))).decode()


def read(content: str) -> Invoice:
    return _decode(content)


def excerpt(content: str) -> Excerpt:
    """What the checks look at, in a third of the time that the whole paper takes."""
    return _glance(content)
