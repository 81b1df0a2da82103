"""Bills that are not called invoices, part bills, credit notes and heads in two languages."""

import pytest

from usance.domain import capture

from .sheets import sheet, value

PAPER = """
{head}
Storgatan 7, 411 05 Göteborg             Tel 031-12 34 56

{buyer}
Am Gewerbepark 19
80331 München

{title}

{rest}

Netto                                           1.000,00
Moms 25 %                                         250,00
Totalt                                          1.250,00
"""


def read(title: str, rest: str = "", head: str = "Nordvik Bygg AB",
         buyer: str = "Krüger Logistik AG") -> capture.Reading:  # fmt: skip
    return capture.read((sheet(PAPER.format(title=title, rest=rest, head=head, buyer=buyer)),))


@pytest.mark.parametrize(("title", "number", "issued"), [
    ("Honorarnote 2026-071         Datum: 05.03.2026", "2026-071", "2026-03-05"),
    ("Fee note no. 20771           Date: 05.03.2026", "20771", "2026-03-05"),
    ("FRAKTFAKTURA\nNr F137\nDen 5.3.2026", "F137", "2026-03-05"),
    ("Facture\nN° FA037680\nDu 5 mars 2026", "FA037680", "2026-03-05"),
    ("Slutfaktura\nFakturanr.: 20230804   Dato: 05-03-2026", "20230804", "2026-03-05"),
    ("TERMIJNFACTUUR 2 van 5\nFactuurnummer   Factuurdatum\n20255467        05-03-2026",
     "20255467", "2026-03-05"),
])  # fmt: skip
def test_bills_by_other_names_have_their_number_and_date(
    title: str, number: str, issued: str
) -> None:
    reading = read(title)
    assert reading.kind == "invoice"
    assert (value(reading, "number"), value(reading, "issued_on")) == (number, issued)
    assert reading.fields["number"].confidence >= 0.9


@pytest.mark.parametrize("rest", [
    "Acontofaktura 591 af 16-01-2026, betalt         -267,50",
    "30 jours date de facture, soit le 04/04/2026",
    "Datum         Tätigkeit         Std.      Betrag\n04.02.2026    Beratung          2         1.000,00",
])  # fmt: skip
def test_other_papers_and_lines_say_no_date_of_issue(rest: str) -> None:
    reading = read("Faktura F137\nDatum: 05.03.2026", rest)
    assert (value(reading, "number"), value(reading, "issued_on")) == ("F137", "2026-03-05")


def test_a_credit_note_is_not_of_the_date_of_what_it_takes_back() -> None:
    reading = read("Kreditnota 230293", "Kreditnotadato 05.03.2026\nFakturaens dato 28.01.2026")
    assert (reading.kind, value(reading, "issued_on")) == ("credit_note", "2026-03-05")


def test_of_a_table_of_terms_the_last_date_is_due() -> None:
    reading = read(
        "Rechnung 4711\nDatum: 05.03.2026",
        """
Zahlbar bis   Skonto      Zahlbetrag
13.03.2026    2,00 %      1.225,00
04.04.2026    netto       1.250,00
""".strip(),
    )
    assert (value(reading, "due_on"), value(reading, "payable")) == ("2026-04-04", "1250.00")


@pytest.mark.parametrize("head", [
    "Rechnungsempfänger / Bill to", "CONSIGNEE / INVOICE TO", "Maître d'ouvrage / Client",
    "Beställare", "Opdrachtgever",
])  # fmt: skip
def test_who_buys_stands_under_a_heading_of_several_words(head: str) -> None:
    reading = read("Faktura F137\nDatum: 05.03.2026", buyer=f"{head}\nKrüger Logistik AG")
    assert value(reading, "buyer_name") == "Krüger Logistik AG"
    assert value(reading, "seller_name") == "Nordvik Bygg AB"


def test_a_blocked_account_is_not_where_to_pay() -> None:
    reading = read(
        "Factuur F137\nDatum: 05.03.2026",
        """
Te storten op G-rekening NL58 INGB 0999 5775 74
Te storten op NL32 INGB 7672 5812 01
""".strip(),
    )
    assert value(reading, "iban") == "NL32INGB7672581201"


@pytest.mark.parametrize(("line", "sure"), [
    ("Wir bitten um Überweisung bis zum 04.04.2026 auf unser Konto.", True),
    ("2 % Skonto bei Zahlung bis zum 13.03.2026 auf unser Konto.", False),
])  # fmt: skip
def test_a_sentence_that_asks_for_payment_says_when(line: str, sure: bool) -> None:
    due = read("Rechnung 4711\nDatum: 05.03.2026", line).fields.get("due_on")
    assert (due is not None and due.confidence >= 0.9) is sure
