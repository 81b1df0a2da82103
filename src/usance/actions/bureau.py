"""Ask the credit bureau about a debtor, and take its limit over."""

from dataclasses import dataclass
from datetime import date, datetime

from usance import models
from usance.domain.mandate import Act, Role, require
from usance.domain.money import Money
from usance.domain.refusal import Refusal
from usance.plugins import TryLater, Unreadable
from usance.plugins.bureaus import NotFound
from usance.queries import outside

from . import parties


class NoIdentifier(Refusal):
    code = "debtor_without_identifier"
    todo = "Enter its registration number or VAT id first; a bureau knows companies by these."


class BureauSilent(Refusal):
    code = "bureau_does_not_answer"
    todo = "Try again in some minutes; nothing was changed."


class UnknownToBureau(Refusal):
    code = "unknown_to_bureau"
    todo = "Check the identifier, or decide on a limit yourself and say on what it rests."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the bureau said. `limit` None: it recommends no credit; the old limit is set to zero."""

    limit: Money | None
    rating: str
    insolvent: bool
    as_of: date


def ask_for_limit(debtor: models.Debtor, *, role: Role, at: datetime, actor: str) -> Asked:
    """The bureau is asked outside of any transaction; what it says is then written in one.

    :raises NotAllowed: if the role may not; nobody is asked then.
    :raises NoIdentifier: if nothing identifies the debtor.
    :raises UnknownToBureau: if the bureau does not know it.
    :raises BureauSilent: if it cannot be reached, or answers nonsense.
    :raises NotConfigured: if there is no bureau.
    """
    require(role, Act.SET_LIMIT)
    bureau, config = outside.bureau()
    identifier = debtor.legal_id if debtor.country == "SE" and debtor.legal_id else ""
    identifier = identifier or debtor.vat_id or debtor.legal_id
    if not identifier:
        raise NoIdentifier(f"{debtor.name} has neither")
    try:
        report = bureau.ask(identifier, config)
    except NotFound as unknown:
        raise UnknownToBureau(f"the bureau knows nobody with {identifier}") from unknown
    except (TryLater, Unreadable) as trouble:
        raise BureauSilent(str(trouble)) from trouble
    said = Asked(
        limit=report.limit, rating=report.rating, insolvent=report.insolvent, as_of=report.as_of
    )
    limits = [report.limit] if report.limit else _none_left(debtor)
    for limit in limits:
        parties.set_limit(
            debtor.pk,
            limit,
            source=f"bureau, rated {report.rating}",
            report=report.raw,
            role=role,
            at=at,
            actor=actor,
        )
    if report.insolvent and debtor.insolvent_on is None:
        parties.edit(debtor, {"insolvent_on": report.as_of}, role=role, at=at, actor=actor)
    return said


def _none_left(debtor: models.Debtor) -> list[Money]:
    """No credit: every limit that holds becomes zero."""
    held = debtor.limits.filter(valid_to=None).values_list("currency", flat=True)
    return [Money(0, currency) for currency in held]
