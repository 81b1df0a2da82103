"""A bank line that pays an invoice in another currency: both amounts are shown before a yes."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from usance import models
from usance.actions import across
from usance.domain import ledger
from usance.domain.journal import About, Entry
from usance.domain.refusal import Refusal
from usance.queries import across as questions
from usance.queries import cash
from usance.queries import payouts as ordered

from . import desk
from .cash_decide import amount


def shown(request: HttpRequest, row: models.BankLine, words: str) -> list[dict[str, object]]:
    """What the line may pay in other currencies, each with what would be booked. The one that is
    asked about in the address is worked out at the rate, or from the amount, that is said there."""
    asked = desk.key(request.GET.get("invoice"))
    found = questions.offers(row, words, beside=asked)
    return [
        _card(row, _worked_out(request, row, one) if one.invoice == asked else one) for one in found
    ]


def _worked_out(
    request: HttpRequest, row: models.BankLine, one: questions.Offer
) -> questions.Offer:
    rate, paid = (request.GET.get(name, "").strip() for name in ("rate", "paid"))
    items = cash.items([one.invoice])
    try:
        told = questions.quote(
            row, items[0], rate=desk.rate(rate) if rate else None,
            paid=amount(request, paid, row.currency) if paid else None,
        )  # fmt: skip
    except Refusal as no:
        return replace(one, across=None, refused=no)
    return replace(one, across=told, refused=None)


def _card(row: models.BankLine, one: questions.Offer) -> dict[str, object]:
    if one.across is None:
        says = desk.sentence(one.refused) if one.refused else ""
        return {"offer": one, "says": says, "todo": one.refused.todo if one.refused else ""}
    entry = ledger.allocation(
        one.number, one.across.pays, interest=None, about=About(invoice=one.invoice),
        on=row.booked_on, line=str(row.pk),
    )  # fmt: skip
    entries = [*ledger.payment_across(entry, one.across.paid, one.across.pays), entry]
    return {"offer": one, "journal": _moves(entries, one.number), "rate": one.rate}


def _moves(entries: Sequence[Entry], number: str) -> list[ordered.Move]:
    return [
        ordered.Move(
            debit=ordered.named(move.debit), credit=ordered.named(move.credit),
            amount=move.amount, about=number,
        )
        for entry in entries for move in entry.moves
    ]  # fmt: skip


@require_POST
@desk.says_no
def pay(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A person says yes to both amounts, as they were shown."""
    row = get_object_or_404(models.BankLine, pk=pk)
    invoice = get_object_or_404(models.Invoice, pk=desk.key(request.POST.get("invoice")))
    paid = amount(request, request.POST.get("paid", ""), row.currency)
    pays = amount(request, request.POST.get("pays", ""), invoice.currency)
    across.pay(row.pk, invoice.pk, paid=paid, pays=pays, **desk.signed(request))
    says = {"paid": desk.written(paid, request), "number": invoice.number,
            "amount": desk.written(pays, request)}  # fmt: skip
    desk.told(
        request, _("%(paid)s pays %(amount)s of %(number)s") % says, undo=reverse("cash_undo")
    )
    row.refresh_from_db(fields=["unapplied_minor"])
    if row.unapplied_minor:
        return redirect("cash_line", pk=row.pk)
    return redirect(desk.back(request, "cash"))
