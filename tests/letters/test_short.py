"""The few words beside a letter fit into one text message, in every language."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from tests.letters import samples
from usance.domain.money import Money
from usance.domain.texting import length
from usance.letters import short as room
from usance.letters.facts import LETTERS, Brand, InvoiceLetter, Reminder
from usance.letters.short import MANNERS, short

LANGUAGES = sorted(MANNERS)
every = pytest.mark.parametrize("language", LANGUAGES)
LONG = "Skandinaviska Åkeri- och Entreprenadföreningen för Norra Östersjöns Kustkommuner ekonomisk "


def named(letter: InvoiceLetter, client: str, factor: str) -> InvoiceLetter:
    def called(brand: Brand, name: str) -> Brand:
        return replace(brand, name=name)

    return replace(
        letter, client=called(letter.client, client), factor=called(letter.factor, factor)
    )


def test_what_is_to_be_paid_stands_in_it() -> None:
    letter = samples.swedish()
    said = short("invoice", "sv", letter)

    assert said is not None
    assert said.title == f"Faktura {letter.invoice.number}"
    for part in (letter.invoice.number, letter.reference, letter.factor.name, letter.client.name):
        assert part in said.text
    assert f"senast {letter.invoice.due_on}" in said.text
    assert letter.payable.currency in said.text


@every
@pytest.mark.parametrize("letter", ["invoice", "confirmed", "credit_note"])
def test_a_message_is_one_text_whatever_the_names(language: str, letter: str) -> None:
    facts = named(samples.swedish(), LONG * 2, "Nordisk Fordringsfinansiering & Factoring AB" * 3)
    facts = replace(
        facts,
        payable=Money.of("123456789.50", "SEK"),
        reference="RF1853900754703412345678",
        invoice=replace(facts.invoice, number="2026-SE-00012345"),
    )
    said = short(letter, language, facts)

    assert said is not None
    size = length(said.text)
    assert not size.is_unicode
    assert size.places <= 160, said.text
    assert "{" not in said.text + said.title


@every
@pytest.mark.parametrize("letter", [one for one, kind in LETTERS.items() if kind is Reminder])
def test_a_reminder_is_one_text_too(language: str, letter: str) -> None:
    facts = samples.reminder()
    facts = replace(facts, claims=facts.claims[:1])
    said = short(letter, language, facts)

    assert said is not None
    assert (length(said.text).parts, length(said.text).is_unicode) == (1, False)
    assert facts.reference in said.text


@every
def test_every_language_has_the_same_texts(language: str) -> None:
    def shape(name: str) -> dict[str, set[str]]:
        read = tomllib.loads((room.TEXTS / f"sms.{name}.toml").read_text())
        return {kind: set(parts) for kind, parts in read.items()}

    assert shape(language) == shape("en")
    raw = (Path(room.TEXTS) / f"sms.{language}.toml").read_text()
    assert "http" not in raw
    assert "www" not in raw


@pytest.mark.parametrize(
    ("language", "like"), [("no", "nb"), ("nn", "nb"), ("et", "en"), ("", "en"), ("sv", "sv")]
)
def test_who_reads_another_language_gets_the_nearest(language: str, like: str) -> None:
    letter = samples.swedish()

    assert short("invoice", language, letter) == short("invoice", like, letter)


def test_letters_that_telephones_lack_become_the_ones_alike() -> None:
    said = short("invoice", "en", named(samples.swedish(), "Łódź Çelik", "Factor’s – Own"))

    assert said is not None
    assert "from Lodz Çelik" in said.text
    assert "to Factor's - Own" in said.text
    assert not length(said.text).is_unicode


def test_a_name_that_no_telephone_can_spell_is_kept_and_costs_more() -> None:
    said = short("invoice", "en", named(samples.swedish(), "Ромашка", "Nordic Factoring"))

    assert said is not None
    assert "Ромашка" in said.text
    assert length(said.text).parts <= 3


@pytest.mark.parametrize("letter", ["notice", "schedule", "release"])
def test_other_letters_go_alone(letter: str) -> None:
    assert short(letter, "sv", samples.notice()) is None
