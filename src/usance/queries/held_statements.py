"""Statements that a bank's connection brought and that wait for a person."""

from django.db.models import QuerySet

from usance import models


def waiting() -> "QuerySet[models.HeldStatement]":
    rows = models.HeldStatement.objects.filter(closed_at=None)
    return rows.select_related("account").order_by("on", "account__currency")
