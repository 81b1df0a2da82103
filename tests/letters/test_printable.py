"""A PDF that breaks a print house's rules is refused, each fault by name and place."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pikepdf
import pytest

from usance.domain.party import Address
from usance.letters import Facts, render, render_facturx
from usance.letters.facts import Recipient
from usance.letters.printable import NotPrintable, checked, findings
from usance.letters.printing import Edges, Printing, WrongPrinting, printing_of
from usance.letters.sheet import recipient_lines
from usance.letters.windows import DIN_5008_B, NORDIC_LEFT, WINDOWS, UnknownWindow

from . import samples
from .reading import boxes, pages

HOUSE = Printing(window=DIN_5008_B)
LINES = recipient_lines(samples.DE_DEBTOR, "de", home="DE")
MM = 72 / 25.4


def letter(lines: int = 3, printing: Printing = HOUSE) -> bytes:
    return render("invoice", "de", samples.german(lines), printing=printing)


def changed(pdf: bytes, change: Callable[[pikepdf.Pdf], None]) -> bytes:
    with pikepdf.open(BytesIO(pdf)) as document:
        change(document)
        out = BytesIO()
        document.save(out)
    return out.getvalue()


def drawn(content: bytes) -> Callable[[pikepdf.Pdf], None]:
    """With this more on the first page; the origin is below on the left, the unit a point."""

    def change(document: pikepdf.Pdf) -> None:
        document.pages[0].contents_add(b"Q q 1 0 0 1 0 0 cm " + content + b" Q q", prepend=False)

    return change


def box(x: float, y: float, width: float, height: float, grey: float = 0) -> bytes:
    """A filled box, in millimetres from the top left corner."""
    low = 841.89 - (y + height) * MM
    return f"{grey} g {x * MM} {low} {width * MM} {height * MM} re f".encode()


def codes(pdf: bytes, printing: Printing = HOUSE, address: list[str] | None = None) -> list[str]:
    return [one.code for one in findings(pdf, printing, address=address or LINES)]


@pytest.mark.parametrize("name", WINDOWS)
@pytest.mark.parametrize(
    ("kind", "language", "facts", "debtor"),
    [
        ("invoice", "de", samples.german(40), samples.DE_DEBTOR),
        ("final_demand", "sv", samples.reminder(), samples.SE_DEBTOR),
        ("notice", "en", samples.notice(), samples.SE_DEBTOR),
    ],
)
def test_our_own_letters_keep_the_rules_of_every_window(
    name: str, kind: str, language: str, facts: Facts, debtor: Recipient
) -> None:
    home = facts.client.address.country
    house = Printing(
        window=WINDOWS[name], duplex=True, blank_back=True, data_line=True, key="0190ab" * 5,
        edges=Edges(left=18, top=5, right=5, bottom=7),
    )  # fmt: skip
    pdf = render(kind, language, facts, printing=house, online=samples.ONLINE)
    assert findings(pdf, house, address=recipient_lines(debtor, language, home=home)) == ()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (box(1, 100, 2, 2), "ink_in_margin"),
        (box(207, 100, 2, 2), "ink_in_margin"),
        (box(100, 1, 2, 2), "ink_in_margin"),
        (box(100, 294, 2, 2), "ink_in_margin"),
        (
            box(0, 140, 210, 0.18, grey=0.85),
            "ink_in_margin",
        ),  # A light hair line from edge to edge.
        (box(22, 47, 3, 3), "ink_in_franking_zone"),
        (box(22, 47, 3, 3, grey=0.97), "ink_in_franking_zone"),
    ],
)
def test_ink_where_none_may_be_is_found(content: bytes, code: str) -> None:
    assert code in codes(changed(letter(), drawn(content)))


def test_ink_says_on_which_page_and_side() -> None:
    (finding,) = findings(changed(letter(), drawn(box(1, 200, 2, 2))), HOUSE)
    assert finding.says == "Page 1 prints within the left 5 mm."
    assert finding.blocks


def test_an_address_outside_the_window_is_named_by_its_line() -> None:
    pdf = letter(printing=Printing(window=WINDOWS["swedish_right"]))
    found = findings(pdf, HOUSE, address=LINES)
    assert {one.code for one in found} >= {"address_outside_window"}
    assert any("'Lange Straße 118'" in one.says for one in found)


def test_something_else_in_the_window_is_named() -> None:
    found = findings(letter(), HOUSE, address=LINES[:-1])
    assert [one.code for one in found] == ["window_not_clean"]
    assert "20097Hamburg" in found[0].says


def test_an_address_too_long_for_the_window_is_refused_and_not_cut() -> None:
    long = "Verwaltungsgesellschaft der Vereinigten Hüttenwerke " * 9
    whom = replace(samples.DE_DEBTOR, name=long.strip(), attention=long.strip())
    pdf = render("invoice", "de", replace(samples.german(), recipient=whom), printing=HOUSE)
    with pytest.raises(NotPrintable, match="is not wholly in the window") as no:
        checked(pdf, HOUSE, address=recipient_lines(whom, "de", home="DE"))
    assert no.value.findings


def test_a_name_that_breaks_anywhere_is_still_found() -> None:
    whom = Recipient(name="Q" * 90, address=Address(street="X 1", city="Y", country="DE"))
    pdf = render("invoice", "de", replace(samples.german(), recipient=whom), printing=HOUSE)
    assert findings(pdf, HOUSE, address=recipient_lines(whom, "de", home="DE")) == ()


def test_another_size_of_paper_is_refused() -> None:
    def american(document: pikepdf.Pdf) -> None:
        document.pages[0].mediabox = [0, 0, 612, 792]

    found = findings(changed(letter(), american), HOUSE)
    assert found[0].code == "page_not_a4"
    assert found[0].says == "Page 1 measures 216 x 279 mm, turned by 0 degrees."


def test_a_page_that_lies_on_its_side_is_refused() -> None:
    def turned(document: pikepdf.Pdf) -> None:
        document.pages[0].rotate(90, relative=False)

    assert "page_not_a4" in codes(changed(letter(), turned))


def test_a_font_without_its_outlines_is_named() -> None:
    def bare(document: pikepdf.Pdf) -> None:
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        document.pages[0].obj.Resources.Font["/F99"] = document.make_indirect(font)

    (finding,) = findings(changed(letter(), bare), HOUSE)
    assert (finding.code, finding.says) == (
        "font_not_embedded", "The font Helvetica is not embedded."
    )  # fmt: skip


def test_too_many_sheets_count_both_sides() -> None:
    pdf = letter(200)
    count = len(pages(pdf))
    few = replace(HOUSE, most_sheets=count - 1)
    assert codes(pdf, few) == ["too_many_sheets"]
    assert codes(pdf, replace(few, duplex=True)) == []


def test_thirty_megabytes_are_refused_before_they_are_opened() -> None:
    (finding,) = findings(b"%PDF-1.7" + b"\0" * 30_000_000, HOUSE)
    assert finding.code == "too_large"
    assert finding.says == "The PDF has 30.0 MB; the house takes 30 MB."


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\nnothing", b"<html>"])
def test_what_is_no_pdf_is_said_to_be_none(data: bytes) -> None:
    assert codes(data) == ["unreadable"]


def test_an_encrypted_pdf_is_refused() -> None:
    out = BytesIO()
    with pikepdf.open(BytesIO(letter())) as document:
        document.save(out, encryption=pikepdf.Encryption(owner="x", user=""))
    assert codes(out.getvalue()) == ["encrypted"]


def test_the_back_of_the_last_sheet_is_filled_up_where_the_house_wants_it() -> None:
    both = replace(HOUSE, duplex=True, blank_back=True)
    assert len(pages(letter(printing=HOUSE))) == 1
    filled = letter(printing=both)
    assert [bool(text) for text in pages(filled)] == [True, False]
    assert letter(printing=both) == filled, "the same bytes in every attempt"
    assert codes(filled, both) == []
    assert codes(letter(), both) == ["back_missing"]
    assert len(pages(letter(40, replace(both, blank_back=False)))) == 3


def test_the_data_line_names_sheet_page_and_key_on_every_page() -> None:
    house = replace(HOUSE, duplex=True, data_line=True).of("0190f7")
    pdf = letter(40, house)
    assert [text.split("0190f7")[0].split("\n")[-1].strip() for text in pages(pdf)] == [
        "S1/2 P1/3", "S1/2 P2/3", "S2/2 P3/3",
    ]  # fmt: skip
    word = next(word for word in boxes(pdf, 2) if "0190f7" in word.text)
    assert word.left >= 125
    assert 6.5 <= word.top < word.bottom <= 10
    assert codes(pdf, house) == []


def test_fold_marks_are_for_people_and_not_for_a_house() -> None:
    assert "ink_in_margin" in codes(render("invoice", "de", samples.german()))


def test_a_carrier_says_how_it_prints() -> None:
    house = printing_of(
        {"duplex": "yes", "blank_back": "Yes", "most_sheets": "4", "largest_mb": "8",
         "edges_mm": "18 5 5 7"},
        country="NO",
    )  # fmt: skip
    assert house == Printing(
        window=NORDIC_LEFT, duplex=True, blank_back=True, most_sheets=4, largest_bytes=8_000_000,
        edges=Edges(left=18, top=5, right=5, bottom=7),
    )  # fmt: skip
    assert printing_of({"window": "epost"}, country="SE").window is WINDOWS["epost"]


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ({"duplex": "both"}, "duplex"),
        ({"most_sheets": "-1"}, "most_sheets"),
        ({"most_sheets": "0"}, "most_sheets"),
        ({"edges_mm": "5"}, "edges_mm"),
        ({"edges_mm": "a b c d"}, "edges_mm"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused(config: dict[str, str], says: str) -> None:
    with pytest.raises(WrongPrinting, match=says):
        printing_of(config, country="SE")
    with pytest.raises(UnknownWindow):
        printing_of({"window": "left"}, country="SE")


def test_a_filled_up_letter_still_carries_its_invoice() -> None:
    both = replace(HOUSE, duplex=True, blank_back=True)
    pdf = render_facturx("invoice", "de", samples.german(), xml=b"<a/>", printing=both)
    assert len(pages(pdf)) == 2
    assert codes(pdf, both) == []
    with pikepdf.open(BytesIO(pdf)) as document:
        assert document.attachments["factur-x.xml"].get_file().read_bytes() == b"<a/>"
        assert "<fx:ConformanceLevel>EN 16931<" in str(document.open_metadata())
