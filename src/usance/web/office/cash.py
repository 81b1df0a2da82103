"""Cash: statements in, lines decided, every receipt explained."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import BinaryIO, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from usance import clock, models
from usance.actions import payment
from usance.actions.summed import SAID
from usance.domain import ledger
from usance.domain.journal import About, Account
from usance.domain.mandate import Act
from usance.domain.money import Money
from usance.domain.payment import Was
from usance.domain.refusal import Refusal
from usance.queries import advices, amounts, debits, explained, held_statements, pages
from usance.queries import paid_out as debited
from usance.queries import payouts as ordered
from usance.queries import provider_refunds as refunds
from usance.queries import statements as questions
from usance.web import charts, exports

from . import cash_across, desk, provider_refunds, stages, tolerances
from .cash_decide import amount as typed

LARGEST_FILE = 50 * 1024 * 1024
MOST_HELD = 50  # Refused statements that are shown; the next ones come when these are decided.
COLUMNS = ("booked_on", "value_on", "amount", "unapplied", "currency", "counterparty",
           "counterparty_account", "text", "bank_reference", "verdict", "statement")  # fmt: skip


# What kind of reference the bank hands on, as people call it.
SCHEMES = {
    "scor": gettext_lazy("payment reference"), "invoice": gettext_lazy("invoice number"),
    "credit_note": gettext_lazy("credit note"), "other": gettext_lazy("of another kind"),
}  # fmt: skip

# What a line was that pays no invoice, as people call it.
WAS = {
    Was.OVERPAID: gettext_lazy("Paid too much"),
    Was.DUPLICATE: gettext_lazy("Paid twice"),
    Was.MISDIRECTED: gettext_lazy("Money of the client"),
    Was.CLAIM_PAID: gettext_lazy("The client pays what it owes us"),
    Was.RETURNED: gettext_lazy("Takes back a receipt"),
    Was.CHARGE: gettext_lazy("A charge of the bank"),
    Was.REFUND: gettext_lazy("Paid back to the debtor"),
    Was.RECOVERED: gettext_lazy("Recovered after a write-off"),
    Was.DIFFERENCE: gettext_lazy("A little more than was owed"),
    Was.PROVIDER: gettext_lazy("Paid on by a payment provider"),
}
assert set(WAS) == set(Was), "every kind has its words"


@require_safe
def cash(request: HttpRequest) -> HttpResponse:
    return _room(request)


def _room(
    request: HttpRequest, results: Sequence[dict[str, object]] = (), status: int = 200
) -> HttpResponse:
    views = {
        "decide": _("To decide"),
        "proposed": _("Proposed"),
        "debits": _("Unexplained debits"),
        "matched": _("Matched"),
        "statements": _("Statements"),
    }
    view = desk.chosen(request, "view", views)
    statement = desk.key(request.GET.get("statement"))
    today = clock.now().date()
    context = {
        "view": view,
        "views": desk.tabs(request, "view", views, questions.counts(statement)),
        "results": results,
        "failed": any("code" in one for one in results),
        "asks_gap": any(one.get("code") == payment.StatementNumberGap.code for one in results),
        "accounts": list(models.BankAccount.objects.order_by("currency")),
        "may": desk.allowed(request, Act.IMPORT_STATEMENT, Act.ALLOCATE_PAYMENT),
        "filters": desk.chips(request, {"q": _("Search"), "statement": _("Statement")}),
    }
    if view == "statements":
        rows = questions.statements()
        page = pages.page(rows, desk.cursor(request))
        context |= {"statements": questions.controlled(page.rows),
                    "held": list(held_statements.waiting()[:MOST_HELD]),
                    "gap_code": payment.StatementNumberGap.code}  # fmt: skip
    else:
        words = request.GET.get("q", "").strip()[:100]
        rows = questions.found(view=view, statement=statement, words=words)
        if exports.wanted(request):
            return exports.answer(request, f"bank-lines-{view}", COLUMNS, _exported(rows))
        page = pages.page(rows, desk.cursor(request), newest_first=view == "matched", size=25)
        context |= {"lines": questions.lines(page.rows), "confirms": view == "proposed"}
    context |= {
        "pager": desk.pager(request, page),
        "advices": pages.counted(advices.waiting()),
        **_ageing(questions.ages(today=today), today),
    }
    return render(request, "office/cash.html", context, status=status)


def _exported(rows: questions.Rows) -> Iterator[Sequence[exports.Cell]]:
    for row in rows.order_by("id").iterator(chunk_size=2000):
        yield (
            row.booked_on, row.value_on, row.amount.decimal,
            Money(row.unapplied_minor, row.currency).decimal, row.currency, row.counterparty,
            row.counterparty_account, " ".join(row.texts), row.bank_reference, row.verdict,
            str(row.statement),
        )  # fmt: skip


def _ageing(ages: Sequence[questions.Age], today: date) -> dict[str, object]:
    """A chart for each currency in which something is unapplied."""
    by_currency: dict[str, list[questions.Age]] = {}
    for age in ages:
        by_currency.setdefault(age.amount.currency, []).append(age)
    oldest = questions.oldest() if ages else None
    return {
        "ageing": [
            {
                "currency": currency,
                "total": Money(sum(age.amount.minor for age in these), currency),
                "lines": sum(age.lines for age in these),
                "chart": charts.bars(
                    _("Unapplied by days, %(currency)s") % {"currency": currency},
                    [f"{age.first}–{age.last}" if age.last is not None else f"≥ {age.first}"
                     for age in these],
                    [round(age.amount.decimal) for age in these],
                    looks=charts.BY_AGE,
                    shown=stages.short,
                ),
            }
            for currency, these in by_currency.items()
        ],
        "oldest_days": (today - oldest).days if oldest else None,
    }  # fmt: skip


@require_POST
@desk.says_no
def take_in(request: HttpRequest) -> HttpResponse:
    """Import the dropped files one by one: one that is refused does not stop the next."""
    files = request.FILES.getlist("files")
    signed, results = desk.signed(request), []
    told = {"gap_known": request.POST.get("gap_known") == "on",
            "of_account": request.POST.get("account", "")}  # fmt: skip
    for file in files:
        name, size = file.name or "statement", file.size or 0
        if size > LARGEST_FILE:
            says = _("It has %(size)s MB; a statement may have 50 MB.") % {"size": size // 2**20}
            results.append({"name": name, "code": "file_too_large", "says": says,
                            "todo": _("Ask the bank for single days.")})  # fmt: skip
            continue
        try:
            done = payment.import_statement(name, cast(BinaryIO, file.file), **told, **signed)
        except Refusal as no:
            results.append(
                {"name": name, "code": no.code, "says": desk.sentence(no), "todo": no.todo}
            )
        else:
            results.append({"name": name, "done": done})
    if not files:
        says, todo = _("No file was chosen."), _("Drop files on the field, or choose them.")
        results.append({"name": "", "code": "no_files", "says": says, "todo": todo})
    if any("code" in one for one in results):
        return _room(request, results, status=409)
    new = sum(one["done"].lines for one in results)
    known = sum(one["done"].known for one in results)
    says = ngettext("%(count)s new line", "%(count)s new lines", new) % {"count": new}
    if known:
        says += _(", %(count)s known before and left alone") % {"count": known}
    desk.told(request, says)
    return redirect(f"{reverse('cash')}?view=statements")


@require_safe
def line(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One line left; on the right what it may pay, and a search for what it may pay else."""
    row = get_object_or_404(
        models.BankLine.objects.select_related("account", "statement__document"), pk=pk
    )
    (shown,) = questions.lines([row])
    owed = amounts.of_invoices(Account.FACTORED_RECEIVABLES, [one.invoice_id for one in shown.paid])
    words = request.GET.get("q", "").strip()[:100]
    hits = questions.open_items(row, words) if words and row.unapplied_minor > 0 else []
    choice = list({one.invoice: one for one in (*shown.proposals, *hits)}.values())
    context = {
        "line": shown,
        "row": row,
        "short": [
            {"paid": one, "left": Money(left, row.currency)}
            for one in shown.paid
            if (left := owed.get(one.invoice_id, 0)) > 0
        ],
        "references": [
            {"value": one["value"], "word": SCHEMES.get(one["scheme"], one["scheme"])}
            for one in row.references
        ],
        "hits": _with_journal(hits, row),
        "proposals": _with_journal(shown.proposals, row),
        "words": words,
        "advices": list(row.advices.select_related("document").order_by("pk")[:5]),
        "across": cash_across.shown(request, row, words),
        "several": choice if len(choice) > 1 else [],
        "explained": [
            {"row": one, "word": WAS[Was(one.was)]}
            for one in row.explanations.filter(undone_at=None).select_related("debtor", "client")
        ],
        "suggestions": [
            {"said": one, "word": WAS[one.was]} for one in explained.suggestions(row)[:6]
        ],
        "debits": row.unapplied_minor == row.amount_minor > 0 and len(debits.for_line(row)),
        "collected": list(row.collected_debits.select_related("invoice").order_by("pk")[:100]),
        "said_debits": row.says.startswith(SAID.partition("{")[0]),
        "payouts": row.unapplied_minor < 0 and len(debited.for_line(row)),
        "paid_out": debited.said_of(row),
        "differences": tolerances.shown(row),
        "reasons": tolerances.choices(),
        "refunds": provider_refunds.shown(refunds.of_line(row), request),
        "may": desk.allowed(request, Act.ALLOCATE_PAYMENT, Act.RELEASE_PAYOUT, Act.REFUND),
    }
    return render(request, "office/cash_line.html", context)


def _with_journal(
    proposals: Sequence[questions.Proposal], row: models.BankLine
) -> list[dict[str, object]]:
    """Each proposal with what it would book, by the same recipe that books it."""
    found = []
    for one in proposals:
        entry = ledger.allocation(
            one.number, one.pays, interest=None, about=About(invoice=one.invoice),
            on=row.booked_on, line=str(row.pk),
        )  # fmt: skip
        moves = [
            ordered.Move(
                debit=ordered.named(move.debit),
                credit=ordered.named(move.credit),
                amount=move.amount,
                about=one.number,
            )
            for move in entry.moves
        ]
        found.append({"fit": one, "journal": moves})
    return found


@require_POST
@desk.says_no
def allocate(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A person says that this line pays that invoice, all of it or a part."""
    row = get_object_or_404(models.BankLine, pk=pk)
    invoice = get_object_or_404(models.Invoice, pk=desk.key(request.POST.get("invoice")))
    amount = typed(request, request.POST.get("amount", ""), row.currency)
    payment.allocate(row.pk, invoice.pk, amount, **desk.signed(request))
    desk.told(
        request,
        _("%(amount)s pays %(number)s")
        % {"amount": desk.written(amount, request), "number": invoice.number},
        undo=reverse("cash_undo"),
    )
    row.refresh_from_db(fields=["unapplied_minor"])
    if row.unapplied_minor:
        return redirect("cash_line", pk=row.pk)
    return redirect(desk.back(request, "cash"))
