"""What is given up: what waits for somebody's yes, what was lost, what came back, who may."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from usance import models
from usance.actions import explained
from usance.actions import write_offs as action
from usance.domain.mandate import Act, Role, person
from usance.domain.money import Money
from usance.domain.refusal import Refusal
from usance.domain.settlement.losses import DECIDES, MOST_BANDS, Band, Bearer, Cause
from usance.queries import pages
from usance.queries import write_offs as query

from . import desk
from .cash_decide import amount

STATES = {
    "proposed": (gettext_lazy("Waits for a yes"), "warn"),
    "done": (gettext_lazy("Given up"), "bad"),
    "declined": (gettext_lazy("Not given up"), "plain"),
}
CAUSES = {
    Cause.INSOLVENT: gettext_lazy("Insolvent"),
    Cause.DEFAULT: gettext_lazy("Does not pay, whatever was tried"),
    Cause.TIME_BARRED: gettext_lazy("Time-barred"),
    Cause.COMPOSITION: gettext_lazy("A part was agreed to be enough"),
    Cause.UNECONOMIC: gettext_lazy("Dearer to collect than it is"),
    Cause.DISPUTE: gettext_lazy("The debtor is right, or may be"),
}
assert set(CAUSES) == set(Cause), "every cause has its words"
BEARERS = {
    Bearer.FACTOR: gettext_lazy("Our loss"),
    Bearer.CLIENT: gettext_lazy("Charged back to the client"),
    Bearer.SHARED: gettext_lazy("Client and we: limited recourse"),
}
assert set(BEARERS) == set(Bearer), "every bearer has its words"
ROLES = {
    Role.COLLECTION: gettext_lazy("Collection"),
    Role.FINANCE: gettext_lazy("Finance"),
    Role.ADMIN: gettext_lazy("Administrator"),
}
assert set(ROLES) == set(DECIDES), "every role that decides has its word"


class CauseUnknown(Refusal):
    code = "write_off_cause_unknown"
    todo = "Choose one of the causes."


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    views = {"proposed": _("To decide"), "done": _("Given up"), "declined": _("Not given up")}
    view = desk.chosen(request, "view", views)
    waiting = query.rows().filter(state="proposed")
    counts = pages.counted_each([waiting])
    found = pages.page(
        query.rows().filter(state=view), desk.cursor(request), newest_first=view != "proposed"
    )
    context = {
        "views": desk.tabs(request, "view", views, dict(zip(views, counts, strict=False))),
        "view": view,
        "rows": [_drawn(one) for one in query.told(found.rows)],
        "pager": desk.pager(request, found),
    }
    return render(request, "office/write_offs.html", context)


@require_safe
def one(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(query.rows(), pk=pk)
    (told,) = query.told([row])
    may = desk.allowed(request, Act.APPROVE_WRITE_OFF, Act.WRITE_OFF, Act.ALLOCATE_PAYMENT)
    asks = may["allocate_payment"] and told.left.minor > 0
    context = {
        **_drawn(told),
        "digest": action.digest(row),
        "nobodys": row.proposed_by == action.THE_DAY,
        "mine": person(row.proposed_by) == person(desk.actor(request)),
        "may": may,
        "recoveries": row.recoveries.filter(undone_at=None).select_related("line").order_by("pk"),
        "lines": [
            (line, Money(line.unapplied_minor, line.currency)) for line in query.lines_for(row)
        ]
        if asks
        else (),
    }
    return render(request, "office/write_off.html", context)


def _drawn(told: query.Told) -> dict[str, object]:
    word, tone = STATES[told.row.state]
    return {
        "row": told.row, "told": told, "word": word, "tone": tone,
        "cause": CAUSES[Cause(told.row.cause)], "bears": BEARERS[Bearer(told.row.bearer)],
    }  # fmt: skip


@require_POST
@desk.says_no
def propose(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What is outstanding on an invoice."""
    get_object_or_404(models.Invoice, pk=pk)
    row = action.propose(
        pk, cause=_cause(request), reason=request.POST.get("reason", ""), **desk.signed(request)
    )
    return _told(request, row)


@require_POST
@desk.says_no
def propose_claim(request: HttpRequest, pk: UUID, currency: str) -> HttpResponse:
    """What a client owes us, or a part of it."""
    get_object_or_404(models.Client, pk=pk)
    row = action.propose_claim(
        pk, amount(request, request.POST.get("amount", ""), currency), cause=_cause(request),
        reason=request.POST.get("reason", ""), **desk.signed(request),
    )  # fmt: skip
    return _told(request, row)


def _told(request: HttpRequest, row: models.WriteOff) -> HttpResponse:
    waits = _("Proposed. Somebody whose authority it takes says yes.")
    desk.told(request, waits if row.state == "proposed" else _("Given up, and booked."))
    return redirect("write_off", pk=row.pk)


def _cause(request: HttpRequest) -> Cause:
    said = request.POST.get("cause", "")
    if said not in set(Cause):
        raise CauseUnknown(f"“{said}” is no cause")
    return Cause(said)


@require_POST
@desk.says_no
def agree(request: HttpRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(models.WriteOff, pk=pk)
    row = action.agree(pk, seen=request.POST.get("digest", ""), **desk.signed(request))
    return _told(request, row)


@require_POST
@desk.says_no
def decline(request: HttpRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(models.WriteOff, pk=pk)
    action.decline(pk, remark=request.POST.get("remark", ""), **desk.signed(request))
    desk.told(request, _("It is not given up."))
    return redirect("write_off", pk=pk)


@require_POST
@desk.says_no
def recover(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A receipt pays what was written off after all."""
    row = get_object_or_404(models.WriteOff, pk=pk)
    line = get_object_or_404(models.BankLine, pk=desk.key(request.POST.get("line")))
    explained.recovered(
        line.pk, row.pk, amount(request, request.POST.get("amount", ""), row.currency),
        **desk.signed(request),
    )  # fmt: skip
    desk.told(request, _("Recovered: the loss is smaller."))
    return redirect("write_off", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def authority(request: HttpRequest) -> HttpResponse:
    """Who may give up how much."""
    bands, no = query.bands(), None
    if request.method == "POST":
        bands = _bands(request)
        try:
            action.set_authority(
                bands, reason=request.POST.get("reason", ""), **desk.signed(request)
            )
        except Refusal as refusal:
            no = {"says": desk.sentence(refusal), "todo": refusal.todo, "code": refusal.code}
        else:
            desk.told(request, _("Set. It holds from now on."))
            return redirect("write_off_authority")
    context = {
        "bands": [*bands, *[None] * (MOST_BANDS - len(bands))],
        "roles": list(ROLES.items()),
        "history": models.WriteOffAuthority.objects.order_by("-pk")[:20],
        "no": no,
        "reason": request.POST.get("reason", ""),
        "may": desk.allowed(request, Act.SET_AUTHORITY),
    }
    return render(request, "office/write_off_authority.html", context, status=409 if no else 200)


def _bands(request: HttpRequest) -> tuple[Band, ...]:
    """As typed: rows without a role are none; a bound that is no number is none of ours, and the
    rule says so."""
    found = []
    for place in range(1, MOST_BANDS + 1):
        role, said = request.POST.get(f"role-{place}", ""), request.POST.get(f"up-to-{place}", "")
        if role not in set(Role):
            continue
        bare = "".join(said.split())
        number = int(bare) if bare.isascii() and bare.isdigit() and len(bare) <= 12 else 0
        found.append(
            Band(
                up_to_units=number if bare else None, role=Role(role),
                people=1 if request.POST.get(f"people-{place}") == "1" else 2,
            )
        )  # fmt: skip
    return tuple(found)
