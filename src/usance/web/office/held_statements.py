"""Refused statements that the bank's connection brought: imported or laid aside by a person."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from usance import models
from usance.actions import held_statements as action

from . import desk


@require_POST
@desk.says_no
def take(request: HttpRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(models.HeldStatement, pk=pk)
    known = request.POST.get("gap_known") == "on"
    done = action.take(pk, gap_known=known, **desk.signed(request))
    says = ngettext("%(count)s new line", "%(count)s new lines", done.lines)
    desk.told(request, says % {"count": done.lines})
    return redirect(f"{reverse('cash')}?view=statements")


@require_POST
@desk.says_no
def lay_aside(request: HttpRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(models.HeldStatement, pk=pk)
    action.lay_aside(pk, because=request.POST.get("because", ""), **desk.signed(request))
    desk.told(request, _("Laid aside."))
    return redirect(f"{reverse('cash')}?view=statements")
