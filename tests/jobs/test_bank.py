"""The bank's connection, with the sandbox's bank: what is sent, and what it says in the end."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.db import connection

from tests import world
from tests.actions import test_money_out as money_out
from tests.actions.test_cash import line
from tests.belt import drain, receive
from tests.crosswise import crosswise
from tests.jobs.test_shares import status_of, work
from usance import clock, models, sandbox
from usance.actions import accounts, finance, payment
from usance.actions import held_statements as action
from usance.domain.journal import Account
from usance.domain.mandate import NotAllowed, Role
from usance.domain.money import Money
from usance.domain.payment import BankLine, Statement
from usance.engine import Cluster
from usance.jobs import bank, notices, schedule
from usance.plugins.payouts import Answer, Verdict
from usance.plugins.payouts._pain002_write import write_pain002
from usance.plugins.statements._camt_write import write_camt053
from usance.queries import doctor, held_statements, trial, waiting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[sandbox.Running]:
    told = sandbox.Settings(seed=7, failing=0, at=world.NOW)
    with sandbox.start(told) as running:
        found = {
            "kinds": {"email": "hybrid"},
            "carriers": {
                "hybrid": {"plugin": "hybrid", "config": running.config("channels", "hybrid")}
            },
            "bank": {"plugin": "rest", "config": {"url": running.ready["bank"], "token": ""}},
        }
        Path(settings.OUTSIDE).write_text(json.dumps(found))
        yield running


def _released(outside: sandbox.Running, *, balance: int) -> models.PayoutFile:
    place = world.build()
    asked = {"name": "Factor Nord AB", "balance_minor": balance, "currency": "EUR"}
    outside.http.put(f"/bank/{world.OUR_EUR}", json=asked).raise_for_status()
    receive(world.paper(place.acme, place.bolt))
    drain(send=False)
    (payout,) = finance.propose_payouts(at=world.NOW, actor="day")
    (file,) = finance.release_payouts(
        {payout.pk: payout.content}, role=Role.FINANCE, pay_on=world.TODAY, at=world.NOW,
        actor="user:second",
    )  # fmt: skip
    return file


def test_the_bank_is_asked_until_it_has_said_what_came_of_every_order(
    outside: sandbox.Running,
) -> None:
    """It takes the order at once and finds later that the balance is too low."""
    _released(outside, balance=1_000)
    assert bank.hand_over_files(at=world.NOW) == 1
    assert bank.hand_over_files(at=world.NOW) == 0
    first = bank.fetch_answers(at=world.NOW)
    later = world.NOW + timedelta(days=1)
    outside.clock(later)
    assert first + bank.fetch_answers(at=later) == 1
    payout = models.Payout.objects.get()
    assert (payout.state, payout.reason[:4]) == ("rejected", "AM04")
    assert bank.fetch_answers(at=later) == 0
    assert [one.rule for one in doctor.examine() if not one.kept] == []


def test_a_file_that_is_not_what_was_released_is_not_sent(outside: sandbox.Running) -> None:
    file = _released(outside, balance=5_000_000)
    place = Path(storages["documents"].path(f"{file.document_id[:2]}/{file.document_id}"))
    said = place.read_bytes()
    place.chmod(0o600)
    place.write_bytes(said.replace(b"8000.00", b"9000.00"))
    assert bank.hand_over_files(at=world.NOW) == 0
    place.write_bytes(said)
    assert bank.hand_over_files(at=world.NOW) == 1


def test_the_contact_of_a_client_is_told_once_of_a_new_account(outside: sandbox.Running) -> None:
    place = world.build()
    models.AccountWarning.objects.all().delete()
    models.Client.objects.filter(pk=place.acme.pk).update(email="boss@acme.example")
    accounts.enter(
        place.acme.pk, number="DE02100500000054540402", currency="EUR", role=Role.ADMIN,
        at=world.NOW, actor="user:clerk",
    )  # fmt: skip
    assert notices.warn_due(at=world.NOW) == 1
    assert notices.warn_due(at=world.NOW) == 0
    mail = models.AccountWarning.objects.get()
    assert (mail.state, mail.address) == ("sent", "boss@acme.example")

    # A worker that died while it sent is no reason for silence.
    models.AccountWarning.objects.update(state="calling", called_at=world.NOW)
    assert notices.warn_due(at=world.NOW + timedelta(minutes=9)) == 0
    assert notices.warn_due(at=world.NOW + timedelta(minutes=11)) == 1


class _Told:
    """A bank over HTTP that gives what it was told to: camt.053 by day, with a number each."""

    def __init__(self) -> None:
        self.numbers: dict[date, str] = {}
        self.broken: set[date] = set()
        self.debits: dict[date, tuple[BankLine, ...]] = {}
        self.opening = Money(0, "EUR")
        self.answers: list[bytes] = []  # To files of orders, as they are asked for.

    def answer(self, asked: BaseHTTPRequestHandler) -> None:
        if "/orders/" in asked.path:
            asked.send_response(200)
            asked.end_headers()
            asked.wfile.write(self.answers.pop(0))
            return
        iban, day = asked.path.split("/")[1], asked.path.rpartition("on=")[2]
        on = date.fromisoformat(day)
        found = iban == world.OUR_EUR and on in self.numbers
        asked.send_response(200 if found else 404)
        asked.end_headers()
        if found:
            number = self.numbers[on]
            lines = self.debits.get(on, ())
            closing = self.opening + Money(sum(one.amount.minor for one in lines), "EUR")
            told = Statement(
                account=iban, currency="EUR", reference=number, sequence=number, lines=lines,
                opening=self.opening, closing=closing, opened_on=on, closed_on=on,
            )  # fmt: skip
            data = write_camt053(told, world.NOW)
            asked.wfile.write(data[:-40] if on in self.broken else data)


@pytest.fixture
def told() -> Iterator[_Told]:
    bank_ = _Told()

    class Desk(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            bank_.answer(self)

        def log_message(self, *_: object) -> None:
            """Silent."""

    with HTTPServer(("127.0.0.1", 0), Desk) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        found = {"bank": {"plugin": "rest", "config": {"url": url, "token": ""}}}
        Path(settings.OUTSIDE).write_text(json.dumps(found))
        yield bank_
        server.shutdown()


def _fetch(day: int) -> list[str]:
    """The numbers that are booked after this morning."""
    bank.fetch_statements(date(2026, 3, day), at=world.NOW)
    return list(models.Statement.objects.order_by("closed_on").values_list("sequence", flat=True))


def _waiting() -> list[tuple[int, str]]:
    return [(one.on.day, one.code) for one in held_statements.waiting()]


def test_a_refused_statement_waits_for_a_person_and_stops_no_other(told: _Told) -> None:
    world.build()
    told.numbers = {date(2026, 3, day): str(day + 8) for day in (2, 3, 4)}
    told.broken = {date(2026, 3, 3)}
    assert _fetch(2) == ["10"]
    assert _fetch(3) == ["10"], "it is broken"
    assert _waiting() == [(3, "statement_broken")]
    told.broken = set()
    assert _fetch(4) == ["10", "11", "12"], "the bank gave the day before again"
    assert _waiting() == []

    told.numbers |= {date(2026, 3, 9): "15", date(2026, 3, 10): "16"}
    assert _fetch(9) == ["10", "11", "12"]
    assert _fetch(10) == ["10", "11", "12"]
    assert _waiting() == [(9, "statement_number_gap"), (10, "statement_number_gap")]
    assert waiting.elsewhere(at=world.NOW).statements == 2
    assert _fetch(10) == ["10", "11", "12"], "asked for again, it waits once"
    first, second = held_statements.waiting()
    said = {"role": Role.CASH, "at": world.NOW, "actor": "user:cash"}
    with pytest.raises(payment.StatementNumberGap):
        action.take(first.pk, **said)
    with pytest.raises(NotAllowed):
        action.take(first.pk, gap_known=True, **said | {"role": Role.COLLECTION})
    action.take(first.pk, gap_known=True, **said)
    assert _waiting() == [], "the second one waited for nothing else"
    with pytest.raises(action.StatementDecided):
        action.take(second.pk, gap_known=True, **said)
    with pytest.raises(action.StatementDecided):
        action.lay_aside(first.pk, because="Twice", **said)
    assert _fetch(10) == ["10", "11", "12", "15", "16"]


def test_an_answer_that_cannot_be_read_stops_no_other(told: _Told) -> None:
    line = money_out._receipt()
    (first,) = money_out._released(money_out._refund(line, "90.00"))
    second = money_out._refund(line, "50.00")
    (file,) = money_out._released(second)
    for one in (first, file):
        finance.hand_over_file(one.pk, at=world.NOW, actor="bank")
    no = Answer(file=file.name, key=second.key, verdict=Verdict.REJECTED, code="AC04")
    said = write_pain002([no], message="B1", made_at=world.NOW)
    told.answers = [said[:-30], said]
    assert bank.fetch_answers(at=world.NOW) == 1
    states = models.Payout.objects.order_by("amount_minor").values_list("state", flat=True)
    assert list(states) == ["rejected", "sent"]


def test_what_was_missed_is_asked_for_until_a_person_lays_it_aside(told: _Told) -> None:
    world.build()
    told.numbers = {date(2026, 3, 2): "10"}
    assert _fetch(2) == ["10"]
    assert _fetch(3) == ["10"], "the bank is late"
    told.numbers |= {date(2026, 3, 3): "11", date(2026, 3, 4): "12", date(2026, 3, 5): "13"}
    told.broken = {date(2026, 3, 4)}
    assert _fetch(5) == ["10", "11"]
    assert _waiting() == [(4, "statement_broken"), (5, "statement_number_gap")]
    row = held_statements.waiting()[0]
    action.lay_aside(row.pk, because="Empty", role=Role.CASH, at=world.NOW, actor="user:cash")
    assert _fetch(5) == ["10", "11"]
    assert _waiting() == [(5, "statement_number_gap")], "what was laid aside is not asked for"


def test_a_statement_that_loses_a_lock_is_fetched_again_and_booked_once(
    told: _Told, cluster: Cluster
) -> None:
    """Our account is locked before the payouts that went out of it; somebody does it the other way
    round."""
    (file,) = money_out._released(money_out._refund(money_out._receipt(), "90.00"))
    finance.hand_over_file(file.pk, at=world.NOW, actor="bank")
    (payout,) = models.Payout.objects.all()
    day = clock.now().date() - timedelta(days=1)
    told.numbers, told.opening = {day: "10"}, Money.of("50300.00", "EUR")
    told.debits = {
        day: (line("-90.00", end_to_end=payout.key, booked_on=day), line("-1.00", booked_on=day))
    }
    schedule.fetch_statements.defer(timestamp=0)
    with crosswise(cluster, last="payout", first="bank_account"):
        work(once=True)
    assert status_of("usance.statements") == [("todo", 1)]
    assert not models.Statement.objects.filter(closed_on=day).exists(), "nothing is half booked"
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now()")
    work()
    assert status_of("usance.statements") == [("succeeded", 2)]
    rows = models.BankLine.objects.filter(statement__closed_on=day).order_by("ordinal")
    assert list(rows.values_list("amount_minor", "unapplied_minor")) == [(-9_000, 0), (-100, -100)]
    assert models.Payout.objects.get().state == "paid"
    assert trial.balance()[Account.BANK, "EUR"] == (5_030_000, 9_100)
    assert money_out._kept() == []
