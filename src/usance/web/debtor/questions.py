"""The page behind the signed address of a question: the debtor confirms, objects, or says that
it is the wrong person. To fetch it proves and changes nothing; to press its button twice is one
answer.
"""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.http import require_POST, require_safe

from usance import clock, models
from usance.actions import questions as action
from usance.domain.refusal import Refusal
from usance.domain.verification.questions import ANSWERABLE, Answer, State
from usance.queries import questions as query

from . import pace
from .pages import LANGUAGES, LONGEST, LOOKS, MISSES, WORDS, by_person, door, language_for, private

View = Callable[[HttpRequest, str, models.Question], HttpResponse]
THANKS = {
    Answer.CONFIRMED: "thanks_confirmed",
    Answer.OBJECTED: "thanks_objected",
    Answer.WRONG_PERSON: "thanks_wrong",
}
assert set(THANKS) == set(Answer), "every answer is thanked for"


def of_debtor(view: View) -> Callable[..., HttpResponse]:
    """The view gets the question that its token names; a wrong one is 404 for everybody alike."""

    @login_not_required
    @wraps(view)
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        if pace.too_fast(request, "look", token[:44], most=LOOKS):
            return private(door(request, "slow", status=429))
        found = query.question_of(token, today=clock.now().date())
        if found is None:
            if pace.too_fast(request, "miss", pace.address(request), most=MISSES):
                return private(door(request, "slow", status=429))
            return private(door(request, "gone", status=404))
        with translation.override(language_for(request, found.invoice.debtor)):
            return private(view(request, token, found))

    return opened


@of_debtor
@require_safe
def page(request: HttpRequest, token: str, found: models.Question) -> HttpResponse:
    language = language_for(request, found.invoice.debtor)
    today = clock.now().date()
    state = State(found.state)
    is_open = state in ANSWERABLE and found.invoice.stage == "received"
    context = {
        "w": query.words(found, language), "token": token, "row": found.invoice, "question": found,
        "language": language,
        "languages": [(code, name, code == language) for code, name in LANGUAGES.items()],
        "is_open": is_open,
        "is_late": found.answer_by is not None and today > found.answer_by,
        "ended": "" if is_open else _ended(state),
        "tone": "warn" if state is State.OBJECTED else "good",
    }  # fmt: skip
    return render(request, "debtor/question.html", context)


@of_debtor
@require_POST
def seen(request: HttpRequest, token: str, found: models.Question) -> HttpResponse:
    """The page says that it stands on a screen."""
    counts = by_person(request) and not request.user.is_authenticated
    if counts:
        action.seen(found.pk, at=clock.now())
    return JsonResponse({"counts": counts})


@of_debtor
@require_POST
def answer(request: HttpRequest, token: str, found: models.Question) -> HttpResponse:
    if pace.too_fast(request, "write", token, most=WORDS):
        return door(request, "slow", status=429)
    language = language_for(request, found.invoice.debtor)
    words = query.words(found, language)
    if request.user.is_authenticated:  # A colleague looks at the page: no word of the debtor's.
        messages.warning(request, words["not_yours"])
        return _back(request, token, language)
    try:
        said = Answer(request.POST.get("answer", ""))
    except ValueError:
        return _back(request, token, language)
    text = request.POST.get("text", "")[:LONGEST]
    try:
        action.answer_by_link(found.pk, attempt=found.attempt, said=said, text=text, at=clock.now())
    except action.WordsMissing:
        messages.warning(request, words["missing"])
        return _back(request, token, language)
    except Refusal:
        messages.warning(request, words["closed"])
        return _back(request, token, language)
    if said is Answer.WRONG_PERSON:  # The address has ended with it.
        context = {
            "title": words["title"], "says": words["thanks_wrong"], "language": language,
        }  # fmt: skip
        return render(request, "debtor/door.html", context)
    messages.success(request, words[THANKS[said]])
    return _back(request, token, language)


def _ended(state: State) -> str:
    if state in (State.CONFIRMED, State.OBJECTED):
        return state.value
    return "closed"


def _back(request: HttpRequest, token: str, language: str) -> HttpResponse:
    answered = redirect("question_asked", token=token)
    if request.GET.get("language") in LANGUAGES:
        answered["Location"] += f"?language={language}"
    return answered
