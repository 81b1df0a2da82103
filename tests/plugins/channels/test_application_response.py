"""Invoice Responses and statuses of messages: what each code comes to, and what is not believed."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.plugins.packs import pack
from usance.domain.distribution import DeliveryEvent, Outcome, Response, Stance, says
from usance.plugins import Unreadable
from usance.plugins.channels import _application_response as answers

KEY = "0197b1c2d3e4f5061728394a5b6c7d8e"
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<ApplicationResponse xmlns="urn:oasis:names:specification:ubl:schema:xsd:ApplicationResponse-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:CustomizationID>{message}</cbc:CustomizationID><cbc:ID>R-17</cbc:ID>
<cbc:IssueDate>{on}</cbc:IssueDate>{time}
<cac:SenderParty><cbc:EndpointID schemeID="0007">5560001111</cbc:EndpointID></cac:SenderParty>
<cac:ReceiverParty><cbc:EndpointID schemeID="0007">5590001111</cbc:EndpointID></cac:ReceiverParty>
"""
REFERENCE = "<cac:DocumentReference><cbc:ID>F-4711</cbc:ID></cac:DocumentReference>"
STATUS = "urn:peppol:edec:mls:1.0"
RESPONSE = answers.Message.INVOICE_RESPONSE.value
QUERY = """
<cbc:ResponseCode>UQ</cbc:ResponseCode><cbc:EffectiveDate>2026-03-03</cbc:EffectiveDate>
<cac:Status><cbc:StatusReasonCode listID="OPStatusReason">REF</cbc:StatusReasonCode>
 <cbc:StatusReason>Our order number is missing.</cbc:StatusReason>
 <cac:Condition><cbc:AttributeID>BT-13</cbc:AttributeID><cbc:Description>PO 77</cbc:Description>
 </cac:Condition></cac:Status>
<cac:Status><cbc:StatusReasonCode listID="OPStatusReason">PRI</cbc:StatusReasonCode></cac:Status>
<cac:Status><cbc:StatusReasonCode listID="OPStatusAction">NIN</cbc:StatusReasonCode></cac:Status>
"""


def document(
    inner: str, *, message: str = RESPONSE, on: str = "2026-03-02", at: str = "", more: str = ""
) -> bytes:
    time = f"<cbc:IssueTime>{at}</cbc:IssueTime>" if at else ""
    head = HEAD.format(message=message, on=on, time=time)
    said = f"<cac:Response>{inner}</cac:Response>{more}{REFERENCE}"
    return (
        f"{head}<cac:DocumentResponse>{said}</cac:DocumentResponse></ApplicationResponse>".encode()
    )


def code(word: str) -> str:
    return f"<cbc:ResponseCode>{word}</cbc:ResponseCode>"


def test_a_query_keeps_its_reasons_its_words_and_what_is_asked_of_us() -> None:
    answer = answers.read(document(QUERY, at="10:30:00+01:00"))
    response = answers.report(answer, key=KEY)

    assert (answer.about, answer.sender) == ("F-4711", "0007:5560001111")
    assert response == Response(
        id="0007:5560001111/R-17",
        key=KEY,
        reference="",
        stance=Stance.UNDER_QUERY,
        at=datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        reasons=("REF", "PRI"),
        text="Our order number is missing. · BT-13: PO 77 · asks for a new invoice (NIN)",
        number="F-4711",
        seller="0007:5590001111",
        buyer="0007:5560001111",
    )


@pytest.mark.parametrize(
    ("conditions", "owes"),
    [
        ((("BT-115", "8000.00"),), Decimal("8000.00")),
        ((("BT-112", "9000"), ("BT-115", "8000")), Decimal(8000)),  # The amount due is nearer.
        ((("BT-115", "8000"), ("BT-115", "7000")), None),
        ((("BT-115", "8.000,00 EUR"),), None),
        ((("BT-115", "-5"),), None),
        ((("BT-13", "77"),), None),
    ],
)
def test_a_buyer_may_say_what_it_owes(
    conditions: tuple[tuple[str, str], ...], owes: Decimal | None
) -> None:
    told = "".join(
        f"<cac:Condition><cbc:AttributeID>{name}</cbc:AttributeID>"
        f"<cbc:Description>{value}</cbc:Description></cac:Condition>"
        for name, value in conditions
    )
    query = f"{code('UQ')}<cac:Status>{told}</cac:Status>"
    response = answers.report(answers.read(document(query)), key=KEY)
    assert isinstance(response, Response)
    assert response.owes == owes


def test_paid_says_when() -> None:
    paid = code("PD") + "<cbc:EffectiveDate>2026-03-30</cbc:EffectiveDate>"

    response = answers.report(answers.read(document(paid)), key=KEY)

    assert isinstance(response, Response)
    assert (response.stance, response.pays_on) == (Stance.PAID, date(2026, 3, 30))


PARTLY = (
    '<cac:Status><cbc:StatusReasonCode listID="OPStatusReason">PPD</cbc:StatusReasonCode>'
    "<cbc:StatusReason>The rest when the second lorry is here</cbc:StatusReason>{}</cac:Status>"
)
PAID = (
    "<cac:Condition><cbc:AttributeID>{}</cbc:AttributeID>"
    "<cbc:Description>{}</cbc:Description></cac:Condition>"
)


@pytest.mark.parametrize(
    ("conditions", "pays"),
    [
        ((("BT-113", "400.00"),), Decimal("400.00")),
        ((("BT-113", "400.00"), ("BT-113", "400.00")), Decimal("400.00")),
        ((("BT-113", "400.00"), ("BT-113", "500.00")), None),  # Two amounts are none.
        ((("BT-113", "four hundred"),), None),
        ((("BT-115", "600.00"),), None),  # What was due, or what still is? Nobody knows.
        ((), None),
    ],
)
def test_a_payment_in_part_may_say_how_much(
    conditions: tuple[tuple[str, str], ...], pays: Decimal | None
) -> None:
    told = PARTLY.format("".join(PAID.format(*one) for one in conditions))
    paid = code("PD") + "<cbc:EffectiveDate>2026-03-30</cbc:EffectiveDate>" + told

    response = answers.report(answers.read(document(paid)), key=KEY)

    assert isinstance(response, Response)
    assert (response.stance, response.reasons, response.pays) == (Stance.PAID, ("PPD",), pays)
    assert "The rest when the second lorry is here" in response.text
    of_it = ": 400." if pays else "."
    assert says(response).startswith(f"The buyer has ordered the payment of a part{of_it}")


def test_only_who_pays_a_part_pays_an_amount() -> None:
    whole = code("PD") + f"<cac:Status>{PAID.format('BT-113', '400.00')}</cac:Status>"

    response = answers.report(answers.read(document(whole)), key=KEY)

    assert isinstance(response, Response)
    assert response.pays is None


def test_only_a_payment_has_a_day_of_payment() -> None:
    """Every stance may have a day from which it holds."""
    accepted = code("AP") + "<cbc:EffectiveDate>2026-03-30</cbc:EffectiveDate>"

    response = answers.report(answers.read(document(accepted)), key=KEY)

    assert isinstance(response, Response)
    assert (response.stance, response.pays_on) == (Stance.ACCEPTED, None)


@pytest.mark.parametrize("stance", list(Stance))
def test_every_stance_is_an_answer_of_the_buyers(stance: Stance) -> None:
    response = answers.report(answers.read(document(code(stance))), reference="ref")

    assert isinstance(response, Response)
    assert (response.stance, response.key, response.reference) == (stance, "", "ref")


@pytest.mark.parametrize("message", [STATUS, answers.Message.STATUS_BEFORE])
@pytest.mark.parametrize(
    ("word", "outcome"),
    [("AP", Outcome.DELIVERED), ("AB", Outcome.SENT), ("RE", Outcome.BOUNCED)],
)
def test_a_status_tells_of_the_way_alone(message: str, word: str, outcome: Outcome) -> None:
    event = answers.report(answers.read(document(code(word), message=message)), key=KEY)

    assert isinstance(event, DeliveryEvent)
    assert (event.outcome, event.code, event.key) == (outcome, word, KEY)


def test_a_rejected_message_says_what_was_wrong_with_it() -> None:
    issue = """<cac:LineResponse><cac:LineReference><cbc:LineID>/Invoice</cbc:LineID>
    </cac:LineReference><cac:Response><cbc:Description>BR-16: no line</cbc:Description><cac:Status>
    <cbc:StatusReasonCode>BV</cbc:StatusReasonCode></cac:Status></cac:Response></cac:LineResponse>"""
    refused = code("RE") + "<cbc:Description>Rules were broken</cbc:Description>"

    event = answers.report(answers.read(document(refused, message=STATUS, more=issue)), key=KEY)

    assert isinstance(event, DeliveryEvent)
    assert event.detail == "BV · Rules were broken · BR-16: no line"


@pytest.mark.parametrize("message", [STATUS, RESPONSE])
def test_a_code_that_no_list_has_is_kept_without_effect(message: str) -> None:
    event = answers.report(answers.read(document(code("ZZ"), message=message)), key=KEY)

    assert isinstance(event, DeliveryEvent)
    assert (event.outcome, event.code) == (Outcome.UNREADABLE, "ZZ")


def test_without_a_time_it_counts_from_midnight_and_without_a_zone_as_utc() -> None:
    assert answers.read(document(code("AB"))).at == datetime(2026, 3, 2, tzinfo=UTC)
    noon = answers.read(document(code("AB"), at="12:00:00"))
    assert noon.at == datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not well-formed"),
        (b"garbage", "not well-formed"),
        (b"<a><b></a>", "not well-formed"),
        (b"<Invoice/>", "no answer"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><ApplicationResponse/>', "DOCTYPE"),
        (document(code("AB"), message="urn:other"), "no answer that we know"),
        (document(code("AB"), on="soon"), "no date"),
        (document(code("AB"), at="late"), "no time"),
        (document(""), "missing or empty"),
        (document(code("AB")).replace(b"R-17", b" "), "missing or empty"),
        (document(code("AB")).replace(b"F-4711", b""), "missing or empty"),
        (document(code("AB")).replace(b"DocumentResponse>", b"Else>"), "0 DocumentResponse"),
        (b" " * (answers.LARGEST_BYTES + 1), "more than"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        answers.read(data)


def test_the_examples_of_the_specification_are_read() -> None:
    read = {
        path.name: answers.read(path.read_bytes())
        for path in sorted(pack("responses").glob("*.xml"))
    }

    assert len(read) >= 7
    for answer in read.values():
        assert answer.code in set(Stance)
        assert isinstance(answers.report(answer), Response)
        if answer.code in ("UQ", "CA", "RE"):
            assert answer.reasons + answer.actions
