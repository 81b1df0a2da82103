"""The words that senders print above or beside the parties, by whose they are and language."""

from collections.abc import Mapping

# Words of any sentence: they announce a party where they stand in a cell alone.
LONE: Mapping[str, tuple[str, str]] = {"van": ("_seller", "nl")}
PARTIES: Mapping[str, Mapping[str, str]] = {
    "_seller": {
        "sv": "hyresvärd|säljare|leverantör|från|fakturautställare|avsändare",
        "no": "utleier|selger|leverandør|fra|avsender", "da": "udlejer|sælger|leverandør|fra|afsender",
        "fi": "vuokranantaja|myyjä|toimittaja|lähettäjä|laskuttaja",
        "de": "vermieter|verkäufer|lieferant|rechnungssteller|rechnungsaussteller|leistungserbringer"
              "|rechnungsersteller"
              "|absender",
        "fr": "bailleur|vendeur|fournisseur|émetteur|prestataire",
        "nl": "verhuurder|verkoper|leverancier|afzender", "en": "landlord|lessor|seller|supplier|from|vendor|sold by"
              "|issued by",
    },
    "_buyer": {
        "sv": "faktureringsadress|fakturamottagarens adress|hyresgäst|abonnent|köpare|kund|beställare|byggherre|uppdragsgivare|fakturaadress|mottagare|fakturamottagare|faktureras till|faktureras"
              "|till",
        "no": "leietaker|abonnent|kjøper|kunde|byggherre|bestiller|oppdragsgiver|fakturaadresse|mottaker|faktureres til|fakturamottaker|faktura til|til",
        "da": "lejer|abonnent|køber|kunde|bygherre|ordregiver|rekvirent|fakturaadresse|modtager|faktureres til|faktura til|debitor",
        "fi": "vuokralainen|ostaja|asiakas|tilaaja|laskutusosoite|vastaanottaja|laskun saaja|laskutetaan",
        "de": "mieter|leistungsempfängerin|käufer|kunde|bauherr|besteller|mandant|rechnungsempfänger|leistungsempfänger|käufer leistungsempfänger"
              "|rechnungsadresse|rechnung an|auftraggeber|rechnungsanschrift|firma|an",
        "fr": "locataire|abonné|acheteur|client|maître d'ouvrage|maître de l'ouvrage|adressée à|facturée à|adresse de facturation|facturé à|destinataire|adressé à|facturer à",
        "nl": "huurder|koper|klant|opdrachtgever|factuuradres|afnemer|factuur aan|gefactureerd aan|aan",
        "en": "tenant|lessee|buyer|customer|bill to|invoice to|billed to|sold to|billing address|client"
              "|invoiced to"
              "|invoice address|to",
    },
    "_elsewhere": {
        "sv": "leveransadress|godsmottagare|betalningsmottagare", "no": "leveringsadresse",
        "da": "leveringsadresse", "fi": "toimitusosoite",
        "de": "warenempfänger|lieferadresse|lieferanschrift|abweichender warenempfänger"
              "|abweichender rechnungsempfänger|abweichender zahlungsempfänger|lieferung an"
              "|steuerbevollmächtigter|steuervertreter|endempfänger|abweichender lieferant",
        "fr": "adresse de livraison|livré à", "nl": "afleveradres|leveringsadres",
        "en": "delivery address|ship to|deliver to|shipping address|deliver to address|remit to",
    },
    "_name": {
        "sv": "namn|företag", "no": "navn|firma", "da": "navn", "fi": "nimi|yritys",
        "de": "name|firmenname|name firma", "fr": "nom|raison sociale|société", "nl": "naam",
        "en": "name|company|company name",
    },
    "_holder": {
        "sv": "kontoinnehavare|betalningsmottagare|mottagare", "no": "kontoinnehaver",
        "da": "kontohaver", "fi": "saaja|tilinhaltija", "de": "kontoinhaber|kontoname|empfänger",
        "fr": "titulaire|titulaire du compte|bénéficiaire", "nl": "ten name van|tnv|t n v",
        "en": "account name|beneficiary|account holder|payee",
    },
}  # fmt: skip
