"""OFX as a tree: version 1, an SGML whose leaves are not closed, and version 2, which is XML."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import cast

from lxml import etree

from usance.plugins import Unreadable
from usance.plugins._xml import local, open_xml

_HEAD = re.compile(r"^\s*(CHARSET|ENCODING)\s*:\s*(\S+)", re.MULTILINE)
_TAG = re.compile(r"<(/?)([A-Za-z0-9_.]+)>([^<]*)")
DEEPEST = 40


@dataclass(slots=True)
class Node:
    """An aggregate with its children, or a leaf with its text."""

    name: str
    line: int
    text: str = ""
    children: list["Node"] = field(default_factory=list)

    def all(self, *names: str) -> Iterator["Node"]:
        """Every node of one of the names below this one, in their order."""
        for child in self.children:
            if child.name in names:
                yield child
            else:
                yield from child.all(*names)

    def get(self, *path: str) -> "Node | None":
        node: Node | None = self
        for name in path:
            node = next((x for x in node.children if x.name == name), None) if node else None
        return node

    def said(self, *path: str) -> str:
        """The text along a path; empty if there is none."""
        node = self.get(*path)
        return node.text if node else ""

    @property
    def where(self) -> str:
        return f"line {self.line}, {self.name}"


def tree(data: bytes) -> Node:
    """The OFX element.

    :raises Unreadable: for a DOCTYPE, tags that do not close what was opened, and a cut file.
    """
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:5]
    return _of_xml(open_xml(data), 1) if start == b"<?xml" else _of_sgml(_decoded(data))


def _of_xml(element: etree._Element, depth: int) -> Node:
    if depth > DEEPEST:
        raise Unreadable("nested too deep", where=f"line {element.sourceline}")
    node = Node(name=local(element).upper(), line=cast(int, element.sourceline),
                text=(element.text or "").strip())  # fmt: skip
    node.children = [_of_xml(child, depth + 1) for child in element if isinstance(child.tag, str)]
    return node


def _decoded(data: bytes) -> str:
    head = dict(_HEAD.findall(data[:600].decode("latin-1")))
    utf8 = head.get("ENCODING", "").upper() in ("UTF-8", "UNICODE")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as broken:
        if utf8:
            line = data.count(b"\n", 0, broken.start) + 1
            raise Unreadable("a byte here is no UTF-8", where=f"line {line}") from broken
        return data.decode("latin-1" if "8859" in head.get("CHARSET", "") else "cp1252", "replace")


def _of_sgml(text: str) -> Node:
    if "<!DOCTYPE" in text.upper():
        raise Unreadable("a DOCTYPE is not accepted", where="line 1")
    start = text.upper().find("<OFX>")
    if start < 0:
        raise Unreadable("no <OFX> in it", where="line 1")
    closed = {name.upper() for slash, name, _ in _TAG.findall(text, start) if slash}
    if "OFX" not in closed:
        raise Unreadable("the file ends before </OFX>", where=f"line {text.count(chr(10)) + 1}")
    line, before = 1, 0
    root = Node(name="", line=1)
    stack = [root]
    for found in _TAG.finditer(text, start):
        line += text.count("\n", before, found.start())
        before = found.start()
        slash, name, said = found[1], found[2].upper(), unescape(found[3]).strip()
        if slash:
            _close(stack, name, line)
            continue
        node = Node(name=name, line=line, text=said)
        stack[-1].children.append(node)
        if not said and name in closed:
            stack.append(node)  # An aggregate, or an empty leaf that is closed at once.
            if len(stack) > DEEPEST:
                raise Unreadable("nested too deep", where=f"line {line}")
    if len(stack) > 1:
        raise Unreadable(f"the file ends within <{stack[-1].name}>", where=f"line {line}")
    return root.children[0]


def _close(stack: list[Node], name: str, line: int) -> None:
    if stack[-1].name == name and len(stack) > 1:
        stack.pop()
        return
    last = stack[-1].children[-1] if stack[-1].children else None
    if last is None or last.name != name:  # A leaf may be closed too.
        raise Unreadable(f"</{name}> closes <{stack[-1].name}>", where=f"line {line}")
