"""What the rule of the ladder looks at, for many debtors at once, and the ladder it gives."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Q

from usance import law, models
from usance.domain.distribution import (
    BANK,
    Capability,
    Facts,
    Kind,
    Known,
    Ladder,
    Paper,
    Reach,
    Setting,
    Settings,
    address_key,
    default,
    is_bank,
    ladder,
    owed,
)
from usance.domain.invoice import Kind as Claimed

from . import outside, parcels, push

TRUSTED = timedelta(days=60)  # An answer that is older says nothing any more.
ADDRESSED = (Kind.EMAIL, Kind.LETTER, Kind.SMS, Kind.PUSH)  # What can be suppressed.


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One ladder that is wanted."""

    debtor: models.Debtor
    client: UUID | None  # None: whoever sells to it.
    paper: Paper
    is_credit_note: bool = False
    on: date  # Of issue: duties begin on a day.


def of_invoice(row: models.Invoice, paper: Paper) -> Asked:
    """What is asked for an invoice whose debtor is prefetched."""
    assert row.debtor is not None, row.number
    return Asked(
        debtor=row.debtor,
        client=row.client_id,
        paper=paper,
        is_credit_note=row.kind == Claimed.CREDIT_NOTE,
        on=row.issued_on,
    )


def facts(asked: Sequence[Asked]) -> list[Facts]:
    """The facts of each, in order. Five queries, however many are asked for."""
    debtors = {one.debtor.pk: one.debtor for one in asked}
    clients = {one.client for one in asked if one.client is not None}
    countries = dict(models.Client.objects.filter(pk__in=clients).values_list("pk", "country"))
    rows = _settings(clients, debtors)
    known = _known(debtors.values())
    spoilt = _spoilt(debtors.values())
    duties = law.e_invoicing()
    to_bank, to_network = outside.carried(BANK), outside.carried("0007:")
    browsers = push.browsers(debtors) if Kind.PUSH in to_network else {}
    return [
        Facts(
            reach=_reach(one.debtor, browsers),
            settings=_particular(rows, one.client, one.debtor.pk, one.paper.value),
            paper=one.paper,
            is_credit_note=one.is_credit_note,
            capabilities={
                kind: found
                for kind, found in known.get(one.debtor.pk, {}).items()
                if one.on - found.asked_at.date() <= TRUSTED
                or is_bank(found.capability.identifier)  # It holds until the bank says otherwise.
            },
            suppressed={
                kind: spoilt[kind, key]
                for kind, key in keys(one.debtor).items()
                if (kind, key) in spoilt
            },
            duty=owed(
                duties,
                seller=countries.get(one.client, "") if one.client else "",
                buyer=one.debtor.country,
                sort=one.debtor.sort(),
                issued_on=one.on,
            ),
            carried=to_bank if is_bank(one.debtor.einvoice_id) else to_network,
            sort=one.debtor.sort(),
        )
        for one in asked
    ]


def _reach(debtor: models.Debtor, browsers: Mapping[UUID, models.PushSubscription]) -> Reach:
    browser = browsers.get(debtor.pk)
    return replace(debtor.reach(), push=browser.id.hex if browser else "")


def ladders(asked: Sequence[Asked]) -> list[Ladder]:
    return [ladder(one) for one in facts(asked)]


def after(found: Facts, tried: Mapping[Kind, str]) -> Ladder:
    """The ladder that is left when some rungs were tried."""
    return ladder(replace(found, tried=tried))


def for_debtor(
    debtor: models.Debtor, *, client: UUID | None = None, paper: Paper, on: date
) -> Ladder:
    """What a paper of today would walk; without a client, of the last one that sold on it."""
    if client is None:
        client = (
            models.Invoice.objects.filter(debtor=debtor)
            .order_by("-pk")
            .values_list("client_id", flat=True)
            .first()
        )
    (found,) = ladders([Asked(debtor=debtor, client=client, paper=paper, on=on)])
    return found


def setting(
    *, client: UUID | None = None, debtor: UUID | None = None, paper: str = ""
) -> models.LadderSetting | None:
    """The row that was set up for exactly this. None: what is more general holds."""
    return models.LadderSetting.objects.filter(client=client, debtor=debtor, paper=paper).first()


def read(row: models.LadderSetting) -> Settings:
    """A row as the rule takes it; client and debtor are prefetched."""
    whose = "the factor"
    if row.client is not None:
        whose = f"client {row.client.name}"
    if row.debtor is not None:
        whose = f"debtor {row.debtor.name}" + (f" and {whose}" if row.client else "")
    if row.paper:
        whose += f" for each {row.paper}"
    return Settings(
        whose=whose,
        rungs=tuple(msgspec.convert(row.rungs, list[Setting])),
        cheapest_first=row.cheapest_first,
    )


def capabilities(debtor: models.Debtor) -> list[models.Capability]:
    """What directories said of it, also of an address that it had before."""
    return list(models.Capability.objects.filter(debtor=debtor).order_by("kind"))


def keys(debtor: models.Debtor) -> dict[Kind, str]:
    """The debtor's addresses as suppressions compare them."""
    reach = debtor.reach()
    has = {Kind.EMAIL: reach.email, Kind.LETTER: reach.postal, Kind.SMS: reach.phone,
           Kind.PUSH: reach.push}  # fmt: skip
    return {
        kind: address_key(kind, parcels.address(debtor, kind)) for kind in ADDRESSED if has[kind]
    }


def plain(rungs: Iterable[Setting]) -> Any:
    """Settings as they are kept in the JSON column."""
    return msgspec.to_builtins(list(rungs))


def _settings(
    clients: Iterable[UUID], debtors: Iterable[UUID]
) -> dict[tuple[UUID | None, UUID | None, str], Settings]:
    rows = models.LadderSetting.objects.select_related("client", "debtor").filter(
        Q(client=None) | Q(client__in=list(clients)), Q(debtor=None) | Q(debtor__in=list(debtors))
    )
    return {(row.client_id, row.debtor_id, row.paper): read(row) for row in rows}


def holding(*, client: UUID | None, debtor: UUID | None, paper: str) -> Settings:
    """What holds for these, whoever set it up."""
    rows = _settings([client] if client else [], [debtor] if debtor else [])
    return _particular(rows, client, debtor, paper)


def _particular(
    rows: Mapping[tuple[UUID | None, UUID | None, str], Settings],
    client: UUID | None,
    debtor: UUID | None,
    paper: str,
) -> Settings:
    """The most particular row: a debtor's, a client's, the factor's; of each the paper's first."""
    for whose in ((client, debtor), (None, debtor), (client, None), (None, None)):
        for of in (paper, ""):
            if (*whose, of) in rows:
                return rows[*whose, of]
    return default()


def _known(debtors: Iterable[models.Debtor]) -> dict[UUID, dict[Kind, Known]]:
    """What directories said of the addresses that these have now."""
    by = {one.pk: one for one in debtors}
    found: dict[UUID, dict[Kind, Known]] = {}
    for row in models.Capability.objects.filter(debtor__in=list(by)):
        kind = Kind(row.kind)
        if identifier(by[row.debtor_id], kind) != row.identifier:
            continue  # It was asked about an address that is gone.
        said = Capability(
            identifier=row.identifier,
            receives=row.receives,
            documents=frozenset(row.documents),
            detail=row.detail,
        )
        found.setdefault(row.debtor_id, {})[kind] = Known(said, row.asked_at)
    return found


def identifier(debtor: models.Debtor, kind: Kind) -> str:
    """What a directory of this kind knows the debtor by; empty: nothing."""
    return {Kind.EINVOICE: debtor.einvoice_id, Kind.MAILBOX: debtor.mailbox_id,
            Kind.EMAIL: debtor.email, Kind.SMS: debtor.phone}.get(kind, "")  # fmt: skip


def _spoilt(debtors: Iterable[models.Debtor]) -> dict[tuple[Kind, str], str]:
    addresses = {key for one in debtors for key in keys(one).values()}
    rows = models.Suppression.objects.filter(address__in=addresses, lifted_at=None)
    return {(Kind(row.kind), row.address): row.because for row in rows}
