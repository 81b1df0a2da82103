"""Templates: what do our letters say, to whom in which language, and how does that look?"""

import base64
from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from usance import clock, letters, models
from usance.actions import templates as actions
from usance.domain.finding import Finding
from usance.domain.mandate import Act
from usance.domain.party import Address
from usance.domain.refusal import Refusal
from usance.letters import preview, wording
from usance.letters.facts import Account, Brand
from usance.letters.mail import mail
from usance.letters.specimen import specimen
from usance.queries import parcels
from usance.queries import templates as questions

from . import desk
from .forms import LANGUAGES

LETTERS = {
    "invoice": gettext_lazy("Invoice"),
    "confirmed": gettext_lazy("Invoice that the debtor undertook to pay"),
    "credit_note": gettext_lazy("Credit note"),
    "notice": gettext_lazy("Notice of assignment"),
    "first_reminder": gettext_lazy("First reminder"),
    "second_reminder": gettext_lazy("Second reminder"),
    "final_demand": gettext_lazy("Final demand"),
    "confirmed_first_reminder": gettext_lazy("First reminder of what the debtor undertook to pay"),
    "confirmed_second_reminder": gettext_lazy(
        "Second reminder of what the debtor undertook to pay"
    ),
    "confirmed_final_demand": gettext_lazy("Final demand of what the debtor undertook to pay"),
    "schedule": gettext_lazy("Schedule of assignment"),
    "release": gettext_lazy("Release of claims"),
}
assert set(LETTERS) == set(letters.LETTERS), "every letter has its name"
FIELDS = {
    "title": gettext_lazy("Title"),
    "opening": gettext_lazy("Opening"),
    "closing": gettext_lazy("Closing"),
    "clause": gettext_lazy("Assignment clause"),
    "scope_all": gettext_lazy("When all claims are assigned"),
    "scope_listed": gettext_lazy("When listed claims are assigned"),
    "pay_known": gettext_lazy("When its account is known"),
    "pay_untold": gettext_lazy("When no account is known"),
    "mail.subject": gettext_lazy("Message: subject"),
    "mail.opening": gettext_lazy("Message: opening"),
    "mail.closing": gettext_lazy("Message: closing"),
}
NOBODY = Brand(
    name="Exempel AB", colour="#1f3a5f",
    address=Address(street="Hamngatan 2", postcode="411 06", city="Göteborg", country="SE"),
)  # fmt: skip
NO_ACCOUNT = Account(holder="", iban="SE4550000000058398257466")


@require_safe
def templates(request: HttpRequest) -> HttpResponse:
    """Every letter in every language, and whose words it has."""
    client = _client(request)
    found, whose = questions.now(), client.pk if client else None
    rows = [
        {
            "name": title,
            "cells": [
                {
                    "url": _address("template", letter, language, client),
                    "language": name,
                    "version": row.version if (row := _latest(found, whose, letter, language))
                    and row.fields else 0,
                }
                for language, name in LANGUAGES
            ],
        }
        for letter, title in LETTERS.items()
    ]  # fmt: skip
    context = {
        "rows": rows, "languages": [name for _code, name in LANGUAGES], "client": client,
        "clients": models.Client.objects.order_by("name"),
    }  # fmt: skip
    return render(request, "office/templates.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def template(request: HttpRequest, letter: str, language: str) -> HttpResponse:
    """One letter in one language: its fields beside a picture of it."""
    client = _client(request)
    _known(letter, language)
    history = questions.versions(client.pk if client else None, letter, language)
    newest = history[0].version if history else 0
    shown = next((row for row in history if str(row.version) == request.GET.get("version")), None)
    under = _under(client, letter, language)
    own = (shown or history[0]).fields if history else {}
    written, no, status = _as_text(letter, under | dict(own)), None, 200
    if request.method == "POST":
        written = {field.name: request.POST.get(field.name, "") for field in wording.fields(letter)}
        try:
            said = _changed(letter, written, under)
            seen = request.POST.get("replaces", "")
            actions.write(
                letter, language, said, client=client.pk if client else None,
                replaces=int(seen) if seen.isdigit() else 0, **desk.signed(request),
            )  # fmt: skip
        except Refusal as refused:
            no, status = refused, 409
        else:
            desk.told(request, _("Saved: the next letter says it"))
            return redirect(_address("template", letter, language, client))
    context = {
        "letter": LETTERS[letter], "language": dict(LANGUAGES)[language], "client": client,
        "fields": _fields(letter, written, no),
        "faults": getattr(no, "findings", ()),
        "no": {"says": desk.sentence(no), "todo": no.todo, "code": no.code}
        if no and not hasattr(no, "findings") else None,
        "names": wording.fields(letter)[0].names, "history": history, "newest": newest,
        "shown": shown, "here": _address("template", letter, language, client),
        "look": _address("template_look", letter, language, client),
        "back": _address("templates", "", "", client),
        "may": desk.allowed(request, Act.WRITE_TEMPLATE),
    }  # fmt: skip
    return render(request, "office/template.html", context, status=status)


@require_POST
def look(request: HttpRequest, letter: str, language: str) -> HttpResponse:
    """What was typed as a letter and a message, or what is wrong with it. Nothing is kept."""
    client = _client(request)
    _known(letter, language)
    under = _under(client, letter, language)
    written = {
        field.name: request.POST.get(field.name, "")[: wording.LONGEST * wording.MOST_LINES]
        for field in wording.fields(letter)
    }
    said = _changed(letter, written, under)
    context: dict[str, object] = {"faults": wording.faults(letter, said)}
    if not context["faults"]:
        context |= _drawn(letter, language, client, wording.worded(letter, language, under, said))
    return render(request, "office/template_look.html", context)


def _drawn(
    letter: str, language: str, client: models.Client | None, own: letters.Texts
) -> dict[str, object]:
    us = parcels.ours()
    factor = parcels.brand(us.factor)
    account = us.accounts.get("EUR") or replace(NO_ACCOUNT, holder=factor.name)
    facts = specimen(
        letter, client=parcels.brand(client) if client else NOBODY, factor=factor,
        account=account, today=clock.now().date(),
    )  # fmt: skip
    printed = letters.proof(letter, language, facts, wording=own)
    message = mail(letter, language, facts, wording=own)
    try:
        png = preview.preview(printed.pdf, dpi=96)
    except preview.NoPreview as no:
        fault = Finding(code=no.code, says=str(no), todo=no.todo)
        return {"faults": (*printed.findings, fault), "message": message}
    picture = base64.b64encode(png).decode()
    return {"picture": picture, "message": message, "faults": printed.findings}


def _under(client: models.Client | None, letter: str, language: str) -> dict[str, str | list[str]]:
    """What holds without this template: our own words, under a client those of the factor."""
    layers = [questions.now().fields(None, letter, language)] if client else []
    return wording.as_fields(letter, wording.worded(letter, language, *layers))


def _changed(
    letter: str, written: Mapping[str, str], under: Mapping[str, object]
) -> wording.Fields:
    """Only what differs from what holds without it, so that the rest follows its changes."""
    said = {
        field.name: wording.from_text(field, written[field.name])
        for field in wording.fields(letter)
    }
    return {name: value for name, value in said.items() if value != under[name]}


def _as_text(letter: str, said: Mapping[str, str | list[str]]) -> dict[str, str]:
    return {field.name: wording.to_text(said[field.name]) for field in wording.fields(letter)}


def _fields(letter: str, written: Mapping[str, str], no: Refusal | None) -> list[dict[str, object]]:
    found: tuple[Finding, ...] = getattr(no, "findings", ())
    return [
        {
            "name": field.name, "title": FIELDS[field.name], "lines": field.lines,
            "text": written[field.name], "rows": max(written[field.name].count("\n") + 1, 2) * 2,
            "required": sorted(field.required),
            "faults": [one for one in found if one.where.partition(",")[0] == field.name],
        }
        for field in wording.fields(letter)
    ]  # fmt: skip


def _latest(
    found: questions.Templates, client: UUID | None, letter: str, language: str
) -> models.Template | None:
    return found.latest.get((client, letter, language))


def _client(request: HttpRequest) -> models.Client | None:
    """Whose templates; None: the factor's, for every client without its own."""
    key = desk.key(request.GET.get("client"))
    if key is None:
        return None
    row = models.Client.objects.filter(pk=key).first()
    if row is None:
        raise Http404("no such client")
    return row


def _known(letter: str, language: str) -> None:
    if letter not in LETTERS or language not in dict(LANGUAGES):
        raise Http404("no such letter")


def _address(page: str, letter: str, language: str, client: models.Client | None) -> str:
    place = reverse(page, args=[part for part in (letter, language) if part])
    return f"{place}?client={client.pk}" if client else place
