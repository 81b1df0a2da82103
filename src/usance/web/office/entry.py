"""One invoice typed by hand: the sums follow every line, the rules are asked before it is taken in.

Without scripts every button sends the form and gets it back with all that was typed.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from usance import clock, models
from usance.actions import intake
from usance.domain import intake as rules
from usance.domain.finding import Finding, Severity, blocking
from usance.domain.intake.entry import EXEMPTIONS, Entry, EntryLine, paper
from usance.domain.intake.values import is_iban
from usance.domain.invoice import Invoice
from usance.domain.mandate import Act
from usance.domain.party import Address, Contact, Identifier, Party, name_key
from usance.domain.refusal import Refusal
from usance.domain.verification.profiles import Profile
from usance.plugins.einvoices import _verdict, ubl
from usance.queries import companies

from . import desk

MOST_LINES = 200
FIRST_LINES = 2
LISTED = 20  # Debtors that a search suggests.
LINE = ("text", "quantity", "unit", "price", "allowance", "category", "rate")
FRESH = {"text": "", "quantity": "1", "unit": "C62", "price": "", "allowance": "", "category": "S",
         "rate": "25"}  # fmt: skip
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
class _Form:
    """What was typed, what it means, and what of it means nothing."""

    said: QueryDict
    lines: list[dict[str, str]]
    faults: list[Finding] = field(default_factory=list)

    def text(self, name: str) -> str:
        return " ".join(str(self.said.get(name, "")).split())

    def fault(self, where: str, says: str, todo: str = "") -> None:
        self.faults.append(Finding(code="entry_incomplete", says=says, where=where, todo=todo))


def new(request: HttpRequest) -> HttpResponse:
    """The form. `act`: add, remove:N, save; anything else shows the sums again."""
    act = request.POST.get("act", "")
    form = _Form(request.POST, _lines(request.POST, act))
    if request.method != "POST":
        return _page(request, form, None, ())
    made = paper(_entry(form))
    claim, faults = rules.receivable(made)
    found = _findings(made) if claim else ()
    stops = [*form.faults, *blocking(faults)]
    if act == "save":
        is_sure = request.POST.get("anyway") == "yes"
        if not stops and claim is not None and (is_sure or not blocking(found)):
            try:
                return _save(request, form, made)
            except Refusal as no:
                says, todo = desk.sentence(no), no.todo
                stops = [Finding(code=no.code, says=says, todo=todo, severity=Severity.FATAL)]
        return _page(request, form, made, (*stops, *found), asked=True, status=422)
    return _page(request, form, made, (*form.faults, *faults, *found))


@require_safe
def debtors(request: HttpRequest) -> HttpResponse:
    """Suggestions for the debtor's field."""
    rows = companies.debtors(request.GET.get("debtor", "").strip()[:100])
    return render(
        request, "office/entry_debtors.html", {"debtors": rows.order_by("name_key")[:LISTED]}
    )


def _save(request: HttpRequest, form: _Form, made: Invoice) -> HttpResponse:
    client = _client(form)
    assert client is not None, "a form without a client has a fault"
    batch = intake.receive(
        [
            intake.File(
                name=f"{made.number}.xml", data=ubl.write(made, {}), media_type=ubl.MEDIA_TYPE
            )
        ],
        client=client.pk,
        way="office",
        **desk.signed(request),
    )
    row = models.Invoice.objects.filter(file__batch=batch).first()
    if row is None:
        return redirect("batch", pk=batch.pk)
    desk.told(request, _("%(number)s was taken in") % {"number": row.number})
    return redirect("invoice", pk=row.pk)


def _page(
    request: HttpRequest,
    form: _Form,
    made: Invoice | None,
    findings: tuple[Finding, ...],
    *,
    asked: bool = False,
    status: int = 200,
) -> HttpResponse:
    nets = [line.net for line in made.lines] if made else []
    context = {
        "said": form.said,
        "kind": form.text("kind") or "invoice",
        "currency": form.text("currency") or "EUR",
        "issued_on": form.text("issued_on") or clock.now().date().isoformat(),
        "lines": [
            {**line, "at": at, "net": nets[at - 1] if at <= len(nets) else None}
            for at, line in enumerate(form.lines, start=1)
        ],
        "added": request.POST.get("act") == "add",
        "made": made,
        "findings": findings,
        "stopped": asked,
        "may_insist": asked and not form.faults,
        "units": UNITS,
        "categories": CATEGORIES,
        "clients": list(models.Client.objects.order_by("name_key").values("pk", "name")[:500]),
        "client": desk.key(request.POST.get("client")),
        "debtors": companies.debtors("").order_by("name_key")[:LISTED],
        "known": _known(form) if made else None,
        "may": desk.allowed(request, Act.TAKE_IN),
    }
    return render(request, "office/entry_new.html", context, status=status)


def _lines(said: QueryDict, act: str) -> list[dict[str, str]]:
    columns = [said.getlist(f"line_{name}") for name in LINE]
    lines = [dict(zip(LINE, cells, strict=True)) for cells in zip(*columns, strict=False)]
    lines = lines[:MOST_LINES] or [dict(FRESH) for _at in range(FIRST_LINES)]
    if act == "add" and len(lines) < MOST_LINES:
        lines.append({**FRESH, "category": lines[-1]["category"], "rate": lines[-1]["rate"]})
    word, _sign, number = act.partition(":")
    if word == "remove" and number.isdecimal() and 0 < int(number) <= len(lines) > 1:
        del lines[int(number) - 1]
    return lines


def _entry(form: _Form) -> Entry:
    client = _client(form)
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
    is_credit_note = form.text("kind") == "credit"
    return Entry(
        is_credit_note=is_credit_note,
        number=form.text("number"),
        issued_on=_day(form, "issued_on"),
        due_on=_day(form, "due_on"),
        currency=currency,
        seller=_party(client) if client else Party(),
        buyer=buyer,
        lines=lines,
        order=form.text("order"),
        reference=form.text("reference"),
        account=account,
        credited=form.text("credited") if is_credit_note else "",
        note=form.text("note"),
    )


def _line(form: _Form, at: int, said: dict[str, str]) -> EntryLine | None:
    """A line without text and price is one that nobody filled in."""
    text = " ".join(said["text"].split())
    if not text and not said["price"].strip():
        return None
    figures = {name: _figure(form, at, said, name) for name in ("quantity", "price", "allowance")}
    category = said["category"] if said["category"] in EXEMPTIONS else "S"
    rate = _figure(form, at, said, "rate") if category == "S" else Decimal(0)
    if not text:
        form.fault(_("line %(at)s") % {"at": at}, _("A line needs a text."))
    if rate is not None and not 0 <= rate <= 100:
        form.fault(_("line %(at)s") % {"at": at}, _("A rate lies between 0 and 100."))
        rate = Decimal(0)
    return EntryLine(
        text=text,
        quantity=figures["quantity"] if said["quantity"].strip() else Decimal(1),
        price=figures["price"],
        unit=said["unit"] if said["unit"] in dict(UNITS) else "C62",
        allowance=figures["allowance"],
        category=category,
        rate=rate,
    )


def _figure(form: _Form, at: int, said: dict[str, str], name: str) -> Decimal:
    """1 234,50 or 1,234.50 or 2.5; what may be thousands or a fraction is asked about."""
    text = "".join(said[name].split()).replace("’", "").replace("'", "")
    comma, point = text.rfind(","), text.rfind(".")
    if comma >= 0 and point >= 0:
        text = text.replace("." if comma > point else ",", "")
    elif max(comma, point) >= 0 and len(text) - max(comma, point) == 4 and text[0] != "0":
        says = _("“%(text)s” may be thousands or a fraction; write it out.") % {"text": said[name]}
        form.fault(_("line %(at)s") % {"at": at}, says)
        return Decimal(0)
    text = text.replace(",", ".")
    digits = text.removeprefix("-").replace(".", "", 1)
    if text and not (digits.isascii() and digits.isdigit() and len(digits) <= 15):
        says = _("“%(text)s” is no amount.") % {"text": said[name][:40]}
        form.fault(_("line %(at)s") % {"at": at}, says)
        return Decimal(0)
    return Decimal(text or "0")


def _day(form: _Form, name: str) -> date | None:
    try:
        return date.fromisoformat(form.text(name)) if form.text(name) else None
    except ValueError:
        says = _("“%(text)s” is no date.") % {"text": form.text(name)[:20]}
        form.fault(name, says, _("Write such as 2026-03-31."))
        return None


def _client(form: _Form) -> models.Client | None:
    key: UUID | None = desk.key(form.text("client"))
    return models.Client.objects.filter(pk=key).first() if key else None


def _known(form: _Form) -> models.Debtor | None:
    """The debtor of the register that is meant: its whole name, and no other has it."""
    key = name_key(form.text("debtor"))
    if not key or form.text("debtor_street") or form.text("debtor_vat_id"):
        return None
    rows = list(models.Debtor.objects.filter(name_key=key)[:2])
    return rows[0] if len(rows) == 1 else None


def _buyer(form: _Form) -> Party:
    known = _known(form)
    if known is not None:
        return _party(known)
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


def _party(row: models.Client | models.Debtor) -> Party:
    return Party(
        name=row.name,
        vat_id=row.vat_id,
        legal_id=Identifier(value=row.legal_id) if row.legal_id else None,
        address=Address(
            street=row.street, postcode=row.postcode, city=row.city, country=row.country
        ),
    )


def _findings(made: Invoice) -> tuple[Finding, ...]:
    """What the official rules say of the paper that would be kept."""
    data = ubl.write(made, {})
    return _verdict.verdict(data, profile=Profile.EN16931, on=clock.now().date()).findings
