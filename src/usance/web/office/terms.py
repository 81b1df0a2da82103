"""Terms with a client: write them down, see what they cost, let a second person decide."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from usance import clock, models
from usance.actions import terms as action
from usance.domain.finance import Agreement, Quote, RateMissing, in_words
from usance.domain.mandate import Act
from usance.domain.refusal import Refusal
from usance.queries import facilities, quotes, rates_missing

from . import desk, terms_begun, terms_form, terms_groups
from .terms_form import NAMES

DECISIONS = {
    "": "Waits for a second person", "in_force": "Put in force", "withdrawn": "Withdrawn",
}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, pk: UUID) -> HttpResponse:
    """New terms: typed, looked at with what they cost, then proposed."""
    client = get_object_or_404(models.Client, pk=pk)
    today = clock.now().date()
    if request.method != "POST":
        now = facilities.known(pk).filter(valid_to=None).order_by("-valid_from").first()
        product = request.GET.get("product", "")
        form = terms_form.Terms(initial=terms_begun.initial(now, product=product, today=today))
        return _written(request, client, form)
    form = terms_form.Terms(request.POST)
    if not form.is_valid():
        return _written(request, client, form, status=422)
    said = form.agreement()
    if "look" in request.POST:
        return _written(request, client, form, said=said)
    try:
        row = action.propose(pk, said, **desk.signed(request))
    except Refusal as no:
        return _written(request, client, form, no=no, status=409)
    desk.told(request, _("Proposed. They hold when a second person puts them in force."))
    return redirect("terms_proposal", pk=row.pk)


def _written(
    request: HttpRequest,
    client: models.Client,
    form: terms_form.Terms,
    *,
    said: Agreement | None = None,
    no: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "client": client,
        "form": form,
        "groups": list(terms_groups.grouped(form)),
        "products": [(one.value, name) for one, name in NAMES.items()],
        "no": {"says": desk.sentence(no), "todo": no.todo, "code": no.code} if no else None,
        "faults": facilities.faults(said) if said else [],
        "may": desk.allowed(request, Act.SET_LIMIT),
    }
    if said and not context["faults"]:
        context |= _cost(said, clock.now().date())
    return render(request, "office/terms_write.html", context, status=status)


@require_safe
def proposal(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(models.FacilityProposal.objects.select_related("client"), pk=pk)
    said = row.agreement()
    context = {
        "row": row,
        "client": row.client,
        "word": _(DECISIONS[row.decision]),
        "product": NAMES[said.product],
        "said": said,
        "may": desk.allowed(request, Act.SET_LIMIT),
        "mine": row.proposed_by == desk.actor(request),
        **_cost(said, clock.now().date()),
    }
    return render(request, "office/terms_proposal.html", context)


@require_POST
@desk.says_no
def approve(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A second person puts in force what was shown."""
    row = get_object_or_404(models.FacilityProposal, pk=pk)
    facility = action.put_in_force(pk, seen=request.POST.get("digest", ""), **desk.signed(request))
    desk.told(request, _("The new terms hold from %(day)s") % {"day": facility.valid_from})
    return redirect("client", pk=row.client_id)


@require_POST
@desk.says_no
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(models.FacilityProposal, pk=pk)
    action.withdraw(pk, **desk.signed(request))
    desk.told(request, _("The proposal is withdrawn."))
    return redirect("client", pk=row.client_id)


@require_safe
def facility(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One row of what was agreed: in words, with an example, and since when we know it."""
    row = get_object_or_404(models.Facility.objects.select_related("client"), pk=pk)
    said = row.agreement()
    context = {
        "row": row,
        "client": row.client,
        "product": NAMES[said.product],
        "said": said,
        "past": facilities.past(row.client_id),
        **_cost(said, clock.now().date()),
    }
    return render(request, "office/facility.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def rates(request: HttpRequest) -> HttpResponse:
    """Reference rates: what is entered, and a new one."""
    missing = rates_missing.missing(today=clock.now().date())
    begun = {"name": missing[0].name, "first": missing[0].day} if missing else {}
    form = terms_form.Rate(request.POST or None, initial=begun)
    refused = None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            action.enter_rate(
                said["name"], said["rate"] / 100, first=said["first"], last=said["last"],
                source=said["source"], **desk.signed(request),
            )  # fmt: skip
        except Refusal as no:
            refused = {"says": desk.sentence(no), "todo": no.todo, "code": no.code}
        else:
            desk.told(request, _("The rate is entered."))
            return redirect("reference_rates")
    context = {
        "form": form,
        "no": refused,
        "missing": missing,
        "rows": [{"row": one, "percent": one.rate * 100} for one in quotes.rates_entered()],
        "may": desk.allowed(request, Act.SET_LIMIT),
    }
    status = 409 if refused else 422 if form.errors else 200
    return render(request, "office/reference_rates.html", context, status=status)


def _cost(said: Agreement, today: date) -> dict[str, Any]:
    """What a round invoice costs under these terms, in words and in a table."""
    told: dict[str, Any] = {"words": in_words(said), "examples": [], "lacks": ""}
    try:
        found = quotes.examples(said, today=today)
    except RateMissing as no:
        told["lacks"] = f"{desk.sentence(no)} {no.todo}"
        return told
    told["examples"] = [
        {"days": (one.paid_on - today).days, "quote": one, "percent": _percent(one)}
        for one in found
    ]
    return told


def _percent(one: Quote) -> str:
    return "–" if one.annual is None else f"{one.annual * 100:.2f} %"
