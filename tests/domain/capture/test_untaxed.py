"""Papers that charge no tax, and totals of one rate that are not the invoice's."""

import pytest

from usance.domain import capture

from .sheets import sheet, value

PAPER = """
Weißenfels Druck GmbH
Bahnhofstraße 13, 80331 München       Tel. 030 215446

Krüger Logistik AG
Am Gewerbepark 19
70173 Stuttgart

Rechnung Nr. 2026-0815             Datum: 05.03.2026

Gegenstand             Anzahl      Einzelpreis      Gesamtpreis €
Presse, gebraucht      2           4.500,00         9.000,00
Walze, gebraucht       1           50,00            50,00
Gesamtbetrag                                        {total}

{why}
"""


@pytest.mark.parametrize("why", [
    "Gebrauchtgegenstände/Sonderregelung (Differenzbesteuerung nach § 25a UStG).",
    "Gemäß § 19 UStG wird keine Umsatzsteuer berechnet.",
    "Autoliquidation – article 283-2 nonies du CGI.",
    "Btw verlegd naar NL335916673B01.",
])  # fmt: skip
def test_the_lines_and_a_sentence_prove_a_total_without_tax(why: str) -> None:
    reading = capture.read((sheet(PAPER.format(total="9.050,00", why=why)),))
    assert [value(reading, name) for name in ("net", "tax", "gross", "payable")] == [
        "9050.00", "0.00", "9050.00", "9050.00",
    ]  # fmt: skip
    assert reading.fields["gross"].confidence >= 0.9


@pytest.mark.parametrize(("total", "why"), [
    ("9.000,00", "Differenzbesteuerung nach § 25a UStG."),  # The lines make more.
    ("9.050,00", "Es gelten unsere Bedingungen."),  # Nothing says that there is no tax.
])  # fmt: skip
def test_one_of_them_alone_proves_nothing(total: str, why: str) -> None:
    reading = capture.read((sheet(PAPER.format(total=total, why=why)),))
    assert value(reading, "tax") == ""
    assert reading.fields["gross"].confidence < 0.9


def test_the_total_of_one_rate_is_not_the_invoices() -> None:
    reading = capture.read(
        (
            sheet("""
Oy Pohjolan Kuljetus Ab                      LASKU / FAKTURA
                                             Laskun numero    4801

                     Veroton         Vero            Verollinen
                     Netto           Skatt           Brutto
ALV / Moms 25,5      848,59          216,39          1 064,98
ALV / Moms 14 %      140 322,00      19 645,08       159 967,08
Maksettava / Att                                     161 032,06
betala EUR
"""),
        )
    )
    assert value(reading, "payable") == "161032.06"
    assert "gross" not in reading.fields or (
        value(reading, "gross") == "161032.06" or reading.fields["gross"].confidence < 0.9
    )


@pytest.mark.parametrize(("digits", "iban"), [("59", "DE59262483615325339906"), ("16", "")])
def test_an_iban_goes_on_in_the_next_line(digits: str, iban: str) -> None:
    text = PAPER.format(
        total="9.050,00",
        why=f"""
Bitte überweisen Sie auf unser Konto bei der Commerzbank, IBAN DE{digits} 2624
8361 5325 3399 06. Vielen Dank für Ihren Auftrag.
""".strip(),
    )
    assert value(capture.read((sheet(text),)), "iban") == iban


def test_taxes_of_two_rates_stand_under_headings_side_by_side() -> None:
    reading = capture.read(
        (
            sheet("""
Nordvik Konsult AB            FAKTURA 20260690        Datum 2026-01-16

Exkl. moms      Moms %      Moms kr      Moms %      Moms kr      Avrundning      ATT BETALA
2 159,58        25,00       231,18       12,00       148,18       0,00            SEK 2 538,94
"""),
        )
    )
    assert [value(reading, name) for name in ("net", "tax", "gross")] == [
        "2159.58", "379.36", "2538.94",
    ]  # fmt: skip
