"""What the demo's debtors do beside a transfer."""

from datetime import UTC, datetime

from usance import models
from usance.cli.demo.cast import DEBTORS, HABITS, Habit
from usance.cli.demo.paying import advice
from usance.domain.finding import blocking
from usance.domain.money import Money
from usance.plugins import advices

AT = datetime(2026, 3, 6, 8, tzinfo=UTC)


def test_the_mail_of_a_payer_says_what_its_one_payment_is_for() -> None:
    debtor = models.Debtor(name="Isar Kälte GmbH", email="buchhaltung@isar.example")
    parts = [
        ("KF-2026-01328", Money.of("8317.58", "EUR")),
        ("ÖM-2026-01673", Money.of("0.94", "EUR")),
    ]

    reading = advices.examine(advice(debtor, "ZA-20260306-0", parts, at=AT))

    assert not blocking(reading.findings)
    (told,) = reading.advices
    assert [(one.number, str(one.amount)) for one in told.parts] == [
        ("KF-2026-01328", "8317.58"), ("ÖM-2026-01673", "0.94"),
    ]  # fmt: skip
    assert (str(told.total), told.currency, told.reference, told.paid_on) == (
        "8318.52", "EUR", "ZA-20260306-0", AT.date(),
    )  # fmt: skip


def test_every_habit_is_somebodys_whom_mails_reach() -> None:
    reached = {one.name: one.reached for one in DEBTORS}
    assert set(HABITS.values()) == set(Habit)
    assert {reached[name] for name in HABITS} == {"email"}
