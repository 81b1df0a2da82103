"""E-mail by any SMTP server, over one kept connection, signed; bounces come back as mail.

What a reply means: 2yz taken, 4yz not now, 5yz never (RFC 5321 §4.2.1). Until the final dot has
left, the server cannot have the message (§3.3, §4.1.1.4); once it has left and no reply came,
nobody knows. SMTP has no question for that, and no key that the server would compare.
"""

import contextlib
import smtplib
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence

from usance.domain.distribution import DeliveryEvent, Handed, Handover, Kind, Parcel

from . import _bounces, _dkim, _mail, _signature, _sns
from ._patience import hand_over

KINDS = frozenset({Kind.EMAIL})
CONFIG: Mapping[str, str] = {
    "host": "SMTP server",
    "port": "25 or 587 or 465; without it 587",
    "security": "starttls (without it), tls or none",
    "user": "login; without it none",
    "password": "of the login",
    "ca_file": "PEM of the authority that vouches for the server; without it the system's",
    "timeout_seconds": "for each answer of the server; without it 30",
    "sender": "From address",
    "domain": "of return paths and message ids; without it the sender's",
    "return_path": "first word of return paths; without it bounce",
    "reply_to": "where a person's answer goes; without it the sender",
    "unsubscribe": "List-Unsubscribe of optional papers, https: or mailto:, {key} is the parcel's",
    "dkim_selector": "names the RSA key in DNS",
    "dkim_key_file": "PEM of the RSA key that signs (DKIM); without it no such signature",
    "dkim_ed25519_selector": "names the Ed25519 key in DNS",
    "dkim_ed25519_key_file": "PEM of the Ed25519 key that signs as well; without it none",
    "dkim_domain": "that vouches for the mail; without it the sender's",
    "largest_bytes": "of a whole mail; without it 25000000, which most mailboxes take",
    "sent_at": "ISO 8601 moment for the Date header, set by the caller; without it the server's",
    "inbound": "mailbox: the caller fetched the bounce itself; without it callbacks are signed",
    "webhook_secrets": "whsec_… of who posts bounces, or passwords of Amazon SNS; by spaces",
    "sns_topics": "ARNs of our topics of Amazon SNS, by spaces: only what Amazon signed for them",
    "sns_hosts": "further hosts where certificates of SNS may lie, by spaces; for a test",
    "sns_ca_file": "whose certificates are believed there; without it the public ones",
}
TAKES_KEY = False
ASKABLE = False

LARGEST_BYTES = 25_000_000  # What the large mailbox providers take, attachments as they travel.
Trouble = (OSError, smtplib.SMTPException)


class NotInClear(smtplib.SMTPException):
    """A password does not leave over a connection that anybody on the way can read."""


def send(parcels: Sequence[Parcel], config: Mapping[str, str]) -> Iterator[Handover]:
    connection = _Connection(config)
    try:
        yield from hand_over(parcels, connection.deliver)
    finally:
        connection.close()


def status(key: str, config: Mapping[str, str]) -> Handover:
    """No mail server can be asked."""
    return Handover(key=key, came_to=Handed.UNKNOWN, detail="SMTP has no question for this.")


def read(body: bytes, headers: Mapping[str, str], config: Mapping[str, str]) -> list[DeliveryEvent]:
    """A mail that came to our return path, or what Amazon SES reports (see _sns).

    A mail that is about none of ours gives no event.

    :raises Forged: if it came as a callback and is not signed (see _signature).
    :raises Unreadable: if it is no mail.
    :raises TryLater: if the certificate of Amazon SNS could not be fetched.
    """
    if _sns.speaks(headers):
        return _sns.read(body, headers, config)
    if config.get("inbound", "") != "mailbox":
        _signature.verify(body, headers, secrets=config.get("webhook_secrets", ""))
    return _bounces.read(body, headers, config)


def shown(parcel: Parcel, config: Mapping[str, str]) -> str:
    """Envelope and headers for people to read: what stands before the text of the mail."""
    try:
        to = _mail.recipient(parcel.address.get("email", ""))
        head, _, _ = _mail.written(parcel, config).partition(b"\r\n\r\n")
    except _mail.MalformedAddress as malformed:
        return str(malformed)
    envelope = f"MAIL FROM:<{_mail.return_path(parcel.key, config)}>\nRCPT TO:<{to}>"
    return f"{envelope}\n\n{head.decode('utf-8', 'replace')}".replace("\r\n", "\n")


class _Connection:
    """One SMTP session, opened when first needed and again after it broke."""

    def __init__(self, config: Mapping[str, str]) -> None:
        self.config = config
        self.session: smtplib.SMTP | None = None

    def deliver(self, parcel: Parcel) -> tuple[Handover, bool]:
        """What it came to, and whether the server is there."""
        try:
            to = _mail.recipient(parcel.address.get("email", ""))
            message = _mail.written(parcel, self.config)
        except _mail.MalformedAddress as malformed:
            return Handover(key=parcel.key, came_to=Handed.REFUSED, detail=str(malformed)), True
        except (_dkim.UnusableKey, OSError) as ours:
            return Handover(key=parcel.key, came_to=Handed.TRY_LATER, detail=_words(ours)), False
        largest = int(self.config.get("largest_bytes", "") or LARGEST_BYTES)
        if len(message) > largest:
            detail = f"5.3.4 the mail has {len(message)} bytes, more than the {largest} allowed"
            return Handover(key=parcel.key, came_to=Handed.REFUSED, detail=detail), True
        is_fresh = self.session is None
        came_to, says, is_up = self._attempt(parcel.key, to, message)
        if came_to is Handed.TRY_LATER and self.session is None and not is_fresh:
            # A server may close a kept connection between two mails: that is no outage.
            came_to, says, is_up = self._attempt(parcel.key, to, message)
        return Handover(
            key=parcel.key,
            came_to=came_to,
            reference=_mail.message_id(parcel.key, self.config)
            if came_to in (Handed.ACCEPTED, Handed.UNKNOWN)
            else "",
            detail=says,
        ), is_up

    def close(self) -> None:
        if self.session is not None:
            with contextlib.suppress(*Trouble):
                self.session.quit()
            self.session = None

    def _attempt(self, key: str, to: str, message: bytes) -> tuple[Handed, str, bool]:
        try:
            session = self._open()
            refused = self._envelope(session, key, to, len(message))
            if refused is not None:
                return self._judge(*refused)
            session.send(_dotted(message))
        except Trouble as trouble:
            self._drop()
            return Handed.TRY_LATER, _words(trouble), False
        try:
            code, says = session.getreply()
            if code // 100 not in (2, 4, 5):
                raise smtplib.SMTPResponseException(code, says)  # No word of a mail server's.
            return self._judge(code, says)
        except Trouble as trouble:
            self._drop()
            return Handed.UNKNOWN, _words(trouble), False

    def _open(self) -> smtplib.SMTP:
        if self.session is not None:
            return self.session
        security = self.config.get("security", "") or "starttls"
        if security not in ("starttls", "tls", "none"):
            raise ValueError(f"security is starttls, tls or none, not {security!r}")
        if security == "none" and self.config.get("user", ""):
            raise NotInClear("no login over plain text: set security to starttls or tls")
        host, port = self.config["host"], int(self.config.get("port", "") or 587)
        timeout = float(self.config.get("timeout_seconds", "") or 30)
        session: smtplib.SMTP
        if security == "tls":
            session = smtplib.SMTP_SSL(host, port, timeout=timeout, context=self._trust())
        else:
            session = smtplib.SMTP(host, port, timeout=timeout)
        try:
            if security == "starttls":
                session.starttls(context=self._trust())
            if user := self.config.get("user", ""):
                session.login(user, self.config.get("password", ""))
            session.ehlo_or_helo_if_needed()
        except Trouble:
            session.close()
            raise
        # The end of a message must not wait for the acknowledgement of what stands before it.
        assert session.sock is not None
        session.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.session = session
        return session

    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.config.get("ca_file", "") or None)

    def _envelope(
        self, session: smtplib.SMTP, key: str, to: str, size: int
    ) -> tuple[int, bytes] | None:
        """None: the server waits for the message. Otherwise its reply that is not that."""
        options = []
        if session.has_extn("size"):
            largest = session.esmtp_features.get("size", "")
            if largest.isdigit() and 0 < int(largest) < size:  # RFC 1870 §4: 0 is no limit.
                return 552, f"5.3.4 the mail has {size} bytes, the server takes {largest}".encode()
            options = [f"size={size}"]
        if not to.isascii():
            if not session.has_extn("smtputf8"):
                return 553, b"5.6.7 the server takes no address beyond ASCII"
            options += ["SMTPUTF8", "BODY=8BITMIME"]
        path = _mail.return_path(key, self.config)
        if to.isascii():  # As smtplib does it, but for reading addresses that were read before.
            code, says = session.docmd("mail", " ".join([f"FROM:<{path}>", *options]))
        else:
            code, says = session.mail(path, options)
        if code // 100 == 2:
            code, says = session.docmd("rcpt", f"TO:<{to}>")
        elif code // 10 == 53:
            raise smtplib.SMTPAuthenticationError(code, says)  # About us, not about this mail.
        if code // 100 == 2:
            code, says = session.docmd("DATA")
            if code == 354:
                return None
        return code, says

    def _judge(self, code: int, says: bytes) -> tuple[Handed, str, bool]:
        text = f"{code} {says.decode('utf-8', 'replace')}"
        if code // 100 == 2:
            return Handed.ACCEPTED, text, True
        if code == 421 or code < 0:
            self._drop()
            return Handed.TRY_LATER, text, False
        if self.session is not None:
            with contextlib.suppress(*Trouble):
                self.session.rset()
        return (Handed.REFUSED if code // 100 == 5 else Handed.TRY_LATER), text, True

    def _drop(self) -> None:
        if self.session is not None:
            self.session.close()
            self.session = None


def _dotted(message: bytes) -> bytes:
    """As it goes over the line: a dot that begins a line doubled, the final dot behind."""
    doubled = message.replace(b"\r\n.", b"\r\n..")
    if doubled.startswith(b"."):
        doubled = b"." + doubled
    return doubled + (b".\r\n" if doubled.endswith(b"\r\n") else b"\r\n.\r\n")


def _words(trouble: Exception) -> str:
    return f"{type(trouble).__name__}: {trouble}"
