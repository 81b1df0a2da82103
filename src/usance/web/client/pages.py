"""A client's own invoices: how far they came, whether they arrived, whether they are paid.

Every question names the client of the user who signed in; another's id is 404 like one that never
was. Clients look and download; nothing is decided here.
"""

from collections.abc import Iterator, Sequence
from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from usance import clock, models
from usance.domain.distribution import EVIDENCE, Kind, Paper, State
from usance.domain.invoice import Stage
from usance.domain.mandate import Role
from usance.domain.money import Money, zero
from usance.domain.refusal import Refusal
from usance.queries import evidence, invoices, offers, own, parcels, quarantine, schedules
from usance.queries.invoices import Row, View
from usance.shared.models import User
from usance.web import delivered, exports, lists, pdfs

from .words import stands, told

VIEWS = {
    View.ALL: gettext_lazy("All"),
    View.RECEIVED: gettext_lazy("Received"),
    View.FUNDED: gettext_lazy("Funded"),
    View.OVERDUE: gettext_lazy("Overdue"),
    View.DISPUTED: gettext_lazy("Disputed"),
    View.SETTLED: gettext_lazy("Settled"),
    View.REJECTED: gettext_lazy("Not bought"),
}
assert tuple(VIEWS) == own.VIEWS, "every view has its tab"
COLUMNS = (
    "number", "kind", "debtor", "state", "face", "outstanding", "currency", "issued_on", "due_on",
    "days_overdue", "channel", "delivery", "evidence",
)  # fmt: skip
SERVED = frozenset({"application/pdf", "application/xml", "text/xml", "text/csv", "text/plain"})
TOGETHER = 500  # Rows of an export whose deliveries are asked for at once.


@require_safe
def invoices_page(request: HttpRequest) -> HttpResponseBase:
    client, today = client_of(request), clock.now().date()
    view = View(lists.chosen(request, "view", VIEWS))
    words = request.GET.get("q", "").strip()[:100]
    if exports.wanted(request):
        rows = own.every(client.pk, view, words, today=today)
        return exports.answer(request, f"invoices-{today}", COLUMNS, _cells(rows))
    found = own.listed(client.pk, view, words, lists.cursor(request), today=today)
    counts = invoices.counts(today=today, client=client.pk)
    sent = own.deliveries([row.id for row in found.rows])
    owed = own.owed(client.pk, today=today)
    context = {
        "client": client,
        "rows": [_shown(row, sent.get(row.id)) for row in found.rows],
        "found": found.count,
        "views": lists.tabs(request, "view", VIEWS, counts),
        "tiles": [
            {"name": VIEWS[one], "figure": counts[one], "unit": "",
             "tone": tone if counts[one] else "",
             "url": f"?view={one.value}", "note": note, "amounts": owed.get(one, ())}
            for one, tone, note in (
                (View.FUNDED, "", _("bought, not paid yet")),
                (View.OVERDUE, "warn", _("past their due day")),
                (View.DISPUTED, "bad", _("the debtor objects")),
                (View.SETTLED, "good", _("paid and closed")),
            )
        ],
        "pager": lists.pager(request, found.page),
        "words": words,
        "to_sign": schedules.to_sign(client.pk).exists(),
        "offered": offers.matching(offers.State.OFFERED, client.pk).count(),
        "view": view,
        "filters": lists.chips(request, {"q": _("Search")}),
    }  # fmt: skip
    return render(request, "client/invoices.html", context)


@require_safe
def invoice_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    client = client_of(request)
    found = own.whole(client.pk, pk, today=clock.now().date())
    if found is None:
        raise Http404("this client has no such invoice")
    word, tone = stands(
        Stage(found.row.stage), disputed=found.dispute is not None, held=found.is_held,
        days_overdue=found.days_overdue,
    )  # fmt: skip
    context = {
        "client": client,
        "found": found,
        "row": found.row,
        "word": word,
        "tone": tone,
        "paid": _paid(found),
        "disputed_part": _disputed(found),
        "deliveries": list(delivered.deliveries(found.dispatches)),
        "documents": [(one, _document_name(one)) for one in found.documents],
        "timeline": [told(line) for line in found.diary],
    }
    return render(request, "client/invoice.html", context)


def _disputed(found: own.Whole) -> Money | None:
    """None: there is no dispute, or it is over all of the invoice."""
    dispute = found.dispute
    if dispute is None or dispute.amount_minor is None:
        return None
    return Money(dispute.amount_minor, found.row.currency)


@require_safe
def certificate(request: HttpRequest, pk: UUID) -> HttpResponse:
    client = client_of(request)
    if not own.has(client.pk, pk):
        raise Http404("this client has no such invoice")
    language = request.GET.get("language", "") or request.LANGUAGE_CODE
    try:
        facts = evidence.of(pk, at=clock.now(), is_outward=True)
    except Refusal as no:
        context = {"client": client, "says": str(no), "todo": no.todo}
        return render(request, "client/refused.html", context, status=409)
    return pdfs.download(
        evidence.printed(facts, language), pdfs.file_name("certificate", facts.number)
    )


@require_safe
def document(request: HttpRequest, pk: UUID, sha256: str) -> HttpResponse:
    """The bytes of a document of this invoice."""
    found = own.document(client_of(request).pk, pk, sha256)
    if found is None:
        raise Http404("this client has no such document")
    try:
        quarantine.check(found.sha256)
    except quarantine.Infected as no:
        context = {"client": client_of(request), "says": str(no), "todo": no.todo}
        return render(request, "client/refused.html", context, status=403)
    kind = found.media_type.partition(";")[0].strip().lower()
    served = kind if kind in SERVED else "application/octet-stream"
    answer = HttpResponse(parcels.stored(found.sha256), content_type=served)
    answer["Content-Disposition"] = content_disposition_header(True, found.name) or "attachment"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def client_of(request: HttpRequest) -> models.Client:
    """The client of whoever signed in; its book is the one that this process serves."""
    user = request.user
    pk = getattr(user, "client_id", None)
    found = own.client(pk) if pk is not None else None
    if found is None:
        raise Http404("no client of this book")
    return found


def signed(request: HttpRequest) -> dict[str, Any]:
    """Role, moment and actor, as every action wants them."""
    user = cast(User, request.user)  # The door let only users in.
    return {"role": Role(user.role), "at": clock.now(), "actor": f"user:{user.get_username()}"}


def _shown(row: Row, sent: models.Dispatch | None) -> dict[str, object]:
    word, tone = stands(
        row.stage, disputed=row.disputed, held=row.held,
        days_overdue=row.days_overdue if row.outstanding else 0,
    )  # fmt: skip
    state = State(sent.state) if sent else None
    return {
        "row": row, "word": word, "tone": tone, "sent": sent,
        "part": row.outstanding and row.outstanding != row.face,
        "is_paid": row.stage is Stage.SETTLED or row.outstanding == zero(row.face.currency),
        "delivery": delivered.STATES[state][0] if state else "",
        "kind": delivered.KINDS[Kind(sent.kind)] if sent else "",
        "proof": delivered.proof(EVIDENCE[state]) if state else None,
    }  # fmt: skip


def _cells(rows: Iterator[Row]) -> Iterator[Sequence[exports.Cell]]:
    """Rows with their deliveries, some at a time."""
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == TOGETHER:
            yield from _with_deliveries(batch)
            batch = []
    yield from _with_deliveries(batch)


def _with_deliveries(rows: Sequence[Row]) -> Iterator[Sequence[exports.Cell]]:
    sent = own.deliveries([row.id for row in rows])
    for row in rows:
        one = sent.get(row.id)
        left = row.outstanding
        yield (
            row.number, row.kind, row.debtor, row.stage.value, row.face.decimal,
            left.decimal if left is not None else None, row.face.currency, row.issued_on,
            row.due_on, row.days_overdue, one.kind if one else "", one.state if one else "",
            EVIDENCE[State(one.state)].name.lower() if one else "",
        )  # fmt: skip


def _paid(found: own.Whole) -> tuple[object, str]:
    """How the debtor's payment stands: a word and its tone."""
    if found.row.kind == "credit_note":
        return _("Nothing is to be paid"), "plain"
    if found.row.stage == Stage.SETTLED:
        return _("Paid"), "good"
    if found.outstanding is None:
        return _("Not with us for payment"), "plain"
    if not found.outstanding:
        return _("Paid"), "good"
    if found.paid:
        return _("Paid in part"), "warn"
    return (_("Late"), "bad") if found.days_overdue else (_("Not due yet"), "info")


def _document_name(one: own.Kept) -> object:
    if one.dispatch is None:
        return _("As we received it from you")
    return _("Sent to the debtor: %(paper)s by %(kind)s") % {
        "paper": delivered.PAPERS[Paper(one.dispatch.paper)],
        "kind": delivered.KINDS[Kind(one.dispatch.kind)],
    }
