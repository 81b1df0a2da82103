"""What is due where something is taken off the total: part bills, retentions, what was paid."""

import pytest

from usance.domain import capture

from .sheets import sheet, value

HEAD = """
Bergmann Bau GmbH
Hauptstraße 7, 10115 Berlin              Tel. 030 215446

Krüger Logistik AG
Am Gewerbepark 19
80331 München

Rechnung Nr. 2026-0815             Datum: 05.03.2026

Nettobetrag                                     1.000,00
zzgl. 19 % MwSt.                                  190,00
Rechnungsbetrag                                 1.190,00
"""


@pytest.mark.parametrize(("below", "due"), [
    ("""
abzüglich gezahlter Vorschuss                    -300,00
Zu überweisen                                     890,00 €
""", "890.00"),
    ("""
1. Abschlagsrechnung    200,00     38,00          238,00
2. Abschlagsrechnung    100,00     19,00          119,00
Summe Abschläge         300,00     57,00          357,00
Restforderung                                     833,00
Sicherheitseinbehalt 5 %                          -59,50
Noch zu zahlen                                    773,50
""", "773.50"),
    ("""
Scheck vom 01.03.2026                             -90,00
Verrechnung Guthaben                             -100,00
Rest                                            1.000,50
""", "1190.00"),  # 1,000.00 would be left: nothing is, and the total it is.
    ("""
2 % Skonto bis 15.03.2026                         -23,80
Zahlbetrag bei Skonto                           1.166,20
""", "1190.00"),
    ("""
Angerechnetes Guthaben                            -90,00
Ergibt                                          1.100,00
""", "1100.00"),  # No name says so, the printed minus does.
])  # fmt: skip
def test_what_is_taken_off_the_total_is_not_due(below: str, due: str) -> None:
    reading = capture.read((sheet(HEAD + below.strip("\n")),))
    assert value(reading, "gross") == "1190.00"
    assert value(reading, "payable") == due


def test_what_is_retained_was_invoiced() -> None:
    reading = capture.read(
        (
            sheet("""
Bâtiment Moreau SARL          12 rue Victor Hugo, 69003 Lyon

Facture n° FA017917           Date : 03/05/2026

Montant de la situation HT                      29 112,00
TVA – autoliquidation                                0,00
Retenue de garantie 5 %                         -1 455,60
Net à payer                                     27 656,40 €
"""),
        )
    )
    assert (value(reading, "gross"), value(reading, "payable")) == ("29112.00", "27656.40")
