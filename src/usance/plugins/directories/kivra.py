"""Who has a mailbox at Kivra and takes letters from us: people and companies, many in one question.

A receiver who sleeps, left, or does not want us is not named; for ten days after that a letter
would still arrive.

Source: Kivra Sweden API, "Match Users ssn v2", "Match Companies VatNr v2" (developer.kivra.com).
"""

from collections.abc import Iterator, Mapping, Sequence

import httpx
import msgspec

from usance.domain.distribution import Capability, Kind
from usance.plugins import _kivra
from usance.plugins._identities import NoIdentity, swedish
from usance.plugins._json import BROKEN

KIND = Kind.MAILBOX
CONFIG: Mapping[str, str] = _kivra.CONFIG

AT_ONCE = 20_000  # 10 MB are allowed, about 500 000 numbers.
PATHS = {"ssn": "usermatch/ssn", "vat_number": "companymatch/vatnr"}
TAKES = {"ssn": frozenset({"letter", "invoice"}), "vat_number": frozenset({"letter"})}


class _Numbers(msgspec.Struct):
    list: list[str]


def look_up(identifiers: Sequence[str], config: Mapping[str, str]) -> Iterator[Capability]:
    """One Capability for each identifier, in order. What is no number has no mailbox."""
    with _kivra.Session(config) as session:
        for start in range(0, len(identifiers), AT_ONCE):
            yield from _asked(session, identifiers[start : start + AT_ONCE])


def _asked(session: _kivra.Session, identifiers: Sequence[str]) -> Iterator[Capability]:
    known = [_known(identifier) for identifier in identifiers]
    answers: dict[str, set[str] | str] = {}
    for kind in PATHS:
        if numbers := sorted(
            {who[1] for who in known if isinstance(who, tuple) and who[0] == kind}
        ):
            answers[kind] = _matched(session, kind, numbers)
    for identifier, who in zip(identifiers, known, strict=True):
        if isinstance(who, str):
            yield Capability(identifier=identifier, receives=False, detail=who)
            continue
        answer = answers[who[0]]
        if isinstance(answer, str):
            yield Capability(identifier=identifier, receives=None, detail=answer)
        elif who[1] in answer:
            yield Capability(identifier=identifier, receives=True, documents=TAKES[who[0]])
        else:
            says = "Not at Kivra, or does not take our letters."
            yield Capability(identifier=identifier, receives=False, detail=says)


def _known(identifier: str) -> tuple[str, str] | str:
    """Kind and number, or why it is none."""
    try:
        return swedish(identifier)
    except NoIdentity as none:
        return str(none)


def _matched(session: _kivra.Session, kind: str, numbers: list[str]) -> set[str] | str:
    """Those who take our letters, or why nobody can tell."""
    try:
        answer = session.post(PATHS[kind], msgspec.json.encode(_Numbers(numbers)))
    except (httpx.HTTPError, _kivra.NotLetIn) as trouble:
        return f"{type(trouble).__name__}: {trouble}"[:200]
    if answer.status_code != 200:
        return f"{answer.status_code} {_kivra.fault(answer)}"[:200]
    try:
        found = set(msgspec.json.decode(answer.content, type=_Numbers).list)
    except BROKEN as broken:
        return f"200 with an answer that cannot be read: {broken}"[:200]
    if not found <= set(numbers):
        return "200 about numbers that nobody asked for"
    return found
