"""Every letter speaks every language, with the same keys, and leaves no placeholder behind."""

import re
import tomllib
from dataclasses import replace
from datetime import date

import pytest

from usance.domain.money import Money, zero
from usance.letters import LANGUAGES, LETTERS, Facts, figures, nearest, render
from usance.letters.facts import FeeKind
from usance.letters.languages import (
    PLACEHOLDER,
    TEXTS,
    UnknownLanguage,
    UnknownLetter,
    texts,
    words,
    words_of,
)
from usance.letters.mail import mail

from . import samples
from .reading import flowing

EXAMPLES: dict[str, Facts] = {
    "invoice": samples.german(),
    "confirmed": samples.german(),
    "credit_note": samples.credit_note(),
    "notice": samples.notice(),
    "first_reminder": samples.reminder(),
    "second_reminder": samples.reminder(),
    "final_demand": samples.reminder(),
    "confirmed_first_reminder": samples.reminder(),
    "confirmed_second_reminder": samples.reminder(),
    "confirmed_final_demand": samples.reminder(),
    "schedule": samples.schedule(4),
    "release": samples.release(),
}


def shape(tree: object) -> object:
    """Keys at every depth, and how many sentences a list has."""
    if isinstance(tree, dict):
        return {key: shape(value) for key, value in sorted(tree.items())}
    return len(tree) if isinstance(tree, list) else "text"


@pytest.mark.parametrize(
    "name", ["words", "portal", "paying", "question", "certificate", "sms", *LETTERS]
)
def test_a_text_has_the_same_keys_in_every_language(name: str) -> None:
    shapes = [
        shape(tomllib.loads((TEXTS / f"{name}.{language}.toml").read_text(encoding="utf-8")))
        for language in LANGUAGES
    ]
    for language, one in zip(LANGUAGES, shapes, strict=True):
        assert one == shapes[0], language


def names(tree: object) -> object:
    """The placeholders of each sentence, in the tree's place."""
    if isinstance(tree, dict):
        return {key: names(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [names(one) for one in tree]
    return set(PLACEHOLDER.findall(str(tree)))


def held(tree: object) -> object:
    """The names in braces of each sentence, in the tree's place."""
    if isinstance(tree, dict):
        return {key: held(value) for key, value in tree.items()}
    return sorted(set(re.findall(r"\{(\w+)\}", str(tree))))


@pytest.mark.parametrize("name", ["buy_out", "fee_invoice"])
def test_what_clients_are_charged_is_told_alike_in_four_languages(name: str) -> None:
    told = {
        language: tomllib.loads((TEXTS / f"{name}.{language}.toml").read_text(encoding="utf-8"))
        for language in ("en", "sv", "de", "fi")
    }
    for language, one in told.items():
        assert (shape(one), held(one)) == (shape(told["en"]), held(told["en"])), language


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["portal", "paying", "question", "certificate"])
def test_a_sentence_names_the_same_in_every_language(name: str, language: str) -> None:
    assert names(words_of(name, language)) == names(words_of(name, "en"))


@pytest.mark.parametrize(
    ("currency", "language", "says"),
    [
        ("SEK", "en", "SEK\N{NO-BREAK SPACE}10,565.07"),
        ("EUR", "en", "€10,565.07"),
        ("SEK", "de", "10.565,07\N{NO-BREAK SPACE}SEK"),
    ],
)
def test_a_code_stands_apart_from_its_figure(currency: str, language: str, says: str) -> None:
    assert figures.money(Money.of("10565.07", currency), language) == says


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_fee_has_a_name(language: str) -> None:
    assert set(words(language)["fees"]) == set(FeeKind.__args__)  # type: ignore[attr-defined] # A Literal.


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("letter", LETTERS)
def test_every_letter_prints_and_mails_in_every_language(letter: str, language: str) -> None:
    facts = EXAMPLES[letter]
    said = flowing(render(letter, language, facts))
    message = mail(letter, language, facts)
    for text in (said, message.subject, message.text):
        assert facts.factor.name in text or text == message.subject
        assert not set("{}*") & set(text)
    assert "\n" not in message.subject


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_notice_of_all_claims_lists_none(language: str) -> None:
    some = flowing(render("notice", language, samples.notice()))
    every = flowing(render("notice", language, samples.notice(listed=False)))
    assert "2026-04811" in some
    assert "2026-04811" not in every
    assert "Sund Factoring AB" in every


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_release_names_the_clients_account_or_says_that_the_client_tells_it(
    language: str,
) -> None:
    known, untold = samples.release(), replace(samples.release(), account=None)
    for facts, has in ((known, True), (untold, False)):
        said, message = (
            flowing(render("release", language, facts)),
            mail("release", language, facts),
        )
        assert ("SE35 5000" in said, "SE35 5000" in message.text) == (has, has)
        assert "Nordhav Möbler AB" in message.subject
        assert "2026-04811" in said
    assert flowing(render("release", language, known)) != flowing(
        render("release", language, untold)
    )


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("sv", "Betalning med befriande verkan kan endast ske till Sund Factoring AB"),
        ("de", "Zahlungen mit schuldbefreiender Wirkung können nur an Sund Factoring AB"),
        ("en", "You can discharge it only by paying Sund Factoring AB"),
        ("nb", "Betaling med befriende virkning kan bare skje til Sund Factoring AB"),
        ("da", "Betaling med frigørende virkning kan kun ske til Sund Factoring AB"),
        (
            "fi",
            "Velasta vapauttava maksu voidaan suorittaa vain uudelle velkojalle Sund Factoring AB",
        ),
        ("fr", "Seul un paiement à Sund Factoring AB"),
    ],
)
def test_the_clause_says_that_only_the_factor_can_be_paid(language: str, says: str) -> None:
    assert says in flowing(render("invoice", language, samples.swedish()))


def test_the_swedish_demand_says_all_that_the_collection_act_wants() -> None:
    said = flowing(render("final_demand", "sv", samples.reminder()))
    for part in (
        "Borgenär Sund Factoring AB",
        "Ursprunglig borgenär Nordhav Möbler AB",
        "2026-04711",
        "2026-10-11",  # Due.
        "10 000,00 kr",
        "Dröjsmålsränta till och med 2026-11-22, för närvarande 10 % per år 115,07 kr",
        "Förseningsersättning 450,00 kr",
        "10 565,07 kr",
        "senast 2 december 2026",
        "betalningsföreläggande",
        "5050-1055",
        "0000481006",
    ):
        assert part in said.replace("\N{NO-BREAK SPACE}", " "), part


def test_no_interest_and_no_fee_leave_no_line() -> None:
    plain = replace(samples.reminder(), rate=None, fees=())
    (claim,) = plain.claims
    plain = replace(plain, claims=(replace(claim, interest=zero("SEK")),))
    said = flowing(render("first_reminder", "sv", plain))
    assert "ränta" not in said.lower()
    assert "avgift" not in said.lower()


@pytest.mark.parametrize(
    ("reads", "gets"),
    [
        ("sv", "sv"),
        ("no", "nb"),
        ("nn", "nb"),
        ("nb", "nb"),
        ("pl", "en"),
        ("", "en"),
        ("SV", "en"),
    ],
)
def test_whoever_reads_something_else_gets_a_near_language_or_english(
    reads: str, gets: str
) -> None:
    assert nearest(reads) == gets


def test_the_first_of_a_month_is_an_ordinal_in_french() -> None:
    assert figures.day(date(2026, 12, 1), "fr") == "1er décembre 2026"
    assert figures.day(date(2026, 12, 11), "fr") == "11 décembre 2026"


def test_what_we_do_not_write_is_refused_by_name() -> None:
    with pytest.raises(UnknownLetter, match="love_letter"):
        texts("love_letter", "sv")
    with pytest.raises(UnknownLanguage, match="pl"):
        render("invoice", "pl", samples.german())


@pytest.mark.parametrize("language", ["en", "sv", "de"])
def test_a_statement_has_a_word_for_each_movement_of_a_client(language: str) -> None:
    told = tomllib.loads((TEXTS / f"statement.{language}.toml").read_text(encoding="utf-8"))
    assert set(told["kinds"]) == {
        "purchase", "accrual", "allocation", "allocation_undone", "credit_note", "settlement",
        "settlement_undone", "repurchase", "payout_released", "payout_paid", "payout_rejected",
        "payout_returned", "write_off", "claim_written_off", "payout_said", "payout_unsaid",
        "payout_after_all",
    }  # fmt: skip
