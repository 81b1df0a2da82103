"""Random histories of the books, and a slow factor in plain Python that knows what they sum to."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from uuid import UUID

from tests import world
from usance import models
from usance.actions import ledger as books
from usance.domain import ledger
from usance.domain.finance import Offer
from usance.domain.journal import About, Account, Entry
from usance.domain.money import Money, zero
from usance.domain.settlement import Reduction, Release

BEGAN, DAYS = date(2025, 1, 1), 400
ENDED = BEGAN + timedelta(days=DAYS)
AT = datetime.combine(ENDED, time(18), UTC)


@dataclass(frozen=True)
class Side:
    """One side of a move, as the plain factor keeps it."""

    at: datetime
    on: date
    kind: str
    account: Account
    other: Account
    minor: int  # Debits are positive.
    currency: str
    client: UUID | None
    debtor: UUID | None
    invoice: UUID | None


@dataclass
class History:
    place: world.World
    invoices: dict[UUID, models.Invoice]
    sides: list[Side]

    def stood(
        self, accounts: set[Account], on: date, known: datetime | None = None
    ) -> Iterator[Side]:
        return (
            one
            for one in self.sides
            if one.account in accounts and one.on <= on and (known is None or one.at <= known)
        )


def build(seed: int, invoices: int = 60) -> History:
    """Purchases, payments, credit notes, repurchases and settlements; every fifth entry is written
    later than the day it counts for."""
    dice = Random(seed)  # noqa: S311 - a history by its seed
    told = History(world.build(), {}, [])
    rows = _invoices(told.place, dice, invoices)
    told.invoices = {row.pk: row for row in rows}
    for row in rows:
        for number, entry in enumerate(_life(row, dice)):
            late = dice.randrange(1, 40) if dice.random() < 0.2 else 0
            at = datetime.combine(entry.booked_on + timedelta(days=late), time(9), UTC)
            books.book([entry], at=at, actor=f"dice:{number}")
            told.sides += _sides(entry, at)
    return told


def _invoices(place: world.World, dice: Random, count: int) -> list[models.Invoice]:
    document = models.Document.objects.create(
        sha256="0" * 64, media_type="text/csv", size=1, name="history.csv", kept_at=AT
    )
    batch = models.Batch.objects.create(number=1, way="cli", received_at=AT, actor="test")
    file = models.ReceivedFile.objects.create(batch=batch, document=document, name="history.csv")
    pairs = [
        (place.acme, place.bolt, "EUR"), (place.acme, place.kaufmann, "EUR"),
        (place.nord, place.bolt, "EUR"), (place.nord, place.tre_kronor, "SEK"),
        (place.nord, place.tre_kronor, "JPY"),
    ]  # fmt: skip
    rows = []
    for n in range(count):
        client, debtor, currency = dice.choice(pairs)
        issued = BEGAN + timedelta(days=dice.randrange(DAYS - 60))
        rows.append(
            models.Invoice(
                client=client, debtor=debtor, file=file, kind="invoice", number=f"H-{n}",
                number_key=f"H{n}", issued_on=issued, currency=currency, stage="funded",
                due_on=issued + timedelta(days=dice.choice([0, 14, 30, 60])),
                face_minor=dice.randrange(100, 5_000_000), payment_reference=f"RF{n:010}",
                fingerprint=f"history {n}", received_at=AT,
            )
        )  # fmt: skip
    return models.Invoice.objects.bulk_create(rows)


def _life(row: models.Invoice, dice: Random) -> Iterator[Entry]:
    about = About(client=row.client_id, debtor=row.debtor_id, invoice=row.pk)
    face, nought = row.face, zero(row.currency)
    on = row.issued_on + timedelta(days=dice.randrange(5))
    advance = Money(face.minor * 8 // 10, row.currency)
    reserve, left = face - advance, face
    offer = Offer(advance=advance, reserve=reserve, fee=nought)
    yield ledger.purchase(row.number, offer, about=about, on=on, voucher=row.number)
    for n in range(dice.randrange(4)):
        on += timedelta(days=dice.randrange(1, 45))
        part = Money(dice.randrange(1, left.minor + 1), row.currency)
        if dice.random() < 0.7:
            interest = Money(dice.randrange(3), row.currency)
            yield ledger.allocation(
                row.number, part, interest=interest, about=about, on=on, line=f"{row.number}-{n}"
            )
        else:
            borne = Money(min(part.minor, reserve.minor), row.currency)
            cut = Reduction(from_reserve=borne, claim=part - borne)
            reserve -= borne
            yield ledger.reduction(
                row.number, cut, about=about, on=on, voucher=f"{row.number}-c{n}"
            )
        left -= part
        if not left:
            break
    on += timedelta(days=dice.randrange(1, 30))
    if left and dice.random() < 0.3:
        borne = Money(min(left.minor, reserve.minor), row.currency)
        cut = Reduction(from_reserve=borne, claim=left - borne)
        end = _release(reserve - borne, dice)
        yield ledger.repurchase(row.number, cut, end, about=about, on=on)
    elif not left:
        entry = ledger.settlement(row.number, _release(reserve, dice), about=about, on=on)
        yield from [entry] if entry else []


def _release(reserve: Money, dice: Random) -> Release:
    fee = Money(dice.randrange(reserve.minor + 1), reserve.currency)
    return Release(fee=fee, rebate=reserve - fee, claim=zero(reserve.currency))


def _sides(entry: Entry, at: datetime) -> Iterator[Side]:
    for move in entry.moves:
        for account, other, sign in (
            (move.debit, move.credit, 1), (move.credit, move.debit, -1),
        ):  # fmt: skip
            yield Side(
                at, entry.booked_on, entry.key.partition(":")[0], account, other,
                sign * move.amount.minor, move.amount.currency, move.about.client,
                move.about.debtor, move.about.invoice,
            )  # fmt: skip
