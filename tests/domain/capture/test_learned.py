"""What a person said once of a sender's papers is read right next time."""

from dataclasses import asdict

import pytest

from usance.domain import capture
from usance.domain.capture import Hint, Known

from .sheets import sheet, value

STRANGE = """
    Keller Bau GmbH · Am Markt 3 · 20097 Hamburg
    USt-IdNr. DE136695976

    Rechnung

    Vorgang     {number}
    Stichtag    {day}

    Gesamtbetrag {gross} €
"""


def test_what_a_person_corrected_once_is_read_right_next_time() -> None:
    first = capture.read([sheet(STRANGE.format(number="K/17", day="05.03.2026", gross="10,00"))])
    assert value(first, "number") != "K/17"
    sender = capture.sender_of(first)
    hints = {"number": capture.hint_of(first, "number", "K/17"),
             "due_on": capture.hint_of(first, "due_on", "2026-03-05")}  # fmt: skip
    stored = {name: asdict(hint) for name, hint in hints.items()}

    page = sheet(STRANGE.format(number="K/18", day="09.04.2026", gross="20,00"))
    assert sender == "seller_vat_id:DE136695976"
    assert sender in capture.senders([page])
    known = Known(learned={sender: {name: Hint(**each) for name, each in stored.items()}})
    second = capture.read([page], known=known)

    assert (value(second, "number"), value(second, "due_on")) == ("K/18", "2026-04-09")
    assert second.fields["number"].reasons[0].code == "learned"
    assert second.fields["number"].confidence > 0.9


@pytest.mark.parametrize(
    ("title", "kind", "codes"),
    [("", "invoice", ["kind_learned"]), ("Mahnung", "reminder", ["not_an_invoice"]),
     ("Gutschrift", "credit_note", [])],
)  # fmt: skip
def test_a_person_says_once_what_papers_without_a_title_are(
    title: str, kind: str, codes: list[str]
) -> None:
    text = STRANGE.replace("Rechnung", "{title}")
    text = text.format(title="{title}", number="K/17", day="05.03.2026", gross="10,00")
    first = capture.read([sheet(text.format(title=""))])
    assert first.kind == "other"
    hint = capture.hint_of(first, "kind", "invoice")
    known = Known(learned={capture.sender_of(first): {"kind": hint}})
    second = capture.read([sheet(text.format(title=title))], known=known)
    assert second.kind == kind
    assert [one.code for one in second.findings if one.code != "no_number"] == codes
    assert "kind" not in second.fields


def test_a_name_that_only_a_logo_says_is_remembered_but_no_account_is() -> None:
    first = capture.read([sheet("Rechnung 17\nUSt-IdNr. DE136695976")])
    sender = capture.sender_of(first)
    learned = {
        "seller_name": capture.hint_of(first, "seller_name", "Keller Bau GmbH"),
        "iban": capture.hint_of(first, "iban", "DE89370400440532013000"),
    }
    second = capture.read(
        [sheet("Rechnung 18\nUSt-IdNr. DE136695976")], known=Known(learned={sender: learned})
    )
    assert value(second, "seller_name") == "Keller Bau GmbH"
    assert "iban" not in second.fields


def test_another_sender_learns_nothing_from_it() -> None:
    hint = Hint(label="vorgang", side="right")
    known = Known(learned={"seller_vat_id:DE999999999": {"number": hint}})
    page = sheet(STRANGE.format(number="K/18", day="09.04.2026", gross="20,00"))
    assert capture.read([page], known=known).fields.get("number") == capture.read(
        [page]
    ).fields.get("number")
