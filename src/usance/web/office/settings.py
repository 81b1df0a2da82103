"""Settings: what can be arranged here, each on a page of its own."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

# Subject, and of each page its address name, title and what it is for.
SECTIONS = (
    (_("What is bought"), (
        ("trust", _("Trust"), _("What is odd about an invoice, and from which figure on.")),
        ("question_policy", _("Questions to debtors"),
         _("Whom we ask before we buy, how, and what happens without an answer.")),
        ("fingerprints", _("Fingerprints"),
         _("What other factors hold, compared without showing it.")),
    )),
    (_("What it costs"), (
        ("fee_settings", _("Fee invoices"), _("Since when clients are invoiced, and the numbers.")),
        ("reference_rates", _("Reference rates"),
         _("Market rates that terms speak of, each with its days and its source.")),
        ("exchange_rates", _("Exchange rates"),
         _("What currencies are worth by day, and the currency of the book.")),
    )),
    (_("What is sent"), (
        ("ladder", _("Ladder of channels"), _("What is tried in which order, how long, and why.")),
        ("templates", _("Templates"), _("What letters and messages say, in each language.")),
    )),
    (_("Money"), (
        ("banks", _("Banks"),
         _("How and until when our banks take orders, and how long a new account waits.")),
        ("payers", _("Payers"), _("Who pays for whom, as people said at the cash desk.")),
        ("tolerances", _("Small differences"),
         _("How much a payment may be short or over, and who bears it.")),
        ("write_off_authority", _("Write-off authority"),
         _("Who may give up how much, and what takes two people.")),
    )),
    (_("Programs"), (
        ("api_keys", _("API keys"), _("What programs sign in with, under your name.")),
    )),
)  # fmt: skip


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "office/settings.html", {"sections": SECTIONS})
