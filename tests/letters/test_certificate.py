"""The certificate of delivery: what it states, in every language, and that it states no more."""

import re
import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from string import Formatter

import pytest

from usance.domain.distribution import Evidence, Kind, Outcome, Paper, State, because
from usance.domain.distribution.because import SENTENCES
from usance.domain.money import Money
from usance.letters.certificate import Block, Carried, Certificate, Said, Sealed, best, certificate
from usance.letters.facts import LANGUAGES
from usance.letters.languages import TEXTS, words_of

from . import samples
from .reading import flowing

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NOT_SAID = {"duty": {"country", "network"}}  # Both are kept in English only.
SHA = "b85914ff11a85ae58a9136a12cf28a28ec5d64a5df1a84c6da7ca697b91eb79c"
HASH = "1247f7ca47de152512521215dc4d43afcdb23dada6247581bd7145cdc88f9b80"


def said(outcome: Outcome, proves: Evidence, hours: int, **more: object) -> Said:
    at = AT + timedelta(hours=hours)
    return Said(
        outcome=outcome, carrier="hybrid", code=outcome.value, detail="", at=at,
        received_at=at + timedelta(minutes=7), proves=proves, **more,
    )  # fmt: skip


def carried(**more: object) -> Carried:
    given: dict[str, object] = {
        "key": "01a201d0bc14759da09ba0e6d2781043",
        "paper": Paper.INVOICE,
        "kind": Kind.LETTER,
        "carrier": "hybrid",
        "because": "A letter reaches every postal address.",
        "address": ("Bolt AG", "Industrieweg 9", "80331", "München"),
        "reference": "dl_922026d024c1",
        "state": State.DELIVERED,
        "evidence": Evidence.RECEIVER_CONFIRMED,
        "planned_at": AT,
        "handed_at": AT,
        "documents": (Sealed(name="invoice-R-1.pdf", sha256=SHA),),
        "reports": (
            said(Outcome.SENT, Evidence.CARRIER_ACCEPTED, 5),
            said(Outcome.DELIVERED, Evidence.RECEIVER_CONFIRMED, 50),
        ),
    }
    return Carried(**(given | more))  # type: ignore[arg-type]  # As the test wants it.


def facts(*deliveries: Carried, **more: object) -> Certificate:
    reminder = samples.reminder()
    given: dict[str, object] = {
        "number": "R-1",
        "is_credit_note": False,
        "face": Money.of("10000.00", "EUR"),
        "issued_on": AT.date(),
        "due_on": AT.date() + timedelta(days=30),
        "factor": reminder.factor,
        "client": reminder.client,
        "debtor": reminder.debtor,
        "deliveries": deliveries or (carried(),),
        "blocks": (Block(id=3, hash=HASH, sealed_at=AT, rows=4),),
        "unsealed": 2,
        "made_at": AT + timedelta(days=9),
    }
    return Certificate(**(given | more))  # type: ignore[arg-type]  # As the test wants it.


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_states_what_was_sent_when_by_whom_to_where(language: str) -> None:
    text = flowing(certificate(language, facts()))
    bare = text.replace(" ", "")
    for part in ("R-1", "Bolt AG", "Industrieweg 9", "hybrid", "dl_922026d024c1",
                 "2026-03-02 09:00:00", "2026-03-04 11:07:00", "invoice-R-1.pdf"):  # fmt: skip
        assert part.replace(" ", "") in bare, part
    assert SHA in bare
    assert HASH in bare
    assert not set("{}*") & set(text)


def test_a_country_is_named_as_the_reader_names_it_and_the_own_one_not_at_all() -> None:
    """Factor and client are Swedish, the debtor German, its letter went to Switzerland."""
    went = (carried(country="CH"), carried(country="SE"))
    text = flowing(certificate("sv", facts(*went, debtor=samples.DE_DEBTOR)))
    assert (text.count("Tyskland"), text.count("Schweiz")) == (1, 1)
    assert not re.search("sweden|sverige|germany|, SE", text, re.IGNORECASE)


@pytest.mark.parametrize(
    ("grade", "words"),
    [
        (Evidence.NONE, "Delivery is not proved so far."),
        (Evidence.CARRIER_ACCEPTED, "A carrier has taken the invoice"),
        (Evidence.RECEIVER_CONFIRMED, "The invoice was delivered"),
        (Evidence.PERSON_CONFIRMED, "The invoice was opened by a person"),
    ],
)
def test_its_first_sentence_says_no_more_than_is_proved(grade: Evidence, words: str) -> None:
    assert words in flowing(certificate("en", facts(carried(evidence=grade))))


def test_the_moment_is_that_of_the_report_which_proves_it() -> None:
    assert "4 March 2026, 11:00 UTC" in flowing(certificate("en", facts()))


def test_a_reminder_that_arrived_does_not_speak_for_the_invoice() -> None:
    invoice = carried(evidence=Evidence.NONE, state=State.FAILED, reports=())
    reminder = carried(paper=Paper.REMINDER, evidence=Evidence.PERSON_CONFIRMED)
    assert best((invoice, reminder)) is invoice
    assert "not proved" in flowing(certificate("en", facts(invoice, reminder)))


def test_a_reckoned_time_is_marked() -> None:
    reckoned = said(Outcome.DELIVERED, Evidence.RECEIVER_CONFIRMED, 50, is_estimated=True)
    text = flowing(certificate("en", facts(carried(reports=(reckoned,)))))
    assert "has it (estimated)" in text


def test_the_same_facts_give_the_same_bytes() -> None:
    assert certificate("sv", facts()) == certificate("sv", facts())


def test_a_language_that_has_no_words_is_answered_in_english() -> None:
    assert "Certificate of delivery" in flowing(certificate("pl", facts()))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("grade", Evidence)
def test_its_first_sentence_is_whole_in_every_language(language: str, grade: Evidence) -> None:
    said = flowing(certificate(language, facts(carried(evidence=grade))))
    own = words_of("certificate", language)
    assert own is not None
    if grade is not Evidence.NONE:
        assert own["papers"]["invoice"] in said
        assert own["kinds"]["letter"] in said
    assert own["grades"][grade].replace(" ", "") in said.replace(" ", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_domain_has_its_word(language: str) -> None:
    own = tomllib.loads((TEXTS / f"certificate.{language}.toml").read_text(encoding="utf-8"))
    assert own["kinds"].keys() >= set(Kind)
    assert own["papers"].keys() >= set(Paper)
    assert own["states"].keys() >= set(State)
    assert own["outcomes"].keys() >= set(Outcome)
    assert len(own["grades"]) == len(own["said"]) == len(Evidence)
    assert {code: _names(said) for code, said in own["reasons"].items()} == {
        code: _names(said) - NOT_SAID.get(code, set()) for code, said in SENTENCES.items()
    }


def _names(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_people_outside_read_by_us_and_no_name_of_a_colleague(language: str) -> None:
    own = words_of("certificate", language)
    assert own is not None
    assert {code for code, said in SENTENCES.items() if "{who}" in said} == own["outside"].keys()
    again = carried(because=because("again", who="mia", reason="Lost."))
    ours, theirs = (
        _unbroken(flowing(certificate(language, replace(facts(again), is_outward=outside))))
        for outside in (False, True)
    )
    named = _unbroken(own["reasons"]["again"].format(who="mia", reason="Lost."))
    assert (named in ours, named in theirs) == (True, False)
    assert _unbroken(own["outside"]["again"].format(reason="Lost.")) in theirs


@pytest.mark.parametrize("language", LANGUAGES)
def test_why_this_channel_is_said_in_the_language(language: str) -> None:
    kept = " ".join((because("letter"), because("not_asked"), because("beside", kind=Kind.EMAIL)))
    text = flowing(certificate(language, facts(carried(because=f"{kept} Since {{1999}}"))))

    own = words_of("certificate", language)
    assert own is not None
    said = own["reasons"]
    beside = said["beside"].format(kind=own["kinds"]["email"])
    for sentence in (said["letter"], said["not_asked"], beside, "Since {1999}"):
        assert _unbroken(sentence) in _unbroken(text), sentence


def _unbroken(text: str) -> str:
    """The letters alone: lines end anywhere, with signs of their own."""
    return "".join(filter(str.isalnum, text))


def test_many_deliveries_and_long_names_run_over_pages() -> None:
    many = tuple(carried(reference="x" * 90, because="y" * 200) for _ in range(12))
    reminder = samples.reminder()
    long_named = replace(reminder.debtor, name="Donaudampfschifffahrtsgesellschaft" * 5)
    assert certificate("de", facts(*many, debtor=long_named)).startswith(b"%PDF")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_carrier_itself_holds_is_named_by_its_sum(language: str) -> None:
    held = words_of("certificate", language) or words_of("certificate", "en")
    assert held is not None
    other = flowing(certificate(language, facts()))
    text = flowing(certificate(language, facts(carried(proof=HASH[::-1]))))

    assert HASH[::-1] in text.replace(" ", "")
    assert held["labels"]["held"] in text
    assert held["labels"]["held"] not in other
