"""The envelope in which e-invoice networks hand an invoice over: its one document is taken out.

Source: UN/CEFACT Standard Business Document Header 1.3; Peppol Business Message Envelope 2.0,
of which each file of an access point is one; SFTI's transport profile of the Svefaktura.
"""

from usance.plugins import Unreadable

from ._xml import prolog

NAMESPACE = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
ROOT = f"{{{NAMESPACE}}}StandardBusinessDocument"


def sniff(data: bytes) -> bool:
    head = prolog(data)
    return head is not None and head.tag == ROOT


def opened(data: bytes) -> bytes:
    """The document inside, on the lines on which it stands in the envelope.

    :raises Unreadable: if the envelope is broken, or holds none, several, or something else.
    """
    from lxml import etree  # Late: whoever judges plain invoices has no use for it.

    from . import _xml

    root = _xml.parse(data, roots={ROOT}, what="envelope (SBDH)")
    foreign = (one for one in root.iterchildren(tag=etree.Element) if one.tag.startswith("{"))
    inside = [one for one in foreign if not one.tag.startswith(f"{{{NAMESPACE}}}")]
    if len(inside) != 1:
        raise Unreadable(
            f"the envelope (SBDH) holds {len(inside)} XML documents; ask the sender for one in each"
        )
    (document,) = inside
    line = document.sourceline
    below = b"\n" * (line - 1 if isinstance(line, int) else 0)
    return below + etree.tostring(document, encoding="UTF-8", with_tail=False)
