"""What a client may still draw, as its pages and the office's draw it: one table, one wording."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usance import models
from usance.domain.credit.availability import Waterfall
from usance.domain.credit.eligibility import Agreed, Base, Because, sentence
from usance.domain.money import Money
from usance.queries import availability
from usance.queries.availability import Ledger, Pretend, Row
from usance.web import lists

MOST_DEBTORS = 100  # That a what-if offers to leave out: those who owe most.
COLUMNS = (
    "number", "debtor", "issued_on", "due_on", "outstanding", "part", "eligible", "value",
    "currency", "because", "also", "release", "counts_until",
)  # fmt: skip
WORDS: dict[Because, str | Promise] = {
    Because.AGED_PAST_DUE: gettext_lazy("Over age, past due"),
    Because.AGED_SINCE_ISSUE: gettext_lazy("Over age since issue"),
    Because.CROSS_AGED: gettext_lazy("Cross-aged"),
    Because.DEBTOR_INSOLVENT: gettext_lazy("Debtor insolvent"),
    Because.NO_LIMIT: gettext_lazy("No limit"),
    Because.DISPUTED: gettext_lazy("Disputed"),
    Because.AFFILIATE: gettext_lazy("Affiliate"),
    Because.ASSIGNMENT_BANNED: gettext_lazy("Assignment banned"),
    Because.EXCLUDED: gettext_lazy("Excluded"),
    Because.SALE_OR_RETURN: gettext_lazy("Sale or return"),
    Because.PROGRESS_BILLING: gettext_lazy("Progress billing"),
    Because.PRE_BILLED: gettext_lazy("Pre-billed"),
    Because.UNVERIFIED: gettext_lazy("Not confirmed"),
    Because.NOT_NOTIFIED: gettext_lazy("Debtor not notified"),
    Because.FOREIGN: gettext_lazy("Foreign"),
    Because.GOVERNMENT: gettext_lazy("Public body"),
    Because.LEDGER_LATE: gettext_lazy("Client's ledger not compared"),
    Because.NO_TRUST_ACCOUNT: gettext_lazy("No trust account"),
    Because.CREDIT_NOTE: gettext_lazy("Credit note waits"),
    Because.CONTRA: gettext_lazy("Contra"),
    Because.OVER_LIMIT: gettext_lazy("Over the limit"),
    Because.CONCENTRATION: gettext_lazy("Concentration"),
}
assert set(WORDS) == set(Because), "every reason has its word"
BASES = {
    Base.GROSS: gettext_lazy("of all that is outstanding"),
    Base.ELIGIBLE: gettext_lazy("of what counts before concentration"),
    Base.REMAINING: gettext_lazy("of what counts after it, solved once for all debtors"),
}
assert set(BASES) == set(Base), "every base has its words"


def asked(request: HttpRequest, *, today: date) -> date:
    """The day that the page tells of; no later than today."""
    try:
        return min(date.fromisoformat(request.GET.get("on", "")), today)
    except ValueError:
        return today


def pretended(request: HttpRequest, client: UUID) -> Pretend:
    """What if, as the form of the page sends it. What is no figure is left as it is."""
    number = request.GET.get("paid", "").strip()[:80]
    paid = models.Invoice.objects.filter(client_id=client, number=number) if number else None
    without = lists.key(request.GET.get("without"))
    return Pretend(
        advance_rate=_share(request.GET.get("rate", "")),
        concentration_share=_share(request.GET.get("share", "")),
        without=frozenset({without}) if without else frozenset(),
        paid=frozenset(paid.values_list("pk", flat=True)) if paid else frozenset(),
    )


def reason(request: HttpRequest) -> Because | None:
    word = request.GET.get("because", "")
    return Because(word) if word in set(Because) else None


def context(
    request: HttpRequest, ledger: Ledger, as_is: Ledger, pretend: Pretend, *, used: str
) -> dict[str, object]:
    """What parts/waterfall.html and parts/positions.html draw. `used`: where the funds in use are
    opened up."""
    because, debtor = reason(request), lists.key(request.GET.get("debtor"))
    rows, after = availability.rows(
        ledger, because=because, debtor=debtor, after=lists.key(request.GET.get("after"))
    )
    said, now = ledger.waterfall(), as_is.waterfall()
    return {
        "ledger": ledger,
        "said": said,
        "on": ledger.on,
        "pretend": bool(pretend),
        "steps": list(steps(request, said, now if pretend else None, used=used)),
        "agreed": list(rules(ledger.agreed, ledger.currency)),
        "rows": [shown(row) for row in rows],
        "because": because,
        "title": WORDS[because] if because else "",
        "sentence": sentence(because) if because else "",
        "pager": {"before": "", "after": lists.address(request, after=after) if after else "",
                  "says": _("%(count)s on this page") % {"count": len(rows)}},
        "export_here": lists.address(request),
        "coming": availability.ageing_next(ledger),
        "debtors": _largest(as_is),
        "asked": {name: request.GET.get(name, "") for name in ("rate", "share", "without", "paid")},
    }  # fmt: skip


def steps(
    request: HttpRequest, said: Waterfall, before: Waterfall | None, *, used: str
) -> Iterable[dict[str, object]]:
    """The lines of the waterfall, each with the address of its rows. `before`: as it is, beside
    what would be."""
    cut = {line.because: line for line in said.out}
    was = {line.because: line for line in before.out} if before else {}
    everything = lists.address(request, because="")

    def line(name: object, of: str, *, sign: str = "", url: str = "", whole: bool = False) -> dict:
        return {
            "name": name, "money": getattr(said, of), "sign": sign, "url": url, "whole": whole,
            "was": getattr(before, of) if before else None,
        }  # fmt: skip

    yield line(_("Gross receivables"), "gross", url=everything, whole=True) | {
        "count": said.invoices
    }
    none = Money(0, said.gross.currency)
    for because in Because:
        if because not in cut and because not in was:
            continue
        one = cut.get(because)
        yield {
            "name": WORDS[because], "sign": "−", "whole": False, "because": sentence(because),
            "money": one.amount if one else none, "count": one.invoices if one else 0,
            "was": (was[because].amount if because in was else none) if before else None,
            "url": lists.address(request, because=because.value),
        }  # fmt: skip
    yield line(_("Eligible"), "eligible", whole=True)
    rate = f"{(said.advance_rate * 100).normalize():f}"
    yield line(_("At the advance rate of %(rate)s %%") % {"rate": rate}, "value", whole=True)
    if said.retention or (before and before.retention):
        yield line(_("Retention"), "retention", sign="−")
    if said.dilution or (before and before.dilution):
        yield line(_("Dilution reserve"), "dilution", sign="−")
    yield line(_("Funds in use"), "in_use", sign="−", url=used)
    yield line(_("Carried by the ledger"), "covered", whole=True)
    yield line(_("Left of the facility"), "room")
    yield line(_("Available"), "available", whole=True)
    if said.over_advance:
        yield line(_("Approved over-advance"), "over_advance")
        yield line(_("May be drawn"), "spendable", whole=True)


def rules(agreed: Agreed, currency: str) -> Iterable[str]:
    """The eligibility set in sentences."""
    if agreed.past_due_days is not None:
        yield _("Out from %(n)s days past due on") % {"n": agreed.past_due_days + 1}
    if agreed.since_issue_days is not None:
        yield _("Out from %(n)s days after issue on") % {"n": agreed.since_issue_days + 1}
    if agreed.cross_age_share is not None:
        share = {"share": _percent(agreed.cross_age_share)}
        yield _("A debtor is out when more than %(share)s %% of what it owes is over age") % share
    if agreed.concentration_share is not None:
        said = {"share": _percent(agreed.concentration_share),
                "base": BASES[agreed.concentration_base]}  # fmt: skip
        yield _("Of one debtor at most %(share)s %% %(base)s") % said
    yield from _of_debtors(agreed)
    yield from _of_proof(agreed, currency)


def _of_debtors(agreed: Agreed) -> Iterable[str]:
    if agreed.countries:
        yield _("Debtors in %(places)s only") % {"places": ", ".join(sorted(agreed.countries))}
    if not agreed.government:
        yield _("Public bodies are out")


def _of_proof(agreed: Agreed, currency: str) -> Iterable[str]:
    if agreed.confirmed_from_minor is not None:
        least = Money(agreed.confirmed_from_minor, currency)
        yield _("From %(least)s on the debtor must have confirmed it") % {"least": least}
    if agreed.notice_days is not None:
        days = {"n": agreed.notice_days}
        yield _("A delivery to the debtor must be proved %(n)s days after the purchase") % days
    if agreed.ledger_days is not None:
        days = {"n": agreed.ledger_days}
        yield _("The client's own ledger must be handed in %(n)s days after each month") % days
    if agreed.dilution_share is not None:
        share = {"share": _percent(agreed.dilution_share)}
        yield _("Dilution beyond %(share)s %% of a year's purchases is kept back") % share
    if agreed.retention_minor:
        amount = {"amount": Money(agreed.retention_minor, currency)}
        yield _("%(amount)s are kept back") % amount


def shown(row: Row) -> dict[str, object]:
    said = row.said
    return {
        "row": row,
        "item": said.item,
        "debtor": said.standing.name,
        "primary": WORDS[said.primary] if said.primary else _("Counts"),
        "tone": "warn" if said.eligible and said.primary else "bad" if said.primary else "good",
        "also": [str(WORDS[one]) for one in said.reasons[1:]],
        "releases": list(dict.fromkeys(said.releases)),
        "until": said.counts_until if said.eligible else None,
    }


def cells(rows: Iterable[Row]) -> Iterable[tuple[object, ...]]:
    """Rows of an export, in the order of COLUMNS."""
    for row in rows:
        said = row.said
        yield (
            said.item.number, said.standing.name, said.item.issued_on, said.item.due_on,
            row.outstanding.decimal, row.part.decimal, row.eligible.decimal, row.value.decimal,
            row.currency, said.primary.value if said.primary else "",
            " ".join(one.value for one in said.reasons[1:]),
            " ".join(one.says for one in dict.fromkeys(said.releases)),
            said.counts_until if said.eligible else None,
        )  # fmt: skip


def _largest(ledger: Ledger) -> list[tuple[UUID, str]]:
    owed = sorted(ledger.accounts, key=lambda one: -ledger.accounts[one].gross)[:MOST_DEBTORS]
    return [(one, ledger.standings[one].name) for one in owed]


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}"


def _share(text: str) -> Decimal | None:
    """Per cent as people type them, above 0 and up to 100."""
    try:
        share = Decimal(text.strip().replace(",", ".") or "x") / 100
    except InvalidOperation:
        return None
    return share if share.is_finite() and 0 < share <= 1 else None
