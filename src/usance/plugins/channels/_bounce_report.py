"""What a returned mail says of each recipient: bytes in, values out.

Read are delivery status notifications (RFC 3464, also those whose fields only stand in the text),
feedback reports (RFC 5965), answers of machines (RFC 3834), notifications of a bulk carrier as
JSON in a mail, and the notices of mail servers in free text (see _bounce_text).
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses
from enum import StrEnum
from typing import Any

from usance.plugins import Unreadable, _mails

from . import _bounce_text
from ._bounce_words import (
    HARD,
    STANDARD,
    Reason,
    coded,
    enhanced,
    exact,
    is_about_us,
    is_too_late,
    reply,
    spoken,
)


class Verdict(StrEnum):
    """What it says of the address; the gravest first."""

    HARD = "hard"  # The address cannot work: nothing is sent there again.
    SOFT = "soft"  # This mail is lost or late; the address may be good.
    COMPLAINT = "complaint"
    AUTO_REPLY = "auto-reply"
    NONE = "none"


class Fate(StrEnum):
    """What became of the mail, which is not the same as what it says of the address."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    PASSED_ON = "passed on"  # Relayed or expanded: it left the world that reports.
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    address: str  # As we wrote it, where the notice tells; empty if it names none.
    kind: Verdict
    reason: Reason
    fate: Fate = Fate.NONE
    status: str = ""  # Of RFC 3463.
    is_stated: bool = False  # False: the status follows from the reason, no server gave one.
    reply: str = ""  # The server's three digits; empty if it is not told.
    says: str = ""


# RFC 3464 §2.3.3, and two words beside the standard: a probe's, and a bulk carrier's.
FATES = {
    "failed": Fate.FAILED, "expired": Fate.FAILED, "delayed": Fate.DELAYED,
    "delivered": Fate.DELIVERED, "deliverable": Fate.DELIVERED,
    "relayed": Fate.PASSED_ON, "expanded": Fate.PASSED_ON,
}  # fmt: skip
_FIELDS = re.compile(r"^(final-recipient|original-recipient)[ \t]*:", re.I | re.M)
_MBOX = re.compile(rb"\r?\n\r?\n(?=From \S+ +[A-Z][a-z]{2} [A-Z][a-z]{2} +\d)")


def read(data: bytes) -> tuple[Recipient, ...]:
    """All recipients that are spoken of, in order; none: it is no bounce, complaint or auto-reply.

    A mailbox file (it begins with "From ") may hold several mails.

    :raises Unreadable: if it is no mail.
    """
    data = _plain(data)
    mails = _MBOX.split(data) if data.startswith(b"From ") else [data]
    found: list[Recipient] = []
    for one in mails:
        try:
            found += of(_mails.whole(one))
        except RecursionError as deep:
            raise Unreadable(_mails.WITHIN, where="mail") from deep
    return tuple(found)


def _plain(data: bytes) -> bytes:
    """Without what saving put before the header, and with line ends where only CR stands."""
    data = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    return data if b"\n" in data else data.replace(b"\r", b"\n")


def of(mail: Message) -> tuple[Recipient, ...]:
    """As `read`, of one mail that is parsed already.

    :raises Unreadable: if it is no mail.
    """
    if not mail.keys():
        raise Unreadable("no header of a mail", where="line 1")
    text = _bounce_text.notice(mail)
    ways = (_complaints, _carried, _notified, _told, _answered)
    return next((found for way in ways if (found := tuple(way(mail, text)))), ())


def _complaints(mail: Message, text: str) -> Iterator[Recipient]:
    """RFC 5965 §3. That one is no junk after all, or fails DMARC, is no complaint."""
    for part in mail.walk():
        if named := part.get("X-HmXmrOriginalRecipient"):  # Outlook.com's junk mail reports.
            yield _complaint(str(named).strip().strip("<>"), "abuse")
            return
        if part.get_content_type() != "message/feedback-report":
            continue
        fields = _inner(part)
        if str(fields.get("Feedback-Type", "abuse")).strip().lower() not in (
            "abuse", "fraud", "other", "virus", "opt-out", "opt-out-list",
        ):  # fmt: skip
            continue
        stated = fields.get_all("Original-Rcpt-To") or fields.get_all("Removal-Recipient")
        for address in _addresses(stated or _bounce_text.returned(mail, "To")) or [""]:
            yield _complaint(address, str(fields.get("Feedback-Type", "")).strip().lower())


def _complaint(address: str, says: str) -> Recipient:
    return Recipient(
        address=address, kind=Verdict.COMPLAINT, reason=Reason.COMPLAINT,
        fate=Fate.DELIVERED, says=says,
    )  # fmt: skip


def _carried(mail: Message, text: str) -> Iterator[Recipient]:
    """Amazon SES, "Contents of event data": bounce, complaint or delivery as JSON."""
    told = _json(text)
    if isinstance(told.get("Message"), str):
        told = _json(told["Message"])
    kind = told.get("notificationType") or told.get("eventType")
    about = told.get(str(kind).lower())
    if not isinstance(about, dict):
        return
    if kind == "Complaint":
        for each in _dicts(about.get("complainedRecipients")):
            yield _complaint(_text(each, "emailAddress"), _text(about, "complaintFeedbackType"))
    elif kind == "Bounce":
        for each in _dicts(about.get("bouncedRecipients")):
            says = _text(each, "diagnosticCode") or _text(about, "bounceSubType")
            status = _text(each, "status")
            yield recipient(_text(each, "emailAddress"), says, action="failed", status=status)
    elif kind == "Delivery" and isinstance(about.get("recipients"), list):
        for address in about["recipients"]:
            says = _text(about, "smtpResponse")
            yield recipient(str(address), says, action="delivered", status="2.0.0")


def _json(text: str) -> dict[str, Any]:
    if not text.lstrip().startswith("{"):
        return {}
    try:
        told, _ = json.JSONDecoder(strict=False).raw_decode(text.lstrip())
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _dicts(found: Any) -> list[dict[str, Any]]:
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _text(found: dict[str, Any], name: str) -> str:
    return str(found.get(name, ""))


def _notified(mail: Message, text: str) -> Iterator[Recipient]:
    stated = _bounce_text.failed_header(mail)
    blocks = _blocks(_bounce_text.own(mail))
    if not blocks and _bounce_text.is_from_a_mail_system(mail):
        blocks = _blocks(mail.walk())  # Some wrap the notice of another system in one of theirs.
    if not blocks and _FIELDS.search(text) and _bounce_text.is_from_a_machine(mail):
        # Some never close the header of the part, or state the fields in the text alone. Fields
        # may be torn apart by empty lines: a block begins where a field comes a second time.
        blocks = list(_stated(text))
    blocks = [one for one in blocks if one.get("Final-Recipient") or one.get("Original-Recipient")]
    parts = {one.lower(): said for one, said in _bounce_text.parts(text).items()}
    for block in blocks:
        says = " ".join(str(block.get("Diagnostic-Code", "")).split())
        says = re.sub(r"^[\w-]{1,20}\s*;\s*", "", says)
        named = _named(block)
        if "@" not in named and len(blocks) == len(stated) == 1:
            named = stated[0]  # The file or program that an address stands for is no address.
        about = text if len(blocks) == 1 else _part(block, parts)
        about = f"{_comment(block)}\n{about}"
        yield recipient(
            named,
            says,
            action=str(block.get("Action", "")).split(" ")[0].strip().lower(),
            status=enhanced(str(block.get("Status", ""))),
            beside="" if spoken(says, "") else _beside(about),
            when=about,
        )


def _blocks(parts: Iterable[Message]) -> list[Message]:
    """The fields of each recipient, and those of the message, of all status parts."""
    return [block for part in parts if _is_status(part) for block in _bounce_text.within(part)]


def _is_status(part: Message) -> bool:
    return part.get_content_type() in ("message/delivery-status", "message/global-delivery-status")


def _stated(text: str) -> Iterator[Message]:
    block = Message()
    for line in re.findall(r"^[A-Za-z][\w-]{2,30}[ \t]*:.*(?:\n[ \t]+\S.*)*", text, re.M):
        name, _, value = line.partition(":")
        name = name.strip().lower()
        if name not in (
            "original-recipient", "final-recipient", "action", "status", "diagnostic-code",
        ):  # fmt: skip
            continue
        if name in block:
            yield block
            block = Message()
        block[name] = " ".join(value.split())
    yield block


def _named(block: Message) -> str:
    """RFC 3464 §2.3.1: the original recipient is the address as the sender wrote it."""
    for name in ("Original-Recipient", "Final-Recipient"):  # Some leave out the address type.
        stated = str(block.get(name, "")).rpartition(";")[2]
        if found := _bounce_text.ADDRESS.search(stated):
            return found[0]
    _, _, stated = str(block.get("Final-Recipient", "")).partition(";")
    return stated.strip().strip("<>")[:320]


def _told(mail: Message, text: str) -> Iterator[Recipient]:
    """A notice in free text: each address with the words that stand below it."""
    action = "delayed" if _bounce_text.is_delayed(mail, text) else "failed"
    found = list(_bounce_text.failures(mail, text))
    for address, says in found:
        # What is said of another address means nothing for this one.
        around = text if len(found) == 1 else _bounce_text.above(text)
        yield recipient(
            address, says, action=action, status="", beside=_beside(around), when=around
        )


def _part(block: Message, parts: Mapping[str, str]) -> str:
    """What the text says of this recipient, by whichever of its addresses it is named there."""
    both = (str(block.get(name, "")) for name in ("Final-Recipient", "Original-Recipient"))
    found = (one[0].lower() for stated in both for one in _bounce_text.ADDRESS.finditer(stated))
    return next((parts[one] for one in found if one in parts), "")


def _comment(block: Message) -> str:
    """What stands in brackets behind the code (RFC 3464 §2.3.4)."""
    return str(block.get("Status", "")).partition("(")[2].strip().rstrip(")")


def _beside(text: str) -> str:
    """What a server answered in a transcript; where that says nothing, all that is told."""
    answers = "\n".join(re.findall(r"^\s*<<< ?([45]\d\d.*)$", text, re.M))
    return answers if spoken(answers, "") else text


def _answered(mail: Message, text: str) -> Iterator[Recipient]:
    if _bounce_text.is_automatic(mail) and not _bounce_text.is_from_a_mail_system(mail):
        for address in _addresses([str(mail.get("From", ""))])[:1] or [""]:
            yield Recipient(
                address=address, kind=Verdict.AUTO_REPLY, reason=Reason.AUTO_REPLY,
                says=_bounce_text.subject(mail),
            )  # fmt: skip


def recipient(
    address: str, says: str, *, action: str, status: str, beside: str = "", when: str = ""
) -> Recipient:
    """Judge one recipient.

    A code in the server's own words stands before the one of who reports, for many report a
    general one. Words `beside` those about the recipient count only if these say nothing; `when`
    are such that may tell at which command it was said.
    """
    quoted = enhanced(says)
    code = quoted if quoted and not (quoted.endswith(".0.0") and status) else status
    around = enhanced(beside)
    if not code or (code.endswith(".0.0") and code[0] == around[:1]):
        code = around or code
    fate = FATES.get(action) or _fate_of(code)
    if fate is Fate.DELIVERED and not code.startswith("2."):
        code = "2.0.0"
    if fate in (Fate.DELIVERED, Fate.PASSED_ON):
        means = Reason.DELIVERED
    else:
        means = (
            spoken(says, code)
            or exact(code)
            or spoken(beside, code)
            or coded(code, f"{says} {beside}")
        )
        if means in HARD and is_about_us(f"{says} {when}"):
            means = Reason.REFUSED
        if means is Reason.USER_UNKNOWN and is_too_late(when, code):
            means = Reason.REFUSED
    is_stated = bool(code)
    if not code:
        code = f"{4 if fate is Fate.DELAYED else 5}.{STANDARD.get(means, '0.0')}"
    return Recipient(
        address=address, kind=_verdict(means, fate, code), reason=means, fate=fate, status=code,
        is_stated=is_stated, reply=reply(says) or reply(beside), says=says[:500],
    )  # fmt: skip


def _verdict(means: Reason, fate: Fate, code: str) -> Verdict:
    if fate in (Fate.DELIVERED, Fate.PASSED_ON):
        return Verdict.NONE
    is_for_good = fate is not Fate.DELAYED and not code.startswith("4.")
    return Verdict.HARD if means in HARD and is_for_good else Verdict.SOFT


def _fate_of(code: str) -> Fate:
    return {"2": Fate.DELIVERED, "4": Fate.DELAYED}.get(code[:1], Fate.FAILED)


def _inner(part: Message) -> Message:
    """The fields within a message/… part, which the parser takes for a mail's header."""
    if inner := _bounce_text.within(part):
        return inner[0]
    return message_from_bytes(_bounce_text.payload(part).lstrip().encode("utf-8", "replace"))


def _addresses(stated: list[Any]) -> list[str]:
    return [address for _, address in getaddresses([str(one) for one in stated]) if "@" in address]
