"""What is read from a page: labels, places, sums, parties, kinds. Pages are drawn in letters."""

from decimal import Decimal

import pytest

from usance.domain import capture
from usance.domain.capture import Known, KnownParty

from .sheets import sheet, value

GERMAN = """
    Keller Bau GmbH · Am Markt 3 · 20097 Hamburg

    Sommer & Wolff KG                                       Rechnungsnummer   R-2026-118
    Lange Reihe 9                                           Rechnungsdatum    05.03.2026
    70469 Stuttgart                                         Fällig am         04.04.2026

    Rechnung R-2026-118

    Pos  Beschreibung                   Menge     Einzelpreis        Betrag
    1    Fenster einsetzen              2         400,00             800,00 €
    2    Anfahrt                        1         200,00             200,00 €

         Nettobetrag                                               1.000,00 €
         zzgl. 19 % USt                                              190,00 €
         Gesamtbetrag                                              1.190,00 €

    Zahlungsbedingungen: 30 Tage netto

    USt-IdNr. DE136695976    IBAN DE89 3704 0044 0532 0130 00    BIC COBADEFFXXX
"""


def test_an_ordinary_invoice_is_read_whole() -> None:
    reading = capture.read([sheet(GERMAN)])

    assert (reading.kind, reading.language) == ("invoice", "de")
    assert {name: field.value for name, field in reading.fields.items()} == {
        "number": "R-2026-118", "issued_on": "2026-03-05", "due_on": "2026-04-04",
        "currency": "EUR", "seller_name": "Keller Bau GmbH", "seller_vat_id": "DE136695976",
        "buyer_name": "Sommer & Wolff KG", "net": "1000.00", "tax": "190.00", "gross": "1190.00",
        "payable": "1190.00", "iban": "DE89370400440532013000", "bic": "COBADEFFXXX",
        "payment_reference": "R-2026-118", "terms": "30 Tage netto",
        "vat_1_rate": "19", "vat_1_net": "1000.00", "vat_1_tax": "190.00",
    }  # fmt: skip
    assert [(line.name, line.quantity, line.net) for line in reading.invoice.lines] == [
        ("Fenster einsetzen", Decimal(2), Decimal("800.00")),
        ("Anfahrt", Decimal(1), Decimal("200.00")),
    ]
    assert reading.invoice.totals.payable == Decimal("1190.00")
    assert reading.findings == ()


def test_every_field_says_why_and_where() -> None:
    number = capture.read([sheet(GERMAN)]).fields["number"]
    assert number.term == "BT-1"
    assert number.box is not None
    assert number.box.page == 1
    assert number.reasons[0].says == "Stands right of “Rechnungsnummer”."
    assert number.confidence > 0.9


def test_a_sum_that_proves_itself_is_surer_than_a_label() -> None:
    proven = capture.read([sheet(GERMAN)]).fields["gross"]
    broken = capture.read([sheet(GERMAN.replace("1.190,00 €", "1.290,00 €"))]).fields["gross"]
    assert proven.confidence > 0.97
    assert broken.confidence < 0.7
    assert {reason.code for reason in broken.reasons} == {"label", "doubt"}


@pytest.mark.parametrize(
    ("head", "sure"),
    [
        ("    Keller Bau GmbH · Am Markt 3 · 20097 Hamburg\n", True),  # Above the window.
        ("    Keller Bau - Am Markt 3 - 20097 Hamburg\n    Tel. 040 123456\n\n\n", True),
        ("    Keller Bau - Am Markt 3 - 20097 Hamburg\n\n\n\n", False),
    ],
)
def test_the_sender_is_sure_where_the_line_has_what_belongs_to_it(head: str, sure: bool) -> None:
    page = GERMAN.replace("    Keller Bau GmbH · Am Markt 3 · 20097 Hamburg\n", head)
    fields = capture.read([sheet(page.replace("Sommer & Wolff KG", "Sommer und Wolff "))]).fields
    assert fields["seller_name"].value.startswith("Keller Bau")
    assert (fields["seller_name"].confidence >= 0.9) == sure
    assert fields["buyer_name"].confidence >= 0.9


def test_of_two_addresses_beside_the_senders_none_is_surely_the_buyer() -> None:
    site = "\n\n\n    Baustelle Ost\n    Hafenweg 2\n    28195 Bremen\n\n    Rechnung R-2026-118\n"
    page = GERMAN.replace("Sommer & Wolff KG", "Sommer und Wolff ")
    alone = capture.read([sheet(page)]).fields["buyer_name"]
    two = capture.read([sheet(page.replace("\n    Rechnung R-2026-118\n", site))])
    assert alone.confidence >= 0.9
    assert two.fields["buyer_name"].confidence < 0.9


def test_a_currency_is_said_once_for_all_amounts() -> None:
    page = GERMAN.replace(" €", "").replace("Zahlungsbed", "Beträge in EUR    Zahlungsbed")
    assert capture.read([sheet(page)]).fields["currency"].confidence >= 0.9


LABELS = {
    "sv": ("Fakturanummer", "Fakturadatum", "Förfallodatum", "Summa exkl. moms", "Moms 25 %",
           "Att betala"),
    "no": ("Fakturanr.", "Fakturadato", "Forfallsdato", "Sum eks. mva", "Mva 25 %", "Å betale"),
    "da": ("Fakturanr.", "Fakturadato", "Forfaldsdato", "Beløb ekskl. moms", "Moms 25 %", "At betale"),
    "fi": ("Laskun numero", "Laskun päiväys", "Eräpäivä", "Veroton yhteensä", "ALV 25 %", "Maksettava"),
    "de": ("Rechnungs-Nr.", "Rechnungsdatum", "Zahlbar bis", "Summe netto", "MwSt 25 %", "Zahlbetrag"),
    "fr": ("Facture n°", "Date de facture", "Échéance", "Total HT", "TVA 25 %", "Net à payer"),
    "nl": ("Factuurnummer", "Factuurdatum", "Vervaldatum", "Totaal excl. btw", "Btw 25 %",
           "Te betalen"),
    "en": ("Invoice no.", "Invoice date", "Due date", "Subtotal", "VAT 25 %", "Amount due"),
}  # fmt: skip


@pytest.mark.parametrize("language", LABELS)
@pytest.mark.parametrize("colon", ["", ":"])
def test_labels_are_known_in_eight_languages(language: str, colon: str) -> None:
    number, issued, due, net, tax, payable = (label + colon for label in LABELS[language])
    reading = capture.read([sheet(f"""
        {number:30} A-4711
        {issued:30} 2026-03-05
        {due:30} 2026-04-04

        {net:30} 800.00 EUR
        {tax:30} 200.00 EUR
        {payable:30} 1000.00 EUR
    """)])  # fmt: skip
    found = [value(reading, name) for name in ("number", "issued_on", "due_on", "net", "tax",
                                               "gross", "payable")]  # fmt: skip
    assert found == [
        "A-4711", "2026-03-05", "2026-04-04", "800.00", "200.00", "1000.00", "1000.00",
    ]  # fmt: skip
    assert reading.language == language


def test_values_below_their_headings_are_found() -> None:
    reading = capture.read([sheet("""
        Invoice no.      Invoice date      Due date
        A-4711           2026-03-05        2026-04-04

        Net              VAT               Total
        100.00           25.00             125.00
    """)])  # fmt: skip
    assert [value(reading, name) for name in ("number", "issued_on", "due_on", "gross")] == [
        "A-4711", "2026-03-05", "2026-04-04", "125.00",
    ]  # fmt: skip


def test_what_was_paid_before_is_taken_off_what_is_due() -> None:
    reading = capture.read([sheet(GERMAN.replace("    Zahlungsbed", """\
         Erhaltene Anzahlungen                                       500,00 €
         Zahlbetrag                                                  690,00 €

    Zahlungsbed"""))])  # fmt: skip
    assert (value(reading, "gross"), value(reading, "payable")) == ("1190.00", "690.00")
    assert reading.fields["payable"].confidence > 0.9


def test_the_due_date_follows_from_the_terms_where_none_is_printed() -> None:
    reading = capture.read([sheet(GERMAN.replace("Fällig am         04.04.2026", ""))])
    assert value(reading, "due_on") == "2026-04-04"
    assert reading.fields["due_on"].reasons[0].code == "custom"


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Rechnung 17", "invoice"), ("Faktura 17", "invoice"), ("Lasku 17", "invoice"),
        ("G U T S C H R I F T", "credit_note"), ("Kreditfaktura 17", "credit_note"),
        ("Avoir n° 17", "credit_note"), ("Mahnung", "reminder"), ("Betalningspåminnelse", "reminder"),
        ("Maksumuistutus", "reminder"), ("Lieferschein 17", "delivery_note"),
        ("Följesedel", "delivery_note"), ("Purchase order 17", "order"),
        ("Orderbekräftelse", "order"), ("Statement of account", "statement"), ("Menu", "other"),
        ("2. MAHNUNG", "reminder"), ("Letzte Mahnung", "reminder"), ("2:a påminnelse", "reminder"),
        ("1. gangs purring", "reminder"), ("2ème rappel", "reminder"),
        ("Final reminder", "reminder"), ("Mise en demeure", "reminder"),
        ("Proforma-Rechnung 17", "pro_forma"), ("Pro forma invoice", "pro_forma"),
        ("Waybill", "delivery_note"),
    ],
)  # fmt: skip
def test_the_title_says_what_a_document_is(title: str, kind: str) -> None:
    reading = capture.read([sheet(f"Keller Bau GmbH\n\n{title}\n\nNothing more.")])
    assert reading.kind == kind
    said = [finding for finding in reading.findings if finding.code == "not_an_invoice"]
    assert bool(said) == (kind not in ("invoice", "credit_note"))


def test_a_credit_note_below_zero_becomes_a_credit_note_above() -> None:
    text = GERMAN.replace("Rechnung R-", "Gutschrift R-").replace("1.000,00 €", "-1.000,00 €")
    text = text.replace(" 190,00 €", "-190,00 €").replace(" 1.190,00 €", "-1.190,00 €")
    reading = capture.read([sheet(text)])
    assert value(reading, "gross") == "-1190.00"
    assert reading.invoice.type_code == "381"
    assert reading.invoice.totals.gross == Decimal("1190.00")


def test_two_invoices_in_one_file_are_a_finding() -> None:
    other = GERMAN.replace("R-2026-118", "R-2026-119")
    both = capture.read([sheet(GERMAN), sheet(other, number=2)])
    assert [finding.code for finding in both.findings] == ["two_invoices"]
    assert both.findings[0].where == "page 2"

    one = capture.read([sheet(GERMAN), sheet(GERMAN, number=2)])
    assert [finding.code for finding in one.findings if finding.code == "two_invoices"] == []


OTHER_SUM = (("1.000,00", "1.200,00"), (" 190,00", " 228,00"), ("1.190,00", "1.428,00"))


@pytest.mark.parametrize(
    ("changed", "because"),
    [
        ([("05.03.2026", "06.03.2026")], "it is of 2026-03-06, the one before of 2026-03-05"),
        ([("DE136695976", "DE811907980"), ("DE89 3704 0044 0532 0130 00",
          "DE02 1203 0000 0000 2020 51"), *OTHER_SUM], "it names none of the identifiers"),
        ([("Sommer &", "Seite 1/1  Sommer &"), *OTHER_SUM], "it is counted as page 1"),
        (OTHER_SUM, ""),  # A part of the same paper with a sum of its own.
        ([], ""),  # A copy.
        ([("Sommer &", "Seite 2 von 2  Sommer &"), ("05.03.2026", "06.03.2026")], ""),
        ([("Rechnung R-2026-118", "Anlage zu R-2026-118"), ("05.03.2026", "06.03.2026")], ""),
        ([("Gesamtbetrag", "Stunden"), ("05.03.2026", "06.03.2026")], ""),
    ],
)  # fmt: skip
def test_two_invoices_with_one_number_are_told_from_further_pages(
    changed: list[tuple[str, str]], because: str
) -> None:
    text = GERMAN
    for old, new in changed:
        assert old in text
        text = text.replace(old, new)
    found = capture.read([sheet(GERMAN), sheet(text, number=2)]).findings
    assert [finding.code for finding in found] == (["two_invoices"] if because else [])
    assert all(because in finding.says and finding.where == "page 2" for finding in found)


def test_a_buyer_whose_address_ends_in_its_vat_id_is_no_seller() -> None:
    reading = capture.read([sheet("""
        Keller Bau GmbH
        Am Markt 3 · 20097 Hamburg · USt-IdNr. DE136695976

        Sommer & Wolff KG
        Lange Reihe 9
        70469 Stuttgart
        USt-IdNr. DE811907980

        Rechnung 1001
        Rechnungsdatum  05.03.2026
        Gesamtbetrag  833,00 €
    """)])  # fmt: skip
    assert value(reading, "seller_name") == "Keller Bau GmbH"
    assert value(reading, "buyer_name") == "Sommer & Wolff KG"
    assert value(reading, "buyer_vat_id") == "DE811907980"


def test_an_account_with_wrong_digits_is_a_finding_and_not_sure() -> None:
    reading = capture.read([sheet(GERMAN.replace("0130 00", "0130 01"))])
    assert [finding.code for finding in reading.findings] == ["iban_digits"]
    assert reading.fields["iban"].confidence < 0.9


def test_swedish_numbers_are_known_by_their_digits() -> None:
    reading = capture.read([sheet("""
        Nordhav AB
        Faktura 4711
        Fakturadatum: 2026-03-05     OCR-nummer: 0000481006
        Att betala: 1 250,00 kr      Varav moms: 250,00   Summa exkl. moms: 1 000,00
        Bankgiro: 5050-1055     Org.nr: 556703-7485    Momsreg.nr: SE556703748501
    """)])  # fmt: skip
    assert [value(reading, name) for name in (
        "bankgiro", "seller_number", "seller_vat_id", "payment_reference", "payable", "currency",
    )] == ["5050-1055", "556703-7485", "SE556703748501", "0000481006", "1250.00", "SEK"]  # fmt: skip


def test_a_norwegian_account_is_given_as_an_iban() -> None:
    reading = capture.read([sheet("""
        Faktura 4711                 Fakturadato: 05.03.2026
        Kontonummer: 8601.11.17947   Å betale: 1 250,00
    """)])  # fmt: skip
    assert value(reading, "iban") == "NO9386011117947"


def test_an_assignment_clause_is_read_as_printed() -> None:
    said = "Denna fordran är överlåten till Sund Factoring AB. Betalning ska ske dit."
    reading = capture.read([sheet(f"Faktura 4711\n\n{said}")])
    assert value(reading, "assignment") == said


def test_who_is_known_is_believed_by_name_or_number() -> None:
    page = sheet(GERMAN.replace("Keller Bau GmbH ·", "Sommerfest 2026 ·"))
    known = Known(
        sellers=(KnownParty(name="Keller Bau GmbH", ids=frozenset({"DE136695976"})),),
        buyers=(KnownParty(name="SOMMER & WOLFF KG"),),
        own_accounts=frozenset({"DE89370400440532013000"}),
    )
    reading = capture.read([page], known=known)
    assert value(reading, "seller_name") == "Keller Bau GmbH"
    assert value(reading, "buyer_name") == "SOMMER & WOLFF KG"
    assert reading.fields["seller_name"].reasons[0].code == "known_party"
    assert "account of ours" in reading.fields["iban"].reasons[-1].says


def test_an_empty_page_is_no_invoice() -> None:
    reading = capture.read([sheet("")])
    assert reading.kind == "other"
    assert not reading.fields
    assert {f.code for f in reading.findings} == {"not_an_invoice", "no_number", "no_gross"}


@pytest.mark.parametrize(
    ("said", "due_on"),
    [
        ("Netto 30 Tage", "2026-04-04"),
        ("8 Tage 2 % Skonto, 30 Tage netto", "2026-04-04"),
        ("Skonto 2 % 8 Tage netto 30 Tage", "2026-04-04"),
        ("Due in 30 days", "2026-04-04"),
        ("Payment terms: Net 30", "2026-04-04"),
        ("Paiement à 30 jours", "2026-04-04"),
        ("Paiement 45 jours fin de mois", "2026-04-30"),
        ("Betaling: løbende måned + 15 dage", "2026-04-15"),
        ("Viivästyskorko 11 %, huomautusaika 8 pv", ""),
        ("Dröjsmålsränta debiteras 10 dagar efter förfallodagen", ""),
    ],
)
def test_terms_say_when_payment_is_due(said: str, due_on: str) -> None:
    page = GERMAN.replace("Fällig am         04.04.2026", "").replace(
        "Zahlungsbedingungen: 30 Tage netto", said
    )
    assert value(capture.read([sheet(page)]), "due_on") == due_on


@pytest.mark.parametrize(
    ("title", "also", "kind"),
    [
        ("Rechnung R-2026-118", "Bestellung: B-77", "invoice"),
        ("Rechnung R-2026-118", "Bestellung Nr. Kunde: B-77", "invoice"),
        ("Handelsrechnung (380) Nr. R-2026-118 vom 05.03.2026", "Lieferschein: L-9", "invoice"),
        ("Gutschrift (Selbst ausgestellte Rechnung) (389) R-2026-118", "", "invoice"),
        ("Gutschrift R-2026-118", "Rechnung an:", "credit_note"),
        ("Bestellung B-77", "", "order"),
        ("2. Mahnung", "Rechnung R-2026-118", "reminder"),
        ("Rechnung R-2026-118", "2. Auflage", "invoice"),
        ("Lieferschein L-9", "", "delivery_note"),
    ],
)
def test_another_papers_number_does_not_make_it_that_paper(
    title: str, also: str, kind: str
) -> None:
    page = GERMAN.replace("    Rechnung R-2026-118\n", f"    {title}\n\n    {also}\n")
    assert capture.read([sheet(page)]).kind == kind


def test_the_taxes_of_several_rates_are_one_tax_though_the_page_does_not_add_them() -> None:
    page = GERMAN.replace("zzgl. 19 % USt                                              190,00 €",
        "zzgl. 19 % USt (800,00)                                     152,00 €\n"
        "         zzgl. 7 % USt (200,00)                                       14,00 €")  # fmt: skip
    found = capture.read([sheet(page.replace("1.190,00", "1.166,00"))]).fields
    assert [found[name].value for name in ("net", "tax", "gross")] == ["1000.00", "166.00",
                                                                       "1166.00"]  # fmt: skip
    assert found["tax"].confidence >= 0.9
    assert found["tax"].box is None


def test_a_rounding_and_the_sum_before_it_are_no_tax_and_no_net() -> None:
    page = GERMAN.replace("USt-IdNr.", "USt-ID").replace("Rechnungsnummer  ", "Invoice #        ")
    page = page.replace("    Zahlungsbedingungen", "         Rundung        0,50 €\n"
                        "         Zu zahlen      1.190,50 €\n\n    Zahlungsbedingungen")  # fmt: skip
    found = capture.read([sheet(page)]).fields
    assert [found[name].value for name in ("net", "tax", "gross", "payable")] == [
        "1000.00", "190.00", "1190.00", "1190.50"]  # fmt: skip
    assert (found["seller_vat_id"].value, found["number"].value) == ("DE136695976", "R-2026-118")


@pytest.mark.parametrize(
    ("printed", "is_sure"),
    [
        ("Überwiesen am 01.03.2026   300,00 €\n         Restbetrag   890,00 €", True),
        ("Zahlbetrag   1.000,00 €", False),  # The net: of course the tax is printed.
        ("Skonto   23,80 €\n         Zahlbetrag   1.166,20 €", False),
    ],
)
def test_what_is_due_is_sure_only_if_what_is_missing_was_paid(printed: str, is_sure: bool) -> None:
    page = GERMAN.replace("    Zahlungsbedingungen", f"         {printed}\n\n    Zahlung")
    due = capture.read([sheet(page)]).fields["payable"]
    assert (due.confidence >= 0.9) is is_sure
