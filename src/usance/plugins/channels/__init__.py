"""Carriers of documents. A channel is a module with these names.

Hand over in batches: one connection, one generator, and each outcome as soon as it is known, so
that the caller can write it down before the next parcel leaves. Nothing that a carrier does is an
exception here: it is a Handover. What is raised is a bug.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from usance.domain.distribution import Handover, Kind, Parcel, Report


class Forged(ValueError):
    """A callback whose signature does not fit, or that is too old. Nothing in it is believed."""


FETCHED_AS = "fetched_as"  # Beside `inbound` = "fetched": the name that the piece has there.


class Channel(Protocol):
    KINDS: frozenset[Kind]  # What it can carry.
    CONFIG: Mapping[str, str]  # Setting's name -> what it is for.
    TAKES_KEY: bool  # The same key twice is one delivery: sending again is safe.
    ASKABLE: bool  # `status` can tell what became of a key.

    def send(self, parcels: Sequence[Parcel], config: Mapping[str, str]) -> Iterator[Handover]:
        """Hand the parcels over, in order; one Handover for each, whatever happens.

        Without TAKES_KEY a parcel leaves only when its Handover is asked for: the caller may stop.
        """

    def status(self, key: str, config: Mapping[str, str]) -> Handover:
        """What became of this key; REFUSED means the carrier has never seen it."""

    def read(
        self, body: bytes, headers: Mapping[str, str], config: Mapping[str, str]
    ) -> Sequence[Report]:
        """The carrier's callback in our words; header names are lower case. Whoever took it in adds
        "x-received-at" (the moment, against which signatures age), "x-received-query" (the query
        of the address called), and where the book's clock is another one, "x-noted-at": the moment
        of what tells none.

        A DeliveryEvent is about the carrying, a Response is what the buyer says to the invoice.

        :raises Forged: if the signature over the raw bytes does not fit.
        :raises Unreadable: if it is signed but cannot be understood.
        """


class Registrar(Protocol):
    """What a channel has as well that reaches internet banks: consumers register there, `read`
    gives their Registrations, and each is answered."""

    TO_BANKS: bool  # Its addresses begin with "bank:"; no other channel carries to those.

    def answer(self, id: str, accepted: bool, because: str, config: Mapping[str, str]) -> None:
        """What we made of the registration with this id. Told twice, it is told once.

        :raises TryLater: if it was not taken.
        """


class Witness(Protocol):
    """What a channel has as well whose carrier keeps proof of what it delivered, for us to fetch.

    A job asks for it when the carrier reported that the delivery left, and keeps what it gets.
    """

    def evidence(self, reference: str, config: Mapping[str, str]) -> bytes | None:
        """The proof as the carrier gives it, of the delivery that it calls so. None: there is none,
        or not yet.

        :raises TryLater: if the carrier cannot be reached, or says what cannot be read.
        """


class Mailroom(Protocol):
    """What a channel has as well whose carrier does not call: what he says waits to be fetched.

    A job fetches, hands each piece to `read` with the settings `inbound` = "fetched" (no signature
    is asked for: we went there ourselves) and FETCHED_AS, and says `done` when it stands in the
    books. So a crash in between fetches it again; reports are told apart by their ids.
    """

    def fetch(self, config: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
        """What waits, in any order: its name there, and its bytes. More may show when it is done.

        :raises TryLater: if the carrier cannot be reached, or no longer.
        """

    def done(self, name: str, config: Mapping[str, str]) -> None:
        """Put it away: it is not fetched again. What is away already stays so.

        :raises TryLater: if the carrier cannot be reached.
        """
