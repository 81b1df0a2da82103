"""Peppol: in which country seller and buyer sit, as the rules of the countries ask."""

from ..document import Document
from ..paths import BUYER, CII_BUYER, CII_SELLER, SELLER
from ..reading import Place, each, text, tidied, value

AGENT = "cac:TaxRepresentativeParty"
ADDRESS = "cac:PostalAddress/cac:Country/cbc:IdentificationCode"
CII_ADDRESS = "ram:PostalTradeAddress/ram:CountryID"
CII_AGENT = (
    "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement"
    "/ram:SellerTaxRepresentativeTradeParty"
)


def vat_numbers(party_schemes: list[Place]) -> list[str]:
    """The numbers of UBL tax schemes that are exactly “VAT”."""
    return [
        value(scheme, "cbc:CompanyID")
        for scheme in party_schemes
        if any(text(number) == "VAT" for number in each(scheme, "cac:TaxScheme/cbc:ID"))
    ]


def _from_vat(root: Place, party: str) -> str:
    numbers = vat_numbers(each(root, f"{party}/cac:PartyTaxScheme"))
    return numbers[0][:2] if numbers else ""


def supplier(document: Document) -> str:
    """By VAT number, else by the representative's, else by address; "XX" if none is given."""
    root = document.root
    if document.syntax == "cii":
        return _cii_country(root, CII_SELLER, CII_AGENT)
    return _tidy(
        _from_vat(root, SELLER) or _from_vat(root, AGENT) or value(root, f"{SELLER}/{ADDRESS}")
    )


def supplier_itself(document: Document) -> str:
    root = document.root
    return _tidy(_from_vat(root, SELLER) or value(root, f"{SELLER}/{ADDRESS}"))


def customer(document: Document) -> str:
    root = document.root
    return _tidy(_from_vat(root, BUYER) or value(root, f"{BUYER}/{ADDRESS}"))


def _cii_country(root: Place, *parties: str) -> str:
    for party in parties:
        for registration in each(root, f"{party}/ram:SpecifiedTaxRegistration"):
            if any(n.get("schemeID") == "VAT" for n in registration.findall("ram:ID")):
                start = value(registration, "ram:ID")[:2]
                if start:
                    return _tidy(start)
                break
    return _tidy(value(root, f"{parties[0]}/{CII_ADDRESS}"))


def _tidy(country: str) -> str:
    return " ".join(country.split()).upper() or "XX"


def seller_address(document: Document) -> str:
    """The country of the seller's address, as written."""
    path = f"{SELLER}/{ADDRESS}" if document.syntax == "ubl" else f"{CII_SELLER}/{CII_ADDRESS}"
    return value(document.root, path)


def buyer_address(document: Document) -> str:
    path = f"{BUYER}/{ADDRESS}" if document.syntax == "ubl" else f"{CII_BUYER}/{CII_ADDRESS}"
    return value(document.root, path)


def agent_address(document: Document) -> str:
    path = f"{AGENT}/{ADDRESS}" if document.syntax == "ubl" else f"{CII_AGENT}/{CII_ADDRESS}"
    return tidied(document.root, path)


def seller_in(document: Document, country: str) -> bool:
    return document.fact(seller_address).strip().upper() == country


def both_in(document: Document, country: str) -> bool:
    return seller_in(document, country) and document.fact(buyer_address).strip().upper() == country
