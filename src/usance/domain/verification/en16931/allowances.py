"""EN 16931: allowances and charges, on the document and on its lines."""

from ..document import Document
from ..paths import ALLOWANCE, CII_ALLOWANCE, CII_LINE_ALLOWANCE, LINE_ALLOWANCE
from ..reading import Place, each, has, text, truth, value, values
from ..rulebook import Bound, Chapter, at
from .core import is_vat

CHAPTER = Chapter()
rule = CHAPTER.rule
GROUPS = (
    # Whose, charge?, in UBL, in CII, ids: amount, category, reason and its BR-CO twin
    ("An allowance on the invoice (BG-20)", False, ALLOWANCE, CII_ALLOWANCE,
     ("BR-31", "BR-32", "BR-33", "BR-CO-21"), ("BT-92", "BT-95", "BT-97", "BT-98")),
    ("A charge on the invoice (BG-21)", True, ALLOWANCE, CII_ALLOWANCE,
     ("BR-36", "BR-37", "BR-38", "BR-CO-22"), ("BT-99", "BT-102", "BT-104", "BT-105")),
    ("An allowance on a line (BG-27)", False, LINE_ALLOWANCE, CII_LINE_ALLOWANCE,
     ("BR-41", "", "BR-42", "BR-CO-23"), ("BT-136", "", "BT-139", "BT-140")),
    ("A charge on a line (BG-28)", True, LINE_ALLOWANCE, CII_LINE_ALLOWANCE,
     ("BR-43", "", "BR-44", "BR-CO-24"), ("BT-141", "", "BT-144", "BT-145")),
)  # fmt: skip


def indicated(place: Place) -> bool | None:
    """Whether a UBL group is a charge.

    :raises ValueError: if its indicator is neither true nor false.
    """
    found = None
    for indicator in place.findall("cbc:ChargeIndicator"):
        found = truth(text(indicator))
        if found is None:
            raise ValueError("the charge indicator is neither true nor false")
    return found


def is_charge(place: Place, _: Document) -> bool:
    return indicated(place) is True


def is_allowance(place: Place, _: Document) -> bool:
    return indicated(place) is False


def cii_indicated(place: Place) -> bool | None:
    """Whether a CII group is a charge, where the artefacts read the mark as a boolean."""
    return truth(value(place, "ram:ChargeIndicator/udt:Indicator"))


def cii_is_charge(place: Place, _: Document) -> bool:
    """Here the artefacts read the mark as a word: “1” is none."""
    return "true" in values(place, "ram:ChargeIndicator/udt:Indicator")


def cii_is_allowance(place: Place, _: Document) -> bool:
    return "false" in values(place, "ram:ChargeIndicator/udt:Indicator")


def bindings(charge: bool, ubl: str, cii: str, *, ubl_paths: tuple[str, ...],
             cii_paths: tuple[str, ...]) -> Bound:  # fmt: skip
    """Where a rule about allowances, or about charges, looks in the two syntaxes."""
    return {
        "ubl": at(ubl, *ubl_paths, when=is_charge if charge else is_allowance),
        "cii": at(cii, *cii_paths, when=cii_is_charge if charge else cii_is_allowance),
    }


def _amount_is_given(place: Place, _: Document, path: str) -> bool:
    return has(place, path)


def _category_is_given(place: Place, document: Document) -> bool:
    if document.syntax == "ubl":
        return any(has(tax, "cbc:ID") for tax in place.findall("cac:TaxCategory") if is_vat(tax))
    return any(
        has(tax, "ram:CategoryCode")
        for tax in each(place, "ram:CategoryTradeTax")
        if value(tax, "ram:TypeCode").upper() == "VAT"
    )


def _reason_is_given(place: Place, _: Document, *paths: str) -> bool:
    return any(has(place, path) for path in paths)


def _enter(whose: str, charge: bool, ubl: str, cii: str, ids: tuple[str, ...],
           terms: tuple[str, ...]) -> None:  # fmt: skip
    amount, category, reason, again = ids
    rule(amount, says=f"{whose} has an amount ({terms[0]}).",
         **bindings(charge, ubl, cii, ubl_paths=("cbc:Amount",),
                    cii_paths=("ram:ActualAmount",)))(_amount_is_given)  # fmt: skip
    if category:
        rule(
            category,
            says=f"{whose} has a VAT category ({terms[1]}).",
            **bindings(charge, ubl, cii, ubl_paths=(), cii_paths=()),
        )(_category_is_given)
    for id in (reason, again):
        rule(id, says=f"{whose} has a reason ({terms[2]}) or a code for it ({terms[3]}).",
             **bindings(charge, ubl, cii,
                        ubl_paths=("cbc:AllowanceChargeReason", "cbc:AllowanceChargeReasonCode"),
                        cii_paths=("ram:Reason", "ram:ReasonCode")))(_reason_is_given)  # fmt: skip


for group in GROUPS:
    _enter(*group)
