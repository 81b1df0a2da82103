"""A factor's own words: checked field by field, merged over ours, and never more than words."""

from dataclasses import replace
from typing import Any

import pytest

from usance.letters import LANGUAGES, LETTERS, Facts, clause, render
from usance.letters.languages import UnknownLetter, texts
from usance.letters.mail import mail
from usance.letters.told import NAMES, told
from usance.letters.wording import as_fields, faults, fields, from_text, to_text, worded

from . import samples
from .reading import flowing

FACTS: dict[str, Facts] = {
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
    "schedule": samples.schedule(2),
    "release": samples.release(),
}


@pytest.mark.parametrize("letter", LETTERS)
def test_the_names_that_are_offered_are_those_that_are_filled_in(letter: str) -> None:
    assert set(told("sv", FACTS[letter])) == set(NAMES[LETTERS[letter]])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("letter", LETTERS)
def test_our_own_sentences_have_no_fault(letter: str, language: str) -> None:
    own = as_fields(letter, texts(letter, language))
    assert faults(letter, own) == ()
    assert worded(letter, language, own) == texts(letter, language)


@pytest.mark.parametrize(
    ("letter", "said", "code", "where"),
    [
        ("invoice", {"tittle": "x"}, "template_field_unknown", "tittle"),
        ("invoice", {"mail.footer": "x"}, "template_field_unknown", "mail.footer"),
        ("invoice", {"title": ["a {number}"]}, "template_field_wrong", "title"),
        ("invoice", {"clause": "{factor}"}, "template_field_wrong", "clause"),
        ("invoice", {"title": ""}, "template_empty", "title"),
        ("invoice", {"title": "a {number}\nb"}, "template_line_break", "title"),
        ("invoice", {"clause": ["{factor}", "{facktor}"]}, "template_placeholder_unknown",
         "clause, line 2"),
        ("invoice", {"opening": ["{scope}"]}, "template_placeholder_unknown", "opening, line 1"),
        ("invoice", {"clause": ["Pay us."]}, "template_placeholder_missing", "clause"),
        ("invoice", {"clause": []}, "template_placeholder_missing", "clause"),
        ("notice", {"scope_all": "All is assigned."}, "template_placeholder_missing", "scope_all"),
        ("final_demand", {"opening": ["Pay {amount}."]}, "template_placeholder_missing", "opening"),
        ("invoice", {"opening": ["{{number}}"]}, "template_brace", "opening, line 1"),
        ("invoice", {"opening": ["{number!r}"]}, "template_brace", "opening, line 1"),
        ("invoice", {"opening": ["{number:>90}"]}, "template_brace", "opening, line 1"),
        ("invoice", {"opening": ["{factor.__class__}"]}, "template_brace", "opening, line 1"),
        ("invoice", {"opening": ["{0}"]}, "template_brace", "opening, line 1"),
        ("invoice", {"opening": ["{% if a %}"]}, "template_brace", "opening, line 1"),
        ("invoice", {"opening": ["ok", "100 } x"]}, "template_brace", "opening, line 2"),
        ("invoice", {"opening": ["*strong"]}, "template_star", "opening, line 1"),
        ("invoice", {"opening": ["a\u202eb"]}, "template_invisible", "opening, line 1"),
        ("invoice", {"mail.subject": "{number}\r\nBcc:"}, "template_line_break", "mail.subject"),
        ("invoice", {"mail.subject": "{number}\rBcc: x@y"}, "template_invisible",
         "mail.subject, line 1"),
        ("invoice", {"mail.subject": "{number}" + "x" * 200}, "template_too_long",
         "mail.subject, line 1"),
        ("invoice", {"opening": ["x" * 2001]}, "template_too_long", "opening, line 1"),
        ("invoice", {"opening": ["x"] * 21}, "template_too_long", "opening"),
    ],
)  # fmt: skip
def test_a_fault_names_its_field_and_line(
    letter: str, said: dict[str, Any], code: str, where: str
) -> None:
    found = faults(letter, said)
    assert (code, where) in {(one.code, one.where) for one in found}
    assert all(one.blocks and one.says.endswith(".") for one in found)


def test_all_faults_are_said_at_once() -> None:
    said = {"clause": ["{fctor} *x", "}"], "nothing": "", "title": "Rechnung"}
    assert [one.code for one in faults("invoice", said)] == [
        "template_placeholder_unknown", "template_star", "template_brace",
        "template_placeholder_missing", "template_field_unknown", "template_placeholder_missing",
    ]  # fmt: skip


def test_a_letter_that_we_do_not_write_has_no_fields() -> None:
    with pytest.raises(UnknownLetter):
        fields("love_letter")


def test_a_later_layer_covers_an_earlier_one_field_by_field() -> None:
    whole = worded(
        "invoice", "de",
        {"title": "Beleg {number}", "mail.subject": "Unser Beleg {number}"},
        {"mail.subject": "Beleg {number} von {client}"},
    )  # fmt: skip
    assert whole["title"] == "Beleg {number}"
    assert whole["mail"]["subject"] == "Beleg {number} von {client}"
    assert whole["clause"] == texts("invoice", "de")["clause"]
    assert texts("invoice", "de")["title"] == "Rechnung {number}", "ours stay as they are"


def test_the_new_words_stand_in_letter_message_and_clause() -> None:
    own = worded("invoice", "de", {
        "title": "Beleg Nr. {number}",
        "clause": ["*Nur {factor} befreit Sie.*"],
        "mail.subject": "Beleg {number}",
        "mail.closing": ["Fragen? {client} hilft."],
    })  # fmt: skip
    said = flowing(render("invoice", "de", samples.german(), wording=own))
    assert "Beleg Nr. 2026-04810" in said
    assert "Nur Rhein Factoring GmbH befreit Sie." in said
    assert "Zahlungen mit schuldbefreiender" not in said
    message = mail("invoice", "de", samples.german(), wording=own)
    assert message.subject == "Beleg 2026-04810"
    assert "Fragen? Keßler Feinblech GmbH hilft." in message.text
    expected = "Nur Rhein Factoring GmbH befreit Sie."
    assert clause("invoice", "de", samples.german(), wording=own) == expected


@pytest.mark.parametrize("letter", LETTERS)
def test_every_paragraph_that_is_worded_is_printed(letter: str) -> None:
    own = as_fields(letter, texts(letter, "en"))
    parts = [one.name for one in fields(letter) if one.lines and "." not in one.name]
    said = {name: [*own[name], f"Added to the {name}."] for name in parts}
    paper = flowing(render(letter, "en", FACTS[letter], wording=worded(letter, "en", said)))
    assert [name for name in parts if f"Added to the {name}." not in paper] == []


def test_what_is_typed_is_a_line_for_each_paragraph() -> None:
    by_name = {field.name: field for field in fields("notice")}
    assert from_text(by_name["opening"], " {scope} \r\n\r\n a  b\t c \n") == ["{scope}", "a b c"]
    assert from_text(by_name["title"], " Notice \n") == "Notice"
    assert from_text(by_name["opening"], "") == []
    assert to_text(["a", "b"]) == "a\nb"


EVIL = (
    '#read("/etc/passwd") #import "@preview/x:1"',
    "<script>alert(1)</script><img src=x onerror=1>",
    "Evil AB\r\nBcc: everyone@example.org\r\n\r\nPay to DE00",
    "\u202egnp.eciovni\u2066 ok\u2069",
    "{factor} {client.__class__} *x* {{7*7}} {% debug %}",
    "line\u2028separator\u2029paragraph\u0085next",
    '"}]; \\u{41} $x$ `raw` @ref <label>',
)


@pytest.mark.parametrize("name", EVIL)
@pytest.mark.parametrize("letter", ["notice", "final_demand"])
def test_a_name_is_text_in_whatever_it_is_put(letter: str, name: str) -> None:
    facts: Any = FACTS[letter]
    facts = replace(
        facts,
        client=replace(facts.client, name=name, lines=(name,)),
        debtor=replace(facts.debtor, name=name),
    )
    shown = " ".join("".join(char for char in name if char not in "\u202e\u2066\u2069").split())
    assert shown.replace("\u2028", " ")[:12] in flowing(render(letter, "en", facts))

    message = mail(letter, "en", facts)
    assert not set("\r\n\u2028\u2029\u0085\u202e\u2066\u2069") & set(message.subject)
    assert "\r" not in message.text
    assert not any(line.startswith(("Bcc:", "Pay to DE00")) for line in message.text.splitlines())
    assert not set("\u202e\u2066\u2069\u2028") & set(message.text + message.html)
    assert "<script" not in message.html
    assert "<img" not in message.html


def test_a_template_cannot_say_more_than_words() -> None:
    own = worded("invoice", "en", {"opening": [], "clause": [EVIL[0] + EVIL[1] + " {factor}"]})
    assert faults("invoice", {"clause": [EVIL[0] + EVIL[1] + " {factor}"]}) == ()
    said = flowing(render("invoice", "en", samples.german(), wording=own))
    assert '#read("/etc/passwd")' in said
    assert "<script>alert(1)</script>" in said
