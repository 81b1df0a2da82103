"""Schedules of assignment, drawn for the office and for the client alike."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from usance import models
from usance.queries import pages, seals
from usance.queries import schedules as query
from usance.web import lists, pdfs


def listing(request: HttpRequest, *, client: models.Client | None) -> dict[str, object]:
    """A page of schedules: all, or what waits for signatures. `client`: whose; None: anybody's."""
    views = {"all": _("All"), "to_sign": _("Wait for signature")}
    view = lists.chosen(request, "view", views)
    pk = client.pk if client else lists.key(request.GET.get("client"))
    whose = query.rows() if pk is None else query.rows().filter(client_id=pk)
    waiting = query.to_sign(pk)
    counts = pages.counted_each([waiting])
    found = pages.page(
        waiting if view == "to_sign" else whose, lists.cursor(request), newest_first=True
    )
    return {
        "views": lists.tabs(request, "view", views, {"to_sign": counts[0]}),
        "view": view,
        "rows": [_listed(one) for one in found.rows],
        "pager": lists.pager(request, found),
    }


def drawn(row: models.Schedule) -> dict[str, object]:
    """One schedule as `queries.schedules.whole` gives it."""
    back = query.taken_back(row.pk)
    seal = seals.known()
    return _listed(row, back=back) | {
        "lines": query.claims(row),
        "signatures": sorted(row.signatures.all(), key=lambda one: one.at),
        "paper": query.newest_paper(row),
        "open": row.signers > _signed(row) and not back,
        "left": row.signers - _signed(row),
        "intent": query.intent(row),
        "fingerprint": seal.fingerprint if seal else "",
    }


def download(row: models.Schedule) -> HttpResponse:
    data = query.document(row)
    if data is None:
        raise Http404("it is printed within a minute")
    return pdfs.download(data, pdfs.file_name("schedule", row.number))


def _listed(row: models.Schedule, *, back: bool = False) -> dict[str, object]:
    signed = _signed(row)
    if back and signed < row.signers:
        word, tone = _("Taken back"), "odd"
    elif not row.signers:
        word, tone = _("No signature asked for"), "plain"
    elif signed < row.signers:
        told = {"signed": signed, "of": row.signers}
        word, tone = _("Signed by %(signed)s of %(of)s") % told, "warn"
    else:
        word, tone = _("Signed"), "good"
    return {"row": row, "word": word, "tone": tone}


def _signed(row: models.Schedule) -> int:
    signed: int = row.signed  # type: ignore[attr-defined]  # Counted by the query.
    return signed
