"""Exchange rates as they are known, typed and imported; the books in the currency of the book."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from usance import clock
from usance.actions import exchange as action
from usance.actions import valuing
from usance.actions.exchange import RatesUnreadable
from usance.domain.mandate import Act, person
from usance.domain.periods import month
from usance.queries import exchange as questions
from usance.web import exports

from . import desk

LARGEST_BYTES = 32 * 1024 * 1024
TRIAL_COLUMNS = ("account", "name", "currency", "balance", "home", "worth", "as_of")
SOURCES = {"ecb": "ECB"}


@require_safe
def rates(request: HttpRequest) -> HttpResponse:
    """The last rate of each currency, with its source and age; what waits for a second person."""
    today = clock.now().date()
    context = {
        "home": questions.home(),
        "is_fixed": questions.is_home_fixed(),
        "rows": [
            {"row": one, "age": (today - one.published_on).days, "source": _source(one.source)}
            for one in questions.latest()
        ],
        "waiting": [
            (one, action.digest(one), person(one.said_by) == person(desk.actor(request)))
            for one in questions.waiting()
        ],
        "today": today,
        "may": desk.allowed(request, Act.SET_EXCHANGE),
    }
    return render(request, "office/exchange_rates.html", context)


@require_POST
@desk.says_no
def take_in(request: HttpRequest) -> HttpResponse:
    file = request.FILES.get("file")
    if file is None or (file.size or 0) > LARGEST_BYTES:
        raise RatesUnreadable("no file was chosen, or one of more than 32 MB")
    found, new = action.import_file(
        file.read(), source="ecb", name=file.name or "rates.xml", **desk.signed(request)
    )
    desk.told(request, _("%(found)s rates read, %(new)s new.") % {"found": found, "new": new})
    return redirect("exchange_rates")


@require_POST
@desk.says_no
def propose(request: HttpRequest) -> HttpResponse:
    asked = request.POST
    row = action.propose(
        asked.get("currency", "").strip(), desk.said_day(asked.get("on", "")),
        desk.rate(asked.get("per_euro", "")), says=asked.get("says", ""), **desk.signed(request),
    )  # fmt: skip
    desk.told(request, _("%(rate)s waits for a second person.") % {"rate": row})
    return redirect("exchange_rates")


@require_POST
@desk.says_no
def agree(request: HttpRequest, pk: UUID) -> HttpResponse:
    action.agree(pk, seen=request.POST.get("seen", ""), **desk.signed(request))
    desk.told(request, _("The rate is known from now on."))
    return redirect("exchange_rates")


@require_POST
@desk.says_no
def decline(request: HttpRequest, pk: UUID) -> HttpResponse:
    action.decline(pk, **desk.signed(request))
    desk.told(request, _("The rate is not used."))
    return redirect("exchange_rates")


@require_POST
@desk.says_no
def choose_home(request: HttpRequest) -> HttpResponse:
    action.choose_home(request.POST.get("currency", ""), **desk.signed(request))
    desk.told(request, _("The currency of the book is chosen."))
    return redirect("exchange_rates")


@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """The trial balance of all currencies in that of the book, and the positions in others."""
    today = clock.now().date()
    yesterday = today - timedelta(days=1)
    on = desk.day(request.GET.get("on", "")) or yesterday
    base = questions.home()
    trial = questions.home_trial(base, on=on) if base else None
    if trial and exports.wanted(request):
        rows = (
            (row.account.value, row.name, units.currency, units.decimal, base, worth.decimal, on)
            for row in trial.rows
            for units, worth in row.parts
        )
        return exports.answer(request, f"home-balance-{on}", TRIAL_COLUMNS, rows)
    _first, month_end = month(on)
    context = {
        "home": base, "trial": trial, "on": on, "today": today, "yesterday": yesterday,
        "positions": questions.positions(base, on=on) if base else [],
        "month_end": month_end, "is_over": month_end < today,
        "here": desk.address(request), "may": desk.allowed(request, Act.SET_EXCHANGE),
    }  # fmt: skip
    return render(request, "office/home_balance.html", context)


@require_POST
@desk.says_no
def value(request: HttpRequest) -> HttpResponse:
    """What the day's end does by itself, at once; with a month's end, at its closing rates."""
    signed = desk.signed(request)
    done = valuing.value(through=clock.now().date() - timedelta(days=1), **signed)
    if month_end := desk.day(request.POST.get("month_end", "")):
        valuing.revalue(month_end, **signed)
    says = ngettext("%(count)s day valued.", "%(count)s days valued.", done.days)
    missing = [f"{one[0].upper()}{one[1:]}." for one in done.missing]
    desk.told(request, " ".join([says % {"count": done.days}, *missing]))
    return redirect(desk.back(request, "home_balance"))


def _source(name: str) -> str:
    return _("Typed") if name == action.TYPED else SOURCES.get(name, name)
