"""Why a channel was chosen, in sentences that can be read back and said in other languages.

A delivery keeps its reasons as people read them in the office. Whoever writes to people outside
reads them back with `reasons`: the code of each sentence and what is filled in.
"""

import re
from collections.abc import Iterator, Mapping

SENTENCES: Mapping[str, str] = {
    "einvoice": "The debtor is registered to receive e-invoices.",
    "mailbox": "The debtor has a digital mailbox.",
    "email": "The debtor's e-mail address is known.",
    "letter": "A letter reaches every postal address.",
    "bank": "The debtor asked for e-invoices in its internet bank.",
    "bank_on": "The debtor asked for e-invoices in its internet bank on {day}.",
    "directory": "The directory says that it receives this; asked {day}.",
    "not_asked": "The directory could not be asked.",
    "wish": "The debtor asked for it.",
    "duty": "{country} demands {network} since {day}.",
    "cost": "A piece costs {cost}.",
    "beside": "It accompanies what goes by {kind}.",
    "again": "Sent again by {who}: {reason}",
}
_TO_THE_END = frozenset({"again"})  # What a person wrote: anything may follow.


def because(code: str, **told: object) -> str:
    """The sentence with this code."""
    return SENTENCES[code].format(**told)


def reasons(text: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Each sentence of a reason: its code and what is filled in. What is none of ours (it was cut
    off, or nobody says it any more) has the code "" and stands under "text"."""
    rest = text.strip()
    while rest:
        for code, pattern in _PATTERNS.items():
            if found := pattern.match(rest):
                yield code, found.groupdict()
                rest = rest[found.end() :].lstrip()
                break
        else:
            yield "", {"text": rest}
            return


def unnamed(text: str) -> str:
    """The same reason for people outside: without the name of who of us sent it again."""
    return _NAMED.sub("Sent again by us: ", text)


def _pattern(code: str, sentence: str) -> re.Pattern[str]:
    written = re.sub(r"\\\{([a-z]+)\\\}", r"(?P<\1>.+?)", re.escape(sentence))
    return re.compile(written + ("$" if code in _TO_THE_END else r"(?=\s|$)"), re.DOTALL)


_NAMED = re.compile(r"^Sent again by [^:]*: ")
_PATTERNS = {code: _pattern(code, sentence) for code, sentence in SENTENCES.items()}
