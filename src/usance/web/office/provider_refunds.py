"""Refunds through payment providers: proposed from a receipt, released by a second person."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from usance import models
from usance.actions import provider_refunds
from usance.domain.mandate import person
from usance.domain.payment.paid_back import State
from usance.queries import provider_refunds as questions

from . import desk

STATES = {
    State.PROPOSED: (gettext_lazy("Proposed"), "plain"),
    State.WITHDRAWN: (gettext_lazy("Withdrawn"), "plain"),
    State.RELEASED: (gettext_lazy("Released"), "info"),
    State.ASKED: (gettext_lazy("Told, no answer yet"), "odd"),
    State.DONE: (gettext_lazy("Paid back"), "good"),
    State.FAILED: (gettext_lazy("Failed"), "bad"),
}
assert set(STATES) == set(State), "every state has its words"


def shown(rows: list[models.ProviderRefund], request: HttpRequest) -> list[dict[str, object]]:
    """For templates: each with its words, and whether who looks may release it."""
    me = person(desk.actor(request))
    return [
        {
            "row": row, "word": STATES[State(row.state)][0], "tone": STATES[State(row.state)][1],
            "waits": row.state == State.PROPOSED, "mine": person(row.proposed_by) == me,
        }
        for row in rows
    ]  # fmt: skip


def waiting(request: HttpRequest, *, at: datetime) -> dict[str, object]:
    """What of them stands among the payouts: tasks, and those that wait or are under way."""
    rows = [*questions.proposed(), *questions.under_way()[: questions.SHOWN]]
    return {
        "online_refunds": shown(rows, request),
        "online_tasks": shown(questions.to_act(at=at), request),
    }


@require_POST
@desk.says_no
def release(request: HttpRequest, pk: UUID) -> HttpResponse:
    seen = request.POST.get("content", "")
    row = provider_refunds.release(pk, seen=seen, **desk.signed(request))
    desk.told(request, _("Released: the provider is told within a minute."))
    return redirect("cash_line", pk=row.receipt_id)


@require_POST
@desk.says_no
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(models.ProviderRefund, pk=pk)
    provider_refunds.withdraw(pk, **desk.signed(request))
    desk.told(request, _("Withdrawn. The money is still unapplied."))
    return redirect("cash_line", pk=row.receipt_id)
