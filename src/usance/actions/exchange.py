"""Take in what currencies are worth: published by file, or typed by one person and agreed to by
another. Choose the currency of the book."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from usance import models, plugins
from usance.domain.events import Kind
from usance.domain.exchange import DIGITS, Published, RateImpossible, RateMissing, possible
from usance.domain.mandate import Act, Role, require, two_people
from usance.domain.refusal import Refusal
from usance.queries import exchange as questions

from . import holds
from .diary import Line, note
from .documents import Content, keep

TYPED = "typed"


class RateDecided(Refusal):
    code = "exchange_rate_decided"
    todo = "Type another rate if this one is wrong."


class RatesUnreadable(Refusal):
    code = "exchange_rates_unreadable"
    todo = "Import a file as it is published, such as the ECB's eurofxref-daily.xml."


class HomeFixed(Refusal):
    code = "home_currency_fixed"
    todo = "Keep it: what was valued in it stays. Another company's book is a book of its own."


class HomeImpossible(Refusal):
    code = "home_currency_impossible"
    todo = "Choose a currency by its three letters, such as EUR or SEK."


@transaction.atomic
def take_in(
    rates: Sequence[Published],
    *,
    source: str,
    raw: bytes,
    name: str,
    role: Role | None,
    at: datetime,
    actor: str,
) -> int:
    """Keep what was published, with its file; how many were new. The same again is none.

    A day that says otherwise than before corrects it: the row known last holds.

    :param role: None: a job does.
    :raises NotAllowed: if the role may not.
    :raises RateImpossible: for a day that is yet to come; then none is kept.
    """
    if role is not None:
        require(role, Act.SET_EXCHANGE)
    for one in rates:
        possible(one, today=at.date())
    holding = questions.in_force(
        currencies={one.currency for one in rates}, days={one.on for one in rates}
    )
    # A file of 90 days holds nearly a thousand; as rows they are a quarter of a quiet day's end.
    known = {(of, on): per_euro for of, on, per_euro in
             holding.values_list("currency", "published_on", "per_euro")}  # fmt: skip
    fresh = [one for one in rates if known.get((one.currency, one.on)) != one.per_euro]
    if not fresh:
        return 0
    (digest,) = keep([Content(data=raw, media_type="application/xml", name=name)], at=at)
    models.ExchangeRate.objects.bulk_create(
        models.ExchangeRate(
            currency=one.currency, published_on=one.on, per_euro=one.per_euro, source=source,
            document=digest, state="known", said_at=at, said_by=actor[:64], decided_at=at,
        )
        for one in fresh
    )  # fmt: skip
    days = sorted({one.on for one in fresh})
    told = {"what": "exchange rates", "value": f"{len(fresh)} of {days[0]} to {days[-1]}",
            "source": source, "document": digest}  # fmt: skip
    _changed(UUID(int=1), told, at=at, actor=actor)  # The factor: the book itself.
    _go_on(at=at, actor=actor)
    return len(fresh)


def import_file(
    data: bytes, *, source: str, name: str, role: Role | None, at: datetime, actor: str
) -> tuple[int, int]:
    """Take in a file as it is published: how many rates it holds, and how many were new.

    :raises RatesUnreadable: if it is no such file, or nobody of this name publishes; then none is
        kept.
    :raises NotAllowed, RateImpossible: as take_in.
    """
    try:
        found = plugins.load("rates", source).read(data)
    except plugins.UnknownPlugin:
        known = ", ".join(plugins.names("rates"))
        raise RatesUnreadable(f"{source} publishes no rates that we read; known: {known}") from None
    except plugins.Unreadable as broken:
        raise RatesUnreadable(f"{name}: {broken}") from broken
    new = take_in(found, source=source, raw=data, name=name, role=role, at=at, actor=actor)
    return len(found), new


@transaction.atomic
def propose(
    currency: str,
    on: date,
    per_euro: Decimal,
    *,
    says: str,
    role: Role,
    at: datetime,
    actor: str,
) -> models.ExchangeRate:
    """Type a rate that no file brought; it holds when another person agrees to it.

    :param says: where it is from.
    :raises NotAllowed: if the role may not.
    :raises RateImpossible: if nobody can have published it, or it is said without a source.
    """
    require(role, Act.SET_EXCHANGE)
    said = Published(currency=currency.strip().upper(), on=on, per_euro=per_euro)
    possible(said, today=at.date())
    if not says.strip():
        raise RateImpossible("nobody says where the rate is from")
    row = models.ExchangeRate(
        currency=said.currency, published_on=on,
        per_euro=per_euro.quantize(Decimal(1).scaleb(-DIGITS)), source=TYPED,
        says=says.strip()[:200], said_at=at, said_by=actor[:64],
    )  # fmt: skip
    row.save(force_insert=True)
    _changed(row.pk, {"what": "exchange rate proposed", "value": str(row)}, at=at, actor=actor)
    return row


def digest(row: models.ExchangeRate) -> str:
    """What a second person agrees to: the hash of what the first one typed."""
    said = asdict(row.published()) | {"per_euro": row.plain, "says": row.says}
    return sha256(repr(sorted(said.items())).encode()).hexdigest()


@transaction.atomic
def agree(rate: UUID, *, seen: str, role: Role, at: datetime, actor: str) -> models.ExchangeRate:
    """Another person says that the rate is right: from now on it is known.

    :raises NotAllowed: if the role may not.
    :raises RateDecided: if somebody was quicker.
    :raises SecondPersonNeeded: if the actor typed it.
    :raises ContentChanged: if it is not what was seen.
    """
    require(role, Act.SET_EXCHANGE)
    row = _waiting(rate)
    two_people(prepared_by=row.said_by, released_by=actor, prepared=digest(row), seen=seen)
    known = _decided(row, "known", at=at, actor=actor)
    _go_on(at=at, actor=actor)
    return known


@transaction.atomic
def decline(rate: UUID, *, role: Role, at: datetime, actor: str) -> models.ExchangeRate:
    """The rate is not used; who typed it may say so as well.

    :raises NotAllowed: if the role may not.
    :raises RateDecided: if somebody was quicker.
    """
    require(role, Act.SET_EXCHANGE)
    return _decided(_waiting(rate), "declined", at=at, actor=actor)


@transaction.atomic
def choose_home(currency: str, *, role: Role, at: datetime, actor: str) -> None:
    """In which currency the book is closed and reported.

    :raises NotAllowed: if the role may not.
    :raises HomeImpossible: if it is no currency.
    :raises HomeFixed: if something was valued in another one.
    """
    require(role, Act.SET_EXCHANGE)
    wanted = currency.strip().upper()
    if len(wanted) != 3 or not (wanted.isascii() and wanted.isalpha()):
        raise HomeImpossible(f"{currency!r} is no currency")
    row = models.Factor.objects.select_for_update(no_key=True).get()
    if row.home_currency == wanted:
        return
    if questions.is_home_fixed():
        raise HomeFixed(f"amounts were valued in {row.home_currency}")
    row.home_currency = wanted
    row.save(update_fields=["home_currency"])
    told = {"what": "home currency", "value": wanted}
    _changed(UUID(int=row.pk), told, at=at, actor=actor)


def _waiting(rate: UUID) -> models.ExchangeRate:
    row = models.ExchangeRate.objects.select_for_update(no_key=True).get(pk=rate)
    if row.state != "proposed":
        raise RateDecided(f"it is {row.state} already")
    return row


def _decided(
    row: models.ExchangeRate, state: str, *, at: datetime, actor: str
) -> models.ExchangeRate:
    row.state, row.decided_at, row.decided_by = state, at, actor[:64]
    row.save(update_fields=["state", "decided_at", "decided_by"])
    _changed(row.pk, {"what": f"exchange rate {state}", "value": str(row)}, at=at, actor=actor)
    return row


def _go_on(*, at: datetime, actor: str) -> None:
    """What waited for a rate is tried again; where it is another one, it is held anew."""
    waiting: dict[str, list[UUID]] = {}
    rows = models.Hold.objects.filter(
        closed_at=None, findings__contains=[{"code": RateMissing.code}]
    )
    for row in rows.order_by("invoice_id"):
        waiting.setdefault(row.step, []).append(row.invoice_id)
    for step, invoices in sorted(waiting.items()):
        holds.release_cured(invoices, stage=step, remark="Rates are known", at=at, actor=actor)


def _changed(subject: UUID, told: dict[str, str], *, at: datetime, actor: str) -> None:
    note(Kind.MASTER_DATA_CHANGED, [Line(subject, None, told)], at=at, actor=actor)
