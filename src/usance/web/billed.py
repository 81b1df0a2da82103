"""A fee invoice as the office and its client see it."""

from usance import models
from usance.domain.money import Money

TREATED = {"E": "exempt", "AE": "reverse charge", "O": "not subject"}


def drawn(row: models.FeeInvoice) -> dict[str, object]:
    """The row, with the state of its mail."""
    notice = getattr(row, "notice", None)
    return {"row": row, "mailed": notice.state if notice else "", "notice": notice}


def lines(row: models.FeeInvoice) -> list[dict[str, object]]:
    return [
        {
            "text": one["text"],
            "net": Money(one["net_minor"], row.currency),
            "tax": TREATED.get(one["category"], f"{one['rate']} %"),
            "reason": one["reason"],
        }
        for one in row.lines
    ]
