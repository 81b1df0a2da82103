"""The first screen: figures of today in one currency, and what waits for a person."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usance import clock
from usance.domain.distribution import Kind
from usance.domain.mandate import Act
from usance.domain.money import Money, exponent
from usance.queries import today as figures
from usance.queries import waiting as beside
from usance.queries import work
from usance.web import charts, shown

from . import desk
from .standing import KINDS

LINE_DAYS = 7  # For "compared with last week".
# The page of a task by its own key; of others that of their invoice.
OF_TASK = {
    work.Sort.MATCH: "cash_line", work.Sort.UNKNOWN: "delivery", work.Sort.ANSWER: "mail",
    work.Sort.READING: "review_document", work.Sort.REGISTRATION: "registration_place",
    work.Sort.PLAN: "plan", work.Sort.WRITE_OFF: "write_off", work.Sort.OFFER: "offer",
}  # fmt: skip


def page(request: HttpRequest) -> HttpResponse:
    at = clock.now()
    today = at.date()
    open_ = figures.open_by_due()
    known = figures.currencies(open_)
    wanted = request.GET.get("currency", "")
    currency = wanted if wanted in known else (known[0] if known else "EUR")
    due = open_.get(currency, ())
    course = figures.course(currency, until=today)
    language = request.LANGUAGE_CODE
    waits = work.waiting()
    may = desk.allowed(request, Act.TAKE_IN, Act.IMPORT_STATEMENT)
    context = {
        "on": today,
        "currency": currency,
        "currencies": [
            {"name": name, "url": f"?currency={name}", "here": name == currency} for name in known
        ],
        "tiles": [
            _funds(course, currency),
            _availability(course, language),
            _purchased(currency, today, language),
            _unapplied(currency, today),
            _dso(currency, today, language),
            _overdue(due, currency, today, language),
        ],
        "course": _course(course, currency, language),
        "ageing": _ageing(due, currency, today, language),
        "delivery": _delivery(today, language),
        "expected": _expected(currency, today, language),
        "tasks": [_task(task) for task in work.tasks()],
        "waits": waits,
        "views": _views(waits) + _elsewhere(beside.elsewhere(at=at)),
        "batches_url": reverse("batch_new") if may[Act.TAKE_IN.value] else "",
        "cash_url": reverse("cash") if may[Act.IMPORT_STATEMENT.value] else "",
    }
    return render(request, "office/today.html", context)


def _funds(course: Sequence[figures.Day], currency: str) -> dict[str, object]:
    now, before = course[-1].funds, course[-1 - LINE_DAYS].funds
    change = now - before
    note = _("as a week ago")
    if before.minor > 0 and change:
        percent = Decimal(change.minor * 100) / before.minor
        note = _("%(percent)s vs. last week") % {"percent": f"{percent:+.1f} %".replace("-", "−")}
    elif change:
        note = _("nothing a week ago")
    url = f"{reverse('invoices')}?view=funded&currency={currency}"
    return {"name": _("Funds in use"), "money": now, "note": note, "url": url, "tone": ""}


def _availability(course: Sequence[figures.Day], language: str) -> dict[str, object]:
    now = course[-1]
    note, tone = _("no facility in this currency"), ""
    if now.limits:
        share = Decimal(now.availability.minor * 100) / now.limits.minor
        percent = shown.number(share, language, digits=1)
        note = _("%(percent)s %% of the facilities") % {"percent": percent}
        tone = "bad" if share < 0 else "warn" if share < 10 else ""
    return {
        "name": _("Availability"), "money": now.availability, "note": note, "tone": tone,
        "url": reverse("clients"),
    }  # fmt: skip


def _purchased(currency: str, today: date, language: str) -> dict[str, object]:
    found = figures.purchases(currency, on=today)
    invoices = ngettext("%(n)s invoice", "%(n)s invoices", found.invoices) % {
        "n": shown.number(found.invoices, language)
    }
    clients = ngettext("%(n)s client", "%(n)s clients", found.clients) % {"n": found.clients}
    url = f"{reverse('invoices')}?purchased={today}&currency={currency}"
    return {
        "name": _("Purchased today"), "money": found.face, "note": f"{invoices} · {clients}",
        "tone": "good" if found.invoices else "", "url": url,
    }  # fmt: skip


def _unapplied(currency: str, today: date) -> dict[str, object]:
    found = figures.unapplied(currency)
    note = _("everything is applied")
    if found.oldest:
        lines = ngettext("%(n)s receipt", "%(n)s receipts", found.lines) % {"n": found.lines}
        note = _("%(lines)s · oldest %(days)s d") % {
            "lines": lines, "days": max((today - found.oldest).days, 0),
        }  # fmt: skip
    return {
        "name": _("Unapplied cash"), "money": found.amount, "note": note,
        "tone": "bad" if found.lines else "good", "url": reverse("cash"),
    }  # fmt: skip


def _dso(currency: str, today: date, language: str) -> dict[str, object]:
    now = figures.days_sales_outstanding(currency, until=today)
    before = figures.days_sales_outstanding(currency, until=today - timedelta(days=30))
    note, tone = _("nothing was bought yet"), ""
    if now is not None:
        note = _("days of purchases not yet paid")
    if now is not None and before:
        change = now - before
        sign = "+" if change > 0 else "−"
        note = _("%(change)s d vs. 30 days ago") % {
            "change": sign + shown.number(abs(change), language, digits=1)
        }
        tone = "bad" if change > 2 else "good" if change < 0 else ""
    figure = "–" if now is None else shown.number(now, language, digits=1)
    return {
        "name": _("DSO (count-back)"), "figure": figure, "unit": _("days"), "note": note,
        "tone": tone,
    }  # fmt: skip


def _overdue(
    due: Sequence[figures.Due], currency: str, today: date, language: str
) -> dict[str, object]:
    minor, invoices = figures.overdue(due, today=today, more_than=figures.LONG_OVERDUE)
    whole = sum(one.minor for one in due)
    share = Decimal(minor * 100) / whole if whole else Decimal(0)
    amount = shown.figure(Money(minor, currency), language)
    count = ngettext("%(n)s invoice", "%(n)s invoices", invoices) % {"n": invoices}
    latest = today - timedelta(days=figures.LONG_OVERDUE + 1)
    return {
        "name": _("Overdue > 30 d"),
        "figure": shown.number(share, language, digits=1),
        "unit": "%",
        "note": f"{currency} {amount} · {count}",
        "tone": "bad" if minor else "good",
        "url": f"{reverse('invoices')}?view=overdue&currency={currency}&due_to={latest}",
    }


def _course(course: Sequence[figures.Day], currency: str, language: str) -> dict[str, object]:
    course = _since_it_began(course)
    unit, values = _scaled(
        currency, [day.funds.minor for day in course], [day.availability.minor for day in course]
    )
    labels = [shown.short_day(day.on, language) for day in course]
    drawn = charts.line(
        _("Funds in use and availability, %(unit)s") % {"unit": unit},
        labels,
        [
            charts.Series(_("Funds in use"), values[0]),
            charts.Series(_("Availability"), values[1]),
        ],
        shown=_said(language),
    )
    return {"chart": drawn, "unit": unit}


def _since_it_began(course: Sequence[figures.Day]) -> Sequence[figures.Day]:
    """Without the days before the first facility or purchase; a fortnight at least."""
    begun = next((n for n, day in enumerate(course) if day.funds or day.limits), len(course))
    return course[min(max(begun - 1, 0), len(course) - 14) :]


def _ageing(
    due: Sequence[figures.Due], currency: str, today: date, language: str
) -> dict[str, object]:
    buckets = figures.ageing(due, today=today)
    unit, values = _scaled(currency, [minor for _, minor in buckets])
    drawn = charts.bars(
        _("Outstanding by days overdue, %(unit)s") % {"unit": unit},
        [_(name) for name, _minor in buckets] if due else [],
        values[0] if due else (),
        shown=_said(language),
        looks=charts.BY_AGE,
    )
    return {"chart": drawn, "unit": unit}


def _delivery(today: date, language: str) -> charts.Chart:
    since = datetime.combine(today - timedelta(days=6), time.min, get_current_timezone())
    flows = [
        charts.Flow(str(KINDS[Kind(sent.kind)]), sent.begun, sent.arrived, sent.failed)
        for sent in figures.deliveries(since=since)
    ]
    return charts.funnel(
        _("Deliveries by channel, 7 days"), flows, begun=_("Sent"), arrived=_("Confirmed")
    )


def _expected(currency: str, today: date, language: str) -> dict[str, object]:
    weeks = figures.forecast(figures.expected(currency), today=today)
    unit, values = _scaled(currency, [minor for _, minor in weeks])
    labels = [_("W%(n)s") % {"n": week.isocalendar().week} for week, _minor in weeks]
    drawn = charts.stacked(
        _("Cash expected by due date, %(unit)s") % {"unit": unit},
        labels,
        [charts.Series(_("Falls due"), values[0])] if any(values[0]) else [],
        shown=_said(language),
    )
    return {"chart": drawn, "unit": unit}


def _scaled(currency: str, *rows: Sequence[int]) -> tuple[str, tuple[tuple[Decimal, ...], ...]]:
    """Minor units in thousands or millions, as the largest wants it: (unit, rows)."""
    most = max((abs(minor) for row in rows for minor in row), default=0)
    major = most // 10 ** exponent(currency)
    power, word = (6, _("million")) if major >= 1_000_000 else (3, _("thousand"))
    if major < 10_000:
        power, word = 0, ""
    down = Decimal(10) ** -(power + exponent(currency))
    scaled = tuple(tuple(Decimal(minor) * down for minor in row) for row in rows)
    return f"{currency} {word}".strip(), scaled


def _said(language: str) -> Callable[[Decimal | int], str]:
    def said(value: Decimal | int) -> str:
        whole = Decimal(str(value))
        digits = 0 if whole == whole.to_integral_value() or abs(whole) >= 100 else 1
        return shown.number(whole, language, digits=digits)

    return said


def _task(task: work.Task) -> dict[str, object]:
    word, tone = {
        work.Sort.FINDINGS: (_("Held"), "warn"),
        work.Sort.ERROR: (_("Step failed"), "bad"),
        work.Sort.UNKNOWN: (_("Unknown outcome"), "odd"),
        work.Sort.MATCH: (_("Probable match"), "info"),
        work.Sort.DISPUTE: (_("Dispute"), "bad"),
        work.Sort.ADDRESS: (_("Better address"), "warn"),
        work.Sort.ANSWER: (_("Answer by mail"), "info"),
        work.Sort.CARRIER: (_("Carrier paused"), "bad"),
        work.Sort.READING: (_("To review"), "warn"),
        work.Sort.REGISTRATION: (_("Registered in a bank"), "info"),
        work.Sort.PLAN: (_("Instalments asked for"), "warn"),
        work.Sort.WRITE_OFF: (_("Write-off proposed"), "warn"),
        work.Sort.OFFER: (_("Offer to decide"), "warn"),
    }[task.sort]
    url = reverse("invoice", args=[task.invoice]) if task.invoice else None
    if task.sort in OF_TASK:
        url = reverse(OF_TASK[task.sort], args=[task.id])
    elif task.sort is work.Sort.ADDRESS:
        url = reverse("came_back")
    elif task.sort is work.Sort.CARRIER:
        url = f"{reverse('deliveries')}#carriers"
    return {"task": task, "word": word, "tone": tone, "url": url}


def _views(waits: work.Waiting) -> list[dict[str, object]]:
    """How much of each kind waits, leading to where it is worked off."""
    found = (
        (_("To review"), reverse("review"), waits.readings),
        (_("Held"), reverse("held"), waits.held),
        (_("Unknown outcomes"), f"{reverse('deliveries')}?view=unknown&days=90", waits.unknown),
        (_("Probable matches"), f"{reverse('cash')}?view=proposed", waits.matches),
        (_("Disputes"), f"{reverse('invoices')}?view=disputed", waits.disputes),
        (_("Better addresses"), reverse("came_back"), waits.addresses),
        (_("Mail"), reverse("mails"), waits.mails),
        (_("Registered in banks"), reverse("registrations"), waits.registrations),
        (_("Instalments asked for"), reverse("plans"), waits.plans),
        (_("Write-offs to decide"), reverse("write_offs"), waits.write_offs),
        (_("Offers to decide"), reverse("offers"), waits.offers),
        (_("Buy-backs to do"), reverse("buy_backs"), waits.buy_backs),
        (_("Debits to announce"), reverse("debits"), waits.untold),
        (_("Debtors to tell of cancelled debits"), reverse("debits"), waits.unrecalled),
        (_("Debits to release"), reverse("debits_release"), waits.announced),
        (_("Debits rejected or back"), f"{reverse('debits')}?view=back", waits.debits_back),
        (_("Odd payouts of providers"), reverse("online"), waits.odd_payouts),
        (_("Refunds by providers to release"), reverse("payouts"), waits.provider_refunds),
        (_("Wait for signature"), f"{reverse('schedules')}?view=to_sign", waits.unsigned),
        (_("Debtors to ask"), reverse("questions"), waits.questions),
        (_("Drafts for a second person"), reverse("issuing"), waits.drafts),
        (_("Tables to read"), reverse("tables"), waits.tables),
        (_("Paused carriers"), f"{reverse('deliveries')}#carriers", waits.carriers),
    )
    return [{"name": name, "url": url, "count": count} for name, url, count in found if count]


def _elsewhere(waits: beside.Elsewhere) -> list[dict[str, object]]:
    """The same of what stands among no tasks."""
    clients = reverse("clients")
    found = (
        (_("Payouts to release"), reverse("payouts_release"), waits.payouts),
        (_("Payouts rejected or back"), reverse("payouts"), waits.payouts_back),
        (_("Payouts that no statement shows"), f"{reverse('payouts')}#late", waits.late),
        (_("Payouts said to be missing"), reverse("payouts"), waits.missing),
        (_("Due with no account to pay to"), reverse("payouts"), waits.unpayable),
        (_("Terms to agree to"), clients, waits.terms),
        (_("Over-advances to decide"), clients, waits.over_advances),
        (_("Over-advances ended, not covered"), clients, waits.overdrawn),
        (_("Accounts to verify"), clients, waits.accounts),
        (_("Mergers to agree to"), reverse("mergers"), waits.mergers),
        (_("Typed rates to agree to"), reverse("exchange_rates"), waits.rates),
        (_("Papers without an invoice"), reverse("papers_waiting"), waits.papers),
        (_("Reports to place"), reverse("parked_reports"), waits.reports),
        (_("Refused vouchers"), reverse("vouchers"), waits.vouchers),
        (_("Periods to open again"), reverse("periods"), waits.periods),
        (_("Fee invoices not sent"), reverse("fees"), waits.fee_notices),
        (_("Statements to look at"), f"{reverse('cash')}?view=statements", waits.statements),
        (_("Account warnings not sent"), clients, waits.warnings),
        (_("Differences to clients' ledgers"), reverse("client_ledgers"), waits.differences),
        (_("Clients' ledgers overdue"), reverse("client_ledgers"), waits.awaited),
        (_("Late in confidence"), f"{reverse('client_ledgers')}#late", waits.quiet),
        (_("No account in trust"), f"{reverse('client_ledgers')}#trust", waits.unheld),
        (_("Accounts in trust to check"), f"{reverse('client_ledgers')}#trust", waits.unchecked),
        (_("Reference rates to enter"), reverse("reference_rates"), waits.unpriced),
    )
    return [{"name": name, "url": url, "count": count} for name, url, count in found if count]
