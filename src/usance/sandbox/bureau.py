"""A credit bureau: what it says of a company is thrown from seed and identifier.

A word in the identifier asks for it: unknown, insolvent. Of the others 3 in 100 are not known,
4 insolvent, 8 recommended no credit.
"""

from datetime import date
from typing import Any

from . import dice

STANDINGS = {"sound": 85, "unknown": 3, "insolvent": 4, "poor": 8}
RATINGS = ("AAA", "AA", "A", "BBB", "BB", "B")
# Whole thousands of the currency, per rating.
LIMITS = {"AAA": 500, "AA": 300, "A": 150, "BBB": 80, "BB": 40, "B": 15}


def report(seed: int, identifier: str, *, today: date) -> dict[str, Any] | None:
    """The bureau's answer; None: it knows no such company."""
    standing = next((word for word in ("unknown", "insolvent") if word in identifier.lower()), "")
    standing = standing or dice.one_of(STANDINGS, seed, "standing", identifier)
    if standing == "unknown":
        return None
    rating = RATINGS[dice.throw(seed, "rating", identifier) % len(RATINGS)]
    currency = "SEK" if identifier.replace("-", "").isdigit() else "EUR"
    minor = LIMITS[rating] * 1000 * 100 * (10 if currency == "SEK" else 1)
    reasons = [f"Rated {rating} on its last three annual accounts."]
    limit: dict[str, Any] | None = {"minor": minor, "currency": currency}
    if standing != "sound":
        rating, limit = ("D", None) if standing == "insolvent" else ("C", None)
        reasons = ["Insolvency proceedings were opened."]
        if standing == "poor":
            reasons = ["Payment remarks in the last twelve months."]
    return {
        "identifier": identifier,
        "name": f"Company {identifier}",
        "limit": limit,
        "insolvent": standing == "insolvent",
        "rating": rating,
        "as_of": today.isoformat(),
        "reasons": reasons,
    }
