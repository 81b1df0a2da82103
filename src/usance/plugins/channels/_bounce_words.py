"""What the words and codes of mail servers mean for an address: the reason, and whether it is hard.

Hard: this address cannot work (no such user, no such host, moved, takes no mail), said with a
permanent code. Everything else is soft: the mail was lost, the address may be good. Sources: the
codes of RFC 3463 §3 with the registry of RFC 5248; RFC 7372 and RFC 7505; Exchange Online's
published list of non-delivery codes; Gmail's published list of SMTP errors. The phrases are ours.
"""

import re
from enum import StrEnum


class Reason(StrEnum):
    USER_UNKNOWN = "user_unknown"
    HOST_UNKNOWN = "host_unknown"
    NO_MAIL_SERVICE = "no_mail_service"  # The domain is there and takes no mail.
    MOVED = "moved"
    MAILBOX_FULL = "mailbox_full"
    MAILBOX_DISABLED = "mailbox_disabled"
    TOO_BIG = "too_big"
    EXPIRED = "expired"
    NETWORK = "network"
    AUTHENTICATION = "authentication"  # Our SPF, DKIM or DMARC.
    BLOCKED = "blocked"  # Our address, domain or reputation.
    SPAM = "spam"
    REFUSED = "refused"  # A rule or filter of the receiver's.
    SYSTEM = "system"
    DELIVERED = "delivered"
    AUTO_REPLY = "auto_reply"
    COMPLAINT = "complaint"
    OTHER = "other"


HARD = frozenset({Reason.USER_UNKNOWN, Reason.HOST_UNKNOWN, Reason.NO_MAIL_SERVICE, Reason.MOVED})

# The first that fits decides: what is said about us and our mail stands before what is said of the
# address, for servers name the address in all of them.
PHRASES: tuple[tuple[Reason, str], ...] = (
    (Reason.AUTHENTICATION, r"\bdmarc\b|\bspf\b|\bdkim\b|unauthenticated (e-?mail|sender)"
                            r"|not pass authentication|sender id"),
    (Reason.BLOCKED, r"banned sending ip|client host .{0,80}(rejected|blocked)|blocked using"
                     r"|ip reputation|bad reputation|poor reputation|user complaints|throttl"
                     r"|(rate|frequency)[ -]limit|(daily|hourly|sending|relay|rate) quota"
                     r"|too many (connections|messages|mails|recipients)"
                     r"|\b(dns|r)bl\b|blackhole|block ?list|black ?list(?!ed url|ed link)"
                     r"|too many unwanted messages|my name was rejected"
                     r"|helo .{0,40}(reject|refused)|reverse (dns|lookup|hostname)|\brdns\b"
                     r"|\bptr record|cdrbl|spamhaus|spamcop|\b554 ip=\d|\bblocked ips?\b"
                     r"|\bip .{0,40}(limited|blocked)|blocked - see|network not allowed"
                     r"|invalid dns mx"),
    (Reason.SPAM, r"spam|\bube\b|unsolicited|junk mail|blacklisted (url|link)|bulk mail|phish"),
    (Reason.REFUSED, r"virus|malware|attachment .{0,40}(not allowed|forbidden|blocked)"),
    (Reason.TOO_BIG, r"too (large|big)|exceeds? .{0,40}(maximum|max\.?|fixed|message) .{0,20}size"
                     r"|size (limit )?exceed|message size|sizelimit|nachricht .{0,20}zu gro"),
    (Reason.MAILBOX_FULL, r"mailbox .{0,30}\bfull|mailfolder is full|\bfull mailbox|over ?quota"
                          r"|quota ?exceeded|quota (is )?full|exceed.{0,40}quota|out of storage"
                          r"|exceed\w* (the )?(allowed size|(local|storage)[\w ]{0,12}limit)"
                          r"|inbox .{0,12}full|mailbox (size|limit)|disk (quota|full)"
                          r"|not enough storage|insufficient .{0,10}storage|no space left"
                          r"|postfach .{0,30}voll|bo[iî]te .{0,40}pleine|buz[oó]n .{0,20}lleno"
                          r"|brevl[åa]da .{0,20}full|inkorg\w* .{0,12}full|casella .{0,20}piena"
                          r"|postkass\w* .{0,20}ful[ld]|postilaatikko .{0,20}t[äa]ynn"),
    (Reason.MAILBOX_DISABLED, r"(account|mailbox|user|address|recipient)[^.:]{0,60}\b("
                              r"disabled|suspend(ed)?|locked|discontinued|inactive|deactivated|frozen"
                              r"|not active|temporarily unavailable|expired)|disableduser"
                              r"|(inactive|disabled) (account|user|mailbox|recipient)"
                              r"|(account|mailbox|compte|konto|bo[iî]te)[^.:]{0,40}\b("
                              r"blocked|bloqu[ée]|gesperrt|sp[äa]rrat)"),
    (Reason.NO_MAIL_SERVICE, r"null mx|no smtp service|(does|do)(n.?t| not) (accept|receive)"
                             r" e?-?mail|find a mail exchanger|no mail server|no mx\b"),
    (Reason.HOST_UNKNOWN, r"host or domain name not found|illegal host|host not found(?!, try)"),
    (Reason.NETWORK, r"dns (error|query failed|lookup failure)|no route to host|lookup failure"
                     r"|(host|domain|server) (is )?not reachable|unreachable|mail loop"
                     r"|too many hops|hop count|establish an smtp connection|name service error"),
    (Reason.EXPIRED, r"message expired|timed[\s-]+out|time-?out|retry time|not responding"
                     r"|delivery (time )?expired|failed \d+ attempts|gave up|aborted after"
                     r"|could not be delivered for|not accept our requests to connect"
                     r"|for (the last|the past|over|more than) \d+ (seconds|minutes|hours|days)"
                     r"|within \d+ (days?|hours?)|resources temporarily|connection refused"),
    (Reason.MOVED, r"(has|have|is|was) moved|no longer on (this )?server|new address is"
                   r"|change of address"),
    (Reason.HOST_UNKNOWN, r"(host|domain)( name)?( [\w.-]{1,80})?( is)? (unknown"
                          r"|not found|does ?n.t exist|does not exist)|unknown (host|domain)"
                          r"|no such (host|domain)|nxdomain"
                          r"|unrout(e?)able|invalid domain(?! name)|domain (is )?invalid"
                          r"|find any host named|bad destination (host|system)"),
    (Reason.REFUSED, r"sender (address )?(was |is )?(rejected|refused|denied|verify)"
                     # Not the name of a host.
                     r"|(?<![\w.-])relay(ing|ed)?(?![\w-]*\.\w)"
                     r"|recipient preferences|purported responsible|authentication required"
                     r"|authrequired|policy reasons|not (a )?member of|registered gateway user"
                     r"|all recipient addresses rejected|permission to post"),
    (Reason.USER_UNKNOWN, r"user .{0,12}unknown|unknown[ :]+(user|recipient|address|mailbox|account"
                          r"|local)|no such (user|recipient|mailbox|address|account|person)"
                          r"|(user|recipient|mailbox|account|address|person)[^.:]{0,60}("
                          r"not found|n.t be found|not exist|n.t exist|not known|not listed"
                          r"|not a valid|not valid|is invalid|not recognized|is unknown"
                          r"|not available|unavailable|not here)|recip\w*notfound|nosuchuser"
                          r"|not listed in .{0,30}(directory|address book)"
                          r"|no longer (in use|valid|employed|works?|exists?)"
                          r"|(invalid|bad|illegal|incorrect|non-?existent) (user|recipient"
                          r"|destination|mailbox|address|final delivery userid|local part)"
                          r"|no mailbox|not have an? .{0,60}account|n.t have an? .{0,60}account"
                          r"|user .{0,80}does ?n.t|not our customer|no valid recipient"
                          r"|undeliverable address|address rejected\.?$|recipient address"
                          r" rejected: access denied|recipient rejected"
                          r"|other recipients in the same domain"
                          r"|empf[äa]nger\w{0,20} .{0,30}(unbekannt|nicht)"
                          r"|unbekannter? (empf|benutz)"
                          r"|existiert nicht|(utilisateur|destinataire|adresse) .{0,20}inconnu"
                          r"|n.existe pas|ok[äa]nd (mottagare|anv[äa]ndare)|finns inte"
                          r"|(mottagaren|anv[äa]ndaren|adressen) .{0,20}(ok[äa]nd|hittades inte)"
                          r"|(usuario|destinatario) .{0,20}desconocid|no existe|non esiste"
                          r"|onbekende (gebruiker|ontvanger)|bestaat niet"
                          r"|uk(je|e)n[dt]t? (bruker|mottaker|adresse|bruger|modtager)"
                          r"|fin(de|ne)s ikke|tuntematon (vastaanottaja|k[äa]ytt[äa]j[äa])"),
    (Reason.SYSTEM, r"internal (system|server) error|system error|configuration error|ldap|loops? "
                    r"|loop alert|service .{0,20}unavailable|bad sequence|improper sequence"
                    r"|syntax error|local (system )?problem|mail system full|out of memory"
                    r"|database|try (again )?later|lock failure|command (output|died|time)"
                    r"|operating system error|(error|failed) (while |to )?writ|input/output error"),
)  # fmt: skip
# So they speak of everything: it counts only where the code says nothing.
REFUSAL = re.compile(
    r"reject|refus|denied|not allowed|not permitted|prohibited|blocked|policy", re.I
)
_PHRASES = tuple((reason, re.compile(words, re.I | re.S)) for reason, words in PHRASES)

# Subject and detail of RFC 3463; a subject alone is for its details that stand nowhere.
CODES = {
    "1": Reason.USER_UNKNOWN, "1.2": Reason.HOST_UNKNOWN, "1.5": Reason.DELIVERED,
    "1.6": Reason.MOVED, "1.7": Reason.REFUSED, "1.8": Reason.REFUSED, "1.9": Reason.OTHER,
    "1.10": Reason.NO_MAIL_SERVICE,  # RFC 7505; Exchange gives it its own sense, in words.
    "2": Reason.REFUSED, "2.1": Reason.MAILBOX_DISABLED, "2.2": Reason.MAILBOX_FULL,
    "2.3": Reason.TOO_BIG, "2.4": Reason.SYSTEM,
    "3": Reason.SYSTEM, "3.4": Reason.TOO_BIG,
    "4": Reason.NETWORK, "4.4": Reason.NO_MAIL_SERVICE, "4.7": Reason.EXPIRED,
    "5": Reason.SYSTEM, "6": Reason.REFUSED,
    "7": Reason.REFUSED, "7.13": Reason.MAILBOX_DISABLED,
    "7.17": Reason.MOVED, "7.18": Reason.MOVED,  # RFC 7293: it belongs to somebody else now.
    **dict.fromkeys(("7.20", "7.21", "7.22", "7.23", "7.24", "7.26", "7.29", "7.509"),
                    Reason.AUTHENTICATION),
    **dict.fromkeys(("7.25", "7.28", "7.606", "7.650", "7.750"), Reason.BLOCKED),
}  # fmt: skip
# Servers give these for whatever they refuse.
GENERAL = frozenset({"1.1", "1.2", "1.7", "1.8", "1.9", "2.1", "4.4"})

# The standard code that says the same, where a server gave none. Its class is set by the caller.
STANDARD = {
    Reason.USER_UNKNOWN: "1.1", Reason.HOST_UNKNOWN: "1.2", Reason.NO_MAIL_SERVICE: "1.10",
    Reason.MOVED: "1.6", Reason.MAILBOX_FULL: "2.2", Reason.MAILBOX_DISABLED: "2.1",
    Reason.TOO_BIG: "2.3", Reason.EXPIRED: "4.7", Reason.NETWORK: "4.0", Reason.SYSTEM: "3.0",
    Reason.AUTHENTICATION: "7.26", Reason.BLOCKED: "7.1", Reason.SPAM: "7.1",
    Reason.REFUSED: "7.1",
}  # fmt: skip

_URL = re.compile(r"https?://\S+")
# Some servers give no other reason than the page of a list that we stand on.
_LISTED = re.compile(
    r"https?://[^\s/]*(spamhaus|spamcop|barracuda|sorbs|uceprotect|surriel|abuseat|senderscore"
    r"|talosintelligence|\brbl|dnsbl|(black|block|deny)-?list)",
    re.I,
)
_ADDRESS = re.compile(r"[\w.+=%!#$&'*/?^`{|}~-]{1,64}@[\w.-]{1,255}")
_ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)")
_REPLY = re.compile(r"(?<![\d.@\w])([245][0-5]\d)(?=[\s-])")
_REPLIED = re.compile(r"(?<![\d.])[245][0-5]\d[\s-]+['#(]{0,2}([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)")
# The server took the address and answered so to the mail itself: its filter speaks, for it had
# said yes to the recipient (RFC 5321 §3.3). One that names nobody before the colon does the same.
# The answer to the greeting or to MAIL speaks of us: nobody had been named yet (RFC 5321 §3.3).
_BEFORE_RCPT = re.compile(
    r"(after|in\s+reply\s+to|response\s+to)\s+(the\s+)?(mail|ehlo|helo|initial\s+connection)\b"
    r"|unroutable sender|sender domain|domain of sender|\bfrom:\s+domain"
    r"|>>>\s*(mail from|ehlo|helo)\b[^\n]{0,300}\n\s*<<<\s*[45]\d\d",
    re.I,
)
_AFTER_DATA = re.compile(
    r"(end of|after|final) data|smtp command\s+data\b|\b5\d\d\s+:\s+user"
    # Several answers: then commands were sent at once, and this one is to the recipient.
    r"|>>>\s*data\s*\n\s*<<<[^\n]*(?![\s\S]*<<<)",
    re.I,
)


def spoken(says: str, status: str) -> Reason | None:
    """What the words mean; None if there is none that we know.

    Where servers quote each other, the innermost one's words are tried first, then its code.
    """
    code = enhanced(says)
    codes = _ENHANCED.findall(says)
    start = next((found.start() for found in _REPLIED.finditer(says) if found[1] == code), 0)
    if start and code != codes[0]:
        inner = coded(code)
        return _known(says[start:], status) or (inner if inner is not Reason.OTHER else None)
    return _known(says, status)


def exact(status: str) -> Reason | None:
    """What a code means that is about one thing only; None for the general ones."""
    _, _, detail = status.partition(".")
    return None if detail in GENERAL else CODES.get(detail)


def is_about_us(says: str) -> bool:
    """Whether it was the answer to our greeting or address, before a recipient was named."""
    return bool(_BEFORE_RCPT.search(says))


def is_too_late(says: str, status: str) -> bool:
    """Whether it was the answer to the mail itself, after the recipient had been taken."""
    return not status.endswith(".1.1") and bool(_AFTER_DATA.search(says))


def coded(status: str, says: str = "") -> Reason:
    """What a code of RFC 3463 means by itself; where it says nothing, whether the words refuse."""
    if status.startswith("2."):
        return Reason.DELIVERED
    _, _, detail = status.partition(".")
    means = CODES.get(detail) or CODES.get(detail.partition(".")[0])
    return means or (Reason.REFUSED if REFUSAL.search(says) else Reason.OTHER)


def _known(says: str, status: str) -> Reason | None:
    plain = _ADDRESS.sub("<>", _URL.sub(" ", says))
    means = next((means for means, words in _PHRASES if words.search(plain)), None)
    if means is None and _LISTED.search(says):
        return Reason.BLOCKED
    if means is Reason.USER_UNKNOWN and is_too_late(says, status):
        return Reason.REFUSED
    return means


def enhanced(says: str) -> str:
    """The code of RFC 3463 in these words, the innermost server's; empty if there is none."""
    found = _REPLIED.findall(says) or _ENHANCED.findall(says)
    exact = [code for code in found if not code.endswith(".0.0")]
    return str((exact or found or [""])[-1])


def reply(says: str) -> str:
    """The three digits of RFC 5321 §4.2 in these words; empty if there are none."""
    found = _REPLY.findall(says)
    return str(found[-1]) if found else ""
