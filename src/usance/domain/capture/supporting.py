"""Papers that are no invoices but belong to one: which kind they are, and to which they belong.

Rules over words: the file's name and the text in it. A paper that names nothing of an invoice is
never guessed to belong to one.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from usance.domain.invoice.document import Invoice

MOST_NAMES = 2_000  # Words of a paper that are looked at.
LEAST = 4  # Characters of a reference: shorter ones stand in any text.
HEAD = 1_500  # Characters of a text in which its title stands.


class Kind(StrEnum):
    ORDER = "order"
    DELIVERY_NOTE = "delivery_note"
    TIME_SHEET = "time_sheet"
    CONTRACT = "contract"
    OTHER = "other"


# Titles as papers carry them, and their files: en, de, sv, no, da, fi, nl, fr. The first kind that
# is found counts, so the more telling words stand first.
WORDS: Mapping[Kind, tuple[str, ...]] = {
    Kind.DELIVERY_NOTE: (
        "delivery note", "delivery slip", "packing slip", "packing list", "proof of delivery",
        "despatch advice", "dispatch note", "lieferschein", "liefernachweis", "följesedel",
        "leveranssedel", "leveransnota", "fraktsedel", "pakkseddel", "følgeseddel", "lähete",
        "rahtikirja", "pakbon", "leveringsbon", "afleverbon", "vrachtbrief", "bon de livraison",
        "bordereau de livraison", "waybill", "cmr",
    ),
    Kind.TIME_SHEET: (
        "time sheet", "timesheet", "time report", "hours worked", "stundenzettel",
        "stundennachweis", "leistungsnachweis", "arbeitszeitnachweis", "tidrapport", "tidsrapport",
        "timeliste", "timeseddel", "tuntilista", "tuntiraportti", "urenstaat", "urenregistratie",
        "urenbriefje", "feuille de temps", "relevé d'heures",
    ),
    Kind.ORDER: (
        "purchase order", "order confirmation", "bestellung", "auftragsbestätigung",
        "bestellschein",
        "inköpsorder", "beställning", "orderbekräftelse", "ordererkännande", "innkjøpsordre",
        "bestilling", "ordrebekreftelse", "ordrebekræftelse", "indkøbsordre", "ostotilaus",
        "tilausvahvistus", "inkooporder", "bestelling", "opdrachtbevestiging", "bon de commande",
        "confirmation de commande",
    ),
    Kind.CONTRACT: (
        "framework agreement", "service agreement", "contract", "rahmenvertrag", "vertrag",
        "ramavtal", "avtal", "rammeavtale", "avtale", "aftale", "puitesopimus", "sopimus",
        "raamovereenkomst", "overeenkomst", "contrat-cadre", "contrat",
    ),
}  # fmt: skip
# Titles of papers that are none of these: an invoice names its order, and is none.
OF_INVOICES = (
    "invoice", "rechnung", "faktura", "lasku", "factuur", "facture", "fattura", "credit note",
    "gutschrift", "kreditnota", "reminder", "mahnung", "påminnelse",
)  # fmt: skip
# First elements of XML papers.
ELEMENTS: Mapping[str, Kind] = {
    "Order": Kind.ORDER, "OrderResponse": Kind.ORDER, "OrderResponseSimple": Kind.ORDER,
    "SCRDMCCBDACIOMessageStructure": Kind.ORDER, "DespatchAdvice": Kind.DELIVERY_NOTE,
    "ReceiptAdvice": Kind.DELIVERY_NOTE,
}  # fmt: skip
_NAME = re.compile(r"[0-9A-Za-zÀ-ÿ][0-9A-Za-zÀ-ÿ/._#-]*[0-9A-Za-zÀ-ÿ]")
# What follows where a word only refers: its number, or whose address or date it is.
_REFERS = re.compile(
    r" ?(?:no|nr|num|number|nummer|numero|ref|id|#|:|n°|date|datum|address|adress|adresse|to)?"
    r"[:#. ]*[a-z]{0,4}[-/ ]?\d|"
    r" (?:address|adress|adresse|to|date|datum)\b"
)
# What stands before an invoice that is another paper: "for invoice R-17", "zur Rechnung 2026-17".
_OF_ANOTHER = re.compile(
    r"(?:^| )(?:for|to|of|your|our|zu|zur|für|ihre|unsere|till|för|til|voor|bij|pour|de la) $"
)
_ELEMENT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z]+)[\s>]")
_BREAK = re.compile(r"[\s_.-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    kind: Kind
    because: str  # For people: 'The words "delivery note" stand in its head.'


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An invoice by what papers may call it: normalised text -> the words for it."""

    invoice: UUID
    by: Mapping[str, str]


def recognised(name: str, text: str) -> Recognised | None:
    """Which kind of supporting paper this is; None: nothing says that it is one.

    Its title is the first telling word in its head that is not merely a reference ("Order no. 4711"
    on an invoice). Where the title is that of an invoice it is one, whatever the file is called.
    """
    if text.lstrip().startswith("<"):
        found = _ELEMENT.search(text)
        kind = ELEMENTS.get(found[1]) if found else None
        return (
            Recognised(kind=kind, because=f"It is an XML {found[1]}.") if kind and found else None
        )
    told = sorted(_told(_plain(text[:HEAD])))
    titles = [one for one in told if not one[3]]
    if not titles and any(kind is None for *_, kind, _ in told):
        return None
    for _, word, kind, _ in titles or told:
        return Recognised(kind=kind, because=f"“{word}” stands in its head.") if kind else None
    for _, word, kind, _ in sorted(_told(_plain(name.rpartition("/")[2].rpartition(".")[0]))):
        return Recognised(kind=kind, because=f"The file is called “{word}”.") if kind else None
    return None


def _told(text: str) -> Iterator[tuple[int, str, Kind | None, bool]]:
    """Telling words: place, word, kind (None: of an invoice), and whether it only refers."""
    for kind, words in (*WORDS.items(), (None, OF_INVOICES)):
        for word in words:
            at = text.find(word)
            while at >= 0:
                if _stands_alone(text, at, word):
                    refers = _REFERS.match(text[at + len(word) :]) is not None
                    is_there = kind or not refers or not _OF_ANOTHER.search(text[:at][-8:])
                    if is_there:
                        yield at, word, kind, refers
                at = text.find(word, at + 1)


def names_in(name: str, text: str) -> frozenset[str]:
    """Everything in the file's name and text that may be somebody's reference, normalised."""
    found: set[str] = set()
    stem = name.rpartition("/")[2].rpartition(".")[0]
    for word in (*_NAME.findall(stem), *_NAME.findall(text)):
        for part in (word, *re.split(r"[_#]", word)):
            key = reference_key(part)
            if key:
                found.add(key)
        if len(found) >= MOST_NAMES:
            break
    return frozenset(found)


def reference_key(reference: str) -> str:
    """A reference as it is compared: letters and digits, without case and leading zeros. Empty: it
    is too short, or has no digit, so that any text would name it."""
    kept = "".join(ch for ch in reference.casefold() if ch.isalnum()).lstrip("0")
    return kept if len(kept) >= LEAST and any(map(str.isdigit, kept)) else ""


def named(invoice: UUID, paper: Invoice, number: str) -> Named:
    """What papers may call this invoice: its number, and those of its order, delivery, contract."""
    return named_by(
        invoice, number=number, order=paper.order, sales_order=paper.sales_order,
        receipt=paper.receipt, despatch=paper.despatch, contract=paper.contract,
    )  # fmt: skip


def named_by(
    invoice: UUID,
    *,
    number: str,
    order: str,
    sales_order: str,
    receipt: str,
    despatch: str,
    contract: str,
) -> Named:
    """As `named`, where only the references are known. Empty ones name nothing."""
    by: dict[str, str] = {}
    for reference, words in (
        (contract, "its contract {} (BT-12)"),
        (sales_order, "the seller's order {} (BT-14)"),
        (receipt, "its receiving advice {} (BT-15)"),
        (despatch, "its delivery note {} (BT-16)"),
        (order, "its order {} (BT-13)"),
        (number, "its number {} (BT-1)"),
    ):
        if key := reference_key(reference):
            by[key] = words.format(reference)
    return Named(invoice=invoice, by=by)


def belongs_to(names: Iterable[str], invoices: Sequence[Named]) -> dict[UUID, str]:
    """The invoices that a paper names, with the words why. If it names one by its number, what it
    names only by an order or contract that several share does not count."""
    known = frozenset(names)
    found = {  # What stands last of an invoice is its number, and tells most.
        one.invoice: words for one in invoices for key, words in one.by.items() if key in known
    }
    by_number = {pk: words for pk, words in found.items() if words.startswith("its number")}
    return by_number or found


def _plain(text: str) -> str:
    return _BREAK.sub(" ", text.casefold())


def _stands_alone(text: str, at: int, word: str) -> bool:
    """No letter on either side: “avtal” is not in “avtalsenlig”."""
    before, after = text[at - 1 : at], text[at + len(word) : at + len(word) + 1]
    return not before.isalpha() and not after.isalpha()
