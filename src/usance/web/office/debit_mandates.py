"""What a debtor signed, on its page: entered, confirmed by another, changed, ended."""

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from usance import models
from usance.actions import debit_mandates as action
from usance.actions import paying
from usance.domain.collection.debits import NOTICE_DAYS, Finality
from usance.domain.collection.signed import Scheme, lapses_on
from usance.domain.mandate import person
from usance.queries import debits as query

from . import debtors, desk
from .forms import Form

STATES = {
    "entered": (gettext_lazy("Waits for a second person"), "warn"),
    "live": (gettext_lazy("In force"), "good"),
    "closed": (gettext_lazy("Ended"), "plain"),
}
assert list(STATES) == models.debit.SIGNED_STATES, "every state has its words"


class Signed(Form):
    reference = forms.CharField(label=gettext_lazy("Reference of the mandate"), max_length=35)
    scheme = forms.ChoiceField(
        label=gettext_lazy("Scheme"),
        choices=[("CORE", "CORE"), ("B2B", gettext_lazy("B2B: between businesses, no refund"))],
    )
    iban = forms.CharField(label=gettext_lazy("The debtor's IBAN"), max_length=42)
    bic = forms.CharField(label=gettext_lazy("BIC"), max_length=11, required=False)
    signed_on = forms.DateField(
        label=gettext_lazy("Signed on"), widget=forms.DateInput(attrs={"type": "date"})
    )
    notice_days = forms.IntegerField(
        label=gettext_lazy("Days of notice before each collection"), min_value=1, max_value=60,
        initial=NOTICE_DAYS,
    )  # fmt: skip
    evidence = forms.CharField(label=gettext_lazy("Where the signed paper lies"), max_length=200)
    number = forms.CharField(
        label=gettext_lazy("Only for the invoice with this number"), max_length=80, required=False
    )


def shown(request: HttpRequest, debtor: UUID) -> list[dict[str, object]]:
    """The mandates of a debtor for its page."""
    me = person(desk.actor(request))
    rows = query.mandates_of(debtor)
    past = query.past([row.pk for row in rows])
    return [
        {
            "row": row,
            "word": STATES[row.state][0],
            "tone": STATES[row.state][1],
            "mine": person(row.entered_by) == me,
            "lapses_on": lapses_on(row.signed_on, past[row.pk].last_used)
            if row.state == "live"
            else None,
        }
        for row in rows
    ]


@require_POST
@desk.says_no
def enter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A mandate that the debtor signed; nothing is collected before a second person confirms it."""
    row = get_object_or_404(models.Debtor, pk=pk)
    form = Signed(request.POST)
    number = request.POST.get("number", "").strip()
    invoice = models.Invoice.objects.filter(debtor=row, number=number).first() if number else None
    if form.is_valid() and number and invoice is None:
        form.add_error("number", _("This debtor has no invoice with that number."))
    if not form.is_valid():
        return debtors.detail(request, row, mandate=form, status=422)
    said = {name: value for name, value in form.cleaned_data.items() if name != "number"}
    said["scheme"] = Scheme(said["scheme"])
    action.enter(row.pk, invoice=invoice.pk if invoice else None, **said, **desk.signed(request))
    desk.told(request, _("The mandate is entered. A second person confirms it."))
    return redirect("debtor", pk=pk)


@require_POST
@desk.says_no
def confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Somebody else compared it with the signed paper."""
    row = get_object_or_404(models.DebitMandate, pk=pk)
    action.confirm(row.pk, seen=request.POST.get("seen", ""), **desk.signed(request))
    desk.told(request, _("The mandate is in force"))
    return redirect("debtor", pk=row.debtor_id)


@require_POST
@desk.says_no
def amend(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Another account or reference; it holds once a second person confirms it."""
    row = get_object_or_404(models.DebitMandate, pk=pk)
    said = {name: request.POST.get(name, "") for name in ("iban", "bic", "reference", "evidence")}
    action.amend(row.pk, **said, **desk.signed(request))
    desk.told(request, _("The change is entered. A second person confirms it."))
    return redirect("debtor", pk=row.debtor_id)


@require_POST
@desk.says_no
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Nothing more is collected under it, at once or after its next collection."""
    row = get_object_or_404(models.DebitMandate, pk=pk)
    action.cancel(
        row.pk,
        because=request.POST.get("because", ""),
        after_next=request.POST.get("when") == "next",
        **desk.signed(request),
    )
    desk.told(request, _("Saved"))
    return redirect("debtor", pk=row.debtor_id)


@require_POST
@desk.says_no
def set_bank(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How we collect to one of our accounts."""
    row = get_object_or_404(models.BankAccount, pk=pk)
    version = request.POST.get("version", "")
    waits = request.POST.get("finality", "")
    paying.set_debits(
        row.pk,
        creditor_id=request.POST.get("creditor_id", ""),
        version=version if version in ("02", "08") else row.debit_version,
        finality=Finality(waits if waits in set(Finality) else row.debit_finality),
        **desk.signed(request),
    )
    desk.told(request, _("Saved"))
    return redirect("banks")
