"""What a delivery brings besides an invoice: the reminder or release whose figures it prints.

That row stands with the newest delivery of its paper; an earlier one finds it here.
"""

from usance import models


def reminder(row: models.Dispatch) -> models.Reminder:
    """The reminder that it brings, or that it accompanies: the last one made when it was planned.

    Asks the database only for what went on by another delivery.
    """
    brings: models.Dispatch = (row.beside or row) if row.beside_id else row
    found: models.Reminder | None = getattr(brings, "reminder", None)
    if found is not None:
        return found
    made = models.Reminder.objects.filter(
        invoice=row.invoice_id, made_on__lte=brings.planned_at.date()
    )
    return made.order_by("-level")[0]


def release(row: models.Dispatch) -> models.ReleaseLetter:
    """The release that it brings: the last one of its invoice to its debtor."""
    found: models.ReleaseLetter | None = getattr(row, "release", None)
    if found is not None:
        return found
    letters = models.ReleaseLetter.objects.filter(
        buy_back__lines__invoice=row.invoice_id, debtor=row.invoice.debtor_id
    ).select_related("account")
    return letters.order_by("-pk")[0]
