"""Mails (.eml) with an advice: in a file that is attached, else in the words of the mail itself.

Source: RFC 5322 (message), RFC 2183 (attachments).
"""

from usance.domain.finding import blocking
from usance.domain.payment import Advice
from usance.plugins import Unreadable, _mails
from usance.plugins.wrappings import Budget
from usance.plugins.wrappings import mail as wrapping

from . import LARGEST_BYTES, _text

MOST_FILES = 50


def sniff(data: bytes) -> bool:
    return wrapping.sniff(data)


def read(data: bytes) -> list[Advice]:
    """What several files of the mail say alike is one advice. Files that are none are passed over.

    :raises Unreadable: if an attached file is an advice that cannot be used; says which.
    """
    from usance.plugins import advices  # Late: it asks for the plug-ins, of which this is one.

    found: list[Advice] = []
    budget = Budget(members=MOST_FILES, total=LARGEST_BYTES, each=LARGEST_BYTES)
    for member in wrapping.unpack(data, "", budget):
        if member.finding is not None or wrapping.sniff(member.data):
            continue
        reading = advices.examine(member.data)
        if reading.format and (faults := blocking(reading.findings)):
            raise Unreadable(faults[0].says, where=f"{member.name} {faults[0].where}".strip())
        found += [one for one in reading.advices if not _is_told(one, found)]
    return found or _of_words(data)


def _of_words(data: bytes) -> list[Advice]:
    from usance.plugins.channels import _bounce_text

    try:
        text = _bounce_text.readable(_mails.slim(data).mail)
    except RecursionError as deep:
        raise Unreadable(_mails.WITHIN, where="mail") from deep
    own = (line for line in text.splitlines() if not line.lstrip().startswith(">"))
    lines = [(f"line {at}", line) for at, line in enumerate(own, start=1)]
    found = _text.advice(lines)
    return [found] if found else []


def _is_told(one: Advice, before: list[Advice]) -> bool:
    return any(_told(one) == _told(other) for other in before)


def _told(one: Advice) -> object:
    return one.total, sorted((part.number, part.amount) for part in one.parts)
