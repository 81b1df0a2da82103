"""What the columns of banks' CSV files are called, in English, Swedish, German, Finnish, Norwegian,
Danish and Dutch."""

from collections.abc import Mapping, Sequence

from usance.plugins import Unreadable
from usance.plugins._table import by_name, folded

# Our name of a column: all that it is called. Case, blanks and punctuation do not count.
ENGLISH: Mapping[str, tuple[str, ...]] = {
    "booked_on": ("booking date", "booked on", "booked", "posting date", "posted", "posted date",
                  "post date", "date posted", "entry date", "bookingdate", "completed date"),
    "day": ("date", "transaction date", "payment date", "bvdat", "started date"),
    "status": ("status", "state"),
    "value_on": ("value date", "valuedate", "value on"),
    "amount": ("amount", "transaction amount", "net amount", "kwbtr"),
    "debit": ("debit", "debit amount", "paid out", "money out", "withdrawal", "withdrawals", "out",
              "payments out"),
    "credit": ("credit", "credit amount", "paid in", "money in", "deposit", "deposits", "in",
               "payments in"),
    "sign": ("debit/credit", "credit/debit", "d/c", "c/d", "dr/cr", "cr/dr",
             "credit debit indicator", "direction"),
    "currency": ("currency", "currency code", "ccy", "kwaer"),
    "balance": ("balance", "running balance", "account balance", "closing balance"),
    "counterparty": ("counterparty", "counterparty name", "payer", "payer name", "sender",
                     "sender name", "business partner", "payee", "name", "payer/payee", "partn"),
    "counterparty_account": ("counterparty account", "payer account", "sender account",
                             "counterparty iban", "payer iban", "from account", "partner account",
                             "avkon"),
    "account": ("account", "account number", "account no", "iban", "own account", "our account"),
    "text": ("text", "memo", "memo line", "message", "description", "details", "narrative",
             "remittance information", "remittance", "purpose", "particulars", "sgtxt",
             "additional information"),
    "reference": ("reference", "payment reference", "structured reference", "ref"),
    "checked": ("ocr", "kid", "creditor reference"),
    "end_to_end": ("end to end", "end to end id", "end to end reference", "customer reference"),
    "bank_reference": ("transaction id", "id", "transaction reference", "bank reference",
                       "archive id", "payment id", "entry reference", "transaction number"),
}  # fmt: skip
OTHERS: Mapping[str, tuple[str, ...]] = {
    "booked_on": ("bokföringsdag", "bokföringsdatum", "bokförd", "bokf datum", "buchungstag",
                  "buchungsdatum", "buchung", "kirjauspäivä", "kirjauspvm", "bokføringsdato",
                  "bokført", "bokført dato", "bogføringsdato", "bogført", "bogført dato",
                  "boekdatum", "boekingsdatum"),
    "day": ("datum", "dato", "pvm", "päivä", "päivämäärä", "transaktionsdag", "transaktionsdatum",
            "maksupäivä", "betalingsdato", "utført dato", "transactiedatum"),
    "value_on": ("valutadag", "valutadatum", "valuteringsdag", "wertstellung", "wertstellungstag",
                 "wertstellungsdatum", "arvopäivä", "arvopvm", "valutadato", "rentedato",
                 "rentedag", "rentedatum"),
    "amount": ("belopp", "betrag", "umsatz", "määrä", "summa", "beløp", "beløb", "rahamäärä",
               "insättning/uttag", "insättningar/uttag", "bedrag", "transactiebedrag"),
    "debit": ("debet", "uttag", "soll", "belastung", "lastschrift", "ausgang", "ausgaben",
              "ut", "ut fra konto", "beløp ut", "ud", "hævet", "utbetaling", "af"),
    "credit": ("kredit", "insättning", "insättningar", "haben", "gutschrift", "eingang",
               "einnahmen", "inn", "inn på konto", "beløp inn", "ind", "indsat", "innbetaling",
               "bij"),
    "sign": ("soll/haben", "s/h", "soll/haben kennzeichen", "debet/kredit", "debit/kredit",
             "kreditdebet", "af bij"),
    "currency": ("valutakod", "währung", "waehrung", "valuutta", "valutakode", "munt", "muntsoort",
                 "mutationcode"),
    "balance": ("saldo", "bokfört saldo", "kontostand", "saldo nach buchung", "tilin saldo",
                "saldo na trn", "saldo na mutatie", "saldo na boeking", "eindsaldo", "endsaldo"),
    "counterparty": ("avsändare", "motpart", "betalare", "inbetalare", "avsändare/mottagare",
                     "mottagare/avsändare", "auftraggeber", "zahlungspflichtiger", "zahler",
                     "auftraggeber/empfänger", "begünstigter/zahlungspflichtiger",
                     "beguenstigter/zahlungspflichtiger", "name zahlungsbeteiligter",
                     "auftraggeber/begünstigter", "maksaja", "saaja/maksaja", "nimi", "avsender",
                     "betaler", "afsender", "modpart", "navn", "namn", "naam tegenpartij",
                     "naam / omschrijving", "tegenpartij"),
    "counterparty_account": ("avsändarkonto", "motkonto", "gegenkonto", "iban zahlungsbeteiligter",
                             "maksajan tili", "fra konto", "avsenderkonto", "modkonto",
                             "afsenderkonto", "kontonummer/iban", "saajan tilinumero",
                             "saajan tilinumero ja pankin bic", "tegenrekening",
                             "tegenrekening iban/bban"),
    "account": ("konto", "kontonummer", "kontonr", "auftragskonto", "iban auftragskonto",
                "tilinumero", "tili", "rekening", "rekeningnummer", "iban/bban"),
    "text": ("meddelande", "beskrivning", "verwendungszweck", "buchungstext", "viesti", "selitys",
             "selite", "tekst", "forklaring", "melding", "besked", "meddelelse", "beskrivelse",
             "rubrik", "ytterligare detaljer", "melding/kid/fakt.nr", "mededelingen",
             "omschrijving", "omschrijving-1", "omschrijving-2", "omschrijving-3"),
    "reference": ("referens", "referenz", "referanse", "referensnummer", "referencenummer"),
    "checked": ("ocr nummer", "kid nummer", "viite", "viitenumero", "creditor reference",
                "betalingskenmerk"),
    "end_to_end": ("kundenreferenz", "kundenreferenz (end to end)", "end to end referenz",
                   "transactiereferentie"),
    "status": ("info", "tila"),
    "bank_reference": ("arkistointitunnus", "arkistotunnus", "verifikationsnummer",
                       "arkivreferanse", "transaksjonsid", "arkivref", "volgnr"),
}  # fmt: skip
# A column for each side of a payment: who pays, who is paid. The other party is the one of the two
# that is not us, by the sign of the amount.
SIDES: Sequence[tuple[str, str]] = (
    ("avsändare", "mottagare"), ("från konto", "till konto"), ("avsender", "mottakernavn"),
    ("avsender", "mottaker"), ("fra konto", "til konto"), ("afsender", "modtager"),
    ("maksaja", "saaja"), ("from account", "to account"), ("sender", "recipient"),
    ("payer", "payee"),
)  # fmt: skip
EUROS = frozenset({"EURO", "EUROS", "EUROA"})  # "Määrä EUROA".
# Not booked yet, or never: reserved, noted, on its way, refused, taken back.
UNBOOKED = frozenset({
    "pending", "reserved", "reverted", "declined", "failed", "cancelled", "canceled", "vorgemerkt",
    "umsatzvorgemerkt", "abgelehnt", "reserverad", "reserverat", "preliminär", "väntar",
    "reservert", "venter", "reserveret", "afvist", "annulleret", "varaus", "odottaa",
})  # fmt: skip
VALUTA = "valuta"  # The currency in the north, the value date in German: its cells tell.
SEVERAL = frozenset({"text", "reference", "checked", "status"})  # May stand more than once.
_ENGLISH, _OTHERS = by_name(ENGLISH), by_name(OTHERS)
_OF_ACCOUNTS = ("konto", "account")
_NAMES = frozenset({"name", "namn", "navn", "nimi"})


def ours(name: str) -> str:
    """Our name of a column, "valuta" for the one that has two meanings; empty if unknown."""
    key = folded(name)
    return _ENGLISH.get(key) or _OTHERS.get(key) or (VALUTA if key == VALUTA else "")


def bare(name: str) -> tuple[str, str]:
    """A name without the currency behind it, and that: "Amount (EUR)", "Belopp SEK"."""
    words = name.replace("(", " ").replace(")", " ").replace("[", " ").replace("]", " ").split()
    if len(words) > 1 and words[-1] in EUROS:
        words[-1] = "EUR"
    if len(words) > 1 and len(words[-1]) == 3 and words[-1].isascii() and words[-1].isupper():
        rest = " ".join(words[:-1])
        if ours(rest) in ("amount", "debit", "credit", "balance"):
            return rest, words[-1]
    return name, ""


def is_statement(names: Sequence[str]) -> bool:
    """A day, an amount, and something that says more."""
    known = {ours(bare(name)[0]) for name in names}
    return (
        bool(known & {"booked_on", "day"})
        and bool(known & {"amount", "debit", "credit"})
        and bool(known & {"text", "reference", "checked", "counterparty", "balance", "sign"})
    )


def day_first(names: Sequence[str]) -> bool:
    """Is the header in one of the languages that never write the month before the day?"""
    return any(folded(bare(name)[0]) in _OTHERS for name in names)


def _is_of_amount(names: Sequence[str], at: int) -> bool:
    """Does the column stand right behind the amount?"""
    return at > 0 and ours(bare(names[at - 1])[0]) in ("amount", "debit", "credit")


def is_unbooked(text: str) -> bool:
    return folded(text) in UNBOOKED


def _sides(names: Sequence[str]) -> tuple[dict[str, list[int]], set[int]]:
    """Where each side has its columns: "payer" and "payee", "payer_account" and "payee_account"."""
    keys = [folded(bare(name)[0]) for name in names]
    named = not _NAMES.isdisjoint(keys)
    found: dict[str, list[int]] = {}
    for one, other in SIDES:
        payer, payee = folded(one), folded(other)
        if payer not in keys or payee not in keys:
            continue
        # Beside a column for the other party's name they hold the accounts.
        of = "_account" if named or one.endswith(_OF_ACCOUNTS) else ""
        if f"payer{of}" not in found:
            found[f"payer{of}"] = [keys.index(payer)]
            found[f"payee{of}"] = [keys.index(payee)]
    return found, {at for columns in found.values() for at in columns}


def places(names: Sequence[str], row: int) -> dict[str, list[int]]:
    """Our names and where they stand.

    :raises Unreadable: for two columns that mean the same, and for amounts told in two ways.
    """
    found, taken = _sides(names)
    said = any(ours(bare(name)[0]) == "counterparty_account" for name in names)
    for at, name in enumerate(names):
        word = "" if at in taken else ours(bare(name)[0])
        # "Zahlungspflichtiger;Kontonummer": an account right behind a name is that party's.
        if word == "account" and at and not said and ours(bare(names[at - 1])[0]) == "counterparty":
            word = "counterparty_account"
        if not word:
            continue
        if word == "currency" and word in found and _is_of_amount(names, at):
            found.pop(word)  # The one before stands behind the balance.
        if word in found and word not in SEVERAL:
            raise Unreadable(
                f"{name.strip()!r} and {names[found[word][0]].strip()!r} mean the same",
                where=f"row {row}, column {at + 1}",
            )
        found.setdefault(word, []).append(at)
    both = found.get("debit") or found.get("credit")
    if "amount" in found and both:
        raise Unreadable(
            f"{names[both[0]].strip()!r} beside {names[found['amount'][0]].strip()!r}: "
            "which is the amount is not certain", where=f"row {row}, column {both[0] + 1}",
        )  # fmt: skip
    return found
