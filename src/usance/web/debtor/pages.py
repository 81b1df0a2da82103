"""The debtor's copy behind a signed address: the invoice, how to pay, "already paid", "I object".

What counts as opened. Mail servers and their protectors fetch every address in a mail, and some
draw the page. So to fetch it proves nothing: neither GET nor HEAD is noted. The page itself says
that it stands on a screen, a moment after a visible window has drawn it; a browser that announces
itself as a robot or fetches ahead is not believed; and whatever a person sends from it counts.

An address on paper proves nothing, and no browser subscribes by it: the client and our own people
have the paper too. Its page says what every other one says, and takes a word or an objection.
"""

import re
from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from usance import clock, models
from usance.actions import checkouts, plans
from usance.actions import portal as action
from usance.domain.collection.promises import DayTooFar, Word
from usance.domain.invoice import Kind
from usance.domain.refusal import Refusal
from usance.letters import nearest, preview
from usance.queries import parcels
from usance.queries import portal as query
from usance.queries import push as browsers
from usance.web import pdfs

from . import pace, paying
from . import push as subscriptions

LANGUAGES = {
    "sv": "Svenska", "nb": "Norsk", "da": "Dansk", "fi": "Suomi", "de": "Deutsch", "fr": "Français",
    "en": "English",
}  # fmt: skip
MISSES, LOOKS, WORDS = 30, 120, 12  # A minute: wrong addresses, pages of one, forms of one.
LONGEST = 380
NOT_DONE = {"missing", "not_yours", "plan_over", "too_far", "online_not"}  # Words that say no.
ROBOT = re.compile(
    r"bot\b|crawl|spider|slurp|preview|prefetch|scan|protect|safelinks|proofpoint|mimecast|"
    r"barracuda|curl|wget|python|java/|go-http|facebookexternalhit|whatsapp|telegram|skypeuri",
    re.IGNORECASE,
)

View = Callable[..., HttpResponse]


def of_debtor(view: View) -> View:
    """The view gets the page that its token names; a wrong one is 404 for everybody alike."""

    @login_not_required
    @wraps(view)
    def opened(request: HttpRequest, token: str, **more: Any) -> HttpResponse:
        if pace.too_fast(request, "look", token[:40], most=LOOKS):
            return private(door(request, "slow", status=429))
        today = clock.now().date()
        dispatch = query.dispatch_of(token, today=today)
        found = query.page(dispatch, today=today) if dispatch else None
        if found is None:
            if pace.too_fast(request, "miss", pace.address(request), most=MISSES):
                return private(door(request, "slow", status=429))
            return private(door(request, "gone", status=404))
        with translation.override(language_of(request, found)):
            return private(view(request, token, found, **more))

    return opened


def writes(view: View) -> View:
    """A form of the page: POST, and not too often."""

    @require_POST
    @wraps(view)
    def written(request: HttpRequest, token: str, found: query.Page) -> HttpResponse:
        if pace.too_fast(request, "write", token, most=WORDS):
            return door(request, "slow", status=429)
        if request.user.is_authenticated:  # A colleague looks at the page: no word of the debtor's.
            return _thanks(request, token, found, "not_yours")
        return view(request, token, found)

    return written


@of_debtor
@require_safe
def page(request: HttpRequest, token: str, found: query.Page) -> HttpResponse:
    language = language_of(request, found)
    told = _told(found) | paying.told(found, language)
    said = {name: text.format_map(told) for name, text in query.words(language).items()}
    word, tone = _state(found)
    is_proof = not query.was_printed(token)
    context = {
        **paying.shown(request, found, language, said),
        "w": said, "token": token, "found": found, "row": found.invoice, "language": language,
        "languages": [(code, name, code == language) for code, name in LANGUAGES.items()],
        "state": (said[word], tone),
        "heading": said["credit_title" if _is_credit(found) else "title"],
        "copies": [(one, said[one.paper]) for one in found.copies],
        "today": found.as_of,
        # A colleague's browser is not told what a debtor is told.
        "offers_push": is_proof and browsers.is_carried() and not request.user.is_authenticated,
        "is_proof": is_proof,
    }  # fmt: skip
    answer = render(request, "debtor/page.html", context)
    if found.online is not None:  # Its form leads there, which the browser has to allow.
        there = found.online.module.page(found.online.config)
        answer._csp_update = {"form-action": [there]}  # type: ignore[attr-defined]  # django-csp's
    return answer


@of_debtor
@require_safe
def copy(request: HttpRequest, token: str, found: query.Page, paper: str) -> HttpResponse:
    """The document as it was sent."""
    one = found.copy(paper)
    if one is None:
        raise Http404("no such paper")
    return pdfs.download(parcels.stored(one.document), pdfs.file_name(paper, found.invoice.number))


@of_debtor
@require_safe
def picture(request: HttpRequest, token: str, found: query.Page, paper: str) -> HttpResponse:
    """Its first page, drawn by a child process."""
    one = found.copy(paper)
    if one is None:
        raise Http404("no such paper")
    try:
        png = preview.preview(parcels.stored(one.document), page=0)
    except preview.NoPreview as no:
        raise Http404(str(no)) from no
    return HttpResponse(png, content_type="image/png")


@of_debtor
@writes
def seen(request: HttpRequest, token: str, found: query.Page) -> HttpResponse:
    """The page says that it stands on a screen."""
    counts = by_person(request) and not query.was_printed(token)
    if counts:
        action.seen(found.dispatch.pk, at=clock.now())
    return JsonResponse({"counts": counts})


@of_debtor
@writes
def received(request: HttpRequest, token: str, found: query.Page) -> HttpResponse:
    if query.was_printed(token):
        raise Http404("a page whose address was printed has no such form")
    action.seen(found.dispatch.pk, at=clock.now(), code="confirmed")
    return _thanks(request, token, found, "thanks_receipt")


@of_debtor
@writes
def paid(request: HttpRequest, token: str, found: query.Page) -> HttpResponse:
    return _says(request, token, found, Word.PAID, "thanks_paid")


@of_debtor
@writes
def pays(request: HttpRequest, token: str, found: query.Page) -> HttpResponse:
    """The debtor names the day on which it will pay."""
    return _says(request, token, found, Word.PAYS, "thanks_pays")


def _says(
    request: HttpRequest, token: str, found: query.Page, word: Word, thanks: str
) -> HttpResponse:
    text = request.POST.get("text", "")[:LONGEST]
    day = _day(request.POST.get(f"{word.value}_on", ""))
    try:
        action.says(
            found.dispatch.pk, word=word, on=day, text=text, at=clock.now(),
            proves=not query.was_printed(token),
        )  # fmt: skip
    except DayTooFar:
        return _thanks(request, token, found, "too_far")
    return _thanks(request, token, found, thanks)


@of_debtor
@writes
def plan(request: HttpRequest, token: str, found: query.Page) -> HttpResponse:
    """The debtor asks for a plan of so many instalments."""
    count = request.POST.get("count", "")
    try:
        plans.ask(
            found.dispatch.pk, count=int(count) if count in paying.COUNTS else 0,
            text=request.POST.get("text", "")[:LONGEST], at=clock.now(),
            proves=not query.was_printed(token),
        )  # fmt: skip
    except Refusal:
        return _thanks(request, token, found, "plan_over")
    return _thanks(request, token, found, "thanks_plan")


@of_debtor
@writes
def online(request: HttpRequest, token: str, found: query.Page) -> HttpResponse:
    """The debtor goes to the payment provider, to pay what is due now."""
    language = language_of(request, found)
    here = request.build_absolute_uri(f"{reverse('portal', args=[token])}?language={language}")
    try:
        place = checkouts.begin(
            found.dispatch.pk, back=here, language=language, at=clock.now(), actor="debtor"
        )
    except Refusal:
        return _thanks(request, token, found, "online_not")
    return redirect(place)


@of_debtor
@writes
def objection(request: HttpRequest, token: str, found: query.Page) -> HttpResponse:
    try:
        action.objects(
            found.dispatch.pk, text=request.POST.get("text", "")[:LONGEST], at=clock.now()
        )
    except action.NothingWritten:
        return _thanks(request, token, found, "missing")
    return _thanks(request, token, found, "thanks_object")


@csrf_exempt  # It asks for our origin and for JSON instead, which no form can send.
@of_debtor
def push(request: HttpRequest, token: str, found: query.Page) -> HttpResponse:
    """The debtor's browser asks to be told, or to be left alone."""
    if request.method not in ("GET", "HEAD"):
        if pace.too_fast(request, "write", token, most=WORDS):
            return door(request, "slow", status=429)
        if request.user.is_authenticated or query.was_printed(token):
            return HttpResponse(status=403)
    return subscriptions.answer(
        request, debtor_id=found.invoice.debtor_id, page=reverse("portal", args=[token])
    )


def by_person(request: HttpRequest) -> bool:
    """Whether this may be a person's browser: no robot's name, and not fetched ahead."""
    ahead = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    agent = request.headers.get("User-Agent", "")
    return "prefetch" not in ahead and bool(agent) and not ROBOT.search(agent)


def language_of(request: HttpRequest, found: query.Page) -> str:
    return language_for(request, found.invoice.debtor)


def language_for(request: HttpRequest, debtor: models.Debtor | None) -> str:
    """As chosen on the page, else the debtor's, else English."""
    chosen = request.GET.get("language", "")
    if chosen in LANGUAGES:
        return chosen
    return nearest(debtor.language if debtor else "")


def _is_credit(found: query.Page) -> bool:
    return found.invoice.kind == Kind.CREDIT_NOTE


def _state(found: query.Page) -> tuple[str, str]:
    """A word of the page's and its tone."""
    if not found.is_ours:
        return "returned", "odd"
    if found.dispute is not None:
        return "disputed", "warn"
    if _is_credit(found):
        return "credited", "good"
    if found.is_paid:
        return "paid", "good"
    return ("overdue", "bad") if found.days_overdue else ("open", "info")


def _told(found: query.Page) -> dict[str, str]:
    debtor = found.invoice.debtor
    return {
        "number": found.invoice.number, "client": found.invoice.client.name,
        "factor": found.factor.name, "email": found.factor.email,
        "debtor": debtor.name if debtor else "",
    }  # fmt: skip


def _thanks(request: HttpRequest, token: str, found: query.Page, word: str) -> HttpResponse:
    language = language_of(request, found)
    told = _told(found) | paying.told(found, language)
    tell = messages.warning if word in NOT_DONE else messages.success
    tell(request, query.words(language)[word].format_map(told))
    answer = redirect("portal", token=token)
    if request.GET.get("language") in LANGUAGES:
        answer["Location"] += f"?language={language}"
    return answer


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def door(request: HttpRequest, why: str, *, status: int) -> HttpResponse:
    language = _asked_for(request)
    said = query.words(language)
    context = {"title": said[f"{why}_title"], "says": said[why], "language": language}
    answer = render(request, "debtor/door.html", context, status=status)
    if status == 429:
        answer["Retry-After"] = str(pace.SPAN)
    return answer


def _asked_for(request: HttpRequest) -> str:
    """The first language of the browser's that we speak, else English: here is no debtor to ask."""
    for code, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        spoken = nearest(code.partition("-")[0])
        if spoken != "en" or code[:2] == "en":
            return spoken
    return "en"


def private(answer: HttpResponse) -> HttpResponse:
    """Whoever has the address has the page: it goes into no index, no cache, and to no other site
    as referrer (the same-origin policy of every page; with none at all a form has no origin)."""
    answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    answer["Cache-Control"] = "no-store"
    return answer
