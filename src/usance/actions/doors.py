"""Say how a client's files come in by themselves: its code, and whose mail is believed."""

import re
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from usance import models
from usance.domain.events import Kind
from usance.domain.mandate import Act, Role, require
from usance.domain.refusal import Refusal

from .diary import Line, note

CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,38}[a-z0-9]")
SENDER = re.compile(r"[^\s@<>,;\"]{0,64}@[a-z0-9][a-z0-9.-]*\.[a-z]{2,}")
MOST_SENDERS = 50


class CodeUnusable(Refusal):
    code = "door_code_unusable"
    todo = "Take 2 to 40 small letters, digits and hyphens, and one that no other client has."


class SenderUnusable(Refusal):
    code = "door_sender_unusable"
    todo = "Write an address such as ap@acme.example, or a whole domain as @acme.example."


def set_door(
    client: UUID,
    *,
    code: str,
    senders: Sequence[str],
    acknowledges: bool,
    role: Role | None,
    at: datetime,
    actor: str,
) -> models.Door:
    """The client's code in folders and addresses, its senders, and whether they are answered.

    :param role: of the person; None: the operator does, on the command line.
    :raises NotAllowed: if the role may not.
    :raises CodeUnusable: if it cannot stand in an address, or another client has it.
    :raises SenderUnusable: if one is neither an address nor a domain, or there are too many.
    """
    if role is not None:
        require(role, Act.EDIT_PARTY)
    code = code.strip().lower()
    if not CODE.fullmatch(code):
        raise CodeUnusable(f"“{code[:40]}” is no code")
    known = list(dict.fromkeys(one.strip().lower() for one in senders if one.strip()))
    for one in known:
        if not SENDER.fullmatch(one):
            raise SenderUnusable(f"“{one[:80]}” is neither an address nor a domain")
    if len(known) > MOST_SENDERS:
        raise SenderUnusable(f"{len(known)} senders are more than {MOST_SENDERS}")
    row = models.Door.objects.filter(client_id=client).first() or models.Door(client_id=client)
    row.code, row.senders, row.acknowledges = code, known, acknowledges
    try:
        with transaction.atomic():
            row.save()
            told = {"what": "ways in", "value": ", ".join([code, *known])[:400]}
            line = Line(client, None, told)
            note(Kind.MASTER_DATA_CHANGED, [line], at=at, actor=actor)
    except IntegrityError as taken:
        raise CodeUnusable(f"another client has the code “{code}”") from taken
    return row
