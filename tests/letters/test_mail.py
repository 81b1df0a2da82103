"""The message around a letter: short, complete, and nothing in it comes from elsewhere."""

import re
from dataclasses import replace

import pytest

from usance.domain.money import Money
from usance.letters import LANGUAGES, figures
from usance.letters.mail import mail

from . import samples

NBSP = "\N{NO-BREAK SPACE}"


def test_an_invoice_message_says_how_to_pay_whom() -> None:
    message = mail("invoice", "de", samples.german())
    assert message.subject == "Rechnung 2026-04810 von Keßler Feinblech GmbH"
    for part in (
        f"912,91{NBSP}€",
        "2. Dezember 2026",
        "IBAN:             DE89 3704 0044 0532 0130 00",
        "Verwendungszweck: RF17 0000 0048 10",
        "nur an Rhein Factoring GmbH möglich",
    ):
        assert part in message.text


def test_a_demand_keeps_its_threat_and_its_day() -> None:
    text = mail("final_demand", "sv", samples.reminder()).text
    assert "betalningsföreläggande hos Kronofogdemyndigheten" in text
    assert "2 december 2026" in text
    assert f"10{NBSP}565,07{NBSP}kr" in text


@pytest.mark.parametrize("letter", ["first_reminder", "confirmed_final_demand"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reminder_says_what_it_does_not_ask_for(letter: str, language: str) -> None:
    told = samples.reminder()
    (claim,) = told.claims
    part = replace(claim, disputed=Money.of("2345.00", "SEK"))

    said = mail(letter, language, replace(told, claims=(part,))).text
    left_out, asked = (
        figures.money(Money.of(amount, "SEK"), language) for amount in ("2345.00", "8220.07")
    )

    assert said.count(left_out) == 1, "in a sentence of its own"
    assert asked in said, "10 000 without what is disputed, with 115.07 and 450.00"
    assert left_out not in mail(letter, language, told).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_html_and_text_say_the_same(language: str) -> None:
    message = mail("second_reminder", language, samples.reminder())
    body = message.html.partition("</head>")[2]
    bare = re.sub(r"<[^>]+>", " ", re.sub(r"</?strong>", "", body)).replace("&amp;", "&")
    for word in message.text.replace("-- \n", "").replace(":", " ").split():
        assert word in bare.replace(":", " "), word


def test_names_are_escaped_and_nothing_is_fetched() -> None:
    facts = samples.reminder()
    evil = '<img src="https://x.example/p.gif"> & "Co"'
    html = mail(
        "first_reminder", "en", replace(facts, client=replace(facts.client, name=evil))
    ).html
    assert "<img" not in html
    assert "&lt;img src=&quot;" in html
    assert not re.search(r"<(img|link|script|iframe|a|form|object)\b|url\(|@import", html)


def test_a_line_end_in_a_name_cannot_reach_the_headers() -> None:
    facts = samples.reminder()
    evil = replace(facts.client, name="Evil\r\nBcc: all@example.org")
    assert "\n" not in mail("first_reminder", "en", replace(facts, client=evil)).subject


def test_a_credit_note_asks_for_nothing() -> None:
    message = mail("credit_note", "en", samples.credit_note())
    assert "Pay by" not in message.text
    assert "nothing to pay" in message.text
