"""What a client's old contacts are told when somebody changes the account it is paid on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from . import figures
from .languages import nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    client: str
    ending: str  # The last four digits: a mail never carries the whole account.
    currency: str
    factor: str
    phone: str  # Ours; empty: we have none.
    until: date | None  # Nothing is paid to it before.


_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "subject": "New account for payouts to {client}",
        "what": "An account ending in {ending} was entered for payouts in {currency} to {client}.",
        "wait": "Nothing is paid to it before {until}, and not before we have called you.",
        "stop": "If this does not come from you, call us at once: {phone}.",
        "never": "Do not answer this mail; do not use a number that another mail names.",
    },
    "sv": {
        "subject": "Nytt konto för utbetalningar till {client}",
        "what": "Ett konto som slutar på {ending} har lagts in för utbetalningar i {currency} till"
        " {client}.",
        "wait": "Inget betalas dit före {until}, och inte innan vi har ringt er.",
        "stop": "Om detta inte kommer från er, ring oss genast: {phone}.",
        "never": "Svara inte på detta mejl; använd inget nummer som står i ett annat mejl.",
    },
    "de": {
        "subject": "Neues Konto für Auszahlungen an {client}",
        "what": "Für Auszahlungen in {currency} an {client} wurde ein Konto eingetragen, das auf"
        " {ending} endet.",
        "wait": "Vor dem {until} und bevor wir Sie angerufen haben, zahlen wir nichts darauf.",
        "stop": "Kommt das nicht von Ihnen, rufen Sie uns sofort an: {phone}.",
        "never": "Antworten Sie nicht auf diese E-Mail und nutzen Sie keine Nummer aus einer"
        " anderen.",
    },
    "nb": {
        "subject": "Ny konto for utbetalinger til {client}",
        "what": "En konto som slutter på {ending}, er lagt inn for utbetalinger i {currency} til"
        " {client}.",
        "wait": "Ingenting betales dit før {until}, og ikke før vi har ringt dere.",
        "stop": "Kommer dette ikke fra dere, ring oss med en gang: {phone}.",
        "never": "Ikke svar på denne e-posten; bruk ikke et nummer fra en annen e-post.",
    },
    "da": {
        "subject": "Ny konto til udbetalinger til {client}",
        "what": "En konto, der ender på {ending}, er indtastet til udbetalinger i {currency} til"
        " {client}.",
        "wait": "Der betales intet til den før {until}, og ikke før vi har ringet til jer.",
        "stop": "Kommer dette ikke fra jer, så ring straks til os: {phone}.",
        "never": "Svar ikke på denne mail; brug ikke et nummer fra en anden mail.",
    },
    "fi": {
        "subject": "Uusi maksutili: {client}",
        "what": "Saajan {client} maksuille ({currency}) on merkitty tili, joka päättyy {ending}.",
        "wait": "Tilille ei makseta mitään ennen {until} eikä ennen kuin olemme soittaneet teille.",
        "stop": "Jos tämä ei ole teiltä, soittakaa meille heti: {phone}.",
        "never": "Älkää vastatko tähän viestiin; älkää käyttäkö toisen viestin numeroa.",
    },
    "fr": {
        "subject": "Nouveau compte pour les paiements à {client}",
        "what": "Un compte finissant par {ending} a été saisi pour les paiements en {currency} à"
        " {client}.",
        "wait": "Rien n'y est payé avant le {until}, ni avant que nous vous ayons appelé.",
        "stop": "Si cela ne vient pas de vous, appelez-nous aussitôt : {phone}.",
        "never": "Ne répondez pas à ce message ; n'utilisez pas un numéro donné par un autre.",
    },
}


def account_changed(told: Changed, language: str) -> tuple[str, str]:
    """Subject and text, in the nearest language that we have."""
    spoken = nearest(language) if nearest(language) in _WORDS else "en"
    words = _WORDS[spoken]
    facts = {
        "client": told.client, "ending": told.ending, "currency": told.currency,
        "phone": told.phone or told.factor,
        "until": figures.day(told.until, spoken) if told.until else "",
    }  # fmt: skip
    lines = [words["what"].format(**facts)]
    if told.until:
        lines.append(words["wait"].format(**facts))
    lines += ["", words["stop"].format(**facts), words["never"], "", told.factor]
    subject = " ".join(words["subject"].format(**facts).split())
    return subject[:200], "\n".join(lines)
