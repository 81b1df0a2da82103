"""Carriers: do they answer, who gets how much of a kind, and a person's word on that."""

from collections import Counter
from collections.abc import Iterator, Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from usance.actions import carriers as action
from usance.domain.carriers import Breaker
from usance.domain.distribution import Kind
from usance.queries import carriers, outside
from usance.queries.carriers import Board
from usance.web import delivered

from . import desk

MOST_PARTS = 100


def card() -> dict[str, object]:
    """For office/carriers.html: every carrier, and the kinds that several of them share."""
    try:
        boards = carriers.board()
        return {"carriers": _rows(boards), "shared": list(_shared(boards)), "carriers_no": None}
    except outside.NotConfigured as no:
        fault = {"says": desk.sentence(no), "todo": no.todo}
        return {"carriers": [], "shared": [], "carriers_no": fault}


@require_POST
@desk.says_no
def share(request: HttpRequest, kind: str) -> HttpResponse:
    """Hold what each carrier of a kind gets, or let success decide again."""
    if kind not in list(Kind):
        raise Http404("no such channel")
    of, name = Kind(kind), delivered.KINDS[Kind(kind)]
    if request.POST.get("do") == "let_go":
        action.pin(of, {}, **desk.signed(request))
        desk.told(request, _("%(kind)s: success decides again who gets how much.") % {"kind": name})
    else:
        parts = {
            carrier: _parts(request.POST[f"parts-{carrier}"])
            for carrier in outside.weights_of(of)
            if f"parts-{carrier}" in request.POST
        }
        if not parts:
            raise action.NoSuchShare(f"no share of {of} was given")
        action.pin(of, parts, **desk.signed(request))
        desk.told(request, _("%(kind)s: these shares hold from now on.") % {"kind": name})
    return redirect(f"{reverse('deliveries')}#carriers")


def _parts(text: str) -> int:
    """:raises NoSuchShare: for what is no whole number from 0 to 100."""
    bare = text.strip()
    if not (bare.isascii() and bare.isdigit() and len(bare) < 4 and int(bare) <= MOST_PARTS):
        raise action.NoSuchShare(f"“{bare[:20]}” is no whole number from 0 to {MOST_PARTS}")
    return int(bare)


def _rows(boards: Sequence[Board]) -> list[dict[str, object]]:
    now, resting = Counter[Kind](), Counter[Kind]()
    for board in boards:
        for part in board.shares:
            now[part.kind] += part.now
            resting[part.kind] += part.resting
    return [
        {
            "row": board,
            "standing": _standing(board),
            "paused": board.breaker is not Breaker.CLOSED,
            "shares": [
                {"kind": delivered.KINDS[part.kind], "pinned": part.pinned is not None,
                 "now": _percent(part.now, now[part.kind]),
                 "resting": _percent(part.resting, resting[part.kind])}
                for part in board.shares
            ],
        }
        for board in boards
    ]  # fmt: skip


def _standing(board: Board) -> tuple[str, str]:
    """Word and tone."""
    if board.breaker is Breaker.OPEN:
        return _("Paused"), "bad"
    if board.breaker is Breaker.HALF_OPEN:
        return _("Being tried"), "warn"
    if board.waits:
        return _("Asked us to wait"), "warn"
    if board.lowered:
        return _("Works, gets less"), "warn"
    return (_("Works"), "good") if board.calls else (_("Not called yet"), "plain")


def _shared(boards: Sequence[Board]) -> Iterator[dict[str, object]]:
    """A form for each kind with more than one carrier; with one there is nothing to share."""
    said = carriers.said()
    for kind in Kind:
        parts = [
            {"carrier": board.name, "parts": part.resting if part.pinned is None else part.pinned,
             "resting": part.resting}
            for board in boards
            for part in board.shares
            if part.kind is kind
        ]  # fmt: skip
        if len(parts) > 1:
            yield {
                "kind": kind, "name": delivered.KINDS[kind], "parts": parts,
                "pin": said.get(kind),
            }  # fmt: skip


def _percent(part: int, whole: int) -> int:
    """Rounded half up; 0 of nothing: everybody is paused."""
    return (200 * part + whole) // (2 * whole) if whole else 0
