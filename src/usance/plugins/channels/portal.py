"""The debtor's page in our own portal: to put it there is to deliver it.

There is no carrier: the page shows what the dispatch holds, so putting it there twice is putting
it there once. That the debtor opened it is noted by the page itself, not by a callback.
"""

from collections.abc import Iterator, Mapping, Sequence

from usance.domain.distribution import DeliveryEvent, Handed, Handover, Kind, Parcel

from . import Forged

KINDS = frozenset({Kind.PORTAL})
CONFIG: Mapping[str, str] = {}
TAKES_KEY = True
ASKABLE = True


def send(parcels: Sequence[Parcel], config: Mapping[str, str]) -> Iterator[Handover]:
    for parcel in parcels:
        yield status(parcel.key, config)


def status(key: str, config: Mapping[str, str]) -> Handover:
    """Always there: nothing can be lost between us and ourselves."""
    return Handover(key=key, came_to=Handed.ACCEPTED, reference=key)


def read(body: bytes, headers: Mapping[str, str], config: Mapping[str, str]) -> list[DeliveryEvent]:
    raise Forged("nobody calls back for the portal")
