"""Clients: who sells to us, at which terms, and how much of our money each has."""

from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from usance import clock, models
from usance.actions import doors as doors_action
from usance.actions import parties
from usance.domain.mandate import Act, person
from usance.domain.money import Money
from usance.domain.refusal import Refusal
from usance.queries import companies as questions
from usance.queries import doors, facilities, mappings, offers, outside, pages
from usance.web import charts, exports, ranks, shown

from . import desk, forms, review, stages, tables, write_offs

BY = ("name_key", "id")
COLUMNS = ("name", "country", "vat_id", "legal_id", "currency", "receivables", "reserve",
           "claims", "due", "funds_in_use", "facility", "available")  # fmt: skip
ACTS = (Act.EDIT_PARTY, Act.SET_LIMIT, Act.RELEASE_PAYOUT, Act.STOP_ACCOUNT, Act.REVIEW,
        Act.WRITE_OFF, Act.QUOTE_BUY_BACK)  # fmt: skip
PLAIN = ("name", "country", "vat_id", "legal_id", "street", "postcode", "city", "language",
         "email", "phone")  # fmt: skip


@require_safe
def clients(request: HttpRequest) -> HttpResponse:
    rows = questions.clients(request.GET.get("q", "").strip()[:100])
    today = clock.now().date()
    if exports.wanted(request):
        return exports.answer(request, "clients", COLUMNS, _exported(rows, today))
    page = pages.page(rows, desk.cursor(request), by=BY, newest_first=False, size=25)
    context = {
        "rows": questions.listed_clients(page.rows, on=today),
        "pager": desk.pager(request, page),
        "filters": desk.chips(request, {"q": _("Search")}),
        "may": desk.allowed(request, *ACTS),
    }
    return render(request, "office/clients.html", context)


def _exported(rows: "QuerySet[models.Client]", today: date) -> Iterator[Sequence[exports.Cell]]:
    cursor = pages.Cursor()
    while True:
        page = pages.page(rows, cursor, by=BY, newest_first=False, size=200)
        for one in questions.listed_clients(page.rows, on=today):
            for f in one.figures or (None,):
                told = (one.row.name, one.row.country, one.row.vat_id, one.row.legal_id)
                if f is None:
                    yield (*told, *([None] * 8))
                    continue
                yield (
                    *told, f.currency, f.receivables.decimal, f.reserve.decimal, f.claims.decimal,
                    f.due.decimal, f.in_use.decimal, f.facility.decimal if f.facility else None,
                    f.available.decimal if f.available else None,
                )  # fmt: skip
        if page.after is None:
            return
        cursor = pages.Cursor(after=page.after)


@require_safe
def client(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(models.Client, pk=pk)
    wanted = request.GET.get("account", "")[:3]
    account = forms.PayoutAccount(initial={"currency": wanted}) if wanted else None
    return detail(request, row, account=account)


def detail(
    request: HttpRequest,
    row: models.Client,
    *,
    account: forms.PayoutAccount | None = None,
    door: forms.Door | None = None,
    status: int = 200,
) -> HttpResponse:
    """The client's page; with a form that was sent and has faults, opened at it."""
    today = clock.now().date()
    figures = questions.client_figures([row.pk], on=today)[row.pk]
    shares = questions.concentration(row.pk)
    ways = _door(row)
    context = {
        "client": row,
        "figures": figures,
        "facts": _facts(row),
        "terms": [
            {"row": one, "now": one.valid_from <= today <= (one.valid_to or today),
             "advance": one.advance_rate * 100, "fee": one.fee_rate * 100,
             "timed": bool(one.charges)}
            for one in questions.terms(row)
        ],
        "accounts": _accounts(request, row),
        "invoices": stages.drawn(questions.invoices(client=row.pk)),
        "stages": stages.counted(questions.stages(client=row.pk)),
        "shares": [
            _share(currency, [one for one in shares if one[1].currency == currency])
            for currency in sorted({money.currency for _d, money in shares})
        ],
        "layouts": review.layouts(row.pk),
        "timeline": stages.told(questions.history(row.pk)),
        "proposals": list(facilities.waiting(row.pk).order_by("pk")),
        "account": account or forms.PayoutAccount(initial={"currency": _currency(figures)}),
        "mappings": [{"row": o, "fields": tables.told(o)} for o in mappings.of_client(row.pk)],
        "causes": list(write_offs.CAUSES.items()),
        "may": desk.allowed(request, *ACTS, Act.TAKE_IN),
        "ways": ways,
        "door": door or forms.Door(initial=ways["initial"]),
        "chooses": offers.may_choose(row.pk, today=today),
        "opened": "account" if account else "door" if door else "",
    }  # fmt: skip
    return render(request, "office/client.html", context, status=status)


def _share(currency: str, shares: Sequence[tuple[models.Debtor, Money]]) -> charts.Chart:
    return ranks.ranks(
        _("Outstanding by debtor, %(currency)s") % {"currency": currency},
        [(debtor.name, round(amount.decimal)) for debtor, amount in shares],
        shown=lambda amount: shown.number(round(amount), get_language()),
    )


def _facts(row: models.Client | models.Debtor) -> list[tuple[str, str]]:
    place = " ".join(filter(None, (row.postcode, row.city)))
    return [
        (_("VAT id"), row.vat_id or "–"),
        (_("Registration number"), row.legal_id or "–"),
        (_("Address"), ", ".join(filter(None, (row.street, place, row.country)))),
        (_("E-mail"), row.email or "–"),
        (_("Phone"), row.phone or "–"),
        (_("Language of letters"), dict(forms.LANGUAGES).get(row.language, row.language)),
    ]


def _currency(figures: Sequence[questions.ClientFigures]) -> str:
    return figures[0].currency if figures else "EUR"


def new(request: HttpRequest) -> HttpResponse:
    form = forms.Client(request.POST or None, initial={"language": "en", "country": "SE"})
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        colour, sure_from = said.pop("brand_colour"), said.pop("sure_from")
        try:
            row = parties.register_client(
                parties.Company(**said), colour=colour, sure_from=sure_from,
                **desk.signed(request),
            )  # fmt: skip
        except Refusal as no:
            return _form(request, form, _("New client"), no=no)
        desk.told(request, _("%(name)s is a client now") % {"name": row.name})
        return redirect("client", pk=row.pk)
    return _form(request, form, _("New client"))


def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(models.Client, pk=pk)
    fields = (*PLAIN, "brand_colour", "sure_from")
    form = forms.Client(request.POST or None, initial={name: getattr(row, name) for name in fields})
    if request.method == "POST" and form.is_valid():
        try:
            parties.edit(row, form.cleaned_data, **desk.signed(request))
        except Refusal as no:
            return _form(request, form, row.name, no=no)
        desk.told(request, _("Saved"))
        return redirect("client", pk=pk)
    return _form(request, form, row.name)


def _form(
    request: HttpRequest, form: forms.Company, title: str, *, no: Refusal | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "room": "clients",
        "room_name": _("Clients"),
        "no": {"says": desk.sentence(no), "todo": no.todo, "code": no.code} if no else None,
        "may": desk.allowed(request, *ACTS),
    }
    status = 409 if no else 422 if form.errors else 200
    return render(request, "office/party_form.html", context, status=status)


@require_POST
@desk.says_no
def set_door(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Its code in folders and addresses, and whose mail is believed."""
    row = get_object_or_404(models.Client, pk=pk)
    form = forms.Door(request.POST)
    if not form.is_valid():
        return detail(request, row, door=form, status=422)
    said = form.cleaned_data
    doors_action.set_door(
        row.pk, code=said["code"], senders=said["senders"].split(),
        acknowledges=said["acknowledges"], **desk.signed(request),
    )  # fmt: skip
    desk.told(request, _("Files of this client come in by its folder and address."))
    return redirect("client", pk=pk)


def _door(row: models.Client) -> dict[str, object]:
    """By which ways its files come in, and the form's first values."""
    known, word = doors.of(row), doors.word_of(row)
    senders = list(known.senders) if known else []
    return {
        "word": word,
        "address": doors.address(word, outside.invoices_address()),
        "senders": [*senders, *filter(None, [row.email])],
        "acknowledges": known.acknowledges if known else True,
        "initial": {
            "code": word, "senders": "\n".join(senders),
            "acknowledges": known.acknowledges if known else True,
        },
    }  # fmt: skip


def _accounts(request: HttpRequest, row: models.Client) -> list[dict[str, object]]:
    """Its accounts with what stands in their way, the open ones first."""
    at, me = clock.now(), person(desk.actor(request))
    rows = row.accounts.order_by("currency", "-id").prefetch_related("warnings")
    return [
        {
            "row": one,
            "waits": one.wait_until if one.wait_until and at < one.wait_until else None,
            "mine": person(one.entered_by) == me,
            "told": [mail.address for mail in one.warnings.all() if mail.state == "sent"],
            "untold": [mail.address for mail in one.warnings.all() if mail.state != "sent"],
        }
        for one in sorted(rows, key=lambda one: one.closed_at is not None)
    ]
