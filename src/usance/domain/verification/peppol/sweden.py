"""Peppol: the rules of Sweden (SE-R), for sellers there."""

from ...finding import Severity
from .. import checkdigits
from ..document import Document
from ..paths import AGREEMENT, CII, CII_SELLER, SELLER, SETTLEMENT
from ..reading import Place, double, each, has, is_number, text, tidied, tidy, value, values
from ..rulebook import Chapter, at
from .parties import vat_numbers

CHAPTER = Chapter()
rule = CHAPTER.rule
WARNING = Severity.WARNING
CII_PARTY = f"{CII}/{CII_SELLER}"
RATES = (6, 12, 25)


def _lives_in_sweden(party: Place) -> bool:
    return "SE" in values(party, "cac:PostalAddress/cac:Country/cbc:IdentificationCode") or (
        "SE" in values(party, "ram:PostalTradeAddress/ram:CountryID")
    )


def _number(party: Place, document: Document) -> str:
    if document.syntax == "ubl":
        return next(iter(vat_numbers(party.findall("cac:PartyTaxScheme"))), "")
    numbers = each(party, "ram:SpecifiedTaxRegistration/ram:ID")
    return next((text(n) for n in numbers if n.get("schemeID") == "VAT"), "")


def _registered(party: Place, document: Document) -> bool:
    if not _lives_in_sweden(party):
        return False
    if document.syntax == "ubl":
        numbers = vat_numbers(party.findall("cac:PartyTaxScheme"))
        return any(number[:2] == "SE" for number in numbers)
    return _number(party, document)[:2] == "SE"


@rule("SE-R-001", ubl=at(SELLER, when=_registered), cii=at(CII_PARTY, when=_registered))
def vat_number_has_its_length(party: Place, document: Document) -> bool:
    """A Swedish VAT number (BT-31) has 14 characters."""
    return len(tidy(_number(party, document))) == 14


@rule("SE-R-002", ubl=at(SELLER, when=_registered), cii=at(CII_PARTY, when=_registered))
def vat_number_is_of_digits(party: Place, document: Document) -> bool:
    """After SE a Swedish VAT number (BT-31) has digits only."""
    return is_number(_number(party, document)[2:14])


def _swedish_company(_: Place, document: Document) -> bool:
    return _lives_in_sweden(document.above())


LEGAL, CII_LEGAL = f"{SELLER}/cac:PartyLegalEntity", f"{CII_PARTY}/ram:SpecifiedLegalOrganization"


@rule("SE-R-003", ubl=at(LEGAL, "cbc:CompanyID", when=_swedish_company),
      cii=at(CII_LEGAL, "ram:ID", when=_swedish_company))  # fmt: skip
def organisation_number_is_of_digits(legal: Place, _: Document, path: str) -> bool:
    """A Swedish organisation number (BT-30) has digits only."""
    return not has(legal, path) or is_number(value(legal, path))


@rule("SE-R-004", ubl=at(LEGAL, "cbc:CompanyID", when=_swedish_company),
      cii=at(CII_LEGAL, "ram:ID", when=_swedish_company))  # fmt: skip
def organisation_number_has_its_length(legal: Place, _: Document, path: str) -> bool:
    """A Swedish organisation number (BT-30) has ten digits."""
    return not has(legal, path) or len(tidied(legal, path)) == 10


@rule("SE-R-013", ubl=at(LEGAL, "cbc:CompanyID", when=_swedish_company),
      cii=at(CII_LEGAL, "ram:ID", when=_swedish_company))  # fmt: skip
def organisation_number_checks(legal: Place, _: Document, path: str) -> bool:
    """The last digit of a Swedish organisation number (BT-30) checks the others."""
    return not has(legal, path) or checkdigits.swedish(tidied(legal, path))


F_TAX = "GODKÄND FÖR F-SKATT"


def _other_tax(_: Place, document: Document) -> bool:
    party, scheme = document.above(2), document.above()
    return (
        _lives_in_sweden(party)
        and has(party, "cac:PartyLegalEntity/cbc:CompanyID")
        and tidy(value(scheme, "cac:TaxScheme/cbc:ID").upper()) != "VAT"
    )


@rule("SE-R-005", ubl=at(f"{SELLER}/cac:PartyTaxScheme/cbc:CompanyID", when=_other_tax))
def tax_registration_is_f_tax(number: Place, _: Document) -> bool:
    """The other tax registration (BT-32) of a Swedish seller says “Godkänd för F-skatt”."""
    return tidy(text(number).upper()) == F_TAX


def _cii_other_tax(number: Place, document: Document) -> bool:
    party = document.above(2)
    return (
        number.get("schemeID") == "FC"
        and _lives_in_sweden(party)
        and has(party, "ram:SpecifiedLegalOrganization/ram:ID")
    )


rule("SE-R-005", cii=at(f"{CII_PARTY}/ram:SpecifiedTaxRegistration/ram:ID", when=_cii_other_tax),
     says=tax_registration_is_f_tax.__doc__ or "")(tax_registration_is_f_tax)  # fmt: skip


def seller_is_registered(document: Document) -> bool:
    if document.syntax == "ubl":
        parties = [p for s in document.all("cac:AccountingSupplierParty")
                   for p in s.findall("cac:Party")]  # fmt: skip
    else:
        parties = each(document.root, CII_SELLER)
    return any(_registered(party, document) for party in parties)


def _standard_rate(tax: Place, document: Document) -> bool:
    return document.fact(seller_is_registered) and "S" in values(tax, "cbc:ID")


def _any_rate(_: Place, document: Document) -> bool:
    return document.fact(seller_is_registered)


@rule("SE-R-006",
      ubl=at("cac:TaxCategory | cac:ClassifiedTaxCategory", "cbc:Percent", when=_standard_rate),
      cii=at("ram:ApplicableTradeTax | ram:CategoryTradeTax", "ram:RateApplicablePercent",
             when=_any_rate))  # fmt: skip
def rate_is_swedish(tax: Place, _: Document, path: str) -> bool:
    """A Swedish seller charges VAT (BT-96, BT-103, BT-119, BT-152) of 6, 12 or 25 per cent."""
    words = value(tax, path)
    return is_number(words) and double(words) in RATES


def seller_lives_there(document: Document) -> bool:
    if document.syntax == "ubl":
        return any(_lives_in_sweden(p) for s in document.all("cac:AccountingSupplierParty")
                   for p in s.findall("cac:Party"))  # fmt: skip
    return any(_lives_in_sweden(party) for party in each(document.root, CII_SELLER))


def buyer_lives_there(document: Document) -> bool:
    if document.syntax == "ubl":
        return any(_lives_in_sweden(p) for b in document.all("cac:AccountingCustomerParty")
                   for p in b.findall("cac:Party"))  # fmt: skip
    return any(
        _lives_in_sweden(party) for party in each(document.root, f"{AGREEMENT}/ram:BuyerTradeParty")
    )


def _giro(document: Document) -> str:
    """What the account belongs to, "SE:BANKGIRO" or "SE:PLUSGIRO", if it is paid by transfer."""
    if not document.fact(seller_lives_there):
        return ""
    means = document.above(2)
    if document.syntax == "ubl":
        code = tidied(means, "cbc:PaymentMeansCode")
        bank = tidied(means, "cac:PayeeFinancialAccount/cac:FinancialInstitutionBranch/cbc:ID")
    else:
        code = tidied(means, "ram:TypeCode")
        bank = tidied(means, "ram:PayeeSpecifiedCreditorFinancialInstitution/ram:BICID")
    return bank if code == "30" else ""


def _plusgiro(_: Place, document: Document) -> bool:
    return _giro(document) == "SE:PLUSGIRO"


def _bankgiro(_: Place, document: Document) -> bool:
    return _giro(document) == "SE:BANKGIRO"


ACCOUNT = "cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID"
CII_MEANS = f"{CII}/{SETTLEMENT}/ram:SpecifiedTradeSettlementPaymentMeans"
CII_ACCOUNT = f"{CII_MEANS}/ram:PayeePartyCreditorFinancialAccount/ram:ProprietaryID"


@rule("SE-R-007", ubl=at(ACCOUNT, when=_plusgiro), cii=at(CII_ACCOUNT, when=_plusgiro),
      severity=WARNING)  # fmt: skip
def plusgiro_is_of_digits(account: Place, _: Document) -> bool:
    """A plusgiro number (BT-84) has digits only."""
    return is_number(tidy(text(account)))


@rule("SE-R-010", ubl=at(ACCOUNT, when=_plusgiro), cii=at(CII_ACCOUNT, when=_plusgiro),
      severity=WARNING)  # fmt: skip
def plusgiro_has_its_length(account: Place, _: Document) -> bool:
    """A plusgiro number (BT-84) has two to eight digits."""
    return 2 <= len(tidy(text(account))) <= 8


@rule("SE-R-008", ubl=at(ACCOUNT, when=_bankgiro), cii=at(CII_ACCOUNT, when=_bankgiro),
      severity=WARNING)  # fmt: skip
def bankgiro_is_of_digits(account: Place, _: Document) -> bool:
    """A bankgiro number (BT-84) has digits only."""
    return is_number(tidy(text(account)))


@rule("SE-R-009", ubl=at(ACCOUNT, when=_bankgiro), cii=at(CII_ACCOUNT, when=_bankgiro),
      severity=WARNING)  # fmt: skip
def bankgiro_has_its_length(account: Place, _: Document) -> bool:
    """A bankgiro number (BT-84) has seven or eight digits."""
    return len(tidy(text(account))) in (7, 8)


def _sold_from_sweden(_: Place, document: Document) -> bool:
    return document.fact(seller_lives_there)


def _sold_within_sweden(_: Place, document: Document) -> bool:
    return document.fact(seller_lives_there) and document.fact(buyer_lives_there)


@rule("SE-R-011", ubl=at("cac:PaymentMeans", when=_sold_from_sweden), severity=WARNING)
def giro_is_a_transfer(means: Place, _: Document) -> bool:
    """Swedish plusgiro and bankgiro are credit transfers (BT-81 is 30), not 50 or 56."""
    return not {"50", "56"} & set(values(means, "cbc:PaymentMeansCode"))


@rule(
    "SE-R-011",
    cii=at(CII_MEANS, when=_sold_from_sweden),
    severity=WARNING,
    says=giro_is_a_transfer.__doc__ or "",
)
def giro_is_a_transfer_in_cii(means: Place, _: Document) -> bool:
    return tidied(means, "ram:TypeCode") not in ("50", "56")


@rule("SE-R-012", ubl=at("cac:PaymentMeans", "cbc:PaymentMeansCode", when=_sold_within_sweden),
      cii=at(CII_MEANS, "ram:TypeCode", when=_sold_within_sweden), severity=WARNING)  # fmt: skip
def domestic_transfer_is_30(means: Place, document: Document, path: str) -> bool:
    """A transfer within Sweden is 30 (BT-81), not 31."""
    codes = values(means, path)
    return "31" not in (codes if document.syntax == "ubl" else [tidy(code) for code in codes])
