"""Names in narrow columns, totals in one row, identifiers close by: as billing programs print."""

from dataclasses import replace

import pytest

from usance.domain import capture

from .sheets import sheet, value

# Between columns there is one blank where a line is full.
NARROW = """
Sælger         Kunde       Faktura nr.    Dato         Forfald
Fyns           Søndergaard 20259137       23-01-2026   02-02-2026
Maskinværksted VVS A/S
I/S            Strandvejen
Havnegade 157  72
5000 Odense C  8000 Aarhus
CVR 32355641   C

Vare                     Antal       Stk. pris        Beløb
Fragt                    2           428,50           857,00

                         Subtotal                     857,00
                         Moms 25%                     214,25
                         Total DKK                  1.071,25
"""
LETTER = """
Van                    Aan                    Nummer    2026-0042
{seller}
Dorpsstraat 46         Keizersgracht 175      Datum     10-03-2026
3011 HD Rotterdam      1012 AB Amsterdam      BTW       NL602389926B01

Omschrijving           Aantal      Prijs           Bedrag
Verzendkosten          3           893,50          2.680,50

                       Subtotaal                   2.680,50
                       BTW 21%                       562,91
                       Totaal EUR                  3.243,41
"""
RENT = """
                                        Havørn Eiendom ASA
                                        Havnegata 49, 0155 Oslo

Leietaker                  Fakturanummer    239936
Fjordheim Bygg AS          Fakturadato      22.02.2026
Kirkegata 14               Leieperiode      01.01.2026 – 31.03.2026
7011 Trondheim             Betalingsfrist   24.03.2026

Tekst            Beløp eks. mva     Mva 25 %     Beløp inkl. mva
Konsulent                 21,94         5,49               27,43
Renhold                2 242,50       560,63            2 803,13
Frakt                 10 851,75     2 712,94           13 564,69
Sum                   13 116,19     3 279,06           16 395,25

Beløpet NOK 16 395,25 bes innbetalt til konto 1248.70.34248 innen 24.03.2026.
"""
CLOUD = """
Calder Electrical Ltd                              TAX INVOICE
81 High Street                                     # 30532868
Manchester M1 4BT

Bill To                              Invoice Date :   11 Feb 2026
Whitmore Consulting Limited          Due Date :       28 Mar 2026
165 Mill Lane

# Item & Description        Qty       Rate       Amount
1 Carriage                  100       782.50     78,250.00
2 Copy paper                3         159.50     478.50

                            Sub Total               78,728.50
                            Standard Rate (20%)     15,650.00
                            Reduced Rate (5%)       23.93
                            Total                   £94,402.43
Company registered in England no. 45574759. VAT GB262758633
"""


def test_a_name_goes_on_where_its_column_had_no_room() -> None:
    reading = capture.read([sheet(NARROW)])
    said = {name: value(reading, f"{name}_name") for name in ("seller", "buyer")}
    assert said == {"seller": "Fyns Maskinværksted I/S", "buyer": "Søndergaard VVS A/S"}
    assert value(reading, "number") == "20259137"


@pytest.mark.parametrize(
    ("first", "second", "name"),
    [
        ("Mulder Elektra", "Holding B.V.", "Mulder Elektra Holding B.V."),
        ("De Vries Transport", "V.O.F.", "De Vries Transport V.O.F."),
        ("De Vries", "Transport V.O.F.", "Transport V.O.F."),  # Or a person in that company.
    ],
)
def test_a_legal_form_alone_ends_the_name_above_it(first: str, second: str, name: str) -> None:
    lines = f"Bakker Drukwerk B.V.   {first}\n                       {second}"
    reading = capture.read([sheet(LETTER.format(seller=lines))])
    buyer = reading.fields["buyer_name"]
    assert (buyer.value, buyer.confidence >= 0.9) == (name, not name.startswith("Transport"))
    assert value(reading, "seller_name") == "Bakker Drukwerk B.V."
    assert value(reading, "seller_vat_id") == "NL602389926B01", "beside the buyer, not the buyer's"


def test_a_row_of_sums_proves_its_total_and_a_span_is_no_date_of_issue() -> None:
    fields = capture.read([sheet(RENT)]).fields
    said = {name: fields[name].value for name in ("net", "tax", "gross", "iban", "buyer_name")}
    assert said == {"net": "13116.19", "tax": "3279.06", "gross": "16395.25",
                    "iban": "NO5712487034248", "buyer_name": "Fjordheim Bygg AS"}  # fmt: skip
    assert min(fields[name].confidence for name in ("gross", "issued_on")) >= 0.9


def test_rates_by_their_names_a_number_behind_a_sign_and_no_name_in_a_sentence() -> None:
    reading = capture.read([sheet(CLOUD)])
    said = {name: value(reading, name) for name in ("number", "tax", "gross", "buyer_name")}
    assert said == {"number": "30532868", "tax": "15673.93", "gross": "94402.43",
                    "buyer_name": "Whitmore Consulting Limited"}  # fmt: skip
    assert value(reading, "seller_name") == "Calder Electrical Ltd"


@pytest.mark.parametrize(
    "foot",
    ["USt-IdNr DE853099071 IBAN DE66 1530 4749 5804 3332 85", "DE853099071 DE66153047495804333285"],
)
def test_a_vat_id_and_an_account_in_one_line_are_two(foot: str) -> None:
    reading = capture.read([sheet(f"Rechnung 4711\n\n{foot}")])
    assert value(reading, "seller_vat_id") == "DE853099071"
    assert value(reading, "iban") == "DE66153047495804333285"


def test_a_letterhead_in_large_letters_sells_above_the_buyers_address() -> None:
    page = sheet("""
    Solbakken Regnskap ASA
    Havørn Transport ANS          Faktura     77425
    Storgata 129                  Dato        11.07.2026
    4006 Stavanger

    Beskrivelse         Antall      Pris         Sum
    Reise               3           791,50       2 374,50

                                    Netto        2 374,50
                                    Mva 25 %     593,63
                                    Totalt NOK   2 968,13
    """)
    large = [
        replace(word, box=replace(word.box, top=22.0)) if word.box.top < 45 else word
        for word in page.words
    ]
    fields = capture.read([replace(page, words=tuple(large))]).fields
    for name, company in (("seller", "Solbakken Regnskap ASA"), ("buyer", "Havørn Transport ANS")):
        found = fields[f"{name}_name"]
        assert (found.value, found.confidence >= 0.9) == (company, True)
