"""Questions to debtors: the queue, asking and noting what was answered, and the policy."""

from dataclasses import replace
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from usance import models
from usance.actions import question_policy
from usance.actions import questions as action
from usance.domain.distribution import State as Delivery
from usance.domain.mandate import Act
from usance.domain.refusal import Refusal
from usance.domain.verification.questions import (
    ANSWERABLE,
    BOUNDS,
    Answer,
    Channel,
    Grade,
    Policy,
    Silence,
    State,
)
from usance.queries import pages
from usance.queries import questions as query

from . import desk
from .addresses import as_id
from .standing import GRADES

MOST_CLIENTS = 500
STATES = {
    State.TO_ASK: (gettext_lazy("To ask"), "warn"),
    State.ASKED: (gettext_lazy("Waits for the debtor"), "info"),
    State.CONFIRMED: (gettext_lazy("Confirmed"), "good"),
    State.OBJECTED: (gettext_lazy("Objected"), "bad"),
    State.SILENT: (gettext_lazy("No answer"), "bad"),
    State.PASSED: (gettext_lazy("No answer, went on"), "plain"),
    State.WAIVED: (gettext_lazy("Went on by a person's word"), "plain"),
}
assert set(STATES) == set(State), "every state has its words"
CHANNELS = {
    Channel.MAIL: gettext_lazy("by e-mail, then by telephone"),
    Channel.LINK: gettext_lazy("by a signed address that we give"),
    Channel.CALL: gettext_lazy("by telephone"),
}
assert set(CHANNELS) == set(Channel), "every channel has its words"
MAILS = {
    Delivery.QUEUED: (gettext_lazy("Goes out within a minute"), "plain"),
    Delivery.CALLING: (gettext_lazy("Is being handed over"), "plain"),
    Delivery.ACCEPTED: (gettext_lazy("Sent"), "info"),
    Delivery.SENT: (gettext_lazy("Sent"), "info"),
    Delivery.DELIVERED: (gettext_lazy("Arrived"), "good"),
    Delivery.OPENED: (gettext_lazy("Opened"), "good"),
    Delivery.FAILED: (gettext_lazy("Did not arrive"), "bad"),
    Delivery.UNKNOWN: (gettext_lazy("Nobody knows whether it went out"), "warn"),
    Delivery.CANCELLED: (gettext_lazy("Not sent"), "plain"),
}
assert set(MAILS) == set(Delivery), "every state of a mail has its words"
SILENCES = {
    Silence.HOLD: gettext_lazy("the invoice waits for a person"),
    Silence.PASS: gettext_lazy("the invoice goes on"),
}
assert set(SILENCES) == set(Silence), "every silence has its words"
ANSWERS = {
    Answer.CONFIRMED: gettext_lazy("It is right: received, amount right, nothing objected to"),
    Answer.OBJECTED: gettext_lazy("Something is wrong"),
    Answer.WRONG_PERSON: gettext_lazy("Wrong person: ask somebody else"),
}
assert set(ANSWERS) == set(Answer), "every answer has its words"
FIGURES = {
    "from_units": gettext_lazy("Always from this amount on, in whole units; 0: none"),
    "first": gettext_lazy("The first invoices of a client with a debtor"),
    "share": gettext_lazy("Of a thousand others at first"),
    "least": gettext_lazy("Of a thousand at least, however long all is well"),
    "halve_after": gettext_lazy("Confirmations after which the share halves"),
    "days": gettext_lazy("Days to answer"),
}
assert set(FIGURES) == set(BOUNDS), "every figure has its words"


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    views = {
        "to_ask": _("To ask"), "asked": _("Waiting"), "objected": _("Objected or silent"),
        "done": _("Done"),
    }  # fmt: skip
    lists = {
        "to_ask": query.to_ask, "asked": query.asked, "objected": query.objected,
        "done": query.done,
    }  # fmt: skip
    view = desk.chosen(request, "view", views)
    counts = pages.counted_each([query.to_ask(), query.asked(), query.objected()])
    found = pages.page(lists[view](), desk.cursor(request), newest_first=view == "done")
    context = {
        "views": desk.tabs(request, "view", views, dict(zip(lists, counts, strict=False))),
        "view": view,
        "rows": [drawn(row) for row in found.rows],
        "pager": desk.pager(request, found),
    }
    return render(request, "office/questions.html", context)


def drawn(row: models.Question) -> dict[str, object]:
    word, tone = STATES[State(row.state)]
    return {
        "row": row, "word": word, "tone": tone, "grade": GRADES[Grade(row.grade)],
        "channel": CHANNELS[Channel(row.channel)], "answered": row.answered_at is not None,
    }  # fmt: skip


@require_safe
def question(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = _row(pk)
    subject, text = query.message(row)
    debtor = row.invoice.debtor
    is_open = row.state in ANSWERABLE and row.invoice.stage == "received"
    context = {
        **drawn(row), "is_open": is_open, "link": query.link(row) if is_open else "",
        "subject": subject, "text": text, "channels": list(CHANNELS.items()),
        "answers": list(ANSWERS.items()), "debtor": debtor,
        "to": (debtor.phone if row.channel == Channel.CALL else debtor.email) if debtor else "",
        "mails": [mailed(one) for one in row.mails.order_by("-pk")],
        "may": desk.allowed(request, Act.RELEASE_HOLD),
    }  # fmt: skip
    return render(request, "office/question.html", context)


def mailed(row: models.QuestionMail) -> dict[str, object]:
    word, tone = MAILS[Delivery(row.state)]
    is_over = row.state not in (Delivery.QUEUED, Delivery.CALLING)
    return {"row": row, "word": word, "tone": tone, "is_over": is_over}


@require_POST
@desk.says_no
def ask(request: HttpRequest, pk: UUID) -> HttpResponse:
    _row(pk)
    channel = request.POST.get("channel", Channel.LINK)
    if channel not in set(Channel):
        desk.told(request, _("Choose how the debtor is asked."))
        return redirect("question", pk=pk)
    to = request.POST.get("to", "")
    row = action.ask(pk, channel=Channel(channel), to=to, **desk.signed(request))
    told = _("Noted as asked. An answer is due by %(day)s.")
    if row.channel == Channel.MAIL:
        told = _("The mail goes out within a minute. An answer is due by %(day)s.")
    desk.told(request, told % {"day": row.answer_by})
    return redirect("question", pk=pk)


@require_POST
@desk.says_no
def answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    _row(pk)
    said = request.POST.get("answer", "")
    if said not in set(Answer):
        desk.told(request, _("Choose what was answered."))
        return redirect("question", pk=pk)
    names = ("person", "number", "text")
    words = {name: request.POST.get(name, "") for name in names}
    action.answer(pk, said=Answer(said), **words, **desk.signed(request))
    desk.told(request, _("The answer is noted."))
    return redirect("question", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def policy(request: HttpRequest) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    client = models.Client.objects.filter(pk=as_id(asked.get("client", ""))).first()
    own = client.pk if client else None
    holding = query.policies([own] if own else [])[own]
    if request.method != "POST":
        return _policy(request, client, holding)
    said, fault = _typed(request, holding)
    if not fault:
        try:
            away = "away" in request.POST
            question_policy.set_policy(
                None if away else said, client=own, reason=request.POST.get("reason", ""),
                **desk.signed(request),
            )  # fmt: skip
        except Refusal as no:
            fault = f"{desk.sentence(no)} {no.todo}"
    if fault:
        return _policy(request, client, said, fault=fault)
    desk.told(request, _("Saved: it holds for what is verified from now on."))
    return redirect(reverse("question_policy") + (f"?client={own}" if own else ""))


def _policy(
    request: HttpRequest, client: models.Client | None, said: Policy, *, fault: str = ""
) -> HttpResponse:
    context = {
        "client": client,
        "row": models.QuestionPolicy.objects.filter(client=client).first(),
        "said": said,
        "figures": [
            {"name": name, "label": label, "value": getattr(said, name),
             "least": BOUNDS[name][0], "most": BOUNDS[name][1]}
            for name, label in FIGURES.items()
        ],
        "channels": list(CHANNELS.items()),
        "silences": list(SILENCES.items()),
        "clients": list(models.Client.objects.order_by("name_key")[:MOST_CLIENTS]),
        "reason": request.POST.get("reason", ""),
        "fault": fault,
        "may": desk.allowed(request, Act.SET_TRUST),
    }  # fmt: skip
    return render(request, "office/question_policy.html", context, status=422 if fault else 200)


def _typed(request: HttpRequest, holding: Policy) -> tuple[Policy, str]:
    """What was typed, and what is wrong with it; empty: nothing is."""
    figures = {}
    for name in BOUNDS:
        text = request.POST.get(name, "").strip()
        if not (text.isascii() and text.isdigit() and len(text) < 11):
            return holding, _("%(name)s: a whole number, please.") % {"name": FIGURES[name]}
        figures[name] = int(text)
    channel = request.POST.get("channel", holding.channel)
    silence = request.POST.get("silence", holding.silence)
    if channel not in set(Channel) or silence not in set(Silence):
        return holding, _("Choose how the debtor is asked, and what happens without an answer.")
    return replace(
        holding, **figures, channel=Channel(channel), silence=Silence(silence)
    ), ""  # fmt: skip


def _row(pk: UUID) -> models.Question:
    found = query.one(pk)
    if found is None:
        raise Http404("no such question")
    return found
