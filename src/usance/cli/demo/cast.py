"""Who plays in the demo: a factor, its people, clients and debtors. All of them invented."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from usance.domain.finance import NOTHING, Bracket, Brackets, Charges, DayCount, Interest, Product


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRole:
    name: str
    country: str
    currency: str
    city: str
    postcode: str
    street: str
    language: str
    colour: str
    sells: tuple[str, ...]  # What stands on its invoice lines.
    tax_rate: Decimal  # Per cent of the country's standard rate.
    hands_in: str  # "ubl", "facturx", "cii" or "csv".
    terms_days: int
    advance_rate: Decimal
    fee_rate: Decimal
    recourse_days: int | None
    charges: Charges = NOTHING
    product: Product = Product.SELECTIVE


CLIENTS: tuple[ClientRole, ...] = (
    ClientRole(
        name="Nordhav Seafood AB", country="SE", currency="SEK", city="Göteborg",
        postcode="414 58", street="Fiskhamnen 2", language="sv", colour="#0f4c81",
        sells=("Torskfilé, kyld", "Räkor, kokta", "Lax, hel", "Kyltransport"),
        tax_rate=Decimal(12), hands_in="ubl", terms_days=30, advance_rate=Decimal("0.85"),
        fee_rate=Decimal("0.018"), recourse_days=None,
    ),
    ClientRole(
        name="Kessler Feinblech GmbH", country="DE", currency="EUR", city="Hamburg",
        postcode="20457", street="Hafenstraße 5", language="de", colour="#7a1f2b",
        sells=("Gehäuseteile, gelasert", "Abkantprofile", "Oberflächenveredelung", "Rüstkosten"),
        tax_rate=Decimal(19), hands_in="facturx", terms_days=30, advance_rate=Decimal("0.80"),
        fee_rate=Decimal("0.015"), recourse_days=60,
    ),
    ClientRole(
        name="Lindqvist & Söner AB", country="SE", currency="SEK", city="Uppsala",
        postcode="753 20", street="Kungsängsgatan 17", language="sv", colour="#285943",
        sells=("Elinstallation, arbetstid", "Kabel EKLK 3G2,5", "Belysningsarmatur", "Servicebil"),
        tax_rate=Decimal(25), hands_in="csv", terms_days=20, advance_rate=Decimal("0.80"),
        fee_rate=Decimal("0.02"), recourse_days=45,
    ),
    ClientRole(
        name="Bergwerk Software GmbH", country="AT", currency="EUR", city="Wien",
        postcode="1070", street="Lindengasse 43", language="de", colour="#3d348b",
        sells=("Beratung, Tagessatz", "Wartungsvertrag", "Lizenz, 12 Monate", "Schulung"),
        tax_rate=Decimal(20), hands_in="cii", terms_days=14, advance_rate=Decimal("0.90"),
        fee_rate=Decimal("0.004"), recourse_days=30,
        charges=Charges(interest=Interest(margin=Decimal("0.075"), count=DayCount.ACT_360)),
    ),
    ClientRole(
        name="Saimaa Timber Oy", country="FI", currency="EUR", city="Lappeenranta",
        postcode="53100", street="Satamatie 8", language="en", colour="#5b4636",
        sells=("Sawn pine, C24", "Planed boards", "Glulam beams", "Freight"),
        tax_rate=Decimal("25.5"), hands_in="ubl", terms_days=45, advance_rate=Decimal("0.80"),
        fee_rate=Decimal(0), recourse_days=60,
        charges=Charges(
            brackets=Brackets(steps=(
                Bracket(days=30, rate=Decimal("0.014")), Bracket(days=10, rate=Decimal("0.004")),
            ))
        ),
    ),
    ClientRole(
        name="Ömer Möbelwerkstatt GmbH", country="DE", currency="EUR", city="Köln",
        postcode="50667", street="Am Römerturm 11", language="de", colour="#9a5b13",
        sells=("Einbauschrank nach Maß", "Tischplatte Eiche", "Montage", "Anfahrt"),
        tax_rate=Decimal(19), hands_in="csv", terms_days=21, advance_rate=Decimal("0.80"),
        fee_rate=Decimal("0.006"), recourse_days=90, product=Product.CONFIDENTIAL,
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class DebtorRole:
    name: str
    country: str
    city: str
    postcode: str
    street: str
    language: str
    reached: str  # "email", "letter", "einvoice" or "mailbox"


_SWEDEN = (
    ("Tre Kronor Livs AB", "Sundsvall", "852 30", "Storgatan 10", "einvoice"),
    ("Åre Fjällhotell AB", "Åre", "837 52", "Parkvägen 1", "email"),
    ("Skärgårdens Krog AB", "Vaxholm", "185 32", "Hamngatan 4", "letter"),
    ("Polar Logistik AB", "Kiruna", "981 38", "Malmvägen 22", "email"),
    ("Bostads AB Linden", "Örebro", "702 11", "Drottninggatan 5", "einvoice"),
    ("Vätterns Energi AB", "Jönköping", "553 22", "Strandvägen 9", "email"),
    ("Hantverkshuset i Lund AB", "Lund", "223 50", "Bredgatan 12", "letter"),
    ("Göta Fisk & Vilt AB", "Borås", "503 30", "Österlånggatan 7", "email"),
    ("Malmö Stadsnät AB", "Malmö", "211 20", "Kanalgatan 3", "mailbox"),
    ("Roslagens Bygg AB", "Norrtälje", "761 30", "Stockholmsvägen 41", "email"),
    ("Hälsinge Trä AB", "Hudiksvall", "824 50", "Hamngatan 18", "letter"),
    ("Mälardalens Kök AB", "Västerås", "722 15", "Kopparbergsvägen 2", "email"),
    ("Visby Strandhotell AB", "Visby", "621 58", "Strandgatan 34", "email"),
    ("Kalmar Sjöfart AB", "Kalmar", "392 31", "Ölandskajen 6", "einvoice"),
    ("Dalarnas Vård AB", "Falun", "791 71", "Åsgatan 15", "mailbox"),
    ("Västkustens Delikatesser AB", "Varberg", "432 41", "Norrgatan 20", "email"),
)
_GERMANY = (
    ("Hansa Retail Group GmbH", "Bremen", "28195", "Am Wall 140", "email"),
    ("Kaufmann Maschinenbau AG", "Stuttgart", "70173", "Königstraße 28", "email"),
    ("Bergmann & Söhne KG", "Dortmund", "44137", "Westenhellweg 88", "letter"),
    ("Rheinblick Hotel GmbH", "Koblenz", "56068", "Rheinstraße 2", "email"),
    ("Technik Süd GmbH & Co. KG", "Augsburg", "86150", "Maximilianstraße 40", "einvoice"),
    ("Autohaus Müller GmbH", "Kassel", "34117", "Friedrichsstraße 31", "letter"),
    ("Grün & Partner PartGmbB", "Leipzig", "04109", "Thomaskirchhof 5", "email"),
    ("Elbe Logistik AG", "Dresden", "01067", "Ostra-Allee 11", "email"),
    ("Fränkische Wohnbau eG", "Nürnberg", "90402", "Königstraße 70", "email"),
    ("Nordsee Windpark GmbH", "Emden", "26721", "Am Delft 24", "einvoice"),
    ("Bäckerei Großmann GmbH", "Münster", "48143", "Prinzipalmarkt 19", "letter"),
    ("Saarstahl Handel GmbH", "Saarbrücken", "66111", "Bahnhofstraße 60", "email"),
    ("Schwarzwald Uhren GmbH", "Villingen", "78050", "Niedere Straße 3", "email"),
    ("Weiß Medizintechnik GmbH", "Jena", "07743", "Johannisstraße 14", "email"),
    ("Isar Kälte GmbH", "München", "80331", "Sendlinger Straße 8", "email"),
    ("Harz Brunnen AG", "Goslar", "38640", "Marktstraße 1", "email"),
)
_ELSEWHERE = (
    ("Donau Verlag GmbH", "AT", "Linz", "4020", "Landstraße 12", "de", "email"),
    ("Alpen Sport AG", "AT", "Innsbruck", "6020", "Maria-Theresien-Straße 9", "de", "email"),
    ("Salzkammer Gastro GmbH", "AT", "Gmunden", "4810", "Rathausplatz 1", "de", "letter"),
    ("Grazer Werkzeug GmbH", "AT", "Graz", "8010", "Herrengasse 22", "de", "einvoice"),
    ("Helsingin Rakennus Oy", "FI", "Helsinki", "00100", "Mannerheimintie 14", "fi", "einvoice"),
    ("Tampere Kaluste Oy", "FI", "Tampere", "33100", "Hämeenkatu 7", "fi", "email"),
    ("Oulu Arctic Homes Oy", "FI", "Oulu", "90100", "Kirkkokatu 18", "fi", "email"),
    ("Turku Marine Oy", "FI", "Turku", "20100", "Linnankatu 30", "fi", "email"),
)

DEBTORS: tuple[DebtorRole, ...] = (
    *(
        DebtorRole(name=n, country="SE", city=c, postcode=p, street=s, language="sv", reached=r)
        for n, c, p, s, r in _SWEDEN
    ),
    *(
        DebtorRole(name=n, country="DE", city=c, postcode=p, street=s, language="de", reached=r)
        for n, c, p, s, r in _GERMANY
    ),
    *(
        DebtorRole(name=n, country=k, city=c, postcode=p, street=s, language=spoken, reached=r)
        for n, k, c, p, s, spoken, r in _ELSEWHERE
    ),
)


class Habit(StrEnum):
    """How a debtor pays that does not just send the money when it falls due."""

    DEBIT = "debit"  # It signed a SEPA mandate.
    ONLINE = "online"  # On the page that its letter leads to.
    ADVICE = "advice"  # Several at once, and a mail that says which.


HABITS = {
    "Hansa Retail Group GmbH": Habit.DEBIT,
    "Elbe Logistik AG": Habit.DEBIT,
    "Rheinblick Hotel GmbH": Habit.ONLINE,
    "Harz Brunnen AG": Habit.ONLINE,
    "Kaufmann Maschinenbau AG": Habit.ADVICE,
    "Isar Kälte GmbH": Habit.ADVICE,
}
assert HABITS.keys() <= {one.name for one in DEBTORS}, "they are debtors"

# Name and login of the first client's own user, who sees that client's invoices.
CLIENTS_OWN = ("Ellen Havström", "ellen")

# Name, login, role. Money needs two: finance proposes by rule, Astrid releases.
PEOPLE = (
    ("Anna Berg", "anna", "admin"),
    ("Astrid Lund", "astrid", "finance"),
    ("Jonas Weber", "jonas", "cash"),
    ("Mia Korhonen", "mia", "collection"),
    ("Erik Öberg", "erik", "verification"),
)
