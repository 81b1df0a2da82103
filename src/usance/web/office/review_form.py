"""The form of a document in review: each field with its mark, its reasons and its place."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usance.domain.capture.reading import FIELDS, Field, Reading
from usance.domain.capture.review import AMOUNTS, DAYS, KINDS, editable
from usance.domain.finding import Finding

from . import desk

LABELS = {
    "number": gettext_lazy("Invoice number"),
    "issued_on": gettext_lazy("Invoice date"),
    "due_on": gettext_lazy("Due date"),
    "currency": gettext_lazy("Currency"),
    "seller_name": gettext_lazy("Seller"),
    "seller_vat_id": gettext_lazy("Seller's VAT id"),
    "seller_number": gettext_lazy("Seller's registration number"),
    "seller_tax_number": gettext_lazy("Seller's tax number"),
    "buyer_name": gettext_lazy("Buyer"),
    "buyer_vat_id": gettext_lazy("Buyer's VAT id"),
    "buyer_number": gettext_lazy("Buyer's registration number"),
    "net": gettext_lazy("Net total"),
    "tax": gettext_lazy("Tax"),
    "gross": gettext_lazy("Gross total"),
    "payable": gettext_lazy("Amount due"),
    "iban": gettext_lazy("IBAN"),
    "bic": gettext_lazy("BIC"),
    "bankgiro": gettext_lazy("Bankgiro"),
    "plusgiro": gettext_lazy("Plusgiro"),
    "payment_reference": gettext_lazy("Payment reference"),
    "order_number": gettext_lazy("Order number"),
    "terms": gettext_lazy("Payment terms"),
    "assignment": gettext_lazy("Assignment notice"),
}
assert set(LABELS) == set(FIELDS), "every field has its label"
PARTS = {
    "rate": gettext_lazy("Tax row %(n)s: rate in per cent"),
    "net": gettext_lazy("Tax row %(n)s: net"),
    "tax": gettext_lazy("Tax row %(n)s: tax"),
}
WORDS = {
    "invoice": gettext_lazy("Invoice"),
    "credit_note": gettext_lazy("Credit note"),
    "reminder": gettext_lazy("Reminder"),
    "delivery_note": gettext_lazy("Delivery note"),
    "order": gettext_lazy("Order"),
    "statement": gettext_lazy("Statement of account"),
    "pro_forma": gettext_lazy("Pro forma invoice"),
    "other": gettext_lazy("Something else"),
}
# Needed by every invoice, so that an empty one is doubtful; another may simply not be there.
NEEDED = frozenset({"number", "issued_on", "currency", "payable", "seller_name", "buyer_name"})
OF_PARTIES = {"BG-4": "seller_name", "BG-7": "buyer_name", "BG-23": "tax"}
REASONS_SHOWN = 3
_EUROPEAN = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One field as it is drawn. `tone` good, warn or bad: told by word, shape and colour."""

    name: str
    label: str
    value: str
    tone: str
    icon: str
    word: str
    confidence: str  # "0.71"; empty: a person said it, or nothing was read.
    says: tuple[str, ...]
    doubtful: bool
    page: int | None  # Where it stands; None: it was concluded.
    numeric: bool
    others: tuple[str, ...]  # Other values that were read for it.


def lines(
    reading: Reading,
    typed: Mapping[str, str],
    findings: Iterable[Finding],
    *,
    seen: Sequence[str] = (),
    sure_from: Decimal,
) -> list[Line]:
    """Every field in the order of the form.

    :param typed: what stands in the form now, where it is not what was read.
    :param seen: fields that the person has accepted as they are.
    """
    wrong: dict[str, list[Finding]] = {}
    for finding in findings:
        wrong.setdefault(field_of(finding), []).append(finding)
    drawn = []
    for name in editable(reading):
        field = reading.fields.get(name)
        if field is None and name not in typed and name not in LABELS:
            continue
        drawn.append(
            _line(name, field, reading, typed, wrong.get(name, []), name in seen, sure_from)
        )
    return drawn


def _line(
    name: str,
    field: Field | None,
    reading: Reading,
    typed: Mapping[str, str],
    wrong: Sequence[Finding],
    seen: bool,
    sure_from: Decimal,
) -> Line:
    read = field.value if field else ""
    value = typed.get(name, read)
    mine = value != read
    unsure = field is not None and Decimal(str(field.confidence)) < sure_from
    doubtful = unsure or (name in NEEDED and not read) or bool(wrong)
    says = [f"{one.says} {one.todo}".strip() for one in wrong]
    if mine:
        says.append(_("You say so. Read was: %(read)s") % {"read": read or "–"})
    elif field is not None:
        reasons = sorted(field.reasons, key=lambda one: -abs(one.weight))
        says += [one.says for one in reasons[:REASONS_SHOWN]]
    elif name in NEEDED:
        says.append(_("Not found on the document."))
    tone, icon, word = "good", "circle-check", _("Sure")
    if any(one.blocks for one in wrong):
        tone, icon, word = "bad", "triangle-alert", _("Rule broken")
    elif mine or seen:
        icon, word = "check", _("Yours") if mine else _("Accepted")
    elif doubtful:
        tone, icon, word = "warn", "circle-question-mark", _("To review")
    elif field is None or not read:
        tone, icon, word = "", "circle-dashed", _("Not on the document")
    others = [one.value for one in reading.candidates.get(name, ()) if one.value != value]
    return Line(
        name=name, label=label(name), value=value, tone=tone, icon=icon, word=str(word),
        confidence="" if field is None or mine else f"{field.confidence:.2f}",
        says=tuple(dict.fromkeys(filter(None, says))), doubtful=doubtful,
        page=field.box.page if field and field.box else None,
        numeric=name in AMOUNTS or name.startswith("vat_"),
        others=tuple(dict.fromkeys(filter(None, others)))[:4],
    )  # fmt: skip


def label(name: str) -> str:
    """ "issued_on" as "Invoice date"; "vat_1_net" as "Tax row 1: net"."""
    if name == "kind":
        return _("Kind")
    if name in LABELS:
        return str(LABELS[name])
    _vat, _low, rest = name.partition("_")
    row, _low, what = rest.partition("_")
    return str(PARTS[what]) % {"n": row} if what in PARTS else name.replace("_", " ")


def field_of(finding: Finding) -> str:
    """The field beside which it is said; empty: it is about the document as a whole."""
    if finding.where in FIELDS or finding.where.startswith("vat_"):
        return finding.where
    by_term = {term: name for name, term in reversed(FIELDS.items())}
    return by_term.get(finding.where, OF_PARTIES.get(finding.where, ""))


def typed(reading: Reading, sent: QueryDict) -> dict[str, str]:
    """What stands in the form, as plain text; what is no day or amount stays as it was typed."""
    currency = (sent.get("currency") or "").strip().upper()
    said = {}
    for name in editable(reading):
        if name not in sent:
            continue
        text = " ".join(sent[name].split())
        field = reading.fields.get(name)
        said[name] = text if field and text == field.value else plain(name, text, currency)
    if sent.get("kind") in KINDS:
        said["kind"] = sent["kind"]
    return said


def plain(name: str, text: str, currency: str) -> str:
    """As people type: "13 284,00" is 13284.00, "28.4.2026" is 2026-04-28."""
    if not text:
        return ""
    if name in AMOUNTS or (name.startswith("vat_") and not name.endswith("rate")):
        money = desk.amount(text, currency if len(currency) == 3 else "EUR")
        return str(money.decimal) if money else text
    if name.endswith("_rate"):
        return text.rstrip(" %").replace(",", ".")
    if name in DAYS:
        return _day(text)
    if name == "currency":
        return text.upper()
    if name.endswith(("_vat_id", "iban", "bic")):
        return "".join(text.split()).upper()
    return text


def _day(text: str) -> str:
    found = _EUROPEAN.fullmatch(text)
    if not found:
        return text
    day, month, year = map(int, found.groups())
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return text
