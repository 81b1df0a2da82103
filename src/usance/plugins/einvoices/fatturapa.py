"""FatturaPA 1.2, Italian e-invoices to offices (FPA12) and to anyone else (FPR12), and the older
1.0 and 1.1. Read only.

A file has one header and one or more bodies; each body is an invoice. What the buyer owes is the
sum of the stated payments: less than the total where tax is withheld (ritenuta) or paid straight
to the state (scissione dei pagamenti).
Source: FatturaPA technical specification 1.2 to 1.2.3, schema VFPA12 (Agenzia delle Entrate).
"""

from dataclasses import replace
from decimal import Decimal

from lxml.etree import _Element

from usance.domain.finding import Finding
from usance.domain.invoice import Invoice
from usance.domain.invoice.document import Delivery, Note, Preceding, Totals
from usance.domain.party import Identifier, Party, Payee, TaxRepresentative, name_key
from usance.plugins import Unreadable

from . import _xml
from ._fattura_parts import (
    CERTIFIED_MAIL,
    DESTINATION,
    IDENTITY,
    KINDS,
    NO_DESTINATION,
    OFFICE,
    TRANSFERRED,
    attachment,
    discount,
    first,
    full_name,
    line,
    party,
    payment,
    pension,
    tax,
    vat_id,
)
from ._fields import (
    Reading,
    Table,
    Values,
    calendar,
    decimal,
    gather,
    inside,
    leaf,
    many,
    number,
    on,
    put,
    text,
)
from ._signs import positive

MEDIA_TYPE = "application/xml"
NAMESPACE = "http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2"
# Of 2014 to 2016, when only offices had to take them; the same tree.
OLDER = tuple(f"http://www.fatturapa.gov.it/sdi/fatturapa/v1.{minor}" for minor in "01")
SPACES = (NAMESPACE, *OLDER)
ROOTS = tuple(f"{{{space}}}FatturaElettronica" for space in SPACES)
FORMATS = ("FPA12", "FPR12", "1.1", "1.0")
SELF_BILLED, BY_THE_BUYER = "389", "CC"
MAX_INVOICES = 10_000


def sniff(data: bytes) -> bool:
    head = _xml.prolog(data)
    return head is not None and head.tag in ROOTS


def read(data: bytes) -> list[tuple[Invoice, tuple[Finding, ...]]]:
    """Each body as an invoice; what is odd in the header is said of every one.

    :raises Unreadable: if it is no FatturaPA 1.2, broken, without header or body, or refused for
        what it would do to us.
    """
    root = _xml.parse(data, roots=ROOTS, what="FatturaPA 1.2")
    head, bodies = root.find("FatturaElettronicaHeader"), root.findall("FatturaElettronicaBody")
    if head is None or not bodies:
        raise Unreadable("there is no FatturaElettronicaHeader or no FatturaElettronicaBody")
    if len(bodies) > MAX_INVOICES:
        raise Unreadable(f"more than {MAX_INVOICES:,} invoices in one file; split it")
    reading = Reading(dict.fromkeys(SPACES, "p"))
    version = root.get("versione", "")
    if version not in FORMATS:
        reading.fault(
            root, "version_unknown", f"The format {version[:10]!r} is not FPA12 or FPR12."
        )
    header = gather(head, HEADER, reading)
    issuer = header.pop("issuer", "")
    _address_of(header)
    return [_invoice(body, header, issuer, tuple(reading.findings)) for body in bodies]


def _address_of(header: Values) -> None:
    """Where the invoice was sent: a code of the exchange, or certified mail."""
    code, mail = header.pop("destination", ""), header.pop("mail", "")
    endpoint = Identifier(value=mail, scheme=CERTIFIED_MAIL) if mail else None
    if code and code != NO_DESTINATION:
        endpoint = Identifier(value=code, scheme=OFFICE if len(code) == 6 else DESTINATION)
    header["buyer"] = replace(header.get("buyer", Party()), endpoint=endpoint)


def _invoice(
    body: _Element, header: Values, issuer: str, odd_header: tuple[Finding, ...]
) -> tuple[Invoice, tuple[Finding, ...]]:
    reading = Reading(dict.fromkeys(SPACES, "p"))
    values = {**header, **gather(body, BODY, reading)}
    values["type_code"] = _kind(body, values.pop("kind", ""), issuer, reading)
    due = values.pop("due", ())
    values["totals"] = _totals(body, values, due, reading)
    days = sorted({day for day, _ in due if day is not None})
    if days:
        values["due_on"] = days[-1]
    if len(days) > 1:
        reading.warn(
            body, "instalments",
            f"It is to be paid in {len(days)} parts, the first on {days[0]}, the last {days[-1]}.",
        )  # fmt: skip
    seller = values.get("seller", Party())
    for payee in values.pop("payees", ())[:1]:
        if name_key(payee) != name_key(seller.name):
            values["payee"] = Payee(name=payee)
    return positive(Invoice(**values)), (*odd_header, *reading.findings)


def _kind(body: _Element, said: str, issuer: str, reading: Reading) -> str:
    code = KINDS.get(said, "")
    if not code:
        reading.fault(
            body, "no_claim", f"{said[:10]!r} is no invoice to a buyer, but a paper for the tax "
            "office.", todo="Ask the client for the invoice itself.",
        )  # fmt: skip
    return SELF_BILLED if code == "380" and issuer == BY_THE_BUYER else code


def _totals(
    body: _Element, values: Values, due: tuple[tuple[object, Decimal | None], ...], reading: Reading
) -> Totals:
    """The stated total, else the sum of the tax breakdown, which is said."""
    taxes = values.get("taxes", ())
    net = sum((each.taxable or Decimal(0) for each in taxes), Decimal(0)) if taxes else None
    vat = sum((each.tax or Decimal(0) for each in taxes), Decimal(0)) if taxes else None
    total, rounding = values.pop("total", None), values.pop("rounding", None)
    withheld = sum(values.pop("withheld", ()), Decimal(0))
    if total is None and net is not None and vat is not None:
        total = net + vat + (rounding or 0)
        reading.warn(
            body, "total_computed", "No total is stated; it is the sum of the taxes' rows."
        )
    if total is None:
        reading.fault(body, "total_missing", "There is neither a total nor a tax breakdown.")
        return Totals(rounding=rounding)
    # ImportoTotaleDocumento has the rounding in it (2.1.1.9 and 2.1.1.10).
    gross = total - (rounding or 0)
    to_the_state = sum((each.tax or Decimal(0) for each in taxes if each.category == TRANSFERRED),
                       Decimal(0))  # fmt: skip
    if withheld or to_the_state:
        reading.warn(
            body, "tax_withheld",
            f"The buyer keeps back {withheld + to_the_state} of the total for the tax office.",
        )  # fmt: skip
    owed = total - withheld - to_the_state
    stated = [amount for _, amount in due if amount is not None]
    payable = sum(stated, Decimal(0)) if stated else owed
    if payable != owed:
        reading.warn(body, "payable_differs", f"The payments add up to {payable}, not to {owed}.")
    return Totals(
        net=net, tax=vat, gross=gross, rounding=rounding, payable=payable,
        prepaid=withheld + to_the_state or None,
    )  # fmt: skip


def _withheld(element: _Element, into: Values, reading: Reading) -> None:
    amount = decimal(element, reading)
    if amount is not None:
        into.setdefault("withheld", []).append(amount)


def _cause(element: _Element, into: Values, reading: Reading) -> None:
    if said := leaf(element, reading):
        into.setdefault("notes", []).append(Note(text=said))


def _delivered(element: _Element, into: Values, reading: Reading) -> None:
    found = calendar(leaf(element, reading).partition("T")[0], element, reading)
    put("delivery", Delivery(on=found) if found else None, element, into, reading)


def _representative(element: _Element, into: Values, reading: Reading) -> None:
    values = gather(element, {"DatiAnagrafici": inside(IDENTITY)}, reading)
    made = TaxRepresentative(name=full_name(values), vat_id=vat_id(values))
    put("tax_representative", made, element, into, reading)


HEADER: Table = {
    "DatiTrasmissione": inside(
        {"CodiceDestinatario": text("destination"), "PECDestinatario": text("mail")}
    ),
    "CedentePrestatore": party("seller"),
    "RappresentanteFiscale": _representative,
    "CessionarioCommittente": party("buyer"),
    "SoggettoEmittente": text("issuer"),
}
DOCUMENT: Table = {
    "TipoDocumento": text("kind"),
    "Divisa": text("currency"),
    "Data": on("issued_on"),
    "Numero": text("number"),
    "DatiRitenuta": inside({"ImportoRitenuta": _withheld}),
    "DatiCassaPrevidenziale": pension,
    "ScontoMaggiorazione": discount,
    "ImportoTotaleDocumento": number("total"),
    "Arrotondamento": number("rounding"),
    "Causale": _cause,
}
GENERAL: Table = {
    "DatiGeneraliDocumento": inside(DOCUMENT),
    "DatiOrdineAcquisto": inside(
        {"IdDocumento": first("order"), "CodiceCUP": first("project"), "CodiceCIG": first("tender")}
    ),
    "DatiContratto": inside(
        {
            "IdDocumento": first("contract"),
            "CodiceCUP": first("project"),
            "CodiceCIG": first("tender"),
        }
    ),
    "DatiRicezione": inside({"IdDocumento": first("receipt")}),
    "DatiFattureCollegate": many(
        "preceding", {"IdDocumento": text("number"), "Data": on("issued_on")}, Preceding, number=""
    ),
    "DatiDDT": inside({"NumeroDDT": first("despatch")}),
    "DatiTrasporto": inside({"DataOraConsegna": _delivered}),
}
BODY: Table = {
    "DatiGenerali": inside(GENERAL),
    "DatiBeniServizi": inside({"DettaglioLinee": line, "DatiRiepilogo": tax}),
    "DatiPagamento": inside({"DettaglioPagamento": payment}),
    "Allegati": attachment,
}
