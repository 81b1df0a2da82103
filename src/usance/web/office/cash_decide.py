"""What people decide at the cash desk: split, say yes to many, explain, take back."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from usance import models
from usance.actions import allocations, explained, returns
from usance.domain.money import Money
from usance.domain.payment import NotThat, Was
from usance.domain.refusal import Refusal

from . import desk

PART = "part-"


class NotAnAmount(Refusal):
    code = "amount_unreadable"
    todo = "Write digits with at most as many decimals as the currency has."


def amount(request: HttpRequest, text: str, currency: str) -> Money:
    """:raises NotAnAmount: if it is none in this currency."""
    found = desk.amount(text, currency)
    if found is None:
        raise NotAnAmount(f"“{text}” is no amount in {currency}")
    return found


@require_POST
@desk.says_no
def split(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One line over several invoices: those whose amount is not left empty."""
    row = get_object_or_404(models.BankLine, pk=pk)
    parts: dict[UUID, Money] = {}
    for name, text in request.POST.items():
        invoice = desk.key(name.removeprefix(PART)) if name.startswith(PART) else None
        if invoice is not None and str(text).strip():
            parts[invoice] = amount(request, str(text), row.currency)
    allocations.split(row.pk, parts, **desk.signed(request))
    says = ngettext("Allocated to %(n)s invoice", "Allocated to %(n)s invoices", len(parts))
    desk.told(request, says % {"n": len(parts)}, undo=reverse("cash_undo"))
    row.refresh_from_db(fields=["unapplied_minor"])
    return redirect("cash_line", pk=pk) if row.unapplied_minor else redirect("cash")


@require_POST
@desk.says_no
def confirm(request: HttpRequest) -> HttpResponse:
    """Yes to one proposal by its own button, else to all that were ticked, as they were shown."""
    chosen = request.POST.getlist("one") or request.POST.getlist("id")
    seen: dict[UUID, str] = {}
    for text in chosen:
        line, _colon, what = text.partition(":")
        pk = desk.key(line)
        if pk is not None:
            seen[pk] = what
    refused = allocations.confirm(seen, **desk.signed(request))
    if seen and len(refused) == len(seen) == 1:
        raise next(iter(refused.values()))
    done = len(seen) - len(refused)
    if done:
        says = ngettext("%(n)s line matched", "%(n)s lines matched", done) % {"n": done}
        desk.told(request, says, undo=reverse("cash_undo"))
    for no in list(refused.values())[:3]:
        desk.told(
            request,
            _("Not done: %(says)s %(todo)s") % {"says": desk.sentence(no), "todo": no.todo},
        )
    if not seen:
        desk.told(request, _("Nothing was selected."))
    return redirect(f"{reverse('cash')}?view=proposed")


@require_POST
@desk.says_no
def undo(request: HttpRequest) -> HttpResponse:
    """Take back what I matched last: all that one click matched."""
    mine = models.Allocation.objects.filter(actor=desk.actor(request), undone_at=None)
    last = mine.order_by("-at").first()
    if last is None:
        raise allocations.UndoneBefore(_("you have matched nothing that still holds"))
    pks = list(mine.filter(at=last.at).values_list("pk", flat=True))
    allocations.undo(pks, **desk.signed(request))
    desk.told(request, _("Taken back. The money waits for a decision again."))
    return redirect("cash_line", pk=last.line_id) if len(pks) == 1 else redirect("cash")


@require_POST
@desk.says_no
def undo_one(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(models.Allocation, pk=pk)
    allocations.undo([row.pk], **desk.signed(request))
    desk.told(request, _("Taken back. The money waits for a decision again."))
    return redirect("cash_line", pk=row.line_id)


@require_POST
@desk.says_no
def explain(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The line, or what is left of it, pays no invoice: it was something else."""
    row = get_object_or_404(models.BankLine, pk=pk)
    said = request.POST.get("was", "")
    if said not in set(Was):
        raise NotThat(f"“{said}” is no kind of explanation")
    if said == Was.RETURNED:
        other = get_object_or_404(models.BankLine, pk=desk.key(request.POST.get("other")))
        returns.returned(row.pk, other.pk, **desk.signed(request))
    else:
        explained.explain(
            row.pk,
            Was(said),
            amount(request, request.POST.get("amount", ""), row.currency),
            debtor=desk.key(request.POST.get("debtor")),
            client=desk.key(request.POST.get("client")),
            **desk.signed(request),
        )
    desk.told(request, _("Explained."))
    return redirect("cash_line", pk=pk)


@require_POST
@desk.says_no
def unexplain(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(models.Explanation, pk=pk)
    explained.withdraw(row.pk, **desk.signed(request))
    desk.told(request, _("Taken back. The money waits for a decision again."))
    return redirect("cash_line", pk=row.line_id)
