"""What stands on the paper: figures, pages, odd characters, and the same bytes every time."""

import os
from dataclasses import replace
from decimal import Decimal

import pytest

from usance.domain.invoice.document import Line
from usance.letters import Facts, proof, render
from usance.letters.facts import InvoiceLetter

from . import samples
from .reading import boxes, flowing, pages, text

NBSP = "\N{NO-BREAK SPACE}"


def named(letter: InvoiceLetter, name: str, description: str = "") -> InvoiceLetter:
    line = replace(letter.invoice.lines[0], name=name, description=description)
    return replace(letter, invoice=replace(letter.invoice, lines=(line,)))


def test_an_invoice_shows_what_the_payer_needs() -> None:
    said = flowing(render("invoice", "de", samples.german())).replace(NBSP, " ")
    for part in (
        "Rechnung 2026-04810",
        "912,91 €",
        "02.12.2026",
        "DE89 3704 0044 0532 0130 00",
        "COBADEFFXXX",
        "RF17 0000 0048 10",
        "Müller & Söhne Großhandels GmbH & Co. KG",
        "Rhein Factoring GmbH",
        "Keßler Feinblech GmbH",
        "USt 19 % 767,15 145,76",
        "Seite 1 von 1",
    ):
        assert part in said, part


def test_a_swedish_invoice_has_bankgiro_and_swedish_figures() -> None:
    said = flowing(render("invoice", "sv", samples.swedish())).replace(NBSP, " ")
    for part in ("958,94 kr", "2026-12-02", "5050-1055", "0000481006", "Sida 1 av 1"):
        assert part in said, part


def test_a_rate_stands_on_one_line() -> None:
    said = text(render("invoice", "sv", samples.swedish(3))).replace(NBSP, " ")
    assert said.count("25 %") == 3 + 1  # And once in the table of taxes.


def test_sixty_lines_fill_pages_that_repeat_the_head() -> None:
    sheets = pages(render("invoice", "de", samples.german(60)))
    assert len(sheets) >= 3
    with_lines = [sheet for sheet in sheets if "Einzelpreis" in sheet]
    assert len(with_lines) >= 3
    for nth, sheet in enumerate(sheets, start=1):
        assert f"Seite {nth} von {len(sheets)}" in sheet
        assert "Keßler Feinblech GmbH" in sheet
    assert sum("IBAN" in sheet for sheet in sheets) == 1


@pytest.mark.parametrize("count", [1, 3, 14, 40])
def test_the_address_of_the_readers_page_stands_at_the_foot_and_moves_nothing(count: int) -> None:
    facts = samples.german(count)
    plain, linked = (render("invoice", "de", facts, online=one) for one in (None, samples.ONLINE))
    assert len(pages(plain)) == len(pages(linked))
    first, *others = pages(linked)
    assert "Online ansehen" in first
    assert not any("Online ansehen" in other for other in others)
    for nth in range(len(pages(plain))):
        upper = [[word for word in boxes(pdf, nth) if word.top < 265] for pdf in (plain, linked)]
        assert upper[0] == upper[1], nth
    assert linked == render("invoice", "de", facts, online=samples.ONLINE)


def test_a_reminder_names_the_readers_page_too() -> None:
    online = ("Se den på nätet", samples.ONLINE[1])
    assert "Se den på nätet" in flowing(
        render("first_reminder", "sv", samples.reminder(), online=online)
    )


def test_a_credit_note_asks_for_no_payment() -> None:
    said = flowing(render("credit_note", "de", samples.credit_note()))
    assert "Gutgeschriebener Betrag" in said
    assert "Zu Rechnung 2026-04810" in said
    assert "Zahlbar bis" not in said
    assert "Scannen" not in said


def test_reverse_charge_is_said_in_the_words_of_the_law() -> None:
    said = flowing(render("invoice", "de", samples.reverse_charge()))
    assert "Steuerschuldnerschaft des Leistungsempfängers" in said
    assert "Nachlass: Treuerabatt −10,00" in said
    assert "588,40" in said


@pytest.mark.parametrize(
    "name",
    [
        '#read("/etc/passwd")',
        '#import "@preview/x:0.1.0"',
        "*bold* _slanted_ $x^2$ <label> @ref // gone",
        "\\u{41} `raw` [content] {code}",
        "{factor} {client.__class__}",
        '"}, {"net": "0',
    ],
)
def test_markup_in_a_name_is_printed_as_it_was_written(name: str) -> None:
    assert name in flowing(render("invoice", "en", named(samples.german(), name)))


def test_braces_in_a_party_are_text_too() -> None:
    facts = samples.notice()
    odd = replace(facts, client=replace(facts.client, name="{factor} *AB* {0}"))
    assert "{factor} *AB* {0}" in flowing(render("notice", "sv", odd))


def test_a_character_without_glyph_becomes_a_square_and_a_warning() -> None:
    printed = proof("invoice", "de", named(samples.german(), "株式会社 Ōsaka"))
    assert "□□□□ Ōsaka" in flowing(printed.pdf)
    (finding,) = printed.findings
    assert finding.code == "glyph_missing"
    assert not finding.blocks
    assert "株 (U+682A)" in finding.says


@pytest.mark.parametrize(
    "odd",
    [
        "Łódź Ærø Þór Œuvre Ñandú Şişli Őrség İzmir Ελλάδα Київ Việt Nam ǅ ﬁ",
        "e\u0301 o\u0308 A\u030a q\u0308\u0323 x\u0302\u0302\u0302 ̈",
        "हिन्दी क्षि ज्ञ q\u0900 a\u0941",
        "שלום العربية ไทย 한국어 🎉 👨‍👩‍👧 🇸🇪 \U000e0041",
        "a\u0000b\u0007c\td\ne\u2028f\u2029g\u200bh\u202ei\ufeffj\u00adk",
        "\ue000 \ufffe \U0010fffd \ud7ff",
        "½ ① № ™ … “” ‚‘ — − × ÷ ≈ € £ ₿ ₹ \u00a0\u2003\u3000|",
        "Z" * 400,
        "",
    ],
)
def test_no_text_of_unicode_stops_a_letter(odd: str) -> None:
    facts = samples.reminder()
    facts = replace(
        facts,
        debtor=replace(facts.debtor, name=odd, attention=odd),
        client=replace(facts.client, name=odd or "x", lines=(odd,)),
        reference=odd,
        claims=(replace(facts.claims[0], number=odd),),
    )
    assert render("second_reminder", "sv", facts).startswith(b"%PDF-")
    assert render("invoice", "de", named(samples.german(), odd, odd)).startswith(b"%PDF-")


def test_a_long_name_stays_on_the_paper() -> None:
    pdf = render("invoice", "de", named(samples.german(), "Q" * 300, "W" * 300))
    assert all(word.left >= 24 and word.right <= 191 for word in boxes(pdf) if "Q" in word.text)


def test_an_invoice_without_amounts_still_prints() -> None:
    letter = samples.german()
    bare = replace(letter.invoice, lines=(Line(number="1", name="Pauschale"),), taxes=())
    assert "Pauschale" in flowing(render("invoice", "de", replace(letter, invoice=bare)))


def test_digits_of_a_price_are_kept() -> None:
    letter = samples.german()
    line = replace(letter.invoice.lines[0], price=Decimal("0.123456"), quantity=Decimal("1234.500"))
    letter = replace(letter, invoice=replace(letter.invoice, lines=(line,)))
    said = flowing(render("invoice", "de", letter))
    assert "0,123456" in said
    assert "1.234,5 Stk." in said


@pytest.mark.parametrize(
    ("letter", "facts"),
    [
        ("invoice", samples.swedish()),
        ("final_demand", samples.reminder()),
        ("schedule", samples.schedule()),
    ],
)
def test_the_same_facts_give_the_same_bytes(letter: str, facts: Facts) -> None:
    first = render(letter, "sv", facts)
    render("notice", "de", samples.notice())
    assert render(letter, "sv", facts) == first


def test_a_forked_child_is_told_instead_of_hanging() -> None:
    render("notice", "sv", samples.notice())
    child = os.fork()
    if child == 0:
        try:
            render("notice", "sv", samples.notice())
        except AssertionError:
            os._exit(7)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 7
