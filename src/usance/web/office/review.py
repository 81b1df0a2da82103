"""Review: documents that were read page by page, and what a person makes of them."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from usance import clock, models
from usance.actions import parties
from usance.actions import review as actions
from usance.domain.capture.reading import Page, Reading
from usance.domain.capture.review import DECIDABLE, KINDS, SAID_BELOW, State, corrected
from usance.domain.invoice import Invoice
from usance.domain.mandate import Act
from usance.domain.refusal import Refusal
from usance.queries import capture as questions
from usance.queries import pages, resolution

from . import desk, review_form

STATES = {
    State.UNREAD: (gettext_lazy("Being read"), "info"),
    State.WAITING: (gettext_lazy("To review"), "warn"),
    State.POSTPONED: (gettext_lazy("Postponed"), "plain"),
    State.PASSED: (gettext_lazy("Sure by itself"), "good"),
    State.CONFIRMED: (gettext_lazy("Confirmed"), "good"),
    State.REJECTED: (gettext_lazy("Rejected"), "bad"),
    State.UNREADABLE: (gettext_lazy("Not readable"), "bad"),
}
assert set(STATES) == set(State), "every state has its word"
TABS = {
    State.WAITING.value: gettext_lazy("To review"),
    State.POSTPONED.value: gettext_lazy("Postponed"),
    State.CONFIRMED.value: gettext_lazy("Confirmed"),
    State.REJECTED.value: gettext_lazy("Rejected"),
}


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The list: the oldest that waits first; of what is decided, the newest."""
    today = clock.now().date()
    view = desk.chosen(request, "view", TABS)
    batch = desk.key(request.GET.get("batch"))
    rows = questions.matching(view, batch=batch, today=today)
    shown = pages.page(
        rows, desk.cursor(request), newest_first=view not in {State.WAITING, State.POSTPONED}
    )
    tabs = [questions.matching(tab, batch=batch, today=today) for tab in TABS]
    counts = dict(zip(TABS, pages.counted_each(tabs), strict=True))
    context = {
        "rows": [_row(one, today) for one in shown.rows],
        "views": desk.tabs(request, "view", {k: str(v) for k, v in TABS.items()}, counts),
        "view": view,
        "pager": desk.pager(request, shown),
        "filters": desk.chips(request, {"batch": _("Batch")}),
    }
    return render(request, "office/reviews.html", context)


def _row(row: models.Reading, today: date) -> dict[str, object]:
    word, tone = STATES[State(row.state)]
    return {
        "row": row, "word": word, "tone": tone, "days": (today - row.received_at.date()).days,
        "why": row.doubts[0]["says"] if row.doubts else row.remark,
    }  # fmt: skip


def document(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The page left, its fields right. A fragment of it for htmx: `part=page`."""
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    row = _the(pk)
    if request.GET.get("part") == "page" and row.content:
        reading = questions.read(row)
        drawn = _drawn(request, row, reading, review_form.lines(
            reading, {}, (), sure_from=questions.sure_from(row.client)
        ))  # fmt: skip
        return render(request, "office/review_page.html", drawn)
    return _document(request, row)


@require_POST
def check(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What stands in the form, judged: marks and reasons for htmx, or the whole page anew."""
    row = _the(pk)
    if not row.content:
        return redirect("review_document", pk=pk)
    if request.headers.get("HX-Request"):
        return render(request, "office/review_said.html", _form(request, row))
    return _document(request, row)


@require_POST
@desk.says_no
def confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Into the books, and on to the next."""
    row = _the(pk)
    if not row.content:
        raise actions.AlreadyDecided("the document is not read")
    reading = questions.read(row)
    said = review_form.typed(reading, request.POST)
    wanted = request.POST.get("debtor", "")
    try:
        invoice = actions.confirm(
            row.pk,
            said,
            version=_version(request),
            client=_chosen_client(request),
            debtor=desk.key(wanted),
            new_debtor=_company(request, reading, said) if wanted == "new" else None,
            **desk.signed(request),
        )
    except (
        actions.Incomplete, actions.SeenBefore, parties.CountryUnknown, parties.SameIdentifier
    ) as no:  # fmt: skip
        return _document(request, row, no=no)
    desk.told(request, _("Invoice %(number)s is in the books") % {"number": invoice.number})
    return _next(row)


@require_POST
@desk.says_no
def postpone(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Laid aside, and on to the next."""
    row = _the(pk)
    text = request.POST.get("until", "").strip()
    try:
        until = date.fromisoformat(text) if text else None
    except ValueError:
        until = None
    actions.postpone(
        pk, version=_version(request), until=until, remark=request.POST.get("remark", ""),
        **desk.signed(request),
    )  # fmt: skip
    desk.told(request, _("Postponed"))
    return _next(row)


@require_POST
@desk.says_no
def reject(request: HttpRequest, pk: UUID) -> HttpResponse:
    """No invoice comes of it; on to the next."""
    row = _the(pk)
    reason = request.POST.get("reason", "")
    actions.reject(pk, version=_version(request), reason=reason, **desk.signed(request))
    desk.told(request, _("Rejected"))
    return _next(row)


@require_POST
@desk.says_no
def forget(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A learned layout is withdrawn."""
    row = get_object_or_404(models.LearnedLayout, pk=pk)
    actions.withdraw(pk, **desk.signed(request))
    desk.told(request, _("It is not used any more"))
    return redirect("client", pk=row.client_id)


def layouts(client: UUID) -> list[dict[str, object]]:
    """For a client's page: what was learned, in the words of the form."""
    return [
        {"row": one, "label": review_form.label(one.field), "sender": one.sender.partition(":")[2]}
        for one in questions.layouts(client)
    ]


def _the(pk: UUID) -> models.Reading:
    rows = models.Reading.objects.defer("words").select_related(
        "file__batch__client", "client", "debtor", "invoice"
    )
    return get_object_or_404(rows, pk=pk)


def _next(row: models.Reading) -> HttpResponse:
    following = questions.following(row, today=clock.now().date())
    if following is None:
        return redirect("review")
    return redirect("review_document", pk=following)


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isdigit() and len(text) < 9 else -1


def _document(
    request: HttpRequest, row: models.Reading, *, no: Refusal | None = None
) -> HttpResponse:
    course = questions.courses([row.file.batch_id])[row.file.batch_id]
    word, tone = STATES[State(row.state)]
    context = {
        "row": row, "word": word, "tone": tone, "course": course,
        "place": questions.place_in_batch(row),
        "decidable": row.state in DECIDABLE and desk.allowed(request, Act.REVIEW)["review"],
        "may": desk.allowed(request, Act.REVIEW, Act.EDIT_PARTY),
        "no": {"says": desk.sentence(no), "todo": no.todo, "code": no.code} if no else None,
        "corrections": [
            {"row": one, "label": review_form.label(one.field)}
            for one in row.corrections.order_by("pk")
        ],
    }  # fmt: skip
    if row.content:
        form = _form(request, row)
        lines = form["lines"]
        assert isinstance(lines, list)
        context |= form | _drawn(request, row, questions.read(row), lines)
    return render(request, "office/review.html", context, status=422 if no else 200)


def _form(request: HttpRequest, row: models.Reading) -> dict[str, object]:
    """Fields, parties and findings as they are with what was typed."""
    reading = questions.read(row)
    typed = review_form.typed(reading, request.POST) if request.method == "POST" else {}
    after, faults = corrected(reading, typed)
    owner, found = questions.parties_of(row, after.invoice)
    wished = None if owner else _chosen_client(request)
    chosen = models.Client.objects.filter(pk=wished).first() if wished else None
    client = owner or chosen
    wanted = request.POST.get("debtor", "")
    debtor = desk.key(wanted) or found or row.debtor_id
    findings = list(faults)
    if row.state in DECIDABLE:
        today = clock.now().date()
        judged = questions.judged(after.invoice, client=client, debtor=debtor, today=today)
        new = "debtor_unknown" if wanted == "new" else ""
        hidden = {new, *SAID_BELOW}
        findings += [one for one in (*after.findings, *judged) if one.code not in hidden]
    sure_from = questions.sure_from(client)
    lines = review_form.lines(
        reading, typed, findings, seen=request.POST.getlist("seen"), sure_from=sure_from
    )
    return {
        "row": row,
        "lines": lines,
        "kinds": [(kind, review_form.WORDS[kind]) for kind in KINDS],
        "kind": typed.get("kind", reading.kind),
        "kind_word": review_form.WORDS.get(reading.kind, reading.kind),
        "is_invoice": after.kind in KINDS,
        "findings": [one for one in findings if not review_form.field_of(one)],
        "left": sum(one.tone in {"warn", "bad"} for one in lines),
        "seen": request.POST.getlist("seen"),
        **_parties(after.invoice, debtor, wanted),
        **_owners(after.invoice, owner, chosen),
        "asked": request.POST,
    }


def _chosen_client(request: HttpRequest) -> UUID | None:
    """Among those that the seller may be, or among all."""
    said = request.POST.get("client", "")
    return desk.key(request.POST.get("other_client") if said == "other" else said)


def _owners(
    paper: Invoice, owner: models.Client | None, chosen: models.Client | None
) -> dict[str, object]:
    """Whose it is, or who may be meant by the seller; `chosen` in this very form."""
    if owner is not None:
        return {"client": owner}
    sellers = resolution.clients([paper.seller])[paper.seller].candidates
    return {
        "client": None,
        "chosen_client": chosen.pk if chosen else None,
        "sellers": sellers,
        "other_client": chosen is not None and chosen.pk not in {one.id for one in sellers},
        "clients": list(models.Client.objects.order_by("name_key")[:500]),
    }


def _parties(paper: Invoice, debtor: UUID | None, wanted: str) -> dict[str, object]:
    found = resolution.debtors([paper.buyer])[paper.buyer].candidates
    known = models.Debtor.objects.filter(pk=debtor).first() if debtor else None
    address = paper.buyer.address
    country = (address.country if address else "") or paper.buyer.vat_id[:2]
    return {
        "debtor": known,
        "candidates": [one for one in found if known is None or one.id != known.pk],
        "new_debtor": wanted == "new",
        "new_country": country if country.isalpha() else "",
    }


def _company(request: HttpRequest, reading: Reading, said: Mapping[str, str]) -> parties.Company:
    """The buyer as the form has it, for the register."""
    after, _faults = corrected(reading, said)
    buyer, address = after.invoice.buyer, after.invoice.buyer.address
    return parties.Company(
        name=buyer.name[:200],
        country=request.POST.get("new_country", "").strip().upper()[:2],
        vat_id=buyer.vat_id[:20],
        legal_id=buyer.legal_id.value[:40] if buyer.legal_id else "",
        street=address.street[:200] if address else "",
        postcode=address.postcode[:20] if address else "",
        city=address.city[:100] if address else "",
        language=reading.language[:2] or "en",
    )


def _drawn(
    request: HttpRequest,
    row: models.Reading,
    reading: Reading,
    lines: Sequence[review_form.Line],
) -> dict[str, object]:
    """One page with the places of its fields."""
    known = {page.number: page for page in reading.pages}
    first = next((one.page for one in lines if one.doubtful and one.page), 1)
    text = request.GET.get("page", "")
    number = int(text) if text.isdigit() and len(text) < 4 else first
    page = known.get(number) or next(iter(reading.pages), None)
    place = reverse("review_document", args=[row.pk])
    return {
        "row": row,
        "sheet": page,
        "image": _image(page) if page else None,
        "boxes": _boxes(reading, lines, page) if page else [],
        "all_pages": [
            {"number": one, "url": f"{place}?page={one}", "here": page and one == page.number}
            for one in sorted(known)
        ],
    }


def _image(page: Page) -> dict[str, object]:
    """How the picture of the page lies under the upright boxes: turned as the reader turned it."""
    wide, tall = page.width, page.height
    turns = {
        90: (tall, wide, f"translate({wide} 0) rotate(90)"),
        180: (wide, tall, f"translate({wide} {tall}) rotate(180)"),
        270: (tall, wide, f"translate(0 {tall}) rotate(270)"),
    }
    width, height, transform = turns.get(page.turned % 360, (wide, tall, ""))
    return {"width": width, "height": height, "transform": transform}


def _boxes(
    reading: Reading, lines: Sequence[review_form.Line], page: Page
) -> list[dict[str, object]]:
    drawn = []
    for line in lines:
        field = reading.fields.get(line.name)
        if field is None or field.box is None or field.box.page != page.number:
            continue
        box = field.box
        drawn.append({
            "name": line.name, "label": line.label, "tone": line.tone or "good",
            "x": round(box.left - 2, 1), "y": round(box.top - 2, 1),
            "width": round(max(box.right - box.left, 2) + 4, 1),
            "height": round(max(box.bottom - box.top, 2) + 4, 1),
        })  # fmt: skip
    return drawn
