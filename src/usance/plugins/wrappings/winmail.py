"""A winmail.dat by itself, as people save it from a mail that they cannot open.

In a mail its files are taken as if they were attached to the mail: see `_attached`.
"""

from collections.abc import Iterator

from . import Budget, Member, _tnef
from ._attached import members

MEDIA_TYPE = "application/ms-tnef"


def sniff(data: bytes) -> bool:
    return _tnef.sniff(data)


def unpack(data: bytes, name: str, budget: Budget) -> Iterator[Member]:
    return members(list(_tnef.attached(data)), budget)
