"""Ledger: the trial balance of any day, down to the moves and the promises about them."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from uuid import UUID

from django.core.cache import cache
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse as address
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from usance import clock, models
from usance.actions import corrections
from usance.domain.journal import NAMES, Account
from usance.domain.ledger import FREE
from usance.domain.mandate import Act
from usance.domain.periods import CORRECTION
from usance.queries import doctor as promises
from usance.queries import ledger as questions
from usance.queries import pages
from usance.web import exports

from . import desk

CHECKED = "ledger.doctor"  # In the cache: when, by whom, and what was answered.
TRIAL_COLUMNS = ("currency", "account", "name", "turnover_debit", "turnover_credit", "balance",
                 "as_of")  # fmt: skip
ACCOUNT_COLUMNS = ("booked_on", "because", "other_account", "about", "debit", "credit",
                   "currency", "entry")  # fmt: skip
JOURNAL_COLUMNS = ("booked_on", "written_at", "key", "because", "debit", "credit", "amount",
                   "currency", "voucher", "actor")  # fmt: skip


@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """The trial balance in every currency, as of any day."""
    today = clock.now().date()
    on = desk.day(request.GET.get("on")) or today
    known = desk.day(request.GET.get("known"))
    trials = questions.trial(on=on, known=known)
    if exports.wanted(request):
        rows = (
            (trial.currency, row.account, row.name, row.debit.decimal, row.credit.decimal,
             row.balance.decimal, on)
            for trial in trials
            for row in trial.rows
        )  # fmt: skip
        return exports.answer(request, f"trial-balance-{on}", TRIAL_COLUMNS, rows)
    return render(
        request, "office/ledger.html",
        {"trials": trials, "on": on, "known": known, "today": today,
         "checked": cache.get(CHECKED), "here": desk.address(request)},
    )  # fmt: skip


@require_safe
def account(request: HttpRequest, number: str, currency: str) -> HttpResponse:
    """One account: its days with turnover, and the moves of them, the newest first."""
    if number not in set(Account):
        raise Http404(number)
    book = Account(number)
    on = desk.day(request.GET.get("on")) or clock.now().date()
    since, known = desk.day(request.GET.get("since")), desk.day(request.GET.get("known"))
    if exports.wanted(request):
        rows = _account_rows(book, currency, on, since, known)
        return exports.answer(request, f"account-{number}-{currency}", ACCOUNT_COLUMNS, rows)
    after = desk.key(request.GET.get("after"))
    lines, more = questions.moves(book, currency, on=on, since=since, after=after, known=known)
    context = {
        "row": questions.row(book, currency, on=on, known=known),
        "currency": currency,
        "currencies": questions.currencies(),
        "on": on,
        "since": since,
        "known": known,
        "days": questions.last_days(book, currency, on=on, known=known, most=14),
        "lines": lines,
        "pager": {
            "here": desk.address(request),
            "after": f"{desk.address(request)}&after={more}" if more else "",
            "before": desk.address(request) if after else "",
            "says": _("%(count)s on this page") % {"count": len(lines)},
        },
        "accounts": [(one.value, NAMES[one]) for one in Account],
    }
    return render(request, "office/account.html", context)


def _account_rows(
    book: Account, currency: str, on: date, since: date | None, known: date | None
) -> Iterator[Sequence[exports.Cell]]:
    after: UUID | None = None
    while True:
        lines, after = questions.moves(book, currency, on=on, since=since, after=after, known=known)
        for one in lines:
            yield (
                one.on, one.because, one.other, one.about,
                one.debit.decimal if one.debit else None,
                one.credit.decimal if one.credit else None, currency, one.entry,
            )  # fmt: skip
        if after is None:
            return


@require_safe
def journal(request: HttpRequest) -> HttpResponse:
    """Every entry, the newest first, by what was asked."""
    rows = questions.entries(
        kind=request.GET.get("kind", ""),
        since=desk.day(request.GET.get("since")),
        until=desk.day(request.GET.get("until")),
        words=request.GET.get("q", "").strip()[:120],
    )
    if exports.wanted(request):
        return exports.answer(request, "journal", JOURNAL_COLUMNS, _journal_rows(rows))
    page = pages.page(rows, desk.cursor(request))
    context = {
        "entries": [{"row": row, "total": questions.total(row)} for row in page.rows],
        "kinds": questions.KINDS,
        "kind": request.GET.get("kind", ""),
        "filters": desk.chips(
            request, {"kind": _("Kind"), "since": _("From"), "until": _("To"), "q": _("Search")}
        ),
        "pager": desk.pager(request, page),
    }
    return render(request, "office/journal.html", context)


def _journal_rows(
    rows: "QuerySet[models.Entry]",
) -> Iterator[Sequence[exports.Cell]]:
    """A line for each move: an accountant adds them up."""
    for entry in rows.order_by("-id").iterator(chunk_size=1000):
        for move in entry.moves.all():
            yield (
                entry.booked_on, entry.at, entry.key, entry.because, move.debit, move.credit,
                questions.Money(move.amount_minor, move.currency).decimal, move.currency,
                entry.voucher, entry.actor,
            )  # fmt: skip


@require_safe
def entry(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One entry with its moves and what proves it."""
    row = get_object_or_404(models.Entry, pk=pk)
    moves = questions.entry_moves(row)
    context = {
        "entry": row,
        "moves": moves,
        "journal": [
            {
                "debit": f"{move.debit} {NAMES[Account(move.debit)]}",
                "credit": f"{move.credit} {NAMES[Account(move.credit)]}",
                "amount": questions.Money(move.amount_minor, move.currency),
                "about": questions.about(move),
            }
            for move in moves
        ],
        "invoices": {move.invoice.pk: move.invoice.number for move in moves if move.invoice},
        "today": clock.now().date(),
        "by_hand": row.key.startswith(CORRECTION),
        "may": desk.allowed(request, Act.CORRECT_BOOKS),
    }
    return render(request, "office/entry.html", context)


def correction(request: HttpRequest) -> HttpResponse:
    """The form of an entry by hand."""
    if request.method == "POST":
        return _correct(request)
    context = {
        "accounts": [(one.value, NAMES[one]) for one in Account if one in FREE],
        "today": clock.now().date(),
        "may": desk.allowed(request, Act.CORRECT_BOOKS),
    }
    return render(request, "office/correction.html", context)


@desk.says_no
def _correct(request: HttpRequest) -> HttpResponse:
    asked = request.POST
    numbers = {one.value: one for one in Account}
    currency = asked.get("currency", "").strip().upper()[:3]
    row = corrections.correct(
        numbers.get(asked.get("debit", ""), Account.BANK),
        numbers.get(asked.get("credit", ""), Account.BANK),
        desk.amount(asked.get("amount", ""), currency) or questions.Money(0, currency),
        on=_posted_day(request), because=asked.get("because", ""), proof=asked.get("proof", ""),
        **desk.signed(request),
    )  # fmt: skip
    desk.told(request, _("The correction is booked."))
    return redirect("entry", row.pk)


@require_POST
@desk.says_no
def reverse(request: HttpRequest, pk: UUID) -> HttpResponse:
    because = request.POST.get("because", "")
    row = corrections.reverse(pk, on=_posted_day(request), because=because, **desk.signed(request))
    desk.told(request, _("The correction is reversed."))
    return redirect("entry", row.pk)


def _posted_day(request: HttpRequest) -> date:
    try:
        return date.fromisoformat(request.POST.get("on", ""))
    except ValueError:
        return clock.now().date()


def doctor(request: HttpRequest) -> HttpResponse:
    """Every promise about the books with its last answer; POST asks all of them again."""
    if request.method == "POST":
        at: datetime = clock.now()
        answers = promises.examine(seed=int(at.timestamp()))
        cache.set(CHECKED, {"at": at, "by": desk.actor(request), "answers": answers}, None)
        return redirect(address("doctor"))
    checked = cache.get(CHECKED)
    answers = checked["answers"] if checked else []
    if exports.wanted(request):
        rows = ((one.rule, one.promise, one.kept, one.broken) for one in answers)
        return exports.answer(request, "promises", ("rule", "promise", "kept", "broken"), rows)
    context = {
        "checked": checked,
        "answers": answers,
        "broken": sum(not one.kept for one in answers),
        "promises": [(rule, says) for rule, (says, _sql) in promises.QUESTIONS.items()],
        "shown": promises.SHOWN,
        "here": desk.address(request),
    }  # fmt: skip
    return render(request, "office/doctor.html", context)
