"""Who has a Digipost mailbox: asked one by one, because there is no question for many.

Source: Digipost API v8, "Identify Recipient" (digipost.github.io/digipost-technical-docs).
"""

from collections.abc import Iterator, Mapping, Sequence

import httpx

from usance.domain.distribution import Capability, Kind
from usance.plugins import _digipost
from usance.plugins._digipost import NoAnswer, Session, element, read_answer, text_of
from usance.plugins._identities import NoIdentity, norwegian

KIND = Kind.MAILBOX
CONFIG: Mapping[str, str] = _digipost.CONFIG

PATIENCE = 3  # Questions in a row without an answer: then the rest is not asked.
TAKES = frozenset({"letter", "invoice"})


def look_up(identifiers: Sequence[str], config: Mapping[str, str]) -> Iterator[Capability]:
    """One Capability for each identifier, in order. What is no number has no mailbox."""
    session, silent = Session(config), 0
    with session.client:
        for identifier in identifiers:
            if silent >= PATIENCE:
                says = f"Not asked: the {PATIENCE} before it found no answer."
                yield Capability(identifier=identifier, receives=None, detail=says)
                continue
            found = _asked(session, identifier)
            silent = silent + 1 if found.receives is None else 0
            yield found


def _asked(session: Session, identifier: str) -> Capability:
    try:
        kind, value = norwegian(identifier)
    except NoIdentity as none:
        return Capability(identifier=identifier, receives=False, detail=str(none))
    body = _digipost.written(element("identification", element(kind, text=value)))
    try:
        answer = session.post("/identification", body)
        if answer.status_code != 200:
            raise NoAnswer(f"{answer.status_code} {_digipost.fault(answer)}")
        found = read_answer(answer.content, "identification-result")
    except (httpx.HTTPError, NoAnswer) as trouble:
        says = f"{type(trouble).__name__}: {trouble}"[:200]
        return Capability(identifier=identifier, receives=None, detail=says)
    result = text_of(found, "result")
    if result == "DIGIPOST":
        return Capability(identifier=identifier, receives=True, documents=TAKES)
    if result not in ("IDENTIFIED", "UNIDENTIFIED", "INVALID"):
        return Capability(identifier=identifier, receives=None, detail=f"It said {result!r}.")
    why = text_of(found, "unidentified-reason") or text_of(found, "invalid-reason")
    return Capability(identifier=identifier, receives=False, detail=f"{result} {why}".strip())
