"""In which forms an invoice goes out, why, and what the network needs to stand on it."""

from dataclasses import replace
from datetime import date

import pytest

from usance.domain.distribution import Enclosed, Form, Kind, enclosed
from usance.domain.invoice import Invoice
from usance.domain.invoice.network import PEPPOL, XRECHNUNG, addressed, is_leitweg, keeping_to
from usance.domain.party import Identifier, Party

INVOICE = Invoice(
    number="F-1",
    issued_on=date(2026, 3, 2),
    buyer=Party(name="Kund AB", endpoint=Identifier(value="old", scheme="0088")),
    specification="urn:factur-x.eu:1p0:extended",
)


@pytest.mark.parametrize(
    ("kind", "country", "to_authority", "forms"),
    [
        (Kind.EINVOICE, "SE", False, (Form.FACTURX, Form.PEPPOL)),
        (Kind.EINVOICE, "DE", True, (Form.FACTURX, Form.PEPPOL)),
        (Kind.EMAIL, "DE", True, (Form.FACTURX, Form.XRECHNUNG)),
        (Kind.EMAIL, "DE", False, (Form.FACTURX,)),
        (Kind.EMAIL, "SE", True, (Form.FACTURX,)),
        (Kind.LETTER, "DE", True, (Form.FACTURX,)),
        (Kind.MAILBOX, "SE", False, (Form.FACTURX,)),
    ],
)
def test_each_channel_and_country_has_its_forms(
    kind: Kind, country: str, to_authority: bool, forms: tuple[Form, ...]
) -> None:
    assert enclosed(kind, country=country, to_authority=to_authority).forms == forms


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("country", ["DE", "SE", "FR", ""])
def test_every_choice_says_why_and_begins_with_what_people_read(kind: Kind, country: str) -> None:
    chosen: Enclosed = enclosed(kind, country=country, to_authority=True)

    assert chosen.because.endswith(".")
    assert chosen.forms[0] is Form.FACTURX


def test_what_goes_into_the_network_names_the_networks_specification_and_its_address() -> None:
    sent = addressed(keeping_to(INVOICE, PEPPOL), "0007:5560001111")

    assert sent.specification.endswith("poacc:billing:3.0")
    assert sent.process == "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
    assert sent.buyer.endpoint == Identifier(value="5560001111", scheme="0007")
    assert replace(sent, specification="", process="", buyer=INVOICE.buyer) == replace(
        INVOICE, specification=""
    )
    assert keeping_to(INVOICE, XRECHNUNG).specification.endswith("xrechnung_3.0")


@pytest.mark.parametrize("broken", ["", "5560001111", "0007:", ":5560001111"])
def test_what_is_no_participant_leaves_the_invoice_as_it_is(broken: str) -> None:
    assert addressed(INVOICE, broken) is INVOICE


@pytest.mark.parametrize(
    ("reference", "is_one"),
    [
        ("04011000-1234512345-06", True),
        ("991-33333TEST-33", True),
        ("991-33333test-33", True),
        (" 992-90009-96 ", True),
        ("991-33333TEST-34", False),
        ("04011000-1234512354-06", False),
        ("PO 4711", False),
        ("4711", False),
        ("", False),
        ("1-96", False),
        ("991-ÄÖ-33", False),
        ("991-" + "A" * 31 + "-33", False),
    ],
)
def test_an_authoritys_address_is_known_by_its_check_digits(reference: str, is_one: bool) -> None:
    assert is_leitweg(reference) is is_one
