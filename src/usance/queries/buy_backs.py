"""What it costs to buy back invoices, why one cannot be bought back, and what was quoted. Nothing
is written: `actions.buy_backs` asks the same under its locks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Sum

from usance import models
from usance.domain.collection.debits import UNDER_WAY
from usance.domain.finding import Finding
from usance.domain.invoice import Stage
from usance.domain.journal import Account as InBooks
from usance.domain.money import Money
from usance.domain.settlement.buy_backs import Account, Kind, Line, State

from . import amounts, charges, foreign

MOST = 2000  # Invoices of one buy-back: it is one transaction.
# The steps before which another invoice may wait that takes the place of one: want of room.
WAITS_FOR_ROOM = ("credit.assess", "finance.fund")
FIRST = "Quote without it, or end what is under way first."

COLLECTED = Exists(models.Debit.objects.filter(invoice=OuterRef("pk"), state__in=sorted(UNDER_WAY)))
QUOTED = Exists(models.BuyBackLine.objects.filter(invoice=OuterRef("pk"), is_open=True))


def _kept(but: UUID | None = None) -> dict[str, Exists]:
    """What keeps an invoice from taking the place of others, by how it is said of its number.

    :param but: the quote in which it does.
    """
    open_ = {"invoice": OuterRef("pk"), "closed_at": None}
    held = models.Hold.objects.filter(**open_).exclude(step__in=WAITS_FOR_ROOM)
    offered = models.OfferLine.objects.filter(invoice=OuterRef("pk"), is_open=True)
    quoted = models.BuyBack.objects.filter(instead=OuterRef("pk"), state=State.QUOTED)
    return {
        "{} is held: somebody decides on it first.": Exists(held),
        "The debtor objects to {}.": Exists(models.Dispute.objects.filter(**open_)),
        "{} stands in an offer that is open.": Exists(offered),
        "{} stands in a quote that is open.": Exists(quoted.exclude(pk=but)),
    }


def lines(invoices: Collection[UUID], *, for_day: date) -> tuple[Line, ...]:
    """What each of these bought invoices costs to be had back on a day, in their order.

    :raises RateMissing: if a reference rate is not known until then, or a rate of exchange by
        which one is counted that was bought in another currency than its facility's.
    """
    ids = sorted(invoices)
    outstanding = amounts.of_invoices(InBooks.FACTORED_RECEIVABLES, ids)
    reserves = amounts.of_invoices(InBooks.CLIENT_RESERVES, ids)
    known, accounts = charges.rates(), charges.accounts(ids)
    across = foreign.bought(ids)
    pairs = {(one.currency, one.into_currency) for one in across.values()}
    rates = {pair: foreign.rate(*pair, on=for_day) for pair in sorted(pairs)}
    found = []
    for pk in ids:
        account = accounts[pk]
        cost = account.cost(through=for_day, rates=known, ends_on=for_day)
        currency = account.deal.face.currency
        found.append(
            Line(
                invoice=pk, outstanding=Money(outstanding.get(pk, 0), currency),
                reserve=Money(reserves.get(pk, 0), currency), fees=cost.fees,
                interest=cost.interest, vat=cost.vat,
                rate=rates[across[pk].currency, across[pk].into_currency] if pk in across else None,
            )
        )  # fmt: skip
    return tuple(found)


def blocked(rows: Sequence[models.Invoice], *, but: UUID | None = None) -> list[Finding]:
    """Why these cannot be bought back, all at once; nothing, if they can.

    :param but: the quote that has them.
    """
    ids = [row.pk for row in rows]
    left = amounts.of_invoices(InBooks.FACTORED_RECEIVABLES, ids)
    quoted = models.BuyBackLine.objects.filter(invoice__in=ids, is_open=True)
    taken = set(quoted.exclude(buy_back=but).values_list("invoice_id", flat=True))
    under_way = models.Debit.objects.filter(invoice__in=ids, state__in=sorted(UNDER_WAY))
    collected = set(under_way.values_list("invoice_id", flat=True))
    found = []
    for row in rows:
        if row.stage != Stage.FUNDED:
            code, says = "buy_back_wrong_stage", f"{row.number} is {row.stage.replace('_', ' ')}."
        elif left.get(row.pk, 0) <= 0:
            code, says = "buy_back_paid", f"{row.number} is paid: nothing is to be bought back."
        elif row.pk in collected:
            code = "buy_back_being_collected"
            says = f"The bank is collecting {row.number} by direct debit."
        elif row.pk in taken:
            code, says = "buy_back_quoted", f"{row.number} stands in a quote that is open."
        else:
            continue
        found.append(Finding(code=code, says=says, where=row.number, todo=FIRST))
    return found


def counts_in(rows: Collection[models.Invoice]) -> dict[UUID, str]:
    """The currency of the facility by which each was bought; of others their own."""
    across = foreign.bought([row.pk for row in rows])
    return {
        row.pk: across[row.pk].into_currency if row.pk in across else row.currency for row in rows
    }


def cannot_replace(
    row: models.Invoice, *, client: UUID, currency: str, on: date, but: UUID | None = None
) -> list[Finding]:
    """Why an invoice cannot take the place of others. It is verified, and waits for nothing but
    room or the client's choice.

    :param currency: of the facility by which the others were bought, and it is to be.
    """
    terms = foreign.terms({client}, on=on).get((client, row.currency))
    counts = row.currency if terms is None else terms.currency
    if row.client_id != client or counts != currency or row.kind != "invoice":
        says = f"{row.number} is no invoice of this client that is bought in {currency}."
    elif row.stage not in (Stage.VERIFIED, Stage.APPROVED):
        says = f"{row.number} is {row.stage.replace('_', ' ')}."
    else:
        asked = models.Invoice.objects.filter(pk=row.pk)
        found = [said for said, kept in _kept(but).items() if asked.filter(kept).exists()]
        if not found:
            return []
        says = found[0].format(row.number)
    return [Finding(code="substitute_not_buyable", says=says, where=row.number, todo=FIRST)]


def worth(row: models.Invoice) -> Money:
    """Of an invoice that is not bought yet: its face, less the credit notes that wait for it."""
    waiting = models.Invoice.objects.filter(credited=row, stage=Stage.VERIFIED)
    less = waiting.aggregate(sum=Sum("face_minor"))["sum"] or 0
    return Money(row.face_minor - less, row.currency)


def returnable(client: UUID, currency: str = "") -> "QuerySet[models.Invoice]":
    """What may be chosen to be bought back; whether something is outstanding is not asked."""
    rows = models.Invoice.objects.filter(client_id=client, stage=Stage.FUNDED, kind="invoice")
    rows = rows.filter(_counts(currency)) if currency else rows
    return rows.exclude(QUOTED).exclude(COLLECTED).select_related("debtor").order_by("pk")


def is_quoted(client: UUID, currency: str) -> bool:
    """Whether something of the client stands in a quote that is open."""
    found = models.BuyBackLine.objects.filter(is_open=True, buy_back__client=client)
    return found.filter(buy_back__currency=currency).exists()


def of_exit(client: UUID, currency: str) -> list[models.Invoice]:
    """Every bought invoice on which something is outstanding, and which counts in the currency."""
    bought = models.Invoice.objects.filter(client_id=client, stage=Stage.FUNDED)
    rows = bought.filter(_counts(currency))
    found = list(rows.order_by("pk"))
    left = amounts.of_invoices(InBooks.FACTORED_RECEIVABLES, [row.pk for row in found])
    return [row for row in found if left.get(row.pk, 0) > 0]


def _counts(currency: str) -> Q:
    """Bought by a facility in this currency."""
    return Q(currency=currency, crossing=None) | Q(crossing__into_currency=currency)


def replacements(client: UUID, currency: str, *, on: date) -> list[models.Invoice]:
    """Invoices of the client that may take the place of others that were bought by its facility in
    this currency, the newest first, 100 at most."""
    terms = foreign.terms({client}, on=on)
    taken = [own for (_, own), one in terms.items() if one.currency == currency]
    rows = models.Invoice.objects.filter(
        client_id=client, currency__in={currency, *taken}, kind="invoice",
        stage__in=[Stage.VERIFIED, Stage.APPROVED],
    )  # fmt: skip
    for kept in _kept().values():
        rows = rows.exclude(kept)
    return list(rows.select_related("debtor").order_by("-pk")[:100])


def account(client: UUID, currency: str) -> Account:
    """How we stand with a client besides its invoices."""

    def of(one: InBooks) -> Money:
        return Money(amounts.of_clients(one, [client], currency).get(client, 0), currency)

    return Account(
        claims=of(InBooks.CLIENT_CLAIMS), due=of(InBooks.DUE_TO_CLIENTS),
        on_the_way=of(InBooks.PAYOUTS_IN_TRANSIT),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """A quote with its lines, each with its invoice."""

    row: models.BuyBack
    lines: tuple[tuple[models.Invoice, Line], ...]


def rows() -> "QuerySet[models.BuyBack]":
    return models.BuyBack.objects.select_related("client", "instead__debtor", "receipt")


def whole() -> "QuerySet[models.BuyBack]":
    """With their lines and letters: of many, as few queries as of one."""
    letters = models.ReleaseLetter.objects.select_related("debtor", "account").order_by("pk")
    return rows().prefetch_related(Prefetch("lines", _lines()), Prefetch("releases", letters))


def _lines() -> "QuerySet[models.BuyBackLine]":
    rows = models.BuyBackLine.objects.select_related("invoice__debtor", "buy_back")
    return rows.order_by("invoice_id")


def told(row: models.BuyBack) -> Quoted:
    """As it was quoted, whatever happened since."""
    kept = getattr(row, "_prefetched_objects_cache", {})
    found = row.lines.all() if "lines" in kept else _lines().filter(buy_back=row)
    return Quoted(row=row, lines=tuple((one.invoice, one.line()) for one in found))


def receipts(row: models.BuyBack) -> list[models.BankLine]:
    """Receipts of which enough is left to pay it, those from the client's own accounts first."""
    own = list(row.client.accounts.values_list("iban", flat=True))
    open_ = models.BankLine.objects.filter(
        unapplied_minor__gte=max(row.to_pay.minor, 1), amount_minor__gt=0, currency=row.currency
    )
    first = list(open_.filter(counterparty_account__in=own).order_by("-pk")[:20])
    rest = open_.exclude(pk__in=[one.pk for one in first]).order_by("-pk")
    return [*first, *rest[: 20 - len(first)]]


def last_exit(client: UUID, currency: str) -> models.BuyBack | None:
    """The quote of an exit that waits."""
    found = rows().filter(client=client, currency=currency, kind=Kind.EXIT, state=State.QUOTED)
    return found.first()
