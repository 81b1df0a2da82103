"""Which reports spoil an address, how addresses are compared, and how corrected ones are read."""

import pytest

from usance.domain.distribution import (
    Enough,
    Found,
    Kind,
    Late,
    Outcome,
    State,
    address_key,
    corrected,
    proves,
    suppresses,
    unfit,
    when_late,
)


@pytest.mark.parametrize(
    ("kind", "outcome", "code", "spoils"),
    [
        (Kind.EMAIL, Outcome.BOUNCED, "5.1.1", True),
        (Kind.EMAIL, Outcome.BOUNCED, "550 5.1.10 recipient not found", True),
        (Kind.EMAIL, Outcome.BOUNCED, "5.2.1", True),
        (Kind.EMAIL, Outcome.BOUNCED, "bounce", True),  # A carrier that says no more.
        (Kind.EMAIL, Outcome.BOUNCED, "soft bounce", False),  # Read as soft, without a code.
        (Kind.EMAIL, Outcome.BOUNCED, "soft 5.1.1", False),  # The words stand before the code.
        (Kind.EMAIL, Outcome.BOUNCED, "5.2.2", False),  # Full.
        (Kind.EMAIL, Outcome.BOUNCED, "5.2.3", False),  # Too long a message.
        (Kind.EMAIL, Outcome.BOUNCED, "5.7.1", False),  # About us.
        (Kind.EMAIL, Outcome.BOUNCED, "4.4.7", False),
        (Kind.EMAIL, Outcome.BOUNCED, "5.3.4", False),
        (Kind.EMAIL, Outcome.COMPLAINED, "complaint", True),
        (Kind.EMAIL, Outcome.EXPIRED, "", False),
        (Kind.EMAIL, Outcome.DEFERRED, "4.2.2", False),
        (Kind.EMAIL, Outcome.DELIVERED, "", False),
        (Kind.LETTER, Outcome.RETURNED, "moved", True),
        (Kind.SMS, Outcome.BOUNCED, "", True),
        (Kind.EINVOICE, Outcome.BOUNCED, "", False),  # The document, as often as the address.
        (Kind.MAILBOX, Outcome.BOUNCED, "", False),
    ],
)
def test_what_spoils_an_address(kind: Kind, outcome: Outcome, code: str, spoils: bool) -> None:
    assert bool(suppresses(Found(kind=kind, outcome=outcome, code=code))) == spoils


def test_one_address_has_one_key_however_it_is_written() -> None:
    assert address_key(Kind.EMAIL, {"email": " AP@Bolt.Example "}) == "ap@bolt.example"
    one = {"name": "Kund", "street": "Gatan  1", "postcode": "111 22", "city": "MALMÖ",
           "country": "SE"}  # fmt: skip
    assert address_key(Kind.LETTER, one) == "kund, gatan 1, 111 22, malmö, se"
    assert address_key(Kind.LETTER, one | {"name": "Granne"}) != address_key(Kind.LETTER, one)
    assert address_key(Kind.PORTAL, {}) == ""


@pytest.mark.parametrize(
    ("said", "columns"),
    [
        ("Nya gatan 5, 111 22 Stockholm, SE",
         {"street": "Nya gatan 5", "postcode": "111 22", "city": "Stockholm", "country": "SE"}),
        ("Kund AB\nNya gatan 5\n111 22 Stockholm",
         {"street": "Nya gatan 5", "postcode": "111 22", "city": "Stockholm", "country": "SE"}),
        ("Industriestr. 7; DE-80331 München",
         {"street": "Industriestr. 7", "postcode": "80331", "city": "München", "country": "DE"}),
        ("Storgata 1, 0155 Oslo, NO",
         {"street": "Storgata 1", "postcode": "0155", "city": "Oslo", "country": "NO"}),
        ("Box 12, 1000 AA Amsterdam, NL",
         {"street": "Box 12", "postcode": "1000 AA", "city": "Amsterdam", "country": "NL"}),
        ("moved, new address unknown", {}),
        ("Stockholm", {}),
        ("", {}),
    ],
)  # fmt: skip
def test_a_corrected_address_is_read_or_left_to_a_person(
    said: str, columns: dict[str, str]
) -> None:
    read = corrected(Kind.LETTER, said, country="SE")
    assert dict(read.columns) == columns
    assert read.said == said


def test_a_corrected_mail_address_is_one_or_nothing() -> None:
    assert corrected(Kind.EMAIL, "new@b.example", country="SE").columns == {
        "email": "new@b.example"
    }
    assert corrected(Kind.EMAIL, "ask the switchboard", country="SE").columns == {}
    assert corrected(Kind.MAILBOX, "5560001111", country="SE").columns == {}


FINE, MOVES, ASKS, WAITS = Late.FINE, Late.MOVES, Late.ASKS, Late.WAITS


@pytest.mark.parametrize(
    ("state", "accepted", "sent", "confirmed"),
    [
        (State.QUEUED, MOVES, MOVES, MOVES),
        (State.CALLING, WAITS, WAITS, WAITS),
        (State.ACCEPTED, FINE, MOVES, MOVES),  # A letter without tracking: its carrier has it.
        (State.SENT, FINE, FINE, MOVES),
        (State.DELIVERED, FINE, FINE, FINE),
        (State.OPENED, FINE, FINE, FINE),
        (State.FAILED, FINE, FINE, FINE),  # The ladder went on when it failed.
        (State.UNKNOWN, ASKS, ASKS, ASKS),
        (State.CANCELLED, FINE, FINE, FINE),
    ],
)
def test_what_follows_when_the_time_is_over(
    state: State, accepted: Late, sent: Late, confirmed: Late
) -> None:
    assert [when_late(state, enough) for enough in Enough] == [accepted, sent, confirmed]


@pytest.mark.parametrize("outcome", list(Outcome))
def test_an_estimate_proves_no_arrival(outcome: Outcome) -> None:
    assert proves(outcome, estimated=False) is outcome
    arrives = outcome in {Outcome.DELIVERED, Outcome.OPENED}
    assert proves(outcome, estimated=True) is (Outcome.SENT if arrives else outcome)


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"street": "Nya Storgatan 7", "postcode": "111 22", "country": "SE"}, ""),
        ({"email": "ekonomi@åkeri.example"}, ""),
        ({"country": "Sverige"}, "the country has more than 2 characters"),
        ({"country": "se"}, "a country is two capital letters, such as SE or DE"),
        ({"email": "Kund <a@b.example>"}, "Kund <a@b.example> is no e-mail address"),
        ({"email": "a@b.example,c@d.example"}, "a@b.example,c@d.example is no e-mail address"),
        ({"city": "x" * 101}, "the city has more than 100 characters"),
    ],
)
def test_what_cannot_stand_at_a_debtor_says_why(columns: dict[str, str], says: str) -> None:
    assert unfit(columns) == says
