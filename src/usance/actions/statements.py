"""Take in bank statements: each movement once, and nothing of a file that is not whole."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from usance import models
from usance.domain import payment
from usance.domain.calendars import of_account
from usance.domain.events import Kind
from usance.domain.finding import blocking
from usance.domain.mandate import Act, Role, require
from usance.domain.money import Money
from usance.domain.refusal import Refusal
from usance.plugins import statements

from . import movements
from .diary import Line, note
from .documents import Content, keep

PAGES = 60  # Statements, each page one, by which it is told whether a bank counts them.


class AccountUnknown(Refusal):
    code = "bank_account_unknown"
    todo = "Add the account under Settings, or take the file to the company it belongs to."


class AccountCurrency(Refusal):
    code = "bank_account_currency"
    todo = "Ask the bank for the statement of this account; nothing of this one was booked."


class StatementBroken(Refusal):
    code = "statement_broken"
    todo = "Ask the bank for the statement again; nothing of it was booked."


class StatementGap(Refusal):
    code = "statement_gap"
    todo = "Import the statement in between first; nothing of this one was booked."


class StatementNumberGap(Refusal):
    code = "statement_number_gap"
    todo = (
        "Import the statement in between first; nothing of this one was booked. If the bank says"
        " that there is none, import this one and say so."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What came of one file."""

    statements: int
    lines: int  # Movements that were new.
    known: int  # Movements that stood in our books already.


def import_statement(
    name: str,
    data: bytes | BinaryIO,
    *,
    role: Role | None = None,
    gap_known: bool = False,
    of_account: str = "",
    at: datetime,
    actor: str,
) -> Imported:
    """Book every movement of the file that we have not seen, each exactly once.

    :param data: the file, or its bytes; of a long file nothing is held in memory.
    :param role: of the person who brings the file; None: the bank's connection does.
    :param gap_known: the bank says that there is no statement with the numbers that are left out.
    :param of_account: the IBAN of ours that the file is of, where it does not say so itself.
    :raises NotAllowed: if the role may not.
    :raises StatementBroken: if it is no statement we know, cannot be read to the end, or opening
        and movements do not give closing; says where.
    :raises AccountUnknown: if it speaks of an account that is not ours, or of none.
    :raises AccountCurrency: if it is in another currency than the account.
    :raises StatementGap: if it does not begin where the last one ended, or is of days before all
        that we know and does not end where they begin.
    :raises StatementNumberGap: if the bank counts its statements and one before it is missing.
    :raises ToldDifferently: if it contradicts other files about one movement or their days.
    """
    if role is not None:
        require(role, Act.IMPORT_STATEMENT)
    iban, currency = _told(of_account)
    reading = statements.examine(data, account=iban, currency=currency)
    if faults := blocking(reading.findings):
        raise StatementBroken("; ".join(f"{f.where} {f.says}".strip() for f in faults[:5]))
    with transaction.atomic():
        (digest,) = keep(
            [Content(data=data, media_type="application/octet-stream", name=name)], at=at
        )
        counts = [
            _import(one, digest, gap_known=gap_known, at=at, actor=actor)
            for one in reading.statements
        ]
    return Imported(
        statements=len(counts),
        lines=sum(new for new, _ in counts),
        known=sum(known for _, known in counts),
    )


def _import(
    statement: payment.Statement, digest: str, *, gap_known: bool, at: datetime, actor: str
) -> tuple[int, int]:
    account = _account(statement.account)
    _refuse_currency(account, statement)
    # By its IBAN in every format, so that a movement of two files is one.
    statement = replace(statement, account=account.iban)
    same = models.Statement.objects.filter(
        account=account, document_id=digest, reference=statement.reference
    )
    if same.exists():
        return 0, len(statement.lines)
    _refuse_gap(account, statement)
    if not gap_known:
        _refuse_number(account, statement)
    row = models.Statement(
        account=account,
        document_id=digest,
        reference=statement.reference[:80],
        sequence=statement.sequence[:40],
        # A balance of nothing is a balance.
        opening_minor=None if statement.opening is None else statement.opening.minor,
        closing_minor=None if statement.closing is None else statement.closing.minor,
        opened_on=statement.opened_on,
        closed_on=statement.closed_on,
        imported_at=at,
        actor=actor,
    )
    row.save(force_insert=True)
    new = movements.add(account, row, statement, at=at, actor=actor)
    _refuse_other_past(account, row, new.minor)
    note(
        Kind.STATEMENT_IMPORTED,
        [Line(row.pk, None, {"lines": new.count, "reference": statement.reference})],
        at=at,
        actor=actor,
    )
    return new.count, sum(not line.pending for line in statement.lines) - new.count


def _told(of_account: str) -> tuple[str, str]:
    """IBAN and currency of the account of ours that a person named; nothing if it named none."""
    iban = "".join(of_account.split()).upper()
    if not iban:
        return "", ""
    account = models.BankAccount.objects.filter(iban=iban).first()
    if account is None:
        raise AccountUnknown(iban)
    return account.iban, account.currency


def _refuse_currency(account: models.BankAccount, statement: payment.Statement) -> None:
    """An IBAN may have accounts in several currencies; ours is one of them."""
    said = {statement.currency, *(line.amount.currency for line in statement.lines)}
    if other := said - {account.currency}:
        raise AccountCurrency(
            f"{account.iban} is kept in {account.currency}, and the statement is in"
            f" {', '.join(sorted(other))}"
        )


def _account(said: str) -> models.BankAccount:
    """Ours that the statement names, by its IBAN or by what else it is called in its country."""
    if not said:
        raise AccountUnknown("the file names no account", todo="Say which account it is of.")
    ours = models.BankAccount.objects.select_for_update(no_key=True)
    account = ours.filter(iban=said).first()
    if account is None:
        numbers = models.BankAccount.objects.values_list("iban", flat=True)
        named = [iban for iban in numbers if payment.speaks_of(said, iban)]
        account = ours.filter(iban__in=named).first() if len(named) == 1 else None
    if account is None:
        raise AccountUnknown(f"it is of {said}, which is no account of ours")
    return account


def _with_balances(account: models.BankAccount) -> QuerySet[models.Statement]:
    return models.Statement.objects.filter(
        account=account, opening_minor__isnull=False, closing_minor__isnull=False
    )


def _refuse_gap(account: models.BankAccount, statement: payment.Statement) -> None:
    """Balances chain from statement to statement; the first one opens the chain. A bank may tell
    of one day in several statements, and of days once more in a longer one."""
    if statement.opening is None or statement.closed_on is None:
        return
    told = _with_balances(account).order_by("-closed_on", "-imported_at", "-pk")
    last = told.filter(closed_on__lt=statement.closed_on).first()
    if last is None or last.closed_on is None or last.closing_minor == statement.opening.minor:
        return
    if told.filter(closed_on=statement.closed_on, closing_minor=statement.opening.minor).exists():
        return
    if (since := statement.opened_on) and since <= last.closed_on:
        # Banks date what it opens with by its own first day, or by the day before.
        starts = (told.filter(closed_on__lt=since).first(), told.filter(closed_on=since).first())
        if any(one and one.closing_minor == statement.opening.minor for one in starts):
            return
    raise StatementGap(
        f"{account.iban}: opens with {statement.opening}, but the statement of"
        f" {last.closed_on} closed with {Money(last.closing_minor or 0, account.currency)}"
    )


def _refuse_other_past(account: models.BankAccount, row: models.Statement, minor: int) -> None:
    """What statements told of their days is whole. A file with more of them goes on after the last
    and says what that comes to, or it belongs before all and ends where they begin.

    :param minor: what the movements come to that the file told first.
    """
    if row.opening_minor is None or row.closing_minor is None or not row.closed_on:
        return
    told = _with_balances(account).exclude(pk=row.pk)
    until = told.filter(closed_on__lte=row.closed_on).order_by("-closed_on", "-imported_at", "-pk")
    follower = told.filter(closed_on__gt=row.closed_on).order_by("closed_on", "imported_at").first()
    if (last := until.first()) is None:
        if minor and follower and follower.opening_minor != row.closing_minor:
            raise StatementGap(
                f"{account.iban}: closes with {Money(row.closing_minor, account.currency)}, but"
                f" the statement of {follower.closed_on} does not open with it"
            )
        return
    left_open = 0 if follower else _left_open(account, row, last)
    is_again = (
        not minor and last.closed_on == row.closed_on
    )  # A part of its day, in another format.
    if left_open is not None and minor != left_open and not is_again:
        raise movements.ToldDifferently(
            f"{account.iban}: up to {row.closed_on} it tells of"
            f" {Money(minor, account.currency)} that no other statement has, and by their balances"
            f" it ought to be {Money(left_open, account.currency)}"
        )


def _left_open(
    account: models.BankAccount, row: models.Statement, last: models.Statement
) -> int | None:
    """What the movements of the newest statement that are new come to by the balances; None: they
    are all that it tells, as it goes on where the last one, or one of the same day, ended."""
    assert row.closing_minor is not None
    assert last.closing_minor is not None
    ended = _with_balances(account).exclude(pk=row.pk).filter(closing_minor=row.opening_minor)
    if ended.filter(closed_on__range=(last.closed_on, row.closed_on)).exists():
        return None
    reported = models.BankLine.objects.filter(
        Q(statement__opening_minor=None) | Q(statement__closing_minor=None),
        account=account, booked_on__gt=last.closed_on, booked_on__lte=row.closed_on,
    ).aggregate(sum=Sum("amount_minor", default=0))  # fmt: skip
    return int(row.closing_minor - last.closing_minor - reported["sum"])


def _refuse_number(account: models.BankAccount, statement: payment.Statement) -> None:
    """Balances do not show that a statement is missing whose movements were nothing together."""
    if statement.opening is None or statement.closing is None or statement.closed_on is None:
        return
    told = _with_balances(account).filter(closed_on__lte=statement.closed_on)
    last = told.order_by("-closed_on", "-imported_at", "-pk").values_list("sequence", "closed_on")
    before = [(number, day) for number, day in last[:PAGES] if day]
    of_a_day_without_any = told.filter(
        ~Exists(models.BankLine.objects.filter(statement=OuterRef("pk"))),
        opening_minor=F("closing_minor"),
    )
    if missing := payment.left_out(
        statement.sequence, statement.closed_on, before,
        calendars=of_account(account.iban[:2], account.currency),
        idle=of_a_day_without_any.exists(),
    ):  # fmt: skip
        first, to = missing
        numbers = f"number {first} is" if first == to else f"numbers {first} to {to} are"
        raise StatementNumberGap(
            f"{account.iban}: statement {statement.sequence} of {statement.closed_on}: {numbers}"
            " missing before it"
        )
