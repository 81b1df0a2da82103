"""An invoice as a form of the office says it: what was typed, and what of it means nothing."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usance import models
from usance.domain.finding import Finding
from usance.domain.intake.entry import EXEMPTIONS, Entry, EntryAllowance, EntryLine
from usance.domain.intake.values import is_iban
from usance.domain.party import Address, Contact, Identifier, Party, name_key
from usance.queries.issuing import party

from . import desk

MOST_LINES, MOST_ALLOWANCES = 200, 20
FIRST_LINES = 2
LINE = ("text", "quantity", "unit", "price", "allowance", "category", "rate")
FRESH = {"text": "", "quantity": "1", "unit": "C62", "price": "", "allowance": "", "category": "S",
         "rate": "25"}  # fmt: skip
ALLOWANCE = ("kind", "text", "amount", "percent", "category", "rate")
UNITS = [
    ("C62", gettext_lazy("piece")), ("HUR", gettext_lazy("hour")), ("DAY", gettext_lazy("day")),
    ("MON", gettext_lazy("month")), ("KGM", gettext_lazy("kg")), ("TNE", gettext_lazy("tonne")),
    ("MTR", gettext_lazy("metre")), ("MTK", gettext_lazy("m²")), ("LTR", gettext_lazy("litre")),
    ("KMT", gettext_lazy("km")), ("LS", gettext_lazy("lump sum")),
]  # fmt: skip
CATEGORIES = [
    ("S", gettext_lazy("VAT at")), ("Z", gettext_lazy("zero rate")), ("E", gettext_lazy("exempt")),
    ("AE", gettext_lazy("reverse charge")), ("K", gettext_lazy("intra-EU supply")),
    ("G", gettext_lazy("export")), ("O", gettext_lazy("not subject")),
]  # fmt: skip
assert {key for key, _word in CATEGORIES} == set(EXEMPTIONS), "every category has its word"


@dataclass(slots=True)
class Form:
    """What was typed, what it means, and what of it means nothing."""

    said: QueryDict
    lines: list[dict[str, str]]
    allowances: list[dict[str, str]]
    faults: list[Finding] = field(default_factory=list)

    def text(self, name: str) -> str:
        return " ".join(str(self.said.get(name, "")).split())

    def fault(self, where: str, says: str, todo: str = "") -> None:
        self.faults.append(Finding(code="entry_incomplete", says=says, where=where, todo=todo))


def typed(said: QueryDict, act: str) -> Form:
    """What was typed, with the line more or less that `act` asks for: add, remove:N, allow."""
    return Form(said, lines_of(said, act), allowances_of(said, act))


def allowances_of(said: QueryDict, act: str) -> list[dict[str, str]]:
    rows = _rows(said, "allowance", ALLOWANCE)[:MOST_ALLOWANCES]
    if act == "allow" and len(rows) < MOST_ALLOWANCES:
        lines = lines_of(said, "")
        rows.append({"kind": "allowance", "text": "", "amount": "", "percent": "",
                     "category": lines[0]["category"], "rate": lines[0]["rate"]})  # fmt: skip
    return rows


def lines_of(said: QueryDict, act: str) -> list[dict[str, str]]:
    lines = _rows(said, "line", LINE)[:MOST_LINES]
    lines = lines or [dict(FRESH) for _at in range(FIRST_LINES)]
    if act == "add" and len(lines) < MOST_LINES:
        lines.append({**FRESH, "category": lines[-1]["category"], "rate": lines[-1]["rate"]})
    word, _sign, number = act.partition(":")
    if word == "remove" and number.isdecimal() and 0 < int(number) <= len(lines) > 1:
        del lines[int(number) - 1]
    return lines


def _rows(said: QueryDict, word: str, names: tuple[str, ...]) -> list[dict[str, str]]:
    columns = [said.getlist(f"{word}_{name}") for name in names]
    return [dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=False)]


def entry_of(form: Form) -> Entry:
    client = client_of(form)
    if client is None:
        form.fault("client", _("Choose the client whose invoice it is."))
    buyer = _buyer(form)
    currency = form.text("currency").upper()
    if not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
        form.fault("currency", _("“%(text)s” is no currency.") % {"text": currency})
        currency = ""
    account = "".join(form.text("account").split()).upper()
    if account and not is_iban(account):
        form.fault("account", _("The check digits of this IBAN are wrong."))
    lines = [line for at, said in enumerate(form.lines, start=1) if (line := _line(form, at, said))]
    if not lines:
        form.fault("lines", _("Write at least one line with a text and a price."))
    allowances = [
        one for at, said in enumerate(form.allowances, start=1) if (one := _off(form, at, said))
    ]
    is_credit_note = form.text("kind") == "credit"
    return Entry(
        is_credit_note=is_credit_note,
        number=form.text("number"),
        issued_on=day_of(form, "issued_on"),
        due_on=day_of(form, "due_on"),
        currency=currency,
        seller=party(client) if client else Party(),
        buyer=buyer,
        lines=lines,
        allowances=allowances,
        order=form.text("order"),
        reference=form.text("reference"),
        account=account,
        credited=form.text("credited") if is_credit_note else "",
        note=form.text("note"),
    )


def _line(form: Form, at: int, said: dict[str, str]) -> EntryLine | None:
    """A line without text and price is one that nobody filled in."""
    text = " ".join(said["text"].split())
    if not text and not said["price"].strip():
        return None
    where = _("line %(at)s") % {"at": at}
    quantity, price, allowance = (
        _figure(form, where, said[name]) for name in ("quantity", "price", "allowance")
    )
    category, rate = _taxed(form, where, said)
    if not text:
        form.fault(where, _("A line needs a text."))
    return EntryLine(
        text=text,
        quantity=quantity if said["quantity"].strip() else Decimal(1),
        price=price,
        unit=said["unit"] if said["unit"] in dict(UNITS) else "C62",
        allowance=allowance,
        category=category,
        rate=rate,
    )


def _off(form: Form, at: int, said: dict[str, str]) -> EntryAllowance | None:
    """One without figures is one that nobody filled in."""
    if not said["amount"].strip() and not said["percent"].strip():
        return None
    where = _("allowance or charge %(at)s") % {"at": at}
    amount, percent = (_figure(form, where, said[name]) for name in ("amount", "percent"))
    category, rate = _taxed(form, where, said)
    text, is_charge = " ".join(said["text"].split()), said["kind"] == "charge"
    if not text:
        form.fault(where, _("Write what it is for."))
    if amount and percent:
        form.fault(where, _("Write an amount or per cent, not both."))
    if amount < 0 or not 0 <= percent <= 100:
        form.fault(where, _("It has no sign: choose whether it is off or on top."))
    return EntryAllowance(
        is_charge=is_charge, text=text, amount=amount, percent=percent, category=category, rate=rate
    )


def _taxed(form: Form, where: str, said: dict[str, str]) -> tuple[str, Decimal]:
    category = said["category"] if said["category"] in EXEMPTIONS else "S"
    rate = _figure(form, where, said["rate"]) if category == "S" else Decimal(0)
    if not 0 <= rate <= 100:
        form.fault(where, _("A rate lies between 0 and 100."))
        rate = Decimal(0)
    return category, rate


def _figure(form: Form, where: str, said: str) -> Decimal:
    """1 234,50 or 1,234.50 or 2.5; what may be thousands or a fraction is asked about."""
    text = "".join(said.split()).replace("’", "").replace("'", "")
    comma, point = text.rfind(","), text.rfind(".")
    if comma >= 0 and point >= 0:
        text = text.replace("." if comma > point else ",", "")
    elif max(comma, point) >= 0 and len(text) - max(comma, point) == 4 and text[0] != "0":
        says = _("“%(text)s” may be thousands or a fraction; write it out.") % {"text": said}
        form.fault(where, says)
        return Decimal(0)
    text = text.replace(",", ".")
    digits = text.removeprefix("-").replace(".", "", 1)
    if text and not (digits.isascii() and digits.isdigit() and len(digits) <= 15):
        form.fault(where, _("“%(text)s” is no amount.") % {"text": said[:40]})
        return Decimal(0)
    return Decimal(text or "0")


def day_of(form: Form, name: str) -> date | None:
    try:
        return date.fromisoformat(form.text(name)) if form.text(name) else None
    except ValueError:
        says = _("“%(text)s” is no date.") % {"text": form.text(name)[:20]}
        form.fault(name, says, _("Write such as 2026-03-31."))
        return None


def client_of(form: Form) -> models.Client | None:
    key: UUID | None = desk.key(form.text("client"))
    return models.Client.objects.filter(pk=key).first() if key else None


def known(form: Form) -> models.Debtor | None:
    """The debtor of the register that is meant: its whole name, and no other has it."""
    key = name_key(form.text("debtor"))
    if not key or form.text("debtor_street") or form.text("debtor_vat_id"):
        return None
    rows = list(models.Debtor.objects.filter(name_key=key)[:2])
    return rows[0] if len(rows) == 1 else None


def _buyer(form: Form) -> Party:
    row = known(form)
    if row is not None:
        return party(row)
    if not form.text("debtor"):
        form.fault("debtor", _("Write the debtor's name."))
    registration, email = form.text("debtor_registration"), form.text("debtor_email")
    return Party(
        name=form.text("debtor"),
        vat_id=form.text("debtor_vat_id").replace(" ", "").upper(),
        legal_id=Identifier(value=registration) if registration else None,
        address=Address(
            street=form.text("debtor_street"),
            postcode=form.text("debtor_postcode"),
            city=form.text("debtor_city"),
            country=form.text("debtor_country").upper()[:2],
        ),
        contact=Contact(email=email) if email else None,
    )
