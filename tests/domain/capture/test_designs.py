"""Papers as other people's programs lay them out; what each of them once was read wrong as."""

from dataclasses import replace

import pytest

from usance.domain import capture

from .sheets import sheet, value

PLAIN = """
Fyns Elteknik A/S
Strandvejen 16
8000 Aarhus C

                              Lyngby Stål ApS
                              Vestergade 15
                              5000 Odense C

Faktura 4154
Fakturadato: 08-02-2026       Forfaldsdato: 10-03-2026

Beskrivelse                   Antal      Enhedspris        Beløb
Konsulenttimer                2          350,00            700,00 kr

Subtotal                                                   700,00 kr
Moms 25%                                                   175,00 kr
I alt                                                      875,00 kr

Betalingsbetingelser: 30 dage     {foot}
"""
SWEDISH = """
Nordvik Konsult AB                             FAKTURA
Storgatan 79, 411 05 Göteborg                  20260690
Tel 08-061 34 07

                              Ekbacken Bygg AB
                              Storgatan 11
                              211 20 Malmö

Datum            Oss tillhanda
2026-01-16       2026-02-15

Specifikation         Kvantitet      Pris          Belopp
Support               1              1000,10       1000,10

Exkl. moms      Moms %       Moms kr       Avrundning      ATT BETALA
1 000,10        25,00        250,03        -0,13           SEK 1 250,00
"""
FINNISH = """
Hämeen Siivous Oy                       LASKU
                                        Laskunumero      75534
Tampereen Paino Ky                      Päivämäärä       25.5.2026
Mannerheimintie 51                      Eräpäivä         24.6.2026
33100 Tampere

Nimike             Kpl     Hinta      Alv-%     Veroton       Vero        Yhteensä
Konsultointi       7,5     95,17      25,5      713,78        182,01      895,79
Rahti              250     424,50     14        106 125,00    14 857,50   120 982,50

Verokanta          Veron peruste      Veron määrä
25,5 %             713,78             182,01
14 %               106 125,00         14 857,50

                   Verollinen yhteensä EUR      121 878,29
"""


@pytest.mark.parametrize("foot", ["Fyns Elteknik A/S", "faktura@fynselteknik.dk", "DK72996046"])
def test_of_two_addresses_the_upper_one_sells_and_the_lower_one_buys(foot: str) -> None:
    reading = capture.read([sheet(PLAIN.format(foot=foot))])
    assert value(reading, "seller_name") == "Fyns Elteknik A/S"
    assert value(reading, "buyer_name") == "Lyngby Stål ApS"
    sure = ("seller_name", "buyer_name", "issued_on", "due_on", "currency", "gross")
    assert {name for name in sure if reading.fields[name].confidence < 0.9} <= {"due_on"}


def test_an_address_in_the_senders_name_outweighs_the_place() -> None:
    reading = capture.read([sheet(PLAIN.format(foot="mail@lyngbystaal.dk"))])
    assert reading.fields["buyer_name"].confidence < 0.9


def test_the_total_before_a_rounding_is_known_though_it_is_not_printed() -> None:
    reading = capture.read([sheet(SWEDISH)])
    assert value(reading, "number") == "20260690"  # Alone below the title.
    assert [value(reading, name) for name in ("net", "tax", "gross", "payable")] == [
        "1000.10", "250.03", "1250.13", "1250.00"]  # fmt: skip
    assert min(reading.fields[name].confidence for name in ("gross", "payable")) >= 0.9


def test_a_line_that_adds_up_is_not_the_invoice() -> None:
    reading = capture.read([sheet(FINNISH)])
    assert [value(reading, name) for name in ("net", "tax", "gross")] == [
        "106838.78", "15039.51", "121878.29"]  # fmt: skip


def test_a_code_beside_the_total_outweighs_another_in_the_small_print() -> None:
    page = PLAIN.replace(" kr", "").replace("I alt   ", "I alt EUR").format(
        foot="Rykkergebyr DKK 100,00")  # fmt: skip
    assert value(capture.read([sheet(page)]), "currency") == "EUR"


def test_words_that_a_reader_of_pictures_runs_together_are_parted() -> None:
    page = PLAIN.format(foot="").replace("Faktura 4154", "FakturaINV/26/4154")
    printed = sheet(page.replace("Fakturadato: ", "Fakturadato").replace("Moms 25%", "Moms25%"))
    reading = capture.read([replace(printed, source="picture")])
    assert value(reading, "number") == "INV/26/4154"
    assert value(reading, "issued_on") == "2026-02-08"
    assert value(reading, "tax") == "175.00"


def test_an_account_goes_on_in_the_next_line() -> None:
    page = PLAIN.format(foot="") + "\nIBAN: DE89 3704 0044 0532 01\n30 00\n"
    reading = capture.read([sheet(page)])
    assert value(reading, "iban") == "DE89370400440532013000"
    assert "iban_digits" not in {one.code for one in reading.findings}


def test_the_date_of_a_discount_is_not_when_payment_is_due() -> None:
    page = """
    Müller Metallbau GmbH

    Rechnung
    Nummer/Datum         9048211 / 05.03.2026
    Endbetrag            1.190,00 EUR

    Bis zum 15.03.2026 erhalten Sie 2,000 % Skonto
    Bis zum 04.04.2026 ohne Abzug
    """
    reading = capture.read([sheet(page)])
    assert [value(reading, name) for name in ("number", "issued_on", "due_on")] == [
        "9048211", "2026-03-05", "2026-04-04"]  # fmt: skip


def test_vat_ids_belong_to_the_address_that_they_stand_in() -> None:
    page = """
    Facture 2026-17                        25/01/2026

    Durand Menuiserie SARL            Imprimerie du Lac SA
    136 rue de la République          176 rue de la République
    69003 Lyon                        69003 Lyon
    info@durand-menuiserie.fr         TVA : FR06564926640
    TVA : FR40303265045

    Total HT      100,00 €
    TVA 20 %       20,00 €
    Total TTC     120,00 €
    """
    reading = capture.read([sheet(page)])
    assert value(reading, "seller_vat_id") == "FR40303265045"
    assert value(reading, "buyer_vat_id") == "FR06564926640"
