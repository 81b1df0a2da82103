"""Tables that wait for their columns: the proposal, what it comes to, and a person's yes."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from usance import models
from usance.actions import mapping as actions
from usance.domain.intake.fields import FIELDS
from usance.domain.intake.mapping import Mapping, Proposal
from usance.domain.intake.writing import Writing
from usance.domain.mandate import Act
from usance.domain.refusal import Refusal
from usance.plugins import Unreadable
from usance.queries import mappings as questions
from usance.queries import pages

from . import desk

FIRST = 5  # Rows of the table as they stand in it.
LISTED = 20  # Rows of the preview.
WORDS = {
    "number": gettext_lazy("Invoice number"),
    "kind": gettext_lazy("Invoice or credit note"),
    "issued_on": gettext_lazy("Issue date"),
    "due_on": gettext_lazy("Due date"),
    "currency": gettext_lazy("Currency"),
    "net": gettext_lazy("Net amount"),
    "tax": gettext_lazy("VAT amount"),
    "gross": gettext_lazy("Gross amount"),
    "credited": gettext_lazy("Credited invoice"),
    "reference": gettext_lazy("Payment reference"),
    "order": gettext_lazy("Order number"),
    "description": gettext_lazy("Description"),
    "note": gettext_lazy("Note"),
    "account": gettext_lazy("Account to pay to"),
    "seller_name": gettext_lazy("Seller: name"),
    "seller_vat_id": gettext_lazy("Seller: VAT id"),
    "seller_registration": gettext_lazy("Seller: registration number"),
    "debtor_name": gettext_lazy("Debtor: name"),
    "debtor_number": gettext_lazy("Debtor: number at the client"),
    "debtor_vat_id": gettext_lazy("Debtor: VAT id"),
    "debtor_registration": gettext_lazy("Debtor: registration number"),
    "debtor_email": gettext_lazy("Debtor: e-mail"),
    "debtor_street": gettext_lazy("Debtor: street"),
    "debtor_postcode": gettext_lazy("Debtor: postcode"),
    "debtor_city": gettext_lazy("Debtor: city"),
    "debtor_country": gettext_lazy("Debtor: country"),
}
assert set(WORDS) == set(FIELDS), "every field has its word"


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    page = pages.page(questions.waiting(), desk.cursor(request))
    context = {"rows": page.rows, "pager": desk.pager(request, page)}
    return render(request, "office/tables.html", context)


def table(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The proposal. Every change asks for a new preview; the button says yes."""
    row = questions.waiting().filter(pk=pk).first()
    if row is None:
        known = models.WaitingTable.objects.filter(pk=pk).select_related("file").first()
        if known is None:
            raise Http404
        return redirect("batch", pk=known.file.batch_id)
    try:
        seen = questions.seen(row)
    except Unreadable as wrong:
        context = {
            "says": wrong.says,
            "todo": _("Ask the client for the file again."),
            "code": "unreadable",
            "back": reverse("batch", args=[row.file.batch_id]),
        }
        return render(request, "office/refused.html", context, status=409)
    said = _said(request, seen) if request.method == "POST" else seen.proposal.mapping
    no = None
    if request.POST.get("act") == "confirm":
        try:
            return _confirm(request, row, said)
        except Refusal as refused:
            no = refused
    return render(
        request, "office/table.html", _shown(request, seen, said, no), status=409 if no else 200
    )


def _confirm(request: HttpRequest, row: models.WaitingTable, said: Mapping) -> HttpResponse:
    client = row.client_id or desk.key(request.POST.get("client"))
    if client is None or not models.Client.objects.filter(pk=client).exists():
        raise actions.AnotherClient(_("nobody said whose table it is"))
    actions.confirm(row.pk, said, client=client, **desk.signed(request))
    row.file.refresh_from_db()
    taken = row.file.taken
    desk.told(
        request,
        ngettext("%(count)s invoice was taken in", "%(count)s invoices were taken in", taken)
        % {"count": taken},
    )
    return redirect("batch", pk=row.file.batch_id)


@require_POST
@desk.says_no
def set_aside(request: HttpRequest, pk: UUID) -> HttpResponse:
    """It is no schedule."""
    actions.set_aside(pk, **desk.signed(request))
    desk.told(request, _("The table is set aside; the file stays with its batch."))
    return redirect("tables")


@require_POST
@desk.says_no
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The next table with these headings waits again."""
    row = models.ColumnMapping.objects.filter(pk=pk).first()
    if row is None:
        raise Http404
    actions.withdraw(pk, **desk.signed(request))
    desk.told(request, _("Withdrawn: the next table with these headings is asked about again."))
    return redirect("client", pk=row.client_id)


def told(row: models.ColumnMapping) -> list[tuple[str, str]]:
    """Each field of a mapping and the heading of its column, in the order of the columns."""
    order = sorted(row.columns.items(), key=lambda pair: pair[1])
    return [(WORDS[name], row.headings[at] or str(at + 1)) for name, at in order]


def _said(request: HttpRequest, seen: questions.Seen) -> Mapping:
    """What is chosen in the form. A field that is chosen twice counts for the first column."""
    columns: dict[str, int] = {}
    for at in range(seen.table.table.width):
        name = request.POST.get(f"column_{at}", "")
        if name in FIELDS:
            columns.setdefault(name, at)
    decimal, days = request.POST.get("decimal", ""), request.POST.get("days", "")
    return Mapping(
        columns=columns,
        currency=request.POST.get("currency", "").strip().upper()[:3],
        writing=Writing(
            decimal=decimal if decimal in (",", ".") else "",
            days=days if days in ("dmy", "mdy") else "",
        ),
    )


def _shown(
    request: HttpRequest, seen: questions.Seen, said: Mapping, no: Refusal | None
) -> dict[str, object]:
    preview = questions.preview(seen, said)
    table, row = seen.table.table, seen.row
    findings = [(one.place, finding) for one in preview.rows for finding in one.findings]
    return {
        "row": row,
        "table": table,
        "doubts": seen.proposal.doubts,
        "columns": _columns(seen.proposal, said),
        "first": [cells for _at, cells in table.rows[:FIRST]],
        "headings": [name or str(at + 1) for at, name in enumerate(table.names)],
        "said": said,
        "preview": preview,
        "listed": preview.rows[:LISTED],
        "findings": [finding for _place, finding in findings[:LISTED]] + list(preview.beside),
        "more": max(len(findings) - LISTED, 0),
        "clients": []
        if row.client_id
        else list(models.Client.objects.order_by("name_key").values("pk", "name")[:500]),
        "client": row.client_id or desk.key(request.POST.get("client")),
        "no": {"says": desk.sentence(no), "todo": no.todo, "code": no.code} if no else None,
        "may": desk.allowed(request, Act.TAKE_IN),
    }


def _columns(proposal: Proposal, said: Mapping) -> list[dict[str, object]]:
    """One line of the form for each column."""
    chosen = {at: name for name, at in said.columns.items()}
    lines = []
    for guess in proposal.guesses:
        name = chosen.get(guess.column, "")
        is_proposed = bool(guess.field) and guess.field == name
        lines.append(
            {
                "at": guess.column,
                "heading": guess.heading or _("Column %(at)s") % {"at": guess.column + 1},
                "samples": guess.samples,
                "options": [(key, word, key == name) for key, word in WORDS.items()],
                "confidence": guess.confidence if is_proposed else None,
                "tone": "good" if guess.confidence >= 70 else "warn",
                "reasons": [reason.says for reason in guess.reasons] if is_proposed else [],
            }
        )
    return lines
