"""In which forms an invoice goes out, by channel and country, and why."""

from dataclasses import dataclass
from enum import StrEnum

from .parcels import Kind


class Form(StrEnum):
    """In which form an invoice goes out."""

    FACTURX = "factur-x"  # A PDF/A-3 that people read, with the invoice inside for machines.
    PEPPOL = "peppol bis billing 3"  # UBL alone.
    XRECHNUNG = "xrechnung"  # UBL as German authorities want it.


@dataclass(frozen=True, slots=True)
class Enclosed:
    """The forms of an invoice in one parcel, the first one for people, and why these."""

    forms: tuple[Form, ...]
    because: str


def enclosed(kind: Kind, *, country: str, to_authority: bool) -> Enclosed:
    """In which forms an invoice goes by this kind of channel to a debtor in this country.

    :param to_authority: the buyer's reference is a German authority's address (Leitweg-ID).
    Source: Peppol BIS Billing 3; UStG §14 (from 2025 every business in Germany must be able to
    take an e-invoice, and Factur-X is one); E-RechV §4 (authorities: XRechnung).
    """
    if kind is Kind.EINVOICE:
        return Enclosed(
            (Form.FACTURX, Form.PEPPOL), "The network carries invoices as Peppol BIS Billing 3."
        )
    if kind is Kind.EMAIL and country == "DE" and to_authority:
        return Enclosed(
            (Form.FACTURX, Form.XRECHNUNG), "A German authority takes XRechnung, also by e-mail."
        )
    if kind is Kind.EMAIL and country == "DE":
        return Enclosed(
            (Form.FACTURX,), "In Germany an invoice by e-mail is an e-invoice: Factur-X is one."
        )
    return Enclosed((Form.FACTURX,), "People read the PDF; machines find the invoice in it.")
