"""Parts of a FatturaPA: parties, lines, payments, and what its codes are in our words.

Source: FatturaPA technical specification 1.2 to 1.2.3, schema VFPA12 (Agenzia delle Entrate).
"""

from decimal import Decimal

from lxml.etree import _Element

from usance.domain.invoice.document import (
    Account,
    AllowanceCharge,
    Attachment,
    Line,
    PaymentMeans,
    Period,
    Tax,
)
from usance.domain.party import Address, Contact, Identifier, Party

from ._fields import (
    Field,
    Reading,
    Table,
    Values,
    base64,
    gather,
    inside,
    leaf,
    number,
    on,
    one,
    put,
    text,
)

# TipoDocumento to UNTDID 1001. The other kinds are papers of a buyer for the tax office.
KINDS = {"TD01": "380", "TD02": "386", "TD03": "386", "TD04": "381", "TD05": "383", "TD06": "380",
         "TD24": "380", "TD25": "380", "TD26": "380"}  # fmt: skip
# Natura, by its first digits, to UNTDID 5305; the code itself is kept as the exemption's.
NATURES = {"N1": "E", "N2": "O", "N3.1": "G", "N3.2": "K", "N3": "E", "N4": "E", "N5": "E",
           "N6": "AE", "N7": "O"}  # fmt: skip
STANDARD_RATED = "S"
TRANSFERRED = "B"  # The buyer pays the tax to the state (EsigibilitaIVA S, scissione).
# ModalitaPagamento to UNTDID 4461, where there is one; the code itself is kept as text.
MEANS = {"MP01": "10", "MP02": "20", "MP05": "30", "MP08": "48", "MP19": "59", "MP20": "59",
         "MP21": "59"}  # fmt: skip
AS_AGREED = "ZZZ"
TAX_NUMBER, OFFICE, CERTIFIED_MAIL, DESTINATION = "0210", "0201", "0202", "0205"  # EAS codes.
NO_DESTINATION = "0000000"
EAN, GTIN = "EAN", "0160"
DISCOUNT = {"SC": False, "MG": True}
MEDIA_TYPES = {"PDF": "application/pdf", "XML": "application/xml", "CSV": "text/csv",
               "PNG": "image/png", "JPG": "image/jpeg"}  # fmt: skip


def category(nature: str) -> str:
    return NATURES.get(nature) or NATURES.get(nature.partition(".")[0], "")


def party(name: str) -> Field:
    def take(element: _Element, into: Values, reading: Reading) -> None:
        values = gather(element, PARTY, reading)
        put(name, party_of(values) if values else None, element, into, reading)

    return take


def party_of(values: Values) -> Party:
    """CodiceFiscale is also the number in the register of companies; the REA number stands by."""
    code, rea = values.get("tax_code", ""), values.get("rea", "")
    return Party(
        name=full_name(values),
        vat_id=vat_id(values),
        tax_id=values.get("regime", ""),
        legal_id=Identifier(value=code, scheme=TAX_NUMBER) if code else None,
        identifiers=(Identifier(value=f"{values.get('rea_office', '')}-{rea}", scheme="IT:REA"),)
        if rea
        else (),
        address=values.get("address"),
        contact=values.get("contact"),
    )


def full_name(values: Values) -> str:
    """A company's name, or a person's first and last one."""
    person = f"{values.get('first_name', '')} {values.get('last_name', '')}"
    return str(values.get("name") or person.strip())


def vat_id(values: Values) -> str:
    number_ = values.get("vat_number", "")
    return f"{values.get('vat_country', '')}{number_}" if number_ else ""


def _address(element: _Element, into: Values, reading: Reading) -> None:
    values = gather(element, ADDRESS, reading)
    house = values.pop("house", "")
    values["street"] = f"{values.get('street', '')} {house}".strip()
    put("address", Address(**values), element, into, reading)


def discount(element: _Element, into: Values, reading: Reading) -> None:
    values = gather(element, ALLOWANCE, reading)
    kind = values.pop("kind", "")
    if kind not in DISCOUNT:
        reading.fault(
            element, "charge_or_allowance", f"{kind[:10]!r} is neither SC (less) nor MG (more)."
        )
    made = AllowanceCharge(is_charge=DISCOUNT.get(kind, False), **values)
    into.setdefault("allowances", []).append(made)


def pension(element: _Element, into: Values, reading: Reading) -> None:
    """A professional's pension contribution is a charge; it is in the taxable amount already."""
    values = gather(element, PENSION, reading)
    nature = values.pop("nature", "")
    values["tax_category"] = category(nature) if nature else STANDARD_RATED
    into.setdefault("allowances", []).append(AllowanceCharge(is_charge=True, **values))


def _code(element: _Element, into: Values, reading: Reading) -> None:
    values = gather(element, {"CodiceTipo": text("kind"), "CodiceValore": text("value")}, reading)
    value = values.get("value", "")
    if values.get("kind", "").upper() == EAN:
        into.setdefault("standard_id", Identifier(value=value, scheme=GTIN))
    else:
        into.setdefault("seller_id", value)


def line(element: _Element, into: Values, reading: Reading) -> None:
    """A discount's amount is that of one unit; a line without a quantity is one."""
    values = gather(element, LINE, reading)
    nature = values.pop("nature", "")
    rate = values.get("tax_rate")
    values["tax_category"] = category(nature) if nature else STANDARD_RATED if rate else ""
    period = {key: values.pop(key) for key in ("start", "end") if key in values}
    count = values.get("quantity") or Decimal(1)
    values["allowances"] = tuple(
        AllowanceCharge(
            is_charge=each.is_charge,
            percent=each.percent,
            amount=None if each.amount is None else each.amount * count,
        )
        for each in values.pop("allowances", ())
    )
    made = Line(**values, period=Period(**period) if period else None)
    into.setdefault("lines", []).append(made)


def tax(element: _Element, into: Values, reading: Reading) -> None:
    values = gather(element, TAX, reading)
    nature, due = values.pop("nature", ""), values.pop("due", "")
    values["category"] = category(nature) if nature else STANDARD_RATED
    if due == "S":
        values["category"] = TRANSFERRED
    made = Tax(**values, exemption_code=nature)
    into.setdefault("taxes", []).append(made)


def payment(element: _Element, into: Values, reading: Reading) -> None:
    values = gather(element, PAYMENT, reading)
    into.setdefault("due", []).append((values.pop("due_on", None), values.pop("amount", None)))
    if payee := values.pop("payee", ""):
        into.setdefault("payees", []).append(payee)
    said = values.pop("means", "")
    account = values.pop("account", None)
    accounts = (Account(number=account, bic=values.pop("bic", "")),) if account else ()
    values.pop("bic", None)
    into.setdefault("payment_means", []).append(
        PaymentMeans(
            code=MEANS.get(said, AS_AGREED if said else ""), text=said, accounts=accounts, **values
        )
    )


def attachment(element: _Element, into: Values, reading: Reading) -> None:
    values = gather(element, ATTACHMENT, reading)
    kind = values.pop("kind", "").upper()
    into.setdefault("attachments", []).append(
        Attachment(
            **values, file_name=values.get("reference", ""), media_type=MEDIA_TYPES.get(kind, "")
        )
    )


def _content(element: _Element, into: Values, reading: Reading) -> None:
    put("content", base64(element, reading), element, into, reading)


def first(name: str) -> Field:
    """Documents that may be named often, of which the model holds one."""

    def take(element: _Element, into: Values, reading: Reading) -> None:
        into.setdefault(name, leaf(element, reading))

    return take


NAME: Table = {
    "Denominazione": text("name"), "Nome": text("first_name"), "Cognome": text("last_name"),
}  # fmt: skip
IDENTITY: Table = {
    "IdFiscaleIVA": inside({"IdPaese": text("vat_country"), "IdCodice": text("vat_number")}),
    "CodiceFiscale": text("tax_code"),
    "Anagrafica": inside(NAME),
    "RegimeFiscale": text("regime"),
}
ADDRESS: Table = {
    "Indirizzo": text("street"),
    "NumeroCivico": text("house"),
    "CAP": text("postcode"),
    "Comune": text("city"),
    "Provincia": text("region"),
    "Nazione": text("country"),
}
PARTY: Table = {
    "DatiAnagrafici": inside(IDENTITY),
    "Sede": _address,
    "IscrizioneREA": inside({"Ufficio": text("rea_office"), "NumeroREA": text("rea")}),
    "Contatti": one("contact", {"Telefono": text("phone"), "Email": text("email")}, Contact),
}
ALLOWANCE: Table = {
    "Tipo": text("kind"), "Percentuale": number("percent"), "Importo": number("amount"),
}  # fmt: skip
PENSION: Table = {
    "TipoCassa": text("reason"),
    "AlCassa": number("percent"),
    "ImportoContributoCassa": number("amount"),
    "ImponibileCassa": number("base"),
    "AliquotaIVA": number("tax_rate"),
    "Natura": text("nature"),
}
LINE: Table = {
    "NumeroLinea": text("number"),
    "CodiceArticolo": _code,
    "Descrizione": text("name"),
    "Quantita": number("quantity"),
    "UnitaMisura": text("unit"),
    "DataInizioPeriodo": on("start"),
    "DataFinePeriodo": on("end"),
    "PrezzoUnitario": number("price"),
    "ScontoMaggiorazione": discount,
    "PrezzoTotale": number("net"),
    "AliquotaIVA": number("tax_rate"),
    "Natura": text("nature"),
    "RiferimentoAmministrazione": text("accounting"),
}
TAX: Table = {
    "AliquotaIVA": number("rate"),
    "Natura": text("nature"),
    "ImponibileImporto": number("taxable"),
    "Imposta": number("tax"),
    "EsigibilitaIVA": text("due"),
    "RiferimentoNormativo": text("exemption"),
}
PAYMENT: Table = {
    "Beneficiario": text("payee"),
    "ModalitaPagamento": text("means"),
    "DataScadenzaPagamento": on("due_on"),
    "ImportoPagamento": number("amount"),
    "IBAN": text("account"),
    "BIC": text("bic"),
    "CodicePagamento": text("reference"),
}
ATTACHMENT: Table = {
    "NomeAttachment": text("reference"),
    "FormatoAttachment": text("kind"),
    "DescrizioneAttachment": text("description"),
    "Attachment": _content,
}
