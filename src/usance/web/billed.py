"""A fee invoice as the office and its client see it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from usance import models
from usance.domain.money import Money

# How a line is taxed where no rate is: by the category of UNTDID 5305.
TREATED = {"E": _("exempt"), "AE": _("reverse charge"), "O": _("not subject")}
MAILED: dict[str, tuple[str | Promise, str]] = {
    "due": (_("Waits"), "plain"),
    "calling": (_("Being sent"), "info"),
    "sent": (_("Sent"), "good"),
    "refused": (_("Refused"), "bad"),
    "unknown": (_("Unknown"), "warn"),
}


def drawn(row: models.FeeInvoice) -> dict[str, object]:
    """The row, its mail and the mail's state in words; empty words where nothing was mailed."""
    notice = getattr(row, "notice", None)
    mailed, tone = MAILED[notice.state] if notice else ("", "plain")
    return {"row": row, "notice": notice, "mailed": mailed, "tone": tone}


def lines(row: models.FeeInvoice) -> list[dict[str, object]]:
    """What is charged for, with its net amount and how it is taxed."""
    return [
        {
            "text": one["text"],
            "net": Money(one["net_minor"], row.currency),
            "tax": TREATED.get(one["category"], f"{one['rate']} %"),
            "reason": one["reason"],
        }
        for one in row.lines
    ]
