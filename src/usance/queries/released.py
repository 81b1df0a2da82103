"""Invoices that clients bought back and debtors pay to us all the same, for matching."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from uuid import UUID

from django.db.models import Sum

from usance import models
from usance.domain import payment
from usance.domain.invoice import Stage
from usance.domain.settlement.buy_backs import State

from . import cash


def is_passed_on() -> bool:
    """Whether what is paid to us on them is the client's without a person's word."""
    return bool(models.Factor.objects.values_list("passes_on_released", flat=True).first())


def named(lines: Iterable[payment.BankLine]) -> cash.Named:
    """Those that lines name by number or by our reference."""
    return cash.named(lines, stage=Stage.REPURCHASED)


def items(invoices: Collection[UUID]) -> list[payment.OpenItem]:
    """What is still to come on each: what was outstanding when it was bought back, less what we
    have passed on of it since. What its client got itself we do not know. An invoice that was
    taken back in recourse is none of them: its client owes us for it.
    """
    bought = models.BuyBackLine.objects.filter(
        invoice__in=invoices, buy_back__state=State.DONE
    ).values_list("invoice_id", "outstanding_minor")
    passed = dict(
        models.Explanation.objects.filter(invoice__in=invoices, undone_at=None)
        .values_list("invoice_id")
        .annotate(minor=Sum("amount_minor"))
    )
    left = {pk: minor - passed.get(pk, 0) for pk, minor in bought}
    return [
        replace(one, outstanding=replace(one.outstanding, minor=left[one.invoice]), interest=None)
        for one in cash.items(left.keys(), stage=Stage.REPURCHASED)
        if left[one.invoice] > 0
    ]
