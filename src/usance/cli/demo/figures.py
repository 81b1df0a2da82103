"""What happened in the demo, in figures: for the table at the end and for --json."""

from typing import Any

from django.db.models import Count, Sum

from usance import models
from usance.domain.journal import NAMES
from usance.domain.money import Money
from usance.queries import doctor, trial


def summary() -> dict[str, Any]:
    """Invoices per stage, money in and out, deliveries per channel, trial balance, books."""
    answers = doctor.examine()
    return {
        "invoices": dict(
            models.Invoice.objects.values_list("stage").annotate(count=Count("id")).order_by()
        ),
        "held": models.Hold.objects.filter(closed_at=None).count(),
        "batches": models.Batch.objects.count(),
        "money_in": _lines(amount_minor__gt=0),
        "money_out": _lines(amount_minor__lt=0),
        "unapplied": _unapplied(),
        "reminders": models.Reminder.objects.count(),
        "deliveries": _deliveries(),
        "trial_balance": [
            {
                "account": account.value,
                "name": NAMES[account],
                "debit_minor": debit,
                "credit_minor": credit,
                "currency": currency,
            }
            for (account, currency), (debit, credit) in sorted(trial.balance().items())
        ],
        "balanced": not any(doctor.balanced().values()),
        "promises_kept": sum(answer.kept for answer in answers),
        "promises_broken": [answer.rule for answer in answers if not answer.kept],
    }


def _lines(**which: int) -> dict[str, dict[str, int]]:
    rows = models.BankLine.objects.filter(**which).values("currency")
    return {
        row["currency"]: {"lines": row["lines"], "minor": abs(row["minor"])}
        for row in rows.annotate(lines=Count("id"), minor=Sum("amount_minor")).order_by()
    }


def _unapplied() -> dict[str, int]:
    rows = models.BankLine.objects.filter(amount_minor__gt=0, unapplied_minor__gt=0)
    return dict(rows.values_list("currency").annotate(minor=Sum("unapplied_minor")).order_by())


def _deliveries() -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    rows = models.Dispatch.objects.values_list("kind", "state").annotate(count=Count("id"))
    for kind, state, count in rows.order_by("kind", "state"):
        found.setdefault(kind, {})[state] = count
    return found


def words(minor: int, currency: str) -> str:
    return f"{Money(minor, currency).decimal:,.2f} {currency}"
