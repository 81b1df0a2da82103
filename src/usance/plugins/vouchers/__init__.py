"""Exports of our entries into the bookkeeping of others. A format is a module with these names.

Pure: values in, bytes out, piece by piece, so that a file of any length takes the same memory.
The same vouchers and the same head make the same bytes, however often they are written.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from usance.domain.charts import Named as Named
from usance.domain.charts import Sort as Sort
from usance.domain.charts import Unwritable as Unwritable
from usance.domain.money import Money

KIND = "vouchers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """So much from the credited account to the debited one, by their numbers in the other chart."""

    debit: str
    credit: str
    amount: Money
    text: str = ""  # Whom it is about: invoice, client, debtor.
    original: Money | None = None  # In its own currency, if that is not the file's.


@dataclass(frozen=True, slots=True, kw_only=True)
class Voucher:
    """One entry of ours. `number` runs without gaps within series, currency and year."""

    series: str
    number: int
    entry: str  # Our id of the entry.
    on: date  # The day it counts for.
    written_on: date
    text: str
    proof: str  # What proves it.
    actor: str
    postings: tuple[Posting, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where an account stood before the first day of the year and after its last; debits are
    positive. An account of the result begins at zero."""

    number: str
    before: Money
    after: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a file says once. One currency and one fiscal year a file."""

    made_at: datetime
    company: str
    organisation: str  # Registration number; may be empty.
    chart: str
    currency: str
    year_from: date
    year_to: date
    first_on: date  # The days that the vouchers count for.
    last_on: date
    name: str  # Of the file, without its ending.
    accounts: tuple[Named, ...]
    standings: tuple[Standing, ...] | None = None  # None: vouchers alone, to be taken over.
    settings: Mapping[str, str] = field(default_factory=dict)


class Format(Protocol):
    CONFIG: Mapping[str, str]
    SUFFIX: str
    MEDIA_TYPE: str
    MOST: int  # Postings in one file.

    def check(self, head: Head) -> None:
        """:raises Unwritable: if the settings do not do, or the currency has too many digits."""

    def write(self, vouchers: Iterable[Voucher], head: Head) -> Iterator[bytes]:
        """The file in pieces.

        :raises Unwritable: on the first thing that the format cannot say.
        """
