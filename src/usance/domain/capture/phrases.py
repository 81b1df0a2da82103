"""The words that senders print beside a value, by field and language: data, no rules.

A phrase counts without blanks, signs and accents. "~" before a phrase: it is printed beside other
values as well and weighs less. Fields with a leading "_" are none of ours: they are known so that
their values are not taken for something else.
"""

from collections.abc import Mapping

from .phrases_of_parties import PARTIES

PHRASES: Mapping[str, Mapping[str, str]] = {
    **PARTIES,
    "number": {
        "sv": "fakturanummer|fakturanr|faktura nr|faktura nummer|~fakturans nr|kreditfaktura nr"
              "|kreditnota nr|~verifikationsnummer|~vårt fakturanr|räkningsnummer|avinummer|avinr|räkning nr|räkningsnr",
        "no": "fakturanummer|fakturanr|faktura nr|kreditnotanummer|kreditnota nr|regningsnummer",
        "da": "fakturanummer|fakturanr|faktura nr|kreditnotanr|kreditnota nr|regningsnr|kreditnotanummer",
        "fi": "laskun numero|laskunumero|lasku nro|laskun nro|lasku numero|laskunro"
              "|hyvityslaskun numero",
        "de": "rechnungsnummer|rechnungsnr|rechn nr|rechn nummer|rechnungsnummer datum"
              "|rechnungsnr datum|rechnung nr datum|~nummer datum|rechnung nr|rechnung nummer|rechnungs nr|rgnr|rg nr"
              "|re nr|belegnummer|belegnr|~beleg nr|gutschriftsnummer|gutschrift nr|~dokumentnummer"
              "|~dokument nr|rechnungsnummer nr|storno nr|rechnungs nummer|honorarnote nr|kostennote nr",
        "fr": "facture n|facture no|numéro de facture|numéro facture|n de facture|no de facture"
              "|n facture|no facture|facture numéro|~numéro|avoir n|n avoir|numéro d'avoir|facture n°",
        "nl": "factuurnummer|factuurnr|factuur nr|factuur nummer|creditnotanummer|~nota nummer"
              "|~nummer|declaratienummer|declaratie nr|notanummer|nota nr|creditfactuurnummer",
        "en": "invoice number|invoice no|invoice nr|invoice num|invoice id|inv no|invoice"
              " reference|tax invoice no|credit note no|credit note number|~document number"
              "|~document no|~bill number|~bill no|invoice n|invoice ref|fee note no|fee note number",
    },
    "issued_on": {
        "sv": "fakturadatum|faktura datum|~datum|utfärdad|utställd|dokumentdatum|räkningsdatum|avidatum|kreditdatum"
              "|kreditfakturadatum|kreditnotadatum",
        "no": "regningsdato|fakturadato|faktura dato|bilagsdato|~dato|utstedt|kreditnotadato|kreditnota dato",
        "da": "regningsdato|fakturadato|faktura dato|bilagsdato|~dato|udstedt|udstedelsesdato|kreditnotadato",
        "fi": "laskun päiväys|laskun päivämäärä|laskun pvm|laskupvm|laskupäivä|laskutuspäivä"
              "|~päiväys|~päivämäärä|~pvm|päivä",
        "de": "rechnungsdatum|rechnungs datum|rechnungsnummer datum|rechnungsnr datum"
              "|rechnung nr datum|~nummer datum|belegdatum|~beleg datum|~datum|rechnung vom"
              "|ausstellungsdatum|ausgestellt am|datum der rechnung|gutschriftsdatum|rgdatum"
              "|~druckdatum|rechnungsdat",
        "fr": "date de facture|date de facturation|date facture|date d'émission|~date|émise le"
              "|date de la facture|date d'avoir|facture du|date avoir|date de l'avoir",
        "nl": "factuurdatum|factuur datum|~datum|creditnotadatum|declaratiedatum|notadatum",
        "en": "invoice date|invoice tax date|date of invoice|date of issue|issue date|issued on|issued|~date"
              "|invoice dated|tax point|tax point date|credit note date|~document date|~bill date",
    },
    "due_on": {
        "sv": "förfallodatum|förfallodag|förfaller|förfaller den|betalas senast|sista"
              " betalningsdag|oss tillhanda senast|oss tillhanda|betala senast|att betala senast",
        "no": "forfallsdato|forfall|betalingsfrist|betales innen|forfaller",
        "da": "forfaldsdato|forfaldsdag|forfald|betalingsfrist|betales senest|betal senest"
              "|sidste rettidige betalingsdato|sidste rettidige betaling|rettidig betaling",
        "fi": "eräpäivä|eräpvm|maksettava viimeistään|maksupäivä",
        "de": "fälligkeit|fälligkeitsdatum|fällig am|fällig|zahlbar bis|zahlungsziel|zahlung bis"
              "|zu zahlen bis|bitte überweisen sie bis zum|netto bis|zahlbar bis zum|fällig bis"
              "|bitte zahlen sie bis|~bis zum|fällig zum|spätestens am|bis spätestens"
              "|~tagen netto bis"
              "|netto zahlbar bis",
        "fr": "à payer au|montant à payer au|à régler au|à payer le|à régler le|date d'échéance|échéance|~avant le|date échéance|à payer avant le|payable le|payable avant le"
              "|date limite de paiement|à régler avant le|échéance le|date de règlement",
        "nl": "te voldoen voor|te voldoen vóór|voldoen voor|uiterlijk te betalen op|te betalen vóór|vervaldatum|vervaldag|te betalen voor|betalen voor|uiterste betaaldatum|betaaldatum",
        "en": "due date|payment due|payment due date|due on|due by|pay by|payable by|date due"
              "|payment due by|if paid by|please pay by|~due|to be paid by|payment date due|remit until"
              "|payable until"
              "|please remit until|pay until|please transfer until|please pay until|pay before",
    },
    "_delivered_on": {
        "sv": "leveransdatum|levererad|orderdatum|utskriftsdatum",
        "no": "leveringsdato|ordredato|levert dato|fakturaens dato|opprinnelig fakturadato",
        "da": "leveringsdato|ordredato",
        "fi": "toimituspäivä|tilauspäivä|toimituspvm",
        "de": "anreise|abreise|abrechnungszeitraum vom|lieferzeitraum|lieferdatum|leistungsdatum|liefer und leistungsdatum|bestelldatum|auftragsdatum"
              "|lieferscheindatum|leistungs datum|bestell datum|lieferschein datum|vertragsdatum"
              "|vertrags datum|abrechnungszeitraum|leistungszeitraum|auftrag datum lief"
              "|lieferung vom"
              "|bestellung vom|liefertermin|auftragsnummer datum|auftragsnr datum|lieferscheinnr datum"
              "|lieferscheinnummer datum|bestellnummer datum|lieferschein vom|auftrag vom|skonto bis|tagen bis",
        "fr": "date de livraison|date de commande|date livraison|date commande",
        "nl": "leverdatum|orderdatum|besteldatum",
        "en": "check in|check out|arrival|departure|delivery date|date of delivery|order date|date of supply|ship date|print date"
              "|shipped on|delivered on",
    },
    "currency": {
        "sv": "valuta|fakturavaluta|belopp i", "no": "valuta|fakturavaluta|beløp i",
        "da": "valuta|fakturavaluta|beløb i", "fi": "valuutta|laskutusvaluutta",
        "de": "währung|rechnungswährung|beträge in",
        "fr": "devise|monnaie|devise de facturation|montants en",
        "nl": "valuta|munt|factuurvaluta|bedragen in", "en": "currency|invoice currency|amounts in",
    },
    "net": {
        "sv": "netto|summa exkl moms|summa exklusive moms|belopp exkl moms|total exkl moms"
              "|nettobelopp"
              "|summa netto|totalt exkl moms|belopp före moms|summa före moms|momsunderlag"
              "|delsumma|~exkl moms|~netto sek|att betala exkl moms|belopp exklusive moms"
              "|summa ex moms|totalt netto|fakturabelopp exkl moms",
        "no": "netto|sum eks mva|sum ekskl mva|beløp eks mva|nettobeløp|sum netto|total eks mva"
              "|delsum|mva grunnlag|grunnlag mva|beløp uten mva|sum uten mva|totalt eks mva"
              "|sum før mva|netto beløp",
        "da": "netto|netto beløb|nettobeløb|beløb ekskl moms|i alt ekskl moms|subtotal"
              "|total ekskl moms"
              "|momsgrundlag|sum ekskl moms|i alt uden moms|beløb uden moms|momspligtigt beløb"
              "|total uden moms|i alt før moms",
        "fi": "veroton|yhteensä ilman alv|veroton summa|netto|nettosumma|veroton yhteensä"
              "|verottomat yhteensä|summa ilman alv|yhteensä alv 0|veron peruste|välisumma"
              "|yhteensä veroton|veroton hinta yhteensä|verollinen peruste",
        "de": "nettobetrag|netto|summe netto|nettosumme|gesamt netto|rechnungssumme ohne ust"
              "|gesamtbetrag netto|netto gesamt|zwischensumme|total netto|warenwert netto"
              "|rechnungsbetrag netto|summe ohne ust|summe ohne mwst|netto betrag"
              "|~zwischensumme netto"
              "|gesamtsumme netto|steuerbasisbetrag|~warenwert|summe nettobeträge|~basisbetrag"
              "|gesamtnettobetrag|rechnungssumme netto|entgelt netto|betrag netto|~positionssumme"
              "|nettorechnungsbetrag|total before tax|~bemessungsgrundlage",
        "fr": "total ht|montant ht|montant de la situation ht|montant des travaux ht|total des travaux ht|total hors taxes|montant total ht|sous total ht|net ht"
              "|total net ht"
              "|sous total|total hors tva|montant hors taxes|base ht|~base|montant net ht"
              "|~total net",
        "nl": "subtotaal|totaal excl btw|totaal exclusief btw|netto|bedrag excl btw|totaal ex btw"
              "|nettobedrag|grondslag|maatstaf van heffing|bedrag exclusief btw|totaal netto",
        "en": "net total|subtotal|sub total|total net|net amount|net|total excl vat|total excluding"
              " vat|total before tax|total without vat|amount excl vat|total ex vat"
              "|total net amount"
              "|net invoice amount|taxable amount|total exclusive of vat|tax exclusive amount"
              "|amount before tax|invoice total excl vat|total excluding tax|untaxed amount",
    },
    "tax": {
        "sv": "moms|momsbelopp|summa moms|varav moms|moms totalt|total moms|mervärdesskatt|moms kr"
              "|totalt moms|moms sek",
        "no": "mva|mva beløp|sum mva|merverdiavgift|herav mva|total mva|mva totalt",
        "da": "moms|momsbeløb|heraf moms|moms i alt|moms udgør|samlet moms",
        "fi": "alv|alv yhteensä|arvonlisävero|veron määrä|vero|vero yhteensä|alv määrä|alv summa"
              "|arvonlisäverot yhteensä|verot yhteensä|arvonlisävero yhteensä",
        "de": "steuerbetrag|mwst|ust|umsatzsteuer|mehrwertsteuer|zuzügl ust|zzgl mwst|zzgl ust"
              "|mwst betrag|ust betrag|ust gesamt|umsatzsteuer gesamt|summe ust|summe mwst"
              "|enthaltene mwst|steuer|gesamt mwst|zuzüglich umsatzsteuer|zuzüglich mwst|~inkl mwst"
              "|steuerbetrag in eur|gesamt ust|umsatzsteuerbetrag|summe umsatzsteuer|zzgl"
              "|mehrwertsteuer gesamt|steuer gesamt|total tax|summe steuern|zzgl umsatzsteuer"
              "|gesamtbetrag steuer|zuzügl mwst|steuersumme|summe steuer|ausgangssteuer",
        "fr": "total tva|tva|montant tva|total taxes|montant de la tva|total de la tva|dont tva"
              "|montant total tva|taxes|total des taxes",
        "nl": "btw|btw bedrag|totaal btw|bedrag btw|btw totaal",
        "en": "standard rate|reduced rate|vat standard rate|vat reduced rate|vat|tax|vat amount|total vat|tax total|total tax|sales tax|vat total|tax amount"
              "|total vat amount|value added tax|plus vat",
    },
    "gross": {
        "sv": "totalt|summa|total|totalsumma|summa inkl moms|total inkl moms|belopp inkl moms"
              "|totalbelopp|fakturabelopp|totalt inkl moms|fakturasumma|summa totalt|brutto"
              "|summa att betala|totalt belopp|belopp inklusive moms|summa inklusive moms",
        "no": "totalt|total|sum|sum inkl mva|totalbeløp|total inkl mva|fakturabeløp|totalsum|brutto"
              "|beløp inkl mva|sum totalt|totalt inkl mva|sum ink mva|bruttobeløp",
        "da": "i alt|total|total inkl moms|i alt inkl moms|totalbeløb|fakturabeløb|beløb inkl moms"
              "|fakturatotal|samlet beløb|bruttobeløb|brutto|beløb i alt|fakturabeløb i alt",
        "fi": "yhteensä|summa|verollinen yhteensä|loppusumma|laskun loppusumma|laskun summa"
              "|yhteensä sis alv|kokonaissumma|verollinen summa|brutto|laskun yhteissumma"
              "|yhteissumma|verollinen|bruttosumma",
        "de": "bruttobetrag|brutto|gesamtbetrag|gesamtsumme|gesamt|bruttosumme|rechnungsbetrag"
              "|summe|endbetrag|endsumme|gesamt brutto|summe brutto|rechnungssumme|total"
              "|summe inkl ust|summe inkl mwst|gesamtbetrag brutto|rechnungsbetrag brutto"
              "|brutto betrag"
              "|rechnungsendbetrag|gesamtbetrag inkl mwst|gesamtbetrag inkl ust|gesamtsumme brutto"
              "|betrag inkl mwst|total amount|rechnungsgesamtbetrag|total brutto"
              "|bruttorechnungsbetrag"
              "|rechnungssumme mit ust|rechnungssumme brutto|betrag brutto|gesamtrechnungsbetrag",
        "fr": "total ttc|montant ttc|total|montant total|montant total ttc|total toutes taxes"
              "|total facture|total général|net ttc|total général ttc",
        "nl": "totaal|totaal incl btw|totaalbedrag|totaal inclusief btw|factuurbedrag|totaal bedrag"
              "|bedrag incl btw|eindtotaal|bruto",
        "en": "total|grand total|total incl vat|total including vat|invoice total|total amount"
              "|total gross|gross total|gross amount|gross|amount incl vat|total inclusive of vat"
              "|invoice amount|total with vat|tax inclusive amount|total incl tax"
              "|total invoice amount"
              "|amount total|total due|total including tax",
    },
    "payable": {
        "sv": "att betala|summa att betala|belopp att betala|kvar att betala|att erhålla|att få tillbaka|att betala sek"
              "|totalt att betala|restbelopp|kvarstår att betala|att betala kr",
        "no": "å betale|beløp å betale|til betaling|sum å betale|skyldig beløp|totalt å betale"
              "|utestående",
        "da": "at betale|beløb til betaling|til betaling|beløb at betale|skyldigt beløb|restbeløb|rest til betaling"
              "|i alt at betale|skyldig beløb|til gode",
        "fi": "maksettava|maksettavaa|maksettava yhteensä|maksettavaa yhteensä|maksettava määrä"
              "|avoinna|maksettava summa",
        "de": "nachzahlung|nachzahlungsbetrag|nachforderung|zahlbetrag|zu zahlen|zu zahlender betrag|offener betrag|restbetrag|fälliger betrag"
              "|zahlungsbetrag|noch zu zahlen|forderungsbetrag|überweisungsbetrag|offen"
              "|restforderung"
              "|auszahlungsbetrag|zu überweisen|zu überweisender betrag|auszuzahlender betrag|verbleibender betrag|verbleiben|verbleibt|restzahlung|zu zahlender rechnungsbetrag",
        "fr": "montant à payer au|à payer au|net à payer|à payer|solde à régler|net à régler|reste à régler|net à déduire|montant à régler|montant à payer|reste à payer|solde|total à payer|montant dû"
              "|solde dû|restant dû|reste dû|solde à payer",
        "nl": "te betalen|te betalen bedrag|openstaand|openstaand bedrag|nog te betalen|te voldoen"
              "|totaal te betalen",
        "en": "amount due|balance due|amount payable|total due|total payable|to pay|balance"
              "|amount to pay|residual|outstanding|please pay|total to pay|payable|amount owing"
              "|due for payment|amount outstanding",
    },
    "_prepaid": {  # And what is retained: neither is due now.
        "sv": "förskott|redan betalt|erhållen betalning|betalt|innehållet|innehållna medel|innehållet belopp"
              "|avgår förskott|tidigare fakturerat|avräknas a conto",
        "no": "forskudd|betalt|innestående|tilbakeholdt|tidligere fakturert|a konto fakturert",
        "da": "forudbetalt|betalt|forudbetaling|acontofaktura|a conto betalt|tidligere faktureret|tilbageholdt",
        "fi": "ennakko|maksettu|ennakkomaksu|pidätys|vakuuspidätys|aiemmin laskutettu",
        "de": "abzüglich gezahlter abschläge|gezahlte abschläge|geleistete abschläge|erhaltene anzahlungen|anzahlung|anzahlungen|bereits gezahlt|abzüglich anzahlung"
              "|bereits bezahlt|erhaltene zahlungen|vorauszahlung|abschlagszahlungen"
              "|abschlagszahlung|summe abschläge|summe abschlagszahlungen|vorschuss"
              "|gezahlter vorschuss|geleistete zahlungen|bisherige zahlungen"
              "|gezahlt|geleistete anzahlungen|sicherheitseinbehalt|gewährleistungseinbehalt|einbehalt",
        "fr": "acompte|acomptes|déjà réglé|déjà payé|acompte versé|retenue de garantie|avance|acomptes versés"
              "|acompte reçu|acompte déjà versé",
        "nl": "vooruitbetaald|betaald|voorschot|af voorschot|reeds betaald|reeds gefactureerd|inhouding|aanbetaling",
        "en": "prepaid|paid|amount paid|advance payment|deposit|already paid|less paid|retention|less retention"
              "|less deposit|deposit received|applied balance|less cis deduction|cis deduction|payment received"
              "|payments received|less payments|advance received|previously invoiced",
    },
    "_rounding": {
        "sv": "öresavr|öresutj|öresavrundning|öresutjämning|avrundning", "no": "øreavrunding|avrunding",
        "da": "øreafrunding|afrunding", "fi": "pyöristys", "de": "rundung|rundungsbetrag",
        "fr": "arrondi", "nl": "afronding", "en": "rounding",
    },
    "_discount": {
        "sv": "rabatt", "no": "rabatt", "da": "rabat", "fi": "alennus",
        "de": "rabatt|gesamtbetrag der zuschläge|gesamtbetrag der abschläge|skonto|skontobetrag"
              "|abschläge|zuschläge|versandkosten|frachtkosten|bruttopreis|einzelpreis|nettopreis",
        "fr": "remise|frais de port|prix unitaire", "nl": "korting|verzendkosten",
        "en": "discount|shipping|unit price|freight|allowances|charges",
    },
    "vat_id": {
        "sv": "momsregnr|moms reg nr|momsreg nr|vat nr|momsregistreringsnummer|vatnr|momsnr|moms nr"
              "|momsregistreringsnr|vat nummer|eu moms nr",
        "no": "mva nr|mva nummer|vat nr", "da": "moms nr|momsnr|se nr|vat nr|momsnummer|cvr momsnr",
        "fi": "alv nro|alv tunnus|alv tunnisteenne|alv numero|vat nro|alv rek|alv tunniste",
        "de": "ust id|ust idnr|ust id nr|ustid|ust identnummer|umsatzsteuer id|umsatzsteuer identnr"
              "|umsatzsteuer identifikationsnummer|vat id|ust ident nr|umsatzsteuer idnr|uid|uid nr"
              "|uid nummer|umsatzsteuerid|ustidnr|umsatzsteueridnr|ust id no"
              "|ust identifikationsnummer",
        "fr": "n tva|numéro de tva|no tva|tva intracommunautaire|n tva intracommunautaire|tva intra"
              "|numéro tva|n de tva|id tva|n tva client|tva client|tva",
        "nl": "btw nummer|btw nr|btw id|btw identificatienummer|btwnr",
        "en": "vat number|vat no|vat id|vat reg no|vat registration number|vat registration no"
              "|vat reg|customer vat number|customer vat|tax id|vat identification number|vat",
    },
    "org_number": {
        "sv": "organisationsnummer|orgnr|org nr|org nummer|organisationsnr",
        "no": "organisasjonsnummer|orgnr|org nr|foretaksregisteret|foretaksnummer|org no",
        "da": "cvr|cvr nr|cvr nummer|cvrnr", "fi": "y tunnus|ytunnus|ly tunnus",
        "de": "hrb|handelsregister|hrb nr|handelsregisternummer|registernummer|hra"
              "|firmenbuchnummer|fn",
        "fr": "siret|siren|rcs|n siret|no siret|n siren|siret n",
        "nl": "kvk|kvk nummer|kvk nr|kvknr|kamer van koophandel",
        "en": "company number|company no|registration number|company reg no|reg no"
              "|registered number"
              "|company registration number|company id|business id|organisation number"
              "|registration no",
    },
    "tax_number": {
        "de": "steuernummer|steuer nr|st nr|steuernr|stnr|steuer nummer|steuer no",
        "en": "tax number|tax no", "da": "~skattenummer", "sv": "~skattenummer",
    },
    "iban": {"en": "iban|iban no|iban number|iban nr", "de": "iban|konto|bankverbindung"
              "|kontonummer",
             "sv": "iban", "fi": "iban|tilinumero|tili", "fr": "iban|rib", "nl": "iban"
              "|rekeningnummer",
             "no": "iban", "da": "iban"},
    "bic": {"en": "bic|swift|bic swift|swift bic|swift code|bic code|verkäufer bic", "sv": "bic"},
    "bankgiro": {"sv": "bankgiro|bg|bankgironr|bankgironummer|bg nr|bankgiro nr|bankgirot"},
    "plusgiro": {"sv": "plusgiro|pg|postgiro|plusgironr|plusgironummer|pg nr|plusgiro nr"},
    "account_no": {"no": "til konto|konto|kontonummer|kontonr|bankkonto|konto nr|bankkontonummer"
              "|betales til konto"},
    "payment_reference": {
        "sv": "ocr|ocr nummer|ocrnummer|ocr nr|betalningsreferens|ocrnr|referensnummer ocr|ange ocr"
              "|ocr referens|meddelande ocr|betalreferens",
        "no": "kid|kid nummer|kidnummer|kid nr|betalingsreferanse",
        "da": "betalings id|betalingsid|betalingsreference|fi kreditor|kortart|betalingsident",
        "fi": "viitenumero|viite|viitenro|maksuviite|viite nro",
        "de": "verwendungszweck|zahlungsreferenz|rf referenz|referenznummer zahlung|zahlungszweck"
              "|kassenzeichen|buchungszeichen|bitte geben sie an|überweisungszweck"
              "|referenz bitte bei zahlung angeben|bitte bei zahlung angeben",
        "fr": "référence de paiement|référence à rappeler|référence paiement|communication"
              "|référence virement",
        "nl": "betalingskenmerk|betaalkenmerk|betalingsreferentie|gestructureerde mededeling"
              "|mededeling",
        "en": "payment reference|payment ref|remittance reference|please quote|rf reference"
              "|reference for payment|payment id|creditor reference",
    },
    "order_number": {
        "sv": "ordernummer|ordernr|order nr|ert ordernr|er order|er beställning|beställning"
              "|ert beställningsnr|beställningsnummer|inköpsorder"
              "|ert ordernummer|rekvisition|rekvisitionsnr|inköpsordernummer",
        "no": "ordrenummer|ordrenr|ordre nr|bestillingsnummer|deres bestilling|bestilling"
              "|bestillingsnr|deres ordrenr|innkjøpsordre|deres ordre"
              "|rekvisisjonsnr",
        "da": "ordrenummer|ordrenr|ordre nr|rekvisitionsnr|deres ordre|indkøbsordre|rekvisition"
              "|købsordre|ordre|indkøbsordrenr",
        "fi": "tilausnumero|tilausnro|tilaus nro|tilauksen numero|ostotilaus|tilaus"
              "|ostotilausnumero|tilauksenne|tilausnumeronne",
        "de": "bestellnummer|bestellnr|bestell nr|bestellung|bestellung nr"
              "|auftragsnummer des kunden"
              "|ihre bestellung|ihre bestellnummer|bestellung nr kunde|ihre bestellnr"
              "|bestellnummer kunde"
              "|kundenbestellnummer|ihr auftrag|ihre auftragsnr|bestellreferenz|ihre bestellung nr",
        "fr": "numéro de commande|commande n|bon de commande|n commande|votre commande"
              "|no de commande"
              "|n de commande|réf commande|commande|~votre référence|référence commande",
        "nl": "ordernummer|bestelnummer|uw ordernummer|inkoopordernummer|uw order|uw bestelling"
              "|inkooporder|bestelbon",
        "en": "order number|order no|purchase order|po number|po no|po|your order|customer order"
              "|p o number|purchase order number|your order no|customer po|purchase order no"
              "|order ref"
              "|order reference|your po|~your reference",
    },
    "_other_number": {
        "sv": "kundnummer|kundnr|följesedel|följesedelsnr|vår order|projektnr|kund nr|avtalsnr"
              "|artikelnr|säljare id|telefon|tel",
        "no": "kundenummer|kundenr|pakkseddel|prosjektnr|telefon|tlf|vår ordre|kunde nr",
        "da": "kundenummer|kundenr|følgeseddel|telefon|tlf|debitornr|kunde nr|vor ordre",
        "fi": "asiakasnumero|asiakasnro|asiakas nro|lähete|puhelin|puh|asiakkaan numero",
        "de": "kundennummer|kundennr|kunden nr|kunden nummer|lieferscheinnr|lieferschein nr"
              "|lieferschein"
              "|lieferscheinnummer|auftragsnummer|auftragsnr|auftrag nr|vertrag|vertrags nr"
              "|vertragsnummer"
              "|telefon|tel|telefax|fax|mobil|globale nummer|gln|lief nr|lieferantennummer"
              "|nummer datum"
              "|ihre nummer|projekt|projektnummer|referenz des käufers|weitere referenz|zählpunkt"
              "|personalnummer|personalnr|auftrag nr lief|kostenstelle|art nr lieferant|gtin|ean"
              "|artikelnummer|debitorennummer|leitweg id|bearbeiter|lieferscheinnr datum|kontonr"
              "|blz"
              "|bankleitzahl|glaeubiger id|gläubiger id|mandatsreferenz|sepa mandat|weee reg nr"
              "|wee reg nr|vorgangsnummer|ursprungsbeleg|ursprüngliche rechnung|originalrechnung"
              "|zu rechnung|bezug rechnung|rechnungsreferenz|vorausgegangene rechnung"
              "|vorangegangene rechnung|referenzierte rechnung|storno zu rechnung|ihr zeichen",
        "fr": "numéro client|n client|code client|bon de livraison|téléphone|tél|réf marché|contrat"
              "|facture liée|facture d'origine|ape|client n",
        "nl": "klantnummer|klantnr|debiteurnummer|pakbon|telefoon|tel|klant nr",
        "en": "customer number|customer no|customer id|account number|account no|delivery note"
              "|delivery note no|phone|telephone|fax|project|contract|agreement ref|customer code"
              "|original invoice|related invoice|sort code|job no|your ref|our ref|client id"
              "|account ref|item no|customer ref|preceding invoice|original invoice number",
    },
    "terms": {
        "sv": "betalningsvillkor|betalvillkor", "no": "betalingsbetingelser|betalingsvilkår",
        "da": "betalingsbetingelser|betalingsvilkår|betalingsbetingelse", "fi": "maksuehto"
              "|maksuehdot",
        "de": "zahlungsbedingungen|zahlungsbedingung|zahlungskonditionen|zahlungsvereinbarung",
        "fr": "conditions de paiement|conditions de règlement|modalités de paiement",
        "nl": "betalingsvoorwaarden|betalingscondities|betaaltermijn|betalingstermijn",
        "en": "payment terms|terms of payment|terms",
    },
}  # fmt: skip
