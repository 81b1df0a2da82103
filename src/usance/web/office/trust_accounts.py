"""Accounts that clients hold in trust for us: entered, checked by a second person, closed."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from usance import models
from usance.actions import trust_accounts as action

from . import desk


@require_POST
@desk.says_no
def enter(request: HttpRequest) -> HttpResponse:
    client = get_object_or_404(models.Client, pk=desk.key(request.POST.get("client")))
    action.enter(
        client.pk, number=request.POST.get("number", ""), bank=request.POST.get("bank", ""),
        currency=request.POST.get("currency", "").strip().upper(), **desk.signed(request),
    )  # fmt: skip
    desk.told(request, _("It counts when a second person has checked it."))
    return _back()


@require_POST
@desk.says_no
def check(request: HttpRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(models.TrustAccount, pk=pk)
    said = {name: request.POST.get(name, "") for name in ("proof", "seen")}
    action.check(pk, **said, **desk.signed(request))
    desk.told(request, _("Checked. What waited for it goes on."))
    return _back()


@require_POST
@desk.says_no
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(models.TrustAccount, pk=pk)
    action.close(pk, because=request.POST.get("because", ""), **desk.signed(request))
    desk.told(request, _("Closed."))
    return _back()


def _back() -> HttpResponse:
    return redirect(f"{reverse('client_ledgers')}#trust")
