"""What we write to people: a template for each letter, words for each language.

`render(letter, language, facts)` makes the PDF, `mail` the message that carries it. Nothing here
decides what is sent to whom.
"""

from .facts import LANGUAGES, LETTERS, Facts, InvoiceLetter
from .languages import Texts, nearest, paragraph, plain, texts, unit
from .press import Proof, proof, render, render_facturx, window_lines
from .told import told

__all__ = [
    "LANGUAGES",
    "LETTERS",
    "Facts",
    "Proof",
    "Texts",
    "clause",
    "nearest",
    "proof",
    "render",
    "render_facturx",
    "unit",
    "window_lines",
]


def clause(
    letter: str, language: str, facts: InvoiceLetter, *, wording: Texts | None = None
) -> str:
    """The assignment clause as plain text, for the note of an electronic invoice."""
    known = told(language, facts)
    sentences = (wording or texts(letter, language))["clause"]
    return " ".join(plain(paragraph(sentence, known)) for sentence in sentences)
