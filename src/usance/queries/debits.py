"""Which invoices may be collected, what of that waits for whom, and what can still go back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from usance import models
from usance.domain.calendars import is_open
from usance.domain.collection import debits as rule
from usance.domain.collection.debits import OPEN, UNDER_WAY, WAITING, State, Then
from usance.domain.collection.signed import lapses_on
from usance.domain.collection.together import Asked
from usance.domain.invoice import Stage
from usance.domain.journal import Account
from usance.domain.money import Money

from . import amounts, disclosure
from .overdue import BY_PLAN
from .pages import counted

VIEWS: dict[str, tuple[str, ...]] = {
    "all": tuple(State),
    "waiting": tuple(sorted(WAITING)),
    "under_way": tuple(sorted(UNDER_WAY)),
    "collected": (State.COLLECTED,),
    "back": (State.REJECTED, State.RETURNED),
}
# Also over a part of it: the debtor was told one amount, and a part needs a word of its own.
DISPUTED = Exists(models.Dispute.objects.filter(invoice=OuterRef("pk"), closed_at=None))
TRIES = 2  # Of an invoice by itself; further ones a person starts.
LATE_AFTER = 2  # Banking days after which a statement should show it.
PRESENTED = tuple(sorted(set(State) - WAITING - {State.CANCELLED}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An invoice that its debtor lets us collect."""

    invoice: models.Invoice
    mandate: models.DebitMandate
    outstanding: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class DebitFile:
    row: models.DebitFile
    debits: int
    amount: Money
    back: int
    under_way: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What was done under a mandate and those before it that it amends."""

    last_used: date | None  # The last day for which something was presented. None: nothing was.
    collected: bool  # Whether something got through.
    reference: str  # Of the version under which something was presented last; empty: nothing was.
    iban: str


# Depth 0 is the mandate itself; what it amends lies deeper.
_PAST = """
WITH RECURSIVE chain AS (
    SELECT id AS mandate, id AS version, amends_id, reference, iban, 0 AS depth
    FROM debit_mandate WHERE id = ANY(%(mandates)s)
    UNION ALL
    SELECT chain.mandate, before.id, before.amends_id, before.reference, before.iban, depth + 1
    FROM chain JOIN debit_mandate before ON before.id = chain.amends_id
)
SELECT mandate, max(used.last), bool_or(used.through),
    (array_agg(reference ORDER BY depth) FILTER (WHERE used.last IS NOT NULL))[1],
    (array_agg(iban ORDER BY depth) FILTER (WHERE used.last IS NOT NULL))[1]
FROM chain CROSS JOIN LATERAL (
    SELECT max(collect_on) FILTER (WHERE state = ANY(%(presented)s)) AS last,
        coalesce(bool_or(state = ANY(%(through)s)), false) AS through
    FROM debit WHERE mandate_id = chain.version
) AS used
GROUP BY mandate
"""


MOST_IN_SUM = 500


def creditor() -> models.BankAccount | None:
    """The account to which we collect; None: none has a creditor identifier."""
    return models.BankAccount.objects.exclude(creditor_id="").order_by("currency").first()


def live(*, on: date | None = None) -> "QuerySet[models.DebitMandate]":
    """Mandates that may be used."""
    rows = models.DebitMandate.objects.filter(closed_at=None, confirmed_at__isnull=False)
    if on is not None:
        rows = rows.filter(signed_on__lte=on)
    return rows


def past(mandates: Collection[UUID]) -> dict[UUID, Past]:
    """What was done under each of these and what it amends, in one question for all of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            _PAST,
            {
                "mandates": list(mandates),
                "presented": list(PRESENTED),
                "through": [State.COLLECTED, State.RETURNED],
            },
        )
        return {
            pk: Past(last_used=day, collected=through, reference=reference or "", iban=iban or "")
            for pk, day, through, reference, iban in cursor.fetchall()
        }


def lapsed(*, on: date) -> list[models.DebitMandate]:
    """Live ones that nothing was collected under for 36 months."""
    rows = list(live())
    before = past([one.pk for one in rows]) if rows else {}
    return [one for one in rows if lapses_on(one.signed_on, before[one.pk].last_used) <= on]


def candidates(
    mandates: Collection[models.DebitMandate],
    *,
    today: date,
    only: Collection[UUID] = (),
) -> list[Candidate]:
    """Bought invoices in euro whose debtor signed, whose day is near, of which something is
    outstanding, that nobody disputes or pays by a plan, and of which no debit is open. Of what was
    bought in confidence the debtor must have been told.

    What came back is collected again by itself only if the bank's reason allows it, TRIES times.

    :param only: these, chosen by a person: their day and tries do not matter. Empty: all.
    """
    recurring = {one.debtor_id: one for one in mandates if one.invoice_id is None}
    once = {one.invoice_id: one for one in mandates if one.invoice_id is not None}
    open_ = models.Debit.objects.filter(invoice=OuterRef("pk"), state__in=OPEN)
    rows = models.Invoice.objects.filter(
        stage=Stage.FUNDED, kind="invoice", currency="EUR", debtor__isnull=False
    )
    rows = rows.annotate(company=Coalesce("debtor__same_as_id", "debtor_id"))
    rows = rows.filter(Q(company__in=list(recurring)) | Q(pk__in=list(once)))
    rows = rows.exclude(DISPUTED).exclude(BY_PLAN).exclude(Exists(open_))
    rows = rows.exclude(disclosure.UNTOLD)
    longest = max((one.notice_days for one in mandates), default=0)
    if only:
        rows = rows.filter(pk__in=list(only))
    else:
        rows = rows.filter(due_on__lte=rule.plans_until(notice_days=longest, today=today))
    found = list(rows.select_related("debtor", "client").order_by("pk"))
    left = amounts.of_invoices(Account.FACTORED_RECEIVABLES, [one.pk for one in found])
    tried = {} if only else _tried([one.pk for one in found])
    chosen = []
    for row in found:
        mandate = once.get(row.pk) or recurring.get(row.company)
        if mandate is None or left.get(row.pk, 0) <= 0:
            continue
        near = rule.plans_until(notice_days=mandate.notice_days, today=today)
        if not only and (row.due_on > near or not tried.get(row.pk, True)):
            continue
        owed = Money(left[row.pk], row.currency)
        chosen.append(Candidate(invoice=row, mandate=mandate, outstanding=owed))
    return chosen


def _tried(invoices: Collection[UUID]) -> dict[UUID, bool]:
    """Of invoices whose debits came back: whether one more may go out by itself."""
    rows = models.Debit.objects.filter(
        invoice__in=invoices, state__in=[State.REJECTED, State.RETURNED]
    ).order_by("pk")
    found: dict[UUID, list[str]] = {}
    for invoice, reason in rows.values_list("invoice_id", "reason"):
        found.setdefault(invoice, []).append(reason)
    return {
        pk: len(reasons) < TRIES and rule.reason(reasons[-1]).then is Then.AGAIN
        for pk, reasons in found.items()
    }


def waiting() -> list[models.Debit]:
    """Planned and announced ones, by their day."""
    rows = models.Debit.objects.filter(state__in=sorted(WAITING))
    return list(_with(rows).order_by("collect_on", "pk"))


def found(view: str) -> "QuerySet[models.Debit]":
    return _with(models.Debit.objects.filter(state__in=VIEWS[view]))


def _with(rows: "QuerySet[models.Debit]") -> "QuerySet[models.Debit]":
    return rows.select_related(
        "mandate__debtor", "invoice__client", "invoice__debtor", "file", "notice"
    )


def counts() -> dict[str, int]:
    return {view: counted(found(view)) for view in VIEWS if view != "all"}


def untold() -> list[models.Debit]:
    """Planned ones whose debtor no mail reaches: a person tells it."""
    return list(_with(without_mail()).order_by("collect_on", "pk"))


def without_mail() -> "QuerySet[models.Debit]":
    rows = models.Debit.objects.filter(state=State.PLANNED)
    return rows.filter(Q(notice=None) | Q(notice__state__in=["refused", "unknown"]))


def to_act(most: int = 10) -> list[models.Debit]:
    """Rejected and returned ones whose invoice is still to be paid and that nothing newer follows:
    somebody has to look at the mandate, or remind. The newest first."""
    return list(_with(back_and_owed()).order_by("-closed_on", "-pk")[:most])


def back_and_owed() -> "QuerySet[models.Debit]":
    rows = models.Debit.objects.filter(state__in=VIEWS["back"], invoice__stage=Stage.FUNDED)
    newer = models.Debit.objects.filter(invoice=OuterRef("invoice"), pk__gt=OuterRef("pk"))
    owed = models.Balance.objects.filter(
        invoice=OuterRef("invoice"), account=Account.FACTORED_RECEIVABLES,
        debit_minor__gt=F("credit_minor"),
    )  # fmt: skip
    rows = rows.exclude(Exists(newer.exclude(state=State.CANCELLED)))
    return rows.filter(Exists(owed))


def asked(account: models.BankAccount) -> list[Asked]:
    """What the bank of this account was asked for and has not answered, with the batch of each:
    they are numbered as the file lists them."""
    under_way = models.Debit.objects.filter(
        state__in=sorted(UNDER_WAY), file__account=account
    ).values("file_id")
    numbers: dict[UUID | None, dict[tuple[str, date], int]] = {}
    found = []
    for row in (
        models.Debit.objects.filter(file__in=under_way).select_related("file").order_by("pk")
    ):
        of_file = numbers.setdefault(row.file_id, {})
        number = of_file.setdefault((row.sequence, row.collect_on), len(of_file) + 1)
        if State(row.state) not in UNDER_WAY:
            continue
        assert row.file is not None, row.pk
        found.append(
            Asked(
                key=row.key, amount=row.amount, file=row.file.name,
                batch=f"{row.file.name}-{number}", collect_on=row.collect_on,
            )
        )  # fmt: skip
    return found


def for_line(row: models.BankLine) -> list[models.Debit]:
    """What our bank was asked for and has not answered, from which a person says what a receipt is.
    Those of about its day come first."""
    rows = models.Debit.objects.filter(
        state__in=sorted(UNDER_WAY), file__account=row.account_id, currency=row.currency
    )
    found = list(_with(rows).order_by("collect_on", "pk")[:MOST_IN_SUM])
    return sorted(found, key=lambda one: abs((one.collect_on - row.booked_on).days))


def unrecalled() -> "QuerySet[models.DebitRecall]":
    """Debtors whom the word that nothing is collected did not reach: a person tells them."""
    return models.DebitRecall.objects.filter(state__in=["refused", "unknown"])


def late(*, today: date) -> list[models.Debit]:
    """What the bank should have collected by now and no statement shows. The oldest first."""
    expected, left = today, LATE_AFTER
    while left:
        expected -= timedelta(days=1)
        left -= is_open(expected, rule.TARGET)
    rows = models.Debit.objects.filter(state__in=sorted(UNDER_WAY), collect_on__lt=expected)
    return list(_with(rows).order_by("collect_on", "pk")[:200])


def files(most: int = 20) -> list[DebitFile]:
    """The newest files with what is in them."""
    rows = list(models.DebitFile.objects.order_by("-made_at", "-id")[:most])
    sums = {
        file: (count, minor or 0, back, open_)
        for file, count, minor, back, open_ in models.Debit.objects.filter(file__in=rows)
        .values_list("file_id")
        .annotate(
            all=Count("pk"),
            minor=Sum("amount_minor"),
            back=Count("pk", filter=Q(state__in=[State.REJECTED, State.RETURNED])),
            open=Count("pk", filter=Q(state__in=sorted(UNDER_WAY))),
        )
    }
    return [
        DebitFile(
            row=row, debits=told[0], amount=Money(told[1], "EUR"), back=told[2], under_way=told[3]
        )
        for row in rows
        for told in [sums.get(row.pk, (0, 0, 0, 0))]
    ]


def mandates_of(debtor: UUID) -> list[models.DebitMandate]:
    """All mandates of a debtor, the newest first."""
    rows = models.DebitMandate.objects.filter(debtor=debtor)
    return list(rows.select_related("amends", "invoice").order_by("-pk")[:50])
