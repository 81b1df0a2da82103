"""Terms as their form begins: those that hold, written as people type them, or a product's."""

from dataclasses import asdict
from datetime import date
from decimal import Decimal

from usance import models
from usance.domain.finance import (
    PRODUCTS,
    Agreement,
    Base,
    How,
    Product,
    TrustAccount,
)
from usance.domain.money import Money


def initial(now: models.Facility | None, *, product: str, today: date) -> dict[str, object]:
    """The terms that hold, so that a change begins from them; or a product's template."""
    if product in set(Product):
        kind = PRODUCTS[Product(product)]
        told: dict[str, object] = {
            "product": product, "basis": kind.basis, "advance_rate": _shown(kind.advance_rate),
            "fee_rate": _shown(kind.fee_rate), "recourse_days": kind.recourse_days,
            "recourse_share": _share(kind.recourse_share),
        }  # fmt: skip
        if Product(product) is Product.SELECTIVE:
            told["how"] = How.ASKED  # Else nobody chooses what is sold.
        if kind.keeping is not None:
            told |= asdict(kind.keeping)
        if kind.flat:
            told |= {"to_due": True, "of_interest": Base.FACE}
        if now is not None:
            told |= {"amount": str(now.limit.decimal), "currency": now.currency}
        return {"currency": "EUR", "valid_from": today, **told}
    if now is None:
        return {"currency": "EUR", "valid_from": today}
    return {**_told(now.agreement()), "valid_from": today}


def _told(said: Agreement) -> dict[str, object]:
    c = said.charges
    told: dict[str, object] = {
        "product": said.product, "basis": said.basis, "amount": str(said.limit.decimal),
        "currency": said.limit.currency, "advance_rate": _shown(said.advance_rate),
        "fee_rate": _shown(said.fee_rate), "recourse_days": said.recourse_days,
        "recourse_share": _share(said.extent.share),
        "recourse_most": _amount(said.extent.most or 0, said.limit.currency),
        "currencies": " ".join(said.foreign.currencies),
        "haircut": _shown(said.foreign.haircut) if said.foreign.haircut else None,
        "vat_rate": _shown(c.vat_rate) if c.vat_rate else None,
        "minimum": Money(c.minimum, said.limit.currency).decimal if c.minimum else "",
        "minimum_month": _amount(c.minimum_month, said.limit.currency),
        "minimum_year": _amount(c.minimum_year, said.limit.currency),
        "maximum": "" if c.maximum is None else Money(c.maximum, said.limit.currency).decimal,
    }  # fmt: skip
    if said.schedule_signers:
        told["schedule_signers"] = said.schedule_signers
    if said.trust_account is not TrustAccount.NONE:
        told["trust_account"] = said.trust_account
    if said.keeping is not None:
        told |= asdict(said.keeping)
    if (off := said.refactoring) is not None:
        told |= {
            "refactor_days": off.days, "refactor_fee": _shown(off.fee_rate),
            "refactor_times": off.times,
        }  # fmt: skip
    if (way := said.buying).how is not How.ALL:
        told |= {
            "how": way.how, "valid_days": way.valid_days, "fallback_days": way.fallback_days,
            "instant": Money(way.instant, said.limit.currency).decimal if way.instant else "",
        }  # fmt: skip
    if b := c.brackets:
        lines = (f"{step.days} {_shown(step.rate)}" for step in b.steps)
        told |= {"steps": "\n".join(lines), "ends": not b.repeats, "daily": not b.whole,
                 "of_brackets": b.base}  # fmt: skip
    if i := c.interest:
        told |= {
            "margin": _shown(i.margin), "reference": i.reference, "count": i.count,
            "floor": None if i.floor is None else _shown(i.floor), "of_interest": i.base,
            "monthly": i.monthly, "to_due": i.to_due,
        }  # fmt: skip
    if time := c.interest or c.brackets:
        told |= {"start": time.start, "day_one": time.day_one, "minimum_days": time.minimum_days,
                 "float_days": time.float_days}  # fmt: skip
    return told


def _share(share: Decimal | None) -> str:
    return "" if share is None else _shown(share)


def _shown(rate: Decimal) -> str:
    return f"{(rate * 100).normalize():f}"


def _amount(minor: int, currency: str) -> object:
    return Money(minor, currency).decimal if minor else ""
