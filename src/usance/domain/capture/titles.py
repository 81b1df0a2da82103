"""What kind of document this is, by its title; and the number and date that stand in the title."""

import re
from collections.abc import Iterator
from functools import lru_cache

from .identifiers import company_number
from .marks import Marked, Value, key
from .reading import Box, Reason
from .rows import Cell, Row

# Ends of the first word of a title, as `marks.key` writes them.
KINDS = {
    "credit_note": ("gutschrift", "kreditfaktura", "kreditnota", "avoir", "creditnote", "creditnota",
                    "hyvityslasku", "rechnungskorrektur", "stornorechnung", "creditmemo",
                    "kreditnote", "facturedavoir", "korrekturrechnung", "creditfactuur"),
    "reminder": ("zahlungserinnerung", "mahnung", "reminder", "paymentreminder", "paminnelse",
                 "betalningspaminnelse", "purring", "betalingspaminnelse", "rykker", "rykkerskrivelse",
                 "maksumuistutus", "maksukehotus", "rappel", "relance", "herinnering", "aanmaning",
                 "betalingsherinnering", "inkassokrav", "kravbrev", "inkassovarsel",
                 "betalingsoppfordring", "betalingspamindelse", "pamindelse", "muistutus",
                 "muistutuslasku", "paminnelsefaktura", "betalningsuppmaning", "miseendemeure",
                 "lettrederelance", "lettrederappel", "ingebrekestelling", "finaldemand",
                 "finalnotice", "overduenotice", "overduepaymentnotice", "letterbeforeaction",
                 "demandforpayment", "mahnschreiben", "zahlungsaufforderung"),
    "pro_forma": ("proforma", "proformarechnung", "proformainvoice", "proformafaktura",
                  "factureproforma", "proformalasku", "proformafactuur"),
    "delivery_note": ("lieferschein", "deliverynote", "foljesedel", "pakkseddel", "folgeseddel",
                      "lahete", "bondelivraison", "pakbon", "leveringsbon", "packingslip",
                      "packinglist", "deliverydocket", "despatchnote", "dispatchnote",
                      "consignmentnote", "goodsreceivednote", "waybill", "frachtbrief",
                      "fraktsedel", "fraktbrev", "fragtbrev", "packsedel", "vrachtbrief",
                      "rahtikirja", "lahetysluettelo", "lettredevoiture"),
    "order": ("bestellung", "purchaseorder", "orderbekraftelse", "ordrebekreftelse", "orderconfirmation",
              "auftragsbestatigung", "bestallning", "tilaus", "tilausvahvistus", "bondecommande",
              "orderbevestiging", "angebot", "offert", "quotation", "quote", "devis", "tarjous",
              "offerte", "inkopsorder", "ordrebekraeftelse", "tilbud"),
    "statement": ("kontoauszug", "accountstatement", "statement", "statementofaccount",
                  "kontoutdrag", "reskontrautdrag", "kontoutskrift", "kontoudtog", "tiliote",
                  "relevedecompte", "rekeningoverzicht", "saldenbestatigung", "saldolista",
                  "saldobekraftelse", "offeneposten", "openitems"),
    "invoice": ("rechnung", "faktura", "invoice", "facture", "factuur", "lasku", "taxinvoice",
                "rechnungnr", "fakturanr", "buchungshilfe", "verkaufsrechnung", "salesinvoice",
                "honorarnote", "kostennote", "feenote", "notedhonoraires", "rakning", "regning",
                "declaratie", "hyresavi"),
}  # fmt: skip
_ENDS_ALSO = ("gutschrift", "mahnung", "lieferschein", "rechnung", "faktura", "lasku", "factuur")
# What stands before a reminder's title: which one of several it is, and how friendly.
_BEFORE = frozenset({
    "first", "second", "third", "last", "final", "friendly", "overdue",
    "erste", "zweite", "dritte", "letzte", "freundliche", "forsta", "andra", "tredje", "sista",
    "forste", "andre", "siste", "anden", "sidste", "premier", "deuxieme", "troisieme", "dernier",
    "premiere", "derniere", "eerste", "tweede", "derde", "laatste", "ensimmainen", "toinen",
    "kolmas", "viimeinen",
})  # fmt: skip
_ORDINAL = re.compile(r"[1-9](st|nd|rd|th|er|ere|eme|e|a|gangs)?")
_KIND_OF = {name: kind for kind, names in reversed(KINDS.items()) for name in names}
_SKIPPED = frozenset(
    {"nr", "no", "n", "nro", "nummer", "number", "numero", "nr:", "rechnungsnr", ""}
)
DATED = frozenset(
    {"vom", "von", "of", "du", "av", "den", "dated", "af", "van", "date", "fra", "om"}
)
INVOICES = frozenset({"invoice", "credit_note"})
_OTHER_PAPERS = frozenset({"order_number", "_other_number", "_delivered_on"})
# Papers that print the code of their type, UNTDID 1001: "Invoice (380)".
_CODED = re.compile(r"[(](\d{2,3})[)]")
_KIND_OF_CODE = {
    **dict.fromkeys(("326", "380", "386", "389", "393", "395", "875", "876", "877"),
                    "invoice"),
    "325": "pro_forma", **dict.fromkeys(("261", "381", "396", "532"), "credit_note"),
}  # fmt: skip
_PART = re.compile(r"[(]\d{2,3}[)]")
_LINES = 60.0  # Points below a title.
_TITLES = 0.35  # Of a page: below it rows of sums begin.
_UPPER = 0.5  # Of the first page: titles stand above.


@lru_cache(maxsize=8192)
def title_kind(text: str) -> str:
    """The kind of document that a row of words names first; empty if none."""
    words = [key(word) for word in text.split(maxsplit=40)[:40]]
    words = _joined([word for word in words if word])
    if kind := _named(words):
        return kind
    if words and (words[0] in _BEFORE or _ORDINAL.fullmatch(words[0])):
        after = words[2:] if words[1:2] == ["gangs"] else words[1:]
        if _named(after) == "reminder":
            return "reminder"
    if words and words[0].endswith(_ENDS_ALSO):
        return next(_KIND_OF[end] for end in _ENDS_ALSO if words[0].endswith(end))
    return ""


def _named(words: list[str]) -> str:
    for count in (3, 2, 1):
        if len(words) >= count and (kind := _KIND_OF.get("".join(words[:count]))):
            return kind
    return ""


def _joined(words: list[str]) -> list[str]:
    """Letters set far apart as one word: "R E C H N U N G"."""
    single = 0
    while single < len(words) and len(words[single]) == 1 and words[single].isalpha():
        single += 1
    return ["".join(words[:single]), *words[single:]] if single > 3 else words


def kind_of(m: Marked) -> str:
    """invoice, credit_note, or another paper by the names of KINDS, or other."""
    return titled(m) or ("invoice" if _sounds_like_an_invoice(m) else "other")


def titled(m: Marked) -> str:
    """As `kind_of`, by a title alone; empty if no row is one."""
    votes: dict[str, float] = {}
    for row in m.rows:
        page = m.pages[0]
        if row.page != page.number:
            break
        for cell in row.cells:
            kind = title_kind(cell.text)
            words = sum(_counts(word.text) for word in cell.words) if kind else 0
            if not kind or words > 9:
                continue
            weight = row.height + (8 if row.top < _UPPER * page.height else 0)
            weight -= 1.5 * max(words - 4, 0)
            if kind == "invoice" and _labels_at(m, row, cell):
                weight -= 4  # "Invoice to", "Invoice date": credit notes say that, too.
            elif kind not in INVOICES and _is_label(m, row, cell):
                weight -= 20  # "Order: 4711" names another paper where an invoice is named, too.
            if coded := _CODED.search(cell.text):
                kind, weight = _KIND_OF_CODE.get(coded[1], kind), weight + 8
            votes[kind] = max(votes.get(kind, -20.0), weight)
    return max(votes, key=lambda kind: votes[kind]) if votes else ""


def _counts(word: str) -> bool:
    """Does a word make a title longer than titles are? Not letters set apart, numbers and dates."""
    return len(word) > 1 and not any(ch.isdigit() for ch in word) and (
        key(word) not in _SKIPPED and key(word) not in DATED
    )  # fmt: skip


def _is_label(m: Marked, row: Row, cell: Cell) -> bool:
    """Does the word announce a number of that paper: "Order: 4711", "Delivery note no. 88"?"""
    return any(word.text.endswith(":") for word in cell.words) or bool(
        _labels_at(m, row, cell) & _OTHER_PAPERS
    )


def _labels_at(m: Marked, row: Row, cell: Cell) -> set[str]:
    """The fields that the first words of a cell announce."""
    labels = m.labels_by_row.get(row.number, ())
    return {label.field for label in labels if label.first == cell.first}


def _sounds_like_an_invoice(m: Marked) -> bool:
    fields = {label.field for label in m.labels}
    return len(fields & {"number", "issued_on", "due_on", "gross", "net", "tax", "payable"}) >= 3


def title_numbers(m: Marked) -> Iterator[tuple[str, Value, Reason]]:
    """Number and date that stand behind the title: "Invoice no. 4711 of 5 March 2026"."""
    for row in m.rows:
        for cell in row.cells:
            if title_kind(cell.text) not in INVOICES or len(cell.words) > 14:
                continue
            if _lists(m, row, cell):
                continue
            values = [
                value for value in m.values_by_row.get(row.number, ())
                if cell.first <= value.first < cell.first + len(cell.words) or value.first
                in (cell.first + len(cell.words), cell.first + len(cell.words) + 1)
            ]  # fmt: skip
            yield from _behind(row, cell.first, values)
            plain = [key(word.text) for word in cell.words]
            if len(plain) == 1 or _named(_joined(plain)) in INVOICES:
                yield from _right_below(m, row, cell)


def below_title(m: Marked, box: Box) -> bool:
    """Does a place stand in the lines below the title, or beside them?"""
    return any(
        title_kind(cell.text) in INVOICES and 0 < box.top - cell.box.bottom < _LINES
        for row in m.rows if row.page == box.page == 1 for cell in row.cells if len(cell.words) < 3
    )  # fmt: skip


def _lists(m: Marked, row: Row, cell: Cell) -> bool:
    """Does the row say what another invoice came to: "Part invoice 591 of 16 Jan 2023   -267.00"?"""
    last = cell.first + len(cell.words)
    return cell.box.top > _TITLES * m.pages[row.page - 1].height and any(
        value.is_money and value.first >= last for value in m.values_by_row.get(row.number, ())
    )


def _right_below(m: Marked, row: Row, cell: Cell) -> Iterator[tuple[str, Value, Reason]]:
    """A number alone in the line below a title that is alone in its own, or its number and date:
    "No. 4711", "of 5 March 2026"."""
    edge = row.bottom
    for below in m.rows[row.number + 1 : row.number + 5]:
        if below.page != row.page or below.top - edge > 2 * row.height:
            return
        for other in below.cells:
            flush = abs(other.box.left - cell.box.left) < 4
            if not (flush or abs(other.box.right - cell.box.right) < 4):
                continue
            first = other.words[0].text
            said = key(first) if len(other.words) > 1 else ""
            if said in _SKIPPED | DATED and (said or (first == "#" and len(other.words) > 1)):
                for announced in _announced(m, below, other, cell.text):
                    edge = below.bottom
                    yield announced
                continue
            if len(other.words) > 1:
                continue
            kinds = {
                one.kind: one
                for one in m.values_by_row.get(below.number, ())
                if one.first == other.first and one.checked is not False
            }
            value = kinds.get("number")
            taken = kinds.keys() & {"date", "bankgiro", "plusgiro", "vat_id"}
            if value and not taken and not company_number(value.text):
                says = f"Stands right below the title “{cell.text}”."
                yield "number", value, Reason(code="label", says=says, weight=1.4)
            return


def _announced(m: Marked, row: Row, cell: Cell, title: str) -> Iterator[tuple[str, Value, Reason]]:
    """The number behind "No.", the date behind "of", where nothing else stands in the cell."""
    said = key(cell.words[0].text)
    last = cell.first + len(cell.words)
    says = f"Stands below the title “{title}”, behind “{cell.words[0].text}”."
    for value in m.values_by_row.get(row.number, ()):
        if value.first != cell.first + 1 or value.last != last:
            continue
        if value.kind == "date" and said in DATED:
            yield "issued_on", value, Reason(code="label", says=says, weight=2.2)
        elif value.kind == "number" and said in _SKIPPED:
            yield "number", value, Reason(code="label", says=says, weight=2.0)


def _behind(row: Row, start: int, values: list[Value]) -> Iterator[tuple[str, Value, Reason]]:
    phrase, named = row.words[start].text.strip(":"), False
    for at in range(start + 1, min(start + 8, len(row.words))):
        word = row.words[at].text
        if key(word) in _SKIPPED:
            named = named or bool(word.strip(" :.-"))
            continue
        if _PART.fullmatch(word) or not any(ch.isdigit() for ch in word):
            if key(word) in DATED:
                break
            continue
        value = next((one for one in values if one.first == at and one.kind == "number"), None)
        taken = any(one.first == at and (one.kind == "date" or one.is_money) for one in values)
        if value and not taken:  # Not "Invoice total 4,711.00".
            says = f"Stands behind the title “{phrase}”."
            yield "number", value, Reason(code="label", says=says, weight=2.3 if named else 1.7)
            break
        break
    for one in values:
        if one.kind == "date" and one.first and key(row.words[one.first - 1].text) in DATED:
            says = f"Stands behind the title “{phrase}”."
            yield "issued_on", one, Reason(code="label", says=says, weight=2.2)
            return
