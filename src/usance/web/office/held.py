"""The queue of what is held: why, what next, and release or reject, one or many."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from usance.actions import holds
from usance.domain.mandate import Act
from usance.domain.refusal import Refusal
from usance.queries import held as query
from usance.queries.pages import MOST_COUNTED

from .addresses import as_id
from .desk import allowed, cursor, pager, says_no, sentence, signed, tabs, told
from .standing import step


def page(request: HttpRequest) -> HttpResponse:
    counted = query.counts()
    views = _views(counted)
    here = request.GET.get("view", "all")
    here = here if here in views else "all"
    because = here if here in {query.FINDINGS, query.ERROR} else ""
    at = here if not because and here != "all" else ""
    queue = query.queue(cursor(request), because=because, step=at)
    context = {
        "rows": [{"row": row, "step": step(row.step)} for row in queue.rows],
        "views": tabs(request, "view", views, _numbers(counted)),
        "found": queue.count,
        "pager": pager(request, queue.page),
        "may": allowed(request, Act.RELEASE_HOLD, Act.REJECT_INVOICE),
        "here": request.get_full_path(),
        "most": MOST_COUNTED,
    }
    return render(request, "office/held.html", context)


@require_POST
@says_no
def release(request: HttpRequest) -> HttpResponse:
    return _decide(
        request,
        holds.release_each,
        lambda n: ngettext("%(n)s hold released", "%(n)s holds released", n) % {"n": n},
    )


@require_POST
@says_no
def reject(request: HttpRequest) -> HttpResponse:
    return _decide(
        request,
        holds.reject_each,
        lambda n: ngettext("%(n)s invoice rejected", "%(n)s invoices rejected", n) % {"n": n},
    )


def _decide(
    request: HttpRequest,
    act: Callable[..., dict[UUID, Refusal]],
    said: Callable[[int], str],
) -> HttpResponse:
    wanted = _chosen(request)
    refused = act(wanted, remark=_remark(request), **signed(request))
    if wanted and len(refused) == len(wanted) == 1:
        raise next(iter(refused.values()))
    if len(wanted) > len(refused):
        told(request, said(len(wanted) - len(refused)))
    for no in list(refused.values())[:3]:
        told(request, _("Not done: %(says)s %(todo)s") % {"says": sentence(no), "todo": no.todo})
    if not wanted:
        told(request, _("Nothing was selected."))
    return redirect(_back(request))


def _chosen(request: HttpRequest) -> list[UUID]:
    """One by its own button, else all that were ticked."""
    texts = request.POST.getlist("one") or request.POST.getlist("id")
    return [pk for text in texts if (pk := as_id(text)) is not None]


def _remark(request: HttpRequest) -> str:
    return (request.POST.get("remark") or request.POST.get("reason") or "").strip()


def _back(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        return wanted
    return reverse("held")


def _views(counted: dict[tuple[str, str], int]) -> dict[str, str]:
    steps = sorted({at for _because, at in counted})
    return {
        "all": _("All"),
        query.FINDINGS: _("Findings"),
        query.ERROR: _("Errors"),
        **{at: step(at) for at in steps},
    }


def _numbers(counted: dict[tuple[str, str], int]) -> dict[str, int]:
    numbers = {"all": sum(counted.values())}
    for (because, at), count in counted.items():
        numbers[because] = numbers.get(because, 0) + count
        numbers[at] = numbers.get(at, 0) + count
    return numbers
