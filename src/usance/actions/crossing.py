"""Invoices in other currencies than their facility's: what becomes due to their client, or owed by
it, is converted as it is booked."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from usance import models
from usance.domain import ledger
from usance.domain.exchange import Cross, RateMissing
from usance.domain.finding import Finding
from usance.domain.journal import About, Entry
from usance.domain.money import Money
from usance.queries import foreign
from usance.queries.fitting import Priced

from .ledger import book

OF_THE_DAY: Mapping[str, Cross] = {}


def rated(priced: Sequence[Priced], *, on: date) -> tuple[list[Priced], dict[UUID, list[Finding]]]:
    """Those that can be converted if they need to be, and of the others which rate is missing."""
    found: list[Priced] = []
    missing: dict[UUID, list[Finding]] = {}
    for one in priced:
        row, facility, _ = one
        if row.currency == facility.currency or not (
            no := _missing(row.currency, facility.currency, on)
        ):
            found.append(one)
        else:
            missing[row.pk] = [no]
    return found, missing


def lacking(invoices: Collection[UUID], *, on: date) -> dict[UUID, list[Finding]]:
    """Of these, the purchases in another currency for which the rate of the day is missing."""
    found = {}
    for pk, row in foreign.bought(invoices).items():
        if no := _missing(row.currency, row.into_currency, on):
            found[pk] = [no]
    return found


def begin(priced: Sequence[Priced], *, at: datetime) -> bool:
    """Write down which of these purchases are in another currency; whether there are some.

    :raises RateMissing: if the rate of one is not known.
    """
    crossed = [(row, facility) for row, facility, _ in priced if row.currency != facility.currency]
    pairs = {(row.currency, facility.currency) for row, facility in crossed}
    rates = {pair: foreign.rate(*pair, on=at.date()) for pair in sorted(pairs)}
    models.Crossing.objects.bulk_create(
        models.Crossing(
            invoice_id=row.pk, client_id=row.client_id, at=at,
            **_kept(rates[row.currency, facility.currency]),
        )
        for row, facility in crossed
    )  # fmt: skip
    return bool(crossed)


def book_across(
    entries: Sequence[Entry], *, by: Mapping[str, Cross] = OF_THE_DAY, at: datetime, actor: str
) -> None:
    """Book these, and what they make due to clients or owed by them in the facility's currency.

    Where the purchase was in that currency, or nothing is due, only they are booked.

    :param by: rates of what takes back something, by the key of its entry. For the others: that of
        the day the entry counts for.
    :raises RateMissing: if a rate is needed that is not known.
    """
    crossed = foreign.bought({pk for entry in entries if (pk := _about(entry).invoice)})
    made = [
        (entry, crossed[pk].currency, crossed[pk].into_currency)
        for entry in entries
        if (pk := _about(entry).invoice) in crossed
    ]
    book([*entries, *_conversions(made, by=by, at=at, actor=actor)], at=at, actor=actor)


def book_of_client(entry: Entry, *, at: datetime, actor: str) -> None:
    """Book what is about a client and no invoice of it, such as tax on its fees: in a currency in
    which it has no facility, but sold by another's, it is converted as well.

    :raises RateMissing: if the rate is not known.
    """
    client, currency = _about(entry).client, entry.moves[0].amount.currency
    last = models.Crossing.objects.filter(client=client, currency=currency).order_by("-at").first()
    own = models.Facility.objects.filter(client=client, currency=currency, known_to=None)
    made = [(entry, currency, last.into_currency)] if last is not None and not own.exists() else []
    book([entry, *_conversions(made, at=at, actor=actor)], at=at, actor=actor)


def book_beside(entry: Entry, invoice: UUID, *, at: datetime, actor: str) -> None:
    """Book what a payment of an invoice makes due to its client though the entry names no invoice:
    converted as what names it.

    :raises RateMissing: if the rate is not known.
    """
    crossed = foreign.bought([invoice]).get(invoice)
    made = [(entry, crossed.currency, crossed.into_currency)] if crossed else []
    book([entry, *_conversions(made, at=at, actor=actor)], at=at, actor=actor)


def due_by(key: str) -> Money | None:
    """What the entry with that key made due to its client, in the facility's currency. None: it
    was not converted."""
    row = models.Conversion.objects.filter(key=key).first()
    return Money(row.into_due_minor, row.into_currency) if row else None


def book_undone(entry: Entry, *, of: str, at: datetime, actor: str) -> None:
    """Book what takes back the entry with the key `of`: what of that was converted goes back at
    the same rate."""
    was = models.Conversion.objects.filter(key=of).first()
    made = [(entry, was.currency, was.into_currency)] if was else []
    by = {entry.key: was.rate()} if was else OF_THE_DAY
    book([entry, *_conversions(made, by=by, at=at, actor=actor)], at=at, actor=actor)


def rates_of(invoices: Collection[UUID], *, of: str) -> dict[UUID, Cross]:
    """At which rate the last "settlement" or "repurchase" of each of these was converted, if it
    was: what is given back of it goes back at the same."""
    rows = models.Conversion.objects.filter(
        invoice_id__in=invoices, key__startswith=f"{of}:"
    ).order_by("at", "pk")
    return {row.invoice_id: row.rate() for row in rows if row.invoice_id}


def _conversions(
    made: Sequence[tuple[Entry, str, str]], *, by: Mapping[str, Cross] = OF_THE_DAY, at: datetime,
    actor: str,
) -> list[Entry]:  # fmt: skip
    """What is written down of each is what its entries move."""
    rows, entries = [], list[Entry]()
    rates: dict[tuple[str, str, date], Cross] = {}
    for entry, of, into in made:
        gone, about = ledger.owned(entry), _about(entry)
        if not gone:
            continue
        assert about.client, entry.key
        key = (of, into, entry.booked_on)
        if entry.key not in by and key not in rates:
            rates[key] = foreign.rate(of, into, on=entry.booked_on)
        rate = by.get(entry.key) or rates[key]
        came = gone.at(rate)
        entries += ledger.conversion(entry, gone, came, about=about)
        rows.append(models.Conversion(
            key=entry.key, client_id=about.client, invoice_id=about.invoice,
            due_minor=gone.due.minor, claims_minor=gone.claims.minor,
            into_due_minor=came.due.minor, into_claims_minor=came.claims.minor,
            booked_on=entry.booked_on, at=at, actor=actor[:64], **_kept(rate),
        ))  # fmt: skip
    models.Conversion.objects.bulk_create(rows)
    return entries


def _about(entry: Entry) -> About:
    """Whom the entry is about: the first of its moves that names an invoice says it."""
    named = (one.about for one in entry.moves if one.about.invoice)
    return next(named, entry.moves[0].about)


def _kept(rate: Cross) -> dict[str, object]:
    return {
        "currency": rate.of, "into_currency": rate.into, "numerator": rate.numerator,
        "denominator": rate.denominator, "published_on": rate.published_on,
    }  # fmt: skip


def _missing(of: str, into: str, on: date) -> Finding | None:
    try:
        foreign.rate(of, into, on=on)
    except RateMissing as no:
        return Finding(code=no.code, says=f"{no}.", todo=no.todo)
    return None
