"""Under which heading each field of the terms stands, from what every contract says to the rare."""

from collections.abc import Iterator

from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from .terms_form import Terms

GROUPS: tuple[tuple[object, tuple[str, ...]], ...] = (
    (_("The contract"), (
        "product", "basis", "amount", "currency", "advance_rate", "fee_rate", "valid_from",
        "schedule_signers", "trust_account",
    )),
    (_("How invoices are bought"), ("how", "instant", "valid_days", "currencies", "haircut")),
    (_("Recourse"), (
        "recourse_days", "recourse_share", "recourse_most", "fallback_days", "refactor_days",
        "refactor_fee", "refactor_times",
    )),
    (_("A ledger that the client keeps"), ("list_days", "ask_days", "tell_days")),
    (_("Fee in brackets"), ("steps", "of_brackets", "ends", "daily")),
    (_("Interest"), ("margin", "reference", "floor", "count", "of_interest", "monthly",
                    "to_due")),
    (_("How time is counted"), ("start", "minimum_days", "float_days", "day_one")),
    (_("Least, most and tax"), (
        "minimum", "maximum", "minimum_month", "minimum_year", "vat_rate",
    )),
)  # fmt: skip
_shown = [name for _heading, names in GROUPS for name in names]
assert sorted(_shown) == sorted(Terms.base_fields), "every field of the terms is shown once"


def grouped(form: Terms) -> Iterator[tuple[object, list[BoundField]]]:
    """The headings in their order, each with its fields."""
    for heading, names in GROUPS:
        yield heading, [form[name] for name in names]
