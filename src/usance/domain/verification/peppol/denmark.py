"""Peppol: the rules of Denmark (DK-R), for sellers there, some only among Danes."""

import re

from ...finding import Severity
from ..document import Document
from ..paths import AGREEMENT, CII, CII_SELLER, INVOICE, SELLER, SETTLEMENT
from ..reading import Place, decimal, each, first, is_number, tidied, tidy, value, values
from ..rulebook import Chapter, at
from .parties import buyer_address, seller_address

CHAPTER = Chapter()
rule = CHAPTER.rule
MEANS_CODES = frozenset(["1", "10", "31", "42", "48", "49", "50", "58", "59", "93", "97"])
UNSPSC_VERSIONS = frozenset(["19.05.01", "19.0501", "26.08.01", "26.0801"])
CII_MEANS = f"{CII}/{SETTLEMENT}/ram:SpecifiedTradeSettlementPaymentMeans"


def from_denmark(_: Place, document: Document) -> bool:
    return document.fact(seller_address) == "DK"


def within_denmark(_: Place, document: Document) -> bool:
    return document.fact(seller_address) == "DK" and document.fact(buyer_address) == "DK"


def _filled(place: Place, path: str) -> bool:
    return any(tidy(one.text or "") for one in each(place, path))


@rule(
    "DK-R-002",
    ubl=at(INVOICE, f"{SELLER}/cac:PartyLegalEntity/cbc:CompanyID", when=from_denmark),
    cii=at(CII, f"{CII_SELLER}/ram:SpecifiedLegalOrganization/ram:ID", when=from_denmark),
)
def seller_is_registered(invoice: Place, _: Document, path: str) -> bool:
    """A Danish seller gives its registration (BT-30)."""
    return _filled(invoice, path)


@rule(
    "DK-R-014",
    ubl=at(INVOICE, f"{SELLER}/cac:PartyLegalEntity/cbc:CompanyID", when=from_denmark),
    cii=at(CII, f"{CII_SELLER}/ram:SpecifiedLegalOrganization/ram:ID", when=from_denmark),
)
def registration_is_a_cvr_number(invoice: Place, _: Document, path: str) -> bool:
    """The registration of a Danish seller (BT-30) is a CVR number (0184)."""
    number = first(invoice, path)
    return number is None or tidy(number.get("schemeID") or "") == "0184"


@rule("DK-R-016", ubl=at("/CreditNote", when=within_denmark))
def credit_is_not_negative(invoice: Place, _: Document) -> bool:
    """A Danish credit note has no negative amount due (BT-115)."""
    return not _negative(value(invoice, "cac:LegalMonetaryTotal/cbc:PayableAmount"))


@rule("DK-R-016", cii=at(CII, when=within_denmark), says=credit_is_not_negative.__doc__ or "")
def credit_is_not_negative_in_cii(invoice: Place, _: Document) -> bool:
    if tidied(invoice, "rsm:ExchangedDocument/ram:TypeCode") != "381":
        return True
    totals = "ram:SpecifiedTradeSettlementHeaderMonetarySummation"
    return not _negative(value(invoice, f"{SETTLEMENT}/{totals}/ram:DuePayableAmount"))


def _negative(words: str) -> bool:
    return is_number(words) and decimal(words) < 0


@rule("DK-R-013",
      ubl=at("cac:AccountingSupplierParty/cac:Party/cac:PartyIdentification | "
             "cac:AccountingCustomerParty/cac:Party/cac:PartyIdentification",
             when=within_denmark))  # fmt: skip
def party_number_has_a_scheme(identification: Place, _: Document) -> bool:
    """Among Danes a party's identifier (BT-29, BT-46) says of which scheme it is."""
    numbers = identification.findall("cbc:ID")
    schemes = [scheme for number in numbers if (scheme := number.get("schemeID")) is not None]
    return not numbers or any(tidy(scheme) for scheme in schemes)


@rule("DK-R-013", cii=at(CII, when=within_denmark), says=party_number_has_a_scheme.__doc__ or "")
def party_number_has_a_scheme_in_cii(invoice: Place, _: Document) -> bool:
    numbers = (
        first(invoice, f"{AGREEMENT}/ram:{party}/ram:GlobalID")
        for party in ("SellerTradeParty", "BuyerTradeParty")
    )
    return all(n is None or tidy(n.get("schemeID") or "") != "" for n in numbers)


@rule("DK-R-005",
      ubl=at("/Invoice/cac:PaymentMeans", "cbc:PaymentMeansCode", when=within_denmark),
      cii=at(CII_MEANS, "ram:TypeCode", when=within_denmark))  # fmt: skip
def means_are_danish(means: Place, _: Document, path: str) -> bool:
    """Among Danes the way to pay (BT-81) is 1, 10, 31, 42, 48, 49, 50, 58, 59, 93 or 97."""
    return value(means, path) in MEANS_CODES


@rule(
    "DK-R-006",
    ubl=at(
        "/Invoice/cac:PaymentMeans",
        "cbc:PaymentMeansCode",
        "cac:PayeeFinancialAccount/cbc:ID",
        "cac:PayeeFinancialAccount/cac:FinancialInstitutionBranch/cbc:ID",
        when=within_denmark,
    ),
    cii=at(
        CII_MEANS,
        "ram:TypeCode",
        "ram:PayeePartyCreditorFinancialAccount/ram:IBANID",
        "ram:PayeeSpecifiedCreditorFinancialInstitution/ram:BICID",
        when=within_denmark,
    ),
)
def transfer_names_account_and_bank(
    means: Place, _: Document, code: str, account: str, bank: str
) -> bool:
    """A Danish transfer (31, 42) names account (BT-84) and bank (BT-86)."""
    if not {"31", "42"} & set(values(means, code)):
        return True
    return _filled(means, account) and _filled(means, bank)


@rule("DK-R-007", ubl=at("/Invoice/cac:PaymentMeans", when=within_denmark))
def debit_names_mandate_and_account(means: Place, _: Document) -> bool:
    """A Danish direct debit (49) names mandate (BT-89) and debited account (BT-91)."""
    if "49" not in values(means, "cbc:PaymentMeansCode"):
        return True
    mandate = "cac:PaymentMandate"
    return _filled(means, f"{mandate}/cbc:ID") and _filled(
        means, f"{mandate}/cac:PayerFinancialAccount/cbc:ID"
    )


@rule("DK-R-007", cii=at(CII_MEANS, when=within_denmark),
      says=debit_names_mandate_and_account.__doc__ or "")  # fmt: skip
def debit_names_mandate_and_account_in_cii(means: Place, document: Document) -> bool:
    if "49" not in values(means, "ram:TypeCode"):
        return True
    return _filled(document.above(), "ram:CreditorReferenceID") and _filled(
        means, "ram:SpecifiedTradePaymentTerms/ram:DirectDebitMandateID"
    )


def _reference(means: Place, document: Document) -> tuple[set[str], str, str]:
    """Codes, payment reference and account of Danish payment instructions."""
    if document.syntax == "ubl":
        return (
            set(values(means, "cbc:PaymentMeansCode")),
            value(means, "cbc:PaymentID"),
            value(means, "cac:PayeeFinancialAccount/cbc:ID"),
        )
    return (
        set(values(means, "ram:TypeCode")),
        value(document.above(), "ram:PaymentReference"),
        value(means, "ram:PayeePartyCreditorFinancialAccount/ram:IBANID"),
    )


UBL_MEANS = "/Invoice/cac:PaymentMeans"


@rule("DK-R-008", ubl=at(UBL_MEANS, when=within_denmark), cii=at(CII_MEANS, when=within_denmark))
def giro_card_is_right(means: Place, document: Document) -> bool:
    """A Danish giro slip (50) has a reference (BT-83) of kind 01, 04 or 15 and an account of seven
    or eight digits (BT-84)."""
    codes, reference, account = _reference(means, document)
    if "50" not in codes:
        return True
    digits = (
        re.match(r"[0-9]{7,8}\Z", account) is not None
        if document.syntax == "ubl"
        else len(account) == 7
    )
    return reference[:3] in ("01#", "04#", "15#") and digits


@rule("DK-R-009", ubl=at(UBL_MEANS, when=within_denmark), cii=at(CII_MEANS, when=within_denmark))
def giro_reference_has_its_length(means: Place, document: Document) -> bool:
    """The reference (BT-83) of a Danish giro slip (50) of kind 04 or 15 has 16 digits."""
    codes, reference, _ = _reference(means, document)
    return "50" not in codes or reference[:3] not in ("04#", "15#") or len(reference) == 19


@rule("DK-R-010", ubl=at(UBL_MEANS, when=within_denmark), cii=at(CII_MEANS, when=within_denmark))
def fik_is_right(means: Place, document: Document) -> bool:
    """A Danish FIK slip (93) has a reference (BT-83) of kind 71, 73 or 75 and an account of eight
    characters (BT-84)."""
    codes, reference, account = _reference(means, document)
    return "93" not in codes or (reference[:3] in ("71#", "73#", "75#") and len(account) == 8)


@rule("DK-R-011", ubl=at(UBL_MEANS, when=within_denmark), cii=at(CII_MEANS, when=within_denmark))
def fik_reference_has_its_length(means: Place, document: Document) -> bool:
    """The reference (BT-83) of a Danish FIK slip (93) of kind 71 or 75 has 15 or 16 digits."""
    codes, reference, _ = _reference(means, document)
    return "93" not in codes or reference[:3] not in ("71#", "75#") or len(reference) in (18, 19)


@rule("DK-R-003",
      ubl=at("/Invoice/cac:InvoiceLine | /CreditNote/cac:CreditNoteLine",
             "cac:Item/cac:CommodityClassification/cbc:ItemClassificationCode",
             when=within_denmark),
      cii=at(f"{CII}/rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem",
             "ram:SpecifiedTradeProduct/ram:DesignatedProductClassification/ram:ClassCode",
             when=within_denmark),
      severity=Severity.WARNING)  # fmt: skip
def unspsc_version_is_known(line: Place, _: Document, path: str) -> bool:
    """A UNSPSC classification (BT-158, TST) is of version 19.05.01 or 26.08.01."""
    codes = each(line, path)
    if not any(code.get("listID") == "TST" for code in codes):
        return True
    return any(code.get("listVersionID") in UNSPSC_VERSIONS for code in codes)


def _explains(words: str) -> bool:
    number = tidy(words)
    if len(number) == 4 and is_number(words) and 0 <= decimal(words) <= 9999:
        return True
    return "#" in words and not words.startswith("#") and not words.endswith("#")


@rule("DK-R-004", ubl=at("cac:AllowanceCharge", when=within_denmark))
def own_reason_is_explained(group: Place, _: Document) -> bool:
    """Among Danes an allowance or charge of code ZZZ has a reason (BT-97, BT-104) of four digits or
    of two parts with # between them."""
    codes = values(group, "cbc:AllowanceChargeReasonCode")
    return "ZZZ" not in codes or _explains(value(group, "cbc:AllowanceChargeReason"))


@rule("DK-R-004", cii=at(CII, when=within_denmark), says=own_reason_is_explained.__doc__ or "")
def own_reason_is_explained_in_cii(invoice: Place, _: Document) -> bool:
    group = f"{SETTLEMENT}/ram:SpecifiedTradeAllowanceCharge"
    codes = values(invoice, f"{group}/ram:ReasonCode")
    return "ZZZ" not in codes or _explains(value(invoice, f"{group}/ram:Reason"))
