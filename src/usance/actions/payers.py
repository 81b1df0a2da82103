"""What people said of payers: learned from their choices, written by hand, withdrawn."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain import payment
from usance.domain.events import Kind
from usance.domain.mandate import Act, Role, require
from usance.domain.payment import By
from usance.domain.refusal import Refusal
from usance.models.ids import new_id
from usance.queries import cash, payers

from .diary import Line, note


class RuleThere(Refusal):
    code = "payer_rule_there"
    todo = "The rule holds already; withdraw it if it is wrong."


class RuleGone(Refusal):
    code = "payer_rule_gone"
    todo = "Look at the list of rules again: a colleague has withdrawn it."


def learn(row: models.BankLine, debtors: Collection[UUID], *, at: datetime, actor: str) -> None:
    """A person matched this line with invoices of one debtor: its payer, if nothing tells us yet,
    is known from now on by its account, else by its name. Of several debtors nothing is learned.
    """
    if len(debtors) != 1:
        return
    (debtor,) = debtors
    line = cash.as_line(row)
    found = payers.debtors([line], paid={}, rules=payers.rules())
    if debtor in found:
        return
    by = By.ACCOUNT if line.counterparty_account else By.NAME
    text = line.counterparty_account or line.counterparty
    try:
        value = payment.rule_key(by, text)
    except payment.RuleTooShort:
        return  # Nothing in the line says who paid.
    _add(by, value, text, debtor=debtor, client=None, line=row.pk, at=at, actor=actor)


@transaction.atomic
def write(
    by: By, text: str, *, debtor: UUID | None = None, client: UUID | None = None, role: Role,
    at: datetime, actor: str,
) -> UUID:  # fmt: skip
    """A person says that a payer pays for a debtor, or that its money belongs to a client.

    :raises NotAllowed: if the role may not.
    :raises RuleTooShort: if the text would mean many payers.
    :raises RuleThere: if it is known.
    """
    require(role, Act.ALLOCATE_PAYMENT)
    assert (debtor is None) != (client is None), "one of both"
    value = payment.rule_key(by, text)
    added = _add(by, value, text, debtor=debtor, client=client, line=None, at=at, actor=actor)
    if added is None:
        raise RuleThere(f"{by} {text}")
    return added


@transaction.atomic
def withdraw(rule: UUID, *, role: Role, at: datetime, actor: str) -> None:
    """The rule holds no longer; what was matched with its help stays.

    :raises NotAllowed: if the role may not.
    :raises RuleGone: if it holds no longer.
    """
    require(role, Act.ALLOCATE_PAYMENT)
    held = models.PayerRule.objects.filter(pk=rule, withdrawn_at=None)
    if not held.update(withdrawn_at=at, withdrawn_by=actor):
        raise RuleGone("it is withdrawn")
    note(Kind.PAYER_FORGOTTEN, [Line(rule, None, {})], at=at, actor=actor)


def _add(
    by: By, value: str, text: str, *, debtor: UUID | None, client: UUID | None, line: UUID | None,
    at: datetime, actor: str,
) -> UUID | None:  # fmt: skip
    """The key of the new rule; None if it is there."""
    row = models.PayerRule(
        id=new_id(), by=by, value=value[:140], says=text[:140], debtor_id=debtor, client_id=client,
        line_id=line, said_at=at, said_by=actor,
    )  # fmt: skip
    # A colleague may say the same at the same moment: the key decides whose word is the second.
    models.PayerRule.objects.bulk_create([row], ignore_conflicts=True)
    if not models.PayerRule.objects.filter(pk=row.pk).exists():
        return None
    told = {"by": by.value, "says": text, "from_line": line is not None}
    note(Kind.PAYER_LEARNED, [Line(row.pk, None, told)], at=at, actor=actor)
    return row.pk
