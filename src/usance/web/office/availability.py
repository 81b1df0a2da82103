"""A client's availability in the office: the waterfall, its rows, what if; what was agreed on,
marks, over-advances."""

from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms as django_forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from usance import clock, models
from usance.actions import eligibility
from usance.domain.credit.eligibility import Agreed, Base, Mark
from usance.domain.exchange import RateMissing
from usance.domain.mandate import Act
from usance.domain.money import Money
from usance.queries import availability
from usance.queries.reports.portfolio import FUNDS
from usance.web import exports, waterfall

from . import desk
from .forms import Form

ACTS = (Act.SET_ELIGIBILITY, Act.OVER_ADVANCE)
SHOWN = 50
MARKS = {
    Mark.AFFILIATE: gettext_lazy("Affiliate of the client"),
    Mark.ASSIGNMENT_BANNED: gettext_lazy("Assignment banned"),
    Mark.EXCLUDED: gettext_lazy("Excluded"),
    Mark.SALE_OR_RETURN: gettext_lazy("Sale or return"),
    Mark.PROGRESS_BILLING: gettext_lazy("Progress billing"),
    Mark.PRE_BILLED: gettext_lazy("Pre-billed"),
    Mark.CONTRA: gettext_lazy("Contra: the client owes it"),
}
assert set(MARKS) == set(Mark), "every mark has its word"
DAY = django_forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _percent(label: Any, hint: Any = "") -> django_forms.DecimalField:
    return django_forms.DecimalField(
        label=label, required=False, min_value=Decimal(0), max_value=Decimal(100),
        max_digits=7, decimal_places=4, help_text=hint,
    )  # fmt: skip


def _days(label: Any) -> django_forms.IntegerField:
    return django_forms.IntegerField(label=label, required=False, min_value=0, max_value=3650)


class SetForm(Form):
    past_due_days = _days(gettext_lazy("Counts up to days past due"))
    since_issue_days = _days(gettext_lazy("Counts up to days after issue"))
    cross_age_share = _percent(
        gettext_lazy("A debtor is out above so many per cent over age"),
    )
    concentration_share = _percent(gettext_lazy("Of one debtor at most, per cent"))
    concentration_base = django_forms.ChoiceField(
        label=gettext_lazy("Per cent of what"),
        choices=[(base.value, words) for base, words in waterfall.BASES.items()],
    )
    countries = django_forms.CharField(
        label=gettext_lazy("Countries of debtors"), required=False, max_length=200,
        help_text=gettext_lazy("Two letters each, such as DE SE. Empty: any."),
    )  # fmt: skip
    government = django_forms.BooleanField(
        label=gettext_lazy("Public bodies count"), required=False
    )
    confirmed_from = django_forms.CharField(
        label=gettext_lazy("The debtor must confirm from an amount of"), required=False,
        max_length=30,
    )  # fmt: skip
    notice_days = _days(gettext_lazy("A delivery must be proved after days"))
    ledger_days = _days(gettext_lazy("The client's own ledger is handed in days after a month"))
    dilution_share = _percent(gettext_lazy("Dilution without a reserve up to, per cent"))
    retention = django_forms.CharField(
        label=gettext_lazy("Kept back"), required=False, max_length=30
    )
    valid_from = django_forms.DateField(label=gettext_lazy("Holds from"), widget=DAY)
    reason = django_forms.CharField(label=gettext_lazy("Why"), max_length=400)

    def agreed(self, currency: str) -> Agreed | None:
        """None: an amount is none; its field says so."""
        said = self.cleaned_data
        amounts = {}
        for name in ("confirmed_from", "retention"):
            amounts[name] = desk.amount(said[name], currency) if said[name].strip() else None
            if said[name].strip() and amounts[name] is None:
                self.add_error(name, _("Write an amount such as 250,000.00."))
                return None
        least, kept = amounts["confirmed_from"], amounts["retention"]
        return Agreed(
            past_due_days=said["past_due_days"],
            since_issue_days=said["since_issue_days"],
            cross_age_share=_share(said["cross_age_share"]),
            concentration_share=_share(said["concentration_share"]),
            concentration_base=Base(said["concentration_base"]),
            countries=frozenset(said["countries"].replace(",", " ").upper().split()),
            government=said["government"],
            confirmed_from_minor=least.minor if least else None,
            notice_days=said["notice_days"],
            ledger_days=said["ledger_days"],
            dilution_share=_share(said["dilution_share"]),
            retention_minor=kept.minor if kept else 0,
        )


class MarkForm(Form):
    kind = django_forms.ChoiceField(
        label=gettext_lazy("What it is"), choices=[(one.value, says) for one, says in MARKS.items()]
    )
    debtor = django_forms.ChoiceField(label=gettext_lazy("Debtor"), required=False)
    number = django_forms.CharField(
        label=gettext_lazy("Or one invoice"), required=False, max_length=80,
        help_text=gettext_lazy("Its number; the debtor is left empty then."),
    )  # fmt: skip
    amount = django_forms.CharField(
        label=gettext_lazy("Amount"), required=False, max_length=30,
        help_text=gettext_lazy("Of contra: what the client owes its debtor."),
    )  # fmt: skip
    reason = django_forms.CharField(label=gettext_lazy("Why"), max_length=400)


class OverAdvanceForm(Form):
    amount = django_forms.CharField(label=gettext_lazy("Amount"), max_length=30)
    valid_to = django_forms.DateField(label=gettext_lazy("Last day"), widget=DAY)
    reason = django_forms.CharField(label=gettext_lazy("Why"), max_length=400)


@require_safe
def page(request: HttpRequest, pk: UUID, currency: str) -> HttpResponseBase:
    row = get_object_or_404(models.Client, pk=pk)
    today = clock.now().date()
    on, pretend = waterfall.asked(request, today=today), waterfall.pretended(request, pk)
    try:
        as_is = availability.ledger(pk, currency, on=on)
    except RateMissing as no:  # Something in another currency cannot be counted.
        return desk.refused(request, no)
    if as_is is None:
        raise Http404("no facility holds that day")
    ledger = availability.ledger(pk, currency, on=on, pretend=pretend) if pretend else as_is
    assert ledger is not None
    if exports.wanted(request):
        rows = availability.every(ledger, because=waterfall.reason(request))
        return exports.answer(
            request, f"availability-{on}", waterfall.COLUMNS, waterfall.cells(rows)
        )
    marks = models.EligibilityMark.objects.filter(client=row, valid_to=None)
    drawn = waterfall.context(request, ledger, as_is, pretend, used=_used(row, on))
    context = drawn | {
        "client": row,
        "currency": currency,
        "currencies": availability.currencies(pk, on=on),
        "today": today,
        "marks": [
            {"row": one, "word": MARKS[Mark(one.kind)]}
            for one in marks.select_related("debtor", "invoice").order_by("-pk")[:SHOWN]
        ],
        "over_advances": _over_advances(row, currency, request),
        "sets": models.EligibilitySet.objects.filter(client=row, currency=currency).order_by(
            "-valid_from"
        )[:SHOWN],
        "set_form": SetForm(initial=_initial(ledger.agreed, currency, today)),
        "mark_form": _mark_form(drawn["debtors"]),
        "over_form": OverAdvanceForm(initial={"valid_to": today}),
        "may": desk.allowed(request, *ACTS),
    }
    return render(request, "office/availability.html", context)


def _used(client: models.Client, on: date) -> str:
    """The sub-ledger whose accounts make up the funds in use; in every currency, as they do."""
    accounts = ",".join(FUNDS)
    said = {"client": str(client.pk), "by": "invoice", "account": accounts, "on": f"{on}"}
    return f"{reverse('ledger_report', args=['sub-ledger'])}?{urlencode(said)}"


@require_POST
@desk.says_no
def agree(request: HttpRequest, pk: UUID, currency: str) -> HttpResponse:
    form = SetForm(request.POST)
    agreed = form.agreed(currency) if form.is_valid() else None
    if agreed is None:
        return _faulty(request, pk, currency, form, _("What counts"), "client_eligibility")
    eligibility.agree(
        pk, currency, agreed, valid_from=form.cleaned_data["valid_from"],
        reason=form.cleaned_data["reason"], **desk.signed(request),
    )  # fmt: skip
    desk.told(request, _("Agreed. What goes beyond it is held from that day on."))
    return _back(pk, currency)


@require_POST
@desk.says_no
def mark(request: HttpRequest, pk: UUID, currency: str) -> HttpResponse:
    named = models.Debtor.objects.filter(pk=desk.key(request.POST.get("debtor")))
    form = _mark_form(list(named.values_list("pk", "name")), request.POST)
    amount = None
    if form.is_valid() and (text := form.cleaned_data["amount"].strip()):
        amount = desk.amount(text, currency)
        if amount is None:
            form.add_error("amount", _("Write an amount such as 250,000.00."))
    number = form.cleaned_data.get("number", "").strip()
    invoice = models.Invoice.objects.filter(client_id=pk, number=number).first() if number else None
    if number and invoice is None:
        form.add_error("number", _("The client has no such invoice."))
    if form.errors:
        return _faulty(request, pk, currency, form, _("Mark"), "client_mark")
    eligibility.mark(
        pk, Mark(form.cleaned_data["kind"]),
        debtor=desk.key(form.cleaned_data["debtor"]), invoice=invoice.pk if invoice else None,
        amount=amount, reason=form.cleaned_data["reason"], **desk.signed(request),
    )  # fmt: skip
    desk.told(request, _("Marked from today on."))
    return _back(pk, currency)


@require_POST
@desk.says_no
def end_mark(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(models.EligibilityMark, pk=pk)
    eligibility.end_mark(pk, **desk.signed(request))
    desk.told(request, _("The mark is ended."))
    held = availability.currencies(row.client_id, on=clock.now().date())
    return _back(row.client_id, held[0]) if held else redirect("client", pk=row.client_id)


@require_POST
@desk.says_no
def propose(request: HttpRequest, pk: UUID, currency: str) -> HttpResponse:
    form = OverAdvanceForm(request.POST)
    amount = desk.amount(form.cleaned_data["amount"], currency) if form.is_valid() else None
    if form.is_valid() and amount is None:
        form.add_error("amount", _("Write an amount such as 250,000.00."))
    if form.errors or amount is None:
        return _faulty(request, pk, currency, form, _("Over-advance"), "client_over_advance")
    eligibility.propose_over_advance(
        pk, amount, reason=form.cleaned_data["reason"], valid_to=form.cleaned_data["valid_to"],
        **desk.signed(request),
    )  # fmt: skip
    desk.told(request, _("Proposed. A second person says yes or no."))
    return _back(pk, currency)


@require_POST
@desk.says_no
def decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A second person's yes, or anybody's no."""
    row = eligibility.decide_over_advance(
        pk, yes="yes" in request.POST, seen=request.POST.get("seen", ""), **desk.signed(request)
    )
    said = (
        _("Approved: what was held is tried again.") if row.state == "approved" else _("Declined")
    )
    desk.told(request, said)
    return _back(row.client_id, row.currency)


def _over_advances(
    client: models.Client, currency: str, request: HttpRequest
) -> list[dict[str, object]]:
    rows = models.OverAdvance.objects.filter(client=client, currency=currency).order_by("-pk")
    own = desk.actor(request)
    today = clock.now().date()
    return [
        {"row": one, "own": one.proposed_by == own, "ended": one.valid_to < today}
        for one in rows[:SHOWN]
    ]


def _mark_form(debtors: Any, said: Any = None) -> MarkForm:
    form = MarkForm(said)
    field = form.fields["debtor"]
    assert isinstance(field, django_forms.ChoiceField)
    field.choices = [("", "–"), *((str(pk), name) for pk, name in debtors)]
    return form


def _initial(agreed: Agreed, currency: str, today: date) -> dict[str, object]:
    """The set that holds, so that a change begins from it."""

    def per_cent(share: Decimal | None) -> Decimal | None:
        return None if share is None else (share * 100).normalize()

    least = agreed.confirmed_from_minor
    return {
        "past_due_days": agreed.past_due_days, "since_issue_days": agreed.since_issue_days,
        "cross_age_share": per_cent(agreed.cross_age_share),
        "concentration_share": per_cent(agreed.concentration_share),
        "concentration_base": agreed.concentration_base.value,
        "countries": " ".join(sorted(agreed.countries)), "government": agreed.government,
        "confirmed_from": "" if least is None else str(Money(least, currency).decimal),
        "notice_days": agreed.notice_days, "ledger_days": agreed.ledger_days,
        "dilution_share": per_cent(agreed.dilution_share),
        "retention": str(Money(agreed.retention_minor, currency).decimal), "valid_from": today,
    }  # fmt: skip


def _share(per_cent: Decimal | None) -> Decimal | None:
    return None if per_cent is None else per_cent / 100


def _faulty(
    request: HttpRequest, pk: UUID, currency: str, form: Form, title: str, place: str
) -> HttpResponse:
    context = {
        "client": get_object_or_404(models.Client, pk=pk), "currency": currency, "form": form,
        "title": title, "action": reverse(place, args=[pk, currency]),
    }  # fmt: skip
    return render(request, "office/availability_fault.html", context, status=422)


def _back(pk: UUID, currency: str) -> HttpResponse:
    return redirect("client_availability", pk=pk, currency=currency)
