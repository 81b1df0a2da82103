"""Offers as values for templates: the same rows and sums for the office and for the client."""

import re
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from usance import models
from usance.domain.finance import extent, offering
from usance.domain.finance.offering import OPEN, Line, State
from usance.domain.refusal import Refusal
from usance.queries import offers as query
from usance.queries.offers import Chosen, Considered

ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
STATES = {
    State.ASKED: (gettext_lazy("We look at it"), "warn"),
    State.PREPARED: (gettext_lazy("We look at it"), "warn"),
    State.OFFERED: (gettext_lazy("Offered"), "info"),
    State.ACCEPTED: (gettext_lazy("Accepted"), "good"),
    State.DECLINED: (gettext_lazy("Declined"), "plain"),
    State.REFUSED: (gettext_lazy("No offer"), "bad"),
    State.EXPIRED: (gettext_lazy("Over"), "plain"),
}
assert set(STATES) == set(State), "every state has its words"


def listed(row: models.Offer, *, today: date) -> dict[str, object]:
    """A row of a list of offers."""
    word, tone = STATES[_state(row, today=today)]
    return {"row": row, "word": word, "tone": tone, "count": len(row.lines.all())}


def drawn(row: models.Offer, *, today: date) -> dict[str, object]:
    """One offer with the figures that whoever looks at it today answers to.

    :raises RateMissing: if a reference rate that it needs was never entered.
    """
    lines = query.priced(row, today=today)
    told = {line.invoice: line for line in lines}
    state = _state(row, today=today)
    return listed(row, today=today) | {
        "lines": [_line(one.invoice, told[one.invoice_id], fallback=one.fallback)
                  for one in row.lines.all()],
        "sums": offering.sums(lines),
        "digest": offering.content(row.client_id, row.facility_id, lines),
        "priced_on": today if row.state in OPEN else row.priced_on,
        "is_offered": state is State.OFFERED,
        "is_open": state in OPEN,
        "to_decide": state in (State.ASKED, State.PREPARED),
    }  # fmt: skip


def chooser(request: HttpRequest, client: UUID, *, today: date) -> dict[str, object]:
    """What the client may choose, and what those chosen in the address come to together.

    The answer has `no` where they cannot be considered: another's invoices, two currencies.
    """
    picked = _ids(request.GET.getlist("invoice"))
    try:
        found = query.choices(client, today=today)
        said = query.considered(client, picked, today=today) if picked else None
    except Refusal as no:
        return {"groups": [], "picked": [], "no": refusal(no)}
    return {
        "groups": [_group(one, picked) for one in found],
        "picked": picked,
        "said": said,
        "chosen": [_line(one.row, one.line, fallback=one.fallback) for one in said.chosen]
        if said else [],
        "refused": said.refused if said else (),
        "sums": said.sums if said and not said.refused else None,
    }  # fmt: skip


def refusal(no: Refusal) -> dict[str, object]:
    words = str(no)
    return {"says": words[:1].upper() + words[1:], "todo": no.todo, "code": no.code}


def asked_for(request: HttpRequest) -> Sequence[UUID]:
    """The invoices of a form."""
    return _ids(request.POST.getlist("invoice"))


def _ids(words: Sequence[str]) -> list[UUID]:
    """What is no id chooses nothing."""
    return [UUID(word) for word in words if ID.fullmatch(word)]


def _group(found: Considered, picked: Sequence[UUID]) -> dict[str, object]:
    return {
        "currency": found.facility.currency,
        "left": found.left,
        "rows": [
            _line(one.row, one.line, fallback=one.fallback)
            | {"picked": one.row.pk in picked, "no": _why(one)}
            for one in found.chosen
        ],
    }  # fmt: skip


def _why(one: Chosen) -> str:
    return " ".join(finding.says for finding in one.no)


def _line(row: models.Invoice, line: Line, *, fallback: bool) -> dict[str, object]:
    return {
        "invoice": row, "debtor": row.debtor.name if row.debtor else "", "quote": line.quote,
        "recourse_days": line.recourse_days, "fallback": fallback,
        "part": extent.in_words(line.extent, row.currency),
    }  # fmt: skip


def _state(row: models.Offer, *, today: date) -> State:
    """An offer whose last day has passed is over, also before the day's end says so."""
    state = State(row.state)
    if (
        state is State.OFFERED
        and row.valid_through
        and offering.over(row.valid_through, today=today)
    ):
        return State.EXPIRED
    return state
