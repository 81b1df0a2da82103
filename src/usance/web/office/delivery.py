"""One delivery: what exactly was sent, what the carrier said, and what a person may do about it."""

import base64
from collections.abc import Iterator
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from usance import clock, models
from usance.actions import distribution, resend
from usance.domain.distribution import OPEN, Kind, Paper, State
from usance.domain.mandate import Act
from usance.letters import preview
from usance.queries import channels, evidence, parked, sent
from usance.web import delivered

from . import desk
from .diary_words import told
from .documents import as_text

DRAWN = 4  # Pages of a paper that is not sent yet.
SHOWN = 60_000  # Characters of an attachment that is text.
PDF = "application/pdf"


@require_safe
def delivery(request: HttpRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(models.Dispatch, pk=pk)
    row = channels.one(pk)
    made = sent.sent(row)
    context = {
        **delivered.delivery(row),
        "unknown": row.state == State.UNKNOWN,
        "open": State(row.state) in OPEN,
        "next": channels.followed([row], today=clock.now().date()).get(row.pk),
        "corrected": channels.corrected([row]).get(row.pk, ""),
        "address": evidence.reached(row.address).items(),
        "held": getattr(row, "proof", None),
        "sent": made,
        "pieces": [_piece(one, request) for one in made.pieces] if made else [],
        "kinds": [(kind, delivered.KINDS[kind], kind == row.kind) for kind in sent.kinds_for(row)],
        "timeline": [told(line) for line in channels.diary(row)],
        "may": desk.allowed(request, Act.RESEND),
    }
    return render(request, "office/delivery.html", context)


def _piece(one: sent.Piece, request: HttpRequest) -> dict[str, object]:
    """A PDF as a picture of one of its pages, text as text, anything else by its name."""
    said = {"row": one, "size": len(one.content)}
    if one.media_type == PDF:
        try:
            pages = preview.count(one.content)
        except preview.NoPreview as no:
            return said | {"says": f"{no} {no.todo}"}
        asked = request.GET.get("page", "")
        number = min(int(asked), pages) if asked.isdigit() and 0 < len(asked) < 6 else 1
        number = max(number, 1)
        return said | {
            "pages": pages, "number": number,
            "picture": reverse("document_page", args=[one.sha256, number]),
            "before": f"?page={number - 1}#paper" if number > 1 else "",
            "after": f"?page={number + 1}#paper" if number < pages else "",
        }  # fmt: skip
    text = as_text(one.content)
    if text is None:
        return said
    return said | {"text": text[:SHOWN], "cut": len(text) > SHOWN}


@require_safe
@desk.says_no
def would_be(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    """The same paper as it would go out now by a channel that reaches its debtor."""
    get_object_or_404(models.Dispatch, pk=pk)
    row = channels.one(pk)
    if kind not in sent.kinds_for(row):
        raise Http404("no such channel")
    made = sent.would_be(pk, Kind(kind))
    context = {
        "row": row,
        "kind": delivered.KINDS[Kind(kind)],
        "paper": delivered.PAPERS[Paper(row.paper)],
        "sent": made,
        "to": delivered.reached_at(made.address),
        "pieces": [_drawn(one) for one in made.pieces],
    }
    return render(request, "office/delivery_preview.html", context)


def _drawn(one: sent.Piece) -> dict[str, object]:
    """A PDF as pictures of its first pages, text as text."""
    said: dict[str, object] = {"row": one, "size": len(one.content)}
    if one.media_type != PDF:
        text = as_text(one.content) or ""
        return said | {"text": text[:SHOWN]}
    try:
        pages = preview.count(one.content)
        pictures = [preview.preview(one.content, page=n) for n in range(min(pages, DRAWN))]
    except preview.NoPreview as no:
        return said | {"says": f"{no} {no.todo}"}
    return said | {
        "pages": pages,
        "pictures": [base64.b64encode(picture).decode() for picture in pictures],
    }


@require_safe
def message(request: HttpRequest, pk: UUID) -> HttpResponse:
    """An e-mail with its looks, as it was sent. Nothing in it runs or is fetched."""
    made = sent.sent(get_object_or_404(models.Dispatch, pk=pk))
    if made is None or not made.html:
        raise Http404("no such message")
    response = HttpResponse(made.html)
    response["Content-Security-Policy"] = (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    )
    return response


@require_POST
@desk.says_no
def resolve(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A person says what became of an unknown one."""
    get_object_or_404(models.Dispatch, pk=pk)
    went_out = request.POST.get("outcome") == "went_out"
    distribution.resolve_unknown(pk, went_out=went_out, **desk.signed(request))
    desk.told(request, _("Noted: it went out") if went_out else _("It is sent again"))
    return redirect(desk.back(request, "deliveries"))


@require_POST
@desk.says_no
def send_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same paper by a channel of the person's choice."""
    get_object_or_404(models.Dispatch, pk=pk)
    kind = request.POST.get("kind", "")
    if kind not in list(Kind):
        raise Http404("no such channel")
    wanted = resend.Wanted(dispatch=pk, kind=Kind(kind), reason=request.POST.get("reason", ""))
    new = resend.resend(wanted, **desk.signed(request))
    desk.told(request, _("It goes out by %(kind)s.") % {"kind": delivered.KINDS[Kind(kind)]})
    return redirect("delivery", pk=new.pk)


@require_safe
def report(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One report of a carrier, as it came."""
    found = parked.one(pk)
    if found is None:
        raise Http404("no such report")
    decision = getattr(found, "decision", None)
    context = {
        "event": delivered.event(found),
        "row": found,
        "decision": decision,
        "dispatch": decision.dispatch if decision else found.dispatch,
        "kept": [(name, value) for name, value in _kept(found) if value],
    }
    return render(request, "office/report.html", context)


def _kept(row: models.DeliveryEvent) -> Iterator[tuple[str, str]]:
    """What the carrier said, word for word; its times and what it proves stand above."""
    yield _("Carrier"), row.carrier
    yield _("Its word"), row.code
    yield _("Its sentence"), row.detail
    yield _("Better address"), row.corrected_address
    yield _("Its number of the report"), row.event_id
    yield _("SHA-256 of what it sent"), row.raw_id or ""
