"""A contract in plain words, so that who signs it knows what it says."""

from collections.abc import Iterator
from decimal import Decimal

from usance.domain.money import Money

from . import buying, extent, foreign, keeping, refactoring, schedule, trust_account
from .agreement import Agreement
from .buying import How
from .charges import Base, Brackets, Interest, Start
from .products import PRODUCTS, LegalBasis, Product

OF = {
    Base.FACE: "the invoice amount",
    Base.ADVANCE: "the advance",
    Base.IN_USE: "the part of the advance that is not paid back",
}
assert set(OF) == set(Base), "every base has its words"
FROM = {
    Start.PURCHASE: "the day of purchase",
    Start.FUNDING: "the banking day after the purchase",
    Start.INVOICE: "the day on which the invoice was issued",
}
assert set(FROM) == set(Start), "every start has its words"


def in_words(agreement: Agreement) -> list[str]:
    """Sentences, the most important first."""
    return list(_sentences(agreement))


def _sentences(a: Agreement) -> Iterator[str]:
    yield _product(a)
    basis = "sold to us" if a.basis is LegalBasis.SALE else "pledged to us for a loan"
    most = f"; at most {a.limit} are advanced at one time" if a.advance_rate else ""
    yield f"Invoices are {basis}{most}."
    yield from keeping.in_words(a.keeping)
    yield from trust_account.in_words(a.trust_account)
    if a.advance_rate and a.charges.flat:
        most = "all" if a.advance_rate == 1 else percent(a.advance_rate)
        yield f"At most {most} of an invoice is paid at once, and the whole price is deducted."
    elif a.advance_rate:
        yield f"{percent(a.advance_rate)} of an invoice is paid at once, the rest is kept back."
    if a.fee_rate:
        yield f"A service fee of {percent(a.fee_rate)} of the invoice amount is taken once."
    if a.charges.brackets:
        yield from _brackets(a.charges.brackets)
    if a.charges.interest:
        yield from _interest(a.charges.interest)
    yield from _bounds(a)
    if PRODUCTS[a.product].approved:
        yield "A dispute or a credit note after the approval is between the client and the debtor."
    if a.recourse_days is None:
        yield "If the debtor cannot pay, the loss is ours."
    else:
        after = _days(a.recourse_days)
        yield from _recourse(a, after)
        if a.refactoring is not None:
            yield refactoring.in_words(a.refactoring)
    yield from foreign.in_words(a.foreign, a.limit.currency)
    yield from buying.in_words(a.buying, a.limit.currency)
    if a.schedule_signers:
        yield schedule.in_words(a.schedule_signers)


def _product(a: Agreement) -> str:
    if a.product is Product.SELECTIVE and a.buying.how is How.ALL:
        return (
            "The client chooses what it hands in; we buy what is handed in and passes our checks."
        )
    return PRODUCTS[a.product].says


def _recourse(a: Agreement, after: str) -> Iterator[str]:
    if not a.extent.limited:
        yield f"What is not paid {after} after the due date, the client takes back."
        return
    part = extent.in_words(a.extent, a.limit.currency)
    yield f"Of what is not paid {after} after the due date the client takes back {part}."
    yield "The rest is our loss, if the debtor cannot pay; what it need not pay is the client's."


def _brackets(b: Brackets) -> Iterator[str]:
    first, *more = b.steps
    told = [f"{percent(first.rate)} for the first {_days(first.days)}"]
    told += [f"{percent(step.rate)} for the next {_days(step.days)}" for step in more]
    last = b.steps[-1]
    ends = f", then {percent(last.rate)} for each {_days(last.days)} more" if b.repeats else ""
    yield f"A fee of {', '.join(told)}{ends}, of {OF[b.base]}, from {FROM[b.start]} on."
    yield ("A period that began counts in full." if b.whole else "A period is charged day by day.")
    yield from _time(b)


def _interest(i: Interest) -> Iterator[str]:
    rate = percent(i.margin)
    if i.to_due:
        said = f"A discount of {rate} a year on {OF[i.base]}, {i.count}, from {FROM[i.start]} to"
        yield f"{said} its due date, whenever the debtor pays."
        yield from _time(i)
        return
    if i.reference:
        floor = "" if i.floor is None else f" (at least {percent(i.floor)})"
        rate = f"{i.reference}{floor} plus {rate}"
    yield f"Interest of {rate} a year on {OF[i.base]}, {i.count}, from {FROM[i.start]} on."
    if i.monthly:
        yield "Interest of a month bears interest in the next."
    yield from _time(i)


def _time(terms: Brackets | Interest) -> Iterator[str]:
    if terms.day_one:
        yield "The first day and the day of payment both count."
    if terms.minimum_days:
        yield f"At least {_days(terms.minimum_days)} are charged."
    if terms.float_days:
        yield f"A payment counts {_days(terms.float_days)} after it came in."


def _bounds(a: Agreement) -> Iterator[str]:
    c = a.charges
    for minor, says in (
        (c.minimum, "An invoice costs at least {}."),
        (c.maximum, "An invoice costs at most {}."),
        (c.minimum_month, "Fees of a month are at least {}; what lacks comes to its invoice."),
        (c.minimum_year, "Fees of a year of the contract are at least {}."),
    ):
        if minor:
            yield says.format(Money(minor, a.limit.currency))
    if c.vat_rate:
        yield f"{percent(c.vat_rate)} value added tax comes to fees, none to interest."


def percent(rate: Decimal) -> str:
    return f"{(rate * 100).normalize():f} %"


def _days(days: int) -> str:
    return f"{days} day" if days == 1 else f"{days} days"
