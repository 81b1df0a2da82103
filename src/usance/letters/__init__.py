"""What we write to people: a template for each letter, words for each language.

`render(letter, language, facts)` makes the PDF, `mail` the message that carries it. Nothing here
decides what is sent to whom.
"""

from .facts import LANGUAGES, LETTERS, Facts
from .press import Proof, proof, render, render_facturx

__all__ = ["LANGUAGES", "LETTERS", "Facts", "Proof", "proof", "render", "render_facturx"]
