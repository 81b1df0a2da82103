"""What we write to people: a template for each letter, words for each language.

`render(letter, language, facts)` makes the PDF, `mail` the message that carries it. Nothing here
decides what is sent to whom.
"""

from .facts import LANGUAGES, LETTERS, Facts, InvoiceLetter
from .languages import paragraph, plain, texts
from .press import Proof, proof, render, render_facturx
from .told import told

__all__ = [
    "LANGUAGES",
    "LETTERS",
    "Facts",
    "Proof",
    "clause",
    "proof",
    "render",
    "render_facturx",
]


def clause(letter: str, language: str, facts: InvoiceLetter) -> str:
    """The assignment clause as plain text, for the note of an electronic invoice."""
    known = told(letter, language, facts)
    sentences = texts(letter, language)["clause"]
    return " ".join(plain(paragraph(sentence, known)) for sentence in sentences)
