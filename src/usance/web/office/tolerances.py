"""Small differences of payments: what was agreed about them; and why a payment is short."""

from datetime import date
from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from usance import clock, models
from usance.actions import short_payments, tolerances
from usance.domain.mandate import Act
from usance.domain.payment import Bears, Follows, NotThatConsequence, Reason
from usance.domain.payment.differences import AFTER
from usance.domain.refusal import Refusal
from usance.queries import tolerances as questions

from . import desk
from .cash_decide import amount as typed
from .payers import party

REASONS = {
    Reason.ROUNDING: gettext_lazy("Rounding"),
    Reason.CHARGES: gettext_lazy("Bank charges"),
    Reason.DISCOUNT: gettext_lazy("Cash discount"),
    Reason.DISCOUNT_NOT_AGREED: gettext_lazy("Cash discount that was not agreed"),
    Reason.FREIGHT: gettext_lazy("Freight"),
    Reason.PRICE: gettext_lazy("Price"),
    Reason.QUANTITY: gettext_lazy("Quantity"),
    Reason.QUALITY: gettext_lazy("Quality or damage"),
    Reason.TAX: gettext_lazy("Tax withheld"),
    Reason.CONTRA: gettext_lazy("Set off against a claim of the debtor"),
    Reason.PART: gettext_lazy("A part payment"),
    Reason.UNKNOWN: gettext_lazy("Not known"),
}
FOLLOWS = {
    Follows.COLLECT: gettext_lazy("it is owed still"),
    Follows.DISPUTE: gettext_lazy("a dispute"),
    Follows.CREDIT_NOTE: gettext_lazy("a credit note is expected"),
    Follows.WRITE_OFF: gettext_lazy("we bear it"),
    Follows.CHARGE_BACK: gettext_lazy("the client bears it"),
}
assert set(REASONS) == set(Reason), "every reason has its words"
assert set(FOLLOWS) == set(Follows), "all that may follow has its words"


@desk.says_no
def page(request: HttpRequest) -> HttpResponse:
    """What holds; and, posted, what is to hold from a day on."""
    no, today = None, clock.now().date()
    if request.method == "POST":
        try:
            _set(request)
        except Refusal as refusal:
            no = {"says": desk.sentence(refusal), "todo": refusal.todo, "code": refusal.code}
        else:
            desk.told(request, _("Set. It holds for payments from that day on."))
            return redirect("tolerances")
    context = {
        "rows": questions.current(today),
        "said": request.POST,
        "today": today,
        "valid_from": request.POST.get("valid_from", today.isoformat()),
        "no": no,
        "may": desk.allowed(request, Act.SET_TOLERANCE),
    }
    return render(request, "office/tolerances.html", context, status=409 if no else 200)


def _set(request: HttpRequest) -> None:
    said = request.POST
    bears = said.get("bears", "")
    tolerances.set_tolerance(
        typed(request, said.get("most", ""), said.get("currency", "").strip().upper()),
        share=_share(said.get("share", "")),
        bears=Bears(bears) if bears in set(Bears) else Bears.FACTOR,
        client=party(models.Client, said["client"]) if said.get("client", "").strip() else None,
        debtor=party(models.Debtor, said["debtor"]) if said.get("debtor", "").strip() else None,
        valid_from=_day(said.get("valid_from", "")),
        reason=said.get("reason", ""),
        **desk.signed(request),
    )


@require_POST
@desk.says_no
def end(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(models.Tolerance, pk=pk)
    signed = desk.signed(request)
    because = request.POST.get("because", "")
    tolerances.end(row.pk, last=signed["at"].date(), because=because, **signed)
    desk.told(request, _("It ends today."))
    return redirect("tolerances")


def choices() -> list[dict[str, object]]:
    """For the cash desk: each reason with each of what may follow on it, the usual one first."""
    return [
        {"value": f"{reason.value}:{one.value}", "reason": REASONS[reason], "follows": FOLLOWS[one]}
        for reason in REASONS
        for one in AFTER[reason]
    ]


def shown(row: models.BankLine) -> list[dict[str, object]]:
    """What was said of a line that paid less or more than was owed."""
    return [
        {
            "row": one,
            "reason": REASONS[Reason(one.reason)],
            "follows": FOLLOWS[Follows(one.follows)],
        }
        for one in questions.of_line(row)
    ]


@require_POST
@desk.says_no
def say(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Why the line paid less than an invoice asks for, and what becomes of it."""
    row = get_object_or_404(models.BankLine, pk=pk)
    invoice = get_object_or_404(models.Invoice, pk=desk.key(request.POST.get("invoice")))
    reason, _colon, follows = request.POST.get("reason", "").partition(":")
    if reason not in set(Reason) or follows not in set(Follows):
        raise NotThatConsequence(f"“{reason}” is no reason")
    text = request.POST.get("amount", "").strip()
    short_payments.say(
        row.pk, invoice.pk, Reason(reason), follows=Follows(follows),
        amount=typed(request, text, row.currency) if text else None,
        because=request.POST.get("because", ""), **desk.signed(request),
    )  # fmt: skip
    desk.told(request, _("Noted: %(follows)s.") % {"follows": FOLLOWS[Follows(follows)]})
    return redirect("cash_line", pk=pk)


@require_POST
@desk.says_no
def take_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(models.Difference, pk=pk)
    short_payments.take_back(row.pk, **desk.signed(request))
    desk.told(request, _("Taken back. It is owed again."))
    return redirect("cash_line", pk=row.line_id)


def _share(text: str) -> Decimal | None:
    """A percentage as a share; a word that is none is above every bound, and the rule says so."""
    bare = text.strip().replace(",", ".").rstrip("%").strip()
    if not bare:
        return None
    try:
        share = Decimal(bare) / 100
    except InvalidOperation:
        return Decimal(1)
    return share if share.is_finite() else Decimal(1)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as no:
        raise tolerances.ToleranceFaulty(f"“{text}” is no day") from no
