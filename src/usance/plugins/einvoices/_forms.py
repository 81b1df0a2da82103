"""Invoices of which only the texts are new: the tree of one like it, filled in anew.

One sender's program writes one invoice like the other: same elements, same attributes, other texts.
A document whose every tag stands, to the letter, where it stood in one that was parsed is not
parsed again; its texts are put into the tree of that one. What may mean more than itself
(CDATA, a character written as a number) is left to the parser.
"""

import re
from itertools import compress, count
from operator import ne
from typing import Literal
from xml.etree.ElementTree import Element

from usance.domain.finding import Finding
from usance.domain.verification.reading import Place
from usance.domain.verification.shape import FREE, Recent, Shape, Shapes

MOST = 200_000  # Pieces of all forms kept, with their shapes; then the older half goes.
ALIKE = 8  # Forms of one outline; where they do not do, a ninth would not either.
ENDS = 24  # Bytes at the end of a document that its outline has.
ENOUGH = 2  # Documents of one outline that are only parsed: many never come a third time.
CODES = 40  # Sets of codes in one form whose shapes are kept.
LARGEST = 1_000_000  # Bytes. Larger ones are mostly attachment, and seldom come twice.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # By XML, anywhere.
_OTHER_ENTITY = re.compile("&(?!(?:amp|lt|gt|quot|apos);)")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))
_INSTRUCTION = re.compile(r"\?(?!xml[\s?])[a-z_][a-z0-9_.-]*(\s[^<]*?)?\?>", re.I | re.A)
_UTF8 = re.compile(r"""\?xml\s[^>]*?encoding\s*=\s*["']utf-?8["']""", re.IGNORECASE)
Outline = tuple[int, int, bytes]
Pieces = list[str]  # What stands between two "<": a tag and the text after it.
# What a slot is to the shape: a text between elements, a code, or words of which it only matters
# that there are some.
Kind = Literal["between", "code", "words"]


class Form:
    """A tree with the texts of the document that was put into it last.

    Where its texts stand is worked out when a second document seems to fit: most never see one.
    """

    def __init__(self, drawn: Outline, root: Element, shape: Shape, pieces: Pieces) -> None:
        self.drawn = drawn
        self.root = root
        self.shape = shape
        self.pieces = pieces
        self.slots: list[Slot] | None = None  # Not worked out yet; [] if nothing can be put in.
        self.codes: dict[int, str] = {}
        self.shapes: dict[tuple[str, ...], Shape] = {}
        # Both as a `Document` has them: the tree stays as it is, only its texts change.
        self.found: dict[str, list[Place]] = {}
        self.findings: dict[tuple[object, Place], Finding] = {}

    def fill(self, pieces: Pieces, shapes: Shapes) -> bool:
        """Whether these pieces fit; then the tree and its shape are those of the new document."""
        new = self._new(pieces)
        if new is None:
            return False
        assert self.slots
        coded = False
        for at, said in new:
            slot = self.slots[at]
            slot.put(said)
            if slot.kind == "code":
                self.codes[at] = said
                coded = True
        self.pieces = pieces
        if coded:
            self.shape = self._shaped(shapes)
        return True

    def _new(self, pieces: Pieces) -> list[tuple[int, str]] | None:
        """The texts that are others in these pieces; None if the pieces do not fit."""
        if len(pieces) != len(self.pieces):
            return None
        others = [*compress(count(), map(ne, self.pieces, pieces))]
        if self.slots is None:
            if not all(pieces[at].startswith(_tag(self.pieces[at])) for at in others):
                return None
            self._learn()
        if not self.slots:
            return None
        new: list[tuple[int, str]] = []
        for at in others:
            slot = self.slots[at]
            if slot.place is None or not pieces[at].startswith(slot.tag):
                return None
            said = meant(pieces[at][len(slot.tag) :])
            # Words that may be blanks: the shape would be another.
            if _FORBIDDEN.search(said) or (slot.kind == "words" and not said.strip()):
                return None
            new.append((at, said))
        return new

    def _learn(self) -> None:
        slots = self.slots = _slots(self.pieces, self.root, self.shape) or []
        self.codes = {at: slot.said for at, slot in enumerate(slots) if slot.kind == "code"}
        self.shapes[tuple(self.codes.values())] = self.shape

    def _shaped(self, shapes: Shapes) -> Shape:
        key = tuple(self.codes.values())
        found = self.shapes.get(key)
        if found is None:
            if len(self.shapes) >= CODES:
                self.shapes.clear()
            found = self.shapes[key] = shapes.of(self.root, self.root.tag)  # type: ignore[arg-type]  # Element keeps the protocol.
        return found


class Slot:
    """A tag, and where the text after it stands in the tree."""

    __slots__ = ("kind", "place", "said", "tag", "within")

    def __init__(
        self, tag: str, place: Element | None, *, within: bool, kind: Kind, said: str
    ) -> None:
        self.tag = tag
        self.place = place  # None: outside of the root; it must stay as it is.
        self.within = within  # In the element, not after it.
        self.kind = kind
        self.said = said  # By the document that was parsed.

    def put(self, said: str) -> None:
        assert self.place is not None
        if self.within:
            self.place.text = said or None
        else:
            self.place.tail = said or None


class Forms:
    """The forms that are kept, by their outline. Whoever takes one has it alone."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes
        self.known: Recent[Outline, list[Form]] = Recent()
        # How often an outline was drawn that has no form yet.
        self.met: Recent[Outline, int] = Recent()
        self.newer = self.older = 0  # Pieces, and outlines without a form, in each half.

    @property
    def held(self) -> int:
        return self.newer + self.older

    def forget(self) -> None:
        self.known.clear()
        self.met.clear()
        self.newer = self.older = 0

    def turn(self) -> None:
        """Drop the forms that were not met since the last turn."""
        self.known.turn()
        self.met.turn()
        self.newer, self.older = 0, self.newer

    def worth_it(self, drawn: Outline) -> bool:
        """Whether documents of this outline came often enough to be cut into pieces."""
        if drawn in self.known:
            return True
        if self.newer > MOST // 2:
            self.turn()
        alike = self.known.again(drawn)
        if alike is not None:
            pieces = sum(len(form.pieces) for form in tuple(alike))
            self.newer += pieces
            self.older -= pieces
            return True
        met = self.met.get(drawn) or self.met.again(drawn) or 0
        self.met[drawn] = met + 1
        if met < ENOUGH:
            self.newer += 1
            return False
        self.met.pop(drawn, None)  # Another thread may have been quicker.
        self.known[drawn] = []
        return True

    def take(self, drawn: Outline, pieces: Pieces) -> Form | None:
        """The form that these pieces fit, filled in."""
        alike = self.known.get(drawn, [])
        for form in tuple(alike):
            try:
                alike.remove(form)
            except ValueError:
                continue  # Another thread has it.
            if form.fill(pieces, self.shapes):
                return form
            alike.append(form)
        return None

    def give(self, form: Form) -> None:
        """Give back a form that was taken."""
        alike = self.known.get(form.drawn)
        if alike is not None and len(alike) < ALIKE:
            alike.insert(0, form)  # The next document is likely of the same sender.

    def learn(self, drawn: Outline, pieces: Pieces, root: Element, shape: Shape) -> Form | None:
        """The form of a document that was parsed; None if there are enough of its outline."""
        if len(self.known.get(drawn, ())) >= ALIKE:
            return None
        self.newer += len(pieces)
        return Form(drawn, root, shape, pieces)


def outline(data: bytes) -> Outline:
    """What documents of one form share, and few others: cheap, and no proof."""
    return data.count(b"<"), data.count(b'"'), data[-ENDS:]


def cut(data: bytes) -> Pieces | None:
    """The pieces of a document; None if only a parser can tell what its bytes mean."""
    if len(data) > LARGEST:
        return None
    try:
        text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError:
        return None
    if "\r" in text:  # XML 1.0 §2.11: a parser sees line feeds alone.
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "<!--" in text:
        text = _without_comments(text)
    if not text or "]]>" in text or ("&" in text and _OTHER_ENTITY.search(text)):
        return None
    pieces = text.split("<")
    return pieces if text.find("<?", 1) < 0 else _without_instructions(pieces)


def _without_comments(text: str) -> str:
    """As if no comment stood there; empty if one stands where or as it may not."""
    first, *rest = text.split("<!--")
    kept = [first]
    for part in rest:
        comment, end, after = part.partition("--")
        # In front of it a tag has ended, be it the declaration, and no entity has begun.
        before = kept[-1]
        if _is_cut(before):
            return ""
        is_between = before.rfind(">") > before.rfind("<") or (
            len(kept) > 1 and not {"<", ">"} & set(before)
        )
        if not (is_between and end and after[:1] == ">") or _FORBIDDEN.search(comment):
            return ""
        kept.append(after[1:])
    return "".join(kept)


def _without_instructions(pieces: Pieces) -> Pieces | None:
    """As if no processing instruction stood there, but for the declaration at the start."""
    kept = pieces[:2]
    for piece in pieces[2:]:
        if piece[:1] != "?":
            kept.append(piece)
            continue
        found = _INSTRUCTION.match(piece)
        stands_right = ">" in kept[-1] and not _is_cut(kept[-1])  # Not inside a tag.
        if not found or not stands_right or _FORBIDDEN.search(found[0]):
            return None
        kept[-1] += piece[found.end() :]
    return kept


def _is_cut(before: str) -> bool:
    """Whether an entity has begun and not ended, which no parser takes."""
    return before.rfind("&") > before.rfind(";")


def meant(text: str) -> str:
    """What a text of a piece says: none has other entities than the five."""
    if "&" in text:
        for written, said in _ENTITIES:
            text = text.replace(written, said)
    return text


def _tag(piece: str) -> str:
    return piece[: piece.find(">") + 1]


def _slots(pieces: Pieces, root: Element, shape: Shape) -> list[Slot] | None:
    """Where each text stands; None unless the pieces say the same as the tree that was parsed.

    As they do, each ends its tag at its first ">": else a text would have a part of the tag.
    """
    slots: list[Slot] = []
    places, parts = root.iter(), iter(_preorder(shape))
    above: list[Element] = []
    for at, piece in enumerate(pieces):
        end = piece.find(">") + 1
        tag, said = piece[:end], meant(piece[end:])
        first = piece[:1]
        if first == "!" or (first == "?" and not (_is_utf8(tag) if at == 1 else not above)):
            return None
        if at == 0 or first == "?":
            slots.append(Slot(piece, None, within=False, kind="between", said=""))
            continue
        within, kind = False, "between"
        if not end or (first == "/" and not above):
            return None
        if first == "/":
            place = above.pop()
        else:
            place = next(places)
            part = next(parts)
            if tag[-2:] != "/>":
                above.append(place)
                within, kind = True, _kind(part)
        outside = place is root and not within
        if not outside and ((place.text if within else place.tail) or "") != said:
            return None
        slots.append(
            Slot(tag, None if outside else place, within=within, kind=kind, said=said)  # type: ignore[arg-type]  # One of the three.
        )
    return slots if next(places, None) is None and not above else None


def _kind(part: Shape) -> Kind:
    if part.parts:
        return "between"
    return "words" if part.full and part.said is FREE else "code"


def _preorder(shape: Shape) -> list[Shape]:
    found: list[Shape] = []
    waiting = [shape]
    while waiting:
        part = waiting.pop()
        found.append(part)
        waiting += reversed(part.parts)
    return found


def _is_utf8(declaration: str) -> bool:
    return "encoding" not in declaration or _UTF8.match(declaration) is not None
