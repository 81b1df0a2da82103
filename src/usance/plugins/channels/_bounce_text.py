"""Notices of mail servers in free text: who is meant, and what is said of each.

A notice names its addresses, each with the server's words below or beside it, and then returns
the mail. Lines that hold little but an address are tried first, then the usual sentences, then
flufl.bounce, then the header of what was returned.
"""

import re
from collections.abc import Iterator
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses

from flufl.bounce import all_failures

LARGEST = 60_000  # Characters of a notice that are looked at; what follows is the returned mail.
LARGEST_ASKED = (
    300_000  # Characters of a mail that flufl.bounce is asked about: it reads all lines.
)
ADDRESS = re.compile(r"[^\s<>\"'():;,\[\]|@]{1,64}@[A-Za-z0-9][\w.-]{0,253}\w")
_A = rf"(?P<address>{ADDRESS.pattern})"
# A line that begins with an address and says little else: the head of what is told about it.
_HEAD = re.compile(
    rf"^[\s*•>#-]{{0,20}}(?:recipient:?\s*)?[\"'<\[]{{0,2}}{_A}[\"'>\]]{{0,2}}(?:<mailto:[^>]*>)?"
    r"\s*(?:$|:|,|\(|\[|\.\.\.|-\s|on \d).{0,600}$",
    re.I,
)
_SENTENCE = re.compile(
    r"(?:rcpt to:|recipient(?:\(s\)|s)?(?: address)?:|delivered to:?|deliver(?: your)?"
    r" (?:mail|message|e-?mail)s? to|undeliverable to|deliver(?:ed|y) to|members? of this"
    r" mailing list|message-id in"
    # "Unknown user: somebody@…", but no field of a header.
    r"|^(?!\s*(?:mail )?(?:from|sender|reply-to|to|b?cc|subject|date)\s*:)[^@:\n]{3,60}:)"
    rf"\s*[\"'<]{{0,2}}{_A}",
    re.I | re.M,
)
# What stands above the returned mail or its header.
_RETURNED = re.compile(
    r"^[ \t>|*=_-]{0,80}(below this line is a copy|enclosed is a copy|this is a copy of (the|your)"
    r"|(the )?(header of the )?(original|returned|undelivered|unsent) (message|mail)(?! was)"
    r"|(message|mail) (text|header|body)s? follow|copy of (the|your) (message|mail)"
    r"|received:|return-path:)",
    re.I | re.M,
)
_SYSTEM = re.compile(r"mailer-?daemon|post[_-]?master|mail deliver\w*|mail\.delivery\.system", re.I)
_SUBJECT = re.compile(
    r"undeliver|delivery (status|failure|failed|report|problem|error|notification)"
    r"|(failed|failure) (delivery|notice)|returned mail|mail (system error|failure|failed)"
    r"|could not be delivered|bounce notif|failure notice|non[- ]?delivery|nicht zugestellt"
    r"|unzustellbar|returning to sender|delayed mail|olevererbar|kunde inte levereras"
    r"|non remis|no entregado|you \S+ are not member|loop alert",
    re.I,
)
_BODY = re.compile(
    r"(could not|couldn.t|cannot|can.t|wasn.t able to|unable to) (be )?deliver|not delivered"
    r"|undeliverable|delivery .{0,60}fail|did not reach the following|permanent(ly)? (error|fail)"
    r"|following (recipient|address)\S* .{0,30}(rejected|failed|error|problem)|returned to sender"
    r"|no such user here|message was .{0,20}rejected",
    re.I,
)
_AWAY = re.compile(
    r"^auto:|out of (the )?office|auto(matic|matisch\w*|mated)?[- ]?(reply|response|answer|antwort)"
    r"|autoreply|vacation|abwesen|automatiskt svar|autosvar|fr[åa]nvaro|r[ée]ponse automatique"
    r"|respuesta autom|risposta autom|automaattinen|poissa|afwezig",
    re.I,
)
_NOBODY = re.compile(r"no-?reply|do-?not-?reply|notification", re.I)
_LATE = re.compile(
    r"still being retried|warning only|not need to resend|will (be retried|keep trying)"
    r"|has not yet been delivered|delivery .{0,20}delayed|will continue to (try|be)",
    re.I,
)


def subject(mail: Message) -> str:
    stated = str(mail.get("Subject", ""))
    try:
        stated = str(make_header(decode_header(stated)))
    except (LookupError, ValueError):
        stated = stated.strip()
    return " ".join(stated.split())[:300]


def notice(mail: Message) -> str:
    """The text that a server wrote, without what it returned."""
    texts = [_decoded(part) for part in _above(mail) if _is_text(part)]
    if not any(text.strip() for text in texts):
        # Parts that were never closed, or only HTML, or no part at all.
        texts = [_plain(_decoded(part)) for part in _above(mail) if not part.is_multipart()]
        texts.append(str(mail.preamble or ""))
        if not mail.is_multipart():
            texts.append(_decoded(mail))
    whole = "\n".join(texts).replace("\r\n", "\n").replace("\r", "\n")[:LARGEST]
    end = _RETURNED.search(whole, 1)
    return whole[: end.start()] if end else whole


def is_from_a_mail_system(mail: Message) -> bool:
    author = str(mail.get("From", "")).strip()
    return bool(_SYSTEM.search(author)) or author in ("<>", "")


def is_automatic(mail: Message) -> bool:
    """A machine wrote it (RFC 3834 §5, and headers that were used before it)."""
    stated = str(mail.get("Auto-Submitted", "no")).strip().lower()
    precedence = str(mail.get("Precedence", "")).strip().lower()
    return (
        stated.startswith("auto")
        or precedence in ("auto_reply", "junk")
        or any(mail.get(name) for name in ("X-Autoreply", "X-Autorespond", "X-Autogenerated"))
        or is_away(mail)
    )


def is_away(mail: Message) -> bool:
    return bool(_AWAY.search(subject(mail)))


def is_delayed(mail: Message, text: str) -> bool:
    return bool(_LATE.search(text) or _LATE.search(subject(mail)))


def returned(mail: Message, name: str) -> list[str]:
    """A field of the mail that was returned, if it or its header was."""
    for part in mail.walk():
        if part is mail:
            continue
        if part.get_content_type() == "text/rfc822-headers":
            found = re.search(rf"^{name}:[ \t]*(.+)$", _decoded(part), re.I | re.M)
            return [found[1].strip()] if found else []
        if part.get_content_type() == "message/rfc822":
            return [str(one) for inner in within(part)[:1] for one in inner.get_all(name, [])]
    return []


def failures(mail: Message, text: str) -> Iterator[tuple[str, str]]:
    """Addresses that a mail did not reach, each with what is said about it; none: no bounce."""
    stated = [a for _, a in getaddresses(mail.get_all("X-Failed-Recipients", [])) if "@" in a]
    if not (stated or _may_speak(mail, text) or _recognised(mail)):
        return
    ours = {address.lower() for _, address in getaddresses(mail.get_all("To", []))}
    parts = _parts(text, ours)
    named = stated or list(parts) or list(_in_sentences(text, ours)) or sorted(_recognised(mail))
    if not named and _says_so(mail, text):
        back = [*returned(mail, "To"), *re.findall(r"^To:.*$", text, re.M)]
        named = [address for _, address in getaddresses(back) if "@" in address]
    known = {address.lower(): says for address, says in parts.items()}
    for address in dict.fromkeys(named):
        yield address, _words(known.get(address.lower(), ""), text if len(named) == 1 else "")


def _recognised(mail: Message) -> set[str]:
    if sum(len(payload(part)) for part in mail.walk()) > LARGEST_ASKED:
        return set()
    try:
        temporary, permanent = all_failures(mail)
    except (LookupError, ValueError, TypeError, AttributeError):
        return set()  # A detector fell over a broken mail, and no other one was asked.
    return {one.decode("ascii", "replace") for one in permanent or temporary}


def _may_speak(mail: Message, text: str) -> bool:
    """A person who writes of a mail that was lost, or is away, reports nothing."""
    if is_from_a_mail_system(mail):
        return bool(text.strip())
    is_machine = (
        is_automatic(mail)
        or str(mail.get("Return-Path", "")).strip() == "<>"
        or any(mail.get(name) for name in ("X-MLServer", "List-Id"))
        or bool(_NOBODY.search(str(mail.get("From", ""))))
    )
    return is_machine and not is_away(mail) and _says_so(mail, text)


def _says_so(mail: Message, text: str) -> bool:
    return bool(_SUBJECT.search(subject(mail)) or _BODY.search(text))


def _parts(text: str, ours: set[str]) -> dict[str, str]:
    """What stands from the head of one address to the next; an address told twice has both."""
    parts: dict[str, list[str]] = {}
    spelled: dict[str, str] = {}
    current = ""
    for line in text.split("\n"):
        found = _HEAD.match(line[:700])
        if found and found["address"].lower() not in ours:
            current = found["address"].lower()
            spelled.setdefault(current, found["address"])
        if current:
            parts.setdefault(current, []).append(line)
    return {spelled[one]: "\n".join(lines) for one, lines in parts.items()}


def _in_sentences(text: str, ours: set[str]) -> Iterator[str]:
    for found in _SENTENCE.finditer(text):
        if found["address"].lower() not in ours:
            yield found["address"]


def _words(part: str, text: str) -> str:
    return " ".join((part if part.strip() else text).split())[:2000]


def _above(mail: Message) -> Iterator[Message]:
    """The parts of the notice itself: not those of a mail within it, nor any below one."""
    if mail.get_content_type() == "message/rfc822":
        return
    yield mail
    for part in within(mail) if mail.get_content_maintype() == "multipart" else []:
        if part.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
            return
        yield from _above(part)


def _is_text(part: Message) -> bool:
    # The type is torn over lines by some: then the parser keeps its parameters within it.
    return part.get_content_type().startswith("text/plain")


def _decoded(part: Message) -> str:
    if part.is_multipart():
        return ""
    try:
        data = part.get_payload(decode=True)
        charset = part.get_content_charset() or "utf-8"
        return data.decode(charset, "replace") if isinstance(data, bytes) else payload(part)
    except (LookupError, ValueError):  # A character set or encoding that there is not.
        return payload(part)


def within(part: Message) -> list[Message]:
    """The parts of a part, or the mail in it."""
    found = part.get_payload() if part.is_multipart() else []
    return [one for one in found if isinstance(one, Message)] if isinstance(found, list) else []


def payload(part: Message) -> str:
    """What stands in a part, as it came; empty if it has parts itself or cannot be decoded."""
    try:
        found = part.get_payload()
    except (LookupError, ValueError):
        return ""
    return found if isinstance(found, str) else ""


def _plain(text: str) -> str:
    return re.sub(r"<(?!mailto:|[^<>\s@]{1,64}@)[^<>]{0,2000}>", " ", text)
