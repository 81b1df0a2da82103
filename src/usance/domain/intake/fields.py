"""What a table of invoices tells of each, and what people call it.

English, Swedish, Norwegian, Danish, Finnish, German, French, Dutch. Case, blanks, dots, dashes and
underscores do not count in a heading; å ä ö ü ß é do, and so do their two-letter spellings, which
are listed.
"""

from collections.abc import Iterable, Mapping, Sequence

# Our name of a field: all that its column is called. No heading stands twice.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "number": (
        "number", "facture", "lasku", "factuur", "beleg", "inv", "invoice id",
        "invoice number", "invoice no", "invoice nr", "invoice",
        "document number", "fakturanummer", "fakturanr", "faktura nr", "faktura", "nummer",
        "rechnungsnummer", "rechnungsnr", "rechnung nr", "rechnung", "belegnummer", "belegnr",
        "bilagsnummer", "laskun numero", "laskunro", "numéro de facture", "numero de facture",
        "n° de facture", "n° facture", "factuurnummer", "factuurnr", "document no", "inv no",
        "dokumentnummer",
    ),
    "kind": (
        "kind", "type", "type code", "invoice type", "document type", "typ", "fakturatyp",
        "art", "belegart", "rechnungsart", "laskutyyppi", "type de document", "bilagstype",
        "dokumenttyp",
    ),
    "issued_on": (
        "issue date", "issued on", "issued", "invoice date", "date", "document date",
        "fakturadatum", "datum", "utställningsdatum", "rechnungsdatum", "belegdatum",
        "fakturadato", "dato", "laskun päivä", "laskupäivä", "päiväys", "päivämäärä",
        "date de facture", "date facture", "date d émission", "factuurdatum", "posting date",
        "utstedelsesdato",
    ),
    "due_on": (
        "due date", "due on", "due", "payment due", "payment due date", "förfallodatum",
        "förfallodag", "forfallodatum", "fälligkeitsdatum", "fälligkeit", "fällig am", "fällig",
        "faelligkeit", "faellig am", "faelligkeitsdatum", "forfallsdato", "forfald",
        "forfaldsdato", "forfall", "betalingsfrist", "eräpäivä", "date d échéance",
        "date échéance", "échéance", "vervaldatum", "uiterste betaaldatum", "betaldag",
    ),
    "currency": (
        "currency", "currency code", "ccy", "valuta", "valutakod", "währung", "waehrung",
        "valuutta", "devise", "munt", "valutakode", "monnaie",
    ),
    "net": (
        "net", "net amount", "amount excl vat", "amount excluding vat", "netto", "nettobelopp",
        "belopp exkl moms", "exkl moms", "nettobetrag", "betrag netto", "netto beløp",
        "ekskl mva", "eks mva", "beløp eks mva", "beløp ekskl moms", "ekskl moms", "veroton",
        "veroton summa", "montant ht", "total ht", "bedrag excl btw", "excl btw", "nettobedrag",
        "ex moms", "belopp ex moms", "amount ex vat", "net total", "exkl mwst",
    ),
    "tax": (
        "tax", "vat", "tax amount", "vat amount", "moms", "momsbelopp", "mwst", "ust", "steuer",
        "mwst betrag", "ust betrag", "steuerbetrag", "umsatzsteuer", "mva", "mva beløp",
        "momsbeløp", "alv", "alv määrä", "arvonlisävero", "veron määrä", "tva", "montant tva",
        "btw", "btw bedrag", "mehrwertsteuer",
    ),
    "gross": (
        "gross", "gross amount", "total", "total amount", "amount", "amount incl vat",
        "amount due", "brutto", "bruttobelopp", "belopp", "totalt", "att betala",
        "belopp inkl moms", "summa", "bruttobetrag", "betrag", "gesamtbetrag",
        "rechnungsbetrag", "zahlbetrag", "summe", "beløp", "bruttobeløp", "totalbeløp",
        "å betale", "at betale", "beløp inkl mva", "beløp inkl moms", "i alt", "verollinen",
        "verollinen summa", "laskun summa", "yhteensä", "maksettava", "montant", "montant ttc",
        "total ttc", "net à payer", "bedrag", "totaalbedrag", "te betalen", "bedrag incl btw",
        "brutobedrag", "fakturabelopp", "fakturabeløp", "totalbelopp", "invoice total",
        "invoice amount", "gross total",
    ),
    "credited": (
        "credited number", "credited invoice", "credits", "original invoice", "krediterar",
        "krediterad faktura", "avser faktura", "gutschrift zu", "bezugsrechnung",
        "ursprungsrechnung", "korrigierte rechnung", "krediterer", "kreditert faktura",
        "krediteret faktura", "hyvitettävä lasku", "facture d origine", "gecrediteerde factuur",
        "zu rechnung",
    ),
    "reference": (
        "reference", "payment reference", "remittance", "ocr", "ocr nummer",
        "betalningsreferens", "referens", "verwendungszweck", "referenz", "zahlungsreferenz",
        "kid", "kid nummer", "betalingsreferanse", "betalingsid", "fik", "viitenumero", "viite",
        "maksuviite", "référence de paiement", "référence paiement", "référence",
        "betalingskenmerk", "rf referens", "ocr nr",
    ),
    "order": (
        "order", "order number", "purchase order", "po number", "ordernummer", "beställning",
        "bestellnummer", "bestellung", "auftragsnummer", "ordrenummer", "ordrenr",
        "rekvisisjon", "rekvisition", "tilausnumero", "tilaus", "numéro de commande",
        "commande", "bon de commande", "ordernr", "inkooporder", "inköpsorder", "ert ordernr",
        "kundens ordernr", "bestellnr",
    ),
    "description": (
        "description", "text", "item", "beskrivning", "benämning", "avser", "beschreibung",
        "bezeichnung", "leistung", "artikel", "tekst", "beskrivelse", "kuvaus", "selite",
        "libellé", "désignation", "omschrijving",
    ),
    "note": (
        "note", "notes", "comment", "anteckning", "kommentar", "bemerkung", "notiz", "merknad",
        "bemærkning", "huomautus", "remarque", "opmerking",
    ),
    "seller_name": (
        "seller", "seller name", "supplier", "supplier name", "client", "säljare", "leverantör",
        "klient", "verkäufer", "lieferant", "mandant", "rechnungssteller", "selger", "sælger",
        "leverandør", "myyjä", "toimittaja", "vendeur", "fournisseur", "verkoper",
        "leverancier",
    ),
    "seller_vat_id": (
        "seller vat id", "seller vat", "supplier vat id", "säljarens momsnr",
        "säljare momsregistreringsnummer", "ust id verkäufer", "ust id lieferant",
    ),
    "seller_registration": (
        "seller org number", "seller registration", "säljare orgnr",
        "säljarens organisationsnummer", "handelsregisternummer verkäufer",
    ),
    "debtor_name": (
        "debtor", "debtor name", "customer", "customer name", "buyer", "buyer name", "name",
        "gäldenär", "kund", "kundnamn", "köpare", "namn", "debitor", "schuldner", "kunde",
        "kundenname", "käufer", "firma", "kjøper", "køber", "kundens navn", "kundenavn", "navn",
        "debitornavn", "skyldner", "asiakas", "asiakkaan nimi", "ostaja", "velallinen",
        "nom du client", "nom client", "acheteur", "débiteur", "klant", "klantnaam", "koper",
        "debiteur", "naam", "rechnungsempfänger", "beställare", "mottagare", "sold to",
        "bill to", "bill to name",
    ),
    "debtor_vat_id": (
        "debtor vat id", "debtor vat", "vat id", "vat number", "vat no", "customer vat id",
        "buyer vat id", "momsregistreringsnummer", "momsregnr", "momsnr", "vat nr", "ust id",
        "ust idnr", "umsatzsteuer id", "kunde ust id", "vat reg no", "kundens vat nr",
        "vat nummer", "n° tva", "numéro de tva", "tva intracommunautaire", "btw nummer",
        "btw nr", "alv numero", "alv tunniste",
    ),
    "debtor_registration": (
        "debtor org number", "debtor registration", "org number", "org no",
        "registration number", "company number", "customer org number", "organisationsnummer",
        "orgnr", "org nr", "kundens orgnr", "handelsregisternummer", "hrb", "registernummer",
        "organisasjonsnummer", "orgnummer", "cvr", "cvr nr", "cvr nummer", "y tunnus", "siren",
        "siret", "kvk", "kvk nummer", "person organisationsnr",
    ),
    "debtor_email": (
        "email", "e mail", "debtor email", "customer email", "epost", "e post", "mejl",
        "e mail adresse", "mail", "e postadresse", "e postadress", "sähköposti", "courriel",
        "adresse e mail", "e mailadres", "mailadress",
    ),
    "debtor_street": (
        "street", "address", "debtor street", "debtor address", "gata", "gatuadress", "adress",
        "straße", "strasse", "anschrift", "adresse", "gateadresse", "vej", "katuosoite",
        "osoite", "rue", "straat", "utdelningsadress", "straße und hausnummer",
    ),
    "debtor_postcode": (
        "postcode", "post code", "postal code", "zip", "zip code", "debtor postcode",
        "postnummer", "postnr", "plz", "postleitzahl", "postinumero", "code postal",
    ),
    "debtor_city": (
        "city", "town", "debtor city", "ort", "stad", "postort", "stadt", "poststed",
        "postitoimipaikka", "kaupunki", "ville", "plaats",
    ),
    "debtor_country": (
        "country", "country code", "debtor country", "land", "landskod", "ländercode",
        "landkod", "landkode", "maa", "maakoodi", "pays", "code pays", "landcode",
    ),
    "debtor_number": (
        "kundnummer", "kundnr", "kundenummer", "kundennummer", "kundennr", "customer number",
        "customer no", "customer id", "debitornummer", "debitornr", "debitorennummer",
        "debtor number", "asiakasnumero", "asiakasnro", "numéro client", "code client",
        "klantnummer", "klantnr", "debiteurnummer",
    ),
    "account": (
        "iban", "bank account", "bankkonto", "tilinumero", "rekeningnummer", "betalningskonto",
    ),
}  # fmt: skip
DAYS = frozenset({"issued_on", "due_on"})
AMOUNTS = frozenset({"net", "tax", "gross"})
# Headings that mean another thing in another language: in a French table the client is who buys.
ELSEWHERE: Mapping[str, Mapping[str, str]] = {"fr": {"client": "debtor_name"}}
_TELLS: Mapping[str, tuple[str, ...]] = {"fr": ("facture", "échéance", "montant", "devise")}


def folded(name: str) -> str:
    """A heading without case and punctuation."""
    return "".join(ch for ch in name.casefold() if ch.isalnum())


KNOWN: Mapping[str, str] = {folded(name): ours for ours, names in FIELDS.items() for name in names}


def known(names: Sequence[str]) -> tuple[str, ...]:
    """For each heading the field that it names in so many words; empty where none."""
    elsewhere = ELSEWHERE.get(_language(names), {})
    keys = [folded(name) for name in names]
    return tuple(elsewhere.get(key) or KNOWN.get(key, "") for key in keys)


def _language(names: Iterable[str]) -> str:
    keys = [folded(name) for name in names]
    for language, words in _TELLS.items():
        if any(folded(word) in key for word in words for key in keys):
            return language
    return ""
