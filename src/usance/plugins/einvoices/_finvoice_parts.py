"""Parts of a Finvoice: its numbers and dates, its parties, its rows.

Source: Finvoice 3.0 schema and implementation guideline (Finance Finland); names unchanged since
2.01 but for what 3.0 added. Numbers have a decimal comma, dates are CCYYMMDD.
"""

import re
from collections.abc import Callable
from decimal import Decimal

from lxml.etree import _Element

from usance.domain.invoice.document import Account, AllowanceCharge, Line, Note, Period
from usance.domain.party import Address, Contact, Identifier, Party

from ._fields import (
    Field,
    Reading,
    Table,
    Values,
    calendar,
    fill,
    gather,
    inside,
    leaf,
    one,
    put,
    text,
)

EAN = "0160"  # ISO 6523: GS1's numbers of goods.
_DECIMAL = re.compile(r"[+-]?[0-9]{1,20}(?:,[0-9]{1,10})?", re.ASCII)
_DAY = re.compile(r"[0-9]{8}", re.ASCII)


def decimal(element: _Element, reading: Reading) -> Decimal | None:
    """1234,50: the schema knows no other decimal mark and no thousands separator."""
    said = leaf(element, reading)
    if _DECIMAL.fullmatch(said):
        return Decimal(said.replace(",", "."))
    if said:
        reading.fault(
            element, "number_unreadable", f"{said[:40]!r} is no number with a decimal comma."
        )
    return None


def number(name: str) -> Field:
    def take(element: _Element, into: Values, reading: Reading) -> None:
        put(name, decimal(element, reading), element, into, reading)

    return take


def money(name: str) -> Field:
    def take(element: _Element, into: Values, reading: Reading) -> None:
        currency = element.get("AmountCurrencyIdentifier", "").strip()
        if currency:
            reading.currencies.setdefault(currency, element)
        put(name, decimal(element, reading), element, into, reading)

    return take


def on(name: str) -> Field:
    def take(element: _Element, into: Values, reading: Reading) -> None:
        said = leaf(element, reading)
        if not said:
            return
        iso = f"{said[:4]}-{said[4:6]}-{said[6:]}" if _DAY.fullmatch(said) else f"{said} "
        if len(iso) == 10:
            put(name, calendar(iso, element, reading), element, into, reading)
        else:
            reading.fault(element, "date_unreadable", f"{said[:40]!r} is no date (CCYYMMDD).")

    return take


def identifier(name: str, scheme: str = "") -> Field:
    def take(element: _Element, into: Values, reading: Reading) -> None:
        if said := leaf(element, reading):
            found = Identifier(value=said, scheme=element.get("SchemeID", "").strip() or scheme)
            put(name, found, element, into, reading)

    return take


def listed(name: str, build: Callable[[str], object] = str) -> Field:
    """Every text that stands there, in order."""

    def take(element: _Element, into: Values, reading: Reading) -> None:
        if said := leaf(element, reading):
            into.setdefault(name, []).append(build(said))

    return take


def note(said: str) -> Note:
    return Note(text=said)


def address(role: str) -> Field:
    """Up to three lines of street, then the post office box where there is room for it."""
    table: Table = {
        f"{role}StreetName": listed("streets"),
        f"{role}PostOfficeBoxIdentifier": text("box"),
        f"{role}PostofficeBoxIdentifier": text("box"),  # So for the delivery party.
        f"{role}TownName": text("city"),
        f"{role}PostCodeIdentifier": text("postcode"),
        f"{role}CountrySubdivision": text("region"),
        "CountryCode": text("country"),
    }

    def take(element: _Element, into: Values, reading: Reading) -> None:
        values = gather(element, table, reading)
        streets = [*values.pop("streets", ()), *filter(None, [values.pop("box", "")])]
        values.update(zip(("street", "extra", "third"), streets, strict=False))
        put("address", Address(**values) if values else None, element, into, reading)

    return take


def party(name: str, role: str) -> Table:
    """What stands below the root about a seller or buyer, as one dict called `name`."""
    below: Table = {
        f"{role}PartyIdentifier": identifier("legal_id"),
        f"{role}OrganisationName": listed("names"),
        f"{role}OrganisationTradingName": text("trading_name"),
        f"{role}OrganisationTaxCode": text("vat_id"),
        f"{role}PostalAddressDetails": address(role),
    }
    contact: Table = {
        f"{role}PhoneNumberIdentifier": text("phone"),
        f"{role}EmailaddressIdentifier": text("email"),
    }

    def within(table: Table, key: str) -> Field:
        def take(element: _Element, into: Values, reading: Reading) -> None:
            fill(element, table, into.setdefault(name, {}).setdefault(key, {}), reading)

        return take

    def unit(element: _Element, into: Values, reading: Reading) -> None:
        identifier("unit")(element, into.setdefault(name, {}).setdefault("party", {}), reading)

    def person(element: _Element, into: Values, reading: Reading) -> None:
        text("name")(element, into.setdefault(name, {}).setdefault("contact", {}), reading)

    return {
        f"{role}PartyDetails": within(below, "party"),
        f"{role}CommunicationDetails": within(contact, "contact"),
        f"{role}OrganisationUnitNumber": unit,
        f"{role}ContactPersonName": person,
    }


def party_of(found: Values, *, endpoint: Identifier | None, customer: Identifier | None) -> Party:
    """`customer` is the number under which the other party keeps this one."""
    values = dict(found.get("party", {}))
    names, contact = values.pop("names", []), found.get("contact")
    others = (values.pop("unit", None), customer)
    return Party(
        **values,
        name=" ".join(names),
        identifiers=tuple(each for each in others if each is not None),
        endpoint=endpoint,
        contact=Contact(**contact) if contact else None,
    )


def quantity(name: str) -> Field:
    def take(element: _Element, into: Values, reading: Reading) -> None:
        unit = element.get("QuantityUnitCodeUN", "") or element.get("QuantityUnitCode", "")
        put(name, (decimal(element, reading), unit.strip()), element, into, reading)

    return take


def allowance(*, is_charge: bool, table: Table) -> Field:
    def take(element: _Element, into: Values, reading: Reading) -> None:
        values = gather(element, table, reading)
        if values:
            made = AllowanceCharge(is_charge=is_charge, **values)
            into.setdefault("allowances", []).append(made)

    return take


def line(element: _Element, into: Values, reading: Reading) -> None:
    """A row with nothing but text is a note: senders write them between the goods."""
    values = gather(element, ROW, reading)
    texts = values.pop("texts", ())
    if not values or set(values) == {"number"}:
        into.setdefault("notes", []).extend(note(said) for said in texts)
        return
    for kind in ("invoiced", "delivered", "ordered"):
        amount, unit = values.pop(kind, (None, ""))
        if amount is not None and "quantity" not in values:
            values["quantity"], values["unit"] = amount, unit
    net_price = values.pop("net_price", None)
    if net_price is not None:
        values["price_gross"], values["price"] = values.get("price"), net_price
    base = values.pop("price_base", None)
    if base is not None:
        values["price_quantity"], values["price_unit"] = base
    period = {key: values.pop(key) for key in ("start", "end") if key in values}
    discount = values.pop("discount", {})
    allowances = values.pop("allowances", ())
    if discount:
        allowances = (AllowanceCharge(is_charge=False, **discount), *allowances)
    into.setdefault("lines", []).append(
        Line(
            **values,
            note="\n".join(texts),
            period=Period(**period) if period else None,
            allowances=allowances,
        )
    )


def _discount(field: Field) -> Field:
    """The first discount of a row stands in the row itself, not in a group of its own."""

    def take(element: _Element, into: Values, reading: Reading) -> None:
        field(element, into.setdefault("discount", {}), reading)

    return take


def _sub_row(element: _Element, into: Values, reading: Reading) -> None:
    reading.warn(element, "sub_line_not_read", "A row below a row is not read.")


ROW_DISCOUNT: Table = {
    "RowDiscountPercent": number("percent"),
    "RowDiscountAmount": money("amount"),
    "RowDiscountBaseAmount": money("base"),
    "RowDiscountTypeCode": text("reason_code"),
    "RowDiscountTypeText": text("reason"),
}
CHARGE: Table = {
    "ReasonText": text("reason"),
    "FreeText": text("reason"),
    "ReasonCode": text("reason_code"),
    "Percent": number("percent"),
    "Amount": money("amount"),
    "BaseAmount": money("base"),
    "VatCategoryCode": text("tax_category"),
    "VatRatePercent": number("tax_rate"),
}
ROW: Table = {
    "ArticleIdentifier": text("seller_id"),
    "ArticleName": text("name"),
    "ArticleDescription": text("description"),
    "BuyerArticleIdentifier": text("buyer_id"),
    "EanCode": identifier("standard_id", EAN),
    "InvoicedQuantity": quantity("invoiced"),
    "DeliveredQuantity": quantity("delivered"),
    "OrderedQuantity": quantity("ordered"),
    "StartDate": on("start"),
    "EndDate": on("end"),
    "UnitPriceAmount": money("price"),
    "UnitPriceDiscountAmount": money("price_discount"),
    "UnitPriceNetAmount": money("net_price"),
    "UnitPriceBaseQuantity": quantity("price_base"),
    "RowPositionIdentifier": text("number"),
    "RowOrderPositionIdentifier": text("order_line"),
    "RowNormalProposedAccountIdentifier": text("accounting"),
    "RowFreeText": listed("texts"),
    **{name: _discount(field) for name, field in ROW_DISCOUNT.items()},
    "RowProgressiveDiscountDetails": allowance(is_charge=False, table=ROW_DISCOUNT),
    "RowChargeDetails": allowance(is_charge=True, table=CHARGE),
    "RowVatRatePercent": number("tax_rate"),
    "RowVatCode": text("tax_category"),
    "RowVatExcludedAmount": money("net"),
    "SubInvoiceRow": _sub_row,
}
ACCOUNTS: Table = {
    "SellerAccountDetails": lambda element, into, reading: into.setdefault("accounts", []).append(
        Account(**{"number": "", **gather(element, _ACCOUNT, reading)})
    ),
}
_ACCOUNT: Table = {
    "SellerAccountID": text("number"),
    "SellerBic": text("bic"),
    "SellerAccountName": text("name"),
}
EPI: Table = {
    "EpiIdentificationDetails": inside({"EpiReference": text("free_reference")}),
    "EpiPartyDetails": inside(
        {
            "EpiBfiPartyDetails": inside({"EpiBfiIdentifier": text("bic")}),
            "EpiBeneficiaryPartyDetails": inside(
                {"EpiNameAddressDetails": text("name"), "EpiAccountID": text("number")}
            ),
        }
    ),
    "EpiPaymentInstructionDetails": inside(
        {
            "EpiRemittanceInfoIdentifier": text("reference"),
            "EpiInstructedAmount": money("payable"),
            "EpiDateOptionDate": on("due_on"),
            "EpiPaymentMeansCode": text("code"),
            "EpiPaymentMeansText": text("text"),
        }
    ),
}
DELIVERY_PARTY: Table = {
    "DeliveryOrganisationName": text("name"),
    "DeliveryPostalAddressDetails": address("Delivery"),
}
DELIVERY_PERIOD = one("period", {"StartDate": on("start"), "EndDate": on("end")}, Period)
