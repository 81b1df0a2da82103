"""What stands on a page: from words with places to fields with reasons. Pure.

    pages, findings = plugins.scans.read_pages(data)
    senders = capture.senders(pages)              # Keys under which layouts may have been learned.
    known = Known(sellers=…, buyers=…, learned={sender: {"number": Hint(…)}})
    reading = capture.read(pages, known=known, findings=findings)

A person's correction becomes a hint for the sender's next invoice:

    sender = capture.sender_of(reading)           # "" where nothing identifies the sender.
    hint = capture.hint_of(reading, "number", "4711", box=None)

A Hint is plain strings and numbers: `dataclasses.asdict(hint)` is its JSON, `Hint(**stored)` the
way back.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .hint import Hint
from .known import NOTHING_KNOWN, Known, KnownParty
from .reading import FIELDS, Box, Field, Page, Reading, Reason, Word

if TYPE_CHECKING:
    from .form import read, senders
    from .learned import hint_of, sender_of

__all__ = [
    "FIELDS", "NOTHING_KNOWN", "Box", "Field", "Hint", "Known", "KnownParty", "Page", "Reading",
    "Reason", "Word", "hint_of", "read", "sender_of", "senders",
]  # fmt: skip

# What reads brings its tables of words: whoever only knows of readings does without them.
_READS = {"read": ".form", "senders": ".form", "hint_of": ".learned", "sender_of": ".learned"}


def __getattr__(name: str) -> Any:
    if name not in _READS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_READS[name], __name__), name)
