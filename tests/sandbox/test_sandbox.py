"""The outside world keeps its promises: one seed, one world; a restart knows it again."""

import json
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.outside import Receiver, parcel, ubl
from usance import sandbox
from usance.domain.distribution import Kind
from usance.domain.money import Money
from usance.plugins.channels import hybrid, smtp
from usance.sandbox import dice
from usance.sandbox.outbox import Where

START = datetime(2026, 3, 2, 8, tzinfo=UTC)  # A Monday.
DEBTORS = ("Kund AB", "Byggmax Åkeri AB", "Muster GmbH")


def settings(**changed: Any) -> sandbox.Settings:
    return sandbox.Settings(**({"seed": 7, "at": START} | changed))


def send_invoices(world: sandbox.Running, numbers: Iterable[int]) -> None:
    """Letters and mails, each with its e-invoice."""
    for n in numbers:
        amount = Money(100_000 + n, "EUR")
        debtor = DEBTORS[n % len(DEBTORS)]
        paper = ubl(f"F-{n}", f"RF{n:06d}", amount, due_on="2026-04-01", debtor=debtor)
        kind, channel, name = (
            (Kind.LETTER, hybrid, "hybrid") if n % 2 else (Kind.EMAIL, smtp, "smtp")
        )
        config = world.config("channels", name)
        list(channel.send([parcel(f"key-{n}", kind, attachments=(paper,))], config))


def everything(world: sandbox.Running) -> tuple[Any, ...]:
    """The truth, every event and every statement of 60 days."""
    headers = {"authorization": "Bearer sandbox-token"}
    events = world.http.get(f"{world.url}/v1/events", headers=headers).json()["events"]
    account = "DE89370400440532013000"
    days = [(START + timedelta(days=n)).date() for n in range(60)]
    url = f"{world.ready['bank']}/{account}/statements"
    statements = [world.http.get(url, params={"on": str(day)}).content for day in days]
    return world.dump(), events, statements


def walk(world: sandbox.Running, numbers: Iterable[int]) -> None:
    send_invoices(world, numbers)
    for days in (1, 5, 30, 61):
        world.clock(START + timedelta(days=days))


def test_a_mail_that_somebody_writes_to_us_comes_once_also_after_a_restart(tmp_path: Path) -> None:
    written = b"From: ap@kund.example\r\nTo: avis@factor.example\r\nSubject: Paid\r\n\r\nAll of it."
    with Receiver() as ours:
        kept = settings(home=tmp_path, where=Where(inbound_url=ours.url))
        for _ in range(2):
            with sandbox.start(kept) as world:
                if not ours.got:
                    asked = {"to": "avis@factor.example"}
                    answer = world.http.post(f"{world.url}/mails", params=asked, content=written)
                    assert answer.status_code == 202
                world.clock(START + timedelta(days=1))
        ((headers, body),) = ours.got
        assert headers["content-type"].startswith("message/rfc822")
        assert body == written


def test_one_seed_is_one_world_whatever_the_order_of_calls() -> None:
    with sandbox.start(settings(faults=0)) as one, sandbox.start(settings()) as other:
        walk(one, range(60))
        walk(other, reversed(range(60)))
        first, second = everything(one), everything(other)

    assert first[0] == second[0]
    assert first[1] == second[1]
    assert first[2] == second[2]
    assert len(first[0]["bills"]) > 50
    assert len({bill["behaviour"] for bill in first[0]["bills"]}) > 4


def test_another_seed_is_another_world() -> None:
    with sandbox.start(settings(seed=1)) as one, sandbox.start(settings(seed=2)) as other:
        walk(one, range(40))
        walk(other, range(40))

        assert everything(one)[1:] != everything(other)[1:]


def test_a_restart_knows_everything_and_tells_nothing_twice(tmp_path: Path) -> None:
    with Receiver() as ours:
        kept = settings(home=tmp_path, where=Where(webhook_url=ours.url))
        with sandbox.start(kept) as world:
            send_invoices(world, range(20))
            world.clock(START + timedelta(days=5))
            before = everything(world)
        told = len(ours.got)
        with (tmp_path / "sandbox.jsonl").open("ab") as file:
            file.write(b'{"did":"advance","until":"2030')  # A kill cut the last line off.

        with sandbox.start(kept) as again:
            assert everything(again) == before
            again.clock(START + timedelta(days=5))
            assert len(ours.got) == told
            again.clock(START + timedelta(days=61))
            after = everything(again)
    with sandbox.start(settings()) as unbroken:
        send_invoices(unbroken, range(20))
        unbroken.clock(START + timedelta(days=5))
        unbroken.clock(START + timedelta(days=61))

        assert after[1:] == everything(unbroken)[1:]


def test_as_a_process_it_says_one_line_where_it_is(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "usance.sandbox", "--seed", "3", "--faults", "0.05",
               "--home", str(tmp_path), "--webhook-url", "http://127.0.0.1:1/"]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    ready = json.loads(process.stdout.readline())

    assert httpx.get(f"{ready['url']}/health").json() == {"ok": True}
    assert ready["seed"] == 3
    process.terminate()
    assert process.wait(timeout=10) == 0


def test_time_does_not_run_backwards() -> None:
    with sandbox.start(settings()) as world:
        answer = world.http.post(f"{world.url}/clock", json={"at": "2026-03-01T00:00:00Z"})

    assert (answer.status_code, answer.json()["code"]) == (409, "backwards")


@pytest.mark.parametrize("dial", [{"gremlins": 0.5}, {"slow": 2}, {"slow": "often"}])
def test_the_fault_dial_takes_shares_of_kinds_it_knows(dial: dict[str, Any]) -> None:
    with sandbox.start(settings()) as world:
        assert world.http.post(f"{world.url}/faults", json=dial).status_code == 422


def test_trouble_of_reports_stays_within_a_batch_and_loses_nothing() -> None:
    with Receiver() as ours:
        with sandbox.start(settings(failing=0, where=Where(webhook_url=ours.url))) as world:
            world.faults(event_twice=1, strange_word=1, events_shuffled=1)
            parcels = [parcel(f"key-{n}", Kind.SMS) for n in range(300)]
            list(hybrid.send(parcels, world.config("channels", "hybrid")))
            world.clock(START + timedelta(days=3))
        batches = [json.loads(body)["events"] for _, body in ours.got]

    told = [event for batch in batches for event in batch]
    assert max(map(len, batches)) <= 500
    assert len(told) == 300 * 2 * 3
    assert len({event["id"] for event in told}) == 300 * 2 * 2
    assert {event["code"] for event in told} == {"sent", "delivered", "franking_recalibrated"}


def test_what_nobody_took_is_told_later() -> None:
    with Receiver() as gone:
        url = gone.url
    where = Where(webhook_url=url)
    with sandbox.start(settings(failing=0, where=where)) as world:
        config = world.config("channels", "hybrid")
        list(hybrid.send([parcel("key-1", Kind.SMS)], config))

        assert world.clock(START + timedelta(days=1))["events_left"] == 2


def test_a_throw_is_the_same_for_ever() -> None:
    """Recorded: a change here changes every seeded day that anybody noted down."""
    assert dice.throw(1, "behaviour", "Kund AB", "F-1") == 12_747_072_078_593_646_684
    assert dice.between(2, 35, 1, "days") == 26
