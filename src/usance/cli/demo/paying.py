"""Debtors who do not just send the money: some signed a direct debit, some pay online, and some say
in a mail what their one payment for several invoices is for.

Which debtor does what is its habit in the cast. The sandbox's debtors leave these invoices alone;
what is paid goes through its bank, its payment provider and its mail, as any other money.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from django.db.models import QuerySet

from usance import models
from usance.actions import checkouts, debit_files, debit_mandates, paying
from usance.domain.collection.debits import Finality, State
from usance.domain.collection.signed import Scheme
from usance.domain.invoice import Stage
from usance.domain.mandate import Role
from usance.domain.money import Money, total
from usance.domain.refusal import Refusal
from usance.jobs import notices, online
from usance.queries import cash
from usance.sandbox.iban import made_up

from .cast import HABITS, DebtorRole, Habit
from .outside import ADVICES, Outside

CURRENCY = "EUR"
CREDITOR = "DE98ZZZ09999999999"  # The identifier that the Bundesbank publishes for examples.
ENTERED, CONFIRMED = "demo", "demo:second"
RELEASER = "user:astrid"
MOST_A_DAY = 3  # Of each habit but the direct debit: a few are enough to look at.
ONLINE_BEFORE = timedelta(days=3)  # Whoever pays online does not wait for the day.
FRIDAY, ADVISED_BEFORE = 4, timedelta(days=10)
RELEASED_BEFORE = timedelta(days=5)
PAID_ON_WITHIN = timedelta(days=7)

ARRIVED = ("accepted", "delivered", "opened")  # Of a mail nobody tells more than that it was taken.

Say = Callable[[str], None]


def sign(buyers: Sequence[tuple[DebtorRole, models.Debtor]], *, at: datetime, seed: int) -> None:
    """Our creditor identifier, and the mandates: entered by one, confirmed by another."""
    paying.set_debits(
        models.BankAccount.objects.get(currency=CURRENCY).pk, creditor_id=CREDITOR, version="08",
        finality=Finality.REFUND, role=Role.ADMIN, at=at, actor=ENTERED,
    )  # fmt: skip
    signed = [(role, row) for role, row in buyers if HABITS.get(role.name) is Habit.DEBIT]
    for place, (role, row) in enumerate(signed, start=1):
        mandate = debit_mandates.enter(
            row.pk, reference=f"NF-{at.year}-{place:04d}", scheme=Scheme.CORE,
            iban=made_up(role.country, seed, role.name), signed_on=at.date() - timedelta(days=20),
            evidence="Signed on paper, folder Mandates 1", role=Role.ADMIN, at=at, actor=ENTERED,
        )  # fmt: skip
        debit_mandates.confirm(
            mandate.pk, seen=mandate.iban, role=Role.ADMIN, at=at, actor=CONFIRMED
        )


def morning(outside: Outside, *, seed: int, at: datetime, say: Say) -> None:
    """What came today is marked before its debtors have it; who pays today, pays."""
    came = models.Invoice.objects.filter(received_at__gte=at, debtor__name__in=HABITS)
    outside.leave_alone(_ours_to_play(came.order_by("pk")))
    _pay_online(outside, at=at, say=say)
    if at.weekday() == FRIDAY:
        _pay_with_advice(outside, seed=seed, at=at)


def evening(*, at: datetime, say: Say) -> None:
    """Debtors are told of debits, Astrid releases those whose day is near; what the provider paid
    on is taken in."""
    if models.DebitNotice.objects.filter(state="due").exists():
        notices.announce_due(at=at)
    if models.DebitRecall.objects.filter(state="due").exists():
        notices.recall_due(at=at)
    near = models.Debit.objects.filter(
        state=State.ANNOUNCED, collect_on__lte=at.date() + RELEASED_BEFORE
    )
    if seen := dict(near.values_list("pk", "content")):
        try:
            debit_files.release(seen, role=Role.FINANCE, at=at, actor=RELEASER)
        except Refusal as no:
            say(f"{at.date()}: {no.code}: {no}")
    if models.Checkout.objects.filter(state="paid", begun_at__gte=at - PAID_ON_WITHIN).exists():
        online.fetch_payouts(at=at)


def _ours_to_play(came: "QuerySet[models.Invoice]") -> list[str]:
    """The numbers of those that are not paid by a transfer."""
    found: dict[Habit, list[str]] = defaultdict(list)
    for name, number, currency in came.values_list("debtor__name", "number", "currency"):
        habit = HABITS[name]
        if habit is Habit.ONLINE or currency == CURRENCY:
            found[habit].append(number)
    return [
        number
        for habit, numbers in found.items()
        for number in (numbers if habit is Habit.DEBIT else numbers[:MOST_A_DAY])
    ]


def _open(outside: Outside, habit: Habit, *, until: date) -> list[models.Invoice]:
    """What these debtors owe us, leave to us to play, and pay by this day."""
    names = [name for name, own in HABITS.items() if own is habit]
    rows = models.Invoice.objects.filter(
        stage=Stage.FUNDED, debtor__name__in=names, due_on__lte=until
    )
    known = outside.left_alone() if rows.exists() else set()
    told = rows.filter(number__in=known, dispatches__state__in=ARRIVED).distinct()
    found = list(told.select_related("debtor").order_by("due_on", "pk"))
    left = cash.outstanding([row.pk for row in found])
    return [row for row in found if left.get(row.pk, 0) > 0]


def _pay_online(outside: Outside, *, at: datetime, say: Say) -> None:
    for row in _open(outside, Habit.ONLINE, until=at.date() + ONLINE_BEFORE)[:MOST_A_DAY]:
        sent = row.dispatches.filter(state__in=ARRIVED).order_by("pk").last()
        assert sent is not None, row.number
        try:
            place = checkouts.begin(sent.pk, back=outside.url, language="en", at=at, actor="debtor")
        except checkouts.NotPayable:
            continue  # It is disputed, or its debtor pays another part first.
        except Refusal as no:
            say(f"{at.date()}: {row.number} is not paid online today: {no.code}")
            continue
        outside.pay(place)


def _pay_with_advice(outside: Outside, *, seed: int, at: datetime) -> None:
    """One transfer for all that falls due soon, its text useless, and a mail that lists it."""
    owed: dict[str, list[models.Invoice]] = defaultdict(list)
    for row in _open(outside, Habit.ADVICE, until=at.date() + ADVISED_BEFORE):
        if row.debtor is not None:
            owed[row.debtor.name].append(row)
    account = models.BankAccount.objects.get(currency=CURRENCY)
    for place, (name, rows) in enumerate(sorted(owed.items())):
        reference = f"ZA-{at:%Y%m%d}-{place}"
        if models.PaymentAdvice.objects.filter(reference=reference).exists():
            continue  # Played before the demo was interrupted.
        left = cash.outstanding([row.pk for row in rows])
        parts = [(row.number, Money(left.get(row.pk, 0), CURRENCY)) for row in rows]
        parts = [(number, amount) for number, amount in parts if amount.minor > 0]
        if not parts:
            continue
        debtor = rows[0].debtor
        assert debtor is not None, name
        outside.mail(ADVICES, advice(debtor, reference, parts, at=at))
        outside.credit(
            account.iban, total((amount for _, amount in parts), CURRENCY), payer=name,
            account=made_up(debtor.country, seed, name), text="SAMMELUEBERWEISUNG LT AVIS",
        )  # fmt: skip


def advice(
    debtor: models.Debtor, reference: str, parts: Sequence[tuple[str, Money]], *, at: datetime
) -> bytes:
    """The mail, as a German accounts department writes it."""
    mail = EmailMessage()
    mail["From"], mail["To"] = debtor.email, ADVICES
    mail["Subject"] = f"Zahlungsavis {reference}"
    mail["Date"], mail["Message-ID"] = format_datetime(at), f"<{reference}@{debtor.email}>"
    whole = total((amount for _, amount in parts), CURRENCY)
    rows = [f"{number:<20} {_german(amount):>14}" for number, amount in parts]
    mail.set_content("\n".join([
        "Guten Tag,", "", "wir überweisen heute:", "",
        f"Zahlungsreferenz: {reference}", f"Zahlungsdatum: {at:%d.%m.%Y}", "",
        f"{'Rechnung':<20} {'Zahlbetrag':>14}", *rows, f"{'Summe EUR':<20} {_german(whole):>14}",
        "", debtor.name,
    ]))  # fmt: skip
    return bytes(mail)


def _german(amount: Money) -> str:
    return f"{amount.decimal:,.2f}".translate(str.maketrans(",.", ".,"))
