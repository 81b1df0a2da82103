"""Everything in a file that was handed in: itself, and what is wrapped in it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from usance import plugins
from usance.domain.finding import Finding
from usance.plugins import Unreadable

from . import LEVELS, Budget
from ._names import refused, shown

KIND = "wrappings"


@dataclass(slots=True, kw_only=True)
class Piece:
    """A file. `wrapping` is the plug-in that opened it; empty: it is no wrapping."""

    name: str
    data: bytes
    media_type: str
    within: "Piece | None" = None
    wrapping: str = ""
    findings: list[Finding] = field(default_factory=list)


def opened(name: str, data: bytes, media_type: str) -> list[Piece]:
    """The file first, each wrapping before what is in it. What is refused is a finding of the
    wrapping in which it lies; nothing is raised."""
    whole = Piece(name=name, data=data, media_type=media_type)
    return [whole, *_inside(whole, Budget(), levels=LEVELS)]


def wrapping_of(data: bytes) -> str:
    """The plug-in that opens it; empty: none does."""
    return next((one for one in plugins.names(KIND) if plugins.load(KIND, one).sniff(data)), "")


def _inside(outer: Piece, budget: Budget, *, levels: int) -> Iterator[Piece]:
    outer.wrapping = wrapping_of(outer.data)
    if not outer.wrapping:
        return
    if not levels:
        says, todo = "it lies too deep", "Pack it only once, or send it as it is."
        outer.findings.append(refused("nested_too_deep", outer.name, says, todo))
        return
    module = plugins.load(KIND, outer.wrapping)
    outer.media_type = module.MEDIA_TYPE
    try:
        for member in module.unpack(outer.data, outer.name, budget):
            if member.finding is not None:
                outer.findings.append(member.finding)
                continue
            piece = Piece(
                name=f"{outer.name}/{member.name}",
                data=member.data, media_type=member.media_type, within=outer,
            )  # fmt: skip
            yield piece
            yield from _inside(piece, budget, levels=levels - 1)
    except Unreadable as wrong:
        todo = f"Pack “{shown(outer.name)}” anew, or hand in the files themselves."
        outer.findings.append(
            Finding(code="wrapping_refused", says=_said(wrong.says), where=wrong.where, todo=todo)
        )


def _said(says: str) -> str:
    return says[:1].upper() + says[1:] + "."
