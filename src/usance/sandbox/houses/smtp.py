"""A mail server over SMTP, with TLS and a login for who wants them; bounces come back as mail.

What nobody brings to us lies in a mailbox over IMAP.
"""

import asyncio
import logging
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

from usance.plugins.channels._signature import sign
from usance.sandbox import certificate, mailing, postbox
from usance.sandbox.world import World

from . import Event, Route

KIND = "channels"
ROUTES: tuple[Route, ...] = ()


def config(url: str, secret: str) -> dict[str, str]:
    return {
        "host": "127.0.0.1",
        "security": "none",
        "sender": "invoices@factor.example",
        "webhook_secrets": secret,
    }


def report(events: Sequence[Event]) -> bytes:
    """Nobody reports events by mail: a mail that says nothing. Bounces are the mail server's."""
    return b"Date: Mon, 02 Mar 2026 10:00:00 +0000\r\n\r\nHi"


def signed(body: bytes, *, id: str, at: datetime, secret: str) -> dict[str, str]:
    """As a mail gateway posts what it received: Standard Webhooks around the message."""
    timestamp = int(at.timestamp())
    return {
        "content-type": "message/rfc822",
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(body, id=id, timestamp=timestamp, secret=secret),
    }


@asynccontextmanager
async def serving(world: World) -> AsyncIterator[dict[str, str]]:
    settings = world.settings
    postman = mailing.Postman(
        settings.seed,
        world.faults,
        world.mail,
        bouncing=settings.bouncing,
        hang_seconds=settings.hang_seconds,
    )
    loop = asyncio.get_running_loop()
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # Who hangs up is no news here.
    with tempfile.TemporaryDirectory() as folder:
        papers = certificate.write(settings.home or Path(folder))
        session = partial(
            mailing.MailServer,
            postman,
            data_size_limit=mailing.LARGEST,
            enable_SMTPUTF8=True,
            hostname="mail.sandbox",
            tls_context=papers.context,
            authenticator=mailing.accept_login,
            loop=loop,
        )
        server = await loop.create_server(session, "127.0.0.1", settings.smtp_port)
        box = await postbox.serve(postbox.Postbox(world.outbox.mails), papers.context)
        try:
            yield {
                "port": str(server.sockets[0].getsockname()[1]),
                "imap_port": str(box.sockets[0].getsockname()[1]),
                "ca_file": str(papers.ca_file),
            }
        finally:
            server.close()
            box.close()
