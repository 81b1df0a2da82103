"""What a report is asked: for which day, known when, of whom. Read from words.

A report is reproducible: `on` is the day up to which moves count, `known` the moment up to which
they were written. With both, the same question has the same answer for ever.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from usance import models
from usance.domain.journal import Account
from usance.domain.measures import BASES
from usance.domain.refusal import Refusal
from usance.queries import parties

EARLIEST = date(1900, 1, 1)
GROUPS = ("client", "debtor", "invoice")
NOBODY = "none"  # Instead of a party: only what is about none.
# How the turnover of bought receivables is told apart: see `sums.KIND`.
KINDS = ("bought", "paid", "diluted", "taken_back")


class DayUnreadable(Refusal):
    code = "day_unreadable"
    todo = "Write days as 2026-03-31, and moments as 2026-03-31T17:00:00+00:00."


class DayAhead(Refusal):
    code = "day_ahead"
    todo = "Ask for today or an earlier day: the books know nothing of later ones."


class MonthUnreadable(Refusal):
    code = "month_unreadable"
    todo = "Write months as 2026-03."


class PeriodEmpty(Refusal):
    code = "period_empty"
    todo = "Let the period begin before its last day."


class PartyUnknown(Refusal):
    code = "party_unknown"
    todo = "Give the id, VAT id, registration number or name as the register has it."


class FilterUnknown(Refusal):
    code = "filter_unknown"
    todo = "Ask for the list of reports: it says what each can be narrowed by."


class FilterMissing(Refusal):
    code = "filter_missing"
    todo = "Say of whom the report is to be."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """None and empty: not narrowed by this."""

    on: date  # The last day that counts.
    since: date  # The first day of the period, which counts too.
    known: datetime | None = None  # None: all that is written by now.
    client: UUID | None = None
    debtor: UUID | None = None
    invoice: UUID | None = None
    currency: str = ""
    by: str = "client"
    basis: str = "due"
    bucket: str = ""
    kind: str = ""
    accounts: tuple[Account, ...] = ()
    nobody: frozenset[str] = frozenset()  # Those of `GROUPS` that the rows name nobody of.
    month: str = ""  # As 2026-03.

    @property
    def days(self) -> int:
        """Days of the period, both ends included."""
        return (self.on - self.since).days + 1

    @property
    def evening_before(self) -> str:
        """The last day before the period, in words."""
        return (self.since - timedelta(days=1)).isoformat()

    @property
    def values(self) -> dict[str, Any]:
        """For the placeholders of a query."""
        return {
            "on": self.on, "since": self.since, "before": self.since - timedelta(days=1),
            "known": self.known, "client": self.client, "debtor": self.debtor,
            "invoice": self.invoice, "currency": self.currency, "month": self.month,
        }  # fmt: skip

    def words(self) -> dict[str, str]:
        """As it would be asked for again, without what is not narrowed."""
        said = {
            "on": self.on.isoformat(), "since": self.since.isoformat(),
            "known": self.known.isoformat() if self.known else "",
            "client": str(self.client or ""), "debtor": str(self.debtor or ""),
            "invoice": str(self.invoice or ""), "currency": self.currency, "by": self.by,
            "basis": self.basis, "bucket": self.bucket, "kind": self.kind,
            "account": ",".join(one.value for one in self.accounts), "month": self.month,
        } | dict.fromkeys(self.nobody, NOBODY)  # fmt: skip
        return {name: value for name, value in said.items() if value}


def read(
    given: Mapping[str, str],
    *,
    takes: tuple[str, ...],
    groups: tuple[str, ...],
    span: int,
    needs: tuple[str, ...],
    at: datetime,
) -> Asked:
    """The question in words as a value. Empty words ask for nothing.

    :param takes: filters besides on, known and currency. :param span: days of the period, if it is
        not said when it begins. :param needs: filters without which there is no answer.
    :raises DayUnreadable, DayAhead, PeriodEmpty, PartyUnknown, FilterUnknown, FilterMissing:
    """
    said = {name: value.strip() for name, value in given.items() if value.strip()}
    for name in said:
        if name not in {"on", "known", "currency", *takes}:
            raise FilterUnknown(f"this report cannot be narrowed by {name}")
    for name in needs:
        if name not in said:
            raise FilterMissing(f"this report is of one {name}")
    on = _day(said.get("on"), at.date())
    since = _day(said.get("since"), on - timedelta(days=span - 1))
    known = _moment(said.get("known"))
    if on > at.date():
        raise DayAhead(f"{on} has not come yet")
    if known is not None and known > at:
        raise DayAhead(f"{known.isoformat()} has not come yet")
    if since > on:
        raise PeriodEmpty(f"{since} lies after {on}")
    basis = _among("basis", said.get("basis", "due"), tuple(BASES))
    nobody = frozenset(name for name in GROUPS if said.get(name) == NOBODY and name not in needs)
    named = {name: value for name, value in said.items() if name not in nobody}
    return Asked(
        on=on, since=since, known=known,
        client=_party(models.Client, named.get("client")),
        debtor=_party(models.Debtor, named.get("debtor")),
        invoice=_invoice(named.get("invoice")),
        nobody=nobody,
        currency=_currency(said.get("currency", "")),
        by=_among("by", said.get("by", groups[0]), groups),
        basis=basis,
        bucket=_among("bucket", said.get("bucket", ""), ("", *(b.name for b in BASES[basis]))),
        kind=_among("kind", said.get("kind", ""), ("", *KINDS)),
        accounts=_accounts(said.get("account", "")),
        month=_month(said.get("month", "")),
    )  # fmt: skip


def name_of(asked: Asked) -> dict[str, str]:
    """The names of whom the question is about, by filter."""
    found = {}
    for name, model, pk in (
        ("client", models.Client, asked.client), ("debtor", models.Debtor, asked.debtor),
    ):  # fmt: skip
        if pk is not None:
            found[name] = model._default_manager.values_list("name", flat=True).get(pk=pk)
    if asked.invoice is not None:
        found["invoice"] = models.Invoice.objects.values_list("number", flat=True).get(
            pk=asked.invoice
        )
    return found


def _day(text: str | None, otherwise: date) -> date:
    try:
        found = date.fromisoformat(text) if text else otherwise
    except ValueError as broken:
        raise DayUnreadable(f"{text!r} is no day") from broken
    if found < EARLIEST:
        raise DayUnreadable(f"the books do not reach back to {found}")
    return found


def _month(text: str) -> str:
    try:
        return f"{date.fromisoformat(f'{text}-01'):%Y-%m}" if text else ""
    except ValueError as broken:
        raise MonthUnreadable(f"{text!r} is no month") from broken


def _moment(text: str | None) -> datetime | None:
    """A bare day means its end."""
    if not text:
        return None
    try:
        if len(text) == len("2026-03-31"):
            return datetime.combine(date.fromisoformat(text), time.max, UTC)
        found = datetime.fromisoformat(text.replace(" ", "+"))  # As a form writes a plus.
    except ValueError as broken:
        raise DayUnreadable(f"{text!r} is no moment") from broken
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _party(model: type[models.Client] | type[models.Debtor], text: str | None) -> UUID | None:
    if not text:
        return None
    if not text.isprintable():
        raise PartyUnknown("a name has no such characters")
    called = parties.clients_called if model is models.Client else parties.debtors_called
    found = called(text)
    if len(found) > 1:
        names = ", ".join(f"{row.name} ({row.vat_id or row.legal_id or row.pk})" for row in found)
        raise PartyUnknown(f"more than one is called {text!r}: {names}")
    if not found:
        raise PartyUnknown(f"we know no {text!r}")
    return found[0].pk


def _invoice(text: str | None) -> UUID | None:
    if not text:
        return None
    key = _key(text)
    if key is None or not models.Invoice.objects.filter(pk=key).exists():
        raise PartyUnknown(f"we know no invoice {text!r}", todo="Give the id of the invoice.")
    return key


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _currency(text: str) -> str:
    if text and not (len(text) == 3 and text.isascii() and text.isalpha()):
        raise FilterUnknown(f"{text!r} is no currency: three letters, as EUR")
    return text.upper()


def _among(name: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        told = ", ".join(one for one in known if one)
        raise FilterUnknown(f"{name} is one of {told}, not {value!r}")
    return value


def _accounts(text: str) -> tuple[Account, ...]:
    known = {one.value: one for one in Account}
    found = [part for part in text.replace(" ", ",").split(",") if part]
    for one in found:
        if one not in known:
            raise FilterUnknown(f"the chart has no account {one!r}")
    return tuple(known[one] for one in found)
