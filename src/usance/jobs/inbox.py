"""Where mail comes in: a mail server of our own, and a mailbox that is visited.

Both hand the bytes to one action, and say that a mail was taken only after it was committed.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import InterfaceError, OperationalError, close_old_connections

from usance import clock
from usance.actions import mails
from usance.actions.mails import Came
from usance.domain.refusal import Refusal
from usance.plugins import TryLater
from usance.plugins.channels import _handed, _imap, _mail
from usance.queries import outside

ACTOR = "inbox"
LARGEST_BYTES = 50 * 1024 * 1024
AT_ONCE = 50  # Mails of one visit to a mailbox.
OF_ALL = (TryLater, Refusal, OperationalError, InterfaceError)  # No mail is to blame: it waits.
log = logging.getLogger(__name__)


def visit() -> int:
    """Take in what waits in the mailbox over IMAP; how many were new. A mail over which we fall is
    flagged for a person, the others are taken.

    :raises NotConfigured: if none is set up.
    :raises TryLater: if it cannot be reached.
    """
    inbound = outside.inbound()
    if not inbound.imap:
        raise outside.NotConfigured("no mailbox is set up for mail that comes in")
    with _imap.opened(inbound.imap) as box:
        new = 0
        for came in _fetched(box, box.waiting(AT_ONCE)):
            added, fallen = _taken(inbound.carrier, came)
            box.flag(fallen)
            box.put_aside([uid for uid in came if uid not in fallen])
            new += added
    return new


def _fetched(box: _imap.Box, uids: Sequence[str]) -> Iterator[dict[str, Came]]:
    """The mails by their UIDs, as many at a time as may be in memory and in one transaction."""
    came: dict[str, Came] = {}
    size = 0
    for uid in uids:
        data = box.fetch(uid)
        if data is None:
            log.warning("mail %s of the mailbox is gone, or larger than we take: flagged", uid)
            continue
        if came and size + len(data) > LARGEST_BYTES:
            yield came
            came, size = {}, 0
        came[uid], size = Came(data), size + len(data)
    if came:
        yield came


def _taken(carrier: str, came: Mapping[str, Came]) -> tuple[int, list[str]]:
    """How many were new, and the UIDs of those over which we fell: each of them alone."""
    try:
        return mails.take(carrier, list(came.values()), at=clock.now(), actor=ACTOR), []
    except OF_ALL:
        raise
    except Exception:
        if len(came) == 1:
            log.exception("mail %s of the mailbox was not kept: flagged", next(iter(came)))
            return 0, list(came)
    each = [_taken(carrier, {uid: one}) for uid, one in came.items()]
    return sum(new for new, _ in each), [uid for _, fallen in each for uid in fallen]


class _Lmtp(LMTP):
    line_length_limit = LARGEST_BYTES  # Returned mails have lines beyond the standard's 998.


class _Smtp(SMTP):
    line_length_limit = LARGEST_BYTES


class Clerk:
    """aiosmtpd's handler: takes mail for our addresses, one recipient at a time."""

    def __init__(self, carrier: str) -> None:
        self._carrier = carrier

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name.
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        config = outside.carrier(self._carrier).config
        doors = (outside.invoices_address(), outside.advices_address())
        is_door = any(_handed.door(address, one) is not None for one in doors)
        if not is_door and not _mail.is_ours(address, config):
            return "550 5.1.1 No such address here"
        if envelope.rcpt_tos:
            # One answer is given for one mail: LMTP wants one for each recipient (RFC 2033 §4.2).
            return "452 4.5.3 One recipient at a time"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content, (to,) = envelope.content, envelope.rcpt_tos
        assert isinstance(content, bytes)
        try:
            sender = (envelope.mail_from or "").strip("<>")
            await asyncio.to_thread(self._take, Came(content, to, sender))
        except Exception:
            # Whoever brought it keeps it and comes again: nothing is lost, and we see why.
            log.exception("a mail for %s was not kept", to)
            return "451 4.3.0 Not kept, try again later"
        return "250 2.0.0 Kept"

    def _take(self, came: Came) -> None:
        close_old_connections()
        mails.take(self._carrier, [came], at=clock.now(), actor=ACTOR)


async def serve(ready: Callable[[str, int], None], stop: asyncio.Event) -> None:
    """Listen where outside.json says until `stop`; `ready` is told host and port.

    :raises NotConfigured: if it says nowhere.
    :raises ValueError: if it is no address to listen at.
    """
    inbound = outside.inbound()
    if not inbound.listen:
        raise outside.NotConfigured("no address to listen at for mail that comes in")
    where = urlsplit(inbound.listen)
    speaks = {"lmtp": _Lmtp, "smtp": _Smtp}.get(where.scheme)
    if speaks is None or where.port is None:
        raise ValueError(f"listen is lmtp://host:port or smtp://host:port, not {inbound.listen!r}")
    loop = asyncio.get_running_loop()
    clerk = Clerk(inbound.carrier)
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # It tells of every connection.

    def session() -> SMTP:
        return speaks(
            clerk, data_size_limit=LARGEST_BYTES, enable_SMTPUTF8=True, ident="usance", loop=loop
        )

    server = await loop.create_server(session, where.hostname or "127.0.0.1", where.port)
    try:
        ready(*server.sockets[0].getsockname()[:2])
        await stop.wait()
    finally:
        server.close()
