"""The mail server: takes mail as RFC 5321 has it, and lets some of it bounce.

A word in the local part asks for what happens: nobody (refused at RCPT), grey (451 the first
time), slow (the reply takes a moment), bounce, full, odd (accepted, then returned: as a DSN, the
mailbox full, in words only), away (an automatic reply). Of the others a share bounces by seed.
"""

import asyncio
import re
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from quopri import decodestring
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session, syntax

from . import dice
from .faults import Faults
from .reading import Demand, demand

WORDS = ("nobody", "grey", "slow", "bounce", "full", "odd", "away")
LARGEST = 50 * 1024 * 1024
_VERP = re.compile(r"[^+@]+\+([^@]+)@")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What is kept of a mail that was taken."""

    key: str  # From the return path; else the message id.
    message_id: str
    sender: str
    to: str
    fate: str  # One of WORDS, or nothing.
    demand: Demand | None
    text: str


Take = Callable[[Mail], None]


class MailServer(SMTP):
    """aiosmtpd, which takes a message in one piece instead of line by line."""

    line_length_limit = LARGEST

    @syntax("DATA")
    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd's name.
        if await self.check_helo_needed() or await self.check_auth_needed("DATA"):
            return
        envelope = self.envelope
        if envelope is None or not envelope.rcpt_tos or arg:
            await self.push("503 Error: need RCPT command" if not arg else "501 Syntax: DATA")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        taken = bytearray()
        while not (taken.endswith(b"\r\n.\r\n") or taken == b".\r\n"):
            piece = await self._reader.read(1 << 16)
            if not piece:
                raise ConnectionResetError("the final dot never came")
            taken += piece
            self._reset_timeout()
        envelope.content = bytes(taken[:-3]).replace(b"\r\n..", b"\r\n.")
        status = await self._call_handler_hook("DATA")
        self._set_post_data_state()  # type: ignore[no-untyped-call]  # aiosmtpd's.
        await self.push(status)


class Postman:
    """aiosmtpd's handler. `take` is called once for each mail that was accepted."""

    def __init__(
        self, seed: int, faults: Faults, take: Take, *, bouncing: float, hang_seconds: float
    ) -> None:
        self.seed, self._faults, self._take = seed, faults, take
        self._bouncing, self._hang_seconds = bouncing, hang_seconds
        self._greeted: set[str] = set()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name.
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        word = self._word(address)
        if word == "nobody":
            return "550 5.1.1 No such user here"
        key = key_of(envelope.mail_from or "")
        if word == "grey" and key not in self._greeted:
            self._greeted.add(key)
            return "451 4.7.1 Greylisted, try again later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        sender = envelope.mail_from or ""
        fault = self._faults.of_call("mail " + key_of(sender))
        if fault in ("error_500", "busy_429"):
            return "451 4.3.2 Too busy, try again later"
        for address in envelope.rcpt_tos:
            self._take(kept(content, sender=sender, to=address, fate=self._word(address)))
            if "slow" in address.lower():
                await asyncio.sleep(0.2)
        if fault == "timeout_after_accept":
            await asyncio.sleep(self._hang_seconds)
        if fault in ("timeout_after_accept", "reset_after_accept", "bad_gateway_after_accept"):
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
            raise ConnectionResetError("as the fault dial asked")
        if fault == "garbage":
            return "999 \x07 what mail?"
        if fault == "slow":
            await asyncio.sleep(0.2)
        return f"250 2.0.0 OK: queued as {dice.throw(self.seed, 'queue', sender):016x}"

    def _word(self, address: str) -> str:
        local = address.rpartition("@")[0].lower()
        for word in WORDS:
            if word in local:
                return word
        return "bounce" if dice.within(self._bouncing, self.seed, "bounces", address) else ""


def kept(content: bytes, *, sender: str, to: str, fate: str) -> Mail:
    documents, texts = [], []
    parts = list(_parts(content))
    whole = parts[0][0]
    for head, body in parts:
        if head.get_filename():
            documents.append((head.get_content_type(), body))
        elif head.get_content_maintype() == "text":
            texts.append(body.decode(head.get_content_charset("utf-8"), "replace"))
    message_id = str(whole.get("Message-ID", "")).strip()
    return Mail(
        key=key_of(sender) or message_id,
        message_id=message_id,
        sender=sender,
        to=to,
        fate=fate,
        demand=demand(documents, None),
        text="\n".join([str(whole.get("Subject", "")), *texts]),
    )


def _parts(content: bytes) -> Iterator[tuple[Message, bytes]]:
    """Each part's head and decoded body, the whole first; a multipart's own body is empty.

    Cut by its boundaries: a parser that goes line by line would cost more than the delivery.
    """
    top, _, body = content.partition(b"\r\n\r\n")
    head = message_from_bytes(top + b"\r\n\r\n")
    boundary = head.get_boundary()
    if head.get_content_maintype() == "multipart" and boundary:
        yield head, b""
        for part in (b"\r\n" + body).split(b"\r\n--" + boundary.encode())[1:-1]:
            yield from _parts(part.removeprefix(b"\r\n"))
        return
    encoding = str(head.get("Content-Transfer-Encoding", "")).lower()
    if encoding == "base64":
        yield head, b64decode(body)
    elif encoding == "quoted-printable":
        yield head, decodestring(body)
    else:
        yield head, body


def key_of(return_path: str) -> str:
    found = _VERP.match(return_path)
    return found[1] if found else ""


def accept_login(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any
) -> AuthResult:
    """One login: sandbox, with the password sandbox."""
    fits = isinstance(given, LoginPassword) and given == LoginPassword(b"sandbox", b"sandbox")
    return AuthResult(success=fits, handled=False)


def answer_to(mail: Mail, *, date: str) -> bytes:
    """What comes back for a mail whose fate is bounce, full, odd or away; as its return path
    gets it. `date` stands in the header."""
    head = {
        "To": mail.sender,
        "Date": date,
        "Message-ID": f"<answer.{mail.message_id.strip('<>')}>",
        "MIME-Version": "1.0",
    }
    if mail.fate == "away":
        about = {"From": mail.to, "Subject": "Out of office", "Auto-Submitted": "auto-replied"}
        return _plain(about | head, "I am away until Monday.")
    about = {"From": "Mail Delivery System <MAILER-DAEMON@mail.sandbox>", "Return-Path": "<>"}
    if mail.fate == "odd":
        text = (
            "Hi. This is the qmail-send program at mail.sandbox.\n"
            "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
            "This is a permanent error; I've given up. Sorry it didn't work out.\n\n"
            f"<{mail.to}>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
            "--- Below this line is a copy of the message.\n\n"
            f"Message-ID: {mail.message_id}\n"
        )
        return _plain(about | {"Subject": "failure notice"} | head, text)
    is_full = mail.fate == "full"
    status = "5.2.2" if is_full else "5.1.1"
    says = "552 5.2.2 Mailbox full" if is_full else "550 5.1.1 User unknown"
    about["Subject"] = "Undelivered Mail Returned to Sender"
    return _notice(about | head, mail, status, says)


def reply_to(mail: Mail, says: str, *, date: str) -> bytes:
    """A person's answer."""
    head = {
        "From": mail.to,
        "To": mail.sender,
        "Date": date,
        "Subject": "Re: your invoice",
        "Message-ID": f"<reply.{mail.message_id.strip('<>')}>",
        "In-Reply-To": mail.message_id,
        "MIME-Version": "1.0",
    }
    return _plain(head, says)


def _notice(head: dict[str, str], mail: Mail, status: str, says: str) -> bytes:
    """A delivery status notification (RFC 3464, RFC 6522)."""
    edge = "=_usance_sandbox"
    kind = f'multipart/report; report-type=delivery-status; boundary="{edge}"'
    lines = [f"{name}: {value}" for name, value in (head | {"Content-Type": kind}).items()]
    lines += [
        "", f"--{edge}", "Content-Type: text/plain; charset=us-ascii", "",
        f"Your message to <{mail.to}> could not be delivered: {says}",
        f"--{edge}", "Content-Type: message/delivery-status", "",
        "Reporting-MTA: dns; mail.sandbox", "",
        f"Final-Recipient: rfc822; {mail.to}", "Action: failed", f"Status: {status}",
        f"Diagnostic-Code: smtp; {says}", "",
        f"--{edge}", "Content-Type: text/rfc822-headers", "",
        f"Message-ID: {mail.message_id}", f"--{edge}--", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode("utf-8", "replace")


def _plain(head: Mapping[str, str], text: str) -> bytes:
    lines = [f"{name}: {value}" for name, value in head.items()]
    lines += ["Content-Type: text/plain; charset=utf-8", "", *text.split("\n"), ""]
    return "\r\n".join(lines).encode("utf-8", "replace")
