"""Papers that belong to invoices are known by their words, and placed by what they name."""

from uuid import UUID

import pytest

from usance.domain.capture.supporting import (
    Kind,
    Named,
    belongs_to,
    names_in,
    recognised,
    reference_key,
)

ORDER = "its order PO-77 (BT-13)"
ONE, TWO = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("scan-0001.pdf", "DELIVERY NOTE\nNo. 4711 Your order PO-77", Kind.DELIVERY_NOTE),
        ("scan.pdf", "Lieferschein Nr. 4711 Rechnungsadresse Bolt AG", Kind.DELIVERY_NOTE),
        ("scan.pdf", "Följesedel 4711 Fakturaadress Bolt AB", Kind.DELIVERY_NOTE),
        ("scan.txt", "DELIVERY NOTE 991\nFor invoice ST-2026-01553\n12 boxes", Kind.DELIVERY_NOTE),
        ("scan.txt", "Lieferschein 88 zur Rechnung Nr. 2026-17", Kind.DELIVERY_NOTE),
        ("scan.txt", "Följesedel 88 till faktura 4711", Kind.DELIVERY_NOTE),
        ("scan.pdf", "Tidrapport vecka 9, konsult A. Berg", Kind.TIME_SHEET),
        ("scan.pdf", "Stundennachweis Februar", Kind.TIME_SHEET),
        ("scan.pdf", "PURCHASE ORDER PO-77 Ship to: Bolt", Kind.ORDER),
        ("scan.pdf", "Ramavtal mellan Acme och Bolt", Kind.CONTRACT),
        ("Lieferschein_4711.pdf", "", Kind.DELIVERY_NOTE),
        ("mail.eml/tidrapport v9.xlsx", "", Kind.TIME_SHEET),
        ("x.xml", '<?xml version="1.0"?><DespatchAdvice xmlns="u">', Kind.DELIVERY_NOTE),
        ("x.xml", '<ns:Order xmlns:ns="u">', Kind.ORDER),
        # An invoice names its order and stays one.
        ("scan.pdf", "INVOICE R-1 Purchase order: PO-77 Delivery note no 4711", None),
        ("scan.pdf", "Purchase order: PO-77 INVOICE R-1", None),
        ("scan.pdf", "Bestellung Nr. 4711 Rechnung R-1", None),
        ("scan.pdf", "Lieferschein 88 Rechnung R-1 zur Rechnung R-0", None),
        ("Lieferschein_4711.pdf", "Rechnung R-1 über 100,00", None),
        ("scan.pdf", "Avtalsenlig rabatt", None),
        ("invoice.xml", "<Invoice>", None),
        ("image001.png", "", None),
    ],
)
def test_a_paper_is_known_by_its_title(name: str, text: str, kind: Kind | None) -> None:
    found = recognised(name, text)
    assert (found.kind if found else None) == kind


def test_references_are_compared_without_what_people_add() -> None:
    assert reference_key("PO-0077/A") == reference_key("po 0077 a") == "po0077a"
    assert reference_key("12") == reference_key("Bestellung") == ""


def test_a_number_tells_more_than_an_order_that_two_share() -> None:
    invoices = [
        Named(invoice=ONE, by={"po77": ORDER, "r1001": "its number R-1001 (BT-1)"}),
        Named(invoice=TWO, by={"po77": ORDER}),
    ]  # fmt: skip
    assert set(belongs_to(names_in("a.pdf", "Order PO-77"), invoices)) == {ONE, TWO}
    assert set(belongs_to(names_in("a.pdf", "PO-77, R-1001"), invoices)) == {ONE}
    assert belongs_to(names_in("R-1001_pod.pdf", ""), invoices) == {ONE: "its number R-1001 (BT-1)"}
    assert belongs_to(names_in("a.pdf", "nothing of yours"), invoices) == {}
