"""Exports: what each bookkeeping has not got yet, what it has, and what it said."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from usance import clock, models, plugins
from usance.actions import vouchers as action
from usance.domain.charts import CHARTS
from usance.domain.mandate import Act
from usance.domain.vouchers import Answer, State
from usance.plugins.vouchers import KIND
from usance.queries import pages
from usance.queries import vouchers as questions

from . import desk

ACTS = (Act.EXPORT_VOUCHERS, Act.SET_VOUCHER_TARGET)
FORMATS = {"sie4": "SIE 4", "datev": "DATEV", "csv_vouchers": "CSV"}
WORDS = {
    State.PENDING: (gettext_lazy("Pending"), "plain"),
    State.EXPORTED: (gettext_lazy("Exported"), "info"),
    State.BOOKED: (gettext_lazy("Booked"), "good"),
    State.FAILED: (gettext_lazy("Failed"), "bad"),
}  # fmt: skip
SIZE = 50


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Bookkeepings with what waits for them, and the exports, the newest first."""
    today = clock.now().date()
    found = pages.page(questions.batches(), desk.cursor(request))
    targets = [
        {"row": row, "format": FORMATS.get(row.format, row.format),
         "chart": CHARTS[row.chart].says, "pending": questions.pending(row, until=today)}
        for row in questions.targets()
        if row.ended_at is None
    ]  # fmt: skip
    context = {
        "targets": targets,
        "batches": [_shown(one) for one in questions.counted(list(found.rows))],
        "pager": desk.pager(request, found),
        "today": today,
        "may": desk.allowed(request, *ACTS),
    }
    return render(request, "office/vouchers.html", context)


@require_safe
def batch(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One export: its vouchers with what the other side said of each."""
    (one,) = questions.counted([get_object_or_404(questions.batches(), pk=pk)])
    state = desk.chosen(request, "state", {"": "", **dict.fromkeys(State, "")})
    after = request.GET.get("after", "")
    rows = questions.vouchers(pk, state=state)
    rows = rows.filter(number__gt=int(after)) if after.isdecimal() and len(after) < 10 else rows
    found = list(rows[: SIZE + 1])
    views = {"": _("All"), **{state.value: word for state, (word, _tone) in WORDS.items()}}
    context = {
        "one": _shown(one),
        "rows": [(row, *WORDS[State(row.state)]) for row in found[:SIZE]],
        "views": desk.tabs(
            request, "state", views, {state.value: n for state, n in one.counts.items()}
        ),
        "pager": {
            "says": _("%(count)s on this page") % {"count": len(found[:SIZE])}, "before": "",
            "after": f"{desk.address(request)}&after={found[SIZE - 1].number}"
            if len(found) > SIZE else "",
        },
        "document": one.row.document,
        "answers": [state for state in State if state is not State.PENDING],
        "failed": one.counts.get(State.FAILED, 0),
        "may": desk.allowed(request, *ACTS),
    }  # fmt: skip
    return render(request, "office/voucher_batch.html", context)


@require_POST
@desk.says_no
def export(request: HttpRequest, pk: UUID) -> HttpResponse:
    until = desk.day(request.POST.get("until", "")) or clock.now().date()
    made = action.export(pk, until=until, **desk.signed(request))
    count = sum(one.vouchers for one in made)
    says = ngettext("%(count)s voucher exported.", "%(count)s vouchers exported.", count)
    desk.told(request, says % {"count": count} if made else _("Nothing was pending."))
    return redirect("voucher_batch", made[0].pk) if len(made) == 1 else redirect("vouchers")


@require_POST
@desk.says_no
def answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the other side says: of one voucher by its number, or of all that may become so."""
    asked = request.POST
    number = asked.get("number", "").strip()
    said = Answer(
        state=State(desk_state) if (desk_state := asked.get("state", "")) in set(State)
        else State.PENDING,
        number=int(number) if number.isdecimal() and len(number) < 10 else None,
        their_series=asked.get("their_series", "").strip()[:20],
        their_number=asked.get("their_number", "").strip()[:40],
        error=asked.get("error", "").strip()[:400],
    )  # fmt: skip
    changed = action.take_answers(pk, [said], **desk.signed(request))
    says = ngettext("%(count)s voucher changed.", "%(count)s vouchers changed.", changed)
    desk.told(request, says % {"count": changed})
    return redirect("voucher_batch", pk)


def target(request: HttpRequest) -> HttpResponse:
    """The form of a bookkeeping; kept under a name that exists, it is changed."""
    if request.method == "POST":
        return _keep(request)
    name = request.GET.get("name", "")
    row = models.VoucherTarget.objects.filter(name=name).first()
    row = row or models.VoucherTarget(since=clock.now().date().replace(month=1, day=1))
    context = {
        "row": row,
        "running": bool(row.name) and row.ended_at is None,
        "formats": [(one, FORMATS.get(one, one)) for one in plugins.names(KIND)],
        "charts": [(one, chart.says) for one, chart in CHARTS.items()],
        "numbers": "\n".join(f"{ours}={theirs}" for ours, theirs in sorted(row.numbers.items())),
        "settings": "\n".join(f"{one}={value}" for one, value in sorted(row.settings.items())),
        "asks": [(name, says) for one in plugins.names(KIND)
                 for name, says in questions.load(one).CONFIG.items()],
        "may": desk.allowed(request, *ACTS),
    }  # fmt: skip
    return render(request, "office/voucher_target.html", context)


@desk.says_no
def _keep(request: HttpRequest) -> HttpResponse:
    asked = request.POST
    begins = asked.get("year_begins", "")
    action.set_target(
        name=asked.get("name", "").strip()[:80], format=asked.get("format", ""),
        chart=asked.get("chart", ""), series=asked.get("series", "").strip(),
        year_begins=int(begins) if begins.isdecimal() and len(begins) < 3 else 0,
        since=desk.day(asked.get("since", "")) or clock.now().date(),
        in_home="in_home" in asked, numbers=_pairs(asked.get("numbers", "")),
        settings=_pairs(asked.get("settings", "")),
        **desk.signed(request),
    )  # fmt: skip
    desk.told(request, _("The bookkeeping is set up."))
    return redirect("vouchers")


@require_POST
@desk.says_no
def end(request: HttpRequest, pk: UUID) -> HttpResponse:
    action.end_target(pk, **desk.signed(request))
    desk.told(request, _("Ended"))
    return redirect("vouchers")


def _shown(one: questions.Batch) -> dict[str, object]:
    states = [(*WORDS[state], count) for state, count in sorted(one.counts.items())]
    return {"row": one.row, "total": one.total, "states": states}


def _pairs(text: str) -> dict[str, str]:
    """Lines of name=value."""
    pairs = (line.partition("=")[::2] for line in text.splitlines() if "=" in line)
    return {name.strip()[:20]: value.strip()[:80] for name, value in pairs}
