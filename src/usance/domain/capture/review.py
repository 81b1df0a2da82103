"""When a reading needs no person, and what a person may correct of it. Facts in, findings out."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from ..finding import Finding, Severity
from ..invoice.document import Account, Invoice, PaymentMeans, Tax
from ..party import Identifier
from .reading import FIELDS, Field, Reading, Reason


class State(StrEnum):
    """How far a document is on its way from pages to an invoice."""

    UNREAD = "unread"  # A job will read it.
    WAITING = "waiting"  # For a person.
    POSTPONED = "postponed"  # A person laid it aside.
    PASSED = "passed"  # It was sure by itself: no person was needed.
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    UNREADABLE = "unreadable"  # Locked, broken, too large: the finding stands on the file.


UNDECIDED = frozenset({State.UNREAD, State.WAITING, State.POSTPONED})
DECIDABLE = frozenset({State.WAITING, State.POSTPONED})
KINDS = ("invoice", "credit_note")  # What can enter the books.
TYPE_CODES = {"invoice": "380", "credit_note": "381"}  # UNTDID 1001.
MATTER = ("number", "issued_on", "currency", "payable")
AMOUNTS = frozenset({"net", "tax", "gross", "payable"})
DAYS = frozenset({"issued_on", "due_on"})
SAID_BELOW = frozenset({"no_number"})  # Said again of the field itself.
SETTLED_BY = {"not_an_invoice": "kind", "iban_digits": "iban"}  # The field that answers it.
SURE = 1  # What a person said is as sure as it gets.
LONGEST = 400  # Characters of a value.
MOST_DIGITS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """What the register says about the parties of a reading."""

    client: bool
    debtor: bool
    seller_is_client: bool | None  # None: the page names no identifier to compare.


def doubts(reading: Reading, known: Parties, *, sure_from: Decimal) -> tuple[Finding, ...]:
    """Why a person has to look; empty: nobody has to.

    :param sure_from: confidence from which on a value is taken as it was read, 0 to 1.
    """
    return tuple(_doubts(reading, known, sure_from))


def _doubts(reading: Reading, known: Parties, sure_from: Decimal) -> Iterator[Finding]:
    stops = [one for one in reading.findings if one.blocks and one.code not in SAID_BELOW]
    yield from stops
    if reading.kind not in KINDS and not any(one.code == "not_an_invoice" for one in stops):
        yield _doubt("not_an_invoice", f"This seems to be no invoice but: {reading.kind}.")
    for name in (*MATTER, "due_on"):
        field = reading.fields.get(name)
        if field is None or not field.value:
            if name in MATTER:
                yield _doubt("field_missing", f"Not found: {name}.", FIELDS[name])
        elif Decimal(str(field.confidence)) < sure_from:
            says = f"{name} was read with {field.confidence:.2f}; {sure_from:.2f} is needed."
            yield _doubt("field_doubtful", says, FIELDS[name])
    if not known.client:
        yield _doubt("client_unknown", "Whose invoice it is, is not known.", "BG-4")
    if known.seller_is_client is False:
        yield _doubt("seller_not_client", "The seller is not who handed it in.", "BG-4")
    if not known.debtor:
        yield _doubt("debtor_unknown", "Who owes it, is not known.", "BG-7")
    if not totals_proved(reading.invoice):
        yield _doubt("totals_unproved", "Net, tax and total do not prove each other.", "BT-115")


def doubted(reading: Reading, *, sure_from: Decimal) -> tuple[str, ...]:
    """Fields that matter and were read below the threshold: confirmed, they teach as well."""
    return tuple(
        name
        for name in (*MATTER, "due_on")
        if (field := reading.fields.get(name)) and Decimal(str(field.confidence)) < sure_from
    )


def totals_proved(invoice: Invoice) -> bool:
    """Whether net plus tax gives the gross total, and that the amount due (BR-CO-15 and 16)."""
    totals = invoice.totals
    if None in (totals.net, totals.tax, totals.gross, totals.payable):
        return False
    assert totals.net is not None
    assert totals.tax is not None
    assert totals.gross is not None
    due = totals.gross - (totals.prepaid or Decimal(0)) + (totals.rounding or Decimal(0))
    return totals.net + totals.tax == totals.gross and due == totals.payable


def editable(reading: Reading) -> tuple[str, ...]:
    """Names of the fields of the form: all of FIELDS, then the tax rows that were read."""
    return (*FIELDS, *(name for name in reading.fields if name not in FIELDS))


def changed(reading: Reading, said: Mapping[str, str]) -> dict[str, str]:
    """What of `said` differs from what was read; blanks around do not count."""
    found = {}
    for name, value in said.items():
        field = reading.fields.get(name)
        before = reading.kind if name == "kind" else field.value if field else ""
        if value.strip() != before:
            found[name] = value.strip()
    return found


def corrected(reading: Reading, said: Mapping[str, str]) -> tuple[Reading, tuple[Finding, ...]]:
    """The reading as a person says it is, and what of it cannot be understood.

    :param said: field to plain text, as Field.value has it; "" takes a value away. "kind" is one
        of KINDS.
    """
    fields, invoice, kind = dict(reading.fields), reading.invoice, reading.kind
    faults = []
    for name, value in changed(reading, said).items():
        try:
            invoice = _set(invoice, name, value, before=fields.get(name))
        except (ValueError, InvalidOperation, ArithmeticError):
            faults.append(_unreadable(name, value))
            continue
        if name == "kind":
            kind = value
            continue
        place = fields[name].box if name in fields else None
        fields[name] = Field(
            name=name, value=value, confidence=SURE, box=place, term=FIELDS.get(name, "BG-23"),
            reasons=(Reason(code="person", says="A person said so.", weight=SURE),),
        )  # fmt: skip
    invoice, left_out = _without_wrong_lines(invoice)
    still = tuple(one for one in reading.findings if not _settled(one, reading, said))
    after = replace(reading, fields=fields, invoice=invoice, kind=kind, findings=still)
    return after, (*faults, *left_out)


def _settled(finding: Finding, reading: Reading, said: Mapping[str, str]) -> bool:
    """Whether what a person said answers what the reader had found."""
    new = changed(reading, said)
    about = SETTLED_BY.get(finding.code, finding.code.removeprefix("no_"))
    return bool(new.get(about))


def _set(invoice: Invoice, name: str, value: str, *, before: Field | None) -> Invoice:
    """:raises ValueError, InvalidOperation: if the text is none of its kind, or there is no such
    field."""
    if len(value) > LONGEST or not value.isprintable():
        raise ValueError(name)
    if name.startswith("vat_"):
        return _tax_row(invoice, name, value)
    if name in ACCOUNTS:
        return _account(invoice, value, before.value if before else "")
    return SETTERS[name](invoice, value) if name in SETTERS else _no_such(name)


def _no_such(name: str) -> Invoice:
    raise ValueError(f"there is no field {name}")


def _number(text: str) -> Decimal | None:
    if not text:
        return None
    number = Decimal(text)
    if not number.is_finite() or len(number.as_tuple().digits) > MOST_DIGITS:
        raise ValueError(text)
    return number


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _currency(text: str) -> str:
    if text and not (len(text) == 3 and text.isascii() and text.isupper()):
        raise ValueError(text)
    return text


def _kind(invoice: Invoice, value: str) -> Invoice:
    if value not in KINDS:
        raise ValueError(value)
    return replace(invoice, type_code=TYPE_CODES[value])


def _party(whose: str, what: str) -> Callable[[Invoice, str], Invoice]:
    def setter(invoice: Invoice, value: str) -> Invoice:
        party = getattr(invoice, whose)
        new = (Identifier(value=value) if value else None) if what == "legal_id" else value
        return replace(invoice, **{whose: replace(party, **{what: new})})

    return setter


def _total(what: str) -> Callable[[Invoice, str], Invoice]:
    def setter(invoice: Invoice, value: str) -> Invoice:
        return replace(invoice, totals=replace(invoice.totals, **{what: _number(value)}))

    return setter


SETTERS: dict[str, Callable[[Invoice, str], Invoice]] = {
    "kind": _kind,
    "number": lambda invoice, value: replace(invoice, number=value),
    "issued_on": lambda invoice, value: replace(invoice, issued_on=_day(value)),
    "due_on": lambda invoice, value: replace(invoice, due_on=_day(value)),
    "currency": lambda invoice, value: replace(invoice, currency=_currency(value)),
    "order_number": lambda invoice, value: replace(invoice, order=value),
    "terms": lambda invoice, value: replace(invoice, payment_terms=value),
    "assignment": lambda invoice, value: invoice,  # Read to be seen; the notice is our own.
    "bic": lambda invoice, value: _bic(invoice, value),
    "payment_reference": lambda invoice, value: _means(invoice, reference=value),
    "seller_name": _party("seller", "name"),
    "seller_vat_id": _party("seller", "vat_id"),
    "seller_number": _party("seller", "legal_id"),
    "seller_tax_number": _party("seller", "tax_id"),
    "buyer_name": _party("buyer", "name"),
    "buyer_vat_id": _party("buyer", "vat_id"),
    "buyer_number": _party("buyer", "legal_id"),
    **{name: _total(name) for name in AMOUNTS},
}
ACCOUNTS = frozenset({"iban", "bankgiro", "plusgiro"})
assert {*SETTERS, *ACCOUNTS} == {"kind", *FIELDS}, "every field of the form can be corrected"


def _means(invoice: Invoice, **new: object) -> Invoice:
    first, *rest = invoice.payment_means or (PaymentMeans(code="30"),)
    return replace(invoice, payment_means=(replace(first, **new), *rest))  # type: ignore[arg-type]  # Names of its fields.


def _account(invoice: Invoice, value: str, before: str) -> Invoice:
    """The account that was read as `before` becomes `value`; unknown before, it is added."""
    accounts = invoice.payment_means[0].accounts if invoice.payment_means else ()
    kept = [replace(one, number=value) if one.number == before else one for one in accounts]
    if not any(one.number == value for one in kept):
        kept.append(Account(number=value))
    return _means(invoice, accounts=tuple(one for one in kept if one.number))


def _bic(invoice: Invoice, value: str) -> Invoice:
    accounts = invoice.payment_means[0].accounts if invoice.payment_means else ()
    if not accounts:
        return invoice  # A bank without an account says nothing.
    return _means(invoice, accounts=(replace(accounts[0], bic=value), *accounts[1:]))


def _tax_row(invoice: Invoice, name: str, value: str) -> Invoice:
    """vat_1_rate, vat_1_net, vat_1_tax: the rows of the tax breakdown, from 1."""
    _vat, row, what = name.split("_", 2)
    column = {"rate": "rate", "net": "taxable", "tax": "tax"}.get(what)
    place = int(row) - 1
    if column is None or not 0 <= place < max(len(invoice.taxes), 1):
        raise ValueError(name)
    rows = list(invoice.taxes or (Tax(),))
    rows[place] = replace(rows[place], **{column: _number(value)})  # type: ignore[arg-type]  # Names of amounts.
    return replace(invoice, taxes=tuple(rows))


def _without_wrong_lines(invoice: Invoice) -> tuple[Invoice, tuple[Finding, ...]]:
    """Lines that contradict the net total that a person confirmed are left out: half-read lines
    must not stop an invoice whose totals are right."""
    nets = [line.net for line in invoice.lines]
    if not nets or invoice.totals.net is None:
        return invoice, ()
    extra = sum(
        ((one.amount or Decimal(0)) * (1 if one.is_charge else -1) for one in invoice.allowances),
        Decimal(0),
    )
    if None not in nets and sum(filter(None, nets), extra) == invoice.totals.net:
        return invoice, ()
    bare = replace(invoice, lines=(), totals=replace(invoice.totals, lines=None))
    says = "The lines that were read do not add up to the net total; the invoice goes on without."
    return bare, (
        Finding(
            code="lines_left_out", says=says, where="BG-25", severity=Severity.WARNING,
            todo="Nothing, if the totals are right: lines stand on the document.",
        ),
    )  # fmt: skip


def _doubt(code: str, says: str, where: str = "") -> Finding:
    return Finding(
        code=code, says=says, where=where, severity=Severity.WARNING,
        todo="Look at the document and say what is right.",
    )  # fmt: skip


def _unreadable(name: str, value: str) -> Finding:
    wanted = "a day, as 2026-04-28" if name in DAYS else "an amount, as 1234.50"
    if name not in DAYS | AMOUNTS and not name.startswith("vat_"):
        wanted = "what the field takes"
    return Finding(
        code="value_unreadable", says=f"{value[:40]!r} is not {wanted}.",
        where=FIELDS.get(name, name), todo="Write it as it stands on the document.",
    )  # fmt: skip
