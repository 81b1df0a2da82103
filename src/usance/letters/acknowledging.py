"""What a client's sender is told about the mail by which invoices came: taken, not taken, to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .languages import nearest

MOST_FINDINGS = 30  # In one answer; the office has them all.


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    file: str
    says: str
    todo: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What came of a mail."""

    subject: str
    batch: int
    invoices: int
    troubles: Sequence[Trouble]
    factor: str


_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "subject": "Received: {subject}",
        "taken": "We have taken in your mail as batch {batch}: {invoices} invoices.",
        "trouble": "This needs you:",
        "more": "… and {count} more.",
        "end": "This answer was written by a machine.",
    },
    "sv": {
        "subject": "Mottaget: {subject}",
        "taken": "Vi har tagit emot ditt mejl som bunt {batch}: {invoices} fakturor.",
        "trouble": "Detta behöver du åtgärda:",
        "more": "… och {count} till.",
        "end": "Detta svar är skrivet av en maskin.",
    },
    "de": {
        "subject": "Eingegangen: {subject}",
        "taken": "Ihre E-Mail ist als Stapel {batch} eingegangen: {invoices} Rechnungen.",
        "trouble": "Dies müssten Sie beheben:",
        "more": "… und {count} weitere.",
        "end": "Diese Antwort hat eine Maschine geschrieben.",
    },
    "nb": {
        "subject": "Mottatt: {subject}",
        "taken": "Vi har tatt imot e-posten din som bunke {batch}: {invoices} fakturaer.",
        "trouble": "Dette må du rette:",
        "more": "… og {count} til.",
        "end": "Dette svaret er skrevet av en maskin.",
    },
    "da": {
        "subject": "Modtaget: {subject}",
        "taken": "Vi har modtaget din mail som bundt {batch}: {invoices} fakturaer.",
        "trouble": "Dette skal du rette:",
        "more": "… og {count} mere.",
        "end": "Dette svar er skrevet af en maskine.",
    },
    "fi": {
        "subject": "Vastaanotettu: {subject}",
        "taken": "Viestisi on vastaanotettu eränä {batch}: {invoices} laskua.",
        "trouble": "Korjaa nämä:",
        "more": "… ja {count} muuta.",
        "end": "Tämän vastauksen on kirjoittanut kone.",
    },
    "fr": {
        "subject": "Reçu : {subject}",
        "taken": "Votre message est enregistré comme lot {batch} : {invoices} factures.",
        "trouble": "À corriger de votre côté :",
        "more": "… et {count} de plus.",
        "end": "Cette réponse a été écrite par une machine.",
    },
}


def acknowledgement(told: Told, language: str) -> tuple[str, str]:
    """Subject and text, in the nearest language that we have."""
    words = _WORDS.get(nearest(language), _WORDS["en"])
    facts = {"subject": told.subject or "–", "batch": told.batch, "invoices": told.invoices}
    lines = [words["taken"].format(**facts), ""]
    if told.troubles:
        lines += [words["trouble"], ""]
        for one in told.troubles[:MOST_FINDINGS]:
            lines.append(f"- {one.file}: {one.says} {one.todo}".rstrip())
        if len(told.troubles) > MOST_FINDINGS:
            lines.append(words["more"].format(count=len(told.troubles) - MOST_FINDINGS))
        lines.append("")
    return words["subject"].format(**facts)[:250], "\n".join([*lines, words["end"], told.factor])
