"""What a debtor is told before its account is debited: how much, when, under which mandate."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from usance.domain.money import Money

from . import figures
from .languages import nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    amount: Money
    collect_on: date
    number: str  # Of the invoice.
    client: str
    ending: str  # The last four signs of the account: a mail never carries the whole of it.
    reference: str  # Of the mandate.
    creditor: str  # Our identifier.
    factor: str
    phone: str  # Ours; empty: we have none.


_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "subject": "Direct debit of {amount} on {on}",
        "what": "For invoice {number} of {client} we collect {amount} on {on} from your account"
        " ending in {ending}.",
        "under": "Mandate {reference}, creditor identifier {creditor}.",
        "stop": "If something is wrong with it, tell us before that day: {phone}.",
    },
    "sv": {
        "subject": "Autogirering av {amount} den {on}",
        "what": "För faktura {number} från {client} drar vi {amount} den {on} från ert konto som"
        " slutar på {ending}.",
        "under": "Medgivande {reference}, borgenärsidentitet {creditor}.",
        "stop": "Om något inte stämmer, säg till före den dagen: {phone}.",
    },
    "de": {
        "subject": "Lastschrift über {amount} am {on}",
        "what": "Für die Rechnung {number} von {client} ziehen wir am {on} {amount} von Ihrem Konto"
        " ein, das auf {ending} endet.",
        "under": "Mandat {reference}, Gläubiger-Identifikationsnummer {creditor}.",
        "stop": "Stimmt etwas nicht, sagen Sie es uns vor diesem Tag: {phone}.",
    },
    "nb": {
        "subject": "Direkte belastning av {amount} den {on}",
        "what": "For faktura {number} fra {client} trekker vi {amount} den {on} fra kontoen deres"
        " som slutter på {ending}.",
        "under": "Fullmakt {reference}, kreditoridentifikator {creditor}.",
        "stop": "Er noe galt, si fra før den dagen: {phone}.",
    },
    "da": {
        "subject": "Direkte debitering af {amount} den {on}",
        "what": "For faktura {number} fra {client} opkræver vi {amount} den {on} fra jeres konto,"
        " der ender på {ending}.",
        "under": "Mandat {reference}, kreditoridentifikator {creditor}.",
        "stop": "Er noget forkert, så sig til før den dag: {phone}.",
    },
    "fi": {
        "subject": "Suoraveloitus {amount}, {on}",
        "what": "Laskusta {number} ({client}) veloitamme {amount} {on} tililtänne, joka päättyy"
        " {ending}.",
        "under": "Valtakirja {reference}, velkojatunnus {creditor}.",
        "stop": "Jos jokin on väärin, kertokaa meille ennen sitä päivää: {phone}.",
    },
    "fr": {
        "subject": "Prélèvement de {amount} le {on}",
        "what": "Pour la facture {number} de {client}, nous prélevons {amount} le {on} sur votre"
        " compte finissant par {ending}.",
        "under": "Mandat {reference}, identifiant créancier {creditor}.",
        "stop": "Si quelque chose est faux, dites-le-nous avant ce jour : {phone}.",
    },
}


def debit_notice(told: Announced, language: str) -> tuple[str, str]:
    """Subject and text, in the nearest language that we have."""
    spoken = nearest(language) if nearest(language) in _WORDS else "en"
    words = _WORDS[spoken]
    facts = {
        "amount": figures.money(told.amount, spoken), "on": figures.day(told.collect_on, spoken),
        "number": told.number, "client": told.client, "ending": told.ending,
        "reference": told.reference, "creditor": told.creditor,
        "phone": told.phone or told.factor,
    }  # fmt: skip
    said = (words["what"], words["under"], "", words["stop"], "")
    lines = [*(part.format(**facts) for part in said), told.factor]
    subject = " ".join(words["subject"].format(**facts).split())
    return subject[:200], "\n".join(lines)
