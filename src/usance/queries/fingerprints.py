"""Which of our invoices another factor of a circle holds a fingerprint of."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection

from usance import models
from usance.domain.finding import Finding, Severity
from usance.domain.party.identity import of_columns
from usance.domain.verification.duplicates import Claimed
from usance.domain.verification.fingerprints import Key, Print, neighbours, prints

from . import duplicates, outside

CHUNK = 2_000
ASK = "Ask the other factor, under the rules of the circle, before you buy it."
SAYS = {
    "exact": "{factor} holds the fingerprint of this very invoice.",
    "number": "{factor} holds the fingerprint of this debtor, number and amount.",
    "month": "{factor} holds the fingerprint of this seller, debtor and amount in {month}.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One of ours that somebody else's fingerprint fits."""

    invoice: UUID
    number: str
    kind: str
    factor: str
    circle: str
    month: str


def held_elsewhere(own: Mapping[UUID, Claimed]) -> dict[UUID, list[Finding]]:
    """A finding for each of these that another factor holds: the strongest of each factor."""
    found: dict[UUID, list[Finding]] = defaultdict(list)
    said: set[tuple[UUID, str]] = set()
    for one in matches(own):
        if (one.invoice, one.factor) in said:
            continue
        said.add((one.invoice, one.factor))
        found[one.invoice].append(
            Finding(
                code="held_by_another_factor",
                says=SAYS[one.kind].format(factor=one.factor, month=one.month),
                where="BT-1",
                # A month and an amount may be chance; the others are not.
                severity=Severity.WARNING if one.kind == "month" else Severity.FATAL,
                todo=ASK,
            )
        )
    return dict(found)


def matches(own: Mapping[UUID, Claimed]) -> list[Match]:
    """Others' fingerprints that fit, the strongest first. One query for each key of each circle."""
    found = []
    keys = outside.circles()
    if not keys or not own:
        return []
    debtors = _debtors({one.debtor for one in own.values() if one.debtor})
    for circle in keys.values():
        for key in circle.keys.values():
            by_hash: dict[str, list[UUID]] = defaultdict(list)
            for pk, claim in own.items():
                debtor = debtors.get(claim.debtor or pk, "")
                for one in (
                    *prints(claim, debtor=debtor, key=key),
                    *neighbours(claim, debtor=debtor, key=key),
                ):
                    by_hash[one.hash].append(pk)
            rows = models.ForeignPrint.objects.filter(
                circle=key.circle, key_id=key.id, hash__in=list(by_hash)
            )
            found += [
                Match(
                    invoice=pk, number=own[pk].written, kind=row.kind, factor=row.factor,
                    circle=row.circle, month=row.bucket,
                )
                for row in rows
                for pk in by_hash[row.hash]
            ]  # fmt: skip
    order = {"exact": 0, "number": 1, "month": 2}
    return sorted(found, key=lambda one: (order[one.kind], one.factor, one.number))


def ours(key: Key, *, since: date) -> Iterator[Print]:
    """Of every invoice that we bought, issued on or after that day."""
    for chunk in _chunks(since=since, bought=True):
        debtors = _debtors({one.debtor for one in chunk.values() if one.debtor})
        for pk, claim in chunk.items():
            yield from prints(claim, debtor=debtors.get(claim.debtor or pk, ""), key=key)


def compared(*, since: date) -> Iterator[Match]:
    """Everything of ours that is not rejected against everything that was imported."""
    for chunk in _chunks(since=since, bought=False):
        yield from matches(chunk)


def _chunks(*, since: date, bought: bool) -> Iterator[dict[UUID, Claimed]]:
    """Claims by the thousand, so that memory does not grow with the book."""
    last = UUID(int=0)
    stages = ["funded", "settled"] if bought else ["received", "verified", "approved", "funded"]
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT t.invoice_id FROM trait t JOIN invoice i ON i.id = t.invoice_id"
                " WHERE t.invoice_id > %s AND t.issued_on >= %s AND i.stage = ANY(%s)"
                " AND t.kind = 'invoice' ORDER BY t.invoice_id LIMIT %s",
                [last, since, stages, CHUNK],
            )
            pks = [pk for (pk,) in cursor.fetchall()]
        if not pks:
            return
        yield duplicates.claims(pks)
        last = pks[-1]


def _debtors(pks: Iterable[UUID]) -> dict[UUID, str]:
    """The number by which each debtor is named: its VAT id, else its registration number."""
    rows = models.Debtor.objects.filter(pk__in=list(pks))
    found = {}
    for pk, vat_id, legal_id, country in rows.values_list("pk", "vat_id", "legal_id", "country"):
        numbers = of_columns(vat_id=vat_id, legal_id=legal_id, country=country)
        vat = sorted(one for one in numbers if one.startswith("vat:"))
        found[pk] = (vat or sorted(numbers) or [""])[0]
    return found
