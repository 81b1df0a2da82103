"""One fee invoice as it is kept: number, papers, row, charges, entry and mail."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from usance import models
from usance.domain import ledger
from usance.domain.finance import LegalBasis
from usance.domain.intake.issuing import is_yearly, numbered
from usance.domain.invoice import Invoice
from usance.domain.journal import About, Account, Entry
from usance.domain.money import Money
from usance.domain.periods import month
from usance.domain.settlement import fees as rule
from usance.domain.settlement.fees import Billed, Charge, Sort, Treatment
from usance.letters import fee_invoice as letter
from usance.models.bulk import copy
from usance.models.ids import new_id
from usance.plugins.einvoices import ubl
from usance.queries import fees as query
from usance.queries.parcels import brand

from . import counters
from .crossing import book_of_client
from .documents import Content, keep


def written(
    client: models.Client, currency: str, lines: Sequence[Billed], *, first: date, last: date,
    tax_taken: Money, moved: Sequence[query.Moved], credits: models.FeeInvoice | None,
    reason: str, at: datetime, actor: str,
) -> models.FeeInvoice:  # fmt: skip
    """Number, papers, row, charges, entry and mail of one invoice; the caller holds the lock.

    :param tax_taken: what was deducted of tax with the charges.
    """
    zero = Money(0, currency)
    net = sum((one.charge.net for one in lines), zero)
    least = query.least_of([one.charge for one in lines], currency)
    taken = credits.taken if credits else net - least + tax_taken
    pk, factor = new_id(), models.Factor.objects.get()
    number = _number(gives_back=bool(credits) or net.minor < 0, year=at.year)

    def paper(terms: str) -> Invoice:
        return rule.document(
            lines, number=number, issued_on=at.date(), first=first, last=last,
            seller=query.party(factor), buyer=query.party(client), taken=taken, terms=terms,
            credits=credits.number if credits else "", note=reason,
        )  # fmt: skip

    vat = rule.vat_of(paper(""), currency)
    net, least = (-net, -least) if credits else (net, least)
    taken = -taken if credits else taken
    due = net + vat - taken
    made = paper(letter.terms(due, client.language))
    told = _letter(made, factor, client, moved, first=first, last=last, at=at, due=due, taken=taken)
    row = models.FeeInvoice(
        id=pk, kind="credit_note" if made.is_credit_note else "invoice", number=number,
        client=client, currency=currency, first_on=first, last_on=last, issued_on=at.date(),
        lines=[_kept(one) for one in lines], net_minor=net.minor, vat_minor=vat.minor,
        taken_minor=taken.minor, least_minor=least.minor, due_minor=due.minor, credits=credits,
        reason=reason, at=at, actor=actor[:64],
    )  # fmt: skip
    row.pdf_id, row.xml_id = keep(
        [
            Content(data=letter.pdf(told, client.language), media_type="application/pdf",
                    name=f"{number.replace('/', '-')}.pdf"),
            Content(data=ubl.write(made, {}), media_type=ubl.MEDIA_TYPE,
                    name=f"{number.replace('/', '-')}.xml"),
        ],
        at=at,
    )  # fmt: skip
    row.save(force_insert=True)
    ours = _booked(row, tax=due - least, least=least, at=at, actor=actor)
    copy(models.FeeCharge, ["move", "fee_invoice"],
         [(move, pk) for move in (*(one.id for one in moved), *ours)])  # fmt: skip
    if client.email:
        subject, text = letter.mail(told, client.language)
        models.FeeNotice.objects.create(
            fee_invoice=row, address=client.email, language=client.language, subject=subject,
            text=text, made_at=at,
        )  # fmt: skip
    return row


def _booked(
    row: models.FeeInvoice, *, tax: Money, least: Money, at: datetime, actor: str
) -> list[UUID]:
    """The moves of its entry: it counts for the last day of its period while that month is open."""
    about, record = About(client=row.client_id), str(row.pk)
    entry: Entry | None
    if row.credits_id:
        entry = ledger.fee_credit(
            row.number, record=record, tax=-tax, least=-least, about=about, on=at.date()
        )
    else:
        first, _ = month(row.last_on)
        closed = models.Period.objects.filter(first_on=first).exclude(state="open").exists()
        entry = ledger.fee_invoice(
            row.number, record=record, tax=tax, least=least, about=about,
            on=at.date() if closed else row.last_on,
        )  # fmt: skip
    if entry is None:
        return []
    book_of_client(entry, at=at, actor=actor)
    return list(models.Move.objects.filter(entry__key=entry.key).values_list("pk", flat=True))


def _letter(
    made: Invoice, factor: models.Factor, client: models.Client, moved: Sequence[query.Moved], *,
    first: date, last: date, at: datetime, due: Money, taken: Money,
) -> letter.FeeLetter:  # fmt: skip
    assert made.totals.gross is not None
    sign = -1 if made.is_credit_note else 1
    return letter.FeeLetter(
        invoice=made, factor=brand(factor), client=brand(client), first=first, last=last,
        made_at=at, gross=Money.of(made.totals.gross, due.currency),
        taken=Money(taken.minor * sign, due.currency), due=Money(due.minor * sign, due.currency),
        singles=_singles(moved, due.currency),
    )  # fmt: skip


def _singles(moved: Sequence[query.Moved], currency: str) -> tuple[letter.Single, ...]:
    sums: dict[tuple[date, UUID | None], dict[Account, int]] = defaultdict(lambda: defaultdict(int))
    for one in moved:
        sums[one.on, one.invoice][one.account] += one.minor
    numbers = dict(
        models.Invoice.objects.filter(pk__in={pk for _, pk in sums if pk}).values_list(
            "pk", "number"
        )
    )
    return tuple(
        letter.Single(
            on=on, number=numbers.get(pk, "–") if pk else "–",
            fees=Money(by[Account.FEE_INCOME], currency),
            interest=Money(by[Account.FUNDS_INCOME], currency),
            vat=Money(by[Account.VAT_PAYABLE], currency),
        )
        for (on, pk), by in sums.items()
    )  # fmt: skip


def _number(*, gives_back: bool, year: int) -> str:
    """The next of its series; without a gap, because the caller's transaction gives it."""
    setup = query.setup()
    assert setup is not None
    pattern = setup.credit_pattern if gives_back else setup.pattern
    series = f"fee:{'c' if gives_back else 'i'}:{year if is_yearly(pattern) else 0}"
    return numbered(pattern, year=year, n=counters.take(series))


def _kept(line: Billed) -> dict[str, Any]:
    return {
        "sort": line.charge.sort.value, "basis": line.charge.basis.value,
        "net_minor": line.charge.net.minor, "invoices": line.charge.invoices,
        "category": line.treatment.category, "rate": str(line.treatment.rate),
        "reason": line.treatment.reason, "text": line.text,
    }  # fmt: skip


def billed(kept: dict[str, Any], currency: str) -> Billed:
    """A line as it was kept."""
    return Billed(
        charge=Charge(
            sort=Sort(kept["sort"]), basis=LegalBasis(kept["basis"]),
            net=Money(kept["net_minor"], currency), invoices=kept["invoices"],
        ),
        treatment=Treatment(
            category=kept["category"], rate=Decimal(kept["rate"]), reason=kept["reason"]
        ),
        text=kept["text"],
    )  # fmt: skip
