"""Invoices as bookkeeping programs print them, with their truth: `python -m bench.layouts`.

Own writers, four manners of laying out a page in six languages with the words that programs there
print. Chance with a fixed seed chooses words, amounts, rates, ways to write dates and numbers, and
what is left out. They show where the rules end on papers that nobody tuned them to; they are no
replacement for real ones.
"""

import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from usance.domain import capture
from usance.domain.capture.reading import Box, Page, Word

from .reading import AMOUNTS, SURE, scored, table

EACH = 40  # Papers of a language and a manner.
# Language: its words, alternatives parted by "|"; ways to write a date; separators of amounts.
WORDS = {
    "sv": {
        "title": "Faktura|FAKTURA",
        "number": "Fakturanummer|Fakturanr|Faktura nr",
        "issued": "Fakturadatum|Datum|Fakt.datum",
        "due": "Förfallodatum|Förfallodag|Oss tillhanda senast",
        "net": "Netto|Exkl. moms|Summa exkl. moms",
        "tax": "Moms|Moms {rate}%|Momsbelopp",
        "gross": "Att betala|ATT BETALA SEK|Summa att betala",
        "ours": "Vår referens",
        "yours": "Er referens",
        "terms": "Betalningsvillkor",
        "days": "dagar netto",
        "reference": "OCR-nummer|OCR|Betalningsreferens",
        "registration": "Org.nr|Organisationsnr",
        "vat": "Momsreg.nr|VAT-nr",
        "buyer": "Fakturaadress|Kund|Köpare",
        "heads": "Beskrivning;Antal;À-pris;Belopp|Artikel;Benämning;Antal;Enhet;Pris;Summa",
        "goods": "Konsultarbete|Frakt|Kontorsstol|Licens per år",
        "unit": "st|tim",
    },
    "no": {
        "title": "Faktura|FAKTURA",
        "number": "Fakturanr.|Fakturanummer|Faktura nr",
        "issued": "Fakturadato|Dato",
        "due": "Forfallsdato|Forfall|Betalingsfrist",
        "net": "Netto|Sum eks. mva|Nettobeløp|Beløp eks. mva.",
        "tax": "MVA|Mva {rate}%|Sum mva|Merverdiavgift",
        "gross": "Å betale|Sum å betale|Totalt å betale NOK|Beløp å betale",
        "ours": "Vår ref.",
        "yours": "Deres ref.",
        "terms": "Betalingsbetingelser",
        "days": "dager netto",
        "reference": "KID|KID-nummer",
        "registration": "Org.nr.|Foretaksregisteret",
        "vat": "Org.nr.",
        "buyer": "Faktura til|Kunde|Fakturamottaker",
        "heads": "Beskrivelse;Antall;Enhetspris;Beløp|Varenr;Tekst;Antall;Enhet;Pris;Sum",
        "goods": "Konsulentbistand|Frakt|Kontorstol|Lisens pr. år",
        "unit": "stk|timer",
    },
    "da": {
        "title": "Faktura|FAKTURA",
        "number": "Fakturanr.|Fakturanummer|Faktura nr.",
        "issued": "Fakturadato|Dato",
        "due": "Forfaldsdato|Forfald|Betalingsfrist|Sidste rettidige betaling",
        "net": "Subtotal|Beløb ekskl. moms|Netto|I alt ekskl. moms",
        "tax": "Moms ({rate}%)|Moms|{rate}% moms",
        "gross": "Total DKK|I alt DKK inkl. moms|At betale|Total inkl. moms",
        "ours": "Vor ref.",
        "yours": "Deres ref.",
        "terms": "Betalingsbetingelser",
        "days": "dage netto",
        "reference": "Betalings-ID|Betalingsreference",
        "registration": "CVR-nr.|CVR",
        "vat": "SE-nr.|Momsnr.",
        "buyer": "Kunde|Faktureres til|Modtager",
        "heads": "Beskrivelse;Antal;Pris;Beløb|Varenr.;Beskrivelse;Antal;Enhed;Enhedspris;Pris",
        "goods": "Konsulenttimer|Fragt|Kontorstol|Licens pr. år",
        "unit": "stk.|timer",
    },
    "fi": {
        "title": "Lasku|LASKU",
        "number": "Laskun numero|Laskunumero|Lasku nro",
        "issued": "Laskun päiväys|Laskun pvm|Päiväys|Laskupäivä",
        "due": "Eräpäivä|Eräpvm",
        "net": "Veroton yhteensä|Yhteensä veroton|Veroton hinta yhteensä|Netto",
        "tax": "Alv yhteensä|Arvonlisävero|ALV {rate} %|Vero yhteensä",
        "gross": "Maksettava|Maksettava yhteensä|Laskun loppusumma|Yhteensä EUR",
        "ours": "Viitteemme",
        "yours": "Viitteenne",
        "terms": "Maksuehto",
        "days": "pv netto",
        "reference": "Viitenumero|Viite",
        "registration": "Y-tunnus",
        "vat": "ALV-tunnus|Alv-nro",
        "buyer": "Asiakas|Laskutusosoite|Ostaja",
        "heads": "Kuvaus;Määrä;Yksikköhinta;Yhteensä|Tuote;Nimike;Määrä;Yks.;à-hinta;Summa",
        "goods": "Konsultointi|Rahti|Toimistotuoli|Vuosilisenssi",
        "unit": "kpl|h",
    },
    "fr": {
        "title": "Facture|FACTURE",
        "number": "Facture n°|Numéro de facture|N° de facture|Facture N°",
        "issued": "Date de facture|Date|Date d'émission",
        "due": "Date d'échéance|Échéance|À régler avant le",
        "net": "Total HT|Montant HT|Total hors taxes|Sous-total HT",
        "tax": "TVA {rate} %|Total TVA|Montant TVA|TVA",
        "gross": "Net à payer|Total TTC|Montant TTC|TOTAL À PAYER",
        "ours": "Notre référence",
        "yours": "Votre référence",
        "terms": "Conditions de règlement",
        "days": "jours net",
        "reference": "Référence de paiement|Référence à rappeler",
        "registration": "SIREN|SIRET",
        "vat": "N° TVA intracommunautaire|N° TVA|TVA intracom.",
        "buyer": "Client|Facturé à|Adresse de facturation",
        "heads": "Désignation;Quantité;Prix unitaire HT;Montant HT"
        "|Réf.;Description;Qté;Unité;P.U. HT;Total HT",
        "goods": "Prestation de conseil|Transport|Fauteuil de bureau|Licence annuelle",
        "unit": "u|h",
    },
    "nl": {
        "title": "Factuur|FACTUUR",
        "number": "Factuurnummer|Factuurnr.|Nummer",
        "issued": "Factuurdatum|Datum",
        "due": "Vervaldatum|Uiterste betaaldatum|Te betalen voor",
        "net": "Totaal excl. btw|Subtotaal|Bedrag excl. btw|Netto",
        "tax": "Btw {rate}%|{rate}% btw|Totaal btw|BTW",
        "gross": "Te betalen|Totaal incl. btw|Totaal te voldoen|Factuurbedrag",
        "ours": "Onze referentie",
        "yours": "Uw referentie",
        "terms": "Betalingscondities",
        "days": "dagen netto",
        "reference": "Betalingskenmerk|Kenmerk",
        "registration": "KvK-nummer|KvK",
        "vat": "Btw-nummer|BTW nr.",
        "buyer": "Klant|Factuuradres|Factuur aan",
        "heads": "Omschrijving;Aantal;Prijs;Bedrag"
        "|Artikel;Omschrijving;Aantal;Eenheid;Stukprijs;Totaal",
        "goods": "Advies|Verzendkosten|Bureaustoel|Licentie per jaar",
        "unit": "st|uur",
    },
}
MANNERS = {  # Currency, rate, ways of dates, thousands, decimal mark, company's form, city.
    "sv": ("SEK", "25", ("%Y-%m-%d",), (" ", ""), ",", "AB", "411 04 Göteborg"),
    "no": ("NOK", "25", ("%d.%m.%Y",), (" ", ".", ""), ",", "AS", "5003 Bergen"),
    "da": ("DKK", "25", ("%d-%m-%Y", "%d.%m.%Y", "%d/%m/%Y"), (".", ""), ",", "ApS",
           "8000 Aarhus C"),
    "fi": ("EUR", "25.5", ("%-d.%-m.%Y", "%d.%m.%Y"), (" ", ""), ",", "Oy", "33100 Tampere"),
    "fr": ("EUR", "20", ("%d/%m/%Y",), (" ", "\u202f", ""), ",", "SARL", "69003 Lyon"),
    "nl": ("EUR", "21", ("%d-%m-%Y", "%d/%m/%Y"), (".", ""), ",", "B.V.", "3011 AA Rotterdam"),
}  # fmt: skip
SELLERS = ("Nordvind Teknik", "Lindholm & Berg", "Havet Design", "Tre Kronor Bygg", "Aurora Data")
BUYERS = ("Kvarnen Livs", "Solberg Industri", "Östra Handel", "Delta Transport", "Maison Verte")


@dataclass(frozen=True)
class Paper:
    """What the program printed, and the sheet as lines of text."""

    language: str
    manner: str
    truth: dict[str, str]
    lines: tuple[str, ...]


class Writer:
    """One invoice of a language, its words and figures thrown."""

    def __init__(self, language: str, dice: random.Random) -> None:
        self.language, self.dice = language, dice
        self.currency, self.rate, dates, marks, self.mark, form, self.city = MANNERS[language]
        self._format, self._thousands = dice.choice(dates), dice.choice(marks)
        self._cents = dice.choice((True, True, True, False))
        self.seller = f"{dice.choice(SELLERS)} {form}"
        self.buyer = f"{dice.choice(BUYERS)} {form}"
        shapes = ("{}", "2026-{}", "F{}", "{}/26")
        self.number = dice.choice(shapes).format(dice.randint(1000, 99_999))
        self.issued = date(2026, 1, 1) + timedelta(days=dice.randint(0, 300))
        self.days = dice.choice((10, 14, 20, 30))
        self.items = []
        for _ in range(dice.randint(1, 5)):
            count, price = dice.randint(1, 40), Decimal(dice.randint(900, 900_000)) / 100
            if not self._cents:
                price = price.quantize(Decimal(1)) * 4
            self.items.append((self.word("goods"), count, price, count * price))
        self.net = sum((amount for *_, amount in self.items), Decimal())
        self.tax = (self.net * Decimal(self.rate) / 100).quantize(Decimal("0.01"))
        self.gross = self.net + self.tax

    def word(self, name: str) -> str:
        said = self.dice.choice(WORDS[self.language][name].split("|"))
        return said.replace("{rate}", self.rate.replace(".", ","))

    def day(self, what: date) -> str:
        return what.strftime(self._format)

    def amount(self, what: Decimal) -> str:
        return (
            f"{what:,.2f}".replace(",", "T").replace(".", self.mark).replace("T", self._thousands)
        )

    @property
    def due(self) -> date:
        return self.issued + timedelta(days=self.days)

    @property
    def truth(self) -> dict[str, str]:
        return {
            "number": self.number, "issue_date": self.issued.isoformat(),
            "due_date": self.due.isoformat(), "currency": self.currency, "seller": self.seller,
            "buyer": self.buyer, "net": str(self.net), "tax": str(self.tax),
            "gross": str(self.gross), "payable": str(self.gross),
        }  # fmt: skip

    def head(self, colon: str) -> list[tuple[str, str]]:
        found = [(self.word("number"), self.number), (self.word("issued"), self.day(self.issued)),
                 (self.word("due"), self.day(self.due))]  # fmt: skip
        if self.dice.random() < 0.5:
            found.append((self.word("terms"), f"{self.days} {self.word('days')}"))
        if self.dice.random() < 0.5:
            found.append((self.word("yours"), "Anna Dahl"))
        return [(name + colon, value) for name, value in found]

    def sums(self) -> list[tuple[str, str]]:
        gross = self.word("gross")
        shown = self.amount(self.gross)
        if self.currency not in gross:
            shown = self.dice.choice((f"{shown} {self.currency}", f"{self.currency} {shown}"))
        net, tax = (self.word("net"), self.net), (self.word("tax"), self.tax)
        return [*((name, self.amount(what)) for name, what in (net, tax)), (gross, shown)]

    def table(self) -> list[str]:
        heads = self.word("heads").split(";")
        wide = (
            [26, *[13] * (len(heads) - 1)] if len(heads) == 4 else [8, 24, *[10] * (len(heads) - 2)]
        )
        lines = ["".join(head.ljust(w) for head, w in zip(heads, wide, strict=True))]
        for at, (what, count, price, amount) in enumerate(self.items, start=1):
            cells = [what, str(count), self.amount(price), self.amount(amount)]
            if len(heads) == 6:
                cells = [f"{100 + at}", what, str(count), self.word("unit"), *cells[2:]]
            lines.append("".join(cell.ljust(w) for cell, w in zip(cells, wide, strict=True)))
        return lines

    def foot(self) -> list[str]:
        street = f"Storgatan {self.dice.randint(1, 90)}"
        return [f"{self.seller}   {street}   {self.city}"]


def beside(writer: Writer) -> list[str]:
    """The seller left, what identifies the invoice right; sums right below the table."""
    colon = writer.dice.choice((":", "", " :"))
    right = [(writer.word("title"), ""), *writer.head(colon)]
    left = [writer.seller, "Box 12", writer.city, "", writer.word("buyer") + colon, writer.buyer,
            "Lagergatan 3", "100 20 Stad"]  # fmt: skip
    lines = []
    for at in range(max(len(left), len(right))):
        name, value = right[at] if at < len(right) else ("", "")
        lines.append((left[at] if at < len(left) else "").ljust(44) + f"{name:24}{value}".rstrip())
    return [*lines, "", *writer.table(), "",
            *(" " * 40 + f"{name:26}{value}" for name, value in writer.sums()), "",
            *writer.foot()]  # fmt: skip


def above(writer: Writer) -> list[str]:
    """A band of headings with their values below, the buyer in the window at the right."""
    head = writer.head("")
    lines = [writer.seller.ljust(50) + writer.word("title"), "", " " * 50 + writer.buyer,
             " " * 50 + "Lagergatan 3", " " * 50 + "100 20 Stad", "", ""]  # fmt: skip
    lines += ["".join(name.ljust(27) for name, _ in head[:3]).rstrip(),
              "".join(value.ljust(27) for _, value in head[:3]).rstrip(), ""]  # fmt: skip
    return [*lines, *writer.table(), "",
            *(f"{name:30}{value}" for name, value in writer.sums()), "",
            *writer.foot()]  # fmt: skip


def band(writer: Writer) -> list[str]:
    """The sums as a band at the foot: headings in a row, amounts below."""
    lines = [writer.seller, *(f"{name:28}{value}" for name, value in writer.head(":")), "",
             writer.word("buyer"), writer.buyer, "Lagergatan 3", "100 20 Stad", "",
             writer.word("title"), "", *writer.table(), ""]  # fmt: skip
    sums = writer.sums()
    return [*lines, "".join(name.ljust(27) for name, _ in sums).rstrip(),
            "".join(value.ljust(27) for _, value in sums).rstrip(), "", *writer.foot()]  # fmt: skip


def letter(writer: Writer) -> list[str]:
    """As a letter: the sender in one line above the window, the title with its number."""
    head = writer.head(":")
    return [f"{writer.seller} · Box 12 · {writer.city}", "", writer.buyer, "Lagergatan 3",
            "100 20 Stad", "", " " * 52 + f"{head[1][0]} {head[1][1]}", "",
            f"{writer.word('title')} {writer.number}", "", *writer.table(), "",
            *(" " * 36 + f"{name:30}{value}" for name, value in writer.sums()), "",
            f"{head[2][0]} {head[2][1]}", "", *writer.foot()]  # fmt: skip


LAYOUTS = {"beside": beside, "above": above, "band": band, "letter": letter}


def papers(each: int = EACH, seed: int = 7) -> Iterator[Paper]:
    """`each` papers of every language and manner, always the same ones for a seed."""
    for language in WORDS:
        for manner, lay_out in LAYOUTS.items():
            for at in range(each):
                writer = Writer(language, random.Random(f"{seed}{language}{manner}{at}"))  # noqa: S311
                yield Paper(language, manner, writer.truth, tuple(lay_out(writer)))


def page(paper: Paper) -> Page:
    """The sheet as words with places: a letter is 6 points wide, a line 14 high."""
    words = []
    for row, line in enumerate(paper.lines):
        for found in re.finditer(r"(?:[^\s]|\u202f)+", line):
            box = Box(page=1, left=40 + found.start() * 6.0, top=40 + row * 14.0,
                      right=40 + found.end() * 6.0, bottom=50 + row * 14.0)  # fmt: skip
            words.append(Word(text=found[0], box=box))
    return Page(number=1, width=640, height=842, words=tuple(words), source="text")


def main(shown: bool) -> None:
    scores, readings = [], {}
    for at, paper in enumerate(papers()):
        name = f"{paper.language} {paper.manner} {at}"
        readings[name] = capture.read((page(paper),))
        found = list(scored(name, readings[name], paper.truth))
        scores += found
        for one in found:
            if shown and not one.right and (one.confidence >= SURE or one.name in AMOUNTS):
                print(
                    name,
                    one.name,
                    paper.truth[one.name],
                    one.confidence,
                    readings[name].fields.get(one.name),
                )
    table(f"{len(readings)} papers of our own writers", scores, readings)
    for language in WORDS:
        own = [one for one in scores if one.paper.startswith(language)]
        wrong = [one for one in own if one.shown and not one.right and one.confidence >= SURE]
        print(f"{language}: {sum(one.right for one in own) / len(own):.1%} right,"
              f" {len(wrong)} wrong at {SURE}, of them amounts:"
              f" {sum(one.name in AMOUNTS for one in wrong)}")  # fmt: skip


if __name__ == "__main__":
    main("--wrong" in sys.argv)
