"""The debtor's page in our own portal: to put it there is to deliver it.

There is no carrier and nothing to hand over: every delivery, by whatever channel, has its page (see
queries.portal), which shows what the dispatch holds. Putting it there twice is putting it there
once. That it is there is no proof that anybody saw it: the page itself notes its opening, as a
report of the carrier "portal".
"""

from collections.abc import Iterator, Mapping, Sequence

from usance.domain.distribution import DeliveryEvent, Handed, Handover, Kind, Parcel

from . import Forged

KINDS = frozenset({Kind.PORTAL})
CONFIG: Mapping[str, str] = {}
TAKES_KEY = True
ASKABLE = True


def send(parcels: Sequence[Parcel], config: Mapping[str, str]) -> Iterator[Handover]:
    """ACCEPTED for each: the sealed parcel is the page's content, and it is sealed by now."""
    for parcel in parcels:
        yield status(parcel.key, config)


def status(key: str, config: Mapping[str, str]) -> Handover:
    """Always there: nothing can be lost between us and ourselves."""
    return Handover(key=key, came_to=Handed.ACCEPTED, reference=key)


def shown(parcel: Parcel, config: Mapping[str, str]) -> str:
    """Nothing goes over a line; for people to read."""
    return f"Shown in the portal under the key {parcel.key}."


def read(body: bytes, headers: Mapping[str, str], config: Mapping[str, str]) -> list[DeliveryEvent]:
    """:raises Forged: always. The page notes its opening itself; whoever calls back is not us."""
    raise Forged("nobody calls back for the portal")
