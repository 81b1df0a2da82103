"""The bank and the debtors: exact cents in, chained statements out."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import httpx
import pytest

from tests.outside import OUR_ACCOUNT, parcel, ubl
from usance import sandbox
from usance.domain.distribution import Kind
from usance.domain.money import Money
from usance.domain.payment import BankLine, Statement, gap
from usance.plugins.channels import hybrid, smtp
from usance.plugins.payouts import Order, Payer, Verdict, pain001
from usance.plugins.statements import camt

START = datetime(2026, 3, 2, 8, tzinfo=UTC)  # A Monday.
THEIRS = "DE02120300000000202051"


@pytest.fixture
def world() -> Iterator[sandbox.Running]:
    settings = sandbox.Settings(seed=7, at=START, bouncing=0, failing=0)
    with sandbox.start(settings) as running:
        account = {"name": "Factor", "currency": "EUR", "balance_minor": 1_000_000}
        running.http.put(f"{running.ready['bank']}/{OUR_ACCOUNT}", json=account).raise_for_status()
        yield running


def statements(world: sandbox.Running, days: int) -> list[Statement]:
    """Every statement of so many days from the start, as our own reader reads it."""
    found = []
    for n in range(days):
        on = (START + timedelta(days=n)).date()
        url = f"{world.ready['bank']}/{OUR_ACCOUNT}/statements"
        answer = world.http.get(url, params={"on": str(on)})
        if answer.status_code == 200:
            assert camt.sniff(answer.content)
            found += camt.read(answer.content)
    return found


def lines(world: sandbox.Running, days: int) -> list[BankLine]:
    return [line for statement in statements(world, days) for line in statement.lines]


def invoice(
    world: sandbox.Running, number: str, behaviour: str, *, debtor: str = "Kund AB"
) -> None:
    world.behave(number, behaviour)
    paper = ubl(
        number, f"RF00{number}", Money(100_099, "EUR"), due_on="2026-03-20", debtor="Kund AB"
    )
    config = world.config("channels", "smtp")
    list(smtp.send([parcel(f"key-{number}", Kind.EMAIL, attachments=(paper,))], config))


def test_statements_chain_without_a_gap(world: sandbox.Running) -> None:
    for n in range(30):
        invoice(world, f"{1000 + n}", "on_time")
    world.clock(START + timedelta(days=40))

    found = statements(world, 40)

    assert len(found) == 30  # Monday 2 March to Friday 10 April: banking days only.
    assert [one.sequence for one in found] == [str(n) for n in range(1, 31)]
    assert found[0].opening == Money(1_000_000, "EUR")
    for earlier, later in pairwise(found):
        assert earlier.closing == later.opening
    assert all(gap(one) == Money(0, "EUR") for one in found)
    assert found[-1].closing == Money(1_000_000 + 30 * 100_099, "EUR")
    references = [line.bank_reference for one in found for line in one.lines]
    assert len(set(references)) == 30


@pytest.mark.parametrize(
    ("behaviour", "amounts", "texts", "references"),
    [
        ("on_time", [100_099], (), ["RF001001"]),
        ("late", [100_099], (), ["RF001001"]),
        ("short", [98_097], (), ["RF001001"]),  # 2 % less, rounded down.
        ("twice", [100_099, 100_099], (), ["RF001001"]),
        ("without_reference", [100_099], ("Payment",), []),
        ("number_in_text", [100_099], ("Invoice 1001",), []),
        ("after_reminder", [], (), []),
        ("dispute", [], (), []),
        ("never", [], (), []),
    ],
)
def test_a_debtor_pays_by_character(
    world: sandbox.Running, behaviour: str, amounts: list[int], texts: Any, references: list[str]
) -> None:
    invoice(world, "1001", behaviour)
    world.clock(START + timedelta(days=60))

    paid = lines(world, 60)

    assert [line.amount.minor for line in paid] == amounts
    for line in paid:
        assert line.texts == texts
        assert [reference.value for reference in line.references] == references
        assert line.counterparty == "Kund AB"
        assert pain001.is_iban(line.counterparty_account)
    due_on = date(2026, 3, 20)
    if behaviour == "on_time":
        assert paid[0].booked_on <= due_on
    if behaviour == "late":
        assert paid[0].booked_on > due_on


def test_several_invoices_come_in_one_payment(world: sandbox.Running) -> None:
    for number in ("1001", "1002", "1003"):
        invoice(world, number, "together")
    world.clock(START + timedelta(days=60))

    (line,) = {one.bank_reference: one for one in lines(world, 60)}.values()

    assert line.amount == Money(300_297, "EUR")
    assert {one.value for one in line.references} == {"1001", "1002", "1003"}
    assert {one.amount for one in line.references} == {Money(100_099, "EUR")}


def test_who_waits_for_a_reminder_pays_after_it(world: sandbox.Running) -> None:
    invoice(world, "1001", "after_reminder")
    world.clock(START + timedelta(days=30))
    assert lines(world, 30) == []

    reminder = parcel("key-r", Kind.LETTER, text="We miss your payment, reference RF001001.")
    list(hybrid.send([reminder], world.config("channels", "hybrid")))
    world.clock(START + timedelta(days=60))

    (line,) = lines(world, 60)
    assert line.booked_on > date(2026, 4, 1)
    assert world.dump()["bills"][0]["seen"] == 2


def test_a_dispute_is_told_by_who_carried_the_invoice(world: sandbox.Running) -> None:
    world.behave("1001", "dispute")
    paper = ubl("1001", "RF1", Money(5, "EUR"), due_on="2026-03-20", debtor="Kund AB")
    carried = parcel("key-1", Kind.EINVOICE, attachments=(paper,))
    list(hybrid.send([carried], world.config("channels", "hybrid")))
    world.clock(START + timedelta(days=1))

    headers = {"authorization": "Bearer sandbox-token"}
    told = world.http.get(f"{world.url}/v1/events", headers=headers).json()["events"]
    assert [event["code"] for event in told] == ["sent", "disputed", "delivered"] or [
        event["code"] for event in told
    ] == ["sent", "delivered", "disputed"]


def hand_in(world: sandbox.Running, *orders: Order, file: str = "FILE-1") -> httpx.Response:
    data = pain001.write(
        file, orders, payer=Payer(name="Factor", account=OUR_ACCOUNT), made_at=START,
        pay_on=date(2026, 3, 3),
    )  # fmt: skip
    return world.http.post(f"{world.ready['bank']}/{OUR_ACCOUNT}/orders", content=data)


def order(key: str, minor: int, *, name: str = "Client AB", account: str = THEIRS) -> Order:
    return Order(key=key, amount=Money(minor, "EUR"), name=name, account=account, text="Advance")


def verdicts(world: sandbox.Running, file: str = "FILE-1") -> dict[str, tuple[Verdict, str]]:
    answer = world.http.get(f"{world.ready['bank']}/{OUR_ACCOUNT}/orders/{file}")
    return {one.key: (one.verdict, one.code) for one in pain001.read_status(answer.content)
            if one.key}  # fmt: skip


def test_orders_are_executed_on_their_day(world: sandbox.Running) -> None:
    answer = hand_in(world, order("A", 400_000), order("B", 500_000))

    assert (answer.status_code, answer.json()) == (202, {"file": "FILE-1", "orders": 2})
    assert {verdict for verdict, _ in verdicts(world).values()} == {Verdict.ACCEPTED}
    world.clock(START + timedelta(days=2))
    assert {verdict for verdict, _ in verdicts(world).values()} == {Verdict.EXECUTED}
    paid = lines(world, 2)
    assert [(x.end_to_end, x.amount.minor, x.booked_on) for x in paid] == [
        ("A", -400_000, date(2026, 3, 3)),
        ("B", -500_000, date(2026, 3, 3)),
    ]
    assert {line.counterparty_account for line in paid} == {THEIRS}


def test_the_bank_says_why_it_does_not_pay(world: sandbox.Running) -> None:
    hand_in(world, order("A", 600_000), order("B", 600_000), order("C", 1, name="Closed AB"))
    world.clock(START + timedelta(days=2))

    assert verdicts(world) == {
        "A": (Verdict.EXECUTED, verdicts(world)["A"][1]),
        "B": (Verdict.REJECTED, "AM04"),
        "C": (Verdict.REJECTED, "AC04"),
    }


def test_the_same_file_twice_pays_once(world: sandbox.Running) -> None:
    hand_in(world, order("A", 400_000))
    again = hand_in(world, order("A", 400_000))
    other = hand_in(world, order("A", 400_001))
    world.clock(START + timedelta(days=2))

    assert again.status_code == 202
    assert (other.status_code, other.json()["code"]) == (409, "other_content")
    assert [line.amount.minor for line in lines(world, 2)] == [-400_000]
    assert world.dump()["orders"]["FILE-1"]["executed"] == 1


def test_a_file_whose_answer_was_lost_pays_once(world: sandbox.Running) -> None:
    world.faults(reset_after_accept=1)
    with pytest.raises(httpx.HTTPError):
        hand_in(world, order("A", 400_000))
    world.faults(reset_after_accept=0)

    assert hand_in(world, order("A", 400_000)).status_code == 202
    world.clock(START + timedelta(days=2))
    assert world.dump()["orders"]["FILE-1"]["executed"] == 1


def test_what_could_not_be_credited_comes_back(world: sandbox.Running) -> None:
    hand_in(world, order("A", 400_000, name="Returned AB"))
    world.clock(START + timedelta(days=7))

    out, back = lines(world, 7)
    assert (out.amount.minor, back.amount.minor) == (-400_000, 400_000)
    assert (back.return_reason, back.end_to_end) == ("AC04", "A")


def test_there_is_no_statement_of_a_day_that_is_not_over(world: sandbox.Running) -> None:
    url = f"{world.ready['bank']}/{OUR_ACCOUNT}/statements"

    for day in ("2026-03-02", "2026-03-01", "2026-02-27"):
        answer = world.http.get(url, params={"on": day})
        assert (answer.status_code, answer.json()["code"]) == (404, "no_statement")
    assert world.http.get(url, params={"on": "soon"}).status_code == 422


def test_anybody_can_pay_in(world: sandbox.Running) -> None:
    credit = {
        "minor": 4_200,
        "currency": "EUR",
        "text": "Hello",
        "payer": "Aunt",
        "account": THEIRS,
    }
    world.http.post(f"{world.ready['bank']}/{OUR_ACCOUNT}/credits", json=credit).raise_for_status()
    world.clock(START + timedelta(days=1))

    (line,) = lines(world, 1)
    assert (line.amount.minor, line.texts, line.counterparty) == (4_200, ("Hello",), "Aunt")
