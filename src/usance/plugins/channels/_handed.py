"""Mails by which clients hand in files: for whom one is, who wrote it, and what proves that.

Only the results of our own receiving server are believed, by the name that it has in them: a sender
may write the same header.

Source: RFC 5233 (plus addresses), RFC 8601 §2.2, §5 (Authentication-Results), RFC 7489 §3.1.1
(alignment).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message
from email.utils import getaddresses

from . import _bounce_text, _mail

_TO = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "Cc")
_RESULT = re.compile(r"\b(dmarc|dkim|spf)\s*=\s*([a-z]+)", re.I)
_SIGNER = re.compile(r"\bdkim\s*=\s*pass\b[^;]*?\bheader\.(?:d|i)\s*=\s*@?([\w.-]+)", re.I)
_BULK = frozenset({"bulk", "junk", "list", "auto_reply"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What our server found out about the sender."""

    says: str  # For people, and kept as evidence.
    passed: bool | None  # None: nobody checked, or there was nothing to check.


def door(address: str, invoices: str) -> str | None:
    """The client's word in an address at which invoices are taken; empty: it names none; None: it
    is another address.

    :param invoices: "faktura@in.example" (then a client has faktura+word@…), or "@in.example" (then
        a client has word@…).
    """
    if not invoices:
        return None
    local, _, host = address.strip().strip("<>").lower().rpartition("@")
    ours, _, our_host = invoices.strip().lower().rpartition("@")
    if host != our_host or not local:
        return None
    if not ours:
        return local
    if local == ours:
        return ""
    return local.removeprefix(f"{ours}+") if local.startswith(f"{ours}+") else None


def addressed(mail: Message, envelope_to: str, invoices: str) -> str | None:
    """As `door`, of the envelope's receiver; where nobody said it, of those whom the mail names."""
    if envelope_to:
        return door(envelope_to, invoices)
    for name in _TO:
        for _, address in getaddresses([str(value) for value in mail.get_all(name, [])]):
            word = door(address, invoices)
            if word is not None:
                return word
    return None


def sender(mail: Message) -> str:
    """The one address in From, lower case; empty: there is none, or more than one."""
    found = getaddresses([_bounce_text.unfolded(mail, "From")])
    addresses = {address.strip().lower() for _, address in found if "@" in address}
    return addresses.pop() if len(addresses) == 1 else ""


def is_registered(address: str, senders: Sequence[str]) -> bool:
    """Whether the address, or its domain as "@acme.example", is among those registered."""
    host = address.rpartition("@")[2]
    known = {one.strip().lower() for one in senders}
    return bool(address) and (address in known or f"@{host}" in known)


def verdict(mail: Message, server: str) -> Verdict:
    """What Authentication-Results of our own server say; `server` is the name it has there."""
    if not server:
        return Verdict(says="The sender was not checked: no authserv_id is set.", passed=None)
    for value in mail.get_all("Authentication-Results", []):
        text = " ".join(str(value).split())
        name = text.partition(";")[0].strip().split(" ")[0].lower()
        if name == server.lower():
            return Verdict(says=f"Authentication-Results: {text}"[:300], passed=_passed(mail, text))
    return Verdict(says=f"{server} said nothing about the sender.", passed=None)


def may_be_answered(mail: Message, envelope_from: str | None = None) -> bool:
    """Whether a machine may answer: never a machine, a list or a mail without a return address."""
    if _bounce_text.is_automatic(mail) or _bounce_text.is_from_a_mail_system(mail):
        return False
    if str(mail.get("Return-Path", "")).strip() == "<>" or envelope_from == "":
        return False
    if str(mail.get("Precedence", "")).strip().lower() in _BULK:
        return False
    return not any(mail.get(name) for name in ("List-Id", "List-Unsubscribe", "X-Loop"))


def subject(mail: Message) -> str:
    return _mail.one_line(_bounce_text.subject(mail))


def _passed(mail: Message, text: str) -> bool | None:
    said: dict[str, str] = {
        kind.lower(): result.lower() for kind, result in reversed(_RESULT.findall(text))
    }
    if "dmarc" in said and said["dmarc"] in ("pass", "fail"):
        return said["dmarc"] == "pass"
    host = sender(mail).rpartition("@")[2]
    for signer in _SIGNER.findall(text):
        if host == signer.lower() or host.endswith(f".{signer.lower()}"):
            return True
    return False if said.get("dkim") == "fail" or said.get("spf") == "fail" else None
