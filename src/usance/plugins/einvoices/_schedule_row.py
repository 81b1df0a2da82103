"""A row of a schedule as an invoice, whatever kind of file the row stood in."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from usance.domain.finding import Finding, Severity
from usance.domain.invoice import Invoice
from usance.domain.invoice.document import Account, Line, Note, PaymentMeans, Preceding, Tax, Totals
from usance.domain.party import Address, Contact, Identifier, Party

from ._csv_values import Row, amount, day, kind

STANDARD_RATED = "S"  # UNTDID 5305
ZERO_RATED = "Z"

Read = tuple[Invoice, tuple[Finding, ...]]


def unknown_columns(
    names: Sequence[str], columns: Mapping[str, int], *, where: str
) -> tuple[Finding, ...]:
    """One warning that names the columns which are not read; none if all are."""
    unknown = [
        name.strip() for at, name in enumerate(names) if at not in columns.values() and name.strip()
    ]
    if not unknown:
        return ()
    said = ", ".join(repr(name[:40]) for name in unknown[:10])
    return (
        Finding(
            code="column_unknown",
            says=f"Columns that are not read: {said}.",
            where=where,
            severity=Severity.WARNING,
            todo="Rename them if they should be.",
        ),
    )


def invoice(row: Row) -> Read:
    """A row in the model: one line, whose net is the row's."""
    net, tax, gross = (amount(row, name) for name in ("net", "tax", "gross"))
    if net is None and gross is not None:
        net = gross - tax if tax is not None else None
    if gross is None and net is not None and tax is not None:
        gross = net + tax
    row.check_sum(net, tax, gross)
    currency = row.text("currency").upper()
    credited, reference = row.text("credited"), row.text("reference")
    description = row.text("description")
    type_code = kind(row, gross if gross is not None else net)
    if type_code == "381":  # A credit note's amounts are positive; its kind says that it is one.
        net, tax, gross = (None if each is None else abs(each) for each in (net, tax, gross))
    rate = _rate(net, tax)
    category = "" if rate is None else STANDARD_RATED if rate else ZERO_RATED
    made = Invoice(
        number=row.text("number"),
        issued_on=day(row, "issued_on"),
        due_on=day(row, "due_on"),
        type_code=type_code,
        currency=currency,
        order=row.text("order"),
        notes=(Note(text=row.text("note")),) if row.text("note") else (),
        preceding=(Preceding(number=credited),) if credited else (),
        seller=_party(row, "seller"),
        buyer=_party(row, "debtor"),
        payment_means=_means(reference, row.text("account")),
        totals=Totals(lines=net, net=net, tax=tax, gross=gross, payable=gross),
        taxes=(Tax(taxable=net, tax=tax, category=category, rate=rate),) if tax is not None else (),
        lines=(
            Line(
                number="1",
                name=description,
                quantity=Decimal(1),
                unit="C62",
                net=net,
                price=net,
                tax_category=category,
                tax_rate=rate,
            ),
        ),
    )
    return made, tuple(row.findings)


def _means(reference: str, account: str) -> tuple[PaymentMeans, ...]:
    if not reference and not account:
        return ()
    accounts = (Account(number="".join(account.split())),) if account else ()
    return (PaymentMeans(code="30", reference=reference, accounts=accounts),)


def _rate(net: Decimal | None, tax: Decimal | None) -> Decimal | None:
    """The rate in per cent with one digit, if it gives the tax back to the cent; else unknown."""
    if net is None or tax is None or not net:
        return None
    rate = (tax * 100 / net).quantize(Decimal("0.1"))
    if abs(rate) > 100 or abs(net * rate / 100 - tax) > Decimal("0.01"):
        return None
    return rate if rate % 1 else rate.quantize(Decimal(1))


def _party(row: Row, who: str) -> Party:
    address = Address(
        street=row.text(f"{who}_street"),
        postcode=row.text(f"{who}_postcode"),
        city=row.text(f"{who}_city"),
        country=row.text(f"{who}_country").upper(),
    )
    registration, email = row.text(f"{who}_registration"), row.text(f"{who}_email")
    number = row.text(f"{who}_number")
    return Party(
        name=row.text(f"{who}_name"),
        identifiers=(Identifier(value=number),) if number else (),
        vat_id=row.text(f"{who}_vat_id").replace(" ", ""),
        legal_id=Identifier(value=registration) if registration else None,
        address=address if address != Address() else None,
        contact=Contact(email=email) if email else None,
    )
