"""What a schedule's columns are called, in English, Swedish and German."""

from collections.abc import Iterable, Mapping, Sequence

# Our name of a column: all that it is called. Case, blanks, dots, dashes and underscores do not
# count; å ä ö ü ß do, and so do their two-letter spellings, which are listed.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "number": (
        "number", "invoice number", "invoice no", "invoice nr", "invoice", "invoice id",
        "document number", "fakturanummer", "fakturanr", "faktura nr", "faktura", "nummer",
        "rechnungsnummer", "rechnungsnr", "rechnung nr", "rechnung", "belegnummer", "belegnr",
    ),
    "kind": (
        "kind", "type", "type code", "invoice type", "document type", "typ", "fakturatyp", "art",
        "belegart", "rechnungsart",
    ),
    "issued_on": (
        "issue date", "issued on", "issued", "invoice date", "date", "document date",
        "fakturadatum", "datum", "utställningsdatum", "rechnungsdatum", "belegdatum",
    ),
    "due_on": (
        "due date", "due on", "due", "payment due", "payment due date", "förfallodatum",
        "förfallodag", "forfallodatum", "fälligkeitsdatum", "fälligkeit", "fällig am", "fällig",
        "faelligkeit", "faellig am", "faelligkeitsdatum",
    ),
    "currency": ("currency", "currency code", "ccy", "valuta", "valutakod", "währung", "waehrung"),
    "net": (
        "net", "net amount", "amount excl vat", "amount excluding vat", "netto", "nettobelopp",
        "belopp exkl moms", "exkl moms", "nettobetrag", "betrag netto",
    ),
    "tax": (
        "tax", "vat", "tax amount", "vat amount", "moms", "momsbelopp", "mwst", "ust", "steuer",
        "mwst betrag", "ust betrag", "steuerbetrag", "umsatzsteuer",
    ),
    "gross": (
        "gross", "gross amount", "total", "total amount", "amount", "amount incl vat", "amount due",
        "brutto", "bruttobelopp", "belopp", "totalt", "att betala", "belopp inkl moms", "summa",
        "bruttobetrag", "betrag", "gesamtbetrag", "rechnungsbetrag", "zahlbetrag", "summe",
    ),
    "credited": (
        "credited number", "credited invoice", "credits", "original invoice", "krediterar",
        "krediterad faktura", "avser faktura", "gutschrift zu", "bezugsrechnung",
        "ursprungsrechnung", "korrigierte rechnung",
    ),
    "reference": (
        "reference", "payment reference", "remittance", "ocr", "ocr nummer", "betalningsreferens",
        "referens", "verwendungszweck", "referenz", "zahlungsreferenz",
    ),
    "order": (
        "order", "order number", "purchase order", "po number", "ordernummer", "beställning",
        "bestellnummer", "bestellung", "auftragsnummer",
    ),
    "description": (
        "description", "text", "item", "beskrivning", "benämning", "avser", "beschreibung",
        "bezeichnung", "leistung", "artikel",
    ),
    "note": ("note", "notes", "comment", "anteckning", "kommentar", "bemerkung", "notiz"),
    "seller_name": (
        "seller", "seller name", "supplier", "supplier name", "client", "säljare", "leverantör",
        "klient", "verkäufer", "lieferant", "mandant", "rechnungssteller",
    ),
    "seller_vat_id": (
        "seller vat id", "seller vat", "supplier vat id", "säljarens momsnr",
        "säljare momsregistreringsnummer", "ust id verkäufer", "ust id lieferant",
    ),
    "seller_registration": (
        "seller org number", "seller registration", "säljare orgnr",
        "säljarens organisationsnummer",
        "handelsregisternummer verkäufer",
    ),
    "debtor_name": (
        "debtor", "debtor name", "customer", "customer name", "buyer", "buyer name", "name",
        "gäldenär", "kund", "kundnamn", "köpare", "namn", "debitor", "schuldner", "kunde",
        "kundenname", "käufer", "firma",
    ),
    "debtor_vat_id": (
        "debtor vat id", "debtor vat", "vat id", "vat number", "vat no", "customer vat id",
        "buyer vat id", "momsregistreringsnummer", "momsregnr", "momsnr", "vat nr", "ust id",
        "ust idnr", "umsatzsteuer id", "kunde ust id",
    ),
    "debtor_registration": (
        "debtor org number", "debtor registration", "org number", "org no", "registration number",
        "company number", "customer org number", "organisationsnummer", "orgnr", "org nr",
        "kundens orgnr", "handelsregisternummer", "hrb", "registernummer",
    ),
    "debtor_email": (
        "email", "e mail", "debtor email", "customer email", "epost", "e post", "mejl",
        "e mail adresse", "mail",
    ),
    "debtor_street": (
        "street", "address", "debtor street", "debtor address", "gata", "gatuadress", "adress",
        "straße", "strasse", "anschrift", "adresse",
    ),
    "debtor_postcode": (
        "postcode", "post code", "postal code", "zip", "zip code", "debtor postcode", "postnummer",
        "postnr", "plz", "postleitzahl",
    ),
    "debtor_city": ("city", "town", "debtor city", "ort", "stad", "postort", "stadt"),
    "debtor_country": (
        "country", "country code", "debtor country", "land", "landskod", "ländercode", "landkod",
    ),
}  # fmt: skip
WRITTEN = (
    "number", "kind", "issue date", "due date", "currency", "net", "tax", "gross", "seller name",
    "seller vat id", "debtor name", "debtor vat id", "debtor org number", "email", "street",
    "postcode", "city", "country", "description", "reference", "credited number",
)  # fmt: skip


def folded(name: str) -> str:
    """A column's name without case and punctuation."""
    return "".join(ch for ch in name.casefold() if ch.isalnum())


_KNOWN = {folded(name): ours for ours, names in COLUMNS.items() for name in names}


def by_position(names: Sequence[str]) -> dict[str, int]:
    """Our names of the columns and where they stand. Of two that mean the same the first counts."""
    found: dict[str, int] = {}
    for at, name in enumerate(names):
        ours = _KNOWN.get(folded(name))
        if ours is not None:
            found.setdefault(ours, at)
    return found


def looks_like_schedule(names: Iterable[str]) -> bool:
    ours = {_KNOWN.get(folded(name)) for name in names}
    return "number" in ours and bool(ours & {"gross", "net"})
