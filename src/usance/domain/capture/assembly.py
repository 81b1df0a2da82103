"""An invoice made of fields: the semantic model, with nothing in it that no field says."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from usance.domain.invoice import Invoice
from usance.domain.invoice.document import Account, Line, Note, PaymentMeans, Tax, Totals
from usance.domain.party import Identifier, Party

from .reading import Field

CREDIT_TRANSFER = "30"  # UNTDID 4461.


def assembled(fields: Mapping[str, Field], *, kind: str, lines: Sequence[Line] = ()) -> Invoice:
    """The invoice that the fields say. A field that is no date or amount is left out."""

    def text(name: str) -> str:
        return fields[name].value if name in fields else ""

    def amount(name: str) -> Decimal | None:
        try:
            found = Decimal(text(name))
        except InvalidOperation:
            return None
        return found if found.is_finite() else None

    def day(name: str) -> date | None:
        try:
            return date.fromisoformat(text(name))
        except ValueError:
            return None

    return Invoice(
        number=text("number"),
        issued_on=day("issued_on"),
        due_on=day("due_on"),
        type_code={"invoice": "380", "credit_note": "381"}.get(kind, ""),
        currency=text("currency"),
        order=text("order_number"),
        payment_terms=text("terms"),
        notes=(Note(text=text("assignment"), subject="AAI"),) if text("assignment") else (),
        seller=_party(fields, "seller"),
        buyer=_party(fields, "buyer"),
        payment_means=_means(fields),
        totals=Totals(
            net=amount("net"), tax=amount("tax"), gross=amount("gross"), payable=amount("payable"),
            lines=sum((line.net for line in lines if line.net is not None), Decimal(0)) or None,
        ),
        taxes=tuple(_taxes(fields)),
        lines=tuple(lines),
    )  # fmt: skip


def _party(fields: Mapping[str, Field], side: str) -> Party:
    def text(name: str) -> str:
        found = fields.get(f"{side}_{name}")
        return found.value if found else ""

    number = text("number")
    return Party(
        name=text("name"),
        vat_id=text("vat_id"),
        tax_id=text("tax_number"),
        legal_id=Identifier(value=number) if number else None,
    )


def _means(fields: Mapping[str, Field]) -> tuple[PaymentMeans, ...]:
    def text(name: str) -> str:
        return fields[name].value if name in fields else ""

    accounts = tuple(
        Account(number=text(name), bic=text("bic") if name == "iban" else "")
        for name in ("iban", "bankgiro", "plusgiro")
        if text(name)
    )
    if not accounts and not text("payment_reference"):
        return ()
    return (
        PaymentMeans(
            code=CREDIT_TRANSFER, reference=text("payment_reference"), accounts=accounts
        ),
    )


def _taxes(fields: Mapping[str, Field]) -> list[Tax]:
    found = []
    for nth in range(1, 20):
        if f"vat_{nth}_rate" not in fields:
            break
        rate = Decimal(fields[f"vat_{nth}_rate"].value)
        found.append(Tax(
            rate=rate, category="S" if rate else "",
            taxable=Decimal(fields[f"vat_{nth}_net"].value),
            tax=Decimal(fields[f"vat_{nth}_tax"].value),
        ))  # fmt: skip
    return found
