"""What came back from carriers and waits for a person: corrected addresses, spoilt ones, papers
that arrived twice. Reports that nobody understands are placed elsewhere: parked.py."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from usance import models
from usance.actions import addresses
from usance.domain.distribution import Kind
from usance.domain.mandate import Act
from usance.queries import pages, reach

from . import desk
from .rooms import rooms
from .standing import KINDS

FIELDS = ("street", "postcode", "city", "country", "email")
OF_A_LETTER = ("street", "postcode", "city", "country")


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    views = {
        "proposals": _("Corrected addresses"),
        "spoilt": _("Spoilt addresses"),
        "doubles": _("Arrived twice"),
        "lifted": _("Lifted"),
        "decided": _("Decided"),
    }
    view = desk.chosen(request, "view", views)
    rows = _rows(view)
    found = pages.page(rows, desk.cursor(request))
    counts = {
        "proposals": pages.counted(reach.proposals()),
        "spoilt": pages.counted(reach.suppressions()),
        "doubles": pages.counted(reach.doubles()),
    }
    context = {
        "rooms": rooms("spoilt" if view in {"spoilt", "lifted"} else "came_back"),
        "view": view,
        "views": desk.tabs(request, "view", views, counts),
        "rows": _drawn(view, found.rows),
        "pager": desk.pager(request, found),
        "may": desk.allowed(request, Act.EDIT_PARTY, Act.RESEND),
    }
    return render(request, "office/came_back.html", context)


def _rows(view: str) -> "QuerySet[object]":
    return {
        "proposals": lambda: reach.proposals(),
        "decided": lambda: reach.proposals(decided=True),
        "spoilt": lambda: reach.suppressions(),
        "lifted": lambda: reach.suppressions(lifted=True),
        "doubles": lambda: reach.doubles(),
    }[view]()


def _drawn(view: str, rows: Iterable[object]) -> list[dict[str, object]]:
    if view in {"proposals", "decided"}:
        return proposals(rows)  # type: ignore[arg-type] # Of the view.
    if view in {"spoilt", "lifted"}:
        return suppressions(rows)  # type: ignore[arg-type] # Of the view.
    return [
        {"row": row, "first": KINDS[Kind(row.first.kind)], "second": KINDS[Kind(row.second.kind)]}
        for row in rows
        if isinstance(row, models.DoubleDelivery)
    ]


def proposals(rows: Iterable[models.AddressProposal]) -> list[dict[str, object]]:
    """For office/proposal.html: the fields as they are now and as they would become."""
    drawn = []
    for row in rows:
        names = ("email",) if row.kind == Kind.EMAIL else OF_A_LETTER
        dispatch = row.event.dispatch
        drawn.append({
            "row": row,
            "kind": KINDS[Kind(row.kind)],
            "invoice": dispatch.invoice if dispatch else None,
            "understood": bool(row.columns),
            "fields": [
                {"name": name, "label": _LABELS[name](), "now": getattr(row.debtor, name),
                 "new": row.columns.get(name, "")}
                for name in names
            ],
        })  # fmt: skip
    return drawn


def suppressions(rows: Iterable[models.Suppression]) -> list[dict[str, object]]:
    return [
        {"row": row, "kind": KINDS[Kind(row.kind)], "debtor": row.dispatch.invoice.debtor}
        for row in rows
    ]


_LABELS = {
    "street": lambda: _("Street"),
    "postcode": lambda: _("Postcode"),
    "city": lambda: _("City"),
    "country": lambda: _("Country"),
    "email": lambda: _("E-mail"),
}


@require_POST
@desk.says_no
def accept(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take the address over, as it stands in the fields."""
    get_object_or_404(models.AddressProposal, pk=pk)
    wrote = {name: request.POST[name] for name in FIELDS if name in request.POST}
    row = addresses.accept(pk, columns=wrote or None, **desk.signed(request))
    desk.told(
        request,
        _("%(name)s has its new address. What waited for it is sent again.")
        % {"name": row.debtor.name},
    )
    return redirect(desk.back(request, "came_back"))


@require_POST
@desk.says_no
def decline(request: HttpRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(models.AddressProposal, pk=pk)
    addresses.decline(pk, remark=request.POST.get("remark", ""), **desk.signed(request))
    desk.told(request, _("The address stays as it is."))
    return redirect(desk.back(request, "came_back"))


@require_POST
@desk.says_no
def lift(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The address may be used again."""
    get_object_or_404(models.Suppression, pk=pk)
    row = addresses.lift(pk, remark=request.POST.get("remark", ""), **desk.signed(request))
    desk.told(request, _("%(address)s is used again.") % {"address": row.address})
    return redirect(desk.back(request, "came_back"))
