"""Register clients and debtors, give limits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from usance import models
from usance.domain.events import Kind
from usance.domain.invoice import Stage, WrongStage
from usance.domain.mandate import Act, Role, require
from usance.domain.money import Money
from usance.domain.party import identifier_key, name_key
from usance.domain.party.names import found_by
from usance.domain.refusal import Refusal
from usance.domain.verification.codes import codes
from usance.models.ids import new_id
from usance.queries import same

from . import aliases
from .diary import Line, note
from .documents import Content, keep

IDENTITY = ("country", "legal_id", "vat_id")


class SameIdentifier(Refusal):
    code = "identifier_taken"
    todo = "Open the party that carries it; it may be the same company."


class CountryUnknown(Refusal):
    code = "country_unknown"
    todo = "Take its code of two letters by ISO 3166-1, such as SE or DE."


class PartOfAnother(Refusal):
    code = "debtor_part_of_another"
    todo = "Give the limit to the debtor that it went into."


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """What clients and debtors have in common."""

    name: str
    country: str
    legal_id: str = ""
    vat_id: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    language: str = "en"
    email: str = ""
    phone: str = ""


@transaction.atomic
def register_client(
    company: Company,
    *,
    colour: str = "#1f3a5f",
    sure_from: Decimal = Decimal("0.95"),
    role: Role,
    at: datetime,
    actor: str,
) -> models.Client:
    """:raises NotAllowed: if the role may not.
    :raises CountryUnknown: if its country is none.
    :raises SameIdentifier: if a client carries one of its identifiers.
    """
    require(role, Act.EDIT_PARTY)
    _refuse_no_country(company.country)
    _refuse_taken(models.Client, company)
    row = models.Client(
        **_columns(company), brand_colour=colour, sure_from=sure_from, created_at=at
    )
    row.save(force_insert=True)
    _changed(row.pk, "client registered", company.name, at=at, actor=actor)
    return row


@transaction.atomic
def register_debtor(
    company: Company,
    *,
    einvoice_id: str = "",
    mailbox_id: str = "",
    wish: str = "",
    public: bool = False,
    accounts: Sequence[str] = (),
    role: Role,
    at: datetime,
    actor: str,
) -> models.Debtor:
    """:raises NotAllowed: if the role may not.
    :raises CountryUnknown: if its country is none.
    :raises SameIdentifier: if a debtor carries one of its identifiers.
    """
    require(role, Act.EDIT_PARTY)
    _refuse_no_country(company.country)
    _refuse_taken(models.Debtor, company)
    row = models.Debtor(
        **_columns(company),
        einvoice_id=einvoice_id,
        mailbox_id=mailbox_id,
        wish=wish,
        public=public,
        created_at=at,
    )
    row.save(force_insert=True)
    models.DebtorAccount.objects.bulk_create(
        models.DebtorAccount(debtor=row, iban=identifier_key(iban)) for iban in accounts
    )
    _changed(row.pk, "debtor registered", company.name, at=at, actor=actor)
    return row


@transaction.atomic
def edit(
    row: models.Client | models.Debtor,
    said: Mapping[str, object],
    *,
    role: Role,
    at: datetime,
    actor: str,
) -> None:
    """Change plain master data: what changed stands in the diary, with what was there before.

    :param said: column to its new value. Identifiers are stored as domain.party compares them.
    :raises NotAllowed: if the role may not.
    :raises CountryUnknown: if the country is another one, and none.
    :raises SameIdentifier: if another party carries one of the identifiers.
    """
    require(role, Act.EDIT_PARTY)
    model = type(row)
    now = model.objects.select_for_update(no_key=True).get(pk=row.pk)
    wanted = {
        name: identifier_key(str(value)) if name in {"legal_id", "vat_id"} else value
        for name, value in said.items()
    }
    changed = {name: value for name, value in wanted.items() if getattr(now, name) != value}
    if not changed:
        return
    if "country" in changed:
        _refuse_no_country(str(changed["country"]))
    if changed.keys() & {"legal_id", "vat_id", "country"}:
        identity = {name: str(wanted.get(name, getattr(now, name))) for name in IDENTITY}
        _refuse_taken(model, Company(name=now.name, **identity), but=now.pk)
    before = {name: str(getattr(now, name) or "") for name in changed}
    for name, value in changed.items():
        setattr(now, name, value)
    now.name_key = name_key(now.name)[:200]
    now.found_by = list(found_by(now.name, country=now.country, postcode=now.postcode))
    now.save(update_fields=[*changed, "name_key", "found_by"])
    after = {name: str(value or "") for name, value in changed.items()}
    note(
        Kind.MASTER_DATA_CHANGED,
        [Line(now.pk, None, {"what": "edited", "before": before, "after": after})],
        at=at,
        actor=actor,
    )


@transaction.atomic
def set_limit(
    debtor_id: UUID,
    limit: Money,
    *,
    source: str,
    report: bytes = b"",
    role: Role,
    at: datetime,
    actor: str,
) -> models.CreditLimit:
    """The debtor's limit from today on; the one before ends. What it rests on is kept.

    :raises NotAllowed: if the role may not.
    :raises PartOfAnother: if it went into another debtor, whose limit is that of both.
    """
    require(role, Act.SET_LIMIT)
    debtor = (
        models.Debtor.objects.select_for_update(no_key=True, of=["self"])
        .select_related("same_as")
        .get(pk=debtor_id)
    )
    if debtor.same_as is not None:
        raise PartOfAnother(f"{debtor.name} is the same company as {debtor.same_as.name}")
    models.CreditLimit.objects.filter(
        debtor_id=debtor_id, currency=limit.currency, valid_to=None
    ).update(valid_to=at.date())
    digest = None
    if report:
        (digest,) = keep(
            [Content(data=report, media_type="application/json", name="credit-report.json")],
            at=at,
        )
    row = models.CreditLimit(
        debtor_id=debtor_id,
        currency=limit.currency,
        limit_minor=limit.minor,
        source=source[:80],
        given_on=at.date(),
        actor=actor,
        report_id=digest,
    )
    row.save(force_insert=True)
    _changed(debtor_id, "limit set", f"{limit} by {source}", at=at, actor=actor)
    return row


@transaction.atomic
def choose_debtor(
    invoice_id: UUID, debtor_id: UUID, *, role: Role, at: datetime, actor: str
) -> None:
    """A person says who owes an invoice whose paper did not say it clearly enough. The choice is
    remembered: the next paper that says the same means the same debtor (actions.aliases).

    :raises NotAllowed: if the role may not.
    :raises WrongStage: if the invoice is verified already.
    """
    require(role, Act.RELEASE_HOLD)
    row = models.Invoice.objects.select_for_update(no_key=True).get(pk=invoice_id)
    if Stage(row.stage) is not Stage.RECEIVED:
        raise WrongStage(f"an invoice that is {row.stage} keeps its debtor")
    row.debtor_id = debtor_id = same.company(debtor_id)
    row.save(update_fields=["debtor"])
    note(
        Kind.MASTER_DATA_CHANGED,
        [Line(row.pk, row.pk, {"what": "debtor chosen", "debtor": str(debtor_id)})],
        at=at,
        actor=actor,
    )
    aliases.remember(row, debtor_id, at=at, actor=actor)


def _columns(company: Company) -> dict[str, object]:
    return {
        "id": new_id(),
        "name": company.name,
        "name_key": name_key(company.name)[:200],
        "found_by": list(
            found_by(company.name, country=company.country, postcode=company.postcode)
        ),
        "legal_id": identifier_key(company.legal_id),
        "vat_id": identifier_key(company.vat_id),
        "street": company.street,
        "postcode": company.postcode,
        "city": company.city,
        "country": company.country,
        "language": company.language,
        "email": company.email,
        "phone": company.phone,
    }


def _refuse_no_country(code: str) -> None:
    """Invoices name it (BT-40, BT-55), and law, letters and limits go by it."""
    if code not in codes("countries"):
        raise CountryUnknown(f"{code} is no country")


def _refuse_taken(
    model: type[models.Client] | type[models.Debtor], company: Company, *, but: UUID | None = None
) -> None:
    vat_id, legal_id = identifier_key(company.vat_id), identifier_key(company.legal_id)
    same = Q(pk=None)
    if vat_id:
        same |= Q(vat_id=vat_id)
    if legal_id:
        same |= Q(country=company.country, legal_id=legal_id)
    others = model.objects.filter(same)
    if but is not None:
        others = others.exclude(pk=but)
    if taken := others.first():
        raise SameIdentifier(f"{taken.name} carries it")


def _changed(subject: UUID, what: str, value: str, *, at: datetime, actor: str) -> None:
    note(
        Kind.MASTER_DATA_CHANGED,
        [Line(subject, None, {"what": what, "value": value})],
        at=at,
        actor=actor,
    )
