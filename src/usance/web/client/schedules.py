"""What a client assigned to us, and the signatures of its people: with the password once more."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from usance import models
from usance.actions import schedules as action
from usance.domain.refusal import Refusal
from usance.queries import schedules as query
from usance.shared.models import User
from usance.web import assigning

from .pages import client_of, signed


class WrongPassword(Refusal):
    code = "schedule_password_wrong"
    todo = "Type the password by which you sign in. After five wrong ones you wait for a while."


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    client = client_of(request)
    context = {"client": client} | assigning.listing(request, client=client)
    return render(request, "client/schedules.html", context)


@require_safe
def one(request: HttpRequest, pk: UUID) -> HttpResponse:
    client = client_of(request)
    return _shown(request, client, _own(client, pk))


@require_safe
def paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """As it was printed and sealed last. Another's is 404 like one that never was."""
    return assigning.download(_own(client_of(request), pk))


@require_POST
def sign(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What is signed is what the page showed: its hash comes back with the form."""
    client = client_of(request)
    row = _own(client, pk)
    user = cast(User, request.user)  # The door let only users in.
    try:
        _ask_password(request, user)
        action.sign(
            pk, client_id=client.pk, seen=request.POST.get("digest", ""),
            words=query.intent(row) if request.POST.get("agreed") else "",
            name=user.display_name, address=request.META.get("REMOTE_ADDR") or None,
            agent=request.headers.get("User-Agent", ""), **signed(request),
        )  # fmt: skip
    except Refusal as no:
        return _shown(request, client, _own(client, pk), no=no)
    messages.success(request, _("Signed."))
    return redirect("own_schedule", pk=pk)


def _ask_password(request: HttpRequest, user: User) -> None:
    """Counted with the attempts to sign in, so that nobody tries them all here."""
    known = authenticate(
        request, username=user.get_username(), password=request.POST.get("password", "")
    )
    if known is None or known.pk != user.pk:
        raise WrongPassword("that is not your password; nothing was signed")


def _shown(
    request: HttpRequest, client: models.Client, row: models.Schedule, no: Refusal | None = None
) -> HttpResponse:
    context = {"client": client} | assigning.drawn(row)
    mine = f"user:{request.user.get_username()}"
    context["mine"] = any(one.signer == mine for one in row.signatures.all())
    if no is not None:
        context |= {"no": str(no), "todo": no.todo}
    return render(request, "client/schedule.html", context, status=409 if no else 200)


def _own(client: models.Client, pk: UUID) -> models.Schedule:
    row = query.whole(pk, client.pk)
    if row is None:
        raise Http404("this client has no such schedule")
    return row
