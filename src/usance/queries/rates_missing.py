"""Reference rates that bought invoices need and nobody entered: what they price stands still."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Min
from django.db.models.fields.json import KT

from usance import models
from usance.domain.finance.rates import RateMissing, ReferenceRate, pieces
from usance.domain.invoice import Stage

from . import charges


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    name: str
    day: date  # The first one without a rate.
    invoices: int  # Bought and open, whose interest it is.


def missing(*, today: date) -> list[Missing]:
    """By name. Yesterday's rate is the last that is missed: the day's end reckons until then."""
    terms = models.Facility.objects.annotate(named=KT("charges__interest__reference"))
    since = dict(
        terms.exclude(named=None).exclude(named="").values_list("named").annotate(Min("valid_from"))
    )
    known = charges.rates() if since else ()
    found = []
    for name in sorted(name for name, day in since.items() if _gap(name, known, day, today)):
        needed = models.Funding.objects.filter(
            facility__charges__interest__reference=name, invoice__stage=Stage.FUNDED
        ).aggregate(first=Min("funded_on"), invoices=Count("pk"))
        day = needed["first"] and _gap(name, known, needed["first"], today)
        if day:
            found.append(Missing(name=name, day=day, invoices=needed["invoices"]))
    return found


def _gap(name: str, known: Sequence[ReferenceRate], start: date, end: date) -> date | None:
    """The first day from start to end (excluded) that no rate covers; None: there is none."""
    try:
        list(pieces(name, known, start, end))
    except RateMissing as no:
        return no.day
    return None
