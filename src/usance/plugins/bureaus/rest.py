"""A credit bureau over REST: GET /v1/companies/{identifier}, bearer token.

The answer: {"identifier", "name", "limit": {"minor", "currency"} or null, "insolvent", "rating",
"as_of", "reasons": [...]}. It is kept byte for byte in the report.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated
from urllib.parse import quote

import httpx
import msgspec

from usance.domain.money import LARGEST_MINOR, Money
from usance.plugins import TryLater, Unreadable
from usance.plugins._json import BROKEN
from usance.plugins._trust import authorities

from . import NotFound, Report

CONFIG: Mapping[str, str] = {
    "url": "of the bureau, without /v1",
    "token": "bearer token",
    "timeout_seconds": "for the answer; without it 10",
}


class _Limit(msgspec.Struct):
    minor: Annotated[int, msgspec.Meta(ge=0, le=LARGEST_MINOR)]
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")]


class _Company(msgspec.Struct):
    identifier: str
    name: str
    limit: _Limit | None
    insolvent: bool
    rating: str
    as_of: date
    reasons: list[str]


def ask(identifier: str, config: Mapping[str, str]) -> Report:
    """The bureau's report.

    :raises TryLater: if the bureau cannot be reached, is busy, broken, or refuses our token.
    :raises NotFound: if it knows no such company.
    :raises Unreadable: if it answers something that is no report on this company.
    """
    try:
        answer = httpx.get(
            f"{config['url']}/v1/companies/{quote(identifier, safe='')}",
            headers={"authorization": f"Bearer {config['token']}"},
            timeout=float(config.get("timeout_seconds", "") or 10),
            follow_redirects=False,
            verify=authorities(),
            trust_env=False,
        )
    except httpx.HTTPError as unreachable:
        raise TryLater(f"{type(unreachable).__name__}: {unreachable}") from unreachable
    if answer.status_code == 404:
        raise NotFound(identifier)
    if answer.status_code != 200:
        raise TryLater(f"{answer.status_code} {answer.reason_phrase}")
    try:
        company = msgspec.json.decode(answer.content, type=_Company)
    except BROKEN as broken:
        raise Unreadable(str(broken), where="body") from broken
    if company.identifier != identifier:
        raise Unreadable(f"it is about {company.identifier!r}", where="$.identifier")
    return Report(
        identifier=company.identifier,
        name=company.name,
        limit=Money(company.limit.minor, company.limit.currency) if company.limit else None,
        insolvent=company.insolvent,
        rating=company.rating,
        as_of=company.as_of,
        reasons=tuple(company.reasons),
        raw=answer.content,
    )
