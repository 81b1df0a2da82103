"""Set the other ways to pay into our own accounts. Letters and pages name them at once."""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.db import transaction

from usance import models
from usance.domain.events import Kind
from usance.domain.intake.values import is_iban
from usance.domain.invoice.square import is_qr_iban
from usance.domain.mandate import NotAllowed, Role
from usance.domain.reference import luhn
from usance.domain.refusal import Refusal

from .diary import Line, note


class NoSuchAccount(Refusal):
    code = "account_unknown"
    todo = "`usance ways` lists our accounts by currency."


class NotPayable(Refusal):
    code = "way_not_payable"
    todo = "Compare it with the bank's agreement; a wrong digit sends payments elsewhere."


def _bankgiro(text: str) -> str:
    """Seven or eight digits, the last one a check digit (MOD10). Source: Bankgirot."""
    digits = text.replace("-", "").replace(" ", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) in (7, 8)):
        return ""
    return f"{digits[:-4]}-{digits[-4:]}" if luhn(digits[:-1]) == digits[-1] else ""


def _swish(text: str) -> str:
    """A company's number: ten digits that begin with 123."""
    digits = "".join(ch for ch in text if ch not in " -")
    is_one = digits.isascii() and digits.isdigit() and len(digits) == 10
    return digits if is_one and digits.startswith("123") else ""


def _qr_iban(text: str) -> str:
    plain = text.replace(" ", "").upper()
    return plain if is_qr_iban(plain) and is_iban(plain) else ""


# Name of the column: the currencies it is for, and its rule (empty: it cannot be paid to).
WAYS: dict[str, tuple[frozenset[str], Callable[[str], str]]] = {
    "bankgiro": (frozenset({"SEK"}), _bankgiro),
    "swish": (frozenset({"SEK"}), _swish),
    "qr_iban": (frozenset({"CHF", "EUR"}), _qr_iban),
}


@transaction.atomic
def set_ways(
    currency: str, ways: Mapping[str, str], *, role: Role, at: datetime, actor: str
) -> models.BankAccount:
    """Set those that are named for our account in this currency; an empty one ends.

    :raises NotAllowed: for every role but the administrator's: debtors pay what stands there.
    :raises NoSuchAccount: if we have none in this currency.
    :raises NotPayable: if one is no number of its kind, or not for this currency.
    """
    if role is not Role.ADMIN:
        raise NotAllowed(f"the role {role} may not change our accounts")
    row = models.BankAccount.objects.select_for_update().filter(currency=currency).first()
    if row is None:
        raise NoSuchAccount(f"we have no account in {currency}")
    wanted = {}
    for name, text in ways.items():
        currencies, rule = WAYS[name]
        wanted[name] = rule(text) if text.strip() else ""
        if text.strip() and (currency not in currencies or not wanted[name]):
            raise NotPayable(f"{text!r} is no {name.replace('_', '-')} of an account in {currency}")
    before = {name: getattr(row, name) for name in wanted}
    said = {"what": "ways to pay", "before": before, "after": wanted}
    for name, value in wanted.items():
        setattr(row, name, value)
    row.save(update_fields=list(wanted))
    note(Kind.MASTER_DATA_CHANGED, [Line(row.pk, None, said)], at=at, actor=actor)
    return row
