"""Trouble on the way to a carrier, said for people.

A channel keeps what its program said ("ReadTimeout: timed out"), because whoever mends it needs
that. Everybody else reads what it means. What a carrier or a person said stands as it is.
"""

import re
from collections.abc import Mapping

from .parcels import Kind

# Where a person finds out what became of a delivery whose end nobody knows.
ASK: Mapping[Kind, str] = {
    Kind.EINVOICE: "Look into the list of who carries the e-invoices.",
    Kind.MAILBOX: "Look into the list of the mailboxes' operator.",
    Kind.EMAIL: "Look into the mail server's log, or ask the debtor.",
    Kind.LETTER: "Look into the print house's list.",
    Kind.SMS: "Look into the list of who carries the messages.",
    Kind.PUSH: "Look into the list of who carries the messages.",
    Kind.PORTAL: "Look whether its page opens.",
}
assert set(ASK) == set(Kind), "every kind of channel has somebody to ask"

# The first that is found in the name of the trouble, or in what follows it.
MEANS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), says)
    for pattern, says in (
        (r"(?i)authenticat|NotLetIn", "The carrier did not accept our login."),
        ("NotInClear", "The connection is not secured, so that our password was not sent."),
        ("UnusableKey", "Our own key for signing mails cannot be used."),
        (r"(?i)certificate|BadHostKey",
         "The carrier could not prove who it is: we do not trust its certificate or key."),
        (r"(?i)gaierror|name or service not known|name resolution",
         "The carrier's address on the net was not found."),
        (r"(?i)refused|connect(ion)? ?(error|timeout)|unreachable|no route|NoValidConn",
         "The carrier could not be reached."),
        (r"(?i)time(d )?out", "The carrier did not answer in time."),
        (r"(?i)reset|abort|broken ?pipe|disconnect|protocol|closed|(read|write|eof|ssl)error|eof",
         "The connection to the carrier broke off."),
    )
)  # fmt: skip
# As the channels write an exception down: its name, and behind a colon its words.
_PROGRAM = re.compile(
    r"([A-Z][A-Za-z]+(Error|Exception|Timeout|Disconnected)|NotInClear|NotLetIn|UnusableKey"
    r"|gaierror|timeout)(: |:?$)"
)
_ITS_OWN = re.compile(
    r"(500 Internal Server Error|502 Bad Gateway|503 Service Unavailable|504 Gateway Timeout)$"
)


def plain(detail: str) -> str:
    """What happened, as a sentence for people; `detail` itself where no program speaks, or one
    that we do not know."""
    if _ITS_OWN.match(detail):
        return "The carrier answered with an error of its own."
    if not _PROGRAM.match(detail):
        return detail
    says = (says for pattern, says in MEANS if pattern.search(detail))
    return next(says, detail)
