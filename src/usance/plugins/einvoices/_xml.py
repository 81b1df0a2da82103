"""XML from strangers: what we let in, and where it is broken when we do not.

Nothing is fetched, no entity is replaced, every DOCTYPE is refused: no e-invoice has one, and a
parser that merely leaves entities alone drops their text without a word. The one exception is the
line that Finvoice before 2.0 asked for. It declares nothing, and is blanked before the parser sees
it, so that an entity that leans on the file it names is broken XML and no gap.
"""

import re
from collections.abc import Container
from dataclasses import dataclass

from lxml import etree

from usance.plugins import Unreadable

MAX_BYTES = 50 * 1024 * 1024
MAX_TAGS = 2_000_000  # Opening and closing ones; a node takes 30 times the room of "<a/>".
MAX_TAG_LENGTH = 65_536  # A start tag with its attributes; real ones stay under 4,000.

# XML 1.0 §4.3.3 obliges us to UTF-8 and UTF-16. The rest is what senders really use.
ENCODINGS = frozenset(
    {"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin1", "iso-8859-15", "windows-1252"}
)
NEWLINE = b"\n"
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_DECLARATION = re.compile(r"\A\ufeff?<\?xml\s[^>]*\?>")
_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([A-Za-z0-9._-]+)")
# Possessive throughout: a start tag that never ends is looked at once, not once for each split.
_START = re.compile(
    rb"<(?:([^\s/>:<!?\"']++):)?+([^\s/>:<!?\"']++)((?:[^>\"'<]++|\"[^\"<]*+\"|'[^'<]*+')*+)>"
)
_XMLNS = re.compile(rb"\sxmlns(?::([^\s=]+))?\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_BLANKS = re.compile(rb"\s*")
# Names a file elsewhere and has no declarations of its own, between [ and ].
_NAMES_A_FILE = re.compile(
    rb"<!DOCTYPE\s+Finvoice\s+SYSTEM\s+(?:\"[^\"<>\[\]]{1,512}\"|'[^'<>\[\]]{1,512}')\s*>"
)
_LONG_TAG = re.compile(rb"<[^<>!?][^<>]{%d}" % MAX_TAG_LENGTH)
# Comments and instructions go before the tree is built, else they would cut a text in two and
# we would read only its first half.
_PARSER = etree.XMLParser(
    resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False,
    dtd_validation=False, remove_comments=True, remove_pis=True,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Prolog:
    """What stands before the first element, and that element's name. Nothing is parsed yet."""

    encoding: str
    doctype_line: int  # 0: there is none that is refused.
    namespace: str
    name: str
    blanked: tuple[int, int] = (0, 0)  # From where to where the one stands that is not.

    @property
    def tag(self) -> str:
        return f"{{{self.namespace}}}{self.name}" if self.namespace else self.name


def prolog(data: bytes) -> Prolog | None:
    """The head of an XML file; None if it does not begin like one."""
    if data.startswith(_UTF16):
        data = data[:262_144].decode("utf-16", errors="replace").encode("utf-8")
    at = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    encoding, blanked = "utf-8", (0, 0)
    while True:
        at = _BLANKS.match(data, at).end()  # type: ignore[union-attr]  # Matches nothing, too.
        if data.startswith(b"<?", at):
            end = data.find(b"?>", at) + 2
            if data.startswith(b"<?xml", at) and (said := _ENCODING.search(data, at, end)):
                encoding = said[1].decode("ascii").lower()
        elif data.startswith(b"<!--", at):
            end = data.find(b"-->", at + 4) + 3
        elif not blanked[1] and (harmless := _NAMES_A_FILE.match(data, at)):
            end = harmless.end()
            blanked = (at, end)
        elif data[at : at + 9].upper() == b"<!DOCTYPE":
            return Prolog(encoding, data.count(NEWLINE, 0, at) + 1, "", "")
        else:
            return _first_element(data, at, encoding, blanked)
        if end <= at:
            return None
        at = end


def parse(data: bytes, *, roots: Container[str], what: str) -> etree._Element:
    """The tree of a file whose root is one of `roots`.

    :raises Unreadable: if it is empty, too large, no XML, broken, not in the encoding that it
        states, has a DOCTYPE, or is another kind of document. Says the line and column.
    """
    head = _refuse_early(data, what)
    if data.startswith(_UTF16):
        data = _from_utf16(data)
    elif head.blanked[1]:
        start, end = head.blanked
        data = data[:start] + NEWLINE * data.count(NEWLINE, start, end) + data[end:]
    try:
        root = etree.fromstring(data, _PARSER)
    except etree.XMLSyntaxError as broken:
        line, column = broken.position
        raise Unreadable(
            _in_plain_words(broken.msg or "", head.encoding), where=f"line {line}, column {column}"
        ) from broken
    if root.getroottree().docinfo.internalDTD is not None:
        raise _doctype(1)
    if root.tag not in roots:
        raise Unreadable(f"this is no {what}: its first element is {root.tag}", where="line 1")
    return root


def _refuse_early(data: bytes, what: str) -> Prolog:
    """Everything that can be said before the parser spends memory on it."""
    if not data or data.isspace():
        raise Unreadable("the file is empty")
    if len(data) > MAX_BYTES:
        raise Unreadable(
            f"the file has {len(data):,} bytes, more than the {MAX_BYTES:,} that we take; "
            "send large attachments apart from the invoice"
        )
    head = prolog(data)
    if head is None:
        raise Unreadable(f"this is no {what}: it does not begin like XML", where="line 1, column 1")
    if head.doctype_line:
        raise _doctype(head.doctype_line)
    if head.encoding not in ENCODINGS and not data.startswith(_UTF16):
        raise Unreadable(
            f"the encoding {head.encoding!r} is not read; save the file as UTF-8", where="line 1"
        )
    if data.count(b"<") > MAX_TAGS:
        raise Unreadable(f"the file has more than {MAX_TAGS:,} tags; no invoice has")
    if len(data) > MAX_TAG_LENGTH and (long := _LONG_TAG.search(data)):
        raise Unreadable(
            f"a start tag is longer than {MAX_TAG_LENGTH:,} characters",
            where=f"line {data.count(NEWLINE, 0, long.start()) + 1}",
        )
    return head


def _first_element(data: bytes, at: int, encoding: str, blanked: tuple[int, int]) -> Prolog | None:
    start = _START.match(data, at, at + MAX_TAG_LENGTH)
    if start is None:
        return None
    prefix = start[1]
    for declared, double, single in _XMLNS.findall(start[3]):
        if declared == (prefix or b""):
            namespace = (double or single).decode("utf-8", errors="replace")
            break
    else:
        namespace = ""
    return Prolog(encoding, 0, namespace, start[2].decode("utf-8", errors="replace"), blanked)


def _from_utf16(data: bytes) -> bytes:
    codec = "utf-16"
    if data.startswith(_UTF16[2:]):  # Without a byte order mark: told by where the zero stands.
        codec = "utf-16-le" if data.startswith(b"<\0") else "utf-16-be"
    try:
        text = data.decode(codec)
    except UnicodeDecodeError as broken:
        raise Unreadable("the file is not the UTF-16 that it looks like",
                         where=f"byte {broken.start}") from broken  # fmt: skip
    return _DECLARATION.sub("", text).lstrip("\ufeff").encode("utf-8")


def _doctype(line: int) -> Unreadable:
    return Unreadable(
        "the file has a DOCTYPE, which no e-invoice needs and which can hide content; "
        "ask the sender for the file without it",
        where=f"line {line}",
    )


def _in_plain_words(message: str, encoding: str) -> str:
    """What libxml2 says, with the next step for the three that people cannot guess."""
    low = message.lower()
    if "encod" in low or "invalid bytes" in low or "not proper utf-8" in low:
        return f"a byte here is no {encoding.upper()}, the encoding that the file states"
    if "huge text node" in low or "resource limit" in low or "text node too long" in low:
        return "one element holds more than 10 million characters; is an attachment over 7 MB?"
    if "excessive depth" in low or "maximum depth" in low:
        return "elements are nested deeper than 256; no invoice is"
    return f"the XML is broken: {message.partition(', line ')[0].strip()}"
