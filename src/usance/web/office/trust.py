"""Trust in the office: thresholds of signals, remembered spellings, fingerprints of a circle."""

from datetime import timedelta
from uuid import UUID

from django.db.models import Count
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from usance import clock, models
from usance.actions import aliases, suspicion
from usance.actions import fingerprints as exchange
from usance.domain.mandate import Act
from usance.domain.refusal import Refusal
from usance.domain.verification.cleansing import Rule
from usance.domain.verification.fingerprints import NotFingerprints
from usance.domain.verification.signals import BOUNDS, SIGNALS, Mode, Thresholds, mode
from usance.queries import customs, outside

from . import desk
from .addresses import as_id

FIGURES = {
    "gap": gettext_lazy("Numbers left out in a series"),
    "round_to": gettext_lazy("A round sum is a multiple of"),
    "weekend_percent": gettext_lazy("A weekend is odd below this share, %"),
    "terms_days": gettext_lazy("Days to pay where no custom is known"),
    "terms_longer_days": gettext_lazy("Days beyond the longest so far"),
    "credited_within_days": gettext_lazy("Credited within days of the purchase"),
    "credited_percent": gettext_lazy("Credited share of the invoice, %"),
    "volume_percent": gettext_lazy("Volume of 30 days against the usual, %"),
}
assert set(FIGURES) == set(BOUNDS), "every threshold has its words"
NAMES = {
    "number_gap": gettext_lazy("Numbers are left out"),
    "account_not_registered": gettext_lazy("A bank account that the register does not have"),
    "new_debtor_round_sum": gettext_lazy("A new debtor and a round sum"),
    "issued_on_a_weekend": gettext_lazy("Issued on a weekend"),
    "due_beyond_custom": gettext_lazy("Due later than is the custom"),
    "credited_after_purchase": gettext_lazy("Credited soon after the purchase"),
    "volume_jump": gettext_lazy("The volume jumps"),
    "buyer_name_unlike": gettext_lazy("The debtor's number, another name"),
}
assert set(NAMES) == set(SIGNALS), "every signal has its words"
MODES = {
    Mode.OFF: gettext_lazy("is not looked for"),
    Mode.WARN: gettext_lazy("warns"),
    Mode.HOLD: gettext_lazy("holds the invoice"),
}
assert set(MODES) == set(Mode), "every mode has its words"
RULES = {
    Rule.BLANKS: gettext_lazy("blanks and invisible characters do not count"),
    Rule.LETTERS: gettext_lazy("letter and accent are one character"),
    Rule.CAPITALS: gettext_lazy("written in capitals; left as it is"),
    Rule.COUNTRY: gettext_lazy("a country is its code of two letters"),
    Rule.IDENTIFIER: gettext_lazy("as its register writes it"),
    Rule.CHECK_DIGIT: gettext_lazy("the check digit does not fit; left as it is"),
    Rule.DUE_DATE: gettext_lazy("no due date: due on the day of issue"),
    Rule.DIGITS: gettext_lazy("in the smallest unit of the currency"),
    Rule.SIGN: gettext_lazy("a negative amount is a credit"),
}
assert set(RULES) == set(Rule), "every rule of cleansing has its words"
LARGEST_BYTES = 100 * 1024 * 1024
BACK_DAYS = 400
MOST_CLIENTS = 500


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    client = models.Client.objects.filter(pk=as_id(asked.get("client", ""))).first()
    own = client.pk if client else None
    if request.method != "POST":
        holding = customs.thresholds([own] if own else [])[own]
        return _page(request, client, holding, reason="")
    said, fault = _typed(request)
    reason = request.POST.get("reason", "")
    if said is None:
        holding = customs.thresholds([own] if own else [])[own]
        return _page(request, client, holding, reason=reason, fault=fault, status=422)
    try:
        if "away" in request.POST and own:
            suspicion.take_away(own, reason=reason, **desk.signed(request))
        else:
            suspicion.set_thresholds(said, client=own, reason=reason, **desk.signed(request))
    except Refusal as no:
        fault = f"{desk.sentence(no)} {no.todo}"
        return _page(request, client, said, reason=reason, fault=fault, status=409)
    desk.told(request, _("Saved: it holds for what is verified from now on."))
    return redirect(reverse("trust") + (f"?client={own}" if own else ""))


def _page(
    request: HttpRequest,
    client: models.Client | None,
    said: Thresholds,
    *,
    reason: str,
    fault: str = "",
    status: int = 200,
) -> HttpResponse:
    row = models.TrustSetting.objects.filter(client=client).first()
    context = {
        "client": client,
        "row": row,
        "figures": [
            {"name": name, "label": FIGURES[name], "value": getattr(said, name),
             "least": least, "most": most}
            for name, (least, most) in BOUNDS.items()
        ],
        "signals": [
            {"name": name, "label": NAMES[name], "mode": mode(name, said).value}
            for name in SIGNALS
        ],
        "modes": [(one.value, words) for one, words in MODES.items()],
        "clients": list(models.Client.objects.order_by("name_key")[:MOST_CLIENTS]),
        "own": list(
            models.TrustSetting.objects.exclude(client=None).select_related("client")[:MOST_CLIENTS]
        ),
        "reason": reason,
        "fault": fault,
        "may": desk.allowed(request, Act.SET_TRUST),
    }  # fmt: skip
    return render(request, "office/trust.html", context, status=status)


def _typed(request: HttpRequest) -> tuple[Thresholds | None, str]:
    figures = {}
    for name in BOUNDS:
        text = request.POST.get(name, "").strip()
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            return None, _("%(name)s: a whole number, please.") % {"name": FIGURES[name]}
        figures[name] = int(text)
    modes = {}
    for name in SIGNALS:
        text = request.POST.get(f"mode-{name}", Mode.WARN.value)
        if text not in set(Mode):
            return None, _("%(name)s: choose what it does.") % {"name": NAMES[name]}
        modes[name] = Mode(text)
    return Thresholds(**figures, modes=modes), ""


@require_POST
@desk.says_no
def withdraw_alias(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(models.Alias, pk=pk)
    aliases.withdraw(pk, **desk.signed(request))
    desk.told(request, _("Withdrawn: the next paper with this spelling waits for a person."))
    return redirect("debtor", pk=row.debtor_id)


@require_safe
def circles(request: HttpRequest) -> HttpResponse:
    known = models.ForeignPrint.objects.values_list("circle", "factor")
    counted = known.annotate(count=Count("pk")).order_by("circle", "factor")[:100]
    held = [{"circle": one, "factor": other, "count": count} for one, other, count in counted]
    context = {
        "circles": [
            {"name": one.name, "factor": one.factor, "current": one.current,
             "keys": sorted(one.keys)}
            for one in outside.circles().values()
        ],
        "held": held,
        "may": desk.allowed(request, Act.SET_TRUST),
    }  # fmt: skip
    return render(request, "office/fingerprints.html", context)


@require_POST
@desk.says_no
def export_prints(request: HttpRequest, circle: str) -> HttpResponse | StreamingHttpResponse:
    since = clock.now().date() - timedelta(days=BACK_DAYS)
    lines = exchange.export(circle, since=since, **desk.signed(request))
    answer = StreamingHttpResponse(
        (f"{line}\n" for line in lines), content_type="application/x-ndjson"
    )
    answer["Content-Disposition"] = f'attachment; filename="fingerprints-{circle}.jsonl"'
    return answer


@require_POST
@desk.says_no
def import_prints(request: HttpRequest) -> HttpResponse:
    file = request.FILES.get("file")
    if file is None:
        desk.told(request, _("Choose a file of fingerprints first."))
        return redirect("fingerprints")
    if (file.size or 0) > LARGEST_BYTES:
        raise NotFingerprints(f"it has more than {LARGEST_BYTES:,} bytes; import it at the shell")
    lines = (line.decode(errors="replace") for line in file)
    read, added = exchange.take_in(lines, **desk.signed(request))
    desk.told(
        request,
        _("%(read)s fingerprints read, %(added)s of them new.") % {"read": read, "added": added},
    )
    return redirect("fingerprints")
