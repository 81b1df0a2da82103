"""The Swiss payment part with its receipt: what is printed beside the square of a QR-bill.

Source: SIX, Swiss Implementation Guidelines QR-bill 2.3, chapter 3 and annex D (headings); they
are in the official languages and English, so every other letter has them in English.
"""

from typing import Any

from usance.domain.invoice.square import Party, Payable, Square, Standard
from usance.domain.reference import printed

from . import figures

HEADINGS = {
    "de": {
        "part": "Zahlteil", "receipt": "Empfangsschein", "payee": "Konto / Zahlbar an",
        "reference": "Referenz", "more": "Zusätzliche Informationen", "payer": "Zahlbar durch",
        "blank": "Zahlbar durch (Name/Adresse)", "currency": "Währung", "amount": "Betrag",
        "accepted": "Annahmestelle", "cut": "Vor der Einzahlung abzutrennen",
    },
    "fr": {
        "part": "Section paiement", "receipt": "Récépissé", "payee": "Compte / Payable à",
        "reference": "Référence", "more": "Informations supplémentaires", "payer": "Payable par",
        "blank": "Payable par (nom/adresse)", "currency": "Monnaie", "amount": "Montant",
        "accepted": "Point de dépôt", "cut": "A détacher avant le versement",
    },
    "en": {
        "part": "Payment part", "receipt": "Receipt", "payee": "Account / Payable to",
        "reference": "Reference", "more": "Additional information", "payer": "Payable by",
        "blank": "Payable by (name/address)", "currency": "Currency", "amount": "Amount",
        "accepted": "Acceptance point", "cut": "Separate before paying in",
    },
}  # fmt: skip


def slip(asked: Payable, found: Square, language: str) -> dict[str, Any]:
    """Input for `slip.typ`: headings, and the values line by line as they stand in the square."""
    assert found.standard is Standard.SWISS
    said = found.says.split("\n")
    iban, amount, currency = said[3], said[18], said[19]
    has_payer, kind = bool(said[20]), said[27]
    return {
        "heads": HEADINGS.get(language, HEADINGS["en"]),
        "payee": [figures.grouped(iban), *_lines(asked.payee)],
        "reference": printed(said[28]) if kind != "NON" else "",
        "more": said[29],
        "payer": _lines(asked.payer) if has_payer and asked.payer else [],
        "currency": currency,
        "amount": _spaced(amount),
    }


def _lines(party: Party) -> list[str]:
    address = party.address
    town = " ".join(part for part in (address.postcode, address.city) if part)
    if address.country not in ("CH", "LI"):
        town = f"{address.country}-{town}"
    return [line for line in (party.name, address.street, town) if line]


def _spaced(amount: str) -> str:
    """A blank between thousands, a full stop before the cents (3.5.4)."""
    whole, _, cents = amount.partition(".")
    return f"{int(whole):,}".replace(",", " ") + f".{cents}"
