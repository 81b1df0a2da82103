"""One invoice typed by hand: the sums follow every line, the rules are asked before it is taken in.

Without scripts every button sends the form and gets it back with all that was typed.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from usance import clock, models
from usance.actions import intake
from usance.domain import intake as rules
from usance.domain.finding import Finding, Severity, blocking
from usance.domain.intake.entry import paper
from usance.domain.invoice import Invoice
from usance.domain.mandate import Act
from usance.domain.refusal import Refusal
from usance.domain.verification.profiles import Profile
from usance.plugins.einvoices import _verdict, ubl
from usance.queries import companies

from . import desk, entry_shown
from .entry_form import Form, client_of, entry_of, typed
from .entry_shown import LISTED


def new(request: HttpRequest) -> HttpResponse:
    """The form. `act`: add, remove:N, save; anything else shows the sums again."""
    act = request.POST.get("act", "")
    form = typed(request.POST, act)
    if request.method != "POST":
        return _page(request, form, None, ())
    made = paper(entry_of(form))
    claim, faults = rules.receivable(made)
    found = _findings(made) if claim else ()
    stops = [*form.faults, *blocking(faults)]
    if act == "save":
        is_sure = request.POST.get("anyway") == "yes"
        if not stops and claim is not None and (is_sure or not blocking(found)):
            try:
                return _save(request, form, made)
            except Refusal as no:
                says, todo = desk.sentence(no), no.todo
                stops = [Finding(code=no.code, says=says, todo=todo, severity=Severity.FATAL)]
        return _page(request, form, made, (*stops, *found), asked=True, status=422)
    return _page(request, form, made, (*form.faults, *faults, *found))


@require_safe
def debtors(request: HttpRequest) -> HttpResponse:
    """Suggestions for the debtor's field."""
    rows = companies.debtors(request.GET.get("debtor", "").strip()[:100])
    return render(
        request, "office/entry_debtors.html", {"debtors": rows.order_by("name_key")[:LISTED]}
    )


def _save(request: HttpRequest, form: Form, made: Invoice) -> HttpResponse:
    client = client_of(form)
    assert client is not None, "a form without a client has a fault"
    batch = intake.receive(
        [
            intake.File(
                name=f"{made.number}.xml", data=ubl.write(made, {}), media_type=ubl.MEDIA_TYPE
            )
        ],
        client=client.pk,
        way="office",
        **desk.signed(request),
    )
    row = models.Invoice.objects.filter(file__batch=batch).first()
    if row is None:
        return redirect("batch", pk=batch.pk)
    desk.told(request, _("%(number)s was taken in") % {"number": row.number})
    return redirect("invoice", pk=row.pk)


def _page(
    request: HttpRequest,
    form: Form,
    made: Invoice | None,
    findings: tuple[Finding, ...],
    *,
    asked: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {
        **entry_shown.shown(request, form, made),
        "findings": findings,
        "stopped": asked,
        "may_insist": asked and not form.faults,
        "may": desk.allowed(request, Act.TAKE_IN),
    }
    return render(request, "office/entry_new.html", context, status=status)


def _findings(made: Invoice) -> tuple[Finding, ...]:
    """What the official rules say of the paper that would be kept."""
    data, today = ubl.write(made, {}), clock.now().date()
    return _verdict.verdict(data, profile=Profile.EN16931, on=today, today=today).findings
