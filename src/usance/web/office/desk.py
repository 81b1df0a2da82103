"""Who sits at the desk, and what a no looks like."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from usance import clock
from usance.domain.mandate import Act, ContentChanged, Role, may
from usance.domain.money import Money
from usance.domain.refusal import Refusal
from usance.web import shown
from usance.web.lists import address as address
from usance.web.lists import chips as chips
from usance.web.lists import chosen as chosen
from usance.web.lists import cursor as cursor
from usance.web.lists import key as key
from usance.web.lists import pager as pager
from usance.web.lists import tabs as tabs
from usance.web.typed import amount as amount
from usance.web.typed import day as day
from usance.web.typed import rate as rate
from usance.web.typed import said_day as said_day


def role(request: HttpRequest) -> Role:
    return Role(request.user.role)


def actor(request: HttpRequest) -> str:
    return f"user:{request.user.username}"


def signed(request: HttpRequest) -> dict[str, Any]:
    """Role, moment and actor, as every action wants them."""
    return {"role": role(request), "at": clock.now(), "actor": actor(request)}


def allowed(request: HttpRequest, *acts: Act) -> dict[str, bool]:
    """For templates: which buttons to show. The action itself decides."""
    return {act.value: may(role(request), act) for act in acts}


def seen(request: HttpRequest) -> dict[UUID, str]:
    """What was chosen on a list, each with the content that its reader saw.

    :raises ContentChanged: if nothing was.
    """
    found = {}
    for text in request.POST.getlist("seen"):
        name, _colon, content = text.partition(":")
        if (pk := key(name)) is not None:
            found[pk] = content
    if not found:
        raise ContentChanged("nothing was chosen")
    return found


def says_no(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A Refusal becomes a page that says what, why and what to do, with status 409."""

    @wraps(view)
    def answering(request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
        try:
            return view(request, *args, **more)
        except Refusal as no:
            return refused(request, no)

    return answering


def refused(request: HttpRequest, no: Refusal) -> HttpResponse:
    origin = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(origin, allowed_hosts={request.get_host()}):
        origin = "/"
    context = {"says": sentence(no), "todo": no.todo, "code": no.code, "back": origin}
    return render(request, "office/refused.html", context, status=409)


def sentence(no: Refusal) -> str:
    """What it says, as a sentence."""
    words = str(no) or no.code.replace("_", " ")
    return words[0].upper() + words[1:] + ("" if words.endswith((".", "!", "?")) else ".")


def told(request: HttpRequest, says: str, *, undo: str = "") -> None:
    """A word of success that appears on the next page, with the address that takes it back."""
    messages.success(request, says, extra_tags=undo)


def back(request: HttpRequest, otherwise: str) -> str:
    """Where a form sends its reader: `next` if it is a page of ours, else the named page."""
    place = request.POST.get("next", "")
    if place and url_has_allowed_host_and_scheme(place, allowed_hosts={request.get_host()}):
        return place
    return reverse(otherwise)


def written(money: Money, request: HttpRequest) -> str:
    """An amount inside a sentence."""
    return f"{shown.figure(money, request.LANGUAGE_CODE)} {money.currency}"
