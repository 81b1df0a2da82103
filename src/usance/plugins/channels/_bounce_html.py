"""HTML of a notice as text. Nothing is looked up."""

import re
from html.parser import HTMLParser

LARGEST = 300_000  # Characters that are read.


def bare(html: str) -> str:
    """HTML as text: blocks are lines, marks are gone."""
    reader = _Reader()
    reader.feed(html[:LARGEST])
    reader.close()
    return re.sub(r"\n\s*\n\s*", "\n\n", "".join(reader.said))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("style", "script", "title")
        if tag in ("p", "div", "br", "tr", "li", "h1", "h2", "h3", "blockquote"):
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "script", "title"):
            self._hidden = max(self._hidden - 1, 0)

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.said.append(data)


def without_marks(text: str) -> str:
    """Only the marks are gone, but for addresses in angle brackets."""
    return re.sub(r"<(?!mailto:|[^<>\s@]{1,64}@)[^<>]{0,2000}>", " ", text)
