"""Peppol: in which country seller and buyer sit, as the rules of the countries ask."""

from ..document import Document
from ..paths import BUYER, CII_BUYER, CII_SELLER, SELLER
from ..reading import Place, each, text, tidy, value, values

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


def _first_known(root: Place, *parties: str) -> str:
    """By VAT number of the parties in turn, then by the address of the first; "XX" for none.

    Where one is given twice the artefacts know no country at all, and so do we: "".
    """
    for party in parties:
        numbers = vat_numbers(each(root, f"{party}/cac:PartyTaxScheme"))
        if len(numbers) > 1:
            return ""
        if numbers and numbers[0][:2]:
            return _tidy(numbers[0][:2])
    addresses = values(root, f"{parties[0]}/{ADDRESS}")
    return "" if len(addresses) > 1 else _tidy("".join(addresses)) or "XX"


def supplier(document: Document) -> str:
    """The seller's country by VAT number, else the representative's, else by address."""
    if document.syntax == "cii":
        return _cii_country(document.root, CII_SELLER, CII_AGENT)
    return _first_known(document.root, SELLER, AGENT)


def supplier_itself(document: Document) -> str:
    return _first_known(document.root, SELLER)


def customer(document: Document) -> str:
    return _first_known(document.root, BUYER)


def _cii_country(root: Place, *parties: str) -> str:
    for party in parties:
        for registration in each(root, f"{party}/ram:SpecifiedTaxRegistration"):
            if any(n.get("schemeID") == "VAT" for n in registration.findall("ram:ID")):
                start = value(registration, "ram:ID")[:2]
                if start:
                    return _tidy(start)
                break
    return _tidy(value(root, f"{parties[0]}/{CII_ADDRESS}")) or "XX"


def _tidy(country: str) -> str:
    return tidy(country).upper()


def _address(document: Document, party: str, cii_party: str) -> str:
    """The country of an address as written; "" if there is none, or in UBL more than one."""
    if document.syntax == "cii":
        return value(document.root, f"{cii_party}/{CII_ADDRESS}")
    found = values(document.root, f"{party}/{ADDRESS}")
    return found[0] if len(found) == 1 else ""


def seller_address(document: Document) -> str:
    return _address(document, SELLER, CII_SELLER)


def buyer_address(document: Document) -> str:
    return _address(document, BUYER, CII_BUYER)


def agent_address(document: Document) -> str:
    return _tidy(_address(document, AGENT, CII_AGENT))


def seller_in(document: Document, country: str) -> bool:
    return _tidy(document.fact(seller_address)) == country


def both_in(document: Document, country: str) -> bool:
    return seller_in(document, country) and _tidy(document.fact(buyer_address)) == country
