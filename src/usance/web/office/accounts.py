"""Where a client is paid: entered, verified, stopped; until when our banks take orders."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from usance import clock, law, models
from usance.actions import accounts, paying
from usance.domain.mandate import Act
from usance.domain.payee import CallBack, Scheme
from usance.domain.payment import Debt, Rule
from usance.queries import cut_offs

from . import clients, desk, forms

DEBTS = {
    Debt.COSTS: gettext_lazy("costs"),
    Debt.INTEREST: gettext_lazy("interest"),
    Debt.CLAIM: gettext_lazy("claim"),
}
assert set(DEBTS) == set(Debt), "every debt has its word"


@require_POST
@desk.says_no
def enter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Another account to be paid on; nothing is paid to it before it has waited and is verified."""
    row = get_object_or_404(models.Client, pk=pk)
    form = forms.PayoutAccount(request.POST)
    if not form.is_valid():
        return clients.detail(request, row, account=form, status=422)
    said = dict(form.cleaned_data)
    accounts.enter(row.pk, **said | {"scheme": Scheme(said["scheme"])}, **desk.signed(request))
    desk.told(request, _("The account is set. It waits, and a second person verifies it."))
    return redirect("client", pk=pk)


@require_POST
@desk.says_no
def verify(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Somebody called the client at a number that was known before the account came."""
    account = get_object_or_404(models.ClientAccount, pk=pk)
    call = CallBack(**{part: request.POST.get(part, "") for part in ("person", "number", "remark")})
    accounts.verify(account.pk, call, **desk.signed(request))
    desk.told(request, _("The account is verified"))
    return redirect("client", pk=account.client_id)


@require_POST
@desk.says_no
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """It is not theirs: the account that it replaced is open again."""
    account = get_object_or_404(models.ClientAccount, pk=pk)
    again = accounts.withdraw(
        account.pk, because=request.POST.get("because", ""), **desk.signed(request)
    )
    desk.told(
        request,
        _("Withdrawn; %(account)s is open again") % {"account": again.iban}
        if again
        else _("Withdrawn; the client has no account now"),
    )
    return redirect("client", pk=account.client_id)


@desk.says_no
def banks(request: HttpRequest) -> HttpResponse:
    """Our accounts: how and until when their banks take orders."""
    form = None
    if request.method == "POST":
        form = forms.Bank(request.POST)
        if form.is_valid():
            said = dict(form.cleaned_data)
            paying.set_bank(said.pop("account"), **said, **desk.signed(request))
            desk.told(request, _("Saved"))
            return redirect("banks")
    found = cut_offs.banks(at=clock.now())
    factor = models.Factor.objects.first()
    context = {
        "banks": found,
        "faults": form.errors.items() if form else (),
        "days": factor.account_wait_days if factor else None,
        "rule": factor.allocation_rule if factor else "",
        "passes_on": factor.passes_on_released if factor else False,
        "orders": [
            {
                "country": one.country,
                "words": " → ".join(str(DEBTS[debt]) for debt in one.debts),
                "source": one.source,
            }
            for one in law.allocation_orders().values()
        ],
        "may": desk.allowed(request, Act.SET_PAYING),
    }
    return render(request, "office/banks.html", context, status=422 if form else 200)


@require_POST
@desk.says_no
def set_wait(request: HttpRequest) -> HttpResponse:
    """How many days a new account waits; those that wait already keep their day."""
    text = request.POST.get("days", "")
    days = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    paying.set_wait(days, **desk.signed(request))
    desk.told(request, _("Saved"))
    return redirect("banks")


@require_POST
@desk.says_no
def set_allocation(request: HttpRequest) -> HttpResponse:
    """What payments pay first from now on."""
    said = request.POST.get("rule", "")
    rule = Rule(said) if said in set(Rule) else Rule.CLAIM_FIRST
    paying.set_allocation(rule, **desk.signed(request))
    desk.told(request, _("Saved"))
    return redirect("banks")


@require_POST
@desk.says_no
def set_passing_on(request: HttpRequest) -> HttpResponse:
    """Who says from now on that money for an invoice bought back is its client's."""
    paying.set_passing_on(request.POST.get("by") == "itself", **desk.signed(request))
    desk.told(request, _("Saved"))
    return redirect("banks")
