"""Payment orders are valid against the official schemas, and the bank's answers are understood."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.plugins.packs import pack
from usance.domain.money import Money
from usance.domain.payee import Scheme
from usance.plugins import Unreadable
from usance.plugins.payouts import NOWHERE, Address, Answer, Order, Payer, Verdict, pain001
from usance.plugins.payouts._latin import clean
from usance.plugins.payouts._pain002_write import write_pain002
from usance.sandbox.pain001 import read

MADE_AT = datetime(2026, 3, 31, 9, 30, tzinfo=UTC)
PAY_ON = date(2026, 4, 1)
US = Payer(
    name="Usance Finans AB", account="SE4550000000058398257466", bic="ESSESESS",
    address=Address(street="Sveavägen 44", postcode="111 34", town="Stockholm", country="SE"),
)  # fmt: skip
ORDERS = [
    Order(key="PO-2026-000001", amount=Money.of("7999.50", "EUR"), name="Müller & Söhne GmbH",
          account="DE89370400440532013000", bic="COBADEFFXXX",
          address=Address(street="Hafenstraße 5", postcode="20457", town="Hamburg", country="DE"),
          text="Ankauf Rechnung 10001; 10002"),
    Order(key="PO-2026-000002", amount=Money.of("0.01", "EUR"), name="Ångström " + "x" * 90,
          account="FI21 1234 5600 0007 85"),
]  # fmt: skip


def _written(orders: list[Order], version: str = "09", payer: Payer = US) -> etree._Element:
    return etree.fromstring(pain001.write(
        "USANCE-2026-0001", orders, payer=payer, made_at=MADE_AT, pay_on=PAY_ON, version=version
    ))  # fmt: skip


@pytest.mark.parametrize("version", pain001.VERSIONS)
@pytest.mark.parametrize("currency", ["EUR", "SEK"])
@pytest.mark.parametrize("payer", [US, replace(US, bic="", address=NOWHERE)])
def test_orders_are_valid(version: str, currency: str, payer: Payer) -> None:
    name = f"php-sepa-xml__tests__fixtures__xsd__pain.001.001.{version}.xsd"
    schema = etree.XMLSchema(etree.parse(pack("payments") / name))
    orders = [replace(x, amount=Money(x.amount.minor, currency)) for x in ORDERS]

    schema.assertValid(_written(orders, version, payer))


GIROS = [
    Order(key="PO-1", amount=Money.of("100.00", "SEK"), name="Ekens Snickeri AB",
          account="50507052", scheme=Scheme.BANKGIRO, reference="1004571",
          address=Address(town="Umeå", country="SE")),
    Order(key="PO-2", amount=Money.of("7.50", "SEK"), name="Ekens Snickeri AB",
          account="41657", scheme=Scheme.PLUSGIRO, text="Utbetalning",
          address=Address(street="Box 1", country="SE")),
]  # fmt: skip


@pytest.mark.parametrize("version", pain001.VERSIONS)
def test_giro_numbers_and_references_are_valid(version: str) -> None:
    name = f"php-sepa-xml__tests__fixtures__xsd__pain.001.001.{version}.xsd"
    schema = etree.XMLSchema(etree.parse(pack("payments") / name))
    kid = replace(ORDERS[0], reference="602243", amount=Money.of("10.00", "NOK"))
    rf = replace(ORDERS[0], reference="RF18539007547034")

    for orders in (GIROS, [kid], [rf]):
        schema.assertValid(_written(orders, version))


def test_a_giro_is_reached_under_the_number_of_its_system() -> None:
    root = _written(GIROS)

    assert [x.text for x in root.iter("{*}MmbId")] == ["9900", "9960"]
    assert [x.text for x in root.iterfind(".//{*}CdtrAcct/{*}Id/{*}Othr/{*}Id")] == [
        "50507052", "41657",
    ]  # fmt: skip
    assert [x.text for x in root.iter("{*}Ref")] == ["1004571"]
    assert [x.text for x in root.iter("{*}Ustrd")] == ["Utbetalning"]
    assert [order.scheme for order in read(etree.tostring(root))[0].orders] == [
        Scheme.BANKGIRO, Scheme.PLUSGIRO,
    ]  # fmt: skip


def test_an_iso_reference_names_its_issuer_and_replaces_the_text() -> None:
    root = _written([replace(ORDERS[0], reference="RF18539007547034")])

    assert [x.text for x in root.iter("{*}Issr")] == ["ISO"]
    assert [x.text for x in root.iter("{*}Ref")] == ["RF18539007547034"]
    assert list(root.iter("{*}Ustrd")) == []


@pytest.mark.parametrize(("version", "parts"), [
    ("09", ["StrtNm", "PstCd", "TwnNm", "Ctry"]), ("03", ["Ctry"]),
])  # fmt: skip
def test_addresses_are_written_part_by_part(version: str, parts: list[str]) -> None:
    (place,) = _written(ORDERS[:1], version).iterfind(".//{*}Cdtr/{*}PstlAdr")

    assert [etree.QName(part).localname for part in place] == parts


def test_an_address_without_a_town_is_left_out() -> None:
    root = _written(GIROS)

    assert [x.text for x in root.iterfind(".//{*}Cdtr/{*}PstlAdr/{*}TwnNm")] == ["Umeaa"]
    assert len(list(root.iterfind(".//{*}Cdtr/{*}PstlAdr"))) == 1


def test_each_order_is_asked_for_as_a_line_of_its_own() -> None:
    assert [x.text for x in _written(ORDERS).iter("{*}BtchBookg")] == ["false"]


def test_the_sums_and_keys_are_ours() -> None:
    root = _written(ORDERS)

    assert {x.text for x in root.iter("{*}NbOfTxs")} == {"2"}
    assert {x.text for x in root.iter("{*}CtrlSum")} == {"7999.51"}
    assert [x.text for x in root.iter("{*}EndToEndId")] == [x.key for x in ORDERS]
    assert next(root.iter("{*}Dt")).text == "2026-04-01"
    assert [x.text for x in root.iter("{*}InstdAmt")] == ["7999.50", "0.01"]


@pytest.mark.parametrize(("text", "written"), [
    ("Müller & Söhne", "Mueller + Soehne"),
    ("Ångström Æ Ø ß", "Aangstroem Ae Oe ss"),
    ("Łódź É ñ ç", "Lodz E n c"),
    ("a//b /x/", "a/b /x"),
    ("Zahlung; 50 €", "Zahlung, 50 EUR"),
    ("日本 Oy", "Oy"),
])  # fmt: skip
def test_names_are_written_in_latin_letters(text: str, written: str) -> None:
    assert clean(text, 70) == written


@given(st.text(max_size=60))
def test_whatever_is_written_stays_in_the_set(text: str) -> None:
    allowed = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ ")

    found = clean(text, 35)

    assert set(found) <= allowed
    assert len(found) <= 35
    assert clean(found, 35) == found


def test_an_account_that_is_no_iban_is_refused() -> None:
    with pytest.raises(pain001.NoIban):
        _written([replace(ORDERS[0], account="DE89370400440532013001")])


@pytest.mark.parametrize(("status", "verdict"), [
    ("ACTC", Verdict.ACCEPTED), ("ACCP", Verdict.ACCEPTED), ("ACSP", Verdict.ACCEPTED),
    ("ACWC", Verdict.ACCEPTED), ("ACSC", Verdict.EXECUTED), ("RJCT", Verdict.REJECTED),
    ("RCVD", Verdict.PENDING), ("PDNG", Verdict.PENDING), ("PART", Verdict.PENDING),
])  # fmt: skip
@pytest.mark.parametrize("version", ["03", "10", "14"])
def test_every_status_is_understood(status: str, verdict: Verdict, version: str) -> None:
    (answer,) = pain001.read_status(_report(f"<GrpSts>{status}</GrpSts>", version=version))

    assert answer == Answer(file="F1", key="", verdict=verdict)


def test_a_rejected_order_says_why() -> None:
    answers = pain001.read_status(_report("<GrpSts>PART</GrpSts>", """
        <OrgnlPmtInfAndSts><OrgnlPmtInfId>F1</OrgnlPmtInfId>
          <TxInfAndSts><OrgnlEndToEndId>PO-1</OrgnlEndToEndId><TxSts>RJCT</TxSts>
            <StsRsnInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>Account closed</AddtlInf>
              <AddtlInf>in 2025</AddtlInf></StsRsnInf></TxInfAndSts>
          <TxInfAndSts><OrgnlEndToEndId>PO-2</OrgnlEndToEndId><TxSts>ACSC</TxSts></TxInfAndSts>
        </OrgnlPmtInfAndSts>"""))  # fmt: skip

    assert answers[1:] == [
        Answer(file="F1", key="PO-1", verdict=Verdict.REJECTED, code="AC04",
               reason="Account closed in 2025"),
        Answer(file="F1", key="PO-2", verdict=Verdict.EXECUTED),
    ]  # fmt: skip


def test_a_batch_rejected_as_a_whole_is_told() -> None:
    (answer,) = pain001.read_status(
        _report(
            "",
            """
        <OrgnlPmtInfAndSts><OrgnlPmtInfId>F1</OrgnlPmtInfId><PmtInfSts>RJCT</PmtInfSts>
          <StsRsnInf><Rsn><Cd>AM04</Cd></Rsn></StsRsnInf></OrgnlPmtInfAndSts>""",
        )
    )

    assert answer == Answer(file="F1", key="", verdict=Verdict.REJECTED, code="AM04")


@pytest.mark.parametrize(("code", "verdict"), [
    ("DU01", Verdict.PENDING), ("AM05", Verdict.PENDING), ("AM04", Verdict.REJECTED),
])  # fmt: skip
@pytest.mark.parametrize("of", ["group", "batch"])
def test_a_file_that_the_bank_has_already_is_not_rejected(
    of: str, code: str, verdict: Verdict
) -> None:
    why = f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf>"
    batch = f"<OrgnlPmtInfAndSts><PmtInfSts>RJCT</PmtInfSts>{why}</OrgnlPmtInfAndSts>"
    group = f"<GrpSts>RJCT</GrpSts>{why}"

    answers = pain001.read_status(_report(group) if of == "group" else _report("", batch))

    assert answers == [Answer(file="F1", key="", verdict=verdict, code=code)]


def test_an_unknown_status_leaves_the_order_open() -> None:
    (answer,) = pain001.read_status(_report("<GrpSts>ZZZZ</GrpSts>"))

    assert (answer.verdict, answer.code) == (Verdict.PENDING, "ZZZZ")


@pytest.mark.parametrize("data", [
    b"", b"<x/>", b"<Document><CstmrPmtStsRpt/></Document>", b"<!DOCTYPE x><x/>", b"\xff\xfe\x00",
])  # fmt: skip
def test_what_is_no_report_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        pain001.read_status(data)


WORD = st.text("ABCdef0123456789-&<", min_size=1, max_size=30)
ANSWERS = st.builds(
    Answer, file=st.just("USANCE-1"), key=WORD, verdict=st.sampled_from(Verdict),
    code=st.sampled_from(["", "AC04", "AM04", "BANK-17"]),
    reason=st.lists(WORD, max_size=20).map(" ".join),
)  # fmt: skip


@given(st.lists(ANSWERS, min_size=1, max_size=5), st.booleans())
@settings(deadline=None)
def test_what_the_bank_writes_is_read_back_the_same(answers: list[Answer], group: bool) -> None:
    said = [replace(answers[0], key=""), *answers] if group else answers

    data = write_pain002(said, message="B1", made_at=MADE_AT)

    assert pain001.read_status(data) == said


def _report(group: str, batches: str = "", version: str = "03") -> bytes:
    return f"""<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.{version}">
      <CstmrPmtStsRpt><GrpHdr><MsgId>B1</MsgId></GrpHdr>
      <OrgnlGrpInfAndSts><OrgnlMsgId>F1</OrgnlMsgId>{group}</OrgnlGrpInfAndSts>{batches}
      </CstmrPmtStsRpt></Document>""".encode()
