"""What a debtor is told before its account is debited: how much, when, under which mandate; and
when it is not debited after all."""

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


_RECALLS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "subject": "No direct debit of {amount} on {on}",
        "what": "We told you that for invoice {number} of {client} we would collect {amount} on"
        " {on} from your account ending in {ending}. We do not collect it.",
        "owed": "What is still due on the invoice stays due. Before we collect another amount or"
        " on another day, we tell you.",
        "ask": "Questions: {phone}.",
    },
    "sv": {
        "subject": "Ingen autogirering av {amount} den {on}",
        "what": "Vi har meddelat att vi för faktura {number} från {client} skulle dra {amount} den"
        " {on} från ert konto som slutar på {ending}. Vi drar inte beloppet.",
        "owed": "Det som återstår av fakturan ska fortfarande betalas. Innan vi drar ett annat"
        " belopp eller en annan dag säger vi till.",
        "ask": "Frågor: {phone}.",
    },
    "de": {
        "subject": "Keine Lastschrift über {amount} am {on}",
        "what": "Wir hatten angekündigt, für die Rechnung {number} von {client} am {on} {amount}"
        " von Ihrem Konto einzuziehen, das auf {ending} endet. Wir ziehen den Betrag nicht ein.",
        "owed": "Was von der Rechnung noch offen ist, bleibt fällig. Bevor wir einen anderen Betrag"
        " oder an einem anderen Tag einziehen, kündigen wir es an.",
        "ask": "Fragen: {phone}.",
    },
    "nb": {
        "subject": "Ingen direkte belastning av {amount} den {on}",
        "what": "Vi varslet at vi for faktura {number} fra {client} ville trekke {amount} den {on}"
        " fra kontoen deres som slutter på {ending}. Vi trekker ikke beløpet.",
        "owed": "Det som gjenstår av fakturaen, skal fortsatt betales. Før vi trekker et annet"
        " beløp eller en annen dag, sier vi fra.",
        "ask": "Spørsmål: {phone}.",
    },
    "da": {
        "subject": "Ingen direkte debitering af {amount} den {on}",
        "what": "Vi har varslet, at vi for faktura {number} fra {client} ville opkræve {amount} den"
        " {on} fra jeres konto, der ender på {ending}. Vi opkræver ikke beløbet.",
        "owed": "Det, der mangler af fakturaen, skal stadig betales. Før vi opkræver et andet beløb"
        " eller en anden dag, giver vi besked.",
        "ask": "Spørgsmål: {phone}.",
    },
    "fi": {
        "subject": "Ei suoraveloitusta {amount}, {on}",
        "what": "Ilmoitimme veloittavamme laskusta {number} ({client}) {amount} {on} tililtänne,"
        " joka päättyy {ending}. Emme veloita sitä.",
        "owed": "Laskun avoin määrä on edelleen maksettava. Ilmoitamme ennen kuin veloitamme muun"
        " määrän tai muuna päivänä.",
        "ask": "Kysymykset: {phone}.",
    },
    "fr": {
        "subject": "Pas de prélèvement de {amount} le {on}",
        "what": "Nous vous avions annoncé, pour la facture {number} de {client}, un prélèvement de"
        " {amount} le {on} sur votre compte finissant par {ending}. Nous ne le faisons pas.",
        "owed": "Ce qui reste dû sur la facture reste à payer. Avant de prélever un autre montant"
        " ou un autre jour, nous vous prévenons.",
        "ask": "Questions : {phone}.",
    },
}
assert _RECALLS.keys() == _WORDS.keys(), "what is announced in a language is taken back in it"


def debit_notice(told: Announced, language: str) -> tuple[str, str]:
    """Subject and text of what is announced, in the nearest language that we have."""
    return _written(told, language, _WORDS, ("what", "under", "", "stop", ""))


def debit_recall(told: Announced, language: str) -> tuple[str, str]:
    """Subject and text when what was announced is not collected, in the nearest language."""
    return _written(told, language, _RECALLS, ("what", "owed", "", "ask", ""))


def _written(
    told: Announced,
    language: str,
    every: Mapping[str, Mapping[str, str]],
    parts: tuple[str, ...],
) -> tuple[str, str]:
    spoken = nearest(language) if nearest(language) in every else "en"
    words = every[spoken]
    facts = {
        "amount": figures.money(told.amount, spoken), "on": figures.day(told.collect_on, spoken),
        "number": told.number, "client": told.client, "ending": told.ending,
        "reference": told.reference, "creditor": told.creditor,
        "phone": told.phone or told.factor,
    }  # fmt: skip
    lines = [*(words.get(part, "").format(**facts) for part in parts), told.factor]
    subject = " ".join(words["subject"].format(**facts).split())
    return subject[:200], "\n".join(lines)
