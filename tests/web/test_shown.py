"""Amounts, days and states as people read them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import engines
from django.utils.translation import override

from usance import plugins
from usance.domain.money import Money
from usance.web import shell, shown
from usance.web.templatetags.usance import READERS, badge


def _shown(template: str, language: str = "en", **values: object) -> str:
    with override(language):
        return engines["django"].from_string(template).render(values)


@pytest.mark.parametrize(
    ("minor", "currency", "language", "written"),
    [
        (5523012, "EUR", "en", "55,230.12"),
        (5523012, "EUR", "de", "55.230,12"),
        (5523012, "SEK", "sv", "55\N{NO-BREAK SPACE}230,12"),
        (-1, "EUR", "en", "−0.01"),
        (0, "EUR", "en", "0.00"),
        (1234, "JPY", "en", "1,234"),
        (1234, "KWD", "en", "1.234"),
        (10**17, "EUR", "en", "1,000,000,000,000,000.00"),
        (100, "EUR", "xx", "1.00"),
        (100, "EUR", None, "1.00"),
    ],
)
def test_an_amount_is_written_in_the_readers_language(
    minor: int, currency: str, language: str | None, written: str
) -> None:
    assert shown.figure(Money(minor, currency), language) == written


@pytest.mark.parametrize(
    ("said", "language", "written"),
    [
        ("At most 1200000.00 SEK.", "en", "At most 1,200,000.00 SEK."),
        ("18575.24 EUR, not 15000.00 EUR", "de", "18.575,24 EUR, not 15.000,00 EUR"),
        ("-0.50 EUR and 1000 JPY", "en", "\N{MINUS SIGN}0.50 EUR and 1,000 JPY"),
        # No amounts: hours, figures that are grouped already, a reference, more digits.
        ("1000 HUR; 1,200.00 EUR; R-2026 SEK; 12000.123 EUR", "en", None),
    ],
)
def test_amounts_within_a_sentence_are_written_in_the_readers_language(
    said: str, language: str, written: str | None
) -> None:
    told = _shown("{{ it|said }}", language, it=said)
    assert told.replace("\N{NO-BREAK SPACE}", " ") == (written or said)


def test_money_keeps_the_exact_amount_for_machines() -> None:
    html = _shown("{{ amount|money }}", "de", amount=Money(-5523012, "EUR"))
    assert html == (
        '<data class="num" value="-55230.12 EUR">−55.230,12 <span class="unit">EUR</span></data>'
    )


@pytest.mark.parametrize(
    "word", ["money", "figure", "number", "day", "iso", "moment", "days", "lasting"]
)
def test_what_is_not_known_is_a_dash(word: str) -> None:
    assert _shown(f"{{{{ nothing|{word} }}}}", nothing=None) == "–"


@pytest.mark.parametrize(
    ("template", "language", "html"),
    [
        ("{{ on|day }}", "en", '<time class="num" datetime="2026-05-05">5 May 2026</time>'),
        ("{{ on|day }}", "de", '<time class="num" datetime="2026-05-05">05.05.2026</time>'),
        ("{{ on|iso }}", "de", '<time class="num" datetime="2026-05-05">2026-05-05</time>'),
        ("{{ 1|days }}", "en", "1 day"),
        ("{{ 12|days }}", "de", "12 Tage"),
        ("{{ 0|lasting }}", "en", '<data class="num" value="0">0 secs</data>'),
        ("{{ 3599|lasting }}", "en", '<data class="num" value="3599">59 mins 59 secs</data>'),
        ("{{ 32400|lasting }}", "de", '<data class="num" value="32400">9 Std.</data>'),
        ("{{ 90100|lasting }}", "sv", '<data class="num" value="90100">1 dygn 1 tim</data>'),
        ("{{ 1203|number }}", "en", "1,203"),
        ("{{ 4|number:1 }}", "sv", "4,0"),
    ],
)
def test_days_and_counts_follow_the_language(template: str, language: str, html: str) -> None:
    assert _shown(template, language, on=date(2026, 5, 5)) == html


def test_a_moment_is_told_in_the_zone_of_the_installation() -> None:
    html = _shown("{{ at|moment }}", at=datetime(2026, 5, 5, 22, 30, tzinfo=UTC))
    assert ">6 May 2026 00:30<" in html  # Stockholm, summer.


def test_a_moment_in_a_column_is_written_as_days_are_there() -> None:
    at = datetime(2026, 5, 5, 12, 7, tzinfo=UTC)
    assert ">2026-05-05 14:07</time>" in _shown("{{ it|stamp }}", it=at)
    assert _shown("{{ it|stamp }}", it=None) == "–"


def test_a_state_has_a_word_a_shape_and_a_colour_and_escapes_the_word() -> None:
    html = badge("<b>Dispute</b>", "bad", "/x?a=1&b=2")
    assert "&lt;b&gt;Dispute" in html
    assert "#octagon-x" in html
    assert 'class="state state-bad" href="/x?a=1&amp;b=2"' in html


def test_a_tone_that_is_none_is_an_error_at_once() -> None:
    with pytest.raises(KeyError):
        badge("Dispute", "red")


@pytest.mark.parametrize(
    ("template", "written"),
    [
        ('{{ "user:asa"|actor }}', "asa"),
        ('{{ "belt"|actor }}', "the belt"),
        ('{{ ""|actor }}', "–"),
        ("{{ rate|percent }}", "10 %"),
        ("{{ rate|percent:2 }}", "10.00 %"),  # In a column, beside 10.25 %.
        ('{{ "HUR"|measure }}', "h"),
        ('{{ "XYZ"|measure }}', "XYZ"),  # A code that we have no word for.
        ("{{ None|measure }}", ""),
        ("{{ because|said }}", "The payer&#x27;s name. 1,200.00\xa0EUR."),
    ],
)
def test_actors_units_and_rates_are_written_for_people(template: str, written: str) -> None:
    because = ["The payer's name.", "1200.00 EUR."]
    assert _shown(template, rate=Decimal("0.1"), because=because) == written


def test_every_format_of_invoices_has_its_name() -> None:
    assert set(plugins.names("einvoices")) == set(READERS)


def test_a_month_has_its_name() -> None:
    assert shown.month(date(2026, 3, 1), "en") == "March 2026"
    assert shown.month(date(2026, 3, 1), "sv") == "mars 2026"


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/", "today"), ("/issuing/new", "batches"), ("/tables", "batches"),
        ("/facilities/proposals/1", "clients"), ("/plans", "debtors"), ("/nowhere", None),
    ],
)  # fmt: skip
def test_the_menu_marks_where_one_is(path: str, place: str | None) -> None:
    lines = shell.drawn(path, {}, None, "Åsa Berg")["places"]
    assert [line["place"].url for line in lines if line["here"]] == ([place] if place else [])
