"""One invoice for `bench.manners`: its figures, identifiers and words, thrown by dice."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from usance.domain.capture.identifiers import IBAN_LENGTHS, vat_id
from usance.domain.reference import luhn, viite

from .layouts import BUYERS, SELLERS
from .manners_words import COUNTRY, LANDS, RATES, SAID

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Sum:
    """What is printed below the table: the word and the amount, in order."""

    word: str
    amount: Decimal


class Writer:
    """One invoice: figures, words and habits thrown by the dice."""

    def __init__(self, language: str, dice: random.Random) -> None:
        self.language, self.dice = language, dice
        self.currency, _, dates, marks, self.mark, form, self.city = LANDS[language]
        self.says_due = True
        self.beside = dice.choice(("before", "after", "none", "none", "sign"))
        if language == "fi" and self.beside in ("before", "after") and dice.random() < 0.2:
            self.currency = "SEK"
        self._format, self._thousands = dice.choice(dates), dice.choice(marks)
        self._in_words = dice.random() < 0.15
        self.seller, self.buyer = f"{dice.choice(SELLERS)} {form}", f"{dice.choice(BUYERS)} {form}"
        shapes = ("{}", "2026-{}", "F{}", "{}/26", "INV-{}", "RE2026{}", "20260{}")
        self.number = dice.choice(shapes).format(dice.randint(1000, 99_999))
        self.issued = date(2026, 1, 1) + timedelta(days=dice.randint(0, 300))
        self.days = dice.choice((10, 14, 20, 30, 45, 60))
        self.is_credit = dice.random() < 0.12
        self.sign = -1 if self.is_credit and dice.random() < 0.5 else 1
        self.is_reverse = not self.is_credit and dice.random() < 0.08
        self._figures()
        self._identifiers()

    def _figures(self) -> None:
        dice = self.dice
        rates = RATES[self.language].split()
        rates = dice.sample(rates, min(len(rates), dice.choice((1, 1, 2, 2, 3))))
        self.items = []
        for at in range(dice.choice((1, 2, 3, 5, 8, 24))):
            count = Decimal(dice.randint(1, 40))
            price = Decimal(dice.randint(150, 250_000)) / 100
            rate = Decimal(rates[at % len(rates)])
            self.items.append((self.word("goods"), count, price, self.cents(count * price), rate))
        self.before = sum((item[3] for item in self.items), Decimal())
        self.discount = self.freight = Decimal()
        main = self.items[0][4]
        if dice.random() < 0.2:
            self.discount = min(self.cents(self.before / 10), self.cents(self.items[0][3] / 2))
        if dice.random() < 0.2:
            self.freight = Decimal(dice.randint(500, 20_000)) / 100
        bases: dict[Decimal, Decimal] = {}
        for *_, amount, rate in self.items:
            bases[rate] = bases.get(rate, Decimal()) + amount
        bases[main] += self.freight - self.discount
        self.taxes = [(rate, base, Decimal() if self.is_reverse else self.cents(base * rate / 100))
                      for rate, base in bases.items()]  # fmt: skip
        self.net = sum((base for _, base, _ in self.taxes), Decimal())
        self.tax = sum((tax for *_, tax in self.taxes), Decimal())
        self.gross = self.net + self.tax
        self.rounding = self.paid = Decimal()
        if self.language in ("sv", "no", "da") and dice.random() < 0.25:
            self.rounding = self.gross.quantize(Decimal(1), ROUND_HALF_UP) - self.gross
        if not self.is_credit and dice.random() < 0.1:
            self.paid = self.cents(self.gross / 4)
        self.payable = self.gross + self.rounding - self.paid

    def _identifiers(self) -> None:
        dice, country = self.dice, COUNTRY[self.language]
        self.vat, self.buyer_vat = (vat_of(country, dice) for _ in "sb")
        self.iban = iban_of(country, dice)
        self.has_iban = dice.random() < 0.6
        digits = str(dice.randint(10_000, 9_999_999))
        if self.language == "fi":
            self.reference = viite(digits)
        else:
            self.reference = digits + luhn(digits)

    @staticmethod
    def cents(what: Decimal) -> Decimal:
        return what.quantize(CENT, ROUND_HALF_UP)

    def word(self, name: str) -> str:
        said = self.dice.choice(SAID[self.language][name].split("|"))
        return said.replace("{days}", str(self.days))

    def rated(self, name: str, rate: Decimal) -> str:
        return self.word(name).replace("{rate}", str(rate).replace(".", ","))

    def day(self, what: date) -> str:
        if not self._in_words:
            return what.strftime(self._format)
        month = SAID[self.language]["months"].split()[what.month - 1]
        point = "." if self.language in ("no", "da", "de", "fi") else ""
        return f"{what.day}{point} {month} {what.year}"

    def amount(self, what: Decimal, *, money: bool = False) -> str:
        what *= self.sign
        text = f"{what:,.2f}".replace(",", "T").replace(".", self.mark)
        text = text.replace("T", self._thousands)
        sign = {"EUR": "€", "GBP": "£"}.get(self.currency, "kr")
        if self.beside == "sign":
            return f"{sign}{text}" if self.language == "en" else f"{text} {sign}"
        if not money or self.beside == "none":
            return text
        return f"{self.currency} {text}" if self.beside == "before" else f"{text} {self.currency}"

    @property
    def truth(self) -> dict[str, str]:
        amounts = {"net": self.net, "tax": self.tax, "gross": self.gross, "payable": self.payable}
        return {
            "number": self.number, "issue_date": self.issued.isoformat(), "seller": self.seller,
            "due_date": (self.issued + timedelta(days=self.days)).isoformat(),
            "currency": self.currency, "buyer": self.buyer, "seller_vat": self.vat,
            **{name: str(amount * self.sign) for name, amount in amounts.items()},
            **({"iban": self.iban} if self.has_iban else {}),
        }  # fmt: skip

    def sums(self) -> list[Sum]:
        """Rows below the table: what comes before the net, the taxes, the total, what is left."""
        dice, found = self.dice, []
        if self.discount or self.freight:
            found.append(Sum(self.word("before"), self.before))
            if self.discount:
                found.append(Sum(self.word("discount"), -self.discount))
            if self.freight:
                found.append(Sum(self.word("freight"), self.freight))
        found.append(Sum(self.word("net"), self.net))
        if len(self.taxes) == 1:
            found.append(Sum(self.rated("tax", self.taxes[0][0]), self.tax))
        else:
            label = next(one for one in SAID[self.language]["tax"].split("|")
                         if "{rate}" in one or "|" not in SAID[self.language]["tax"])  # fmt: skip
            for rate, base, tax in self.taxes:
                said = label.replace("{rate}", str(rate).replace(".", ","))
                if dice.random() < 0.4:
                    said += f" ({self.amount(base)})"
                found.append(Sum(said, tax))
        more = self.paid or self.rounding
        gross = self.word("all" if more else "gross")
        found.append(Sum(gross, self.gross))
        if self.paid:
            found.append(Sum(self.word("paid"), -self.paid))
        if self.rounding:
            found.append(Sum(self.word("rounding"), self.rounding))
        if more or dice.random() < 0.3:
            found.append(Sum(self.word("pay"), self.payable))
        return found


def vat_of(country: str, dice: random.Random) -> str:
    """A VAT id whose digits check."""
    shapes = {"SE": "SE556{6}01", "NO": "NO9{8}MVA", "DK": "DK{8}", "FI": "FI{8}", "FR": "FR{11}",
              "NL": "NL{9}B01", "DE": "DE{9}", "GB": "GB{9}"}  # fmt: skip
    head, rest = shapes[country].split("{")
    count, tail = rest.split("}")
    while True:
        digits = "".join(str(dice.randint(0, 9)) for _ in range(int(count)))
        if country == "SE":
            digits += luhn(f"556{digits}")
        if country == "FR":
            siren = digits[2:10] + luhn(digits[2:10])
            digits = f"{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}"
        said = vat_id(f"{head}{digits}{tail}")
        if said and said[1] is not False and digits[0] != "0":
            return f"{head}{digits}{tail}"


def iban_of(country: str, dice: random.Random) -> str:
    body = "".join(str(dice.randint(0, 9)) for _ in range(IBAN_LENGTHS[country] - 4))
    if country in ("NL", "GB"):
        body = ("INGB" if country == "NL" else "NWBK") + body[4:]
    digits = "".join(str(int(ch, 36)) for ch in f"{body}{country}00")
    return f"{country}{98 - int(digits) % 97:02d}{body}"
